// Registers the commands of `musubi insurer` about links.

#include "command_line.h"
#include "insurer_link_commands.h"

namespace musubi::apps {

namespace {

void AddPackageOptions(CLI::App* app, QueryPackageOptions& options) {
  app->add_option("--package", options.package, "Write the questions into a sealed package")
      ->type_name("FILE.p7m");
  app->add_option("--answer", options.answer, "Read the answer to such a package")
      ->type_name("FILE.p7m");
  app->add_flag(
      "--through-support",
      options.through_support,
      "Send --package over the line, put the answer into --answer and read it"
  );
  app->add_option(
         "--certificate", options.certificate, "Of jlis; jlis/node.pem beside the configuration"
  )
      ->type_name("FILE.pem");
}

}  // namespace

void CommandLine::AddInsurerLinks(CLI::App* group) {
  auto query =
      Add(group,
          "query-residents",
          "Ask the resident network for the numbers of people without one",
          &InsurerQueryResidents);
  Config(group, query);
  AddPackageOptions(query.app, query.options->by_package);
  Json(query.app, query.options->json);

  auto verify =
      Add(group,
          "verify-links",
          "Does every registered number belong to its person?",
          &InsurerVerifyLinks);
  Config(group, verify);
  AddPackageOptions(verify.app, verify.options->by_package);
  verify.app->add_flag("--statistics", verify.options->statistics, "Only what earlier runs found");
  Json(verify.app, verify.options->json);

  auto address =
      Add(group,
          "look-up-address",
          "The registered address of a person with a number, for a letter",
          &InsurerLookUpAddress);
  Config(group, address);
  address.app->add_option("reference", address.options->reference, "Who")->required();
  Json(address.app, address.options->json);

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
