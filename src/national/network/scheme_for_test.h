// A small scheme for tests of the national roles: an authority, nodes with certificates, their
// configuration, clients that speak for them. Only what stands in headers, so that the tests of
// jlis and support can use it too.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "base/check.h"
#include "base/io.h"
#include "crypto/certificate.h"
#include "http/client.h"
#include "national/network/folder_for_test.h"
#include "ops/config.h"

namespace musubi::national {

class SchemeForTest {
 public:
  SchemeForTest()
      : authority_(
            crypto::Authority::Create(folder_.path() / "authority", "test", SystemClock().Now())
                .value()
        ),
        trust_(crypto::Trust::Load(
                   folder_.path() / "authority/authority.pem", folder_.path() / "authority/crl.pem"
        )
                   .value()) {}

  [[nodiscard]] std::filesystem::path folder(std::string_view id) const {
    return folder_.path() / id;
  }

  [[nodiscard]] std::shared_ptr<const crypto::Trust> trust() const { return trust_; }

  // From every thread: tests ask side by side.
  [[nodiscard]] const crypto::Identity& IdentityOf(const std::string& id) {
    const std::scoped_lock lock(identities_mutex_);
    auto found = identities_.find(id);
    if (found == identities_.end()) {
      found = identities_.emplace(id, authority_.Issue(id, SystemClock().Now()).value()).first;
    }
    return found->second;
  }

  // The configuration of a serving node; `more` is TOML after it. Port 0: the system chooses.
  [[nodiscard]] ops::Config ConfigOf(
      const std::string& id, std::uint16_t port, const std::string& more
  ) {
    MUSUBI_CHECK(MakeFolder(folder(id)).ok());
    const crypto::Identity& identity = IdentityOf(id);
    MUSUBI_CHECK(WriteFile(folder(id) / "node.pem", identity.certificate.Pem()).ok());
    MUSUBI_CHECK(WriteFile(folder(id) / "node.key", identity.key.Pem()).ok());
    std::string toml = "[node]\nid = \"" + id + "\"\nfolder = \"" + id + "\"\n";
    toml += "listen = \"127.0.0.1:" + std::to_string(port) + "\"\nmode = \"test\"\n";
    if (id == "network") {
      toml += "store = \"sqlite:network/network.db\"\n";
    }
    toml += "[tls]\ncertificate = \"" + id + "/node.pem\"\nkey = \"" + id + "/node.key\"\n";
    toml += "authority = \"authority/authority.pem\"\ncrl = \"authority/crl.pem\"\n" + more;
    return ops::Config::Parse(toml, folder_.path() / (id + ".toml")).value();
  }

  [[nodiscard]] http::Client ClientOf(
      const std::string& id, const std::string& peer_id, std::uint16_t port
  ) {
    http::ClientOptions options;
    options.port = port;
    options.peer_id = peer_id;
    return {options, IdentityOf(id), trust_};
  }

  // Makes a stand-in ill; "" makes it well again.
  void SetFaults(const std::string& id, const std::string& toml) {
    MUSUBI_CHECK(WriteFile(folder(id) / "faults.toml", toml).ok());
  }

  static http::Request Post(
      const std::string& path, const std::string& body, const std::string& key = ""
  ) {
    http::Request request;
    request.method = "POST";
    request.path = path;
    if (!key.empty()) {
      request.headers["idempotency-key"] = key;
    }
    request.body = http::MakeBody(body);
    return request;
  }

 private:
  network::FolderForTest folder_;
  crypto::Authority authority_;
  std::mutex identities_mutex_;  // guards authority_ and identities_
  std::shared_ptr<const crypto::Trust> trust_;
  std::map<std::string, crypto::Identity> identities_;
};

}  // namespace musubi::national
