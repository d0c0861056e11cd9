// Registers `musubi institution ...`.

#include "command_line.h"
#include "institution_commands.h"

namespace musubi::apps {

void CommandLine::AddInstitution() {
  CLI::App* group =
      AddGroup("institution", "Another institution (stand-in): ask, answer by hand, read answers");

  auto inquire =
      Add(group, "inquire", "Ask another institution; the first line is the id", &InstitutionInquire
      );
  Config(group, inquire);
  inquire.app->add_option("--person", inquire.options->person, "The institution's own key")
      ->required();
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

  auto answer = Add(group, "answer", "Open and show an answer", &InstitutionAnswer);
  Config(group, answer);
  answer.app->add_option("id", answer.options->id, "Id of the inquiry")->required();
  answer.app->add_option("--by", answer.options->by, "Who looks at it, for the record");
  Json(answer.app, answer.options->json);

  auto inquiries =
      Add(group, "inquiries", "The institution's newest inquiries", &InstitutionInquiries);
  Config(group, inquiries);
  Json(inquiries.app, inquiries.options->json);

  auto corrections =
      Add(group,
          "corrections",
          "Inquiries whose provider has corrected its answer",
          &InstitutionCorrections);
  Config(group, corrections);
  Json(corrections.app, corrections.options->json);

  auto waiting = Add(group, "waiting", "Orders that a person answers by hand", &InstitutionWaiting);
  Config(group, waiting);
  Json(waiting.app, waiting.options->json);

  auto release = Add(group, "release", "Give out what waits under this id", &InstitutionRelease);
  Config(group, release);
  release.app->add_option("id", release.options->id, "Id of the inquiry")->required();
  release.app->add_option("--by", release.options->by, "Who has decided")->required();

  auto refuse = Add(group, "refuse", "Refuse what waits under this id", &InstitutionRefuse);
  Config(group, refuse);
  refuse.app->add_option("id", refuse.options->id, "Id of the inquiry")->required();
  refuse.app->add_option("--by", refuse.options->by, "Who has decided")->required();
}

}  // namespace musubi::apps
