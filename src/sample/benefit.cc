#include "sample/benefit.h"

#include <array>

#include <fmt/format.h>

#include "sample/dice.h"

namespace musubi::sample {

namespace {

constexpr std::array<std::string_view, 22> kItems = {
    "care_month",
    "income_class",
    "own_payment",
    "paid_amount",
    "decided_on",
    "paid_on",
    "frequent",
    "remarks",
    "from",
    "to",
    "expense_kind",
    "cost",
    "born_on",
    "children",
    "paid_to_provider",
    "died_on",
    "days",
    "fiscal_year",
    "charged",
    "paid",
    "arrears",
    "certificate_number"
};

// How many of a hundred people have one.
constexpr std::uint64_t kHighCostPercent = 10;
constexpr std::uint64_t kCombinedPercent = 2;
constexpr std::uint64_t kExpensesPercent = 8;
constexpr std::uint64_t kChildbirthPercent = 2;
constexpr std::uint64_t kSicknessPercent = 3;
constexpr std::uint64_t kFuneralPercent = 1;
constexpr std::uint64_t kContributionsPercent = 45;
constexpr std::uint64_t kHundred = 100;

class Writer {
 public:
  Writer(std::uint64_t seed, std::uint64_t row, std::string_view reference, std::string& out)
      : dice_(seed ^ 0x62656e65666974ULL, row), reference_(reference), out_(out) {}

  std::uint64_t Write() {
    if (Has(kHighCostPercent)) {
      HighCost();
    }
    if (Has(kCombinedPercent)) {
      Begin("combined-high-cost", "2024-08-01");
      Set("from", "2024-08-01").Set("to", "2025-07-31").Yen("own_payment", 900'000);
      Yen("paid_amount", 200'000).Set("decided_on", "2026-01-15").End();
    }
    if (Has(kExpensesPercent)) {
      Begin("medical-care-expenses", "2026-05-01");
      Set("expense_kind", Pick({"orthosis", "judo", "acupuncture", "abroad"}));
      Set("care_month", "2026-05").Yen("cost", 60'000).Yen("paid_amount", 40'000);
      Set("decided_on", "2026-07-20").End();
    }
    if (Has(kChildbirthPercent)) {
      Begin("childbirth-allowance", "2026-03-10");
      Set("born_on", "2026-03-10").Set("children", "1").Set("paid_amount", "500000");
      Set("paid_to_provider", "1").Set("decided_on", "2026-04-20").End();
    }
    if (Has(kSicknessPercent)) {
      Begin("sickness-allowance", "2026-02-01");
      Set("from", "2026-02-01").Set("to", "2026-02-28").Set("days", "25");
      Yen("paid_amount", 200'000).Set("decided_on", "2026-04-01").End();
    }
    if (Has(kFuneralPercent)) {
      Begin("funeral-allowance", "2026-06-02");
      Set("died_on", "2026-06-02").Set("paid_amount", "50000").Set("decided_on", "2026-06-30");
      End();
    }
    if (Has(kContributionsPercent)) {
      Begin("contributions", "2025-04-01");
      Set("fiscal_year", "2025").Yen("charged", 400'000).Yen("paid", 400'000).End();
    }
    return count_;
  }

 private:
  void HighCost() {
    const std::uint64_t months = 1 + Roll(3);
    for (std::uint64_t i = 0; i < months; ++i) {
      const std::string month = fmt::format("2026-{:02}", 4 + i);
      Begin("high-cost-care", month + "-01");
      Set("care_month", month).Set("income_class", Pick({"a", "i", "u", "e", "o"}));
      Yen("own_payment", 250'000).Yen("paid_amount", 150'000);
      Set("decided_on", fmt::format("2026-{:02}-25", 7 + i));
      Set("paid_on", i == 0 ? "2026-08-10" : "!not-yet-known");
      Set("frequent", months > 2 ? "1" : "0").End();
    }
  }

  std::uint64_t Roll(std::uint64_t bound) { return dice_.Below(++question_, bound); }

  bool Has(std::uint64_t percent) { return Roll(kHundred) < percent; }

  std::string_view Pick(std::initializer_list<std::string_view> words) {
    return *(words.begin() + Roll(words.size()));
  }

  void Begin(std::string_view kind, std::string_view from) {
    ++count_;
    values_ = {};
    fmt::format_to(std::back_inserter(out_), "{},{},S{},{},", reference_, kind, count_, from);
  }

  Writer& Set(std::string_view item, std::string_view value) {
    for (std::size_t i = 0; i < kItems.size(); ++i) {
      if (kItems[i] == item) {
        values_[i] = value;
      }
    }
    return *this;
  }

  Writer& Yen(std::string_view item, std::uint64_t most) {
    return Set(item, std::to_string(1 + Roll(most)));
  }

  void End() {
    for (const std::string& value : values_) {
      out_ += ',';
      out_ += value;
    }
    out_ += "\r\n";
  }

  Dice dice_;
  std::string_view reference_;
  std::string& out_;
  std::uint64_t question_ = 0;
  std::uint64_t count_ = 0;
  std::array<std::string, kItems.size()> values_;
};

}  // namespace

std::string BenefitHeading() {
  return fmt::format("reference,kind,key,valid_from,valid_to,{}\r\n", fmt::join(kItems, ","));
}

std::uint64_t AppendBenefits(
    std::uint64_t seed, std::uint64_t row, std::string_view reference, std::string& out
) {
  return Writer(seed, row, reference, out).Write();
}

}  // namespace musubi::sample
