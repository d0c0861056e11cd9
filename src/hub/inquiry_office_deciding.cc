// The office's second half: what is left to the people of an association, on the providing side:
// inquiries that wait for them, flags of their insured, and what they still ask on paper.
#include <algorithm>
#include <charconv>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "hub/copy_table.h"
#include "hub/inquiry_office_state.h"
#include "hub/person_flags.h"
#include "hub/use_figures.h"
#include "inquiry/desk_json.h"

namespace musubi::hub {

namespace {

namespace json = boost::json;
using inquiry::Needed;
using inquiry::TextField;

std::uint32_t NumberOf(const number::InsuredNumber& insured) {
  std::uint32_t number = 0;
  const std::string_view digits = insured.number();
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

}  // namespace

Result<bool> InquiryOffice::State::IsOwn(const Code16& code, std::uint32_t insurer) {
  MUSUBI_TRY(const auto connection, registry.Connect());
  MUSUBI_TRY(const auto enrolments, EnrolmentsOf(*connection, code));
  return std::ranges::any_of(enrolments, [insurer](const Enrolment& enrolment) {
    return enrolment.insurer == insurer;
  });
}

// What waits for a person of this association: 自動応答不可.
Result<json::object> InquiryOffice::State::Waiting(const http::Request& request) {
  MUSUBI_TRY(const auto waiting, providing->AwaitingPerson());
  MUSUBI_TRY(const auto connection, registry.Connect());
  const std::uint32_t insurer = InsurerOf(request);
  json::array own;
  for (const inquiry::Waiting& each : waiting) {
    MUSUBI_TRY(const auto enrolments, EnrolmentsOf(*connection, each.code));
    for (const Enrolment& enrolment : enrolments) {
      if (enrolment.insurer == insurer) {
        json::object out = WaitingJson(each);
        out["person"] = number::InsuredNumber::Issue(enrolment.number, enrolment.branch).Joined();
        own.push_back(std::move(out));
      }
    }
  }
  return json::object{{"waiting", std::move(own)}};
}

Result<void> InquiryOffice::State::Decide(const http::Request& request, bool is_released) {
  MUSUBI_TRY(const json::object body, inquiry::JsonOf(request));
  MUSUBI_TRY(const std::string by, TextField(body, "by", Needed::kYes));
  MUSUBI_TRY(const auto id, inquiry::ReadInquiryId(request.parameters.at("id")));
  MUSUBI_TRY(const auto waiting, providing->AwaitingPerson());
  for (const inquiry::Waiting& each : waiting) {
    if (each.id != id) {
      continue;
    }
    MUSUBI_TRY(const bool is_own, IsOwn(each.code, InsurerOf(request)));
    if (is_own) {
      const std::string who = request.peer.id + " " + by;
      return is_released ? providing->Release(id, who) : providing->Refuse(id, who);
    }
  }
  return Error{ErrorCode::kNotFound, "no inquiry of this id waits for a person"};
}

Result<void> InquiryOffice::State::SetPersonFlags(const http::Request& request) {
  MUSUBI_TRY(const json::object body, inquiry::JsonOf(request));
  MUSUBI_TRY(const number::InsuredNumber insured, InsuredOf(body));
  PersonFlags flags;
  MUSUBI_TRY(flags.is_hidden, inquiry::FlagField(body, "hidden"));
  MUSUBI_TRY(flags.is_self_blocked, inquiry::FlagField(body, "self_blocked"));
  MUSUBI_TRY(flags.is_manual, inquiry::FlagField(body, "manual"));
  const std::uint32_t insurer = InsurerOf(request);
  MUSUBI_TRY(const auto connection, registry.Connect());
  MUSUBI_TRY(const auto enrolled, CodeOf(*connection, insurer, insured));
  if (!enrolled) {
    return Error{ErrorCode::kNotFound, "the association has nobody of this insured number"};
  }
  const Instant now = clock.Now();
  MUSUBI_TRY(auto writing, book->Begin());
  MUSUBI_CHECK_OK(SetFlags(writing.connection(), insurer, NumberOf(insured), flags, now));
  MUSUBI_CHECK_OK(writing.Add(audit::AccessRecord{
      now,
      request.peer.id,
      fmt::format(
          "flags-set:{}{}{}",
          flags.is_hidden ? "hidden," : "",
          flags.is_self_blocked ? "self-blocked," : "",
          flags.is_manual ? "manual" : ""
      ),
      ToHex(enrolled->code)
  }));
  return writing.Commit();
}

Result<json::object> InquiryOffice::State::ShowUse(const http::Request& request) {
  const auto month = request.query.find("month");
  if (month == request.query.end()) {
    return Error{ErrorCode::kInvalid, "missing", "month"};
  }
  MUSUBI_TRY(const auto connection, database->Connect());
  MUSUBI_TRY(const auto electronic, asking->UseOf(month->second));
  MUSUBI_TRY(
      const auto figures, UseFiguresOf(*connection, month->second, InsurerOf(request), electronic)
  );
  return UseJson(month->second, figures);
}

Result<void> InquiryOffice::State::NotePaper(const http::Request& request) {
  MUSUBI_TRY(const json::object body, inquiry::JsonOf(request));
  MUSUBI_TRY(const PaperCount paper, ReadPaperCount(body));
  MUSUBI_TRY(auto writing, book->Begin());
  MUSUBI_CHECK_OK(SetPaperCount(writing.connection(), InsurerOf(request), paper));
  return writing.Commit();
}

}  // namespace musubi::hub
