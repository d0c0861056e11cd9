#include "national/network/inquiry/person_labels.h"

#include <optional>

#include "audit/record_proof.h"
#include "national/network/linkage_code.h"

namespace musubi::national::network {

PersonLabels::PersonLabels(BytesView master_key) : keys_(DerivePurposeKey(master_key, "labels")) {}

crypto::Digest PersonLabels::KeyOf(const Code16& code) {
  return keys_.Of(code);
}

Result<Code16> PersonLabels::Next(store::Connection& connection, const Code16& code) {
  MUSUBI_TRY(
      const std::optional<std::int64_t> used,
      connection.QueryInt(
          "INSERT INTO network_label_count (code, used) VALUES ($1, 1)"
          " ON CONFLICT (code) DO UPDATE SET used = network_label_count.used + 1 RETURNING used",
          {BytesView(code)}
      )
  );
  if (!used || *used < 1) {
    return Error{ErrorCode::kInternal, "the labels of a person cannot be counted"};
  }
  return audit::LabelOf(KeyOf(code), static_cast<std::uint64_t>(*used) - 1);
}

}  // namespace musubi::national::network
