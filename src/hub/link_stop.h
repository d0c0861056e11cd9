// 提供停止: an association stops a link it doubts, at once, and lifts the stop when a person has
// looked.
//
// A stopped link gets no answer in a number list (outcome stopped) and, once records are exchanged,
// gives none. Stopping twice or lifting what is not stopped is no error: a repeated message changes
// nothing. The reason is a word (a-z and hyphens): no free text about a person, no number.
//
// kNotFound: the association has nobody of this insured number.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "number/insured_number.h"
#include "store/database.h"

namespace musubi::hub {

[[nodiscard]] Result<void> StopLink(
    store::Connection& connection,
    std::uint32_t insurer,
    const number::InsuredNumber& insured,
    std::string_view reason,
    Instant now
);
[[nodiscard]] Result<void> ResumeLink(
    store::Connection& connection, std::uint32_t insurer, const number::InsuredNumber& insured
);
// Insured numbers of the association's stopped links, ascending.
[[nodiscard]] Result<std::vector<std::uint32_t>> StoppedLinks(
    store::Connection& connection, std::uint32_t insurer
);

// The same for requests that come on several threads.
class LinkDesk {
 public:
  [[nodiscard]] static Result<std::unique_ptr<LinkDesk>> Open(
      store::Database& database, const Clock& clock
  );
  [[nodiscard]] Result<void> Stop(
      std::uint32_t insurer, const number::InsuredNumber& insured, std::string_view reason
  );
  [[nodiscard]] Result<void> Resume(std::uint32_t insurer, const number::InsuredNumber& insured);

 private:
  LinkDesk(std::unique_ptr<store::Connection> connection, const Clock& clock)
      : connection_(std::move(connection)), clock_(clock) {}

  std::mutex mutex_;  // guards connection_
  std::unique_ptr<store::Connection> connection_;
  const Clock& clock_;
};

}  // namespace musubi::hub
