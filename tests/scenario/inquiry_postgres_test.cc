// Inquiries of a whole scheme whose stores are PostgreSQL, and the audit of everybody's rows: as
// the configurations say, through an auditor's own account over https, and after a changed byte.
#include "bench/local_postgres.h"
#include "store/database.h"
#include "tests/scenario/inquiry_scheme.h"

namespace musubi::scenario {
namespace {

const std::vector<std::string> kParties = {"network", "hub", kTown};

class InquiriesOnPostgres : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    scheme_ = new InquiryScheme("inquiries-pg");
    scheme_->Prepare({"--store", bench::LocalPostgres::Shared(bench::Sync::kNo).NewDatabase()});
    for (std::size_t person = 0; person < 3; ++person) {
      const object asked = scheme_->AskTown(person);
      EXPECT_EQ(TextOf(asked, "outcome"), "answered") << boost::json::serialize(asked);
      id_ = TextOf(asked, "id");
    }
    EXPECT_EQ(TextOf(scheme_->AskTown(0, "unemployment-benefits"), "outcome"), "not-permitted");
    for (std::size_t person = 3; person < 5; ++person) {
      const object asked = scheme_->AskAssociation(person);
      EXPECT_EQ(TextOf(asked, "outcome"), "answered") << boost::json::serialize(asked);
    }
  }

  static void TearDownTestSuite() {
    delete scheme_;
    scheme_ = nullptr;
  }

  // One statement at a node's own store.
  static void AtStore(const std::string& node, const std::string& sql) {
    const auto database = store::Database::Open(scheme_->StoreOf(node));
    ASSERT_TRUE(database.ok());
    const auto connection = database.value()->Connect();
    ASSERT_TRUE(connection.ok()) << connection.error().Text();
    const auto done = connection.value()->ExecuteScript(sql);
    ASSERT_TRUE(done.ok()) << done.error().Text();
  }

  static std::vector<std::string> AuditOf(const std::vector<std::string>& logs) {
    std::vector<std::string> audit = {"ledger", "audit", logs.front()};
    for (std::size_t i = 1; i < logs.size(); ++i) {
      audit.insert(audit.end(), {"--against", logs[i]});
    }
    audit.insert(audit.end(), {"--all-parties", "--json"});
    return audit;
  }

  static std::vector<std::string> Folders() {
    std::vector<std::string> folders;
    for (const std::string& party : kParties) {
      folders.push_back(scheme_->InDir(party + "/log").string());
    }
    return folders;
  }

  // All rows of all three were looked at, and none was left out.
  static void ExpectAllRowsFit(const Outcome& audited) {
    EXPECT_EQ(audited.exit_code, 0) << audited.errors << audited.output;
    const object report = JsonOf(audited);
    ASSERT_EQ(report.at("logs").as_array().size(), kParties.size());
    for (const auto& log : report.at("logs").as_array()) {
      ASSERT_TRUE(log.as_object().contains("book")) << boost::json::serialize(log);
      EXPECT_TRUE(log.at("book").at("store").as_string().starts_with("PostgreSQL"));
      EXPECT_EQ(log.at("book").at("rows_checked"), log.at("size"));
      EXPECT_GE(log.at("size").to_number<int>(), 5);
    }
    EXPECT_GE(report.at("agreement").at("by_three").to_number<int>(), 5);
    EXPECT_EQ(report.at("agreement").at("disagreements").to_number<int>(), 0);
  }

  static inline InquiryScheme* scheme_ = nullptr;
  static inline std::string id_;
};

TEST_F(InquiriesOnPostgres, EverybodysRowsAreCheckedAndAChangedByteIsNamed) {
  const std::vector<std::string> audit = AuditOf(Folders());
  ExpectAllRowsFit(scheme_->Run(audit));
  const auto change = [&](const std::string& node, const char* from, const char* to) {
    AtStore(
        node,
        std::string("UPDATE audit_record SET text = replace(text, '") + from + "', '" + to +
            "') WHERE inquiry = '\\x" + id_ + "'"
    );
  };
  for (const std::string& node : kParties) {
    change(node, "local-tax", "local-tay");
    const Outcome found = scheme_->Run(audit);
    EXPECT_EQ(found.exit_code, 1) << node;
    EXPECT_NE(found.output.find(id_), std::string::npos) << node << found.output;
    EXPECT_EQ(found.output.find("local-ta"), std::string::npos) << "shows what a record says";
    change(node, "local-tay", "local-tax");
  }
  AtStore(
      "hub", "CREATE TABLE kept AS SELECT * FROM audit_record WHERE inquiry = '\\x" + id_ + "'"
  );
  AtStore(
      "hub",
      "UPDATE audit_record SET text = NULL, code = NULL, salt = NULL, own_salt = NULL "
      "WHERE inquiry = '\\x" +
          id_ + "'"
  );
  const Outcome erased = scheme_->Run(audit);
  EXPECT_EQ(erased.exit_code, 1);
  EXPECT_NE(erased.output.find("erased before its period"), std::string::npos) << erased.output;
  EXPECT_NE(erased.output.find(id_), std::string::npos);
  AtStore(
      "hub",
      "UPDATE audit_record SET text = kept.text, code = kept.code, salt = kept.salt, "
      "own_salt = kept.own_salt FROM kept WHERE audit_record.idx = kept.idx"
  );
  AtStore("hub", "UPDATE audit_record SET idx = 1000000 WHERE inquiry = '\\x" + id_ + "'");
  const Outcome gone = scheme_->Run(audit);
  EXPECT_EQ(gone.exit_code, 1);
  EXPECT_NE(gone.output.find("the store has no such record"), std::string::npos) << gone.output;
  EXPECT_NE(gone.output.find(id_), std::string::npos) << "named by the log";
  AtStore(
      "hub",
      "UPDATE audit_record SET idx = (SELECT min(a.idx) + 1 FROM audit_record a WHERE NOT EXISTS "
      "(SELECT 1 FROM audit_record b WHERE b.idx = a.idx + 1)) WHERE idx = 1000000"
  );
  ExpectAllRowsFit(scheme_->Run(audit));
}

TEST_F(InquiriesOnPostgres, AnAuditorReadsLogsOverHttpsAndStoresUnderAnAccountThatMayOnlyRead) {
  bench::LocalPostgres::Shared().Execute("CREATE ROLE auditor LOGIN");
  std::vector<std::string> urls;
  std::vector<std::string> stores;
  for (const std::string& node : kParties) {
    std::string schema = node;
    std::ranges::replace(schema, '-', '_');
    AtStore(
        node,
        "GRANT USAGE ON SCHEMA " + schema + " TO auditor; GRANT SELECT ON " + schema +
            ".audit_record TO auditor"
    );
    std::string url = scheme_->StoreOf(node);
    url.replace(url.find("musubi@"), 7, "auditor@");
    const std::string file = scheme_->File("auditor-" + node + ".toml").string();
    std::ofstream(file) << "[node]\nid = \"" << node << "\"\nstore = \"" << url << "\"\n";
    urls.push_back(InquiryScheme::LogUrl(scheme_->AddressOf(node)));
    stores.insert(stores.end(), {"--store", file});
  }
  // The witness's configuration knows all three addresses.
  std::vector<std::string> audit = AuditOf(urls);
  audit.insert(audit.end(), {"--config", scheme_->Config("witness-1")});
  const Outcome without = scheme_->Run(audit);
  EXPECT_EQ(without.exit_code, 0) << without.errors;
  EXPECT_NE(without.output.find("rows_not_checked"), std::string::npos);
  audit.insert(audit.end(), stores.begin(), stores.end());
  ExpectAllRowsFit(scheme_->Run(audit));

  // A store of nobody's log, a store that is not there, and one that may not be read.
  const std::string hub = scheme_->InDir("hub/log").string();
  const auto with_store = [&](const std::string& file) {
    return scheme_->Run({"ledger", "audit", hub, "--store", file});
  };
  EXPECT_EQ(with_store(stores[1]).exit_code, 2) << "the network's log is not audited";
  const std::string file = scheme_->File("wrong.toml").string();
  std::ofstream(file
  ) << "[node]\nid = \"hub\"\nstore = \"postgresql://u:Geheim7@/x?host=/nowhere\"\n";
  const Outcome away = with_store(file);
  EXPECT_EQ(away.exit_code, 3) << away.errors;
  EXPECT_EQ(away.errors.find("Geheim7"), std::string::npos) << away.errors;
  AtStore("hub", "REVOKE SELECT ON hub.audit_record FROM auditor");
  EXPECT_NE(with_store(stores[3]).exit_code, 0);
}

TEST_F(InquiriesOnPostgres, TheAssociationsOwnUsesAreAuditedToo) {
  const std::string log = scheme_->InDir("insurer-133033/log").string();
  const Outcome intact = scheme_->Run({"ledger", "audit", log, "--json"});
  EXPECT_EQ(intact.exit_code, 0) << intact.errors << intact.output;
  EXPECT_GE(JsonOf(intact).at("logs").at(0).at("book").at("rows_checked").to_number<int>(), 6);
  AtStore("insurer-133033", "UPDATE audit_record SET text = replace(text, 'people', 'peopla')");
  EXPECT_EQ(scheme_->Run({"ledger", "audit", log}).exit_code, 1);
}

}  // namespace
}  // namespace musubi::scenario
