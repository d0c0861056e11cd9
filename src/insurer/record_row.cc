#include "insurer/record_row.h"

#include <algorithm>

#include <fmt/format.h>

#include "crypto/digest.h"

namespace musubi::insurer {

RecordDigest DigestOf(const RecordValue& value) {
  crypto::Sha256 hash;
  hash.Update(AsBytes(fmt::format("{},{},", value.valid_to, value.layout_version)));
  hash.Update(AsBytes(value.items));
  const crypto::Digest whole = hash.Finish();
  RecordDigest digest = {};
  std::copy_n(whole.begin(), digest.size(), digest.begin());
  return digest;
}

}  // namespace musubi::insurer
