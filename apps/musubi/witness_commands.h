// `musubi ledger witness`: a node whose whole work is to remember what logs have promised, and to
// cosign those that kept it.
#pragma once

#include <cstdint>
#include <string>

namespace musubi::apps {

struct LedgerWitnessOptions {
  std::string config;
  bool is_once = false;
  std::uint32_t every_s = 60;
  bool json = false;
};

// 0 (--once) every log was cosigned; 1 a log was refused: it shrank, forked, or shows what it
// cannot prove; 3 (--once) a log could not be looked at, or its node did not take the cosignature.
// Without
// --once it goes on until a log is refused or it is stopped.
[[nodiscard]] int LedgerWitness(const LedgerWitnessOptions& options);

}  // namespace musubi::apps
