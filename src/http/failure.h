// Why a call failed, in the words an operator needs: is it the certificate, the clock or the
// network?
#pragma once

#include <string>

#include <boost/system/error_code.hpp>

#include "base/error.h"
#include "http/tls.h"

namespace musubi::http {

// How far a call had come.
enum class Stage { kResolve, kConnect, kHandshake, kExchange };

struct Failure {
  boost::system::error_code code;
  Stage stage = Stage::kConnect;
  bool is_fresh = true;     // the connection was opened for this very call
  bool is_timeout = false;  // our own deadline
};

// `peer`: "hub at 127.0.0.1:18441".
[[nodiscard]] Error DescribeFailure(
    const Failure& failure, const Refusal& refusal, const std::string& peer
);

}  // namespace musubi::http
