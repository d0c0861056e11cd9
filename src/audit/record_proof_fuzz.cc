// Arbitrary bytes as a proof: it is read or refused, and what is read is written back the same.
#include <cstddef>
#include <cstdint>

#include "audit/record_proof.h"
#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace musubi;
  const auto proof = audit::ParseRecordProof(AsText({data, size}));
  if (!proof.ok()) {
    return 0;
  }
  static const auto key =
      ledger::VerifierKey::Make("musubi/network", ledger::KeyKind::kLog, {}).value();
  static_cast<void>(audit::VerifyRecordProof(*proof, key));
  const std::string json = audit::RecordProofJson(*proof);
  MUSUBI_CHECK(audit::RecordProofJson(audit::ParseRecordProof(json).value()) == json);
  return 0;
}
