#include "hub/person_flags.h"

namespace musubi::hub {

Result<PersonFlags> FlagsOf(
    store::Connection& connection, std::uint32_t insurer, std::uint32_t number
) {
  PersonFlags flags;
  MUSUBI_CHECK_OK(connection.Query(
      "SELECT hidden, self_blocked, manual FROM person_flag WHERE insurer = $1 AND number = $2",
      {std::int64_t{insurer}, std::int64_t{number}},
      [&flags](const store::Row& row) -> Result<void> {
        flags = {row.Int(0) != 0, row.Int(1) != 0, row.Int(2) != 0};
        return Ok();
      }
  ));
  return flags;
}

Result<void> SetFlags(
    store::Connection& connection,
    std::uint32_t insurer,
    std::uint32_t number,
    const PersonFlags& flags,
    Instant now
) {
  MUSUBI_TRY(
      const std::int64_t changed,
      connection.Execute(
          "INSERT INTO person_flag (insurer, number, hidden, self_blocked, manual, set_at) "
          "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (insurer, number) DO UPDATE SET "
          "hidden = excluded.hidden, self_blocked = excluded.self_blocked, "
          "manual = excluded.manual, set_at = excluded.set_at",
          {std::int64_t{insurer},
           std::int64_t{number},
           std::int64_t{flags.is_hidden},
           std::int64_t{flags.is_self_blocked},
           std::int64_t{flags.is_manual},
           now.time_since_epoch().count()}
      )
  );
  static_cast<void>(changed);
  return Ok();
}

}  // namespace musubi::hub
