#include "http/message.h"

#include <gtest/gtest.h>

#include "http/problem.h"

namespace musubi::http {
namespace {

TEST(Peer, RoleAndNameAreTheTwoSidesOfTheFirstHyphen) {
  EXPECT_EQ(Peer{"terminal-133033"}.role(), "terminal");
  EXPECT_EQ(Peer{"terminal-133033"}.name(), "133033");
  EXPECT_EQ(Peer{"hub"}.role(), "hub");
  EXPECT_EQ(Peer{"hub"}.name(), "");
}

TEST(Problem, EveryErrorComesBackAsItWas) {
  for (int number = 0; number <= static_cast<int>(ErrorCode::kInternal); ++number) {
    const Error error{
        static_cast<ErrorCode>(number), "it \"failed\"\n", "a.csv:3: name", "mend it"
    };
    const Response response = ProblemResponse(error);
    EXPECT_EQ(response.status, HttpStatusOf(error.code));
    EXPECT_EQ(response.content_type, "application/problem+json");
    const Error back = ErrorOfProblem(response);
    EXPECT_EQ(back.code, error.code);
    EXPECT_EQ(back.message, error.message);
    EXPECT_EQ(back.place, error.place);
    EXPECT_EQ(back.advice, error.advice);
  }
}

TEST(Problem, DocumentHasTheNamesOfTheStandard) {
  const Response response = ProblemWithStatus(405, {ErrorCode::kUsage, "no"});
  EXPECT_EQ(
      response.body_text(),
      R"({"type":"urn:musubi:problem:usage","title":"The call is not made like this","status":405,"detail":"no"})"
  );
}

TEST(Problem, AnswerThatIsNoProblemIsJudgedByItsStatus) {
  Response response = TextResponse("<html>", "text/html");
  response.status = 503;
  EXPECT_EQ(ErrorOfProblem(response).code, ErrorCode::kUnavailable);
  response.content_type = "application/problem+json";
  EXPECT_EQ(ErrorOfProblem(response).code, ErrorCode::kUnavailable);
  response.body = MakeBody(R"([1])");
  EXPECT_EQ(ErrorOfProblem(response).code, ErrorCode::kUnavailable);
  response.body = MakeBody(R"({"type":7,"detail":{}})");
  EXPECT_EQ(ErrorOfProblem(response).code, ErrorCode::kUnavailable);
  EXPECT_FALSE(ErrorOfProblem(response).message.empty());
}

}  // namespace
}  // namespace musubi::http
