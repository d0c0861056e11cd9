#include "national/support/gateway.h"

#include <string>

#include <gtest/gtest.h>

namespace musubi::national::support {

namespace {

const std::string kFirst(32, 'a');
const std::string kSecond(32, 'b');
const std::string kAsked = kFirst + ",1979-03-12,x\r\n" + kSecond + ",1979-03-12,y\r\n";
const std::string kAnswered = kFirst + ",linked\r\n" + kSecond + ",not-found\r\n";

http::Request MakeRequest() {
  http::Request request;
  request.headers["idempotency-key"] = "chunk-7";
  request.body = http::MakeBody(kAsked);
  return request;
}

http::Response CsvOf(std::string_view text) {
  return http::TextResponse(text, http::kCsv);
}

TEST(Gateway, AnAnswerOfTheSameNumbersInTheSameOrderFits) {
  EXPECT_TRUE(CheckAnswer(kAsked, kAnswered).ok());
  EXPECT_TRUE(CheckAnswer("", "").ok());
}

TEST(Gateway, AnAnswerWithOtherLinesDoesNotFit) {
  const std::string first = kFirst + ",linked\r\n";
  const std::string second = kSecond + ",linked\r\n";
  for (const std::string& answered :
       {first,
        second + first,
        first + first,
        first + second + second,
        std::string(),
        kAsked,
        first + kSecond + "\r\n",
        first + kSecond + ",\r\n"}) {
    EXPECT_EQ(CheckAnswer(kAsked, answered).error().code, ErrorCode::kInternal) << answered;
  }
  EXPECT_FALSE(CheckAnswer("", first).ok());
}

TEST(Gateway, QuestionAndKeyGoOnAsTheyCameAndTheAnswerComesBack) {
  http::Request seen;
  const http::Response response = Forward(MakeRequest(), [&](const http::Request& forwarded) {
    seen.method = forwarded.method;
    seen.path = forwarded.path;
    seen.headers = forwarded.headers;
    seen.body = http::MakeBody(forwarded.body_text());
    return Result<http::Response>(CsvOf(kAnswered));
  });
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.path, "/v1/resolutions");
  EXPECT_EQ(seen.header("idempotency-key"), "chunk-7");
  EXPECT_EQ(seen.body_text(), kAsked);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body_text(), kAnswered);
}

TEST(Gateway, AnAnswerThatDoesNotFitIsNotHandedOn) {
  const http::Response response = Forward(MakeRequest(), [](const http::Request&) {
    return Result<http::Response>(CsvOf(kAsked));
  });
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body_text().find(kFirst), std::string::npos);
}

TEST(Gateway, ARequestWithoutKeyIsRefused) {
  http::Request request = MakeRequest();
  request.headers.clear();
  const http::Response response = Forward(request, [](const http::Request&) {
    ADD_FAILURE() << "it was sent";
    return Result<http::Response>(CsvOf(""));
  });
  EXPECT_EQ(response.status, 400);
}

TEST(Gateway, WhatJlisRefusesOrCannotDoIsToldToTheHub) {
  for (const ErrorCode code :
       {ErrorCode::kInvalid, ErrorCode::kUnavailable, ErrorCode::kTimeout, ErrorCode::kExhausted}) {
    const Error error{code, "a reason", "line 2"};
    const auto as_problem = Forward(MakeRequest(), [&](const http::Request&) {
      return Result<http::Response>(http::ProblemResponse(error));
    });
    const auto as_error =
        Forward(MakeRequest(), [&](const http::Request&) { return Result<http::Response>(error); });
    EXPECT_EQ(as_problem.status, HttpStatusOf(code));
    EXPECT_EQ(as_error.status, HttpStatusOf(code));
  }
}

TEST(Gateway, AnAnswerAboutAttributesHasTheSameReferencesInTheSameOrder) {
  const std::string asked = "P1,a\r\n\"P2\",\"b\r\nc\"\r\n";
  EXPECT_TRUE(CheckAttributeAnswer(asked, "P1,agree\r\nP2,none\r\n").ok());
  EXPECT_TRUE(CheckAttributeAnswer(asked, ",invalid\r\nP2,none\r\n").ok());
  EXPECT_FALSE(CheckAttributeAnswer(asked, "P2,none\r\nP1,agree\r\n").ok());
  EXPECT_FALSE(CheckAttributeAnswer(asked, "P1,agree\r\n").ok());
  EXPECT_FALSE(CheckAttributeAnswer(asked, "P1,agree\r\nP2,none\r\nP3,none\r\n").ok());
  EXPECT_FALSE(CheckAttributeAnswer(asked, "P1,agree\r\nP2,\"none").ok());
}

TEST(Gateway, APackageGoesOnAndComesBackByteForByteUnopened) {
  http::Request request = MakeRequest();
  const std::string sealed("\x30\x80\x00,\"\r", 6);
  request.body = http::MakeBody(sealed);
  std::string seen;
  const http::Response response =
      ForwardPackage("/v1/verification-packages", request, [&](const http::Request& forwarded) {
        EXPECT_EQ(forwarded.path, "/v1/verification-packages");
        EXPECT_EQ(forwarded.header("content-type"), http::kOctets);
        EXPECT_EQ(forwarded.header("idempotency-key"), "chunk-7");
        seen = forwarded.body_text();
        return Result<http::Response>(http::TextResponse(sealed + "!", http::kOctets));
      });
  EXPECT_EQ(seen, sealed);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, http::kOctets);
  EXPECT_EQ(response.body_text(), sealed + "!");
}

TEST(Gateway, APackageThatJlisRefusesIsRefusedInItsWords) {
  const auto response =
      ForwardPackage("/v1/verification-packages", MakeRequest(), [](const http::Request&) {
        return Result<http::Response>(
            http::ProblemResponse({ErrorCode::kInvalid, "a reason", "line 2"})
        );
      });
  EXPECT_EQ(response.status, 400);
  EXPECT_NE(response.body_text().find("a reason"), std::string_view::npos);
}

}  // namespace

}  // namespace musubi::national::support
