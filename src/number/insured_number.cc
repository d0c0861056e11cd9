#include "number/insured_number.h"

#include <algorithm>

#include "base/check.h"

namespace musubi::number {

namespace {

constexpr std::uint64_t kNumberLimit = 10'000'000'000;
constexpr std::size_t kIssuedSize = 8;

bool AreDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Result<InsuredNumber> InsuredNumber::Parse(std::string_view number, std::string_view branch) {
  InsuredNumber insured;
  if (number.empty() || number.size() > insured.number_.size() || !AreDigits(number)) {
    return Error{ErrorCode::kInvalid, "an insured number has one to ten ASCII digits"};
  }
  if ((!branch.empty() && branch.size() != insured.branch_.size()) || !AreDigits(branch)) {
    return Error{ErrorCode::kInvalid, "a branch number has two ASCII digits or is blank"};
  }
  std::copy(number.begin(), number.end(), insured.number_.begin());
  std::copy(branch.begin(), branch.end(), insured.branch_.begin());
  insured.number_size_ = static_cast<std::uint8_t>(number.size());
  insured.branch_size_ = static_cast<std::uint8_t>(branch.size());
  return insured;
}

Result<InsuredNumber> InsuredNumber::ParseJoined(std::string_view text) {
  const std::size_t hyphen = text.find('-');
  if (hyphen == std::string_view::npos) {
    return Parse(text, {});
  }
  const std::string_view branch = text.substr(hyphen + 1);
  if (branch.empty()) {  // "123-" would otherwise be a second spelling of "123"
    return Error{ErrorCode::kInvalid, "the branch number after the hyphen is missing"};
  }
  return Parse(text.substr(0, hyphen), branch);
}

InsuredNumber InsuredNumber::Issue(std::uint64_t number, unsigned branch) {
  MUSUBI_CHECK(number < kNumberLimit);
  MUSUBI_CHECK(branch >= 1 && branch <= 99);
  std::string digits = std::to_string(number);
  if (digits.size() < kIssuedSize) {
    digits.insert(0, kIssuedSize - digits.size(), '0');
  }
  InsuredNumber insured;
  std::copy(digits.begin(), digits.end(), insured.number_.begin());
  insured.number_size_ = static_cast<std::uint8_t>(digits.size());
  insured.branch_ = {static_cast<char>('0' + branch / 10), static_cast<char>('0' + branch % 10)};
  insured.branch_size_ = 2;
  return insured;
}

std::string InsuredNumber::Joined() const {
  std::string text(number());
  if (branch_size_ > 0) {
    text += '-';
    text += branch();
  }
  return text;
}

}  // namespace musubi::number
