#include "certificate_commands.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/secret.h"
#include "crypto/certificate.h"
#include "output.h"

namespace musubi::apps {

namespace {

using crypto::Authority;
using crypto::Identity;
using crypto::IssuedCertificate;

constexpr unsigned kPublicMode = 0644;
constexpr int kDaysMax = 3650;

bool IsLiving(const IssuedCertificate& certificate, Instant now) {
  return !certificate.revoked_at && certificate.expires_at > now;
}

std::vector<IssuedCertificate> LivingOf(
    const Authority& authority, std::string_view id, Instant now
) {
  std::vector<IssuedCertificate> living;
  for (const IssuedCertificate& issued : authority.issued()) {
    if (issued.id == id && IsLiving(issued, now)) {
      living.push_back(issued);
    }
  }
  return living;
}

// The key first: a certificate without its key would look like a finished pair.
Result<void> WritePair(const Identity& identity, const std::filesystem::path& folder) {
  MUSUBI_CHECK_OK(MakeFolder(folder));
  std::string key = identity.key.Pem();
  const auto written = WriteFile(folder / "node.key", key);
  WipeMemory(key.data(), key.size());
  MUSUBI_CHECK_OK(written);
  return WriteFile(folder / "node.pem", identity.certificate.Pem(), kPublicMode);
}

// What was sealed to the old certificate still opens with the old key: it is put aside, not
// replaced.
Result<void> KeepOldPair(const std::filesystem::path& folder) {
  const auto pem = ReadFile(folder / "node.pem");
  const auto key = ReadFile(folder / "node.key");
  if (!pem.ok() || !key.ok()) {
    return Ok();
  }
  MUSUBI_TRY(const auto certificate, crypto::Certificate::FromPem(*pem));
  MUSUBI_CHECK_OK(WriteFile(folder / ("node-" + certificate.serial() + ".pem"), *pem));
  return WriteFile(folder / ("node-" + certificate.serial() + ".key"), *key);
}

Result<Identity> IssueAndWrite(
    Authority& authority, const CertificateOptions& options, Instant now
) {
  if (options.days < 1 || options.days > kDaysMax) {
    return Error{ErrorCode::kUsage, "--days takes 1 to 3650"};
  }
  MUSUBI_TRY(
      Identity identity,
      authority.Issue(options.id, now, std::chrono::days(options.days), options.host)
  );
  MUSUBI_CHECK_OK(WritePair(identity, options.out_folder));
  return identity;
}

boost::json::value ToJson(const IssuedCertificate& issued) {
  boost::json::object object{
      {"serial", issued.serial},
      {"id", issued.id},
      {"issued", FormatUtc(issued.issued_at)},
      {"expires", FormatUtc(issued.expires_at)}
  };
  object["revoked"] = issued.revoked_at ? boost::json::value(FormatUtc(*issued.revoked_at))
                                        : boost::json::value(nullptr);
  return object;
}

boost::json::array Serials(const std::vector<IssuedCertificate>& certificates) {
  boost::json::array serials;
  for (const IssuedCertificate& certificate : certificates) {
    serials.emplace_back(certificate.serial);
  }
  return serials;
}

void PrintIssued(
    const CertificateOptions& options,
    const Authority& authority,
    const std::vector<IssuedCertificate>& older
) {
  const IssuedCertificate& issued = authority.issued().back();
  if (options.json) {
    boost::json::value value = ToJson(issued);
    value.as_object()["older"] = Serials(older);
    PrintJson(value);
    return;
  }
  PrintLine(fmt::format(
      "issued {} for {}, valid until {}",
      issued.serial,
      issued.id,
      FormatJapanTime(issued.expires_at)
  ));
  for (const IssuedCertificate& old : older) {
    PrintLine(fmt::format(
        "still valid: {} until {} (revoke it once the node uses the new one)",
        old.serial,
        FormatJapanTime(old.expires_at)
    ));
  }
}

Result<void> Issue(const CertificateOptions& options, bool renews) {
  const Instant now = SystemClock().Now();
  MUSUBI_TRY(Authority authority, Authority::Open(options.authority_folder));
  const auto older = LivingOf(authority, options.id, now);
  const bool is_known = std::ranges::any_of(
      authority.issued(), [&](const IssuedCertificate& issued) { return issued.id == options.id; }
  );
  if (renews && !is_known) {
    return Error{
        ErrorCode::kNotFound, "no certificate was ever issued for " + options.id, {}, "issue"
    };
  }
  if (renews) {
    MUSUBI_CHECK_OK(KeepOldPair(options.out_folder));
  }
  if (!renews && !older.empty()) {
    Warn(options.id + " has a valid certificate already; this one is issued beside it");
  }
  MUSUBI_CHECK_OK(IssueAndWrite(authority, options, now));
  PrintIssued(options, authority, older);
  return Ok();
}

Result<std::vector<std::string>> SerialsToRevoke(
    const Authority& authority, const CertificateOptions& options, Instant now
) {
  if (options.serial.empty() == options.id.empty()) {
    return Error{ErrorCode::kUsage, "give either --serial or --id"};
  }
  if (!options.serial.empty()) {
    return std::vector<std::string>{options.serial};
  }
  std::vector<std::string> serials;
  for (const IssuedCertificate& living : LivingOf(authority, options.id, now)) {
    serials.push_back(living.serial);
  }
  if (serials.empty()) {
    return Error{ErrorCode::kNotFound, options.id + " has no valid certificate"};
  }
  return serials;
}

Result<void> Revoke(const CertificateOptions& options) {
  const Instant now = SystemClock().Now();
  MUSUBI_TRY(Authority authority, Authority::Open(options.authority_folder));
  MUSUBI_TRY(const auto serials, SerialsToRevoke(authority, options, now));
  boost::json::array revoked;
  for (const std::string& serial : serials) {
    MUSUBI_CHECK_OK(authority.Revoke(serial, now));
    revoked.emplace_back(serial);
    if (!options.json) {
      PrintLine(fmt::format("revoked {}", serial));
    }
  }
  if (options.json) {
    PrintJson(boost::json::object{{"revoked", revoked}});
  }
  return Ok();
}

void WarnIfEnding(const IssuedCertificate& issued, Instant now) {
  if (IsLiving(issued, now) && issued.expires_at < now + crypto::kExpiryWarning) {
    Warn(fmt::format(
        "the certificate {} of {} runs out at {}: renew it",
        issued.serial,
        issued.id,
        FormatJapanTime(issued.expires_at)
    ));
  }
}

Result<void> List(const CertificateOptions& options) {
  const Instant now = SystemClock().Now();
  MUSUBI_TRY(const Authority authority, Authority::Open(options.authority_folder));
  boost::json::array all;
  for (const IssuedCertificate& issued : authority.issued()) {
    if (options.json) {
      all.push_back(ToJson(issued));
    } else {
      PrintLine(fmt::format(
          "{}  {:<24}  issued {}  expires {}  {}",
          issued.serial,
          issued.id,
          FormatJapanTime(issued.issued_at),
          FormatJapanTime(issued.expires_at),
          issued.revoked_at ? "revoked " + FormatJapanTime(*issued.revoked_at)
                            : std::string(IsLiving(issued, now) ? "valid" : "run out")
      ));
    }
    WarnIfEnding(issued, now);
  }
  if (options.json) {
    PrintJson(all);
  }
  return Ok();
}

Result<void> Refresh(const CertificateOptions& options) {
  MUSUBI_TRY(Authority authority, Authority::Open(options.authority_folder));
  return authority.RefreshRevocationList(SystemClock().Now());
}

}  // namespace

int CertificateIssue(const CertificateOptions& options) {
  return Finish(Issue(options, false));
}

int CertificateRenew(const CertificateOptions& options) {
  return Finish(Issue(options, true));
}

int CertificateRevoke(const CertificateOptions& options) {
  return Finish(Revoke(options));
}

int CertificateList(const CertificateOptions& options) {
  return Finish(List(options));
}

int CertificateRefresh(const CertificateOptions& options) {
  return Finish(Refresh(options));
}

}  // namespace musubi::apps
