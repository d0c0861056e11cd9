#include "scheme/number_scan.h"

#include <fstream>
#include <functional>
#include <random>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace musubi::scheme {
namespace {

// Twelve digits with a wrong check digit on purpose: no real number stands in this file.
constexpr std::uint64_t kNumber = 384'215'907'640;

Bytes RandomBytes(std::size_t size, unsigned seed) {
  std::mt19937_64 random(seed);
  Bytes bytes(size);
  for (std::uint8_t& byte : bytes) {
    byte = static_cast<std::uint8_t>(random());
  }
  return bytes;
}

std::string Digits() {
  return fmt::format("{:012}", kNumber);
}

Bytes Ascii() {
  const std::string digits = Digits();
  return {digits.begin(), digits.end()};
}

Bytes Utf16(bool is_big) {
  Bytes bytes;
  for (const char digit : Digits()) {
    bytes.push_back(is_big ? std::uint8_t{0} : static_cast<std::uint8_t>(digit));
    bytes.push_back(is_big ? static_cast<std::uint8_t>(digit) : std::uint8_t{0});
  }
  return bytes;
}

Bytes FullWidth() {
  Bytes bytes;
  for (const char digit : Digits()) {
    bytes.insert(bytes.end(), {0xef, 0xbc, static_cast<std::uint8_t>(0x90 + (digit - '0'))});
  }
  return bytes;
}

Bytes DigitBytes() {
  Bytes bytes;
  for (const char digit : Digits()) {
    bytes.push_back(static_cast<std::uint8_t>(digit - '0'));
  }
  return bytes;
}

Bytes Packed(bool is_half) {
  std::string digits = Digits();
  if (is_half) {
    digits = "0" + digits + "?";  // '?' & 15 is 15: a sign
  }
  Bytes bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const auto high = static_cast<unsigned>(digits[i]) & 0xfU;
    const auto low = static_cast<unsigned>(digits[i + 1]) & 0xfU;
    bytes.push_back(static_cast<std::uint8_t>(high << 4U | low));
  }
  return bytes;
}

Bytes Integer(bool is_big, unsigned size) {
  Bytes bytes;
  for (unsigned i = 0; i < size; ++i) {
    const unsigned shift = 8 * (is_big ? size - 1 - i : i);
    bytes.push_back(static_cast<std::uint8_t>(kNumber >> shift));
  }
  return bytes;
}

ScanReport ScanWith(const Bytes& planted, unsigned seed) {
  Bytes bytes = RandomBytes(10'000, seed);
  bytes.insert(bytes.begin() + 4321, planted.begin(), planted.end());
  const NumberScanner scanner(std::vector<std::uint64_t>{kNumber});
  ScanReport report;
  scanner.ScanBytes(bytes, "memory", report);
  return report;
}

TEST(NumberScan, EveryFormIsFoundWithItsPlace) {
  const std::vector<std::pair<std::string, Bytes>> forms = {
      {"ascii", Ascii()},
      {"utf-16", Utf16(false)},
      {"utf-16", Utf16(true)},
      {"full-width", FullWidth()},
      {"digit-bytes", DigitBytes()},
      {"packed-decimal", Packed(false)},
      {"packed-decimal", Packed(true)},
      {"integer-le", Integer(false, 8)},
      {"integer-be", Integer(true, 8)},
  };
  unsigned seed = 1;
  for (const auto& [form, planted] : forms) {
    const ScanReport report = ScanWith(planted, ++seed);
    EXPECT_EQ(report.matches, 1U) << form;
    EXPECT_EQ(report.compact_matches, 0U) << form;
    EXPECT_FALSE(report.IsClean()) << form;
    ASSERT_EQ(report.places.size(), 1U) << form;
    EXPECT_EQ(report.places[0].form, form);
    EXPECT_GE(report.places[0].offset, 4320U) << form;
    EXPECT_LE(report.places[0].offset, 4323U) << form;
  }
}

TEST(NumberScan, TheMiddleOfALongerRunOfDigitsIsFound) {
  const std::string text = "99" + Digits() + "7";
  EXPECT_EQ(ScanWith({text.begin(), text.end()}, 5).matches, 1U);
}

TEST(NumberScan, ANumberOverTheEdgeOfABufferIsFoundInAFile) {
  const std::filesystem::path path = testing::TempDir() + "number_scan_edge.bin";
  const Bytes planted = Ascii();
  Bytes bytes(std::size_t{9} << 20U, 'x');
  std::copy(planted.begin(), planted.end(), bytes.begin() + (std::ptrdiff_t{4} << 20U) - 5);
  std::ofstream(path, std::ios::binary) << AsText(bytes);
  const NumberScanner scanner(std::vector<std::uint64_t>{kNumber});
  ScanReport report;
  ASSERT_TRUE(scanner.ScanFile(path, report).ok());
  EXPECT_EQ(report.matches, 1U);
  EXPECT_EQ(report.bytes, bytes.size());
  EXPECT_EQ(report.files, 1U);
  std::filesystem::remove(path);
}

TEST(NumberScan, ManyCompactIntegersAreMoreThanChance) {
  for (const bool is_big : {false, true}) {
    Bytes bytes = RandomBytes(100'000, 9);
    for (std::size_t place = 500; place < 99'000; place += 5'000) {
      const Bytes planted = Integer(is_big, 5);
      std::copy(planted.begin(), planted.end(), bytes.begin() + static_cast<std::ptrdiff_t>(place));
    }
    const NumberScanner scanner(std::vector<std::uint64_t>{kNumber});
    ScanReport report;
    scanner.ScanBytes(bytes, "memory", report);
    EXPECT_EQ(report.compact_matches, 20U);
    EXPECT_FALSE(report.IsClean());
  }
}

TEST(NumberScan, RandomBytesAreCleanEvenAgainstManyNumbers) {
  std::mt19937_64 random(11);
  std::vector<std::uint64_t> numbers(400'000);
  for (std::uint64_t& number : numbers) {
    number = random() % 1'000'000'000'000;
  }
  const NumberScanner scanner(numbers);
  ScanReport report;
  scanner.ScanBytes(RandomBytes(std::size_t{4} << 20U, 12), "memory", report);
  EXPECT_EQ(report.matches, 0U);
  EXPECT_TRUE(report.IsClean()) << report.compact_matches << " against "
                                << report.compact_by_chance;
  EXPECT_GT(report.compact_by_chance, 1.0);
}

TEST(NumberScan, OtherNumbersAreNotTakenForOurs) {
  const std::string text = fmt::format("{:012} {:012}", kNumber + 1, kNumber - 10);
  EXPECT_TRUE(ScanWith({text.begin(), text.end()}, 3).IsClean());
}

TEST(NumberScan, AFolderIsScannedWithItsChildren) {
  const std::filesystem::path folder = testing::TempDir() + "number_scan_folder";
  std::filesystem::create_directories(folder / "a" / "b");
  std::ofstream(folder / "a" / "b" / "log") << "number=" << Digits() << '\n';
  std::ofstream(folder / "other") << "nothing\n";
  const NumberScanner scanner(std::vector<std::uint64_t>{kNumber});
  ScanReport report;
  ASSERT_TRUE(scanner.ScanFolder(folder, report).ok());
  EXPECT_EQ(report.files, 2U);
  EXPECT_EQ(report.matches, 1U);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace musubi::scheme
