// A register of made people on either engine, with an authority, a terminal and a hub that writes
// pairs.
#pragma once

#include <array>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "crypto/sealed_package.h"
#include "exchange/number_list.h"
#include "insurer/register.h"
#include "tests/support/store_fixture.h"

namespace musubi::insurer {

using test::Must;
using Lines = std::vector<std::string>;

// Numbers that belong to nobody, made from a counter.
inline std::string DigitsOf(unsigned person) {
  std::string text = std::to_string(90000000000ULL + person);
  std::array<std::uint8_t, 11> digits = {};
  for (std::size_t at = 0; at < digits.size(); ++at) {
    digits[at] = static_cast<std::uint8_t>(text[at] - '0');
  }
  return text + std::to_string(number::IndividualCheckDigit(digits));
}

inline number::IndividualNumber NumberOf(unsigned person) {
  return Must(number::IndividualNumber::Parse(DigitsOf(person)));
}

// Wraps nothing: the key hierarchy is the vault's own test.
class OpenWrapper : public crypto::KeyWrapper {
 public:
  Result<Bytes> Wrap(BytesView secret) override { return Bytes(secret.begin(), secret.end()); }

  Result<SecretBytes> Unwrap(BytesView wrapped) override { return CopyToSecret(wrapped); }
};

struct Row {
  std::string household = "0000001";
  std::string name = "山田　太郎";
  std::string kana = "ﾔﾏﾀﾞ ﾀﾛｳ";
  std::string birth_date = "S54.3.12";
  std::string sex = "男";
  std::string address = "東京都千代田区１";
  std::string qualified_on = "H13.4.1";
  std::string number = {};
};

inline Row Child(std::string number = {}) {
  return {
      .name = "山田　一", .kana = "ﾔﾏﾀﾞ ﾊｼﾞﾒ", .birth_date = "20100506", .number = std::move(number)
  };
}

inline std::string RosterOf(const std::vector<Row>& rows) {
  std::string text =
      "記号,番号,続柄,氏名,氏名カナ,生年月日,性別,住所,資格取得日,資格喪失日,個人番号\r\n";
  for (const Row& row : rows) {
    text += "建1," + row.household + ",本人," + row.name + "," + row.kana + "," + row.birth_date +
            "," + row.sex + "," + row.address + "," + row.qualified_on + ",," + row.number + "\r\n";
  }
  return text;
}

class RegisterTest : public test::StoreTest {
 protected:
  void SetUp() override {
    database_ = OpenDatabase();
    vault_ = Must(vault::Vault::Open(*database_, wrapper_));
    register_ = Must(Register::Open(*database_, clock_, "clerk"));
    authority_.emplace(Must(crypto::Authority::Create(folder() / "authority", "test", now_)));
    trust_ = Must(crypto::Trust::Load(
        folder() / "authority" / "authority.pem", folder() / "authority" / "crl.pem"
    ));
    insurer_.emplace(Must(authority_->Issue("insurer-133033", now_)));
    terminal_.emplace(Must(authority_->Issue("terminal-133033", now_)));
    hub_.emplace(Must(authority_->Issue("hub", now_)));
  }

  RosterReport Import(const std::vector<Row>& rows, RosterScope scope = RosterScope::kWhole) {
    const std::string text = RosterOf(rows);
    MemorySource source(AsBytes(text));
    return Must(register_->ImportRoster(*vault_, {source, "roster.csv", {}, scope}));
  }

  // Rows of the list by reference: the digits.
  Result<NumberListReport> List() {
    list_.clear();
    const std::filesystem::path out = folder() / "list.p7m";
    auto report = register_->MakeNumberList(
        *vault_, {out, *insurer_, terminal_->certificate, exchange::Mode::kTest}
    );
    if (report.ok()) {
      exchange::Expected expected;
      expected.kind = "NL";
      expected.recipient = "hub";
      const auto check = Must(exchange::ReadPackage(
          out,
          *terminal_,
          *trust_,
          now_,
          expected,
          [](const auto&) { return Ok(); },
          [this](auto /*row*/, auto /*line*/, auto fields) {
            list_[std::string(fields[0])] = std::vector<std::string>(fields.begin(), fields.end());
            return Ok();
          }
      ));
      EXPECT_EQ(check.signer.id(), "insurer-133033");
      EXPECT_EQ(check.header.sequence, report->sequence);
    }
    return report;
  }

  struct Pair {
    std::string reference;
    unsigned person;
    exchange::Outcome outcome;
    std::string insured = "";
  };

  std::filesystem::path WritePairs(
      const std::vector<Pair>& pairs, std::uint64_t sequence, const crypto::Identity& signer
  ) {
    const std::filesystem::path path = folder() / ("pairs" + std::to_string(sequence) + ".p7m");
    const auto file = Must(FileSink::Create(path));
    const auto sealing =
        Must(crypto::SealingWriter::Create(*file, signer, insurer_->certificate, now_));
    exchange::PackageHeader header;
    header.kind = "NP";
    header.sender = "hub";
    header.recipient = "insurer-133033";
    header.created = now_;
    header.sequence = sequence;
    auto content = Must(exchange::ContentWriter::Create(*sealing, header));
    for (const Pair& pair : pairs) {
      exchange::NumberPairRow row;
      row.reference = pair.reference;
      row.number = NumberOf(pair.person);
      row.outcome = pair.outcome;
      if (!pair.insured.empty()) {
        row.insured = Must(number::InsuredNumber::Parse(pair.insured, "01"));
      }
      Must(exchange::WriteNumberPairRow(content, row));
    }
    Must(content.Finish());
    Must(sealing->Finish());
    Must(file->Commit());
    return path;
  }

  Result<PairsReport> ImportPairs(const std::filesystem::path& path) {
    return register_->ImportPairs(*vault_, {path, *insurer_, *trust_, exchange::Mode::kTest});
  }

  PairsReport ApplyPairs(const std::vector<Pair>& pairs, std::uint64_t sequence) {
    return Must(ImportPairs(WritePairs(pairs, sequence, *hub_)));
  }

  // "P0000000001 tied - 00000001-01" in the order of the roster.
  std::vector<std::string> People() {
    std::vector<std::string> lines;
    Must(register_->EachPerson({}, [&lines](const PersonLine& person) {
      std::string line = std::string(person.reference) + " ";
      line.append(LinkStateName(person.state));
      if (person.reason != Reason::kNone) {
        line.append(" ").append(ReasonName(person.reason));
      }
      if (!person.insured_number.empty()) {
        line.append(" ").append(person.insured_number).append("-").append(person.branch);
      }
      lines.push_back(std::move(line));
      return Ok();
    }));
    return lines;
  }

  std::size_t HistorySize() {
    const auto connection = Must(database_->Connect());
    return static_cast<std::size_t>(
        Must(connection->QueryInt("SELECT COUNT(*) FROM person_history")).value_or(-1)
    );
  }

  Instant now_{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + std::chrono::hours(3)};
  ManualClock clock_{now_};
  OpenWrapper wrapper_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<vault::Vault> vault_;
  std::unique_ptr<Register> register_;
  std::optional<crypto::Authority> authority_;
  std::shared_ptr<crypto::Trust> trust_;
  std::optional<crypto::Identity> insurer_;
  std::optional<crypto::Identity> terminal_;
  std::optional<crypto::Identity> hub_;
  std::map<std::string, std::vector<std::string>> list_;
};

}  // namespace musubi::insurer
