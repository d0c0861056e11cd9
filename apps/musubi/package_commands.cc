#include "package_commands.h"

#include <cerrno>
#include <memory>

#include <unistd.h>

#include "base/clock.h"
#include "base/secret.h"
#include "exchange/number_list.h"
#include "ops/config.h"
#include "ops/node.h"
#include "output.h"

namespace musubi::apps {

namespace {

struct Reader {
  crypto::Identity identity;
  std::shared_ptr<crypto::Trust> trust;
  exchange::Expected expected;
};

// What may be sealed to this node at all.
Result<exchange::Expected> ExpectedAt(const ops::NodeConfig& node, const ops::Config& config) {
  exchange::Expected expected;
  expected.mode = node.mode == "live" ? exchange::Mode::kLive : exchange::Mode::kTest;
  const std::string role = node.id.substr(0, node.id.find('-'));
  if (role == "terminal") {
    MUSUBI_TRY(const std::string insurer, config.String("terminal.insurer"));
    expected.kind = "NL";
    expected.sender = "insurer-" + insurer;
    expected.recipient = "hub";
    return expected;
  }
  if (role == "insurer") {
    expected.kind = "NP";
    expected.sender = "hub";
    expected.recipient = node.id;
    return expected;
  }
  return Error{
      ErrorCode::kUsage,
      "no package is kept under the key of " + node.id,
      {},
      "use the configuration of the terminal or of the insurer it is addressed to"
  };
}

Result<Reader> MakeReader(const std::string& config_path) {
  MUSUBI_TRY(const auto config, ops::Config::Load(config_path));
  MUSUBI_TRY(const auto node, ops::NodeConfig::Read(config));
  MUSUBI_TRY(auto expected, ExpectedAt(node, config));
  MUSUBI_TRY(auto identity, crypto::Identity::Load(node.certificate, node.key));
  MUSUBI_TRY(auto trust, crypto::Trust::Load(node.authority, node.crl));
  return Reader{std::move(identity), std::move(trust), std::move(expected)};
}

// Past stdio, whose buffer would keep the last rows.
Result<void> WriteOut(BytesView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) {
      return Error{ErrorCode::kInternal, "cannot write to standard output"};
    }
    if (written > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
  }
  return Ok();
}

Result<void> CheckAll(const Reader& reader, const std::string& file, Instant now) {
  auto check = exchange::ReadPackage(
      file,
      reader.identity,
      *reader.trust,
      now,
      reader.expected,
      nullptr,
      [](auto, auto, auto) { return Ok(); }
  );
  if (check.ok()) {
    return Ok();
  }
  Error error = std::move(check).error();
  if (error.place.empty()) {
    error.place = file;
  } else if (error.place.starts_with("line ")) {
    error.place = file + ": " + error.place;
  }
  return error;
}

Result<void> Open(const PackageOpenOptions& options) {
  MUSUBI_TRY(const Reader reader, MakeReader(options.config));
  const Instant now = SystemClock().Now();
  MUSUBI_CHECK_OK(CheckAll(reader, options.file, now));
  MUSUBI_TRY(auto source, FileSource::Open(options.file));
  auto opened = crypto::OpenPackage(*source, reader.identity, *reader.trust, now, &WriteOut);
  return opened.ok() ? Ok() : Result<void>(std::move(opened).error());
}

}  // namespace

int PackageOpen(const PackageOpenOptions& options) {
  ForbidCoreDumps();
  SetFreedMemoryWiping();
  return Finish(Open(options));
}

}  // namespace musubi::apps
