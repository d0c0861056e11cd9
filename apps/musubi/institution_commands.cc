#include "institution_commands.h"

#include <chrono>
#include <memory>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "inquiry/clerk.h"
#include "ops/config.h"
#include "output.h"

namespace musubi::apps {

namespace {

namespace json = boost::json;
using inquiry::Clerk;

constexpr std::chrono::minutes kPatience{15};  // longer than the network's limit for an answer

Result<std::unique_ptr<Clerk>> OpenClerk(const std::filesystem::path& path) {
  MUSUBI_TRY(const auto config, ops::Config::Load(path));
  return Clerk::Open(config);
}

std::string TextAt(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

void PrintField(const json::object& object, std::string_view name) {
  const std::string text = TextAt(object, name);
  if (!text.empty()) {
    PrintLine(fmt::format("{}: {}", name, text));
  }
}

void PrintInquiry(const json::object& inquiry) {
  for (const char* name :
       {"outcome",
        "provider",
        "procedure",
        "information",
        "citation",
        "requested_at",
        "provided_at",
        "items",
        "corrected_at"}) {
    PrintField(inquiry, name);
  }
}

void PrintValues(const json::object& record, std::string_view name, std::string_view mark) {
  const json::value* values = record.if_contains(name);
  if (values == nullptr || !values->is_object()) {
    return;
  }
  for (const auto& [key, value] : values->get_object()) {
    PrintLine(fmt::format(
        "  {}: {}{}",
        std::string_view(key),
        mark,
        value.is_string() ? std::string_view(value.get_string()) : std::string_view()
    ));
  }
}

void PrintContent(const json::object& inquiry) {
  const json::value* content = inquiry.if_contains("content");
  const json::value* records = content != nullptr && content->is_object()
                                   ? content->get_object().if_contains("records")
                                   : nullptr;
  if (records == nullptr || !records->is_array()) {
    return;
  }
  for (const json::value& each : records->get_array()) {
    if (each.is_object()) {
      const json::object& record = each.get_object();
      PrintLine(fmt::format(
          "{} {}, {} to {}",
          TextAt(record, "kind"),
          TextAt(record, "key"),
          TextAt(record, "valid_from"),
          TextAt(record, "valid_to")
      ));
      PrintValues(record, "items", "");
      PrintValues(record, "missing", "not given: ");
    }
  }
}

int ExitCodeOfOutcome(const json::object& inquiry) {
  const std::string outcome = TextAt(inquiry, "outcome");
  const json::value* final_value = inquiry.if_contains("final");
  const bool is_final = final_value != nullptr && final_value->is_bool() && final_value->get_bool();
  const bool is_good = !is_final || outcome == "answered" || outcome == "nothing-held";
  return is_good ? kExitDone : kExitRefused;
}

int Show(const Result<json::object>& inquiry, bool as_json) {
  if (!inquiry.ok()) {
    return Fail(inquiry.error());
  }
  if (as_json) {
    PrintJson(*inquiry);
  } else {
    PrintInquiry(*inquiry);
    PrintContent(*inquiry);
  }
  return ExitCodeOfOutcome(*inquiry);
}

// `field`: of the answer, an array; only entries that have `needed` (blank: all).
int PrintList(
    Result<json::object> answer, std::string_view field, std::string_view needed, bool as_json
) {
  if (!answer.ok()) {
    return Fail(answer.error());
  }
  json::array chosen;
  const json::value* list = answer->if_contains(field);
  if (list != nullptr && list->is_array()) {
    for (const json::value& each : list->get_array()) {
      if (each.is_object() && (needed.empty() || each.get_object().contains(needed))) {
        chosen.push_back(each);
      }
    }
  }
  if (as_json) {
    PrintJson(json::object{{field, std::move(chosen)}});
    return kExitDone;
  }
  for (const json::value& each : chosen) {
    const json::object& entry = each.get_object();
    std::string line;
    for (const char* name :
         {"id",
          "outcome",
          "inquirer",
          "provider",
          "person",
          "procedure",
          "information",
          "requested_at",
          "corrected_at"}) {
      const std::string text = TextAt(entry, name);
      line += text.empty() ? "" : (line.empty() ? "" : "  ") + text;
    }
    PrintLine(line);
  }
  return kExitDone;
}

Result<json::object> Inquire(const InstitutionInquireOptions& options) {
  MUSUBI_TRY(const auto clerk, OpenClerk(options.config));
  const std::string id = options.id.empty() ? Clerk::DrawId() : options.id;
  if (!options.json) {
    PrintLine(id);  // before anything is sent: whoever is interrupted can ask for it
  }
  MUSUBI_TRY(
      json::object inquiry,
      clerk->Ask(
          {.id = id,
           .person = options.person,
           .procedure = options.procedure,
           .information = options.information,
           .provider = options.provider,
           .from = options.from,
           .to = options.to,
           .is_hidden = options.hidden}
      )
  );
  if (!options.wait) {
    return inquiry;
  }
  MUSUBI_TRY([[maybe_unused]] const json::object ended, clerk->Wait(id, kPatience));
  return clerk->Answer(id, {});
}

}  // namespace

int InstitutionInquire(const InstitutionInquireOptions& options) {
  return Show(Inquire(options), options.json);
}

int InstitutionAnswer(const InstitutionAnswerOptions& options) {
  return Show(
      [&]() -> Result<json::object> {
        MUSUBI_TRY(const auto clerk, OpenClerk(options.config));
        return clerk->Answer(options.id, options.by);
      }(),
      options.json
  );
}

int InstitutionInquiries(const InstitutionListOptions& options) {
  const auto clerk = OpenClerk(options.config);
  return clerk.ok() ? PrintList(clerk.value()->List(), "inquiries", "", options.json)
                    : Fail(clerk.error());
}

int InstitutionCorrections(const InstitutionListOptions& options) {
  const auto clerk = OpenClerk(options.config);
  return clerk.ok() ? PrintList(clerk.value()->List(), "inquiries", "corrected_at", options.json)
                    : Fail(clerk.error());
}

int InstitutionWaiting(const InstitutionListOptions& options) {
  const auto clerk = OpenClerk(options.config);
  return clerk.ok() ? PrintList(clerk.value()->Waiting(), "waiting", "", options.json)
                    : Fail(clerk.error());
}

int InstitutionRelease(const InstitutionDecisionOptions& options) {
  const auto clerk = OpenClerk(options.config);
  return clerk.ok() ? Finish(clerk.value()->Release(options.id, options.by)) : Fail(clerk.error());
}

int InstitutionRefuse(const InstitutionDecisionOptions& options) {
  const auto clerk = OpenClerk(options.config);
  return clerk.ok() ? Finish(clerk.value()->Refuse(options.id, options.by)) : Fail(clerk.error());
}

}  // namespace musubi::apps
