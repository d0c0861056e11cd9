#include "apps/musubi/insurer_link_commands.h"

#include <filesystem>
#include <memory>
#include <optional>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "apps/musubi/insurer_link_output.h"
#include "apps/musubi/output.h"
#include "base/io.h"
#include "exchange/resident_query_package.h"
#include "insurer/association.h"
#include "ops/progress.h"

namespace musubi::apps {

namespace {

namespace json = boost::json;
using insurer::Association;
using insurer::CheckSource;
using insurer::LinkReport;

json::object CountsJson(const std::map<std::string, std::uint64_t>& counts) {
  json::object object;
  for (const auto& [name, count] : counts) {
    object[name] = count;
  }
  return object;
}

json::object ReportJson(const LinkReport& report) {
  json::array swaps;
  for (const auto& [a, b] : report.swaps) {
    swaps.push_back(json::array{a, b});
  }
  return {
      {"asked", report.asked},
      {"outcomes", CountsJson(report.outcomes)},
      {"statuses", CountsJson(report.statuses)},
      {"registered", report.registered},
      {"number_taken", ListJson(report.taken)},
      {"swaps", std::move(swaps)},
      {"implausible_birth_dates", ListJson(report.implausible)},
      {"stale", report.stale},
      {"resumed", report.resumed},
      {"already_applied", report.already_applied},
  };
}

void PrintReport(const LinkReport& report) {
  PrintLine(fmt::format("people asked about: {}", FormatCount(report.asked)));
  if (report.already_applied) {
    PrintLine("this answer was read before: nothing was changed");
    return;
  }
  if (report.resumed != 0) {
    PrintLine(fmt::format("  of them by a run that was stopped: {}", FormatCount(report.resumed)));
  }
  for (const auto& [outcome, count] : report.outcomes) {
    PrintLine(fmt::format("  {:<20} {:>12}", outcome, FormatCount(count)));
  }
  PrintLine("links now:");
  for (const auto& [status, count] : report.statuses) {
    PrintLine(fmt::format("  {:<20} {:>12}", status, FormatCount(count)));
  }
  if (report.registered != 0) {
    PrintLine(fmt::format("numbers registered: {}", FormatCount(report.registered)));
  }
  PrintReferences("agreed, but the number is registered for somebody else", report.taken);
  PrintReferences("birth date in the future or more than 120 years ago", report.implausible);
  for (const auto& [a, b] : report.swaps) {
    PrintLine(fmt::format("swapped inside a household: {} and {}", a, b));
  }
  if (report.stale != 0) {
    PrintLine(fmt::format("changed meanwhile, not touched: {}", FormatCount(report.stale)));
  }
}

int PrintAnyReport(const LinkReport& report, bool as_json) {
  if (as_json) {
    PrintJson(ReportJson(report));
  } else {
    PrintReport(report);
  }
  return kExitDone;
}

insurer::AskSupport AskOver(insurer::SupportLine& line) {
  return
      [&line](std::string_view path, http::Body lines) { return line.Ask(path, std::move(lines)); };
}

// People without a number are asked about; with one, verified.
Result<void> NoteAsking(const Association& association, CheckSource source) {
  using enum insurer::LinkState;
  if (source == CheckSource::kQuery) {
    MUSUBI_TRY(const std::uint64_t people, CountPeople(association, {kNotCollected}));
    return association.uses().NotePeople("query-residents", people);
  }
  MUSUBI_TRY(
      const std::uint64_t people,
      CountPeople(association, {kUnverified, kListed, kTied, kRefused, kDoubtful})
  );
  return association.uses().NotePeople("verify-links", people);
}

Result<int> RunCheck(const std::string& config, bool as_json, CheckSource source) {
  MUSUBI_TRY(const auto association, OpenLinksOf(config));
  MUSUBI_TRY(const auto line, association->OpenSupportLine());
  MUSUBI_TRY(const vault::Vault* vault, association->OpenVault());
  MUSUBI_CHECK_OK(NoteAsking(*association, source));
  std::optional<ops::Progress> progress;
  const auto show = [&progress, source](std::uint64_t done, std::uint64_t total) {
    if (!progress) {
      progress.emplace(insurer::RunKindOf(source), total);
    }
    progress->Set(done);
  };
  insurer::Links& links = association->links();
  auto done = source == CheckSource::kQuery ? links.QueryResidents(*vault, AskOver(*line), show)
                                            : links.Verify(*vault, AskOver(*line), show);
  progress.reset();  // the bar's line ends before the report
  MUSUBI_TRY(const LinkReport report, std::move(done));
  return PrintAnyReport(report, as_json);
}

Result<crypto::Certificate> LoadJlisCertificate(
    const Association& association, const std::string& config, const std::string& certificate
) {
  const std::filesystem::path path =
      certificate.empty() ? std::filesystem::path(config).parent_path() / "jlis" / "node.pem"
                          : std::filesystem::path(certificate);
  constexpr std::size_t kCertificateSizeMax = std::size_t{64} << 10U;
  MUSUBI_TRY(const std::string pem, ReadFile(path, kCertificateSizeMax));
  MUSUBI_TRY(crypto::Certificate read, crypto::Certificate::FromPem(pem));
  MUSUBI_TRY(const auto trust, association.LoadTrust());
  MUSUBI_CHECK_OK(trust->Verify(read, SystemClock().Now()));
  if (read.id() != "jlis") {
    return Error{
        ErrorCode::kRefused, "the certificate is not that of jlis", path.string(), "--certificate"
    };
  }
  return read;
}

// Asking by package, one step after the other.
class ByPackage {
 public:
  ByPackage(std::string config, const QueryPackageOptions& options, CheckSource source)
      : config_(std::move(config)), options_(&options), source_(source) {}

  Result<int> Run(bool as_json) {
    const bool is_sent = options_->through_support;
    if (is_sent ? options_->package.empty() || options_->answer.empty()
                : options_->package.empty() == options_->answer.empty()) {
      return Error{
          ErrorCode::kUsage,
          "--package writes a question, --answer reads its answer; with --through-support both"
      };
    }
    MUSUBI_TRY(association_, OpenLinksOf(config_));
    MUSUBI_TRY(vault_, association_->OpenVault());
    MUSUBI_CHECK_OK(NoteAsking(*association_, source_));
    if (!is_sent) {
      return options_->answer.empty() ? Write(as_json) : Read(as_json);
    }
    if (!std::filesystem::exists(options_->package)) {
      MUSUBI_TRY([[maybe_unused]] const auto written, WriteFileOfQuestions());
    }
    MUSUBI_CHECK_OK(Send());
    return Read(as_json);
  }

 private:
  Result<insurer::WrittenPackage> WriteFileOfQuestions() {
    MUSUBI_TRY(const auto jlis, LoadJlisCertificate(*association_, config_, options_->certificate));
    MUSUBI_TRY(const auto self, association_->LoadIdentity());
    return association_->links().WritePackage(
        source_, *vault_, {options_->package, self, jlis, association_->mode()}
    );
  }

  Result<int> Write(bool as_json) {
    MUSUBI_TRY(const auto written, WriteFileOfQuestions());
    if (as_json) {
      PrintJson({{"sequence", written.sequence}, {"rows", written.rows}});
    } else {
      PrintLine(fmt::format(
          "questions about {} people written, number {}",
          FormatCount(written.rows),
          written.sequence
      ));
    }
    return kExitDone;
  }

  Result<void> Send() {
    constexpr std::size_t kSizeMax = exchange::kQueryPackageSizeMax;
    MUSUBI_TRY(const Bytes package, ReadPiece(options_->package, 0, kSizeMax + 1));
    if (package.size() > kSizeMax) {
      return Error{ErrorCode::kExhausted, "too large to be sent", options_->package};
    }
    MUSUBI_TRY(const auto line, association_->OpenSupportLine());
    MUSUBI_TRY(
        const http::Body answer,
        line->SendPackage(
            source_ == CheckSource::kQuery ? insurer::kQueryPackagePath
                                           : insurer::kVerificationPackagePath,
            http::MakeBody(AsText(package))
        )
    );
    MUSUBI_TRY(const auto file, FileSink::Create(options_->answer));
    MUSUBI_CHECK_OK(file->Write(AsBytes({answer.data(), answer.size()})));
    return file->Commit();
  }

  Result<int> Read(bool as_json) {
    MUSUBI_TRY(const auto self, association_->LoadIdentity());
    MUSUBI_TRY(const auto trust, association_->LoadTrust());
    MUSUBI_TRY(
        const LinkReport report,
        association_->links().ReadAnswerPackage(
            source_, *vault_, {options_->answer, self, *trust, association_->mode()}
        )
    );
    return PrintAnyReport(report, as_json);
  }

  std::string config_;
  const QueryPackageOptions* options_;
  CheckSource source_;
  std::unique_ptr<Association> association_;
  const vault::Vault* vault_ = nullptr;
};

Result<int> AskAboutLinks(
    const std::string& config,
    const QueryPackageOptions& by_package,
    bool as_json,
    CheckSource source
) {
  const bool is_by_package =
      !by_package.package.empty() || !by_package.answer.empty() || by_package.through_support;
  return is_by_package ? ByPackage(config, by_package, source).Run(as_json)
                       : RunCheck(config, as_json, source);
}

Result<int> LookUpAddress(const InsurerLookUpAddressOptions& options) {
  MUSUBI_TRY(const auto association, OpenLinksOf(options.config));
  MUSUBI_TRY(const auto line, association->OpenSupportLine());
  MUSUBI_TRY(const vault::Vault* vault, association->OpenVault());
  MUSUBI_CHECK_OK(association->uses().NotePerson("look-up-address", options.reference));
  MUSUBI_TRY(
      const insurer::AddressLookUp found,
      association->links().LookUpAddress(*vault, AskOver(*line), options.reference)
  );
  const bool is_found = found.outcome == "found";
  if (options.json) {
    json::object object = {{"reference", options.reference}, {"outcome", found.outcome}};
    if (is_found) {
      object["address"] = found.address;
    }
    PrintJson(object);
  } else {
    PrintLine(is_found ? found.address : found.outcome);
  }
  return is_found ? kExitDone : kExitRefused;
}

Result<int> Statistics(const InsurerVerifyLinksOptions& options) {
  MUSUBI_TRY(const auto association, OpenLinksOf(options.config));
  MUSUBI_TRY(const auto lines, association->links().Statistics());
  json::array array;
  for (const insurer::LinkStatistic& line : lines) {
    if (options.json) {
      array.push_back({
          {"run", line.run},
          {"at", line.at},
          {"kind", line.kind},
          {"outcome", line.outcome},
          {"people", line.people},
      });
    } else {
      PrintLine(fmt::format(
          "{}  {:<16} {:<20} {:>12}", line.at, line.kind, line.outcome, FormatCount(line.people)
      ));
    }
  }
  if (options.json) {
    PrintJson({{"statistics", std::move(array)}});
  }
  return kExitDone;
}

}  // namespace

int InsurerQueryResidents(const InsurerQueryResidentsOptions& options) {
  return ExitCodeOfCommand(
      AskAboutLinks(options.config, options.by_package, options.json, CheckSource::kQuery)
  );
}

int InsurerVerifyLinks(const InsurerVerifyLinksOptions& options) {
  return ExitCodeOfCommand(
      options.statistics
          ? Statistics(options)
          : AskAboutLinks(
                options.config, options.by_package, options.json, CheckSource::kVerification
            )
  );
}

int InsurerLookUpAddress(const InsurerLookUpAddressOptions& options) {
  return ExitCodeOfCommand(LookUpAddress(options));
}

}  // namespace musubi::apps
