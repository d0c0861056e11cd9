// Who used the association's own system is on record before anything is shown.
#include "insurer/access_log.h"

#include <thread>

#include "audit/row_check.h"
#include "insurer/register_for_test.h"
#include "ledger/log.h"
#include "ledger/tile.h"

namespace musubi::insurer {
namespace {

struct Use {
  std::string who;
  std::string action;
  std::string subject;

  friend bool operator==(const Use&, const Use&) = default;
};

class AccessLogTest : public RegisterTest {
 protected:
  void SetUp() override {
    RegisterTest::SetUp();
    Import({Row{.number = DigitsOf(1)}, Child()});
  }

  [[nodiscard]] AccessLog Log(std::filesystem::path at = {}) {
    return {
        *database_,
        clock_,
        {.folder = at.empty() ? folder() : at, .node = "insurer-133033", .account = "clerk"}
    };
  }

  std::vector<Use> Uses() {
    std::vector<Use> uses;
    Must(Log().Each([&uses](const audit::ReadAccess& use) {
      uses.push_back({std::string(use.who), std::string(use.action), std::string(use.subject)});
      return Ok();
    }));
    return uses;
  }

  // Rows that do not fit the log, as an auditor finds them.
  std::size_t Misfits() {
    const auto read = Must(ledger::OpenFolder(folder() / "log"));
    const auto size = Uses().size();
    const Bytes bundle = Must(read("tile/entries/000.p/" + std::to_string(size)));
    std::vector<Bytes> entries;
    for (const BytesView entry : Must(ledger::ParseBundle(bundle, static_cast<unsigned>(size)))) {
      entries.emplace_back(entry.begin(), entry.end());
    }
    const auto connection = Must(database_->Connect());
    return Must(audit::CheckRows(*connection, 0, entries)).findings.size();
  }

  std::string ReferenceOfFirst() {
    std::string reference;
    Must(register_->EachPerson({}, [&reference](const PersonLine& person) {
      reference = reference.empty() ? person.reference : reference;
      return Ok();
    }));
    return reference;
  }
};

MUSUBI_TEST_BOTH_ENGINES(AccessLogTest);

TEST_P(AccessLogTest, AUseSaysWhoDidWhatWithWhomAndIsInTheLog) {
  const std::string reference = ReferenceOfFirst();
  Must(Log().NotePerson("history", reference));
  Must(Log().NotePeople("people", 2));
  Must(Log().NoteRows("import-roster", 1500));
  Must(Log().NoteRows("import-roster", std::nullopt));
  Must(Log().NoteClass("review --confirm", "C1a2b3c4d", std::nullopt, "田中, 主任"));
  Must(Log().NoteClass("review --next", "C1a2b3c4d", 25, ""));
  const std::vector<Use> expected = {
      {"insurer-133033 clerk", "history", reference},
      {"insurer-133033 clerk", "people", "people:2"},
      {"insurer-133033 clerk", "import-roster", "rows:1500"},
      {"insurer-133033 clerk", "import-roster", "-"},
      {"insurer-133033 clerk 田中, 主任", "review --confirm", "class:C1a2b3c4d"},
      {"insurer-133033 clerk", "review --next", "class:C1a2b3c4d people:25"},
  };
  EXPECT_EQ(Uses(), expected);
  EXPECT_EQ(Misfits(), 0U);
}

TEST_P(AccessLogTest, AChangedUseDoesNotFitTheLog) {
  Must(Log().NotePeople("people", 1));
  Must(Log().NotePeople("people", 2));
  const auto connection = Must(database_->Connect());
  Must(connection->Execute("UPDATE audit_record SET text = replace(text, 'people:2', 'people:0')"));
  EXPECT_EQ(Misfits(), 1U);
}

TEST_P(AccessLogTest, AWordThatIsNobodysReferenceIsNotKept) {
  const std::string number = DigitsOf(1);  // somebody has mistaken a number for a reference
  Must(Log().NotePerson("history", number));
  Must(Log().NoteClass("review --approve", number, std::nullopt, "suzuki"));
  for (const Use& use : Uses()) {
    EXPECT_EQ(use.subject, "-");
  }
  EXPECT_EQ(Uses().size(), 2U);
}

TEST_P(AccessLogTest, WhereNothingCanBeWrittenTheUseIsRefused) {
  const auto nowhere = Log(folder() / "not" / "there").NotePeople("people", 2);
  ASSERT_FALSE(nowhere.ok());
  EXPECT_NE(nowhere.error().Text().find("nothing was shown"), std::string::npos);
  // The store is older than the log: what was noted would be lost.
  Must(Log().NotePeople("people", 1));
  const auto connection = Must(database_->Connect());
  Must(connection->Execute("DELETE FROM audit_record"));
  EXPECT_EQ(Log().NotePeople("people", 2).error().code, ErrorCode::kCorrupt);
}

TEST_P(AccessLogTest, CommandsThatRunAtOnceWaitForOneAnother) {
  constexpr int kThreads = 4;
  constexpr int kEach = 5;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([this] {
        for (int n = 0; n < kEach; ++n) {
          EXPECT_TRUE(Log().NotePeople("people", 1).ok());
        }
      });
    }
  }
  EXPECT_EQ(Uses().size(), static_cast<std::size_t>(kThreads * kEach));
  EXPECT_EQ(Misfits(), 0U);
}

}  // namespace
}  // namespace musubi::insurer
