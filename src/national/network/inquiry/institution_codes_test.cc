#include "national/network/inquiry/institution_codes.h"

#include <string>

#include <gtest/gtest.h>

namespace musubi::national::network {

namespace {

std::string CodesOf(std::string_view institution, std::string_view lines) {
  const Bytes key(32, 7);
  const auto codes = InstitutionCodes(key).CodesOf(institution, lines);
  return codes.ok() ? std::string(codes->begin(), codes->end()) : codes.error().place;
}

TEST(InstitutionCodes, APersonHasOneCodePerInstitution) {
  const std::string lines = "00000000011\r\n00000000022\n00000000011";
  const std::string codes = CodesOf("institution-131016", lines);
  ASSERT_EQ(codes.size(), 3U * 34U);
  EXPECT_EQ(codes.substr(0, 34), codes.substr(68, 34));
  EXPECT_NE(codes.substr(0, 34), codes.substr(34, 34));
  EXPECT_NE(codes, CodesOf("portal", lines));
}

TEST(InstitutionCodes, MalformedLinesAreNamed) {
  EXPECT_EQ(CodesOf("portal", "00000000011\n0000000001\n"), "line 2");
  EXPECT_EQ(CodesOf("portal", "0000000001x\n"), "line 1");
  EXPECT_EQ(CodesOf("portal", ""), "");
}

}  // namespace

}  // namespace musubi::national::network
