// Registers what clerks do at the desks of a system, for `musubi terminal` and `musubi
// institution`.

#include "command_line.h"
#include "desk_commands.h"

namespace musubi::apps {

void CommandLine::AddDesk(CLI::App* group, const char* system) {
  const auto at = [this, group, system](const auto& command) {
    Config(group, command);
    command.options->system = system;
  };
  auto inquire =
      Add(group, "inquire", "Ask another institution; the first line is the id", &DeskInquire);
  at(inquire);
  inquire.app->add_option("--person", inquire.options->person, "Whom it is about")->required();
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

  auto answer = Add(group, "answer", "Open and show an answer", &DeskAnswer);
  at(answer);
  answer.app->add_option("id", answer.options->id, "Id of the inquiry")->required();
  answer.app->add_option("--by", answer.options->by, "Who looks at it, for the record");
  answer.app
      ->add_option(
          "--compare", answer.options->compare, "Paper to compare with (CSV kind,item,value)"
      )
      ->type_name("FILE");
  Json(answer.app, answer.options->json);

  auto inquiries = Add(group, "inquiries", "The newest inquiries", &DeskInquiries);
  at(inquiries);
  Json(inquiries.app, inquiries.options->json);

  auto corrections = Add(
      group, "corrections", "Inquiries whose provider has corrected its answer", &DeskCorrections
  );
  at(corrections);
  Json(corrections.app, corrections.options->json);

  auto waiting = Add(group, "waiting", "Orders that a person answers by hand", &DeskWaiting);
  at(waiting);
  Json(waiting.app, waiting.options->json);

  auto release = Add(group, "release", "Give out what waits under this id", &DeskRelease);
  at(release);
  release.app->add_option("id", release.options->id, "Id of the inquiry")->required();
  release.app->add_option("--by", release.options->by, "Who has decided")->required();

  auto refuse = Add(group, "refuse", "Refuse what waits under this id", &DeskRefuse);
  at(refuse);
  refuse.app->add_option("id", refuse.options->id, "Id of the inquiry")->required();
  refuse.app->add_option("--by", refuse.options->by, "Who has decided")->required();
}

}  // namespace musubi::apps
