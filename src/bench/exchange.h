// `musubi bench exchange`: inquiries per second with all roles as processes on this machine, each
// recorded durably on three sides before its answer counts.
//
// A scheme of `people` insured people in a temporary folder, tied and with codes; then
// `connections` kept-alive connections of one terminal, each asking the municipality about
// somebody, one inquiry after the other, for `seconds`. Beside it, in the same run, by the same
// client code: nginx serving a static answer over mutual TLS 1.3 (left out when it is not
// installed). At the end the books of all parties are audited against each other.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"

namespace musubi::bench {

struct ExchangeOptions {
  std::uint64_t people = 1000;
  unsigned connections = 64;
  unsigned seconds = 10;
  std::uint64_t inquiries = 0;  // end after so many instead of `seconds`
  unsigned kill_every_ms = 0;   // 0: nobody is killed
  unsigned cut_every_ms = 0;    // a connection between roles is reset so often; 0: none
  bool yardsticks = true;
  bool keep = false;
};

struct RequestFigures {
  std::uint64_t requests = 0;
  std::uint64_t failed = 0;
  double seconds = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  double worst_ms = 0;

  [[nodiscard]] double Rate() const {
    return seconds <= 0 ? 0 : static_cast<double>(requests) / seconds;
  }
};

struct ExchangeReport {
  std::uint64_t people = 0;
  unsigned connections = 0;
  RequestFigures inquiries;
  std::uint64_t answered = 0;  // the others: nothing held
  std::uint64_t kills = 0;
  std::uint64_t cuts = 0;
  std::optional<RequestFigures> nginx;
  bool do_books_agree = false;
  std::uint64_t in_three_books = 0;
  std::uint64_t hub_memory_peak_kb = 0;
  std::uint64_t network_memory_peak_kb = 0;
};

[[nodiscard]] Result<ExchangeReport> BenchExchange(const ExchangeOptions& options);

}  // namespace musubi::bench
