// Registers `musubi insurer ...`: the register of insured people.

#include "command_line.h"
#include "insurer_commands.h"

namespace musubi::apps {

void CommandLine::AddInsurer() {
  CLI::App* group = AddGroup("insurer", "The association's register of insured people");

  auto roster = Add(
      group, "import-roster", "Read the roster the existing system exports", &InsurerImportRoster
  );
  Config(group, roster);
  roster.app->add_option("roster", roster.options->roster, "CSV (CP932 or UTF-8)")->required();
  roster.app->add_option("--mapping", roster.options->mapping, "Which column holds what (TOML)")
      ->type_name("FILE");
  roster.app->add_flag("--add", roster.options->add, "Only add or update; nobody is released");
  Json(roster.app, roster.options->json);

  auto list = Add(group, "number-list", "Write the number list, sealed", &InsurerNumberList);
  Config(group, list);
  list.app->add_option("--out", list.options->out, "Package to write")
      ->required()
      ->type_name("FILE.p7m");
  Json(list.app, list.options->json);

  auto pairs = Add(group, "import-pairs", "Read the pairing file of the hub", &InsurerImportPairs);
  Config(group, pairs);
  pairs.app->add_option("file", pairs.options->file, "Package from the hub")->required();
  Json(pairs.app, pairs.options->json);

  auto people = Add(group, "people", "Who is tied, and who is not and why", &InsurerPeople);
  Config(group, people);
  people.app->add_option("--state", people.options->state, "Only people in this state");
  Json(people.app, people.options->json);
  people.app->add_flag("--csv", people.options->csv, "One line a person")->excludes("--json");

  auto number = Add(group, "set-number", "Give a person another number", &InsurerSetNumber);
  Config(group, number);
  number.app->add_option("reference", number.options->reference, "Who")->required();
  number.app
      ->add_option(
          "--file", number.options->file, "File with the number (otherwise asked for, not shown)"
      )
      ->type_name("FILE");

  auto history = Add(group, "history", "What was done to a person's tie", &InsurerHistory);
  Config(group, history);
  history.app->add_option("reference", history.options->reference, "Who")->required();
  Json(history.app, history.options->json);

  auto uses =
      Add(group, "uses", "Who used this system to see or change what of whom", &InsurerUses);
  Config(group, uses);
  uses.app->add_option("reference", uses.options->reference, "Only uses about this person");
  Json(uses.app, uses.options->json);

  AddInsurerLinks(group);
  AddInsurerCopies(group);
}

}  // namespace musubi::apps
