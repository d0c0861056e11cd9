#include "bench/exchange_scheme.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/io.h"
#include "bench/roles.h"
#include "exchange/inquiry.h"
#include "ops/config.h"
#include "ops/node.h"

namespace musubi::bench {

namespace {

namespace fs = std::filesystem;

constexpr const char* kInsurer = "133033";

// Nobody whose inquiries wait for a person 自動応答不可: that would be measured instead.
Result<void> TakeManualMarksAway(const fs::path& records) {
  MUSUBI_TRY(std::string text, ReadFile(records));
  constexpr std::string_view kMark = ",manual,";
  for (std::size_t at = text.find(kMark); at != std::string::npos; at = text.find(kMark, at)) {
    text.replace(at, kMark.size(), ",,");
  }
  MUSUBI_TRY(const auto sink, FileSink::Create(records));
  MUSUBI_CHECK_OK(sink->Write(AsBytes(text)));
  return sink->Commit();
}

// From roster to tied people.
Result<void> RunTheWay(const scheme::Layout& layout) {
  const std::string insurer = fmt::format("insurer-{}", kInsurer);
  const std::string config = layout.ConfigOf(insurer).string();
  const std::string terminal = layout.ConfigOf(fmt::format("terminal-{}", kInsurer)).string();
  const std::string list = (layout.folder() / "bench.nl.p7m").string();
  const std::string pairs = (layout.folder() / "bench.np.p7m").string();
  const std::string roster = (layout.FolderOf(insurer) / "roster.csv").string();
  std::string batch;
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
           {"insurer", "--config", config, "import-roster", roster},
           {"insurer", "--config", config, "number-list", "--out", list},
           {"terminal", "--config", terminal, "upload", list, "--wait"},
           {"terminal", "--config", terminal, "download", "", "--out", pairs},
           {"insurer", "--config", config, "import-pairs", pairs}
       }) {
    std::vector<std::string> arguments = command;
    std::ranges::replace(arguments, std::string(), batch);
    MUSUBI_TRY(const auto result, MustRun(arguments));
    if (command[3] == "upload") {
      batch = result.output.substr(0, result.output.find('\n'));
    }
  }
  return Ok();
}

// "00000012-01" of everybody who is tied.
Result<std::vector<std::string>> TiedPeople(const scheme::Layout& layout) {
  const std::string config = layout.ConfigOf(fmt::format("insurer-{}", kInsurer)).string();
  MUSUBI_TRY(
      const auto listed,
      MustRun({"insurer", "--config", config, "people", "--state", "tied", "--json"})
  );
  std::vector<std::string> people;
  boost::system::error_code failed;
  const boost::json::value value = boost::json::parse(listed.output, failed);
  if (failed || !value.is_object() || !value.as_object().contains("people")) {
    return Error{ErrorCode::kInternal, "the list of people is not as expected"};
  }
  for (const boost::json::value& person : value.at("people").as_array()) {
    const boost::json::object& fields = person.as_object();
    people.push_back(
        std::string(fields.at("insured_number").as_string()) + "-" +
        std::string(fields.at("branch").as_string())
    );
  }
  return people;
}

}  // namespace

Result<Caller> Caller::Open(const fs::path& config_file) {
  MUSUBI_TRY(const ops::Config config, ops::Config::Load(config_file));
  MUSUBI_TRY(const ops::NodeConfig node, ops::NodeConfig::Read(config));
  MUSUBI_TRY(crypto::Identity identity, crypto::Identity::Load(node.certificate, node.key));
  MUSUBI_TRY(auto trust, crypto::Trust::Load(node.authority, node.crl));
  std::string certificate = ToBase64(identity.certificate.Der());
  return Caller{std::move(identity), std::move(trust), std::move(certificate)};
}

Result<void> MakeExchangeScheme(const scheme::Layout& layout, std::uint64_t people) {
  MUSUBI_TRY(
      const auto made,
      MustRun(
          {"scheme",
           "init",
           layout.folder().string(),
           "--people",
           std::to_string(people),
           "--insurer",
           kInsurer,
           "--base-port",
           std::to_string(kBasePort)}
      )
  );
  static_cast<void>(made);
  return TakeManualMarksAway(layout.FolderOf(kTown) / "records.csv");
}

Result<std::vector<std::string>> TiePeople(const scheme::Layout& layout) {
  MUSUBI_CHECK_OK(RunTheWay(layout));
  MUSUBI_TRY(std::vector<std::string> people, TiedPeople(layout));
  if (people.empty()) {
    return Error{ErrorCode::kInternal, "nobody is tied"};
  }
  return people;
}

std::string QuestionText(const Caller& caller, const std::string& person) {
  const Code16 id = exchange::DrawInquiryId(SystemClock().Now());
  return boost::json::serialize(boost::json::object{
      {"id", ToHex(id)},
      {"person", person},
      {"procedure", "nhi-high-cost-care"},
      {"information", "local-tax"},
      {"provider", kTown},
      {"certificate", caller.certificate},
  });
}

}  // namespace musubi::bench
