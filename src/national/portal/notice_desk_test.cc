// Notices at the portal, on either engine: taken from the hub only, once, shown to one person,
// erased when they have run out.
#include "national/portal/notice_desk.h"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "crypto/sealed_package.h"
#include "exchange/notice.h"
#include "http/scheme_for_test.h"
#include "national/portal/notice_box.h"
#include "tests/support/store_fixture.h"

namespace musubi::national::portal {
namespace {

namespace json = boost::json;
using test::Must;

Code16 CodeOf(std::uint8_t person) {
  Code16 code{};
  code[0] = person;
  return code;
}

struct Sent {
  std::uint8_t id = 1;
  std::uint8_t person = 1;
  std::string title = "医療費通知";
  std::string body = "本文";
  std::string valid_until = "2099-12-31";
};

class NoticeDeskTest : public test::StoreTest {
 protected:
  void SetUp() override {
    database_ = OpenDatabase();
    book_ = Must(audit::RecordBook::Open(*database_, folder(), "musubi/portal"));
    desk_ = Must(NoticeDesk::Open(
        *database_, {book_.get(), &portal_, scheme_.trust(), &clock_, exchange::Mode::kTest}
    ));
  }

  std::string BlockOf(
      const std::vector<Sent>& notices,
      const crypto::Identity& signer,
      const crypto::Certificate& recipient
  ) {
    MemorySink sealed;
    const auto sealing =
        Must(crypto::SealingWriter::Create(sealed, signer, recipient, clock_.Now()));
    exchange::PackageHeader header;
    header.kind = "ND";
    header.sender = signer.certificate.id();
    header.recipient = "portal";
    header.created = clock_.Now();
    header.sequence = 1;
    auto content = Must(exchange::ContentWriter::Create(*sealing, header));
    exchange::NoticeBlock block;
    for (const Sent& sent : notices) {
      exchange::DeliveredNotice row;
      row.id = CodeOf(sent.id);
      row.association = "association-133033";
      row.text = {sent.title, sent.body, Must(Date::Parse(sent.valid_until))};
      Must(exchange::WriteDeliveredNotice(content, row));
      block.people.push_back({row.id, CodeOf(sent.person)});
    }
    Must(content.Finish());
    Must(sealing->Finish());
    block.sealed = sealed.Take();
    block.names = {{"association-133033", "東京見本国民健康保険組合"}};
    SecretVector<char> lines;
    exchange::AppendNoticeBlock(block, lines);
    return {lines.data(), lines.size()};
  }

  Result<void> Take(const std::vector<Sent>& notices) {
    return desk_->Take(BlockOf(notices, hub_, portal_.certificate));
  }

  json::array Read(std::uint8_t person) {
    return Must(desk_->Read(CodeOf(person), "portal")).at("notices").as_array();
  }

  http::SchemeForTest scheme_;
  crypto::Identity hub_ = scheme_.Issue("hub");
  crypto::Identity portal_ = scheme_.Issue("portal");
  ManualClock clock_{http::SchemeForTest::Now()};
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<audit::RecordBook> book_;
  std::unique_ptr<NoticeDesk> desk_;
};

MUSUBI_TEST_BOTH_ENGINES(NoticeDeskTest);

TEST_P(NoticeDeskTest, EverybodyReadsTheirOwnAndTheFirstReadingIsRemembered) {
  Must(Take({{.id = 1, .person = 1}, {.id = 2, .person = 2, .title = "健診案内"}}));
  const json::array first = Read(1);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].at("title"), "医療費通知");
  EXPECT_EQ(first[0].at("body"), "本文");
  EXPECT_EQ(first[0].at("association_name"), "東京見本国民健康保険組合");
  EXPECT_TRUE(first[0].at("is_new").as_bool());
  clock_.Advance(std::chrono::minutes(5));
  const json::array second = Read(1);
  EXPECT_FALSE(second[0].at("is_new").as_bool());
  EXPECT_EQ(second[0].at("read_at"), first[0].at("read_at"));
  EXPECT_EQ(Read(2)[0].at("title"), "健診案内");
  EXPECT_TRUE(Read(3).empty());
}

TEST_P(NoticeDeskTest, ANoticeIsThereOnceHoweverOftenItComes) {
  Must(Take({{.id = 1}}));
  Must(Take({{.id = 1}}));
  Must(Take({{.id = 1, .title = "changed on the way"}}));
  EXPECT_EQ(Read(1).size(), 1U);
  EXPECT_EQ(Read(1)[0].at("title"), "医療費通知");
  Must(Take({{.id = 2}}));  // the same words in another package
  EXPECT_EQ(Read(1).size(), 1U);
  Must(Take({{.id = 3, .body = "別の本文"}, {.id = 4, .valid_until = "2099-12-30"}}));
  EXPECT_EQ(Read(1).size(), 3U);
  Must(Take({{.id = 5, .person = 2}}));
  EXPECT_EQ(Read(2).size(), 1U);
}

TEST_P(NoticeDeskTest, OnlyTheHubWritesAndOnlyToThisPortal) {
  const crypto::Identity network = scheme_.Issue("network");
  const crypto::Identity renewed = scheme_.Issue("portal");
  EXPECT_FALSE(desk_->Take(BlockOf({{}}, network, portal_.certificate)).ok());
  EXPECT_EQ(
      desk_->Take(BlockOf({{}}, hub_, renewed.certificate)).error().code, ErrorCode::kRefused
  );
  exchange::NoticeBlock block =
      Must(exchange::ReadNoticeBlock(BlockOf({{.id = 1}, {.id = 2}}, hub_, portal_.certificate)));
  block.people.pop_back();
  SecretVector<char> lines;
  exchange::AppendNoticeBlock(block, lines);
  EXPECT_EQ(desk_->Take({lines.data(), lines.size()}).error().code, ErrorCode::kInvalid);
  EXPECT_TRUE(Read(1).empty());
}

TEST_P(NoticeDeskTest, WhatHasRunOutIsNotShownAndThenErased) {
  const std::string today = Date::Of(JapanDay(clock_.Now())).Text();
  Must(Take({{.id = 1, .valid_until = today}, {.id = 2, .body = "bleibt"}}));
  EXPECT_EQ(Read(1).size(), 2U);
  clock_.Advance(std::chrono::hours(24));
  EXPECT_EQ(Read(1).size(), 1U);
  Must(Take({{.id = 3, .title = "too late", .valid_until = today}}));
  const auto connection = Must(database_->Connect());
  EXPECT_EQ(Must(connection->QueryInt("SELECT COUNT(*) FROM notice")), 2);
  desk_->EraseExpired(clock_.Now());
  EXPECT_EQ(Must(connection->QueryInt("SELECT COUNT(*) FROM notice")), 1);
  EXPECT_EQ(Read(1)[0].at("body"), "bleibt");
}

TEST_P(NoticeDeskTest, EveryLookIsRecordedWithoutAWordOfTheNotice) {
  Must(Take({{.id = 1}}));
  Read(1);
  Read(2);
  const auto connection = Must(database_->Connect());
  EXPECT_EQ(Must(audit::CountRows(*connection)), 2U);
  std::string texts;
  Must(connection->Query(
      "SELECT text FROM audit_record",
      std::initializer_list<store::Parameter>{},
      [&texts](const store::Row& row) {
        texts += row.Text(0);
        return Ok();
      }
  ));
  EXPECT_NE(texts.find("notices-read"), std::string::npos);
  EXPECT_EQ(texts.find("医療費通知"), std::string::npos);
}

}  // namespace
}  // namespace musubi::national::portal
