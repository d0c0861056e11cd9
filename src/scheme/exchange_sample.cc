#include "scheme/exchange_sample.h"

#include <algorithm>
#include <chrono>
#include <memory>

#include <fmt/format.h>

#include "base/io.h"
#include "base/secret.h"
#include "sample/dice.h"
#include "sample/person.h"
#include "sample/text_output.h"

namespace musubi::scheme {

namespace {

using sample::Dice;
using sample::TextOutput;

constexpr std::string_view kRecordsHeading =
    "person,resident_record_code,information,kind,layout,key,valid_from,valid_to,flags,items\n";
constexpr std::size_t kTruthSizeMax = std::size_t{2} << 30U;
constexpr std::uint64_t kDiceOffset = 9U << 20U;
constexpr std::chrono::days kPublishedBefore{365};
constexpr std::uint64_t kPeoplePerFormerMember = 8;
constexpr int kThisYear = 2026;  // the sample's people live in it (sample/population.h)

enum Question : std::uint64_t {
  kIncome = 1,
  kNotDeclared,
  kManual,
  kSelfBlocked,
  kMoved,
  kCareLevel,
  kHasAssistance,
  kBenefit,
};

using RecordCode = std::array<char, 11>;

std::string_view View(const RecordCode& code) {
  return {code.data(), code.size()};
}

Date DayOf(int year, unsigned month, unsigned day) {
  return Date::FromPacked(static_cast<std::uint32_t>(year) * 10000 + month * 100 + day);
}

Date DayBefore(Date day) {
  const std::chrono::year_month_day days(
      std::chrono::year(day.year()), std::chrono::month(day.month()), std::chrono::day(day.day())
  );
  return Date::Of(std::chrono::sys_days(days) - std::chrono::days(1));
}

// Codes of an association's sample, in the order of its roster; empty without a sample.
Result<std::vector<RecordCode>> CodesOfRoster(const std::filesystem::path& folder) {
  std::vector<RecordCode> codes;
  const auto text = ReadFile(folder / "truth.csv", kTruthSizeMax);
  if (!text.ok()) {
    return text.error().code == ErrorCode::kNotFound
               ? Result(codes)
               : Result<std::vector<RecordCode>>(text.error());
  }
  std::string_view left = *text;
  for (bool is_heading = true; !left.empty(); is_heading = false) {
    std::string_view line = left.substr(0, left.find('\n'));
    left.remove_prefix(std::min(line.size() + 1, left.size()));
    const std::size_t begin = line.find(',') + 1;
    if (!is_heading && line.size() >= begin + RecordCode().size()) {
      std::copy_n(
          line.begin() + static_cast<std::ptrdiff_t>(begin),
          RecordCode().size(),
          codes.emplace_back().begin()
      );
    }
  }
  return codes;
}

Result<void> WriteDirectory(const Layout& layout, const ExchangeSample& sample, Instant now) {
  const std::string published = Date::Of(JapanDay(now - kPublishedBefore)).Text();
  std::string text = "id,kinds,name,served_by,assessment_published_on\r\n";
  const auto add =
      [&](std::string_view id, std::string_view kinds, std::string_view name, std::string_view node
      ) { text += fmt::format("{},{},{},{},{}\r\n", id, kinds, name, node, published); };
  for (const std::string& insurer : sample.insurers) {
    add("association-" + insurer, "association", "見本国民健康保険組合" + insurer, "hub");
  }
  add("medical-insurers", "medical-insurer", "医療保険者", "hub");
  for (const Institution& institution : kInstitutions) {
    const std::string id = "institution-" + std::string(institution.name);
    add(id, institution.kinds, institution.japanese, id);
  }
  add("portal", "portal", "情報提供等記録開示システム", "portal");
  return WriteFile(layout.FolderOf("network") / "institutions.csv", text, 0600);
}

// One institution's file, a person's records at a time.
class RecordsWriter {
 public:
  static Result<RecordsWriter> Create(const Layout& layout, const Institution& institution) {
    const std::string node = "institution-" + std::string(institution.name);
    MUSUBI_TRY(auto output, TextOutput::Create(layout.FolderOf(node) / "records.csv"));
    output->buffer() += kRecordsHeading;
    return RecordsWriter(std::move(output));
  }

  void Begin(std::uint64_t person, const RecordCode& code) {
    beginning_ = fmt::format("P{:07},{}", person, View(code));
  }

  // `record`: information,kind,layout,key.
  void Add(
      std::string_view record, Date from, Date to, std::string_view flags, std::string_view items
  ) {
    fmt::format_to(
        std::back_inserter(output_->buffer()),
        "{},{},{},{},{},{}\n",
        beginning_,
        record,
        from.Text(),
        to.Text(),
        flags,
        items
    );
  }

  Result<void> Flushed() { return output_->Flushed(); }

  Result<void> Finish() { return output_->Finish(); }

 private:
  explicit RecordsWriter(std::unique_ptr<TextOutput> output) : output_(std::move(output)) {}

  std::unique_ptr<TextOutput> output_;
  std::string beginning_;
};

void AddTax(const sample::Person& person, const Dice& dice, RecordsWriter& writer) {
  if (kThisYear - person.resident.birth_date.year() < 20) {
    return;
  }
  for (int year = kThisYear - 2; year <= kThisYear; ++year) {
    const auto more = static_cast<std::uint64_t>(year);
    const std::uint64_t income = 800000 + dice.Below(kIncome + (more << 8U), 70) * 100000;
    const bool is_unknown = dice.Share(kNotDeclared + (more << 8U)) < 0.03;
    const std::uint64_t tax = income > 1100000 ? (income - 1100000) / 20 : 0;
    writer.Add(
        fmt::format("local-tax,income,1,{}", year),
        DayOf(year, 6, 1),
        DayOf(year + 1, 5, 31),
        dice.Share(kManual) < 0.01 ? "manual" : "",
        is_unknown ? std::string("income=!not-declared;tax=!not-declared")
                   : fmt::format("income={};tax={}", income, tax)
    );
  }
}

void AddMunicipalRecords(const sample::Person& person, const Dice& dice, RecordsWriter& writer) {
  std::string flags;
  if (person.status == text::ResidentStatus::kRestricted) {
    flags = "restricted";
  } else if (dice.Share(kSelfBlocked) < 0.002) {
    flags = "self-blocked";
  }
  const std::string address = SpellAddress(person.address, sample::AddressStyle::kFull);
  const Date born = person.resident.birth_date;
  const bool has_moved = born < DayOf(2025, 4, 1) && dice.Share(kMoved) < 0.2;
  const Date since = has_moved ? DayOf(2025, 4, 1) : born;
  if (has_moved) {
    writer.Add(
        "resident-record,address,1,address", born, DayOf(2025, 3, 31), flags, "address=!not-kept"
    );
  }
  writer.Add("resident-record,address,1,address", since, Date(), flags, "address=" + address);
  AddTax(person, dice, writer);
  if (kThisYear - born.year() >= 65) {
    const std::uint64_t level = 1 + dice.Below(kCareLevel, 5);
    writer.Add(
        "long-term-care-benefits,care-level,1,care",
        DayOf(2025, 4, 1),
        Date(),
        "",
        fmt::format("level={};self-payment={}", level, level * 4600)
    );
  }
  if (dice.Share(kHasAssistance) < 0.02) {
    writer.Add(
        "public-assistance,livelihood,1,aid", DayOf(2026, 1, 1), Date(), "", "granted-on=2026-01-01"
    );
  }
}

void AddFormerMember(const sample::Person& person, const Dice& dice, RecordsWriter& writer) {
  const Date joined = person.resident.qualified_on;
  const Date lost = DayBefore(joined);
  const Date since =
      std::max(DayOf(joined.year() - 3, joined.month(), 1), person.resident.birth_date);
  if (since > lost) {
    return;
  }
  writer.Add(
      "insured-status,insured-status,1,status",
      since,
      lost,
      "",
      fmt::format("qualified-on={};lost-on={}", since.Text(), joined.Text())
  );
  for (unsigned month = 1; month <= 2; ++month) {
    const Date paid = DayOf(joined.year() - 1, month, 1);
    if (paid >= since) {
      writer.Add(
          fmt::format("medical-benefits,high-cost-care,1,{}", paid.Text().substr(0, 7)),
          paid,
          lost,
          "",
          fmt::format("amount={}", 57600 + dice.Below(kBenefit + (month << 8U), 300) * 100)
      );
    }
  }
}

// The insured people of the sample, each once, in the order of the residents' register.
Result<void> WriteRecords(
    const Layout& layout, const ExchangeSample& sample, std::vector<RecordCode> insured
) {
  static_assert(kInstitutions.size() == 2);
  std::ranges::sort(insured);
  MUSUBI_TRY(auto municipality, RecordsWriter::Create(layout, kInstitutions[0]));
  MUSUBI_TRY(auto society, RecordsWriter::Create(layout, kInstitutions[1]));
  std::uint64_t count = 0;
  const std::uint64_t residents = insured.empty() ? 0 : sample.residents;
  for (std::uint64_t index = 0; index < residents && count < kRecordPeopleMax; ++index) {
    const RecordCode code = sample::ResidentAt(sample.seed, index).record_code;
    if (!std::ranges::binary_search(insured, code)) {
      continue;
    }
    ++count;
    const sample::Person person = sample::PersonAt(sample.seed, index);
    const Dice dice(sample.seed + kDiceOffset, index);
    municipality.Begin(count, code);
    AddMunicipalRecords(person, dice, municipality);
    if (count % kPeoplePerFormerMember == 0) {
      society.Begin(count / kPeoplePerFormerMember, code);
      AddFormerMember(person, dice, society);
    }
    MUSUBI_CHECK_OK(municipality.Flushed());
    MUSUBI_CHECK_OK(society.Flushed());
  }
  MUSUBI_CHECK_OK(municipality.Finish());
  return society.Finish();
}

}  // namespace

Result<void> WriteExchangeSample(const Layout& layout, const ExchangeSample& sample, Instant now) {
  MUSUBI_CHECK_OK(WriteDirectory(layout, sample, now));
  MUSUBI_TRY(const auto accounts, TextOutput::Create(layout.FolderOf("portal") / "accounts.csv"));
  accounts->buffer() += "account,resident_record_code\n";
  std::vector<RecordCode> insured;
  for (const std::string& insurer : sample.insurers) {
    MUSUBI_TRY(const auto codes, CodesOfRoster(layout.FolderOf("insurer-" + insurer)));
    for (std::size_t row = 0; row < codes.size(); ++row) {
      // The association's register numbers its people in the order of its first roster.
      accounts->buffer() += fmt::format("{}-P{:010},{}\n", insurer, row + 1, View(codes[row]));
      MUSUBI_CHECK_OK(accounts->Flushed());
    }
    insured.insert(insured.end(), codes.begin(), codes.end());
  }
  MUSUBI_CHECK_OK(accounts->Finish());
  return WriteRecords(layout, sample, std::move(insured));
}

}  // namespace musubi::scheme
