// SHA-256 and HMAC-SHA-256, with contexts that are made once and used millions of times.
#pragma once

#include <array>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"

namespace musubi::crypto {

using Digest = std::array<std::uint8_t, 32>;

[[nodiscard]] Digest Sha256Of(BytesView bytes);

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void Update(BytesView bytes);
  [[nodiscard]] Digest Finish();  // and starts anew

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// One key, many messages. One thread at a time.
class HmacSha256 {
 public:
  explicit HmacSha256(BytesView key);
  ~HmacSha256();
  HmacSha256(HmacSha256&&) noexcept;
  HmacSha256& operator=(HmacSha256&&) noexcept;
  [[nodiscard]] Digest Of(BytesView message);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace musubi::crypto
