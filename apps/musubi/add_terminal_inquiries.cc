// Registers the commands of `musubi terminal` about inquiries.

#include "command_line.h"
#include "terminal_inquiry_commands.h"

namespace musubi::apps {

void CommandLine::AddTerminalInquiries(CLI::App* group) {
  AddDesk(group, "hub");

  auto flags =
      Add(group, "flags", "Set a person's marks; what is not named is off", &TerminalFlags);
  Config(group, flags);
  flags.app->add_option("person", flags.options->person, "NUMBER-BRANCH")->required();
  flags.app->add_flag("--hidden", flags.options->hidden, "Provisions are not shown at the portal");
  flags.app->add_flag(
      "--self-blocked", flags.options->self_blocked, "No own information at the portal"
  );
  flags.app->add_flag("--manual", flags.options->manual, "A person answers inquiries");

  auto use =
      Add(group, "use", "What is asked electronically and what comes on paper", &TerminalUse);
  Config(group, use);
  use.app->add_option("--month", use.options->month, "YYYY-MM (this month)");
  auto* procedure = use.app->add_option("--procedure", use.options->procedure, "Code of the work");
  auto* paper = use.app->add_option("--paper", use.options->paper, "Report so many papers taken in")
                    ->check(CLI::NonNegativeNumber)
                    ->needs(procedure);
  procedure->needs(paper);
  Json(use.app, use.options->json);

  auto form =
      Add(group,
          "telephone-form",
          "Form for asking by telephone, when the network cannot answer",
          &TerminalTelephoneForm);
  Config(group, form);
  form.app->add_option("id", form.options->id, "Id of the inquiry")->required();
}

}  // namespace musubi::apps
