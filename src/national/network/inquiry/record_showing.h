// 情報提供等記録の開示: a person's records as the portal shows them, and the proof that they are
// all (docs/formats/provision-record.md).
//
// Every look is itself recorded. Records with the mark `hidden` (照会側不開示, 不開示該当) are
// counted and not shown. May be called from several threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "audit/record_book.h"
#include "base/clock.h"
#include "national/network/inquiry/directory.h"
#include "national/network/inquiry/label_segments.h"
#include "national/network/inquiry/person_labels.h"
#include "national/network/linkage_code.h"
#include "store/database.h"

namespace musubi::national::network {

struct ShowRequest {
  std::string_view caller;  // node whose code of the person it is
  Code16 code{};
  std::uint64_t first_index = 0;
  std::uint64_t count_max = 0;  // of what is shown, the newest; 0: all
  bool wants_proof = false;
};

class RecordShowing {
 public:
  // What is passed outlives the object; `database` is the book's.
  RecordShowing(
      BytesView master_key,
      const Clock& clock,
      store::Database& database,
      audit::RecordBook& book,
      LabelSegments& segments,
      std::function<std::shared_ptr<const Directory>()> directory
  );

  // JSON. kInvalid: a proof of a part of the records.
  [[nodiscard]] Result<std::string> Show(const ShowRequest& request);
  [[nodiscard]] Result<audit::RecordProof> Prove(const Code16& records_code);

 private:
  [[nodiscard]] Result<std::vector<audit::StoredRecord>> RecordsOf(
      const Code16& records_code, std::uint64_t first_index
  );
  [[nodiscard]] Result<std::uint64_t> UsedLabels(const Code16& records_code);
  [[nodiscard]] Result<void> NoteLook(const ShowRequest& request, const Code16& records_code);

  const Clock* clock_;
  store::Database* database_;
  audit::RecordBook* book_;
  LabelSegments* segments_;
  std::function<std::shared_ptr<const Directory>()> directory_;
  std::mutex codes_mutex_;  // guards codes_ and labels_
  LinkageCodes codes_;
  PersonLabels labels_;
};

}  // namespace musubi::national::network
