// What a clerk does at the desks of a system: asks, reads answers, decides by hand. Speaks to the
// system over mutual TLS in the node's own name (a terminal to its hub, an institution's clerk to
// the institution's own role), and opens answers with the node's own key, which never leaves this
// machine.
//
// Errors: those of http::Client and of the system; kRefused an answer that is not from its provider
// or not for its inquiry. One thread at a time.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/clock.h"
#include "base/result.h"
#include "crypto/certificate.h"
#include "http/client.h"
#include "ops/config.h"

namespace musubi::inquiry {

struct Question {
  std::string id;      // 32 hex digits; the same id again is the same inquiry
  std::string person;  // as the system calls them: "00000012-01", "P0000012"
  std::string procedure;
  std::string information;
  std::string provider;  // may be blank
  std::string from;
  std::string to;
  bool is_hidden = false;
};

class Clerk {
 public:
  // `system`: the peer of the configuration whose desks these are ("hub"); blank: the node itself.
  [[nodiscard]] static Result<std::unique_ptr<Clerk>> Open(
      const ops::Config& config, std::string_view system = {}, const Clock& clock = SystemClock()
  );

  [[nodiscard]] static std::string DrawId();

  // Inquiries as the system tells them (desk_json.h).
  [[nodiscard]] Result<boost::json::object> Ask(const Question& question);
  // Until the outcome is final, or kTimeout.
  [[nodiscard]] Result<boost::json::object> Wait(
      const std::string& id, std::chrono::milliseconds patience
  );
  // The inquiry with what the opened answer says ("content", unless nothing was provided).
  [[nodiscard]] Result<boost::json::object> Answer(const std::string& id, const std::string& by);
  [[nodiscard]] Result<boost::json::object> List();
  [[nodiscard]] Result<boost::json::object> Waiting();
  [[nodiscard]] Result<void> Release(const std::string& id, const std::string& by);
  [[nodiscard]] Result<void> Refuse(const std::string& id, const std::string& by);

  // A call of the system's own beside the desks: "/v1/flags", "/v1/use".
  [[nodiscard]] Result<boost::json::object> Call(
      std::string_view method,
      const std::string& path,
      const boost::json::object& body = {},
      int wait_ms = 0,
      const std::map<std::string, std::string>& query = {}
  );

 private:
  Clerk(
      http::ClientOptions options,
      crypto::Identity identity,
      std::shared_ptr<const crypto::Trust> trust,
      const Clock& clock
  );

  [[nodiscard]] Result<boost::json::object> OpenAnswer(
      std::string_view package, std::string_view id, std::string_view provider
  ) const;

  crypto::Identity identity_;
  std::shared_ptr<const crypto::Trust> trust_;  // second owner: the client
  http::Client client_;
  const Clock* clock_;
};

}  // namespace musubi::inquiry
