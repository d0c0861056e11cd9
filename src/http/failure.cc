#include "http/failure.h"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>

namespace musubi::http {

namespace {

constexpr std::string_view kClockAdvice = "check this machine's clock; if it is right, ";

std::string RefusalAdvice(RefusalReason reason) {
  switch (reason) {
    case RefusalReason::kExpired:
      return std::string(kClockAdvice) + "the other side must have its certificate renewed";
    case RefusalReason::kNotYetValid:
      return std::string(kClockAdvice) + "the other side's was wrong when it was issued";
    case RefusalReason::kRevoked:
      return "do not connect; ask the other side what happened to its certificate";
    case RefusalReason::kOtherAuthority:
      return "check the address, and that both sides have the same authority.pem";
    case RefusalReason::kWrongNode:
      return "check the address in the configuration";
    default:
      return "check tls.authority and tls.crl";
  }
}

Error ServerRefused(const Refusal& refusal, const std::string& peer) {
  return {
      ErrorCode::kRefused,
      "the certificate of " + peer + " is not accepted: " + refusal.message,
      {},
      RefusalAdvice(refusal.reason)
  };
}

Error OfAlert(const boost::system::error_code& code, Stage stage, const std::string& peer) {
  const auto number = static_cast<unsigned long>(code.value());
  const AlertText alert = DescribeAlert(number);
  if (!alert.message.empty()) {
    return {ErrorCode::kRefused, peer + " " + alert.message, {}, alert.advice};
  }
  const std::string reason = DescribeHandshakeFailure(number);
  if (stage == Stage::kHandshake) {
    return {
        ErrorCode::kRefused,
        peer + ": no TLS 1.3 connection: " + reason,
        {},
        "check what listens at this address"
    };
  }
  return {ErrorCode::kUnavailable, "the connection to " + peer + " broke"};
}

Error OfSystem(const Failure& failure, const std::string& peer) {
  namespace error = boost::asio::error;
  switch (failure.stage) {
    case Stage::kResolve:
      return {
          ErrorCode::kUnavailable,
          "the host name of " + peer + " is not known here",
          {},
          "check the address in the configuration"
      };
    case Stage::kConnect:
      return {
          ErrorCode::kUnavailable,
          failure.code == error::connection_refused
              ? peer + " does not answer: is it running?"
              : peer + " cannot be reached: " + failure.code.message()
      };
    case Stage::kHandshake:
      return {
          ErrorCode::kUnavailable,
          peer + " closed the connection during the TLS handshake",
          {},
          "it may have too many connections; its log says more"
      };
    case Stage::kExchange:
      break;
  }
  return {
      ErrorCode::kUnavailable,
      peer + " closed the connection without a whole answer",
      {},
      failure.is_fresh ? "try again; if it stays so, the log of the other side says why" : ""
  };
}

}  // namespace

Error DescribeFailure(const Failure& failure, const Refusal& refusal, const std::string& peer) {
  if (refusal.reason != RefusalReason::kNone) {
    return ServerRefused(refusal, peer);
  }
  if (failure.is_timeout) {
    const bool is_sent = failure.stage == Stage::kExchange;
    return {
        is_sent ? ErrorCode::kTimeout : ErrorCode::kUnavailable,
        peer + (is_sent ? " gave no answer in time" : " cannot be reached: no answer in time")
    };
  }
  if (failure.code.category() == boost::asio::error::get_ssl_category()) {
    return OfAlert(failure.code, failure.stage, peer);
  }
  return OfSystem(failure, peer);
}

}  // namespace musubi::http
