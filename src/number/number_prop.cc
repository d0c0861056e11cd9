#include <array>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "number/corporate_number.h"
#include "number/individual_number.h"
#include "number/insured_number.h"
#include "number/insurer_number.h"
#include "number/resident_record_code.h"

namespace musubi::number {
namespace {

std::string Digits(std::size_t count) {
  return *rc::gen::container<std::string>(count, rc::gen::inRange('0', static_cast<char>('9' + 1)));
}

std::string WithCheckDigit(const std::string& base) {
  std::array<std::uint8_t, 11> digits{};
  for (std::size_t i = 0; i < digits.size(); ++i) {
    digits[i] = static_cast<std::uint8_t>(base[i] - '0');
  }
  return base + static_cast<char>('0' + IndividualCheckDigit(digits));
}

RC_GTEST_PROP(IndividualNumberProperty, ExactlyOneLastDigitIsRight, ()) {
  const std::string base = Digits(11);
  RC_PRE(base != "00000000000");
  int right_count = 0;
  for (char last = '0'; last <= '9'; ++last) {
    right_count += IndividualNumber::Check(base + last) == NumberFault::kNone ? 1 : 0;
  }
  RC_ASSERT(right_count == 1);
  RC_ASSERT(IndividualNumber::Check(WithCheckDigit(base)) == NumberFault::kNone);
}

RC_GTEST_PROP(IndividualNumberProperty, DigitsSurviveTheRoundTrip, ()) {
  const std::string text = WithCheckDigit(Digits(11));
  RC_PRE(text != "000000000000");
  IndividualNumber number;
  RC_ASSERT(IndividualNumber::TryParse(text, number) == NumberFault::kNone);
  std::array<char, 12> digits{};
  number.RevealDigits(digits);
  RC_ASSERT(std::string(digits.data(), digits.size()) == text);
  RC_ASSERT(number.RevealPacked() == std::stoull(text));
}

RC_GTEST_PROP(IndividualNumberProperty, AnyTextIsJudgedTheSameByEveryDoor, ()) {
  const std::string text =
      *rc::gen::oneOf(rc::gen::just(Digits(12)), rc::gen::arbitrary<std::string>());
  IndividualNumber number;
  const NumberFault fault = IndividualNumber::Check(text);
  RC_ASSERT(IndividualNumber::TryParse(text, number) == fault);
  RC_ASSERT(IndividualNumber::Parse(text).ok() == (fault == NumberFault::kNone));
  RC_ASSERT(number.is_set() == (fault == NumberFault::kNone));
}

RC_GTEST_PROP(ResidentRecordCodeProperty, DigitsSurviveTheRoundTrip, ()) {
  const std::string text = Digits(11);
  RC_PRE(text != "00000000000");
  ResidentRecordCode code;
  RC_ASSERT(ResidentRecordCode::TryParse(text, code) == NumberFault::kNone);
  std::array<char, 11> digits{};
  code.RevealDigits(digits);
  RC_ASSERT(std::string(digits.data(), digits.size()) == text);
}

RC_GTEST_PROP(InsuredNumberProperty, JoinedTextReadsBackEqual, ()) {
  const std::string number = Digits(*rc::gen::inRange<std::size_t>(1, 11));
  const std::string branch = Digits(*rc::gen::element<std::size_t>(0, 2));
  const auto insured = InsuredNumber::Parse(number, branch);
  RC_ASSERT(insured.ok());
  const auto again = InsuredNumber::ParseJoined(insured->Joined());
  RC_ASSERT(again.ok());
  RC_ASSERT(*again == *insured);
  RC_ASSERT(again->number() == number && again->branch() == branch);
}

RC_GTEST_PROP(InsurerNumberProperty, EverySingleWrongDigitIsCaught, ()) {
  std::string text = Digits(*rc::gen::element<std::size_t>(5, 7));
  text[text.size() - 5] = '1';
  text += InsurerCheckDigit(text);
  RC_ASSERT(InsurerNumber::Check(text) == InsurerNumberFault::kNone);
  const auto place = *rc::gen::inRange<std::size_t>(0, text.size());
  const char right = text[place];
  text[place] = *rc::gen::distinctFrom(rc::gen::inRange('0', static_cast<char>('9' + 1)), right);
  RC_ASSERT(InsurerNumber::Check(text) != InsurerNumberFault::kNone);
}

RC_GTEST_PROP(CorporateNumberProperty, ExactlyOneFirstDigitIsRight, ()) {
  const std::string base = Digits(12);
  int right_count = 0;
  for (char first = '0'; first <= '9'; ++first) {
    right_count += CorporateNumber::Check(first + base) == NumberFault::kNone ? 1 : 0;
  }
  RC_ASSERT(right_count == 1);
  RC_ASSERT(CorporateCheckDigit(base) != '0');
}

}  // namespace
}  // namespace musubi::number
