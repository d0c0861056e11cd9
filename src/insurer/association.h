// An association's node as its configuration describes it: store, vault, identity, trust.
//
//   [insurer]
//   number = "133033"                                   # 保険者番号; node.id is "insurer-133033"
//   terminal_certificate = "terminal-133033/node.pem"   # whom number lists are sealed to
//   [vault]
//   key_file = "insurer-133033/vault.key"               # and passphrase_file; or token_module,
//   passphrase_file = "insurer-133033/vault.pass"       # token_label, key_label, pin_file
//   [peers.support]                                     # optional: query-residents, verify-links
//   address = "127.0.0.1:18444"
//   [insurer] may also have
//   link_review = "FILE"     # rules of the review queue; default rules/link-review.toml, built in
//   patience_s = 60          # how long support may be away before a command gives up
//
// Open reads the configuration and opens the store. Keys are opened when first asked for, so that
// looking at people needs none. One thread at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "crypto/certificate.h"
#include "crypto/key_store.h"
#include "exchange/content.h"
#include "insurer/access_log.h"
#include "insurer/links.h"
#include "insurer/register.h"
#include "insurer/support_line.h"
#include "ops/config.h"
#include "ops/node.h"
#include "store/database.h"
#include "vault/vault.h"

namespace musubi::insurer {

class Association {
 public:
  // `clock` outlives the association; `operator_name`, the account of the operating system, stands
  // in the history and in the record of uses.
  [[nodiscard]] static Result<std::unique_ptr<Association>> Open(
      const std::filesystem::path& config, const Clock& clock, std::string operator_name
  );

  [[nodiscard]] Register& people() { return *register_; }

  [[nodiscard]] const Register& people() const { return *register_; }

  [[nodiscard]] Links& links() { return *links_; }

  // Every command that shows or changes people puts its use there first.
  [[nodiscard]] const AccessLog& uses() const { return *uses_; }

  // The line to support under the association's own certificate. kPrecondition: not configured.
  [[nodiscard]] Result<std::unique_ptr<SupportLine>> OpenSupportLine() const;

  // The store with the tables of the register, for work on it that has an object of its own.
  [[nodiscard]] store::Database& database() { return *database_; }

  [[nodiscard]] exchange::Mode mode() const { return mode_; }

  // kRefused: the key file or token does not open the store's keys.
  [[nodiscard]] Result<const vault::Vault*> OpenVault();
  [[nodiscard]] Result<crypto::Identity> LoadIdentity() const;
  [[nodiscard]] Result<std::shared_ptr<crypto::Trust>> LoadTrust() const;
  // The terminal's certificate, checked: chain, validity, revocation, and that it is this
  // association's terminal.
  [[nodiscard]] Result<crypto::Certificate> LoadTerminalCertificate() const;

 private:
  struct VaultPaths {
    std::filesystem::path key_file;
    std::filesystem::path passphrase_file;
    std::filesystem::path token_module;
    std::string token_label;
    std::string key_label;
    std::filesystem::path pin_file;
  };

  explicit Association(const Clock& clock) : clock_(&clock) {}

  [[nodiscard]] Result<void> Read(const ops::Config& config);
  [[nodiscard]] Result<std::unique_ptr<crypto::KeyWrapper>> OpenKeyEncryptionKey() const;

  const Clock* clock_;
  ops::NodeConfig node_;
  std::string number_;
  std::filesystem::path terminal_certificate_;
  VaultPaths vault_paths_;
  exchange::Mode mode_ = exchange::Mode::kTest;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<AccessLog> uses_;
  std::unique_ptr<Register> register_;
  std::unique_ptr<Links> links_;
  std::optional<ops::Endpoint> support_;
  std::filesystem::path link_review_;
  std::int64_t patience_s_ = 0;
  std::unique_ptr<crypto::KeyWrapper> key_encryption_key_;
  std::unique_ptr<vault::Vault> vault_;
};

}  // namespace musubi::insurer
