// A hub's store with some people of two associations, and packages of record copies for it, on
// either engine.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "hub/copy_table.h"
#include "hub/copy_writer.h"
#include "hub/link_stop.h"
#include "hub/registry.h"
#include "hub/schema.h"
#include "tests/support/store_fixture.h"

namespace musubi::hub {

inline constexpr std::uint32_t kFirstInsurer = 133033;
inline constexpr std::uint32_t kSecondInsurer = 133264;
inline constexpr std::uint32_t kPeople = 40;  // of each; 1..kPeople; person n has CodeOfPerson(n)

inline Code16 CodeOfPerson(std::uint32_t person) {
  Code16 code{};
  code[0] = static_cast<std::uint8_t>(person * 37);
  code[15] = static_cast<std::uint8_t>(person);
  return code;
}

inline Date Day(std::string_view text) {
  return Date::Parse(text).value();
}

// A row as it stands in a package: fields after D.
using CopyLine = std::vector<std::string>;

inline CopyLine Funeral(
    std::uint32_t number,
    const std::string& key,
    const std::string& amount,
    const std::string& from = "2026-04-01",
    const std::string& to = ""
) {
  return {
      std::to_string(number),
      "01",
      "funeral-allowance",
      key,
      "1",
      from,
      to,
      "put",
      "2026-03-30",
      amount,
      "2026-04-10"
  };
}

inline CopyLine DeleteFuneral(
    std::uint32_t number, const std::string& key, const std::string& from = "2026-04-01"
) {
  return {std::to_string(number), "01", "funeral-allowance", key, "1", from, "", "delete"};
}

class CopyStoreTest : public test::StoreTest {
 protected:
  void SetUp() override {
    database_ = OpenDatabase();
    test::Must(database_->Migrate("hub", HubMigrations()));
    connection_ = test::Must(database_->Connect());
    for (const std::uint32_t insurer : {kFirstInsurer, kSecondInsurer}) {
      Enrol(insurer);
    }
  }

  // What a package leaves: the outcome word of each row, with ":field" where one is named.
  std::vector<std::string> Apply(
      const std::vector<CopyLine>& lines,
      std::uint64_t revision,
      std::uint32_t insurer = kFirstInsurer,
      Date today = Day("2026-11-22")
  ) {
    auto transaction = test::Must(store::Transaction::Begin(*connection_, store::Access::kWrite));
    CopyContext context =
        test::Must(ReadCopyContext(*connection_, insurer, rules::RecordLayouts::BuiltIn(), today));
    const auto writer = test::Must(CopyWriter::Create(
        *connection_,
        {insurer, revision, static_cast<BatchId>(revision)},
        rules::RecordLayouts::BuiltIn()
    ));
    CopyArranger arranger(std::move(context), [&writer](const CopyChunk& chunk) {
      return writer->Write(chunk);
    });
    std::uint64_t line = 1;
    for (const CopyLine& fields : lines) {
      const std::vector<std::string_view> views(fields.begin(), fields.end());
      test::Must(arranger.Take(++line, views));
    }
    test::Must(arranger.Finish());
    test::Must(writer->Finish(arranger.results(), ++now_ms_));
    test::Must(transaction.Commit());
    std::vector<std::string> words;
    for (const CopyRowResult& result : arranger.results()) {
      const std::string& field = arranger.fields()[result.field];
      words.push_back(
          std::string(CopyOutcomeName(result.outcome)) + (field.empty() ? "" : ":" + field)
      );
    }
    return words;
  }

  // "key=amount@revision" of the funeral allowances held of a person.
  std::vector<std::string> Held(
      std::uint32_t person, std::string_view from = "", std::string_view to = ""
  ) {
    CopyQuestion question;
    question.from = from.empty() ? Date() : Day(from);
    question.to = to.empty() ? Date() : Day(to);
    std::vector<std::string> held;
    for (const Copy& copy : test::Must(CopiesOf(*connection_, CodeOfPerson(person), question))) {
      held.push_back(copy.key + "=" + copy.items.at(1) + "@" + std::to_string(copy.revision));
    }
    return held;
  }

  std::vector<CopyChange> Changes(std::int64_t after) {
    std::vector<CopyChange> changes;
    test::Must(ChangesAfter(*connection_, after, [&changes](const CopyChange& change) {
      changes.push_back(change);
      return Ok();
    }));
    return changes;
  }

  void Enrol(std::uint32_t insurer) {
    RowResults results;
    results.outcomes.assign(kPeople, exchange::Outcome::kIssued);
    results.insured_numbers.assign(kPeople, 0);
    std::vector<CodeRow> rows;
    for (std::uint32_t i = 0; i < kPeople; ++i) {
      rows.push_back({CodeOfPerson(i + 1), i, 20200401});
    }
    auto transaction = test::Must(store::Transaction::Begin(*connection_, store::Access::kWrite));
    Registry registry(*connection_, insurer, 1, 0);
    test::Must(registry.Plan(std::move(rows), [](std::uint32_t) { return false; }, results));
    test::Must(registry.Write(results));
    test::Must(transaction.Commit());
    test::Must(registry.WriteInsuredPeople(results));
  }

  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::Connection> connection_;
  std::int64_t now_ms_ = 1'790'000'000'000;
};

}  // namespace musubi::hub
