// `musubi bench portal`: how long somebody waits for the list of who asked about them.
//
// The scheme of `bench exchange`; `records` inquiries about one and the same person; then their
// list is asked for `rounds` times over one kept-alive connection of mutual TLS: whole, one page,
// and with the proof that it is complete. The portal fetches it from the network each time.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace musubi::bench {

struct PortalOptions {
  std::uint64_t records = 10'000;
  unsigned rounds = 50;
  bool keep = false;
};

struct AnswerFigures {
  double p50_ms = 0;
  double worst_ms = 0;
  std::uint64_t bytes = 0;
};

struct PortalReport {
  std::uint64_t records = 0;  // in the list
  AnswerFigures whole;
  AnswerFigures page;
  AnswerFigures proven;
};

[[nodiscard]] Result<PortalReport> BenchPortal(const PortalOptions& options);

}  // namespace musubi::bench
