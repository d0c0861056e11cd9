#include "scheme/people.h"

#include "sample/population.h"
#include "scheme/init.h"
#include "scheme/record_sample.h"

namespace musubi::scheme {

namespace {

Result<void> CopyResidents(const PeopleOrder& order) {
  std::error_code code;
  std::filesystem::copy_file(
      order.residents_given,
      order.residents_out,
      std::filesystem::copy_options::overwrite_existing,
      code
  );
  if (code) {
    return Error{
        ErrorCode::kInternal,
        "cannot copy the residents' register: " + code.message(),
        order.residents_given.string()
    };
  }
  return Ok();
}

Result<void> WriteSample(const PeopleOrder& order) {
  sample::PopulationOptions options;
  options.residents = order.people * kResidentsPerPerson;
  options.people = order.people;
  options.seed = order.seed;
  std::vector<std::filesystem::path> rosters;
  std::vector<std::filesystem::path> truths;
  for (const PeopleOrder::Insurer& insurer : order.insurers) {
    options.insurers.push_back(insurer.number);
    rosters.push_back(insurer.folder / "roster.csv");
    truths.push_back(insurer.folder / "truth.csv");
  }
  MUSUBI_CHECK_OK(sample::WritePopulation(options, order.residents_out, rosters, truths));
  for (const PeopleOrder::Insurer& insurer : order.insurers) {
    MUSUBI_CHECK_OK(WriteRecordSample(insurer.folder, order.seed));
  }
  return Ok();
}

}  // namespace

std::filesystem::path ResidentsFileName(const std::filesystem::path& given) {
  return !given.empty() && given.extension() != ".gz" ? "residents.csv" : "residents.csv.gz";
}

Result<PeopleReport> MakePeople(const PeopleOrder& order) {
  PeopleReport report;
  report.people = order.people;
  if (order.people > 0) {
    MUSUBI_CHECK_OK(WriteSample(order));
    report.residents = order.people * kResidentsPerPerson;
  }
  if (!order.residents_given.empty()) {
    // Rosters made up beside a given register fit it when both came from the same seed.
    MUSUBI_CHECK_OK(CopyResidents(order));
    report.residents = 0;
  }
  return report;
}

}  // namespace musubi::scheme
