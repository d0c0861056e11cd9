#include "national/portal/notice_desk.h"

#include <map>
#include <vector>

#include <boost/json/array.hpp>

#include "exchange/notice.h"
#include "exchange/number_list.h"
#include "national/portal/notice_box.h"
#include "ops/log.h"

namespace musubi::national::portal {

namespace {

namespace json = boost::json;

// What came in the clear around the sealed package.
struct Cover {
  explicit Cover(const exchange::NoticeBlock& block) {
    for (const auto& person : block.people) {
      codes.emplace(person.notice, person.code);
    }
    for (const auto& name : block.names) {
      names.emplace(name.institution, name.name);
    }
  }

  std::map<exchange::NoticeId, Code16> codes;
  std::map<std::string, std::string, std::less<>> names;
};

json::object NoticeJson(const KeptNotice& notice) {
  return {
      {"id", ToHex(notice.id)},
      {"association", notice.association},
      {"association_name", notice.association_name},
      {"title", notice.title},
      {"body", notice.body},
      {"received_at", FormatUtc(notice.received_at)},
      {"valid_until", notice.valid_until.Text()},
      {"read_at", FormatUtc(notice.read_at)},
      {"is_new", notice.is_new}
  };
}

}  // namespace

Result<std::unique_ptr<NoticeDesk>> NoticeDesk::Open(store::Database& database, Parts parts) {
  MUSUBI_CHECK_OK(database.Migrate("notices", NoticeMigrations()));
  return std::unique_ptr<NoticeDesk>(new NoticeDesk(std::move(parts)));
}

Result<void> NoticeDesk::Take(std::string_view lines) {
  MUSUBI_TRY(const exchange::NoticeBlock block, exchange::ReadNoticeBlock(lines));
  const Cover cover(block);
  const Instant now = parts_.clock->Now();
  exchange::Expected expected;
  expected.kind = exchange::kNoticeDeliveryKind;
  expected.mode = parts_.mode;
  expected.recipient = parts_.identity->certificate.id();
  expected.sender = "hub";
  std::vector<KeptNotice> notices;
  MemorySource source(block.sealed);
  const auto opened = exchange::ReadPackage(
      source,
      *parts_.identity,
      *parts_.trust,
      now,
      expected,
      {},
      [&](std::uint64_t, std::uint64_t, std::span<const std::string_view> fields) -> Result<void> {
        MUSUBI_TRY(const auto delivered, exchange::ReadDeliveredNotice(fields));
        const auto code = cover.codes.find(delivered.id);
        if (code == cover.codes.end()) {
          return Error{ErrorCode::kInvalid, "a notice for nobody"};
        }
        const auto name = cover.names.find(delivered.association);
        KeptNotice notice;
        notice.id = delivered.id;
        notice.code = code->second;
        notice.association = delivered.association;
        notice.association_name = name == cover.names.end() ? std::string() : name->second;
        notice.title = delivered.text.title;
        notice.body = delivered.text.body;
        notice.valid_until = delivered.text.valid_until;
        notice.received_at = now;
        notices.push_back(std::move(notice));
        return Ok();
      }
  );
  MUSUBI_CHECK_OK(opened);
  const Date today = Date::Of(JapanDay(now));
  std::uint64_t added = 0;
  MUSUBI_TRY(auto writing, parts_.book->Begin());
  NoticeBox box(writing.connection());
  for (const KeptNotice& notice : notices) {
    if (notice.valid_until < today) {
      continue;
    }
    MUSUBI_TRY(const bool is_new, box.Add(notice));
    added += is_new ? 1 : 0;
  }
  MUSUBI_CHECK_OK(writing.Commit());
  ops::LogInfo("portal.notices.taken", {{"count", notices.size()}, {"added", added}});
  return Ok();
}

Result<json::object> NoticeDesk::Read(const Code16& code, std::string_view who) {
  const Instant now = parts_.clock->Now();
  MUSUBI_TRY(auto writing, parts_.book->Begin());
  MUSUBI_TRY(const auto notices, NoticeBox(writing.connection()).Read(code, now));
  MUSUBI_CHECK_OK(
      writing.Add(audit::AccessRecord{now, std::string(who), "notices-read", ToHex(code)})
  );
  MUSUBI_CHECK_OK(writing.Commit());
  json::array shown;
  for (const KeptNotice& notice : notices) {
    shown.push_back(NoticeJson(notice));
  }
  return json::object{{"notices", std::move(shown)}};
}

void NoticeDesk::EraseExpired(Instant now) {
  const auto erased = [&]() -> Result<std::uint64_t> {
    MUSUBI_TRY(auto writing, parts_.book->Begin());
    MUSUBI_TRY(
        const std::uint64_t count,
        NoticeBox(writing.connection()).EraseExpired(Date::Of(JapanDay(now)))
    );
    MUSUBI_CHECK_OK(writing.Commit());
    return count;
  }();
  if (!erased.ok()) {
    ops::LogWarning("portal.notices.not_erased", {{"code", ErrorCodeName(erased.error().code)}});
  } else if (*erased > 0) {
    ops::LogInfo("portal.notices.erased", {{"count", *erased}});
  }
}

}  // namespace musubi::national::portal
