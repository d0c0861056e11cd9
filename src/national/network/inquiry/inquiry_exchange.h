// 情報照会・情報提供 in the middle: from a block of questions to a block of results
// (docs/formats/inquiries.md). No sockets here; the way to a provider's node is a function.
//
// What always holds
//   1. An inquiry is its id: the same question again gets its first result, another question under
//      the same id is `invalid` and changes nothing.
//   2. What is permitted is durable before an order leaves; what is final is durable, recorded and
//      in the signed log before the result is returned. One inquiry has one record.
//   3. The network ends an inquiry by itself only when it refuses it. What was sent ends with the
//      provider's word, so that all three say the same; until it is heard the inquiry is open.
//   4. Of an answer nothing is kept. Asked again for it, the network asks the provider again, which
//      gives its first reply.
//
// Ask, Settle and Erase may be called from several threads. Transactions are short and one after
// the other (RecordBook); providers are waited for outside of them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audit/record_book.h"
#include "base/clock.h"
#include "exchange/inquiry.h"
#include "national/network/inquiry/directory.h"
#include "national/network/inquiry/inquiry_table.h"
#include "national/network/inquiry/person_labels.h"
#include "national/network/linkage_code.h"
#include "rules/permission.h"

namespace musubi::national::network {

// Lines to a route of a node, lines back. Called from several threads at once.
using PostLines = std::function<Result<SecretVector<char>>(
    const std::string& node, std::string_view path, std::string_view lines
)>;

struct InquiryItem;

// How the network's own records call a person: an institution of nobody.
inline constexpr std::string_view kRecordsInstitution = "records";

struct ExchangeParts {  // what they point to outlives the exchange
  const Clock* clock = nullptr;
  audit::RecordBook* book = nullptr;
  const rules::Permissions* permissions = nullptr;
  std::function<std::shared_ptr<const Directory>()> directory;
  PostLines post;
  std::chrono::minutes time_to_answer{10};
};

class InquiryExchange {
 public:
  InquiryExchange(BytesView master_key, ExchangeParts parts);

  // One result per question, in their order. kRefused: an inquirer of the block is not served by
  // `caller`; nothing was done. Other errors: ask again, with the same lines.
  [[nodiscard]] Result<std::vector<exchange::InquiryResult>> Ask(
      std::string_view caller, const std::vector<exchange::InquiryQuestion>& questions
  );

  // Settles what has passed its end and was not asked about again. Returns how many ended.
  [[nodiscard]] Result<std::uint64_t> Settle();
  // Inquiries and records whose period is over (番号法施行令30条).
  [[nodiscard]] Result<void> Erase();

 private:
  using Writing = audit::RecordBook::Writing;
  using Items = std::vector<InquiryItem>;

  [[nodiscard]] Result<Items> Prepare(
      std::string_view caller, const std::vector<exchange::InquiryQuestion>& questions
  );
  void Translate(InquiryItem& item);
  [[nodiscard]] Result<void> Keep(Items& items);
  [[nodiscard]] Result<bool> KeepOne(Writing& writing, InquiryItem& item);
  // Asks the providers of all that wait for one and takes down what they say. Returns how many
  // inquiries ended.
  [[nodiscard]] Result<std::uint64_t> AskProviders(Items& items);
  void AskNode(const std::string& node, std::span<InquiryItem* const> items);
  [[nodiscard]] Result<std::uint64_t> TakeReplies(Items& items);
  [[nodiscard]] Result<bool> End(Writing& writing, InquiryItem& item);
  [[nodiscard]] Result<void> Record(Writing& writing, const InquiryItem& item);
  [[nodiscard]] Result<Items> FindExpired(const std::string& node);
  [[nodiscard]] Result<std::uint64_t> SettleNode(const std::string& node);

  ExchangeParts parts_;
  std::mutex codes_mutex_;  // guards codes_
  LinkageCodes codes_;
  PersonLabels labels_;  // under the book's lock
};

}  // namespace musubi::national::network
