#include "scheme/init.h"

#include <set>

#include <fmt/format.h>
#include <unistd.h>

#include "base/io.h"
#include "crypto/certificate.h"
#include "crypto/cipher.h"
#include "crypto/key_store.h"
#include "ledger/note.h"
#include "number/insurer_number.h"
#include "scheme/exchange_sample.h"
#include "scheme/node_file.h"
#include "scheme/people.h"
#include "store/database.h"

namespace musubi::scheme {

namespace {

constexpr std::size_t kPassphraseSize = 32;  // random bytes, written as hex

Error Usage(std::string message, std::string place) {
  return {ErrorCode::kUsage, std::move(message), std::move(place)};
}

Result<void> CheckInsurers(const std::vector<std::string>& insurers) {
  if (insurers.empty()) {
    return Usage("a scheme needs an association", "--insurer");
  }
  std::set<std::string> seen;
  for (const std::string& insurer : insurers) {
    const auto number = number::InsurerNumber::Parse(insurer);
    if (!number.ok()) {
      return Usage(number.error().message, "--insurer " + insurer);
    }
    if (!seen.insert(insurer).second) {
      return Usage("the association is named twice", "--insurer " + insurer);
    }
  }
  return Ok();
}

Result<void> CheckOptions(const InitOptions& options) {
  MUSUBI_CHECK_OK(CheckInsurers(options.insurers));
  if (options.base_port < 1024 || options.base_port > 65000) {
    return Usage("the base port must lie between 1024 and 65000", "--base-port");
  }
  if (!options.store.empty() && !options.store.starts_with("postgresql://") &&
      !options.store.starts_with("postgres://")) {
    return Usage("a scheme's store is postgresql://...; leave it out for SQLite", "--store");
  }
  if (options.residents.empty() && options.people == std::uint64_t{0}) {
    return Usage("without a residents' register there must be people", "--people");
  }
  std::error_code code;
  if (!options.residents.empty() && !std::filesystem::is_regular_file(options.residents, code)) {
    return Error{
        ErrorCode::kNotFound, "there is no such residents' register", options.residents.string()
    };
  }
  if (std::filesystem::exists(options.folder, code) &&
      !std::filesystem::is_empty(options.folder, code)) {
    return Error{
        ErrorCode::kConflict,
        "the folder exists and is not empty",
        options.folder.string(),
        "name a new folder, or remove this one"
    };
  }
  return Ok();
}

std::vector<std::string> NodesOf(const InitOptions& options) {
  std::vector<std::string> nodes = ServingNodesOfScheme();
  for (const std::string& insurer : options.insurers) {
    nodes.push_back("insurer-" + insurer);
    nodes.push_back("terminal-" + insurer);
  }
  nodes.emplace_back(kWitness);
  return nodes;
}

// In a folder beside the target until all is there, so that a failure leaves nothing half-made.
class Maker {
 public:
  Maker(const InitOptions& options, Instant now)
      : options_(&options),
        now_(now),
        target_(Layout(options.folder).folder()),
        layout_(
            target_.parent_path() /
            fmt::format(".{}.new-{}", target_.filename().string(), ::getpid())
        ) {}

  ~Maker() {
    std::error_code ignored;  // what cannot be removed is visible by its name
    std::filesystem::remove_all(layout_.folder(), ignored);
  }

  Maker(const Maker&) = delete;
  Maker& operator=(const Maker&) = delete;

  Result<InitReport> Make() {
    InitReport report;
    report.nodes = NodesOf(*options_);
    MUSUBI_CHECK_OK(MakeFolder(layout_.folder()));
    MUSUBI_TRY(auto authority, MakeAuthority());
    for (const std::string& node : report.nodes) {
      MUSUBI_CHECK_OK(MakeNode(authority, node));
    }
    for (const std::string& insurer : options_->insurers) {
      MUSUBI_CHECK_OK(MakeVaultKey("insurer-" + insurer));
    }
    MUSUBI_CHECK_OK(MakeWitnessKey());
    MUSUBI_TRY(const PeopleReport people, MakePeople(PeopleOrder()));
    report.people = people.people;
    report.residents = people.residents;
    MUSUBI_CHECK_OK(WriteExchangeSample(layout_, ExchangeOrder(report.people), now_));
    MUSUBI_CHECK_OK(MakeDatabaseSchemas(report.nodes));
    MUSUBI_CHECK_OK(MoveIntoPlace());
    return report;
  }

 private:
  Result<crypto::Authority> MakeAuthority() const {
    MUSUBI_CHECK_OK(MakeFolder(layout_.Authority()));
    return crypto::Authority::Create(layout_.Authority(), "Musubi scheme authority", now_);
  }

  Result<void> MakeNode(crypto::Authority& authority, const std::string& node) const {
    MUSUBI_CHECK_OK(MakeFolder(layout_.FolderOf(node)));
    MUSUBI_TRY(const auto identity, authority.Issue(node, now_));
    MUSUBI_CHECK_OK(WriteFile(layout_.KeyOf(node), identity.key.Pem(), 0600));
    MUSUBI_CHECK_OK(WriteFile(layout_.CertificateOf(node), identity.certificate.Pem(), 0644));
    const std::string residents =
        "jlis/" + ResidentsFileName(options_->residents).filename().string();
    return WriteFile(
        layout_.ConfigOf(node),
        NodeFileText({node, options_->base_port, options_->store, residents}),
        0600  // a store's URL may hold a password
    );
  }

  Result<void> MakeVaultKey(const std::string& node) const {
    SecretBytes random(kPassphraseSize);
    crypto::FillRandom(random);
    SecretVector<char> text(2 * kPassphraseSize + 1, '\n');
    WriteHex(random, text.data());
    const std::string_view line(text.data(), text.size());
    const std::filesystem::path folder = layout_.FolderOf(node);
    MUSUBI_CHECK_OK(WriteFile(folder / "vault.pass", line, 0600));
    return crypto::CreateKeyFile(folder / "vault.key", AsBytes(line.substr(0, line.size() - 1)));
  }

  // Now already: those whose logs it watches must know its public key before they start.
  Result<void> MakeWitnessKey() const {
    MUSUBI_TRY(
        const ledger::SigningKey key,
        ledger::SigningKey::OpenOrCreate(
            layout_.FolderOf(kWitness) / "witness",
            fmt::format("musubi/{}", kWitness),
            ledger::KeyKind::kWitness
        )
    );
    static_cast<void>(key);
    return Ok();
  }

  [[nodiscard]] scheme::PeopleOrder PeopleOrder() const {
    scheme::PeopleOrder order;
    order.residents_given = options_->residents;
    order.residents_out =
        layout_.FolderOf("jlis") / ResidentsFileName(options_->residents).filename();
    order.seed = options_->seed;
    order.people = options_->people.value_or(options_->residents.empty() ? kPeopleDefault : 0);
    for (const std::string& insurer : options_->insurers) {
      order.insurers.push_back({insurer, layout_.FolderOf("insurer-" + insurer)});
    }
    return order;
  }

  [[nodiscard]] ExchangeSample ExchangeOrder(std::uint64_t people) const {
    return {options_->insurers, people * kResidentsPerPerson, options_->seed};
  }

  Result<void> MakeDatabaseSchemas(const std::vector<std::string>& nodes) const {
    if (options_->store.empty()) {
      return Ok();
    }
    MUSUBI_TRY(const auto database, store::Database::Open(options_->store));
    MUSUBI_TRY(const auto connection, database->Connect());
    for (const std::string& node : nodes) {
      if (HasStore(node)) {
        MUSUBI_CHECK_OK(
            connection->ExecuteScript(fmt::format("CREATE SCHEMA IF NOT EXISTS {}", SchemaOf(node)))
        );
      }
    }
    return Ok();
  }

  Result<void> MoveIntoPlace() const {
    std::error_code code;
    std::filesystem::rename(layout_.folder(), target_, code);  // an empty folder may be there
    if (code) {
      return Error{ErrorCode::kInternal, "cannot put the folder in its place", target_.string()};
    }
    return Ok();
  }

  const InitOptions* options_;
  Instant now_;
  std::filesystem::path target_;
  Layout layout_;
};

}  // namespace

Result<InitReport> InitScheme(const InitOptions& options, Instant now) {
  MUSUBI_CHECK_OK(CheckOptions(options));
  return Maker(options, now).Make();
}

}  // namespace musubi::scheme
