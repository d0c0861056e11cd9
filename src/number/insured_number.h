// 被保険者番号+枝番 (insured number and branch): what the hub issues for a person at one
// association.
//
// Number: 1-10 digits, kept as digits (leading zeros count, so "0000001" and "1" differ). Branch
// 枝番: two digits, or blank while old cards are about (both forms circulated in 2021). Full-width
// digits and hyphens are the business of text. Written "00000123-01", or "00000123" without branch.
// Not a secret by itself, but personal: not logged.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace musubi::number {

class InsuredNumber {
 public:
  [[nodiscard]] static Result<InsuredNumber> Parse(
      std::string_view number, std::string_view branch
  );
  [[nodiscard]] static Result<InsuredNumber> ParseJoined(std::string_view text);  // "N-BB" or "N"
  // Eight digits with leading zeros and branch 01..99: the form the hub issues.
  [[nodiscard]] static InsuredNumber Issue(std::uint64_t number, unsigned branch);

  [[nodiscard]] std::string_view number() const { return {number_.data(), number_size_}; }

  [[nodiscard]] std::string_view branch() const { return {branch_.data(), branch_size_}; }

  [[nodiscard]] std::string Joined() const;
  friend bool operator==(const InsuredNumber&, const InsuredNumber&) = default;

 private:
  std::array<char, 10> number_{};
  std::array<char, 2> branch_{};
  std::uint8_t number_size_ = 0;
  std::uint8_t branch_size_ = 0;
};

}  // namespace musubi::number
