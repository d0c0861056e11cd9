// The office's first half: what the associations' terminals ask, and what they get.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "hub/copy_holdings.h"
#include "hub/copy_table.h"
#include "hub/inquiry_office_state.h"
#include "inquiry/desk_json.h"

namespace musubi::hub {

namespace {

namespace json = boost::json;
using inquiry::Needed;
using inquiry::TextField;

constexpr std::size_t kListed = 1000;
constexpr std::size_t kCertificateTextMax = 8192;

json::object ForTerminal(const inquiry::Inquiry& inquiry, inquiry::WithAnswer with_answer) {
  json::object out = InquiryJson(inquiry, with_answer);
  out["person"] = inquiry.person;
  return out;
}

}  // namespace

// One connection for all: a look-up takes microseconds, opening a connection for each of many
// handlers takes far longer.
Result<std::optional<EnrolledCode>> InquiryOffice::State::LookUp(
    std::uint32_t insurer, const number::InsuredNumber& insured
) {
  const std::scoped_lock lock(look_up_mutex);
  if (look_up == nullptr) {
    MUSUBI_TRY(look_up, registry.Connect());
  }
  auto enrolled = CodeOf(*look_up, insurer, insured);
  if (!enrolled.ok()) {
    look_up.reset();  // the store may have been away
  }
  return enrolled;
}

// DER of the caller's own certificate. Parsing one costs as much as the rest of a question, so the
// last one of each caller is remembered.
Result<std::string> InquiryOffice::State::OwnCertificate(
    const std::string& peer, const std::string& base64
) {
  MUSUBI_TRY(const Bytes der, FromBase64(base64));
  {
    const std::scoped_lock lock(certificates_mutex);
    const auto known = certificates.find(peer);
    if (known != certificates.end() && known->second == base64) {
      return std::string(AsText(der));
    }
  }
  MUSUBI_TRY(const auto certificate, crypto::Certificate::FromDer(der));
  if (certificate.id() != peer) {
    return Error{ErrorCode::kInvalid, "not the caller's own certificate", "certificate"};
  }
  const std::scoped_lock lock(certificates_mutex);
  certificates[peer] = base64;
  return std::string(AsText(der));
}

Result<json::object> InquiryOffice::State::Ask(const http::Request& request) {
  MUSUBI_TRY(const json::object body, inquiry::JsonOf(request));
  MUSUBI_TRY(const number::InsuredNumber insured, InsuredOf(body));
  MUSUBI_TRY(const std::string id, TextField(body, "id", Needed::kYes));
  MUSUBI_TRY(
      const std::string certificate,
      TextField(body, "certificate", Needed::kYes, kCertificateTextMax)
  );
  inquiry::NewInquiry question;
  MUSUBI_TRY(question.id, inquiry::ReadInquiryId(id));
  MUSUBI_TRY(question.subject, inquiry::ReadSubject(body));
  const std::uint32_t insurer = InsurerOf(request);
  question.subject.inquirer = InstitutionOfInsurer(insurer);
  question.owner = request.peer.id;
  question.person = insured.Joined();
  MUSUBI_TRY(question.recipient, OwnCertificate(request.peer.id, certificate));
  MUSUBI_TRY(const auto enrolled, LookUp(insurer, insured));
  if (!enrolled) {
    return Error{
        ErrorCode::kNotFound, "the association has nobody of this insured number", "insured_number"
    };
  }
  question.code = enrolled->code;
  if (enrolled->is_stopped) {
    question.refusal = exchange::InquiryOutcome::kStopped;
  }
  MUSUBI_TRY(const auto asked, asking->Ask(question, inquiry::WaitOf(request)));
  return ForTerminal(asked, inquiry::WithAnswer::kYes);
}

Result<json::object> InquiryOffice::State::Get(const http::Request& request) {
  MUSUBI_TRY(const auto id, inquiry::ReadInquiryId(request.parameters.at("id")));
  MUSUBI_TRY(const auto found, asking->Get(request.peer.id, id, inquiry::WaitOf(request)));
  return ForTerminal(found, inquiry::WithAnswer::kYes);
}

// A person looks at what was provided: recorded before it is handed out.
Result<json::object> InquiryOffice::State::ReadAnswer(const http::Request& request) {
  MUSUBI_TRY(const json::object body, inquiry::JsonOf(request));
  MUSUBI_TRY(const std::string by, TextField(body, "by", Needed::kNo));
  MUSUBI_TRY(const auto id, inquiry::ReadInquiryId(request.parameters.at("id")));
  MUSUBI_TRY(const auto found, asking->Get(request.peer.id, id, {}));
  MUSUBI_TRY(auto writing, book->Begin());
  MUSUBI_CHECK_OK(writing.Add(audit::AccessRecord{
      clock.Now(),
      by.empty() ? request.peer.id : request.peer.id + " " + by,
      "answer-read",
      ToHex(id)
  }));
  MUSUBI_CHECK_OK(writing.Commit());
  return ForTerminal(found, inquiry::WithAnswer::kYes);
}

Result<json::object> InquiryOffice::State::List(const http::Request& request) {
  MUSUBI_TRY(const auto listed, asking->List(request.peer.id, kListed));
  json::array inquiries;
  for (const inquiry::Inquiry& each : listed) {
    inquiries.push_back(ForTerminal(each, inquiry::WithAnswer::kNo));
  }
  return json::object{{"inquiries", std::move(inquiries)}};
}

}  // namespace musubi::hub
