// Notices pass the network: codes are translated, the sealed content stays as it is.
#include "national/network/notice_passage.h"

#include <gtest/gtest.h>

#include "exchange/notice.h"
#include "national/network/inquiry/exchange_for_test.h"

namespace musubi::national::network {
namespace {

class NoticePassageTest : public testing::Test {
 protected:
  Result<SecretVector<char>> Post(
      const std::string& node, std::string_view path, std::string_view lines
  ) {
    if (is_away_) {
      return Error{ErrorCode::kUnavailable, "away"};
    }
    posts_.push_back({node + " " + std::string(path), std::string(lines)});
    return SecretVector<char>{'P', 'E', 'M'};
  }

  static std::shared_ptr<const Directory> Names() {
    return std::make_shared<const Directory>(
        Directory::Parse(
            "id,kinds,name,served_by,assessment_published_on\n"
            "association-133033,association,組合,hub,2026-04-01\n"
            "institution-131016,municipality,市,institution-131016,\n",
            "d",
            rules::Permissions::BuiltIn()
        )
            .value()
    );
  }

  static std::string LinesOf(const exchange::NoticeBlock& block) {
    SecretVector<char> lines;
    exchange::AppendNoticeBlock(block, lines);
    return {lines.data(), lines.size()};
  }

  static exchange::NoticeBlock Block() {
    exchange::NoticeBlock block;
    block.sealed = Bytes{1, 2, 3};
    block.people.resize(1);
    block.people[0].notice[0] = 7;
    block.people[0].code[3] = 9;
    return block;
  }

  bool is_away_ = false;
  std::vector<std::pair<std::string, std::string>> posts_;
  NoticePassage passage_{
      kMasterKeyForTest,
      Names,
      [this](const std::string& node, std::string_view path, std::string_view lines) {
        return Post(node, path, lines);
      }
  };
};

TEST_F(NoticePassageTest, ThePortalGetsItsOwnCodeAndTheContentUnchanged) {
  ASSERT_TRUE(passage_.Pass("hub", LinesOf(Block())).ok());
  ASSERT_EQ(posts_.size(), 1U);
  EXPECT_EQ(posts_[0].first, "portal /v1/notices");
  const auto passed = exchange::ReadNoticeBlock(posts_[0].second).value();
  EXPECT_EQ(passed.sealed, Block().sealed);
  EXPECT_EQ(passed.people[0].notice, Block().people[0].notice);
  EXPECT_NE(passed.people[0].code, Block().people[0].code);
  Code16 back = passed.people[0].code;
  LinkageCodes(kMasterKeyForTest).Translate({"portal", 1}, {"hub", 1}, back);
  EXPECT_EQ(back, Block().people[0].code);
  ASSERT_EQ(passed.names.size(), 1U);
  EXPECT_EQ(passed.names[0].name, "組合");
}

TEST_F(NoticePassageTest, NamesAreTheNetworksToGive) {
  exchange::NoticeBlock block = Block();
  block.names = {{"association-133033", "another"}};
  ASSERT_TRUE(passage_.Pass("hub", LinesOf(block)).ok());
  EXPECT_EQ(exchange::ReadNoticeBlock(posts_[0].second).value().names[0].name, "組合");
}

TEST_F(NoticePassageTest, WhatThePortalDoesNotTakeIsNotTaken) {
  is_away_ = true;
  EXPECT_EQ(passage_.Pass("hub", LinesOf(Block())).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(passage_.PortalCertificate().error().code, ErrorCode::kUnavailable);
  is_away_ = false;
  EXPECT_EQ(passage_.Pass("hub", "rubbish").error().code, ErrorCode::kInvalid);
  EXPECT_TRUE(posts_.empty());
}

}  // namespace
}  // namespace musubi::national::network
