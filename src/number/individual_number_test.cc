#include "number/individual_number.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <new>
#include <string>
#include <type_traits>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace musubi::number {
namespace {

// What must not compile.
template <typename T>
concept Streams = requires(std::ostream& stream, const T& value) { stream << value; };
template <typename T>
concept Orders = requires(const T& a, const T& b) { a < b; };
template <typename T>
concept Equates = requires(const T& a, const T& b) { a == b; };
template <typename T>
concept Hashes = requires(const T& value) { std::hash<T>()(value); };

static_assert(Streams<int> && Orders<int> && Equates<int> && Hashes<int>);
static_assert(!Streams<IndividualNumber>);
static_assert(!Orders<IndividualNumber>);
static_assert(!Equates<IndividualNumber>);
static_assert(!Hashes<IndividualNumber>);
static_assert(!fmt::is_formattable<IndividualNumber>::value);
static_assert(!std::is_convertible_v<IndividualNumber, std::uint64_t>);
static_assert(!std::is_convertible_v<IndividualNumber, std::string>);
static_assert(!std::is_constructible_v<IndividualNumber, std::string_view>);
static_assert(!std::is_constructible_v<IndividualNumber, std::uint64_t>);

TEST(IndividualNumber, PublishedNumbersAreAccepted) {
  for (const char* text :
       {"123456789018",
        "983205673214",
        "379474484458",
        "234567890121",
        "999999999996",
        "300000000020",
        "300000000080"}) {
    EXPECT_EQ(IndividualNumber::Check(text), NumberFault::kNone);
    EXPECT_TRUE(IndividualNumber::Parse(text).ok());
  }
}

TEST(IndividualNumber, WrongCheckDigitIsRefused) {
  for (const char* text : {"983205673210", "123456789012", "300000000021", "300000000081"}) {
    EXPECT_EQ(IndividualNumber::Check(text), NumberFault::kCheckDigit);
  }
}

TEST(IndividualNumber, AllZerosAreRefusedAlthoughTheFormulaAllowsThem) {
  EXPECT_EQ(IndividualCheckDigit(std::array<std::uint8_t, 11>{}), 0);
  EXPECT_EQ(IndividualNumber::Check("000000000000"), NumberFault::kCheckDigit);
}

TEST(IndividualNumber, OnlyTwelveAsciiDigitsHaveTheForm) {
  using namespace std::string_view_literals;
  for (const std::string_view text :
       {""sv,
        "12345678901"sv,
        "1234567890188"sv,
        " 23456789018"sv,
        "12345678901a"sv,
        "-12345678901"sv,
        "1234-5678-9018"sv,
        "12345678901\0"sv,
        "12345678901/"sv,
        "12345678901:"sv,
        "１２３４"sv,
        "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"sv}) {
    EXPECT_EQ(IndividualNumber::Check(text), NumberFault::kFormat) << text.size();
  }
}

TEST(IndividualNumber, ErrorNeverNamesTheValue) {
  for (const char* text : {"123456789012", "12345678901x"}) {
    const auto refused = IndividualNumber::Parse(text);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(refused.error().Text().find("1234"), std::string::npos);
  }
}

TEST(IndividualNumber, RefusedTextLeavesTheNumberAlone) {
  IndividualNumber number;
  EXPECT_EQ(IndividualNumber::TryParse("123456789012", number), NumberFault::kCheckDigit);
  EXPECT_FALSE(number.is_set());
  EXPECT_EQ(IndividualNumber::TryParse("123456789018", number), NumberFault::kNone);
  EXPECT_EQ(IndividualNumber::TryParse("abc", number), NumberFault::kFormat);
  EXPECT_EQ(number.RevealPacked(), 123456789018U);
}

TEST(IndividualNumber, DigitsComeOutAsTheyWentIn) {
  IndividualNumber number;
  ASSERT_EQ(IndividualNumber::TryParse("000000000019", number), NumberFault::kNone);
  std::array<char, 12> digits;
  number.RevealDigits(digits);
  EXPECT_TRUE(std::string_view(digits.data(), digits.size()) == "000000000019");
  EXPECT_TRUE(IndividualNumber::FromPacked(number.RevealPacked()).SameAs(number));
  EXPECT_FALSE(IndividualNumber().SameAs(number));
}

// Runs what makes a T in a buffer of ours, and looks at the buffer after its destruction.
template <typename T>
bool IsWipedAfterDestruction(std::string_view text) {
  alignas(T) std::array<std::byte, sizeof(T)> memory{};
  T* number = new (memory.data()) T();
  EXPECT_EQ(T::TryParse(text, *number), NumberFault::kNone);
  const auto is_zero = [](std::byte byte) { return byte == std::byte{0}; };
  EXPECT_FALSE(std::all_of(memory.begin(), memory.end(), is_zero));
  number->~T();
  const volatile std::byte* seen = memory.data();
  bool is_wiped = true;
  for (std::size_t i = 0; i < memory.size(); ++i) {
    is_wiped = is_wiped && seen[i] == std::byte{0};
  }
  return is_wiped;
}

TEST(IndividualNumber, MemoryIsWipedOnDestruction) {
  EXPECT_TRUE(IsWipedAfterDestruction<IndividualNumber>("123456789018"));
}

TEST(IndividualNumber, CopyIsWipedToo) {
  alignas(IndividualNumber) std::array<std::byte, sizeof(IndividualNumber)> memory{};
  const IndividualNumber number = IndividualNumber::FromPacked(123456789018);
  auto* copy = new (memory.data()) IndividualNumber(number);
  EXPECT_TRUE(copy->SameAs(number));
  copy->~IndividualNumber();
  std::array<std::byte, sizeof(IndividualNumber)> seen;
  std::memcpy(seen.data(), memory.data(), seen.size());
  EXPECT_EQ(seen, decltype(seen){});
  EXPECT_TRUE(number.is_set());
}

}  // namespace
}  // namespace musubi::number
