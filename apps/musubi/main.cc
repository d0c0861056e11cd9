// Reads the command line and runs the command it names.

#include <exception>

#include "base/secret.h"
#include "command_line.h"
#include "crypto/wiping.h"
#include "output.h"

namespace musubi::apps {

CommandLine::CommandLine() {
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
  AddLedger();
  AddRules();
  AddInstitution();
  AddPortal();
  AddBench();
}

int CommandLine::Run(int argument_count, char** arguments) {
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

}  // namespace musubi::apps

int main(int argument_count, char** arguments) {
  try {
    return musubi::apps::CommandLine().Run(argument_count, arguments);
  } catch (const std::exception& exception) {
    return musubi::apps::Fail({musubi::ErrorCode::kInternal, exception.what()});
  }
}
