// What slips of the pen the check digit lets through: every single wrong digit and every swap of
// two digits of many numbers, held against the known rates (1.6 % and 1.8 %).
#include <array>
#include <cstddef>
#include <random>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "number/individual_number.h"

namespace musubi::number {
namespace {

constexpr std::size_t kNumberCount = 20'000;
constexpr std::size_t kDigitCount = 12;

std::string MakeNumber(std::mt19937_64& random) {
  std::array<std::uint8_t, 11> digits{};
  std::uniform_int_distribution<unsigned> digit(0, 9);
  std::string text;
  for (std::uint8_t& value : digits) {
    value = static_cast<std::uint8_t>(digit(random));
    text += static_cast<char>('0' + value);
  }
  return text + static_cast<char>('0' + IndividualCheckDigit(digits));
}

bool Passes(const std::string& text) {
  return IndividualNumber::Check(text) == NumberFault::kNone;
}

struct Rate {
  std::size_t tried = 0;
  std::size_t passed = 0;

  void Count(bool has_passed) {
    ++tried;
    passed += has_passed ? 1 : 0;
  }

  [[nodiscard]] double value() const {
    return static_cast<double>(passed) / static_cast<double>(tried);
  }
};

template <typename Slip>
void ForManyNumbers(const Slip& slip) {
  constexpr std::uint64_t kSeed = 20141118;
  std::mt19937_64 random(kSeed);
  for (std::size_t i = 0; i < kNumberCount; ++i) {
    std::string text = MakeNumber(random);
    ASSERT_TRUE(Passes(text));
    slip(text);
  }
}

// Counts the swap of digits a and b, where they differ.
void CountSwap(std::string& text, std::size_t a, std::size_t b, Rate& rate) {
  if (text[a] != text[b]) {
    std::swap(text[a], text[b]);
    rate.Count(Passes(text));
    std::swap(text[a], text[b]);
  }
}

TEST(IndividualNumberSlips, SingleWrongDigitsPassInSixteenOfAThousandCases) {
  Rate rate;
  ForManyNumbers([&rate](std::string& text) {
    for (char& place : text) {
      const char right = place;
      for (char wrong = '0'; wrong <= '9'; ++wrong) {
        if (wrong != right) {
          place = wrong;
          rate.Count(Passes(text));
        }
      }
      place = right;
    }
  });
  EXPECT_EQ(rate.tried, kNumberCount * kDigitCount * 9);
  EXPECT_NEAR(rate.value(), 0.016, 0.001);
}

TEST(IndividualNumberSlips, SingleWrongDigitsPassOnlyWhereTheCheckDigitIsZero) {
  ForManyNumbers([](std::string& text) {
    if (text.back() == '0') {
      return;
    }
    for (std::size_t i = 0; i < kDigitCount; ++i) {
      const char right = text[i];
      text[i] = right == '9' ? '0' : static_cast<char>(right + 1);
      ASSERT_FALSE(Passes(text));
      text[i] = right;
    }
  });
}

TEST(IndividualNumberSlips, NeighboursSwappedPassInEighteenOfAThousandCases) {
  Rate rate;
  ForManyNumbers([&rate](std::string& text) {
    for (std::size_t i = 0; i + 1 < kDigitCount; ++i) {
      CountSwap(text, i, i + 1, rate);
    }
  });
  EXPECT_NEAR(rate.value(), 0.018, 0.002);
}

TEST(IndividualNumberSlips, DigitsSixPlacesApartShareAWeightAndTheirSwapIsNeverCaught) {
  Rate same_weight;
  Rate other_weight;
  ForManyNumbers([&](std::string& text) {
    for (std::size_t a = 0; a < kDigitCount; ++a) {
      for (std::size_t b = a + 1; b < kDigitCount; ++b) {
        const bool is_same_weight = b == a + 6 && b < kDigitCount - 1;
        CountSwap(text, a, b, is_same_weight ? same_weight : other_weight);
      }
    }
  });
  EXPECT_EQ(same_weight.passed, same_weight.tried);
  EXPECT_GT(same_weight.tried, kNumberCount * 4);
  EXPECT_LT(other_weight.value(), 0.03);
}

TEST(IndividualNumberSlips, OneInTenOfRandomDigitStringsPasses) {
  constexpr std::uint64_t kSeed = 7;
  std::mt19937_64 random(kSeed);
  std::uniform_int_distribution<std::uint64_t> any(0, 999'999'999'999);
  Rate rate;
  for (std::size_t i = 0; i < 10 * kNumberCount; ++i) {
    std::string text = std::to_string(any(random));
    text.insert(0, kDigitCount - text.size(), '0');
    rate.Count(Passes(text));
  }
  EXPECT_NEAR(rate.value(), 0.101, 0.003);
}

}  // namespace
}  // namespace musubi::number
