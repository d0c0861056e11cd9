// Registers `musubi match`, `musubi verify` and `musubi text ...`.

#include "command_line.h"
#include "match_commands.h"
#include "text_commands.h"

namespace musubi::apps {

namespace {

void AddTables(CLI::App* app, TableOptions& tables) {
  app->add_option(
         "--kanji-variants",
         tables.kanji_variants,
         "Own kanji variants, not the built-in ones (TSV)"
  )
      ->type_name("FILE");
  app->add_option(
         "--gazetteer", tables.gazetteer, "Own municipalities, not the built-in ones (TSV)"
  )
      ->type_name("FILE");
}

}  // namespace

void CommandLine::AddMatch() {
  const auto files = [](auto& command) {
    command.app
        ->add_option("--residents", command.options->residents, "Residents' register (CSV or .gz)")
        ->required()
        ->type_name("FILE");
    command.app->add_option("--roster", command.options->roster, "Roster (CP932 or UTF-8)")
        ->required()
        ->type_name("FILE");
    command.app->add_option("--mapping", command.options->mapping, "Which column holds what (TOML)")
        ->type_name("FILE");
    command.app->add_option("--out", command.options->out, "Result to write (CSV)")
        ->required()
        ->type_name("FILE");
    AddTables(command.app, command.options->tables);
    command.app->add_option("--threads", command.options->threads, "0: as many as the machine has");
    Json(command.app, command.options->json);
  };
  auto match = Add(&app_, "match", "Match a roster with a register, no scheme needed", &Match);
  files(match);
  match.app->add_option("--rules", match.options->rules, "Rule set: standard, or FILE.toml:NAME");
  match.app->add_flag("--explain", match.options->explain, "Also what differs, form by form");
  auto verify =
      Add(&app_, "verify", "Does every number of a roster belong to its person?", &Verify);
  files(verify);
}

void CommandLine::AddText() {
  CLI::App* group = AddGroup("text", "Spellings");
  auto normalise = Add(group, "normalise", "Normal form and rules of each line", &TextNormalise);
  normalise.app->add_option("--as", normalise.options->as, "name, kana, address or date")
      ->required()
      ->check(CLI::IsMember({"name", "kana", "address", "date"}));
  normalise.app->add_flag("--lenient", normalise.options->lenient, "The lenient form");
  AddTables(normalise.app, normalise.options->tables);
}

}  // namespace musubi::apps
