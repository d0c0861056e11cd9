// Notices at the hub, on either engine: what waits, what goes, to whom it is sealed, and that
// nothing is lost or doubled on the way.
#include "hub/notice_outbox.h"

#include "crypto/sealed_package.h"
#include "exchange/number_list.h"
#include "http/scheme_for_test.h"
#include "hub/copies_for_test.h"
#include "hub/notice_courier.h"

namespace musubi::hub {
namespace {

using test::Must;

class NoticeOutboxTest : public CopyStoreTest {
 protected:
  void SetUp() override {
    CopyStoreTest::SetUp();
    courier_ = std::make_unique<NoticeCourier>(NoticeCourier::Parts{
        database_.get(),
        &hub_,
        scheme_.trust(),
        &clock_,
        "test",
        [this](const auto& request) { return Network(request); }
    });
  }

  void Take(
      std::uint32_t person, const std::string& title, const std::string& until = "2099-12-31"
  ) {
    const std::string number = std::to_string(person);
    const std::vector<std::string_view> fields = {number, "01", title, "本文", until};
    Must(NoticeOutbox(*connection_).Add(7, ++line_, kFirstInsurer, exchange::ReadNoticeRow(fields))
    );
  }

  // The network and the portal behind it.
  Result<http::Response> Network(const http::Request& request) {
    if (is_away_) {
      return Error{ErrorCode::kUnavailable, "away"};
    }
    if (request.method == "GET") {
      ++asked_for_certificate_;
      return http::TextResponse(shown_.certificate.Pem(), "application/x-pem-file");
    }
    ++blocks_;
    const auto block = Must(exchange::ReadNoticeBlock(request.body_text()));
    std::vector<std::string> titles;
    MemorySource source(block.sealed);
    exchange::Expected expected;
    expected.kind = "ND";
    expected.recipient = "portal";
    expected.sender = "hub";
    const auto opened = exchange::ReadPackage(
        source,
        portal_,
        *scheme_.trust(),
        clock_.Now(),
        expected,
        {},
        [&](auto, auto, auto fields) -> Result<void> {
          const auto notice = Must(exchange::ReadDeliveredNotice(fields));
          EXPECT_EQ(notice.association, "association-133033");
          titles.emplace_back(notice.text.title);
          return Ok();
        }
    );
    if (!opened.ok()) {
      return http::ProblemResponse(opened.error());
    }
    for (std::size_t i = 0; i < titles.size(); ++i) {
      delivered_[titles[i]].push_back(block.people[i]);
    }
    return is_answer_lost_ ? Result<http::Response>(Error{ErrorCode::kUnavailable, "lost"})
                           : http::JsonResponse("{}");
  }

  std::int64_t Count() { return Must(NoticeOutbox(*connection_).Count()); }

  http::SchemeForTest scheme_;
  crypto::Identity hub_ = scheme_.Issue("hub");
  crypto::Identity portal_ = scheme_.Issue("portal");
  crypto::Identity shown_ = portal_;  // what the network gives as the portal's
  ManualClock clock_{http::SchemeForTest::Now()};
  std::int64_t line_ = 1;
  bool is_away_ = false;
  bool is_answer_lost_ = false;
  int asked_for_certificate_ = 0;
  int blocks_ = 0;  // sent, whether the portal could open them or not
  std::map<std::string, std::vector<exchange::NoticeBlock::Person>> delivered_;
  std::unique_ptr<NoticeCourier> courier_;
};

MUSUBI_TEST_BOTH_ENGINES(NoticeOutboxTest);

TEST_P(NoticeOutboxTest, WhatWasTakenIsBroughtUnderThePersonsCodeAndErased) {
  Take(3, "甲");
  Take(4, "乙");
  EXPECT_EQ(Must(courier_->Deliver()), 2U);
  ASSERT_EQ(delivered_["甲"].size(), 1U);
  EXPECT_EQ(delivered_["甲"][0].code, CodeOfPerson(3));
  EXPECT_EQ(delivered_["乙"][0].code, CodeOfPerson(4));
  EXPECT_EQ(Count(), 0);
  EXPECT_EQ(Must(courier_->Deliver()), 0U);
}

TEST_P(NoticeOutboxTest, WaitsForANetworkThatIsAway) {
  is_away_ = true;
  Take(3, "甲");
  EXPECT_FALSE(courier_->Deliver().ok());
  EXPECT_EQ(Count(), 1);
  is_away_ = false;
  EXPECT_EQ(Must(courier_->Deliver()), 1U);
}

TEST_P(NoticeOutboxTest, ALostAnswerBringsTheSameNoticeUnderTheSameId) {
  Take(3, "甲");
  is_answer_lost_ = true;
  EXPECT_FALSE(courier_->Deliver().ok());
  is_answer_lost_ = false;
  EXPECT_EQ(Must(courier_->Deliver()), 1U);
  ASSERT_EQ(delivered_["甲"].size(), 2U);
  EXPECT_EQ(delivered_["甲"][0], delivered_["甲"][1]);
}

TEST_P(NoticeOutboxTest, NothingIsSealedToACertificateThatIsNotThePortals) {
  Take(3, "甲");
  shown_ = scheme_.Issue("network");
  EXPECT_EQ(courier_->Deliver().error().code, ErrorCode::kRefused);
  const auto others = scheme_.MakeAuthority("others");
  shown_ = others->Issue("portal", clock_.Now()).value();
  EXPECT_EQ(courier_->Deliver().error().code, ErrorCode::kRefused);
  shown_ = scheme_.Issue("portal");
  scheme_.Revoke(shown_);
  EXPECT_FALSE(courier_->Deliver().ok());
  EXPECT_EQ(blocks_, 0);
  shown_ = portal_;
  EXPECT_EQ(Must(courier_->Deliver()), 1U);
}

TEST_P(NoticeOutboxTest, ARenewedCertificateOfThePortalIsAskedForAgain) {
  Take(3, "甲");
  EXPECT_EQ(Must(courier_->Deliver()), 1U);
  portal_ = scheme_.Issue("portal");
  shown_ = portal_;
  Take(4, "乙");
  EXPECT_FALSE(courier_->Deliver().ok());  // sealed to the old one
  EXPECT_EQ(Must(courier_->Deliver()), 1U);
  EXPECT_EQ(asked_for_certificate_, 2);
}

TEST_P(NoticeOutboxTest, AStoppedLinkHoldsItsNoticesBackAndOnlyThose) {
  Take(3, "甲");
  Take(4, "乙");
  const auto links = Must(LinkDesk::Open(*database_, clock_));
  const auto insured = number::InsuredNumber::Issue(3, 1);
  Must(links->Stop(kFirstInsurer, insured, "doubtful"));
  EXPECT_EQ(Must(courier_->Deliver()), 1U);
  EXPECT_EQ(Count(), 1);
  Must(links->Resume(kFirstInsurer, insured));
  EXPECT_EQ(Must(courier_->Deliver()), 1U);
  EXPECT_EQ(delivered_["甲"].size(), 1U);
}

TEST_P(NoticeOutboxTest, WhatNobodyCouldReadAnyMoreIsErasedUnsent) {
  Take(3, "甲", Date::Of(JapanDay(clock_.Now())).Text());
  Take(4, "乙");
  is_away_ = true;
  EXPECT_FALSE(courier_->Deliver().ok());
  EXPECT_EQ(Count(), 2);  // its last day counts
  clock_.Advance(std::chrono::hours(24));
  is_away_ = false;
  EXPECT_EQ(Must(courier_->Deliver()), 1U);
  EXPECT_FALSE(delivered_.contains("甲"));
  EXPECT_EQ(Count(), 0);
}

TEST_P(NoticeOutboxTest, ManyGoInBlocks) {
  for (std::uint32_t i = 0; i < 450; ++i) {
    Take(1 + i % kPeople, "通知" + std::to_string(i));
  }
  EXPECT_EQ(Must(courier_->Deliver()), 450U);
  EXPECT_EQ(delivered_.size(), 450U);
}

}  // namespace
}  // namespace musubi::hub
