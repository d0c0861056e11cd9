// `musubi insurer review`.
#include <array>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "apps/musubi/insurer_link_commands.h"
#include "apps/musubi/insurer_link_output.h"
#include "apps/musubi/output.h"

namespace musubi::apps {

namespace {

namespace json = boost::json;
using insurer::ReviewItem;

json::object ItemJson(const ReviewItem& item) {
  const insurer::ReviewClass& c = item.review_class;
  return {
      {"class", c.name},
      {"people", c.references.size()},
      {"without_number", c.without_number},
      {"outcome", c.finding.outcome},
      {"attributes", c.finding.attributes},
      {"rules", c.finding.rules},
      {"characters", c.finding.characters},
      {"bulk", c.is_bulk},
      {"text", insurer::DescribeDifference(c.finding)},
      {"proposed_by", item.proposed_by},
      {"reason", item.reason},
  };
}

std::string ItemText(const ReviewItem& item) {
  const insurer::ReviewClass& c = item.review_class;
  return fmt::format(
      "{}  {:>8} people {}{}{}",
      c.name,
      FormatCount(c.references.size()),
      insurer::DescribeDifference(c.finding),
      c.without_number == 0
          ? ""
          : fmt::format(" ({} of them found by query, without a number)", c.without_number),
      item.proposed_by.empty() ? "" : "; proposed by " + item.proposed_by + ": " + item.reason
  );
}

Result<int> Queue(
    const InsurerReviewOptions& options, insurer::Links& links, const insurer::AccessLog& uses
) {
  MUSUBI_TRY(const auto items, links.ReviewQueue());
  std::uint64_t people = 0;
  for (const ReviewItem& item : items) {
    people += item.review_class.references.size();
  }
  MUSUBI_CHECK_OK(uses.NotePeople("review", people));
  json::array classes;
  for (const ReviewItem& item : items) {
    if (options.json) {
      classes.push_back(ItemJson(item));
    } else {
      PrintLine(ItemText(item));
    }
  }
  if (options.json) {
    PrintJson({{"waiting", people}, {"classes", std::move(classes)}});
  } else {
    PrintLine(
        fmt::format("{} people wait in {} classes", FormatCount(people), FormatCount(items.size()))
    );
  }
  return kExitDone;
}

constexpr std::array<std::pair<insurer::Field, const char*>, 5> kShown = {{
    {insurer::Field::kName, "name"},
    {insurer::Field::kKana, "kana"},
    {insurer::Field::kBirthDate, "birth_date"},
    {insurer::Field::kSex, "sex"},
    {insurer::Field::kAddress, "address"},
}};

Result<json::array> ShowPeople(const ReviewItem& item, bool as_json, insurer::Links& links) {
  MUSUBI_TRY(const auto people, links.ShowPeople(item.review_class));
  json::array array;
  for (const insurer::ReviewedPerson& person : people) {
    const insurer::FieldViews views = person.texts.Views();
    json::object object = {{"reference", person.reference}};
    std::string line = person.reference;
    for (const auto& [field, name] : kShown) {
      const std::string_view text = views[static_cast<std::size_t>(field)];
      object[name] = text;
      line.append("  ").append(text);
    }
    array.emplace_back(std::move(object));
    if (!as_json) {
      PrintLine(line);
    }
  }
  return array;
}

Result<int> Next(
    const InsurerReviewOptions& options, insurer::Links& links, const insurer::AccessLog& uses
) {
  MUSUBI_TRY(const auto items, links.ReviewQueue());
  if (items.empty()) {
    if (options.json) {
      PrintJson({{"class", nullptr}, {"people", 0}});
    } else {
      PrintLine("nobody waits for review");
    }
    return kExitDone;
  }
  const ReviewItem& item = items.front();
  MUSUBI_CHECK_OK(uses.NoteClass(
      options.show ? "review --next --show" : "review --next",
      item.review_class.name,
      item.review_class.references.size(),
      options.by
  ));
  json::object object = ItemJson(item);
  object["references"] = ListJson(item.review_class.references);
  if (!options.json) {
    PrintLine(ItemText(item));
    PrintReferences("references", item.review_class.references);
  }
  if (options.show) {
    MUSUBI_TRY(object["shown"], ShowPeople(item, options.json, links));
  }
  if (options.json) {
    PrintJson(object);
  }
  return kExitDone;
}

int PrintResult(const insurer::ReviewResult& result, std::string_view done, bool as_json) {
  if (as_json) {
    PrintJson(
        {{"applied", result.is_applied}, {"people", result.people}, {"combined", result.combined}}
    );
  } else if (!result.is_applied) {
    PrintLine(fmt::format(
        "proposed for {} people; a second person has to approve", FormatCount(result.people)
    ));
  } else {
    PrintLine(fmt::format("{}: {} people", done, FormatCount(result.people)));
    if (result.combined != 0) {
      PrintLine(fmt::format(
          "and {} who differ only in ways approved by now", FormatCount(result.combined)
      ));
    }
  }
  return kExitDone;
}

Result<int> Person(
    const InsurerReviewOptions& options, insurer::Links& links, const insurer::AccessLog& uses
) {
  const bool is_stop = !options.stop.empty();
  const insurer::PersonRequest request = {
      is_stop ? options.stop : options.lift, options.by, options.reason
  };
  MUSUBI_CHECK_OK(
      uses.NotePerson(is_stop ? "review --stop" : "review --lift", request.reference, request.by)
  );
  MUSUBI_CHECK_OK(is_stop ? links.Stop(request) : links.Lift(request));
  if (options.json) {
    PrintJson({{"reference", request.reference}, {"stopped", is_stop}});
  } else {
    PrintLine(is_stop ? "stopped" : "lifted");
  }
  return kExitDone;
}

Result<int> Decide(
    const InsurerReviewOptions& options, insurer::Links& links, const insurer::AccessLog& uses
) {
  const auto note = [&](std::string_view action, const std::string& review_class) {
    return uses.NoteClass(action, review_class, std::nullopt, options.by);
  };
  if (!options.confirm.empty()) {
    MUSUBI_CHECK_OK(note("review --confirm", options.confirm));
    MUSUBI_TRY(const auto result, links.Confirm({options.confirm, options.by, options.reason}));
    return PrintResult(result, "cleared", options.json);
  }
  if (!options.approve.empty()) {
    MUSUBI_CHECK_OK(note("review --approve", options.approve));
    MUSUBI_TRY(const auto result, links.Approve({options.approve, options.by, options.reason}));
    return PrintResult(result, "cleared", options.json);
  }
  MUSUBI_CHECK_OK(note("review --reject", options.reject));
  MUSUBI_TRY(const auto result, links.Reject({options.reject, options.by, options.reason}));
  return PrintResult(result, "stopped", options.json);
}

Result<int> Review(const InsurerReviewOptions& options) {
  int actions = options.next ? 1 : 0;
  bool is_decision = false;
  for (const std::string* name : {&options.confirm, &options.approve, &options.reject}) {
    actions += name->empty() ? 0 : 1;
    is_decision = is_decision || !name->empty();
  }
  const bool is_person = !options.stop.empty() || !options.lift.empty();
  actions += (options.stop.empty() ? 0 : 1) + (options.lift.empty() ? 0 : 1);
  if (actions > 1 || (options.show && !options.next)) {
    return Error{
        ErrorCode::kUsage,
        "one of --next, --confirm, --approve, --reject, --stop, --lift; --show goes with --next"
    };
  }
  MUSUBI_TRY(const auto association, OpenLinksOf(options.config));
  insurer::Links& links = association->links();
  const insurer::AccessLog& uses = association->uses();
  if (is_person) {
    return Person(options, links, uses);
  }
  if (is_decision) {
    return Decide(options, links, uses);
  }
  return options.next ? Next(options, links, uses) : Queue(options, links, uses);
}

}  // namespace

int InsurerReview(const InsurerReviewOptions& options) {
  return ExitCodeOfCommand(Review(options));
}

}  // namespace musubi::apps
