// Labels of log entries, by which a person's list of records can be proven complete
// (docs/formats/provision-record.md): the network's secret half.
//
// The person key follows from the code the network's own records have for the person, so nothing
// secret is stored; how many labels a person has used is counted in the transaction that adds the
// record. Used inside a transaction of the caller; one thread at a time.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "store/database.h"

namespace musubi::national::network {

class PersonLabels {
 public:
  explicit PersonLabels(BytesView master_key);

  [[nodiscard]] crypto::Digest KeyOf(const Code16& code);
  // The person's next label; it is used up when the transaction commits.
  [[nodiscard]] Result<Code16> Next(store::Connection& connection, const Code16& code);

 private:
  crypto::HmacSha256 keys_;
};

}  // namespace musubi::national::network
