// The command line: fills plain option structs and calls the function of each command. Nothing else
// happens here, and nothing else of the program knows the library behind it.

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/secret.h"
#include "bench_commands.h"
#include "bench_match_commands.h"
#include "certificate_commands.h"
#include "crypto/wiping.h"
#include "hub_commands.h"
#include "insurer_commands.h"
#include "insurer_link_commands.h"
#include "match_commands.h"
#include "number_commands.h"
#include "output.h"
#include "package_commands.h"
#include "scheme_commands.h"
#include "serve_commands.h"
#include "terminal_commands.h"
#include "text_commands.h"

namespace musubi::apps {

namespace {

// What the command line asked for; set while it is parsed, run afterwards.
using Command = std::function<int()>;

class CommandLine {
 public:
  CommandLine() {
    app_.set_help_flag("--help", "Show this help and leave");
    app_.set_version_flag("--version", "musubi " MUSUBI_VERSION);
    app_.require_subcommand(1);
    AddScheme();
    AddServe();
    AddInsurer();
    AddTerminal();
    AddHub();
    AddMatch();
    AddText();
    AddNumber();
    AddPackage();
    AddCertificate();
    AddBench();
  }

  int Run(int argument_count, char** arguments) {
    try {
      app_.parse(argument_count, arguments);
    } catch (const CLI::ExtrasError&) {
      // Not repeated: somebody may have typed a number where none belongs.
      Warn("there is an argument too many or an unknown option; see --help");
      return kExitUsage;
    } catch (const CLI::ParseError& error) {
      return app_.exit(error) == 0 ? kExitDone : kExitUsage;
    }
    for (const auto& prepare : prepare_) {
      prepare();
    }
    if (!config_.empty()) {  // a command at an institution: numbers may pass through
      crypto::WipeWhatOpenSslFrees();
      SetFreedMemoryWiping();
      ForbidCoreDumps();
    }
    for (const std::function<void()>& prepare : before_run_) {
      prepare();
    }
    return command_();
  }

 private:
  CLI::App* AddGroup(const char* name, const char* description) {
    CLI::App* group = app_.add_subcommand(name, description);
    group->require_subcommand(1);
    return group;
  }

  // A command with its own options, filled while parsing; they live as long as the command line.
  template <typename Options>
  struct Added {
    CLI::App* app;
    Options* options;
  };

  template <typename Options>
  Added<Options> Add(
      CLI::App* group, const char* name, const char* description, int (*run)(const Options&)
  ) {
    // shared_ptr: the command's function is copied about, and all copies mean the same options.
    const auto options = std::make_shared<Options>();
    CLI::App* app = group->add_subcommand(name, description);
    app->fallthrough();  // `--config` may stand before or after the command's name
    app->callback([this, options, run] { command_ = [options, run] { return run(*options); }; });
    return {app, options.get()};
  }

  // `--config FILE` of a group, given to every command below it.
  template <typename Options>
  void Config(CLI::App* group, Added<Options> command) {
    const std::string* config = &config_;
    if (group->get_option_no_throw("--config") == nullptr) {
      group->add_option("--config", config_, "Configuration of the node (TOML)")
          ->required()
          ->type_name("FILE");
    }
    prepare_.push_back([config, options = command.options] { options->config = *config; });
  }

  static void Json(CLI::App* app, bool& json) {
    app->add_flag("--json", json, "Print one JSON object");
  }

  void AddScheme();
  void AddServe();
  void AddInsurer();
  void AddTerminal();
  void AddHub();
  void AddInsurerLinks(CLI::App* group);
  void AddMatch();
  void AddText();
  void AddNumber();
  void AddPackage();
  void AddCertificate();
  void AddBench();

  CLI::App app_{
      "Musubi: ties each insured person to the right Individual Number, once.\n"
      "Exit codes: 0 done, 1 refused or problems found, 2 used wrongly, 3 could not.",
      "musubi"
  };
  std::string config_;
  std::vector<std::function<void()>> prepare_;  // hands a group's options to its commands
  std::vector<std::function<void()>> before_run_;
  Command command_;
};

void CommandLine::AddScheme() {
  CLI::App* group = AddGroup("scheme", "A whole scheme on this machine: all roles, on loopback");

  auto init = Add(group, "init", "Make the folder of a new scheme", &SchemeInit);
  init.app->add_option("folder", init.options->folder, "Folder to make")->required();
  init.app
      ->add_option(
          "--residents", init.options->residents, "Residents' register to use (CSV, plain or .gz)"
      )
      ->type_name("FILE");
  init.app->add_option(
      "--insurer", init.options->insurers, "Insurer number; may be repeated (133033 and 133264)"
  );
  init.app->add_option("--people", init.options->people, "Insured people to make up (5000)");
  init.app->add_option("--seed", init.options->seed, "Seed of the made-up people (1)");
  init.app->add_option("--store", init.options->store, "postgresql://... instead of SQLite files");
  init.app->add_option("--base-port", init.options->base_port, "Roles listen above it (18440)");

  auto up = Add(group, "up", "Run every role until Ctrl-C; prints \"ready\"", &SchemeUp);
  up.app->add_option("folder", up.options->folder, "Folder of the scheme")->required();

  auto status = Add(group, "status", "Which roles run and are ready", &SchemeStatus);
  status.app->add_option("folder", status.options->folder, "Folder of the scheme")->required();
  Json(status.app, status.options->json);

  auto fault = Add(group, "fault", "Make a stand-in ill on purpose", &SchemeFault);
  fault.app->add_option("folder", fault.options->folder, "Folder of the scheme")->required();
  fault.app->add_option("role", fault.options->role, "network, jlis or support")->required();
  fault.app->add_option("--busy", fault.options->busy, "Share of requests answered busy (0-1)");
  fault.app->add_option("--slow-ms", fault.options->slow_ms, "Every answer waits so long");
  fault.app->add_flag("--closed", fault.options->closed, "Outside service hours");
  fault.app->add_option("--drop", fault.options->drop, "Share of connections cut (0-1)");
  fault.app->add_option(
      "--lose-answer", fault.options->lose_answer, "Share of answers lost after the work (0-1)"
  );
  fault.app->add_flag("--off", fault.options->off, "All well again");

  auto rehearse =
      Add(group, "rehearse", "Do the main job over a running scheme and report", &SchemeRehearse);
  rehearse.app->add_option("folder", rehearse.options->folder, "Folder of the scheme")->required();
  rehearse.app->add_flag("--once", rehearse.options->once, "No second round with corrections");

  auto all = Add(group, "demonstrate", "init, up and rehearse in one", &SchemeDemonstrate);
  all.app->add_option("folder", all.options->folder, "Folder to make")->required();
  all.app->add_flag("--once", all.options->once, "End after the report");
  all.app->add_flag("--remove", all.options->remove, "Remove the folder at the end");
}

void CommandLine::AddServe() {
  auto serve = Add(&app_, "serve", "Run one role until SIGINT or SIGTERM", &Serve);
  serve.app->add_option("role", serve.options->role, "hub, network, jlis or support")->required();
  serve.app->add_option("--config", serve.options->config, "Configuration of the role (TOML)")
      ->required()
      ->type_name("FILE");
}

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

  AddInsurerLinks(group);
}

void CommandLine::AddInsurerLinks(CLI::App* group) {
  auto query =
      Add(group,
          "query-residents",
          "Ask the resident network for the numbers of people without one",
          &InsurerQueryResidents);
  Config(group, query);
  Json(query.app, query.options->json);

  auto verify =
      Add(group,
          "verify-links",
          "Does every registered number belong to its person?",
          &InsurerVerifyLinks);
  Config(group, verify);
  verify.app->add_flag("--statistics", verify.options->statistics, "Only what earlier runs found");
  Json(verify.app, verify.options->json);

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
}

void CommandLine::AddTerminal() {
  CLI::App* group = AddGroup("terminal", "The door between an association and the hub");

  auto upload =
      Add(group,
          "upload",
          "Send a number list; the first line printed is the batch's id",
          &TerminalUpload);
  Config(group, upload);
  upload.app->add_option("file", upload.options->file, "Package to send")->required();
  upload.app->add_flag("--wait", upload.options->wait, "Stay until the result is ready");
  Json(upload.app, upload.options->json);

  auto batch = Add(group, "batch", "How a batch is getting on", &TerminalBatch);
  Config(group, batch);
  batch.app->add_option("batch", batch.options->batch, "Id of the batch")->required();
  batch.app->add_flag("--wait", batch.options->wait, "Stay until the result is ready");
  Json(batch.app, batch.options->json);

  auto download = Add(group, "download", "Fetch the pairing file of a batch", &TerminalDownload);
  Config(group, download);
  download.app->add_option("batch", download.options->batch, "Id of the batch")->required();
  download.app->add_option("--out", download.options->out, "Package to write")
      ->required()
      ->type_name("FILE.p7m");

  auto ack = Add(group, "ack", "Tell the hub that the association has the pairs", &TerminalAck);
  Config(group, ack);
  ack.app->add_option("batch", ack.options->batch, "Id of the batch")->required();

  auto stop = Add(group, "stop", "Stop a link at the hub, at once", &TerminalStop);
  Config(group, stop);
  stop.app->add_option("insured", stop.options->insured, "NUMBER-BRANCH")->required();
  stop.app->add_option("--reason", stop.options->reason, "A word: birth-date-differs");

  auto resume = Add(group, "resume", "Lift the stop of a link at the hub", &TerminalResume);
  Config(group, resume);
  resume.app->add_option("insured", resume.options->insured, "NUMBER-BRANCH")->required();
}

void CommandLine::AddHub() {
  CLI::App* group = AddGroup("hub", "What an operator may ask of the hub's store");
  auto people = Add(group, "people", "Counts of people by association", &HubPeople);
  Config(group, people);
  Json(people.app, people.options->json);
}

void CommandLine::AddNumber() {
  CLI::App* group = AddGroup("number", "Numbers and their check digits");
  auto check = Add(group, "check", "Check the numbers on standard input", &NumberCheck);
  check.app->add_option("--kind", check.options->kind, "Which kind of number")
      ->check(CLI::IsMember({"individual", "resident", "insurer", "corporate"}));
}

void CommandLine::AddPackage() {
  CLI::App* group = AddGroup("package", "Packages between institutions");
  auto open = Add(group, "open", "Open and check a package addressed to this node", &PackageOpen);
  open.app->add_option("file", open.options->file, "Package")->required();
  open.app->add_option("--config", open.options->config, "Configuration of the node (TOML)")
      ->required()
      ->type_name("FILE");
}

void CommandLine::AddCertificate() {
  CLI::App* group = AddGroup("certificate", "Electronic certificates, at the authority's machine");
  const auto authority = [](auto& command) {
    command.app
        ->add_option("--authority", command.options->authority_folder, "Folder of the authority")
        ->required()
        ->type_name("DIR");
  };
  const auto issuing = [](auto& command) {
    command.app->add_option("--id", command.options->id, "Id of the node: terminal-133033")
        ->required();
    command.app->add_option("--out", command.options->out_folder, "Where node.pem and node.key go")
        ->required()
        ->type_name("DIR");
    command.app->add_option("--host", command.options->host, "Its name or address (this machine)");
    command.app->add_option("--days", command.options->days, "How long it is valid (730)");
  };

  auto issue = Add(group, "issue", "A key and certificate for a new node", &CertificateIssue);
  authority(issue);
  issuing(issue);

  auto renew = Add(group, "renew", "A new pair beside the old one", &CertificateRenew);
  authority(renew);
  issuing(renew);

  auto revoke = Add(group, "revoke", "Revoke, effective at the next check", &CertificateRevoke);
  authority(revoke);
  auto* id = revoke.app->add_option("--id", revoke.options->id, "Every living one of this node");
  revoke.app->add_option("--serial", revoke.options->serial, "This one only")->excludes(id);

  auto list =
      Add(group, "list", "What was issued, until when, and what is revoked", &CertificateList);
  authority(list);
  Json(list.app, list.options->json);

  auto refresh =
      Add(group, "refresh", "Write a fresh revocation list, good for 30 days", &CertificateRefresh);
  authority(refresh);
}

void CommandLine::AddBench() {
  CLI::App* group = AddGroup("bench", "Measurements");
  auto acquire = Add(group, "acquire", "People per second from list to pairs", &BenchAcquire);
  acquire.app->add_option("--people", acquire.options->people, "How many people")->required();
  acquire.app
      ->add_option(
          "--store", acquire.options->store, "sqlite, postgresql (a server is started) or a URL"
      )
      ->type_name("URL");
  acquire.app->add_option(
      "--registry", acquire.options->registry, "People the hub's registry holds beforehand"
  );
  acquire.app->add_flag(
      "--no-yardsticks", acquire.options->no_yardsticks, "Leave the comparisons out"
  );
  acquire.app->add_flag("--keep", acquire.options->keep, "Leave the working folder there");
  Json(acquire.app, acquire.options->json);

  auto match = Add(group, "match", "A roster against a register, from CSV to result", &BenchMatch);
  match.app->add_option("--residents", match.options->residents, "How many residents")->required();
  match.app->add_option("--people", match.options->people, "Rows of the roster")->required();
  match.app->add_option("--seed", match.options->seed, "Seed of the population");
  match.app->add_option("--threads", match.options->threads, "0: as many as the machine has");
  match.app->add_option("--folder", match.options->folder, "Keeps the population there");
  match.app->add_flag("--no-index", match.options->no_index, "Leave the resident index out");
  Json(match.app, match.options->json);
}

}  // namespace

}  // namespace musubi::apps

int main(int argument_count, char** arguments) {
  try {
    return musubi::apps::CommandLine().Run(argument_count, arguments);
  } catch (const std::exception& exception) {
    return musubi::apps::Fail({musubi::ErrorCode::kInternal, exception.what()});
  }
}
