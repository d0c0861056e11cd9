// Registers the commands of `musubi insurer` about links.

#include "command_line.h"
#include "insurer_link_commands.h"

namespace musubi::apps {

void CommandLine::AddInsurerLinks(CLI::App* group) {
  auto query =
      Add(group,
          "query-residents",
          "Ask the resident network for the numbers of people without one",
          &InsurerQueryResidents);
  Config(group, query);
  Json(query.app, query.options->json);

  auto verify =
      Add(group,
          "verify-links",
          "Does every registered number belong to its person?",
          &InsurerVerifyLinks);
  Config(group, verify);
  verify.app->add_flag("--statistics", verify.options->statistics, "Only what earlier runs found");
  Json(verify.app, verify.options->json);

  auto review = Add(group, "review", "Decide what only people can decide", &InsurerReview);
  Config(group, review);
  review.app->add_flag("--next", review.options->next, "The largest class");
  review.app->add_option("--confirm", review.options->confirm, "Propose to clear a class");
  review.app->add_option("--approve", review.options->approve, "Second person: clear the class");
  review.app->add_option("--reject", review.options->reject, "Stop everybody of a class");
  review.app->add_option("--stop", review.options->stop, "Stop one person's link (reference)");
  review.app->add_option("--lift", review.options->lift, "Lift a stop (reference)");
  review.app->add_option("--by", review.options->by, "Who decides");
  review.app->add_option("--reason", review.options->reason, "Why");
  review.app->add_flag("--show", review.options->show, "With --next: attributes of the people too");
  Json(review.app, review.options->json);
}

}  // namespace musubi::apps
