#include "sample/population.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "sample/person.h"
#include "sample/roster_row.h"
#include "sample/text_output.h"

namespace musubi::sample {

namespace {

constexpr std::string_view kResidentsHeading =
    "resident_record_code,individual_number,name,name_kana,birth_date,sex,address,status,"
    "superseded_number,former_surname,former_surname_kana\n";
constexpr std::string_view kTruthHeading = "row,resident_record_code,individual_number,tags\n";
constexpr std::uint64_t kPeoplePerMover = 1000;

// The day everybody who moves is lost by the first association; they joined it well before.
constexpr Date kLostOn = Date::FromPacked(20260930);
constexpr Date kMovedOn = Date::FromPacked(20261001);
constexpr Date kMoversJoinedBefore = Date::FromPacked(20260101);

template <std::size_t kSize>
std::string_view View(const std::array<char, kSize>& digits) {
  return {digits.data(), digits.size()};
}

void AppendResident(std::uint64_t seed, std::uint64_t index, std::string& out) {
  const Person person = PersonAt(seed, index);
  const std::array<char, 12> old_number = OldNumberAt(seed, index);
  fmt::format_to(
      std::back_inserter(out),
      "{},{},{}　{},{}　{},{},{},{},{},{},{},{}\n",
      View(person.resident.record_code),
      View(person.resident.number),
      person.surname.text,
      person.given.text,
      person.surname.kana,
      person.given.kana,
      person.resident.birth_date.Text(),
      static_cast<int>(person.resident.sex),
      SpellAddress(person.address, AddressStyle::kFull),
      StatusName(person.status),
      person.has_changed_number ? View(old_number) : std::string_view(),
      person.former_surname.text,
      person.former_surname.kana
  );
}

Result<void> WriteResidents(
    std::uint64_t count, std::uint64_t seed, const std::filesystem::path& path
) {
  MUSUBI_TRY(auto output, TextOutput::Create(path));
  output->buffer() += kResidentsHeading;
  for (std::uint64_t index = 0; index < count; ++index) {
    AppendResident(seed, index, output->buffer());
    MUSUBI_CHECK_OK(output->Flushed());
  }
  return output->Finish();
}

// Who is in which roster: association i has the indexes from `starts[i]` on, `counts[i]` of them.
struct Plan {
  std::vector<std::uint64_t> starts;
  std::vector<std::uint64_t> counts;
  std::vector<std::uint64_t> movers;  // indexes within the first, rising
};

Plan MakePlan(const PopulationOptions& options, const RosterNoise& noise) {
  Plan plan;
  const std::uint64_t insurer_count = options.insurers.size();
  const std::uint64_t gap =
      insurer_count == 0 ? 0 : (options.residents - options.people) / insurer_count;
  std::uint64_t start = 0;
  for (std::uint64_t i = 0; i < insurer_count; ++i) {
    const bool has_one_more = i < options.people % insurer_count;
    plan.starts.push_back(start);
    plan.counts.push_back(options.people / insurer_count + (has_one_more ? 1 : 0));
    start += plan.counts.back() + gap;
  }
  if (insurer_count < 2) {
    return plan;
  }
  const std::uint64_t wanted = 1 + options.people / kPeoplePerMover;
  const std::uint64_t stride = std::max<std::uint64_t>(1, plan.counts[0] / wanted);
  for (std::uint64_t place = stride / 2; place < plan.counts[0]; ++place) {
    const std::uint64_t index = plan.starts[0] + place;
    if (plan.movers.size() == wanted) {
      break;
    }
    const Person person = PersonAt(noise.seed, index);
    if (person.resident.qualified_on < kMoversJoinedBefore && IsClean(person, index, noise)) {
      plan.movers.push_back(index);
      place += stride - 1;
    }
  }
  return plan;
}

class RosterWriter {
 public:
  static Result<RosterWriter> Create(
      const std::filesystem::path& roster,
      const std::filesystem::path& truth,
      OutputEncoding encoding,
      const RosterNoise& noise,
      std::string symbol
  ) {
    MUSUBI_TRY(auto lines, TextOutput::Create(roster, encoding));
    MUSUBI_TRY(auto truths, TextOutput::Create(truth));
    lines->buffer() += kRosterHeading;
    truths->buffer() += kTruthHeading;
    return RosterWriter(std::move(lines), std::move(truths), noise, std::move(symbol));
  }

  Result<void> AddMember(std::uint64_t index, bool is_leaving) {
    const Household household = HouseholdOf(noise_.seed, index);
    const bool is_new = household.first != household_ || number_ == 0;
    household_ = household.first;
    number_ += is_new ? 1 : 0;
    const Person person = PersonAt(noise_.seed, index);
    RosterPlace place = Place(is_new, person.resident.qualified_on);
    if (is_leaving) {
      place.lost_on = kLostOn;
    }
    return Add(person, index, place, is_leaving ? "moved-out" : "");
  }

  Result<void> AddMover(std::uint64_t index) {
    ++number_;
    return Add(PersonAt(noise_.seed, index), index, Place(true, kMovedOn), "moved-in");
  }

  Result<void> Finish() {
    MUSUBI_CHECK_OK(lines_->Finish());
    return truths_->Finish();
  }

 private:
  RosterWriter(
      std::unique_ptr<TextOutput> lines,
      std::unique_ptr<TextOutput> truths,
      const RosterNoise& noise,
      std::string symbol
  )
      : lines_(std::move(lines)),
        truths_(std::move(truths)),
        noise_(noise),
        symbol_(std::move(symbol)) {}

  [[nodiscard]] RosterPlace Place(bool is_head, Date qualified_on) const {
    RosterPlace place;
    place.symbol = symbol_;
    place.number = number_;
    place.is_head = is_head;
    place.qualified_on = qualified_on;
    return place;
  }

  Result<void> Add(
      const Person& person, std::uint64_t index, const RosterPlace& place, std::string_view move
  ) {
    RosterLine line = MakeRosterLine(person, index, place, noise_);
    if (!move.empty()) {
      line.tags.push_back(move);
    }
    std::ranges::sort(line.tags);
    lines_->buffer() += line.text;
    fmt::format_to(
        std::back_inserter(truths_->buffer()),
        "{},{},{},{}\n",
        ++row_,
        View(person.resident.record_code),
        View(person.resident.number),
        fmt::join(line.tags, " ")
    );
    MUSUBI_CHECK_OK(lines_->Flushed());
    return truths_->Flushed();
  }

  std::unique_ptr<TextOutput> lines_;
  std::unique_ptr<TextOutput> truths_;
  RosterNoise noise_;
  std::string symbol_;
  std::uint64_t household_ = 0;
  std::uint64_t number_ = 0;
  std::uint64_t row_ = 0;
};

Result<void> WriteRoster(const Plan& plan, std::size_t which, RosterWriter& writer) {
  for (std::uint64_t i = 0; i < plan.counts[which]; ++i) {
    const std::uint64_t index = plan.starts[which] + i;
    const bool is_leaving = which == 0 && std::ranges::binary_search(plan.movers, index);
    MUSUBI_CHECK_OK(writer.AddMember(index, is_leaving));
  }
  if (which == 1) {
    for (const std::uint64_t index : plan.movers) {
      MUSUBI_CHECK_OK(writer.AddMover(index));
    }
  }
  return writer.Finish();
}

Result<void> CheckOptions(
    const PopulationOptions& options, std::size_t rosters, std::size_t truths
) {
  const auto refusal = [](std::string message) {
    return Error{ErrorCode::kUsage, std::move(message)};
  };
  if (options.residents > kResidentCountMax || options.people > options.residents) {
    return refusal("a sample has at most 2000000000 residents, and not more insured people");
  }
  if (rosters != options.insurers.size() || truths != options.insurers.size()) {
    return refusal("a sample has one roster and one truth file per insurer");
  }
  if (options.people > 0 && options.insurers.empty()) {
    return refusal("insured people need an insurer");
  }
  if (options.people < options.insurers.size()) {
    return refusal("every insurer of a sample insures somebody");
  }
  return Ok();
}

}  // namespace

Result<void> WritePopulation(
    const PopulationOptions& options,
    const std::filesystem::path& residents,
    std::span<const std::filesystem::path> rosters,
    std::span<const std::filesystem::path> truths
) {
  MUSUBI_CHECK_OK(CheckOptions(options, rosters.size(), truths.size()));
  MUSUBI_CHECK_OK(WriteResidents(options.residents, options.seed, residents));
  const RosterNoise noise{options.seed, options.number_missing_rate};
  const Plan plan = MakePlan(options, noise);
  for (std::size_t i = 0; i < rosters.size(); ++i) {
    MUSUBI_TRY(
        auto writer,
        RosterWriter::Create(
            rosters[i],
            truths[i],
            i == 0 ? OutputEncoding::kCp932 : OutputEncoding::kUtf8,
            noise,
            fmt::format("標{}", i + 1)
        )
    );
    MUSUBI_CHECK_OK(WriteRoster(plan, i, writer));
  }
  return Ok();
}

Result<void> WriteResidentsForBench(
    std::uint64_t count, std::uint64_t seed, const std::filesystem::path& path
) {
  MUSUBI_TRY(auto output, TextOutput::Create(path));
  output->buffer() += kResidentsHeading;
  for (std::uint64_t index = 0; index < count; ++index) {
    const Resident resident = ResidentAt(seed, index);
    std::string& out = output->buffer();
    out.append(View(resident.record_code)).append(",").append(View(resident.number));
    out.append(",標本,ヒヨウホン,0000-00-00,");
    resident.birth_date.WriteTo(out.data() + out.size() - 11);
    out += static_cast<char>('0' + static_cast<int>(resident.sex));
    out += ",,,,,\n";
    MUSUBI_CHECK_OK(output->Flushed());
  }
  return output->Finish();
}

}  // namespace musubi::sample
