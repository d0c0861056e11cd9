// Registers `musubi number ...`.

#include "command_line.h"
#include "number_commands.h"

namespace musubi::apps {

void CommandLine::AddNumber() {
  CLI::App* group = AddGroup("number", "Numbers and their check digits");
  auto check = Add(group, "check", "Check the numbers on standard input", &NumberCheck);
  check.app->add_option("--kind", check.options->kind, "Which kind of number")
      ->check(CLI::IsMember({"individual", "resident", "insurer", "corporate"}));
}

}  // namespace musubi::apps
