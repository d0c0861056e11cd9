#include "national/jlis/query_packages.h"

#include <vector>

#include <gtest/gtest.h>

#include "national/jlis/residents_for_test.h"
#include "national/network/scheme_for_test.h"

namespace musubi::national::jlis {

namespace {

using exchange::QueryKind;
using Rows = std::vector<std::vector<std::string>>;

const std::string kPerson = "架空 花子,カクウ ハナコ,1979-03-12,2,架空県見本市1-2-3";

class QueryPackagesTest : public testing::Test {
 protected:
  void SetUp() override {
    auto numbers = ResidentIndex::Load(file_.path()).value();
    residents_.emplace(AttributeIndex::Load(file_.path(), numbers, 1).value());
    packages_ = Open();
  }

  std::unique_ptr<QueryPackages> Open() {
    MUSUBI_CHECK(MakeFolder(folder()).ok());
    return QueryPackages::Open(
               folder(),
               {scheme_.IdentityOf("jlis"), scheme_.trust(), exchange::Mode::kTest},
               clock_
    )
        .value();
  }

  [[nodiscard]] std::filesystem::path folder() const { return scheme_.folder("jlis"); }

  // A question of `signer` in the name of `sender`.
  std::string Question(
      QueryKind kind,
      const std::vector<std::string>& records,
      const std::string& signer = "insurer-133033",
      const std::string& sender = "insurer-133033"
  ) {
    exchange::PackageHeader header;
    header.kind = QuestionKindName(kind);
    header.sender = sender;
    header.recipient = "jlis";
    header.created = clock_.Now();
    header.sequence = 7;
    const std::filesystem::path path = file_.path().parent_path() / "question.p7m";
    auto writer =
        exchange::QueryPackageWriter::Create(
            path, header, {scheme_.IdentityOf(signer), scheme_.IdentityOf("jlis").certificate}
        )
            .value();
    for (const std::string& record : records) {
      EXPECT_TRUE(writer->Write(record).ok());
    }
    EXPECT_TRUE(writer->Commit().ok());
    return ReadFile(path).value();
  }

  Result<http::Body> Answer(QueryKind kind, const std::string& question) {
    return packages_->Answer(kind, *residents_, AsBytes(question));
  }

  Rows Opened(QueryKind kind, const Result<http::Body>& answer) {
    EXPECT_TRUE(answer.ok()) << answer.error().Text();
    const std::filesystem::path path = file_.path().parent_path() / "answer.p7m";
    EXPECT_TRUE(WriteFile(path, {answer->data(), answer->size()}).ok());
    exchange::Expected expected;
    expected.kind = AnswerKindName(kind);
    expected.sender = "jlis";
    expected.recipient = "insurer-133033";
    Rows rows;
    const auto check = exchange::ReadPackage(
        path,
        scheme_.IdentityOf("insurer-133033"),
        *scheme_.trust(),
        clock_.Now(),
        expected,
        nullptr,
        [&rows](auto, auto, auto fields) {
          rows.emplace_back(fields.begin(), fields.end());
          return Ok();
        }
    );
    EXPECT_TRUE(check.ok()) << check.error().Text();
    EXPECT_EQ(check->header.sequence, 7U);
    return rows;
  }

  ResidentFile file_{ResidentLine("00000000011", NumberOf(1), "1979-03-12")};
  SchemeForTest scheme_;
  ManualClock clock_{SystemClock().Now()};
  std::optional<AttributeIndex> residents_;
  std::unique_ptr<QueryPackages> packages_;
};

TEST_F(QueryPackagesTest, EveryRowOfAQueryComesBackInOrderSealedToWhoAsked) {
  const auto answer = Answer(
      QueryKind::kResidents, Question(QueryKind::kResidents, {"P1," + kPerson, "P2,x", "=,"})
  );
  const Rows rows = Opened(QueryKind::kResidents, answer);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0][0] + rows[0][1] + rows[0][2], "P1agree" + NumberOf(1));
  EXPECT_EQ(rows[1][0] + rows[1][1], "P2invalid");
  EXPECT_EQ(rows[2][0] + rows[2][1], "invalid");
}

TEST_F(QueryPackagesTest, EveryRowOfAVerificationComesBack) {
  const auto answer = Answer(
      QueryKind::kVerification,
      Question(
          QueryKind::kVerification,
          {"P1," + NumberOf(1) + "," + kPerson, "P2," + NumberOf(2) + "," + kPerson}
      )
  );
  const Rows rows = Opened(QueryKind::kVerification, answer);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0][1], "agree");
  EXPECT_EQ(rows[1][1], "number-unknown");
}

TEST_F(QueryPackagesTest, TheSamePackageGetsTheSameAnswerByteForByteAfterARestartToo) {
  const std::string question = Question(QueryKind::kResidents, {"P1," + kPerson});
  const auto first = Answer(QueryKind::kResidents, question);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(*first, *Answer(QueryKind::kResidents, question));
  packages_ = Open();
  EXPECT_EQ(*first, *Answer(QueryKind::kResidents, question));
  clock_.Advance(std::chrono::hours(24));
  EXPECT_EQ(*first, *Answer(QueryKind::kResidents, question));
}

TEST_F(QueryPackagesTest, AnAnswerIsDeletedAfterTheNextDay) {
  const std::string question = Question(QueryKind::kResidents, {"P1," + kPerson});
  const auto first = Answer(QueryKind::kResidents, question);
  ASSERT_TRUE(first.ok());
  clock_.Advance(std::chrono::hours(48));
  const auto later = Answer(QueryKind::kResidents, question);
  ASSERT_TRUE(later.ok());
  EXPECT_NE(*first, *later);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder() / "answers")) {
    files += entry.is_regular_file() ? 1U : 0U;
  }
  EXPECT_EQ(files, 1U);
}

TEST_F(QueryPackagesTest, APackageOfTheOtherKindOfAnotherSignerOrOfNoInsurerIsRefused) {
  const std::vector<std::string> records = {"P1," + kPerson};
  EXPECT_FALSE(Answer(QueryKind::kVerification, Question(QueryKind::kResidents, records)).ok());
  EXPECT_EQ(
      Answer(QueryKind::kResidents, Question(QueryKind::kResidents, records, "insurer-999999"))
          .error()
          .code,
      ErrorCode::kRefused
  );
  EXPECT_EQ(
      Answer(QueryKind::kResidents, Question(QueryKind::kResidents, records, "hub", "hub"))
          .error()
          .code,
      ErrorCode::kRefused
  );
}

TEST_F(QueryPackagesTest, ABrokenPackageLeavesNothingBehind) {
  std::string question = Question(QueryKind::kResidents, {"P1," + kPerson});
  question[question.size() / 2] ^= 1;
  EXPECT_FALSE(Answer(QueryKind::kResidents, question).ok());
  EXPECT_FALSE(Answer(QueryKind::kResidents, "").ok());
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder() / "answers")) {
    EXPECT_TRUE(entry.is_directory()) << entry.path();
  }
}

TEST_F(QueryPackagesTest, APackageWithoutRowsIsAnsweredWithoutRows) {
  const auto answer = Answer(QueryKind::kResidents, Question(QueryKind::kResidents, {}));
  EXPECT_TRUE(Opened(QueryKind::kResidents, answer).empty());
}

}  // namespace

}  // namespace musubi::national::jlis
