// Registers `musubi portal ...`.

#include "command_line.h"
#include "portal_commands.h"

namespace musubi::apps {

void CommandLine::AddPortal() {
  CLI::App* group = AddGroup("portal", "What a person sees at the portal");
  // `portal --config F records` as well as `portal records --config F`; verify needs none.
  std::string* shared = &config_;
  group->add_option("--config", *shared, "Configuration of the portal (TOML)")->type_name("FILE");
  const auto from_group = [this, shared](auto& command) {
    prepare_.push_back([shared, options = command.options] { options->config = *shared; });
  };

  auto records = Add(group, "records", "Who asked about me, when and why", &PortalRecords);
  from_group(records);
  records.app->add_option("--person", records.options->person, "Account")->required();
  records.app->add_option("--newest", records.options->newest, "How many, the newest (1,000)")
      ->check(CLI::PositiveNumber);
  records.app->add_flag("--all", records.options->all, "All of them, however many");
  records.app
      ->add_option("--proof", records.options->proof, "All, and write a proof that they are all")
      ->type_name("OUT.json");
  Json(records.app, records.options->json);

  auto notices = Add(group, "notices", "What my association wrote to me", &PortalNotices);
  from_group(notices);
  notices.app->add_option("--person", notices.options->person, "Account")->required();
  Json(notices.app, notices.options->json);

  auto verify = Add(group, "verify", "Check a proof: is the list complete?", &PortalVerify);
  verify.app->add_option("file", verify.options->file, "Proof")->required();
  verify.app->add_option("--key", verify.options->key, "The network's log key (vkey), known before")
      ->type_name("FILE");
  Json(verify.app, verify.options->json);

  auto own = Add(group, "own", "Ask for own information; the first line is the id", &PortalOwn);
  from_group(own);
  own.app->add_option("--person", own.options->person, "Account")->required();
  own.app->add_option("--information", own.options->information, "Code of the information")
      ->required();
  own.app->add_option("--provider", own.options->provider, "Institution that is asked");
  own.app->add_option("--id", own.options->id, "Id drawn before, to ask once more");
  own.app->add_flag("--wait", own.options->wait, "Stay until the outcome is final");
  Json(own.app, own.options->json);

  auto answer = Add(group, "answer", "Fetch and show own information", &PortalAnswer);
  from_group(answer);
  answer.app->add_option("id", answer.options->id, "Id of the inquiry")->required();
  Json(answer.app, answer.options->json);
}

}  // namespace musubi::apps
