#include "national/jlis/resolution.h"

#include <gtest/gtest.h>

#include "national/jlis/residents_for_test.h"

namespace musubi::national::jlis {

namespace {

std::string Processing(int i) {
  const std::string digits = std::to_string(i);
  return std::string(32 - digits.size(), 'a') + digits;
}

std::string Row(int i, const std::string& birth_date, const std::string& number) {
  return Processing(i) + "," + birth_date + "," + number + "\r\n";
}

std::string Text(const http::Body& body) {
  return {body.begin(), body.end()};
}

class ResolutionTest : public testing::Test {
 protected:
  // The network says `word` of every line it is asked.
  Result<Resolved> ResolveWith(const std::string& body, const std::string& word) {
    return Resolve(index_, body, [&](http::Body lines) -> Result<http::Body> {
      asked_ = Text(lines);
      std::string answer;
      for (std::size_t at = 0; at < asked_.size(); at = asked_.find('\n', at) + 1) {
        answer += asked_.substr(at, 32) + "," + word + "\r\n";
      }
      return http::MakeBody(answer);
    });
  }

  ResidentFile file_{
      ResidentLine("00000000011", NumberOf(1), "1979-03-12") +
      ResidentLine("00000000022", NumberOf(2), "1980-01-01", "deceased") +
      ResidentLine("00000000033", NumberOf(3), "1980-01-01")
  };
  ResidentIndex index_ = ResidentIndex::Load(file_.path()).value();
  std::string asked_;
};

TEST_F(ResolutionTest, OnlyThoseFoundAreLinkedAndEveryLineIsAnsweredInOrder) {
  const auto resolved = ResolveWith(
      Row(1, "1980-01-01", NumberOf(3)) + Row(2, "1980-01-01", NumberOf(2)) +
          Row(3, "1980-01-01", NumberOf(9)) + Row(4, "1979-03-13", NumberOf(1)) +
          Row(5, "1979-03-12", NumberOf(1)),
      "linked"
  );
  ASSERT_TRUE(resolved.ok());
  EXPECT_EQ(asked_, Processing(1) + ",00000000033\r\n" + Processing(5) + ",00000000011\r\n");
  EXPECT_EQ(
      Text(resolved->lines),
      Processing(1) + ",linked\r\n" + Processing(2) + ",resident-gone\r\n" + Processing(3) +
          ",not-found\r\n" + Processing(4) + ",birth-date-differs\r\n" + Processing(5) +
          ",linked\r\n"
  );
  EXPECT_EQ(resolved->counts[static_cast<std::size_t>(Finding::kFound)], 2U);
  EXPECT_EQ(resolved->counts[static_cast<std::size_t>(Finding::kNotFound)], 1U);
}

TEST_F(ResolutionTest, MalformedFactsAreThatLinesOutcome) {
  const std::string number = NumberOf(1);
  std::string slipped = number;
  slipped.back() = slipped.back() == '9' ? '8' : static_cast<char>(slipped.back() + 1);
  for (const std::string& row :
       {Row(1, "1979-02-30", number),
        Row(1, "", number),
        Row(1, "1979-03-12", ""),
        Row(1, "1979-03-12", number + "0"),
        Row(1, "1979-03-12", slipped),
        Row(1, "1979-03-12", "000000000000"),
        Row(1, "1979-03-12", number + ",x"),
        Processing(1) + ",\r\n"}) {
    const auto resolved = ResolveWith(row, "linked");
    ASSERT_TRUE(resolved.ok());
    EXPECT_EQ(Text(resolved->lines), Processing(1) + ",bad-format\r\n");
  }
  EXPECT_EQ(asked_, "");
}

TEST_F(ResolutionTest, ALineWithoutProcessingNumberRefusesTheBody) {
  const std::string good = Row(1, "1979-03-12", NumberOf(1));
  for (const std::string& bad :
       {std::string("\r\n"), "x" + good, good.substr(1), "g" + good.substr(1)}) {
    const auto resolved = ResolveWith(good + bad, "linked");
    ASSERT_FALSE(resolved.ok());
    EXPECT_EQ(resolved.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(resolved.error().place, "line 2");
    EXPECT_EQ(resolved.error().Text().find(NumberOf(1)), std::string::npos);
  }
}

TEST_F(ResolutionTest, WhatTheNetworkWillNotLinkIsExpired) {
  for (const char* word : {"expired", "unknown", "reused"}) {
    const auto resolved = ResolveWith(Row(1, "1979-03-12", NumberOf(1)), word);
    ASSERT_TRUE(resolved.ok());
    EXPECT_EQ(Text(resolved->lines), Processing(1) + ",expired\r\n");
  }
}

TEST_F(ResolutionTest, AnAnswerThatDoesNotFitIsRefused) {
  const std::string body = Row(1, "1979-03-12", NumberOf(1)) + Row(2, "1980-01-01", NumberOf(3));
  const std::string first = Processing(1) + ",linked\r\n";
  const std::string second = Processing(2) + ",linked\r\n";
  for (const std::string& answer :
       {first,
        second + first,
        first + second + second,
        first + Processing(2) + ",other\r\n",
        first + Processing(2) + "\r\n",
        std::string()}) {
    const auto resolved = Resolve(index_, body, [&](http::Body) -> Result<http::Body> {
      return http::MakeBody(answer);
    });
    ASSERT_FALSE(resolved.ok());
    EXPECT_EQ(resolved.error().code, ErrorCode::kInternal);
  }
}

TEST_F(ResolutionTest, ANetworkThatIsAwayIsHandedOn) {
  const auto resolved =
      Resolve(index_, Row(1, "1979-03-12", NumberOf(1)), [](http::Body) -> Result<http::Body> {
        return Error{ErrorCode::kUnavailable, "away"};
      });
  ASSERT_FALSE(resolved.ok());
  EXPECT_TRUE(resolved.error().IsTransient());
}

TEST_F(ResolutionTest, AnEmptyBodyHasAnEmptyAnswer) {
  const auto resolved = ResolveWith("", "linked");
  ASSERT_TRUE(resolved.ok());
  EXPECT_TRUE(resolved->lines.empty());
}

TEST_F(ResolutionTest, TooManyLinesAreRefused) {
  const auto resolved = ResolveWith(std::string(kQuestionsMax + 1, '\n'), "linked");
  ASSERT_FALSE(resolved.ok());
  EXPECT_EQ(resolved.error().code, ErrorCode::kExhausted);
}

}  // namespace

}  // namespace musubi::national::jlis
