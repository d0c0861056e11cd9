#include "insurer/association.h"

#include "base/io.h"

namespace musubi::insurer {

namespace {

constexpr std::size_t kCertificateSizeMax = std::size_t{64} << 10U;
constexpr std::int64_t kPatienceS = 60;
constexpr std::int64_t kPatienceMaxS = 3600;

}  // namespace

Result<std::unique_ptr<Association>> Association::Open(
    const std::filesystem::path& config, const Clock& clock, std::string operator_name
) {
  MUSUBI_TRY(const ops::Config read, ops::Config::Load(config));
  std::unique_ptr<Association> association(new Association(clock));
  MUSUBI_CHECK_OK(association->Read(read));
  MUSUBI_TRY(
      association->database_,
      store::Database::Open(association->node_.store, association->node_.config_folder.string())
  );
  association->uses_ = std::make_unique<AccessLog>(
      *association->database_,
      clock,
      AccessLogOptions{association->node_.folder, association->node_.id, operator_name}
  );
  MUSUBI_TRY(association->register_, Register::Open(*association->database_, clock, operator_name));
  MUSUBI_TRY(ReviewRules rules, ReviewRules::LoadOrDefault(association->link_review_));
  MUSUBI_TRY(
      association->links_,
      Links::Open(*association->database_, clock, std::move(operator_name), std::move(rules))
  );
  return association;
}

Result<void> Association::Read(const ops::Config& config) {
  MUSUBI_TRY(node_, ops::NodeConfig::Read(config));
  MUSUBI_TRY(number_, config.String("insurer.number"));
  MUSUBI_TRY(terminal_certificate_, config.Path("insurer.terminal_certificate"));
  if (config.Has("vault.token_module")) {
    MUSUBI_TRY(vault_paths_.token_module, config.Path("vault.token_module"));
    MUSUBI_TRY(vault_paths_.token_label, config.String("vault.token_label"));
    MUSUBI_TRY(vault_paths_.key_label, config.String("vault.key_label"));
    MUSUBI_TRY(vault_paths_.pin_file, config.Path("vault.pin_file"));
  } else {
    MUSUBI_TRY(vault_paths_.key_file, config.Path("vault.key_file"));
    MUSUBI_TRY(vault_paths_.passphrase_file, config.Path("vault.passphrase_file"));
  }
  if (config.Has("insurer.link_review")) {
    MUSUBI_TRY(link_review_, config.Path("insurer.link_review"));
  }
  MUSUBI_TRY(patience_s_, config.Int("insurer.patience_s", kPatienceS, 1, kPatienceMaxS));
  if (config.Has("peers.support.address")) {
    MUSUBI_TRY(support_, ops::ReadPeer(config, "support"));
  }
  MUSUBI_CHECK_OK(config.RefuseUnknown());
  if (node_.id != "insurer-" + number_) {
    return Error{
        ErrorCode::kInvalid,
        "node.id is not insurer-<insurer.number>",
        {},
        "these commands take the configuration of an insurer"
    };
  }
  if (node_.store.empty()) {
    return Error{ErrorCode::kInvalid, "an insurer needs node.store"};
  }
  mode_ = node_.mode == exchange::ModeName(exchange::Mode::kLive) ? exchange::Mode::kLive
                                                                  : exchange::Mode::kTest;
  return Ok();
}

Result<std::unique_ptr<crypto::KeyWrapper>> Association::OpenKeyEncryptionKey() const {
  if (vault_paths_.token_module.empty()) {
    MUSUBI_TRY(
        const SecretBytes passphrase, crypto::ReadPassphraseFile(vault_paths_.passphrase_file)
    );
    return crypto::OpenKeyFile(vault_paths_.key_file, passphrase);
  }
  MUSUBI_TRY(const SecretBytes pin, crypto::ReadPassphraseFile(vault_paths_.pin_file));
  return crypto::OpenToken(
      {vault_paths_.token_module.string(), vault_paths_.token_label, vault_paths_.key_label}, pin
  );
}

Result<const vault::Vault*> Association::OpenVault() {
  if (!vault_) {
    MUSUBI_TRY(key_encryption_key_, OpenKeyEncryptionKey());
    MUSUBI_TRY(vault_, vault::Vault::Open(*database_, *key_encryption_key_));
  }
  return static_cast<const vault::Vault*>(vault_.get());
}

Result<crypto::Identity> Association::LoadIdentity() const {
  return crypto::Identity::Load(node_.certificate, node_.key);
}

Result<std::shared_ptr<crypto::Trust>> Association::LoadTrust() const {
  return crypto::Trust::Load(node_.authority, node_.crl);
}

Result<std::unique_ptr<SupportLine>> Association::OpenSupportLine() const {
  if (!support_) {
    return Error{
        ErrorCode::kPrecondition,
        "the configuration does not say where support is",
        "peers.support.address",
        "add it, as `scheme init` writes it"
    };
  }
  MUSUBI_TRY(const crypto::Identity identity, LoadIdentity());
  MUSUBI_TRY(auto trust, LoadTrust());
  return std::make_unique<SupportLine>(
      *support_, identity, std::move(trust), static_cast<int>(patience_s_)
  );
}

Result<crypto::Certificate> Association::LoadTerminalCertificate() const {
  MUSUBI_TRY(const std::string pem, ReadFile(terminal_certificate_, kCertificateSizeMax));
  MUSUBI_TRY(crypto::Certificate certificate, crypto::Certificate::FromPem(pem));
  MUSUBI_TRY(const auto trust, LoadTrust());
  MUSUBI_CHECK_OK(trust->Verify(certificate, clock_->Now()));
  if (certificate.id() != "terminal-" + number_) {
    return Error{
        ErrorCode::kRefused,
        "the certificate is not that of this association's terminal",
        terminal_certificate_.string()
    };
  }
  return certificate;
}

}  // namespace musubi::insurer
