#include "number/resident_record_code.h"

#include <array>
#include <cstddef>
#include <new>
#include <string>
#include <type_traits>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace musubi::number {
namespace {

template <typename T>
concept Streams = requires(std::ostream& stream, const T& value) { stream << value; };
template <typename T>
concept Orders = requires(const T& a, const T& b) { a < b; };
template <typename T>
concept Hashes = requires(const T& value) { std::hash<T>()(value); };

static_assert(!Streams<ResidentRecordCode>);
static_assert(!Orders<ResidentRecordCode>);
static_assert(!Hashes<ResidentRecordCode>);
static_assert(!fmt::is_formattable<ResidentRecordCode>::value);
static_assert(!std::is_convertible_v<ResidentRecordCode, std::uint64_t>);

TEST(ResidentRecordCode, ElevenDigitsAreEnoughByDefault) {
  EXPECT_TRUE(ResidentRecordCode::Parse("24727059608").ok());
  EXPECT_TRUE(ResidentRecordCode::Parse("24727059607").ok());
}

TEST(ResidentRecordCode, RuleDecidesOnTheCheckDigit) {
  EXPECT_TRUE(ResidentRecordCode::Parse("24727059608", ModulusElevenRule).ok());
  EXPECT_FALSE(ResidentRecordCode::Parse("24727059607", ModulusElevenRule).ok());
  const auto never = [](std::span<const std::uint8_t, 11> /*digits*/) { return false; };
  EXPECT_FALSE(ResidentRecordCode::Parse("24727059608", never).ok());
}

TEST(ResidentRecordCode, RuleSeesTheDigitsInOrder) {
  const auto counts_up = [](std::span<const std::uint8_t, 11> digits) {
    for (std::size_t i = 0; i < 10; ++i) {
      if (digits[i] != i) {
        return false;
      }
    }
    return digits[10] == 0;
  };
  EXPECT_TRUE(ResidentRecordCode::Parse("01234567890", counts_up).ok());
}

TEST(ResidentRecordCode, OnlyElevenAsciiDigitsHaveTheForm) {
  ResidentRecordCode code;
  for (const char* text : {"", "2472705960", "247270596080", "2472705960a", " 4727059608"}) {
    EXPECT_EQ(ResidentRecordCode::TryParse(text, code), NumberFault::kFormat);
    EXPECT_FALSE(code.is_set());
  }
  EXPECT_FALSE(ResidentRecordCode::Parse("00000000000").ok());
}

TEST(ResidentRecordCode, MemoryIsWipedOnDestruction) {
  alignas(ResidentRecordCode) std::array<std::byte, sizeof(ResidentRecordCode)> memory{};
  auto* code = new (memory.data()) ResidentRecordCode();
  ASSERT_EQ(ResidentRecordCode::TryParse("24727059608", *code), NumberFault::kNone);
  EXPECT_EQ(code->RevealPacked(), 24727059608U);
  code->~ResidentRecordCode();
  const volatile std::byte* seen = memory.data();
  for (std::size_t i = 0; i < memory.size(); ++i) {
    EXPECT_TRUE(seen[i] == std::byte{0});
  }
}

}  // namespace
}  // namespace musubi::number
