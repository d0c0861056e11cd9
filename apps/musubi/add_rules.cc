// Registers `musubi rules ...`.

#include "command_line.h"
#include "rules_commands.h"

namespace musubi::apps {

void CommandLine::AddRules() {
  CLI::App* group = AddGroup("rules", "Who may ask whom for what, under which row of the law");
  const auto common = [](auto& command) {
    command.app->add_option("--rules", command.options->rules, "Other facts than those built in")
        ->type_name("DIR");
    Json(command.app, command.options->json);
  };
  const auto as_of = [](auto& command) {
    command.app->add_option("--as-of", command.options->as_of, "The day (today)")
        ->type_name("YYYY-MM-DD");
  };

  auto permit = Add(group, "permit", "Allowed or refused, with the citation", &RulesPermit);
  common(permit);
  as_of(permit);
  permit.app->add_option("--inquirer", permit.options->inquirer, "Who asks: association")
      ->required()
      ->type_name("KIND");
  permit.app->add_option("--provider", permit.options->provider, "Who answers: municipality")
      ->required()
      ->type_name("KIND");
  permit.app->add_option("--procedure", permit.options->procedure, "For what work: nhi-benefits")
      ->required()
      ->type_name("CODE");
  permit.app->add_option("--information", permit.options->information, "Which: local-tax")
      ->required()
      ->type_name("CODE");

  auto list = Add(group, "list", "Every fact of the tables on a day", &RulesList);
  common(list);
  as_of(list);
  list.app->add_option("--inquirer", list.options->inquirer, "Only who asks: association")
      ->type_name("KIND");
  list.app->add_flag("--all-days", list.options->all_days, "Of every day the tables cover");

  auto codes =
      Add(group, "codes", "Codes of institutions, procedures and information", &RulesCodes);
  common(codes);
  codes.app->add_option("--kind", codes.options->kind, "Only institution, procedure, information")
      ->check(CLI::IsMember({"institution", "procedure", "information"}));
}

}  // namespace musubi::apps
