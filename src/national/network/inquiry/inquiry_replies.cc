// The second half of InquiryExchange: from orders to what the providers say, and what becomes of
// inquiries nobody asks about any more.
#include <algorithm>
#include <map>
#include <thread>
#include <utility>

#include "national/network/inquiry/inquiry_exchange.h"
#include "national/network/inquiry/inquiry_item.h"
#include "ops/log.h"

namespace musubi::national::network {

namespace {

using exchange::InquiryOrder;
using exchange::InquiryOutcome;
using exchange::InquiryReply;
using exchange::InquiryResult;

constexpr std::size_t kSettleBlock = 200;
constexpr std::string_view kProvisionsPath = "/v1/provisions";

Result<std::vector<InquiryReply>> SendOrders(
    const PostLines& post, const std::string& node, const std::vector<InquiryOrder>& orders
) {
  SecretVector<char> lines;
  for (const InquiryOrder& order : orders) {
    AppendLine(order, lines);
  }
  MUSUBI_TRY(const auto answer, post(node, kProvisionsPath, {lines.data(), lines.size()}));
  MUSUBI_TRY(auto replies, exchange::ReadInquiryReplies({answer.data(), answer.size()}));
  if (!std::ranges::equal(replies, orders, {}, &InquiryReply::id, &InquiryOrder::id)) {
    return Error{ErrorCode::kInvalid, "the replies are not those to the orders"};
  }
  return replies;
}

InquiryResult ResultOf(const InquiryItem& item) {
  const InquiryReply& reply = *item.reply;
  InquiryResult result = item.kept.result;
  result.outcome = reply.outcome;
  result.provider = reply.provider.empty() ? item.kept.asked : reply.provider;
  result.provided_at = reply.provided_at;
  result.items = reply.items;
  result.is_hidden = item.subject().is_hidden || reply.is_hidden;
  result.answer = reply.answer;
  return result;
}

// The provider has not said its last word, or could not be heard.
InquiryResult StillOpen(const InquiryItem& item, Instant now) {
  InquiryResult result = item.kept.result;
  const bool awaits_person = item.reply && item.reply->outcome == InquiryOutcome::kAwaitingPerson;
  result.outcome = awaits_person ? InquiryOutcome::kAwaitingPerson : InquiryOutcome::kInProgress;
  if (now >= item.kept.expires_at) {
    result.outcome = InquiryOutcome::kOverdue;
  }
  return result;
}

// Known to have ended, from our own row; its answer is in the provider's reply.
InquiryResult KnownResult(const InquiryItem& item, Instant now) {
  if (item.kept.result.outcome != InquiryOutcome::kAnswered) {
    return item.kept.result;
  }
  if (!item.reply || item.reply->outcome != InquiryOutcome::kAnswered) {
    return StillOpen(item, now);
  }
  InquiryResult result = item.kept.result;
  result.answer = item.reply->answer;
  return result;
}

}  // namespace

Result<std::uint64_t> InquiryExchange::AskProviders(Items& items) {
  std::map<std::string, std::vector<InquiryItem*>> by_node;
  std::map<exchange::InquiryId, InquiryItem*> first;
  for (InquiryItem& item : items) {
    if (!item.is_waiting) {
      continue;
    }
    const auto [known, is_first] = first.emplace(item.kept.id, &item);
    if (is_first) {
      by_node[item.kept.provider_node].push_back(&item);
    } else {
      item.twin = known->second;
      item.is_waiting = false;
    }
  }
  if (!by_node.empty()) {
    std::vector<std::jthread> others;
    for (auto node = std::next(by_node.begin()); node != by_node.end(); ++node) {
      others.emplace_back([this, &node = *node] { AskNode(node.first, node.second); });
    }
    AskNode(by_node.begin()->first, by_node.begin()->second);
  }
  MUSUBI_TRY(const std::uint64_t ended, TakeReplies(items));
  for (InquiryItem& item : items) {
    if (item.twin != nullptr) {
      item.result = item.twin->result;
    }
  }
  return ended;
}

void InquiryExchange::AskNode(const std::string& node, std::span<InquiryItem* const> items) {
  const Instant now = parts_.clock->Now();
  std::vector<InquiryOrder> orders;
  orders.reserve(items.size());
  for (InquiryItem* item : items) {
    item->order.is_settling = now >= item->kept.expires_at || !item->kept.is_open();
    orders.push_back(item->order);
  }
  Result<std::vector<InquiryReply>> replies = SendOrders(parts_.post, node, orders);
  if (!replies.ok()) {
    ops::LogWarning(
        "network.provider.away",
        {{"node", node}, {"code", ErrorCodeName(replies.error().code)}, {"orders", orders.size()}}
    );
    // One line the provider or we cannot read must not hold up the others.
    for (std::size_t i = 0; items.size() > 1 && !replies.error().IsTransient() && i < items.size();
         ++i) {
      AskNode(node, items.subspan(i, 1));
    }
    return;
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    items[i]->reply = std::move((*replies)[i]);
  }
}

Result<std::uint64_t> InquiryExchange::TakeReplies(Items& items) {
  std::uint64_t ended = 0;
  const Instant now = parts_.clock->Now();
  for (InquiryItem& item : items) {
    if (item.is_waiting && !item.is_ending()) {
      item.result = item.kept.is_open() ? StillOpen(item, now) : KnownResult(item, now);
    }
  }
  if (std::ranges::none_of(items, &InquiryItem::is_ending)) {
    return ended;
  }
  MUSUBI_TRY(auto writing, parts_.book->Begin());
  for (InquiryItem& item : items) {
    if (item.is_ending()) {
      MUSUBI_TRY(const bool is_ended, End(writing, item));
      ended += is_ended ? 1 : 0;
    }
  }
  MUSUBI_CHECK_OK(writing.Commit());
  return ended;
}

// False: it had ended meanwhile, in another block.
Result<bool> InquiryExchange::End(Writing& writing, InquiryItem& item) {
  InquiryTable table(writing.connection());
  const Instant now = parts_.clock->Now();
  item.result = ResultOf(item);
  MUSUBI_TRY(const bool is_ended, table.End(item.result, now));
  if (is_ended) {
    MUSUBI_CHECK_OK(Record(writing, item));
    return true;
  }
  MUSUBI_TRY(std::optional<KeptInquiry> found, table.Find(item.kept.id));
  if (!found || found->is_open()) {
    return Error{ErrorCode::kInternal, "an inquiry is neither open nor ended"};
  }
  item.kept = *std::move(found);
  item.result = KnownResult(item, now);
  return false;
}

Result<std::uint64_t> InquiryExchange::Settle() {
  std::vector<std::string> nodes;
  {
    MUSUBI_TRY(auto reading, parts_.book->Begin());
    MUSUBI_TRY(nodes, InquiryTable(reading.connection()).NodesOfExpired(parts_.clock->Now()));
  }
  std::uint64_t ended = 0;
  for (const std::string& node : nodes) {
    MUSUBI_TRY(const std::uint64_t ended_here, SettleNode(node));
    ended += ended_here;
  }
  return ended;
}

// A node that does not end a whole block is left for the next time.
Result<std::uint64_t> InquiryExchange::SettleNode(const std::string& node) {
  std::uint64_t ended = 0;
  for (;;) {
    MUSUBI_TRY(Items items, FindExpired(node));
    MUSUBI_TRY(const std::uint64_t ended_now, AskProviders(items));
    ended += ended_now;
    if (ended_now < kSettleBlock) {
      return ended;
    }
  }
}

Result<InquiryExchange::Items> InquiryExchange::FindExpired(const std::string& node) {
  std::vector<KeptInquiry> expired;
  {
    MUSUBI_TRY(auto reading, parts_.book->Begin());
    MUSUBI_TRY(
        expired,
        InquiryTable(reading.connection()).FindExpired(node, parts_.clock->Now(), kSettleBlock)
    );
  }
  Items items(expired.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    MUSUBI_TRY(const auto orders, exchange::ReadInquiryOrders(expired[i].order));
    if (orders.size() != 1) {
      return Error{ErrorCode::kCorrupt, "an inquiry of the store has no order"};
    }
    items[i].order = orders.front();
    items[i].kept = std::move(expired[i]);
    items[i].is_waiting = true;
  }
  return items;
}

Result<void> InquiryExchange::Erase() {
  const Instant now = parts_.clock->Now();
  const auto today = JapanDay(now);
  MUSUBI_TRY(const rules::Retention kept, parts_.permissions->RetentionOn(Date::Of(today)));
  // Never a day too early: a mean year may be shorter than the calendar's.
  const Instant until = now - std::chrono::years(kept.years) - std::chrono::days(2);
  MUSUBI_TRY(const std::uint64_t records, parts_.book->EraseUntil(until));
  MUSUBI_TRY(auto writing, parts_.book->Begin());
  MUSUBI_TRY(const std::int64_t inquiries, InquiryTable(writing.connection()).EraseUntil(until));
  MUSUBI_CHECK_OK(writing.Commit());
  if (records > 0 || inquiries > 0) {
    ops::LogInfo("network.records.erased", {{"records", records}, {"inquiries", inquiries}});
  }
  return Ok();
}

}  // namespace musubi::national::network
