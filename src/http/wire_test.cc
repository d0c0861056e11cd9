#include "http/wire.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace musubi::http {
namespace {

Result<Request> Parsed(std::string_view target) {
  Request request;
  MUSUBI_CHECK_OK(ParseTarget(target, request));
  return request;
}

std::string Text(const Body& body) {
  return {body.begin(), body.end()};
}

TEST(Target, PathAndQueryAreDecoded) {
  const Request request = Parsed("/v1/a%20b?x=1&y=%e3%81%82+c&z&=e").value();
  EXPECT_EQ(request.path, "/v1/a b");
  EXPECT_EQ(request.query.at("x"), "1");
  EXPECT_EQ(request.query.at("y"), "あ+c");
  EXPECT_EQ(request.query.at("z"), "");
  EXPECT_EQ(request.query.at(""), "e");
}

TEST(Target, AnythingThatCouldMisleadARouteIsRefused) {
  for (const char* target :
       {"",
        "*",
        "http://hub/v1",
        "/a%2fb",
        "/a%2Fb",
        "/a%00",
        "/%",
        "/%1",
        "/%zz",
        "/a?b=%0d%0a",
        "/a?%"}) {
    EXPECT_FALSE(Parsed(target).ok()) << target;
  }
}

RC_GTEST_PROP(Target, WhatIsWrittenIsReadBack, ()) {
  const auto text = rc::gen::container<std::string>(rc::gen::inRange<char>(0x20, 0x7f));
  Request request;
  request.path = "/v1/" + *text;
  request.query = *rc::gen::container<std::map<std::string, std::string>>(text, text);
  const Request back = Parsed(MakeTarget(request)).value();
  RC_ASSERT(back.path == request.path);
  RC_ASSERT(back.query == request.query);
}

TEST(Head, SmallBodyTravelsWithTheHeadAndALargeOneDoesNot) {
  Request request;
  request.method = "POST";
  request.path = "/v1/x";
  request.headers["content-type"] = "text/csv";
  request.body = MakeBody("abc");
  EXPECT_EQ(
      Text(MakeRequestHead(request, "hub:1").value()),
      "POST /v1/x HTTP/1.1\r\nhost: hub:1\r\ncontent-type: text/csv\r\ncontent-length: "
      "3\r\n\r\nabc"
  );
  request.body.assign(kSmallBodySize + 1, 'x');
  EXPECT_TRUE(Text(MakeRequestHead(request, "hub:1").value()).ends_with("4097\r\n\r\n"));
}

TEST(Head, CallerCannotChangeTheFraming) {
  Response response = JsonResponse("{}");
  response.headers["content-length"] = "7";
  response.headers["transfer-encoding"] = "chunked";
  response.headers["x-bad"] = "a\r\nb: c";
  response.headers["x-good"] = "d";
  EXPECT_EQ(
      Text(MakeResponseHead(response, false, Instant())),
      "HTTP/1.1 200 OK\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\ncontent-type: "
      "application/json\r\nx-good: d\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}"
  );
}

TEST(Head, MethodOrPathThatIsNoneIsRefused) {
  Request request;
  request.method = "GET /";
  request.path = "/";
  EXPECT_FALSE(MakeRequestHead(request, "h").ok());
  request.method = "GET";
  request.path = "v1";
  EXPECT_FALSE(MakeRequestHead(request, "h").ok());
}

TEST(HttpDate, IsReadAsItIsWritten) {
  const Instant instant = ParseInstant("2026-11-22T09:03:04Z").value();
  EXPECT_EQ(FormatHttpDate(instant), "Sun, 22 Nov 2026 09:03:04 GMT");
  EXPECT_EQ(ParseHttpDate("Sun, 22 Nov 2026 09:03:04 GMT").value(), instant);
  EXPECT_FALSE(ParseHttpDate("").ok());
  EXPECT_FALSE(ParseHttpDate("2026-11-22").ok());
}

TEST(SafeToRepeat, PostNeedsAKey) {
  Request request;
  request.method = "POST";
  EXPECT_FALSE(IsSafeToRepeat(request));
  request.headers["idempotency-key"] = "k";
  EXPECT_TRUE(IsSafeToRepeat(request));
  request = {};
  request.method = "GET";
  EXPECT_TRUE(IsSafeToRepeat(request));
}

}  // namespace
}  // namespace musubi::http
