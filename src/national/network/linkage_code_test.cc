#include "national/network/linkage_code.h"

#include <bit>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace musubi::national::network {

namespace {

const Bytes kMaster(32, 7);

Bytes CodesOf(LinkageCodes& codes, InstitutionKey to, std::string_view record_codes) {
  Bytes out(record_codes.size() / kRecordCodeSize * 16);
  codes.Derive(to, record_codes, out);
  return out;
}

std::string RecordCode(std::uint64_t number) {
  std::string digits = std::to_string(number % 100000000000U);
  return std::string(kRecordCodeSize - digits.size(), '0') + digits;
}

TEST(LinkageCode, TheSamePersonHasTheSameCodeInEveryRun) {
  LinkageCodes first(kMaster);
  LinkageCodes second(kMaster);
  EXPECT_EQ(CodesOf(first, {"hub", 1}, "00000000011"), CodesOf(second, {"hub", 1}, "00000000011"));
}

TEST(LinkageCode, TwoPeopleHaveDifferentCodes) {
  LinkageCodes codes(kMaster);
  const Bytes both = CodesOf(codes, {"hub", 1}, "0000000001100000000012");
  EXPECT_NE(Bytes(both.begin(), both.begin() + 16), Bytes(both.begin() + 16, both.end()));
}

TEST(LinkageCode, TwoInstitutionsHaveDifferentCodesForOnePerson) {
  LinkageCodes codes(kMaster);
  EXPECT_NE(
      CodesOf(codes, {"hub", 1}, "00000000011"), CodesOf(codes, {"city-131016", 1}, "00000000011")
  );
}

// Somebody who holds the codes of 1,000 people at both institutions tries the relations a careless
// scheme would show: a constant difference, the same order, or so many equal bits.
TEST(LinkageCode, OneInstitutionsCodesTellNothingAboutAnothers) {
  constexpr std::size_t kPeople = 1000;
  LinkageCodes codes(kMaster);
  std::string record_codes;
  for (std::uint64_t person = 1; person <= kPeople; ++person) {
    record_codes += RecordCode(person);
  }
  const Bytes here = CodesOf(codes, {"hub", 1}, record_codes);
  const Bytes there = CodesOf(codes, {"institution-131016", 1}, record_codes);
  std::set<Bytes> differences;
  std::size_t equal_bits = 0;
  std::size_t in_order = 0;
  for (std::size_t i = 0; i < kPeople; ++i) {
    Bytes difference(16);
    for (std::size_t byte = 0; byte < 16; ++byte) {
      difference[byte] = here[i * 16 + byte] ^ there[i * 16 + byte];
      equal_bits += 8U - static_cast<unsigned>(std::popcount(difference[byte]));
    }
    differences.insert(difference);
    const std::size_t next = (i + 1) % kPeople * 16;
    const bool rises_here = here[i * 16] < here[next];
    in_order += rises_here == (there[i * 16] < there[next]) ? 1 : 0;
  }
  EXPECT_EQ(differences.size(), kPeople);
  EXPECT_NEAR(static_cast<double>(equal_bits) / (kPeople * 128), 0.5, 0.01);
  EXPECT_NEAR(static_cast<double>(in_order) / kPeople, 0.5, 0.08);
}

TEST(LinkageCode, AnotherKeyVersionGivesAnotherCode) {
  LinkageCodes codes(kMaster);
  EXPECT_NE(CodesOf(codes, {"hub", 1}, "00000000011"), CodesOf(codes, {"hub", 2}, "00000000011"));
}

TEST(LinkageCode, AnotherMasterKeyGivesAnotherCode) {
  LinkageCodes codes(kMaster);
  LinkageCodes others(Bytes(32, 8));
  EXPECT_NE(CodesOf(codes, {"hub", 1}, "00000000011"), CodesOf(others, {"hub", 1}, "00000000011"));
}

TEST(LinkageCode, AVersionIsNotMistakenForPartOfTheName) {
  LinkageCodes codes(kMaster);
  EXPECT_NE(CodesOf(codes, {"hub1", 1}, "00000000011"), CodesOf(codes, {"hub", 11}, "00000000011"));
}

RC_GTEST_PROP(LinkageCode, TranslationAgreesWithDerivation, ()) {
  LinkageCodes codes(kMaster);
  const auto people = *rc::gen::nonEmpty<std::vector<std::uint64_t>>();
  std::string record_codes;
  for (const std::uint64_t person : people) {
    record_codes += RecordCode(person);
  }
  const InstitutionKey from{"hub", *rc::gen::inRange(1U, 4U)};
  const InstitutionKey to{"city-131016", *rc::gen::inRange(1U, 4U)};
  Bytes translated = CodesOf(codes, from, record_codes);
  codes.Translate(from, to, translated);
  RC_ASSERT(translated == CodesOf(codes, to, record_codes));
}

}  // namespace

}  // namespace musubi::national::network
