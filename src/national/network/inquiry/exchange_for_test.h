// The network's middle with a directory, a book of records and providers that are functions, for
// tests.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "base/check.h"
#include "crypto/cipher.h"
#include "national/network/inquiry/inquiry_exchange.h"

namespace musubi::national::network {

inline constexpr std::string_view kDirectoryForTest =
    "id,kinds,name,served_by,assessment_published_on\n"
    "association-133033,association,組合甲,hub,2020-04-01\n"
    "association-133034,association,組合乙,hub,\n"
    "medical-insurers,medical-insurer,医療保険者,hub,2020-04-01\n"
    "institution-131016,municipality,千代田市,institution-131016,2020-04-01\n"
    "institution-131024,municipality,中央市,institution-131024,2020-04-01\n"
    "institution-131032,municipality,港市,institution-131032,2999-01-01\n"
    "portal,portal,窓口,portal,2020-04-01\n";

// Does what a provider's desk promises: one reply per id, kept; nothing after the end.
class ProvidersForTest {
 public:
  explicit ProvidersForTest(const Clock& clock) : clock_(&clock) {}

  Result<SecretVector<char>> Post(
      const std::string& node, std::string_view path, std::string_view lines
  ) {
    const std::scoped_lock lock(mutex_);
    ++calls_[node];
    if (away_.contains(node)) {
      return Error{ErrorCode::kUnavailable, "away"};
    }
    if (path != "/v1/provisions") {
      notices_[node] += lines;
      return SecretVector<char>();
    }
    MUSUBI_TRY(const auto orders, exchange::ReadInquiryOrders(lines));
    SecretVector<char> replies;
    for (const exchange::InquiryOrder& order : orders) {
      if (order.subject.information == cannot_read_) {
        return Error{ErrorCode::kInvalid, "not an order"};
      }
      orders_.push_back(order);
      AppendLine(ReplyTo(order), replies);
    }
    if (loses_answers_) {
      return Error{ErrorCode::kTimeout, "the answer was lost"};
    }
    return replies;
  }

  std::string NoticesOf(const std::string& node) {
    const std::scoped_lock lock(mutex_);
    return notices_[node];
  }

  exchange::InquiryReply ReplyTo(const exchange::InquiryOrder& order) {
    const auto known = replies_.find(order.id);
    if (known != replies_.end()) {
      return known->second;
    }
    exchange::InquiryReply reply = next_;
    reply.id = order.id;
    if (!knows_all_ && (order.is_settling || clock_->Now() >= order.expires_at)) {
      reply = {order.id, exchange::InquiryOutcome::kTimedOut, {}, {}, {}, false, {}};
    }
    if (reply.outcome == exchange::InquiryOutcome::kAnswered) {
      reply.provided_at = clock_->Now();
      reply.answer = "sealed " + ToHex(order.code);
    }
    if (exchange::IsFinal(reply.outcome)) {
      replies_.emplace(order.id, reply);
    }
    return reply;
  }

  // What an order without a reply gets.
  exchange::InquiryReply next_ = {
      {}, exchange::InquiryOutcome::kAnswered, {}, {}, "high-cost-care:1", false, {}
  };
  std::set<std::string> away_;
  std::atomic<bool> loses_answers_ = false;
  std::string cannot_read_ = "nothing";  // orders for this information are refused, block and all
  bool knows_all_ = false;  // has answered every order before it came: memory that no kill takes
  std::map<std::string, int> calls_;
  std::map<std::string, std::string> notices_;
  std::map<exchange::InquiryId, exchange::InquiryReply> replies_;
  std::vector<exchange::InquiryOrder> orders_;

 private:
  std::mutex mutex_;
  const Clock* clock_;
};

inline const Bytes kMasterKeyForTest(32, 7);

// 2026-11-22 12:00 in Japan.
inline Instant NoonForTest() {
  return ParseInstant("2026-11-22T12:00:00+09:00").value();
}

class ExchangeForTest {
 public:
  ExchangeForTest(store::Database& database, const std::filesystem::path& folder)
      : clock_(NoonForTest()),
        providers_(clock_),
        directory_(std::make_shared<const Directory>(
            Directory::Parse(kDirectoryForTest, "institutions.csv", rules::Permissions::BuiltIn())
                .value()
        )) {
    MUSUBI_CHECK(InquiryTable::Migrate(database).ok());
    book_ = audit::RecordBook::Open(database, folder, "musubi/network").value();
    ExchangeParts parts;
    parts.clock = &clock_;
    parts.book = book_.get();
    parts.permissions = &rules::Permissions::BuiltIn();
    parts.directory = [this] { return directory_; };
    parts.post = Post();
    exchange_ = std::make_unique<InquiryExchange>(kMasterKeyForTest, std::move(parts));
  }

  [[nodiscard]] PostLines Post() {
    return [this](const std::string& node, std::string_view path, std::string_view lines) {
      return providers_.Post(node, path, lines);
    };
  }

  // The association asks the first municipality for tax, which is permitted.
  [[nodiscard]] static exchange::InquiryQuestion Question(std::uint32_t number) {
    exchange::InquiryQuestion question;
    for (std::size_t i = 0; i < 4; ++i) {
      question.id[i] = static_cast<std::uint8_t>(number >> (24U - 8U * i));
    }
    question.id[15] = 1;
    crypto::FillRandom(question.salt);
    question.code.fill(9);
    question.subject.inquirer = "association-133033";
    question.subject.provider = "institution-131016";
    question.subject.procedure = "nhi-benefits";
    question.subject.information = "local-tax";
    question.recipient = "certificate";
    return question;
  }

  [[nodiscard]] exchange::InquiryResult AskOne(const exchange::InquiryQuestion& question) {
    auto results = exchange_->Ask("hub", {question});
    MUSUBI_CHECK(results.ok());
    MUSUBI_CHECK(results->size() == 1);
    return std::move(results->front());
  }

  // The person as the records know them.
  [[nodiscard]] static Code16 RecordsCode(std::string_view node, Code16 code) {
    LinkageCodes(kMasterKeyForTest).Translate({node, 1}, {kRecordsInstitution, 1}, code);
    return code;
  }

  ManualClock clock_;
  ProvidersForTest providers_;
  std::shared_ptr<const Directory> directory_;
  std::unique_ptr<audit::RecordBook> book_;
  std::unique_ptr<InquiryExchange> exchange_;
};

}  // namespace musubi::national::network
