// Records of a register of three people (two tied, one doubtful): packages made, read and answered.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "insurer/record_copies.h"
#include "insurer/register_for_test.h"

namespace musubi::insurer {

class RecordsTest : public RegisterTest {
 protected:
  void SetUp() override {
    RegisterTest::SetUp();
    records_ = Must(Records::Open(*database_, clock_, "clerk"));
    Import({
        {.number = DigitsOf(1)},
        Child(DigitsOf(2)),
        {.household = "0000002", .name = "佐藤　花子", .kana = "ｻﾄｳ ﾊﾅｺ", .number = DigitsOf(3)},
    });
    Must(List());
    ApplyPairs(
        {{"P0000000001", 1, exchange::Outcome::kIssued, "00000001"},
         {"P0000000002", 2, exchange::Outcome::kIssued, "00000002"},
         {"P0000000003", 3, exchange::Outcome::kBirthDateDiffers}},
        1
    );
  }

  RecordImportReport Take(const std::string& rows, bool whole = false) {
    const std::string text =
        "reference,kind,key,valid_from,valid_to,died_on,paid_amount,decided_on,remarks\r\n" + rows;
    MemorySource source(AsBytes(text));
    return Must(records_->Import(source, "records.csv", whole));
  }

  // Rows after D, joined with spaces, of the package made now.
  Lines Make(CopyScope scope = CopyScope::kDifferences, Date as_of = {}) {
    const std::filesystem::path out = folder() / "copies.p7m";
    report_ = Must(records_->MakeCopies(
        {scope, out, *insurer_, terminal_->certificate, exchange::Mode::kTest, as_of}
    ));
    Lines rows;
    exchange::Expected expected;
    expected.kind = "RC";
    expected.recipient = "hub";
    Must(exchange::ReadPackage(
        out,
        *terminal_,
        *trust_,
        now_,
        expected,
        {},
        [&rows](auto /*row*/, auto /*line*/, auto fields) {
          EXPECT_EQ(exchange::ReadRecordCopyRow(fields).fault_field, "");
          std::string row;
          for (const std::string_view field : fields) {
            row.append(row.empty() ? "" : " ").append(field);
          }
          rows.push_back(row);
          return Ok();
        }
    ));
    return rows;
  }

  std::filesystem::path WriteResult(
      std::uint64_t sequence, const std::vector<exchange::CopyOutcome>& outcomes
  ) {
    const std::filesystem::path path = folder() / ("result" + std::to_string(sequence) + ".p7m");
    const auto file = Must(FileSink::Create(path));
    const auto sealing =
        Must(crypto::SealingWriter::Create(*file, *hub_, insurer_->certificate, now_));
    exchange::PackageHeader header;
    header.kind = "RR";
    header.sender = "hub";
    header.recipient = "insurer-133033";
    header.created = now_;
    header.sequence = sequence;
    auto content = Must(exchange::ContentWriter::Create(*sealing, header));
    std::uint64_t line = 1;
    for (const exchange::CopyOutcome outcome : outcomes) {
      Must(exchange::WriteCopyResultRow(content, {++line, outcome, ""}));
    }
    Must(content.Finish());
    Must(sealing->Finish());
    Must(file->Commit());
    return path;
  }

  CopyResultReport Answer(
      std::uint64_t sequence, const std::vector<exchange::CopyOutcome>& outcomes
  ) {
    return Must(records_->ImportResult(
        {WriteResult(sequence, outcomes), *insurer_, *trust_, exchange::Mode::kTest}
    ));
  }

  void AnswerAllApplied() {
    Answer(
        report_.sequence,
        std::vector<exchange::CopyOutcome>(report_.rows, exchange::CopyOutcome::kApplied)
    );
  }

  std::unique_ptr<Records> records_;
  CopiesReport report_;
};

}  // namespace musubi::insurer
