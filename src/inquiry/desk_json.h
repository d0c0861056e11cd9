// How an inquiry looks to those who ask and to those who answer by hand, in JSON
// (docs/formats/inquiries.md): the same at the hub and at every institution.
//
// Readers say kInvalid with the field, never its value.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "http/message.h"
#include "inquiry/asking_desk.h"
#include "inquiry/providing_desk.h"

namespace musubi::inquiry {

enum class WithAnswer : std::uint8_t { kNo, kYes };

// What is not known yet is left out. `person` is the caller's to add: each calls people otherwise.
[[nodiscard]] boost::json::object InquiryJson(const Inquiry& inquiry, WithAnswer with_answer);
[[nodiscard]] boost::json::object WaitingJson(const Waiting& waiting);

[[nodiscard]] Result<boost::json::object> JsonOf(const http::Request& request);

enum class Needed : std::uint8_t { kNo, kYes };

// "" when it is not there and need not be. At most 128 bytes (`size_max`), no control characters.
[[nodiscard]] Result<std::string> TextField(
    const boost::json::object& object,
    std::string_view name,
    Needed needed,
    std::size_t size_max = 128
);
// False when it is not there.
[[nodiscard]] Result<bool> FlagField(const boost::json::object& object, std::string_view name);
// A whole number, not negative; missing: 0.
[[nodiscard]] Result<std::uint64_t> CountField(
    const boost::json::object& object, std::string_view name
);
[[nodiscard]] Result<exchange::InquiryId> ReadInquiryId(std::string_view hex);
// procedure, information; provider, from, to and hidden may be missing. The inquirer is the
// caller's to fill in.
[[nodiscard]] Result<exchange::InquirySubject> ReadSubject(const boost::json::object& object);

// `wait_ms` of the query, at most 20000; 0 when there is none.
[[nodiscard]] std::chrono::milliseconds WaitOf(const http::Request& request);

[[nodiscard]] http::Response JsonAnswer(const Result<boost::json::object>& object);

}  // namespace musubi::inquiry
