// Registers the commands of `musubi terminal` about inquiries.

#include "command_line.h"
#include "terminal_inquiry_commands.h"

namespace musubi::apps {

void CommandLine::AddTerminalInquiries(CLI::App* group) {
  auto inquire =
      Add(group, "inquire", "Ask another institution; the first line is the id", &TerminalInquire);
  Config(group, inquire);
  inquire.app->add_option("--person", inquire.options->person, "NUMBER-BRANCH")->required();
  inquire.app->add_option("--procedure", inquire.options->procedure, "Code of the work (事務)")
      ->required();
  inquire.app->add_option("--information", inquire.options->information, "Code of what is asked")
      ->required();
  inquire.app->add_option("--provider", inquire.options->provider, "Institution that is asked");
  inquire.app->add_option("--from", inquire.options->from, "First day asked about (YYYY-MM-DD)");
  inquire.app->add_option("--to", inquire.options->to, "Last day asked about (YYYY-MM-DD)");
  inquire.app->add_option("--id", inquire.options->id, "Id drawn before, to ask once more");
  inquire.app->add_flag("--hidden", inquire.options->hidden, "Kept out of the person's own view");
  inquire.app->add_flag("--wait", inquire.options->wait, "Stay until the outcome is final");
  Json(inquire.app, inquire.options->json);

  auto answer = Add(group, "answer", "Open and show an answer", &TerminalAnswer);
  Config(group, answer);
  answer.app->add_option("id", answer.options->id, "Id of the inquiry")->required();
  answer.app->add_option("--by", answer.options->by, "Who looks at it, for the record");
  answer.app
      ->add_option(
          "--compare", answer.options->compare, "Paper to compare with (CSV kind,item,value)"
      )
      ->type_name("FILE");
  Json(answer.app, answer.options->json);

  auto inquiries = Add(group, "inquiries", "The terminal's newest inquiries", &TerminalInquiries);
  Config(group, inquiries);
  Json(inquiries.app, inquiries.options->json);

  auto corrections =
      Add(group,
          "corrections",
          "Inquiries whose provider has corrected its answer",
          &TerminalCorrections);
  Config(group, corrections);
  Json(corrections.app, corrections.options->json);

  auto waiting = Add(group, "waiting", "Orders that a person answers by hand", &TerminalWaiting);
  Config(group, waiting);
  Json(waiting.app, waiting.options->json);

  auto release = Add(group, "release", "Give out what waits under this id", &TerminalRelease);
  Config(group, release);
  release.app->add_option("id", release.options->id, "Id of the inquiry")->required();
  release.app->add_option("--by", release.options->by, "Who has decided")->required();

  auto refuse = Add(group, "refuse", "Refuse what waits under this id", &TerminalRefuse);
  Config(group, refuse);
  refuse.app->add_option("id", refuse.options->id, "Id of the inquiry")->required();
  refuse.app->add_option("--by", refuse.options->by, "Who has decided")->required();

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
  use.app->add_option("--paper", use.options->paper, "Report so many papers taken in")
      ->needs(procedure);
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
