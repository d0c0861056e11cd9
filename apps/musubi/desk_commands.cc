#include "desk_commands.h"

#include <chrono>
#include <memory>

#include "inquiry/clerk.h"
#include "inquiry_report.h"
#include "ops/config.h"
#include "output.h"
#include "paper_comparison.h"

namespace musubi::apps {

namespace {

namespace json = boost::json;
using inquiry::Clerk;

constexpr std::chrono::minutes kPatience{15};  // longer than the network's limit for an answer

// Opens the clerk of the options' system and calls it.
template <typename Options, typename Call>
auto WithClerk(const Options& options, Call call)
    -> decltype(call(*std::declval<std::unique_ptr<Clerk>>())) {
  MUSUBI_TRY(const auto config, ops::Config::Load(options.config));
  MUSUBI_TRY(const auto clerk, Clerk::Open(config, options.system));
  return call(*clerk);
}

Result<json::object> Inquire(Clerk& clerk, const DeskInquireOptions& options) {
  const std::string id = options.id.empty() ? Clerk::DrawId() : options.id;
  if (!options.json) {
    PrintLine(id);  // before anything is sent: whoever is interrupted can ask for it
  }
  MUSUBI_TRY(
      json::object inquiry,
      clerk.Ask(
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
  inquiry.erase("answer");
  if (!options.wait) {
    return inquiry;
  }
  MUSUBI_TRY(const json::object ended, clerk.Wait(id, kPatience));
  static_cast<void>(ended);
  return clerk.Answer(id, {});
}

}  // namespace

int DeskInquire(const DeskInquireOptions& options) {
  return ShowInquiry(
      WithClerk(options, [&](Clerk& clerk) { return Inquire(clerk, options); }), options.json
  );
}

int DeskAnswer(const DeskAnswerOptions& options) {
  const auto answer =
      WithClerk(options, [&](Clerk& clerk) { return clerk.Answer(options.id, options.by); });
  if (!answer.ok() || options.compare.empty()) {
    return ShowInquiry(answer, options.json);
  }
  const auto comparison = ComparePaper(*answer, options.compare);
  return comparison.ok() ? ShowComparison(*comparison, options.json) : Fail(comparison.error());
}

int DeskInquiries(const DeskListOptions& options) {
  return ShowInquiries(
      WithClerk(options, [](Clerk& clerk) { return clerk.List(); }), "inquiries", "", options.json
  );
}

int DeskCorrections(const DeskListOptions& options) {
  return ShowInquiries(
      WithClerk(options, [](Clerk& clerk) { return clerk.List(); }),
      "inquiries",
      "corrected_at",
      options.json
  );
}

int DeskWaiting(const DeskListOptions& options) {
  return ShowInquiries(
      WithClerk(options, [](Clerk& clerk) { return clerk.Waiting(); }), "waiting", "", options.json
  );
}

int DeskRelease(const DeskDecisionOptions& options) {
  return Finish(WithClerk(options, [&](Clerk& clerk) {
    return clerk.Release(options.id, options.by);
  }));
}

int DeskRefuse(const DeskDecisionOptions& options) {
  return Finish(WithClerk(options, [&](Clerk& clerk) {
    return clerk.Refuse(options.id, options.by);
  }));
}

}  // namespace musubi::apps
