#include "matching/roster_verify.h"

#include <algorithm>
#include <array>
#include <bit>
#include <mutex>
#include <span>

#include "matching/resident_batches.h"
#include "matching/resident_table.h"
#include "matching/roster_verify_part.h"

namespace musubi::matching {

namespace {

constexpr std::array<std::string_view, kVerifyOutcomeCount> kNames{
    "invalid",
    "number-unknown",
    "superseded",
    "birth-date-differs",
    "gone",
    "restricted",
    "sex-differs",
    "name-differs",
    "kana-differs",
    "address-differs",
    "notation",
    "agree"
};

std::uint64_t DigitsOf(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char c : digits) {
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

ResidentView ViewOf(const text::ResidentRow& row) {
  ResidentView view;
  view.resident_record_code = DigitsOf(row.resident_record_code);
  view.attributes = {row.name, row.kana, row.birth_date, row.sex, row.address};
  view.status = row.status;
  view.former_surname = row.former_surname;
  view.former_surname_kana = row.former_surname_kana;
  return view;
}

// From a number to the rows that hold it: several when a family shares one by mistake.
class NumberRows {
 public:
  explicit NumberRows(const SecretVector<std::uint64_t>& numbers)
      : numbers_(numbers), heads_(std::bit_ceil(numbers.size() * 2 + 1)), next_(numbers.size()) {
    for (std::uint32_t row = 0; row < numbers.size(); ++row) {
      if (numbers[row] != 0) {
        std::uint32_t& head = heads_[HomeOf(numbers[row])];
        next_[row] = head;
        head = row + 1;
      }
    }
  }

  template <typename OnRow>
  void ForEach(std::uint64_t number, const OnRow& on_row) const {
    for (std::uint32_t at = heads_[HomeOf(number)]; at != 0; at = next_[at - 1]) {
      if (numbers_[at - 1] == number) {
        on_row(at - 1);
      }
    }
  }

 private:
  [[nodiscard]] std::size_t HomeOf(std::uint64_t number) const {
    return MixKey(number) & (heads_.size() - 1);
  }

  const SecretVector<std::uint64_t>& numbers_;
  std::vector<std::uint32_t> heads_;
  std::vector<std::uint32_t> next_;
};

// The best hit of each row.
class BestHits {
 public:
  explicit BestHits(std::size_t rows) : best_(rows), is_hit_(rows) {}

  void Take(std::span<const VerifyHit> hits) {
    for (const VerifyHit& hit : hits) {
      if (!is_hit_[hit.row] || hit.IsBefore(best_[hit.row])) {
        is_hit_[hit.row] = true;
        best_[hit.row] = hit;
      }
    }
  }

  [[nodiscard]] const VerifyHit* Find(std::size_t row) const {
    return is_hit_[row] ? &best_[row] : nullptr;
  }

 private:
  std::vector<VerifyHit> best_;
  std::vector<bool> is_hit_;
};

Verification Weigh(const Fit& fit, text::ResidentStatus status) {
  if (!fit.Fits(Attribute::kBirthDate)) {
    return {VerifyOutcome::kBirthDateDiffers};
  }
  if (status == text::ResidentStatus::kRestricted) {
    return {VerifyOutcome::kRestricted};
  }
  if (status != text::ResidentStatus::kPresent) {
    return {VerifyOutcome::kGone};
  }
  constexpr std::array kOrder{
      std::pair(Attribute::kSex, VerifyOutcome::kSexDiffers),
      std::pair(Attribute::kName, VerifyOutcome::kNameDiffers),
      std::pair(Attribute::kKana, VerifyOutcome::kKanaDiffers),
      std::pair(Attribute::kAddress, VerifyOutcome::kAddressDiffers)
  };
  for (const auto& [attribute, outcome] : kOrder) {
    if (fit.Of(attribute) == FitKind::kDiffers) {
      return {outcome};
    }
  }
  return {fit.IsLossless() ? VerifyOutcome::kAgree : VerifyOutcome::kNotation, fit.NeededRules()};
}

// What is wrong with a file that is unusual in another way than by quotes.
Result<void> RefuseUnusual(const std::filesystem::path& residents) {
  MUSUBI_TRY(const std::uint64_t rows, text::ReadResidents(residents, [](const text::ResidentRow&) {
               return Ok();
             }));
  return Error{
      ErrorCode::kInvalid,
      "the register is written in a way that several threads cannot read",
      residents.filename().string() + ": " + std::to_string(rows) + " rows",
      "compress the file with gzip"
  };
}

}  // namespace

std::string_view VerifyOutcomeName(VerifyOutcome outcome) {
  return kNames[static_cast<std::size_t>(outcome)];
}

Verification Verify(Comparer& comparer, const ResidentView& resident, bool is_superseded) {
  if (!comparer.IsAskable()) {
    return {VerifyOutcome::kInvalid};
  }
  if (is_superseded) {
    return {VerifyOutcome::kSuperseded};
  }
  return Weigh(comparer.Against(resident), resident.status);
}

Result<std::vector<Verification>> VerifyRoster(
    const RosterPeople& people,
    const SecretVector<std::uint64_t>& numbers,
    const std::filesystem::path& residents,
    const text::Normaliser& normaliser,
    unsigned threads,
    const OnProgress& on_progress,
    VerifyPart* part
) {
  const NumberRows rows_of(numbers);
  BestHits best(people.size());
  std::uint64_t done_before = 0;
  SkipBatch skip;
  if (part != nullptr) {
    best.Take(part->earlier().hits());
    done_before = part->earlier().resident_count();
    skip = [part](std::size_t batch) { return part->earlier().IsDone(batch); };
  }
  std::mutex mutex;
  const auto on_batch = [&](const ResidentBatch& batch) -> Result<void> {
    Comparer comparer(normaliser);
    std::vector<VerifyHit> hits;
    for (const text::ResidentRow& resident : batch.rows) {
      const auto take = [&](std::string_view number, bool is_superseded) {
        rows_of.ForEach(DigitsOf(number), [&](std::uint32_t row) {
          const ResidentView view = ViewOf(resident);
          comparer.Ask(people.At(row));
          hits.push_back(
              {row, is_superseded, view.resident_record_code, Verify(comparer, view, is_superseded)}
          );
        });
      };
      take(resident.individual_number, false);
      if (!resident.superseded_number.empty()) {
        take(resident.superseded_number, true);
      }
    }
    const std::scoped_lock lock(mutex);
    best.Take(hits);
    return part == nullptr ? Ok() : part->Add(batch.number, batch.rows.size(), hits);
  };
  const auto show = [&](std::uint64_t done) {
    if (on_progress) {
      on_progress(done_before + done);
    }
  };
  ResidentBatches batches(residents, std::max(1U, threads));
  // What a part calls done are batches of this way of reading: it must not change on the way.
  batches.LookForQuotes();
  const auto on_restart = [&] { return RefuseUnusual(residents); };
  MUSUBI_TRY(
      [[maybe_unused]] const std::uint64_t count, batches.Read(on_batch, on_restart, show, skip)
  );
  std::vector<Verification> all(people.size());
  Comparer comparer(normaliser);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (const VerifyHit* hit = best.Find(i); hit != nullptr) {
      all[i] = hit->verification;
      continue;
    }
    comparer.Ask(people.At(i));
    const bool is_invalid = numbers[i] == 0 || !comparer.IsAskable();
    all[i].outcome = is_invalid ? VerifyOutcome::kInvalid : VerifyOutcome::kNumberUnknown;
  }
  return all;
}

}  // namespace musubi::matching
