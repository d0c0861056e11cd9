#include "hub/link_stop.h"

#include <charconv>

#include "ops/log.h"

namespace musubi::hub {

namespace {

constexpr std::size_t kReasonSizeMax = 64;

bool IsWord(std::string_view reason) {
  return !reason.empty() && reason.size() <= kReasonSizeMax &&
         reason.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos;
}

// The number of somebody enrolled with the association: numbers are issued from 1 without gaps, so
// the last one says it without a search through the registry.
Result<std::int64_t> FindEnrolled(
    store::Connection& connection, std::uint32_t insurer, const number::InsuredNumber& insured
) {
  std::int64_t number = 0;
  const std::string_view digits = insured.number();
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  MUSUBI_TRY(
      const auto last,
      connection.QueryInt(
          "SELECT value FROM tally WHERE name = 'last_number' AND insurer = $1",
          {std::int64_t{insurer}}
      )
  );
  if (number < 1 || number > last.value_or(0)) {
    return Error{ErrorCode::kNotFound, "the association has nobody of this insured number"};
  }
  return number;
}

}  // namespace

Result<void> StopLink(
    store::Connection& connection,
    std::uint32_t insurer,
    const number::InsuredNumber& insured,
    std::string_view reason,
    Instant now
) {
  if (!IsWord(reason)) {
    return Error{ErrorCode::kInvalid, "a reason is a word of small letters and hyphens", "reason"};
  }
  MUSUBI_TRY(const std::int64_t number, FindEnrolled(connection, insurer, insured));
  MUSUBI_TRY(
      const std::int64_t added,
      connection.Execute(
          "INSERT INTO link_stop (insurer, number, reason, stopped_at) VALUES ($1, $2, $3, $4) "
          "ON CONFLICT (insurer, number) DO NOTHING",
          {std::int64_t{insurer}, number, reason, now.time_since_epoch().count()}
      )
  );
  if (added > 0) {
    ops::LogInfo("hub.link.stopped", {{"insurer", insurer}, {"reason", reason}});
  }
  return Ok();
}

Result<void> ResumeLink(
    store::Connection& connection, std::uint32_t insurer, const number::InsuredNumber& insured
) {
  MUSUBI_TRY(const std::int64_t number, FindEnrolled(connection, insurer, insured));
  MUSUBI_TRY(
      const std::int64_t removed,
      connection.Execute(
          "DELETE FROM link_stop WHERE insurer = $1 AND number = $2",
          {std::int64_t{insurer}, number}
      )
  );
  if (removed > 0) {
    ops::LogInfo("hub.link.resumed", {{"insurer", insurer}});
  }
  return Ok();
}

Result<std::vector<std::uint32_t>> StoppedLinks(
    store::Connection& connection, std::uint32_t insurer
) {
  std::vector<std::uint32_t> numbers;
  MUSUBI_CHECK_OK(connection.Query(
      "SELECT number FROM link_stop WHERE insurer = $1 ORDER BY number",
      {std::int64_t{insurer}},
      [&numbers](const store::Row& row) -> Result<void> {
        numbers.push_back(static_cast<std::uint32_t>(row.Int(0)));
        return Ok();
      }
  ));
  return numbers;
}

Result<std::unique_ptr<LinkDesk>> LinkDesk::Open(store::Database& database, const Clock& clock) {
  MUSUBI_TRY(auto connection, database.Connect());
  return std::unique_ptr<LinkDesk>(new LinkDesk(std::move(connection), clock));
}

Result<void> LinkDesk::Stop(
    std::uint32_t insurer, const number::InsuredNumber& insured, std::string_view reason
) {
  const std::scoped_lock lock(mutex_);
  return StopLink(*connection_, insurer, insured, reason, clock_.Now());
}

Result<void> LinkDesk::Resume(std::uint32_t insurer, const number::InsuredNumber& insured) {
  const std::scoped_lock lock(mutex_);
  return ResumeLink(*connection_, insurer, insured);
}

}  // namespace musubi::hub
