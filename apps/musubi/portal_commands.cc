#include "portal_commands.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>
#include <sstream>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "audit/record_proof.h"
#include "base/io.h"
#include "inquiry/clerk.h"
#include "inquiry_report.h"
#include "ops/config.h"
#include "output.h"

namespace musubi::apps {

namespace {

namespace json = boost::json;
using inquiry::Clerk;

constexpr std::chrono::minutes kPatience{15};
constexpr std::string_view kSelfInformation = "self-information";

Result<std::unique_ptr<Clerk>> OpenClerk(const std::filesystem::path& path) {
  if (path.empty()) {  // only `portal verify` works without a node
    return Error{ErrorCode::kUsage, "--config is required"};
  }
  MUSUBI_TRY(const auto config, ops::Config::Load(path));
  return Clerk::Open(config);
}

Result<std::string> ReadText(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return Error{ErrorCode::kNotFound, "cannot be read", path.string()};
  }
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

Result<void> WriteProof(const json::object& answer, const std::filesystem::path& path) {
  const json::value* proof = answer.if_contains("proof");
  if (proof == nullptr) {
    return Error{ErrorCode::kInvalid, "the network gave no proof"};
  }
  const std::string text = json::serialize(json::object{
      {"log_key", TextAt(answer, "log_key")},
      {"proof", *proof},
  });
  MUSUBI_TRY(const auto sink, FileSink::Create(path));
  MUSUBI_CHECK_OK(sink->Write(AsBytes(text)));
  return sink->Commit();
}

Result<json::object> Records(const PortalRecordsOptions& options) {
  MUSUBI_TRY(const auto clerk, OpenClerk(options.config));
  MUSUBI_TRY(
      json::object answer,
      clerk->Call(
          "POST",
          "/v1/provision-records",
          {{"account", options.person},
           {"proof", !options.proof.empty()},
           {"newest", options.all || !options.proof.empty() ? 0 : options.newest}}
      )
  );
  if (!options.proof.empty()) {
    MUSUBI_CHECK_OK(WriteProof(answer, options.proof));
    answer.erase("proof");
  }
  return answer;
}

Result<json::object> Notices(const PortalNoticesOptions& options) {
  MUSUBI_TRY(const auto clerk, OpenClerk(options.config));
  MUSUBI_TRY(
      json::object answer, clerk->Call("POST", "/v1/notices/read", {{"account", options.person}})
  );
  const json::value* notices = answer.if_contains("notices");
  if (notices == nullptr || !notices->is_array()) {
    return Error{ErrorCode::kInvalid, "the portal's answer has no list", "notices"};
  }
  return answer;
}

void PrintNotice(const json::object& notice) {
  const std::string name = TextAt(notice, "association_name");
  const json::value* is_new = notice.if_contains("is_new");
  PrintLine(fmt::format(
      "{}{}",
      is_new != nullptr && is_new->is_bool() && is_new->get_bool() ? "[新着] " : "",
      TextAt(notice, "title")
  ));
  PrintLine(fmt::format(
      "  {}  受信 {}  掲載期限 {}",
      name.empty() ? TextAt(notice, "association") : name,
      TextAt(notice, "received_at"),
      TextAt(notice, "valid_until")
  ));
  PrintLine(TextAt(notice, "body"));
  PrintLine("");
}

// The proof and the key it is to be checked by.
Result<audit::ProvenList> Verify(const PortalVerifyOptions& options) {
  MUSUBI_TRY(const std::string text, ReadText(options.file));
  boost::system::error_code failed;
  const json::value value = json::parse(text, failed);
  const json::value* proof =
      !failed && value.is_object() ? value.get_object().if_contains("proof") : nullptr;
  if (proof == nullptr) {
    return Error{ErrorCode::kInvalid, "not a proof of the portal", options.file.string()};
  }
  std::string key = TextAt(value.get_object(), "log_key");
  if (!options.key.empty()) {
    MUSUBI_TRY(key, ReadText(options.key));
  }
  MUSUBI_TRY(const auto log_key, ledger::VerifierKey::Parse(key));
  MUSUBI_TRY(const auto parsed, audit::ParseRecordProof(json::serialize(*proof)));
  return audit::VerifyRecordProof(parsed, log_key);
}

}  // namespace

int PortalRecords(const PortalRecordsOptions& options) {
  const auto answer = Records(options);
  if (!answer.ok()) {
    return Fail(answer.error());
  }
  if (options.json) {
    PrintJson(*answer);
    return kExitDone;
  }
  const json::array& records = answer->at("records").as_array();
  for (const json::value& record : records) {
    PrintLine(TextAt(record.as_object(), "words"));
  }
  const auto number = [&answer](std::string_view name) {
    const json::value* value = answer->if_contains(name);
    return value == nullptr ? std::size_t{0} : value->to_number<std::size_t>();
  };
  const std::size_t hidden = number("not_shown");
  const std::size_t listed = hidden + records.size();
  const std::size_t older = std::max(number("count"), listed) - listed;
  PrintLine(fmt::format(
      "{}件 (ほかに表示されない記録 {}件{})",
      records.size(),
      hidden,
      older == 0 ? std::string() : fmt::format("、古い記録 {}件", older)
  ));
  return kExitDone;
}

int PortalNotices(const PortalNoticesOptions& options) {
  const auto answer = Notices(options);
  if (!answer.ok()) {
    return Fail(answer.error());
  }
  if (options.json) {
    PrintJson(*answer);
    return kExitDone;
  }
  const json::array& notices = answer->at("notices").as_array();
  for (const json::value& notice : notices) {
    PrintNotice(notice.as_object());
  }
  PrintLine(fmt::format("お知らせ {}件", notices.size()));
  return kExitDone;
}

int PortalVerify(const PortalVerifyOptions& options) {
  const auto list = Verify(options);
  if (!list.ok()) {
    // Whatever is wrong with the file, nothing is shown by it.
    static_cast<void>(Fail(list.error()));
    return list.error().code == ErrorCode::kNotFound ? kExitCouldNot : kExitRefused;
  }
  if (options.json) {
    PrintJson(json::object{
        {"complete", true},
        {"origin", list->checkpoint.origin},
        {"size", list->checkpoint.size},
        {"records", list->records.size()},
        {"not_shown", list->not_shown},
        {"erased", list->erased},
    });
  } else {
    PrintLine(fmt::format(
        "complete: {} records and {} not shown, up to entry {} of {}",
        list->records.size(),
        list->not_shown,
        list->checkpoint.size,
        list->checkpoint.origin
    ));
    if (options.key.empty()) {
      PrintLine("checked by the key in the file itself; give --key to check by one you know");
    }
  }
  return kExitDone;
}

int PortalOwn(const PortalOwnOptions& options) {
  return ShowInquiry(
      [&]() -> Result<json::object> {
        MUSUBI_TRY(const auto clerk, OpenClerk(options.config));
        const std::string id = options.id.empty() ? Clerk::DrawId() : options.id;
        if (!options.json) {
          PrintLine(id);
        }
        inquiry::Question question;
        question.id = id;
        question.person = options.person;
        question.procedure = kSelfInformation;
        question.information = options.information;
        question.provider = options.provider;
        MUSUBI_TRY(json::object asked, clerk->Ask(question));
        if (!options.wait) {
          return asked;
        }
        MUSUBI_TRY([[maybe_unused]] const json::object ended, clerk->Wait(id, kPatience));
        return clerk->Answer(id, {});
      }(),
      options.json
  );
}

int PortalAnswer(const PortalOwnOptions& options) {
  return ShowInquiry(
      [&]() -> Result<json::object> {
        MUSUBI_TRY(const auto clerk, OpenClerk(options.config));
        return clerk->Answer(options.id, {});
      }(),
      options.json
  );
}

}  // namespace musubi::apps
