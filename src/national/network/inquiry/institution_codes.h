// A stand-in's short way to a code (情報提供用個人識別符号 otherwise come by 番号法21条の2): lines
// of resident record codes in, what the caller calls these people out. Nothing is kept. Safe from
// every thread.
#pragma once

#include <mutex>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "national/network/linkage_code.h"

namespace musubi::national::network {

class InstitutionCodes {
 public:
  explicit InstitutionCodes(BytesView master_key) : codes_(master_key) {}

  // One line of 32 hex digits per line of eleven digits. kInvalid with the line; kExhausted.
  [[nodiscard]] Result<SecretVector<char>> CodesOf(
      std::string_view institution, std::string_view record_codes
  );

 private:
  std::mutex mutex_;  // guards codes_
  LinkageCodes codes_;
};

}  // namespace musubi::national::network
