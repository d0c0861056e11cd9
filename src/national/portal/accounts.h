// The people who have an account at the portal: account name -> resident record code 住民票コード,
// from a CSV "account,resident_record_code" with that heading. In the field the person's card says
// who they are; a stand-in has a file.
//
// Immutable after loading, any thread. Errors are kInvalid with file, line and field, no value.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "number/resident_record_code.h"

namespace musubi::national::portal {

class Accounts {
 public:
  [[nodiscard]] static Result<Accounts> Load(const std::filesystem::path& file);

  // kNotFound: nobody has this account.
  [[nodiscard]] Result<number::ResidentRecordCode> Find(std::string_view account) const;

  [[nodiscard]] std::size_t size() const { return accounts_.size(); }

 private:
  struct Account {
    std::string name;
    number::ResidentRecordCode resident;
  };

  std::vector<Account> accounts_;  // sorted by name
};

}  // namespace musubi::national::portal
