#include "inquiry/desk_json.h"

#include <algorithm>
#include <charconv>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace musubi::inquiry {

namespace {

constexpr std::int64_t kWaitMsMax = 20000;

Error BadField(std::string_view field) {
  return Error{ErrorCode::kInvalid, "missing or malformed", std::string(field)};
}

void AddTime(boost::json::object& json, std::string_view name, const std::optional<Instant>& time) {
  if (time) {
    json[name] = FormatUtc(*time);
  }
}

void AddText(boost::json::object& json, std::string_view name, std::string_view text) {
  if (!text.empty()) {
    json[name] = text;
  }
}

void AddSubject(boost::json::object& json, const exchange::InquirySubject& subject) {
  AddText(json, "inquirer", subject.inquirer);
  AddText(json, "provider", subject.provider);
  AddText(json, "procedure", subject.procedure);
  AddText(json, "information", subject.information);
  AddText(json, "from", subject.from.Text());
  AddText(json, "to", subject.to.Text());
}

Result<Date> DayField(const boost::json::object& object, std::string_view name) {
  MUSUBI_TRY(const std::string text, TextField(object, name, Needed::kNo));
  Date day;
  if (!text.empty() && !Date::TryParse(text, day)) {
    return BadField(name);
  }
  return day;
}

}  // namespace

boost::json::object InquiryJson(const Inquiry& inquiry, WithAnswer with_answer) {
  const exchange::InquiryResult& result = inquiry.result;
  boost::json::object json = {
      {"id", ToHex(inquiry.id)},
      {"outcome", exchange::InquiryOutcomeName(result.outcome)},
      {"final", exchange::IsFinal(result.outcome)},
  };
  AddSubject(json, inquiry.subject);
  AddText(json, "provider", result.provider);  // who answered, where a group was asked
  AddText(json, "basis", result.basis);
  AddText(json, "citation", result.citation);
  AddText(json, "items", result.items);
  AddTime(json, "asked_at", inquiry.asked_at);
  AddTime(json, "requested_at", result.requested_at);
  AddTime(json, "provided_at", result.provided_at);
  AddTime(json, "corrected_at", inquiry.corrected_at);
  if (with_answer == WithAnswer::kYes && !result.answer.empty()) {
    json["answer"] = ToBase64(AsBytes(result.answer));
  }
  return json;
}

boost::json::object WaitingJson(const Waiting& waiting) {
  boost::json::object json = {{"id", ToHex(waiting.id)}};
  AddSubject(json, waiting.subject);
  AddTime(json, "requested_at", waiting.requested_at);
  AddTime(json, "expires_at", waiting.expires_at);
  return json;
}

Result<boost::json::object> JsonOf(const http::Request& request) {
  boost::system::error_code code;
  boost::json::value value = boost::json::parse(request.body_text(), code);
  if (code || !value.is_object()) {
    return Error{ErrorCode::kInvalid, "the body is not a JSON object"};
  }
  return std::move(value.as_object());
}

Result<std::string> TextField(
    const boost::json::object& object, std::string_view name, Needed needed, std::size_t size_max
) {
  const boost::json::value* value = object.if_contains(name);
  if (value == nullptr && needed == Needed::kNo) {
    return std::string();
  }
  if (value == nullptr || !value->is_string()) {
    return BadField(name);
  }
  std::string text(value->get_string());
  const bool is_plain =
      std::ranges::none_of(text, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; });
  if (!is_plain || text.size() > size_max || (needed == Needed::kYes && text.empty())) {
    return BadField(name);
  }
  return text;
}

Result<bool> FlagField(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains(name);
  if (value == nullptr) {
    return false;
  }
  if (!value->is_bool()) {
    return BadField(name);
  }
  return value->get_bool();
}

Result<std::uint64_t> CountField(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains(name);
  if (value == nullptr) {
    return std::uint64_t{0};
  }
  if (!value->is_int64() || value->get_int64() < 0) {
    return BadField(name);
  }
  return static_cast<std::uint64_t>(value->get_int64());
}

Result<exchange::InquiryId> ReadInquiryId(std::string_view hex) {
  exchange::InquiryId id{};
  if (!ReadHex(hex, id)) {
    return BadField("id");
  }
  return id;
}

Result<exchange::InquirySubject> ReadSubject(const boost::json::object& object) {
  exchange::InquirySubject subject;
  MUSUBI_TRY(subject.procedure, TextField(object, "procedure", Needed::kYes));
  MUSUBI_TRY(subject.information, TextField(object, "information", Needed::kYes));
  MUSUBI_TRY(subject.provider, TextField(object, "provider", Needed::kNo));
  MUSUBI_TRY(subject.from, DayField(object, "from"));
  MUSUBI_TRY(subject.to, DayField(object, "to"));
  MUSUBI_TRY(subject.is_hidden, FlagField(object, "hidden"));
  return subject;
}

std::chrono::milliseconds WaitOf(const http::Request& request) {
  std::int64_t time = 0;
  const auto found = request.query.find("wait_ms");
  if (found != request.query.end()) {
    const std::string& text = found->second;
    std::from_chars(text.data(), text.data() + text.size(), time);  // what is no number is 0
  }
  return std::chrono::milliseconds(std::clamp<std::int64_t>(time, 0, kWaitMsMax));
}

http::Response JsonAnswer(const Result<boost::json::object>& object) {
  return object.ok() ? http::JsonResponse(boost::json::serialize(*object))
                     : http::ProblemResponse(object.error());
}

}  // namespace musubi::inquiry
