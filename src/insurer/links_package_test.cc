// Questions and answers by package; addresses; what is shown leaves a line.
#include "exchange/resident_query_package.h"
#include "insurer/links_for_test.h"

namespace musubi::insurer {
namespace {

class LinksPackageTest : public LinksRegisterTest {
 protected:
  void SetUp() override {
    LinksRegisterTest::SetUp();
    jlis_.emplace(Must(authority_->Issue("jlis", now_)));
  }

  Result<WrittenPackage> Write(CheckSource source) {
    return links_->WritePackage(
        source, *vault_, {question(), *insurer_, jlis_->certificate, exchange::Mode::kTest}
    );
  }

  [[nodiscard]] std::filesystem::path question() const { return folder() / "question.p7m"; }

  [[nodiscard]] std::filesystem::path answer() const { return folder() / "answer.p7m"; }

  // What jlis would make of the question, from the table; `rows_less`: rows left out at the end.
  void AnswerPackage(CheckSource source, std::size_t rows_less = 0) {
    const bool is_query = source == CheckSource::kQuery;
    exchange::Expected expected;
    expected.kind = is_query ? "RQ" : "VQ";
    expected.sender = "insurer-133033";
    expected.recipient = "jlis";
    asked_rows_.clear();
    const auto check = Must(exchange::ReadPackage(
        question(),
        *jlis_,
        *trust_,
        now_,
        expected,
        nullptr,
        [this](auto, auto, auto fields) {
          asked_rows_.emplace_back(fields.begin(), fields.end());
          return Ok();
        }
    ));
    exchange::PackageHeader header;
    header.kind = is_query ? "RA" : "VA";
    header.sender = "jlis";
    header.recipient = "insurer-133033";
    header.created = now_;
    header.sequence = check.header.sequence;
    const auto writer =
        Must(exchange::QueryPackageWriter::Create(answer(), header, {*jlis_, insurer_->certificate})
        );
    for (std::size_t i = 0; i + rows_less < asked_rows_.size(); ++i) {
      const std::string& reference = asked_rows_[i][0];
      Must(writer->Write(reference + "," + AnswerTo(reference, is_query ? "none,,,," : "agree,,,"))
      );
    }
    Must(writer->Commit());
  }

  Result<LinkReport> Read(CheckSource source) {
    return links_->ReadAnswerPackage(
        source, *vault_, {answer(), *insurer_, *trust_, exchange::Mode::kTest}
    );
  }

  std::optional<crypto::Identity> jlis_;
  std::vector<std::vector<std::string>> asked_rows_;
};

MUSUBI_TEST_BOTH_ENGINES(LinksPackageTest);

TEST_P(LinksPackageTest, AVerificationByPackageDoesWhatOneOverTheLineDoes) {
  Import(Households(3, true));
  answers_["P0000000002"] = "birth-date-differs,,,";
  EXPECT_EQ(Must(Write(CheckSource::kVerification)).rows, 3U);
  AnswerPackage(CheckSource::kVerification);
  ASSERT_EQ(asked_rows_.size(), 3U);
  EXPECT_EQ(asked_rows_[0][1], DigitsOf(0));
  const LinkReport report = Must(Read(CheckSource::kVerification));
  EXPECT_EQ(report.asked, 3U);
  EXPECT_EQ(report.outcomes.at("agree"), 2U);
  EXPECT_EQ(People()[1], "P0000000002 doubtful birth-date-differs");
  EXPECT_EQ(Must(links_->Statistics()).size(), 2U);
}

TEST_P(LinksPackageTest, AQueryByPackageRegistersNumbers) {
  Import(Households(2, false));
  answers_["P0000000001"] = "agree," + DigitsOf(1) + ",,,";
  Must(Write(CheckSource::kQuery));
  AnswerPackage(CheckSource::kQuery);
  EXPECT_EQ(Must(Read(CheckSource::kQuery)).registered, 1U);
  EXPECT_EQ(People()[0], "P0000000001 unverified");
}

TEST_P(LinksPackageTest, TheSameAnswerAgainChangesNothing) {
  Import(Households(2, true));
  Must(Write(CheckSource::kVerification));
  AnswerPackage(CheckSource::kVerification);
  Must(Read(CheckSource::kVerification));
  const std::size_t history = HistorySize();
  EXPECT_TRUE(Must(Read(CheckSource::kVerification)).already_applied);
  EXPECT_EQ(HistorySize(), history);
  EXPECT_EQ(Count("link_round_row"), 0);
}

TEST_P(LinksPackageTest, WhoWasCorrectedWhileThePackageTravelledStaysAsCorrected) {
  Import(Households(2, true));
  answers_["P0000000001"] = "number-unknown,,,";
  Must(Write(CheckSource::kVerification));
  AnswerPackage(CheckSource::kVerification);
  Must(register_->SetNumber(*vault_, "P0000000001", NumberOf(77)));
  EXPECT_EQ(Must(Read(CheckSource::kVerification)).stale, 1U);
  EXPECT_EQ(People()[0], "P0000000001 unverified");
}

TEST_P(LinksPackageTest, AnAnswerWithFewerRowsOrOfAnotherQuestionIsRefusedAndChangesNothing) {
  Import(Households(2, true));
  answers_["P0000000001"] = "number-unknown,,,";
  Must(Write(CheckSource::kVerification));
  AnswerPackage(CheckSource::kVerification, 1);
  EXPECT_FALSE(Read(CheckSource::kVerification).ok());
  AnswerPackage(CheckSource::kVerification);
  EXPECT_FALSE(Read(CheckSource::kQuery).ok());
  const auto other = OpenDatabase();
  const auto connection = Must(other->Connect());
  Must(connection->Execute("DELETE FROM link_round"));
  EXPECT_EQ(Read(CheckSource::kVerification).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(People()[0], "P0000000001 unverified");
}

TEST_P(LinksPackageTest, AnAnswerOfAnotherThanJlisIsRefused) {
  Import(Households(1, true));
  Must(Write(CheckSource::kVerification));
  AnswerPackage(CheckSource::kVerification);
  exchange::PackageHeader header;
  header.kind = "VA";
  header.sender = "jlis";
  header.recipient = "insurer-133033";
  header.created = now_;
  header.sequence = 1;
  const auto forged =
      Must(exchange::QueryPackageWriter::Create(answer(), header, {*hub_, insurer_->certificate}));
  Must(forged->Write("P0000000001,number-unknown,,,"));
  Must(forged->Commit());
  EXPECT_EQ(Read(CheckSource::kVerification).error().code, ErrorCode::kRefused);
  EXPECT_EQ(People()[0], "P0000000001 unverified");
}

TEST_P(LinksPackageTest, APackageNobodyAnsweredIsForgottenInTheEnd) {
  Import(Households(2, true));
  Must(Write(CheckSource::kVerification));
  clock_.Advance(std::chrono::days(61));
  Must(Write(CheckSource::kVerification));
  EXPECT_EQ(Count("link_round"), 1);
  EXPECT_EQ(Count("link_round_row"), 2);
}

TEST_P(LinksPackageTest, WithNobodyToAskAboutNoPackageIsWritten) {
  Import(Households(1, true));
  EXPECT_EQ(Write(CheckSource::kQuery).error().code, ErrorCode::kPrecondition);
  EXPECT_FALSE(std::filesystem::exists(question()));
}

TEST_P(LinksPackageTest, AnAddressLookedUpLeavesALineInTheHistoryWithoutTheAddress) {
  Import(Households(1, true));
  const AddressLookUp found = Must(links_->LookUpAddress(*vault_, Support(), "P0000000001"));
  EXPECT_EQ(found.outcome, "found");
  EXPECT_EQ(found.address, "東京都架空区1-2-3");
  const HistoryLine line = Must(register_->History("P0000000001")).back();
  EXPECT_EQ(line.kind, "look-up-address");
  EXPECT_EQ(line.what, "address looked up: found");
  EXPECT_EQ(line.operator_name, "clerk");
}

TEST_P(LinksPackageTest, OfTheProtectedOnlyThatTheyAreIsTold) {
  Import(Households(1, true));
  answers_["P0000000001"] = "restricted,";
  const AddressLookUp found = Must(links_->LookUpAddress(*vault_, Support(), "P0000000001"));
  EXPECT_EQ(found.outcome, "restricted");
  EXPECT_EQ(found.address, "");
  answers_["P0000000001"] = "restricted,東京都架空区1-2-3";
  EXPECT_FALSE(links_->LookUpAddress(*vault_, Support(), "P0000000001").ok());
}

TEST_P(LinksPackageTest, NoAddressIsLookedUpOfAStrangerOrWithoutANumber) {
  Import({Row{.number = DigitsOf(1)}, Child()});
  answers_["P0000000001"] = "birth-date-differs,,,";
  Must(links_->Verify(*vault_, Support(), nullptr));
  asked_ = 0;
  for (const char* reference : {"P0000000001", "P0000000002"}) {
    EXPECT_EQ(
        links_->LookUpAddress(*vault_, Support(), reference).error().code, ErrorCode::kPrecondition
    );
  }
  EXPECT_EQ(links_->LookUpAddress(*vault_, Support(), "P9").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(asked_, 0U);
}

TEST_P(LinksPackageTest, WhoIsShownForReviewHasALineInTheHistoryAndNobodyElse) {
  Import(Households(2, true));
  answers_["P0000000001"] = "name-differs,name:differs,,";
  Must(links_->Verify(*vault_, Support(), nullptr));
  const ReviewItem item = Must(links_->ReviewQueue())[0];
  const std::size_t history = HistorySize();
  const auto people = Must(links_->ShowPeople(item.review_class));
  ASSERT_EQ(people.size(), 1U);
  EXPECT_EQ(people[0].reference, "P0000000001");
  EXPECT_EQ(HistorySize(), history + 1);
  const HistoryLine line = Must(register_->History("P0000000001")).back();
  EXPECT_EQ(line.kind, "review-show");
  EXPECT_NE(line.what.find(item.review_class.name), std::string::npos);
  // Looking changes nothing about the decision.
  EXPECT_EQ(Must(links_->ReviewQueue())[0].review_class.members, item.review_class.members);
}

}  // namespace
}  // namespace musubi::insurer
