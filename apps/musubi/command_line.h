// The command line of the one program: fills plain option structs and calls the function of each
// command. Nothing else happens here, and nothing else of the program knows the library behind it.
// Each group of commands is registered in add_<group>.cc.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace musubi::apps {

// What the command line asked for; set while it is parsed, run afterwards.
using Command = std::function<int()>;

class CommandLine {
 public:
  CommandLine();

  // The exit code.
  int Run(int argument_count, char** arguments);

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
  void AddTerminalInquiries(CLI::App* group);
  // `system`: the peer whose desks these are; "": the node itself.
  void AddDesk(CLI::App* group, const char* system);
  void AddHub();
  void AddInsurerLinks(CLI::App* group);
  void AddInsurerCopies(CLI::App* group);
  void AddMatch();
  void AddText();
  void AddNumber();
  void AddPackage();
  void AddCertificate();
  void AddBench();
  void AddLedger();
  void AddRules();
  void AddInstitution();
  void AddPortal();

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

}  // namespace musubi::apps
