// Registers `musubi scheme ...`.

#include "command_line.h"
#include "scheme_commands.h"

namespace musubi::apps {

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
  fault.app->add_option("role", fault.options->role, "network, jlis, support or institution-...")
      ->required();
  fault.app->add_option("--busy", fault.options->busy, "Share of requests answered busy (0-1)");
  fault.app->add_option("--slow-ms", fault.options->slow_ms, "Every answer waits so long");
  fault.app->add_flag("--closed", fault.options->closed, "Outside service hours");
  fault.app->add_option("--drop", fault.options->drop, "Share of connections cut (0-1)");
  fault.app->add_option(
      "--lose-answer", fault.options->lose_answer, "Share of answers lost after the work (0-1)"
  );
  fault.app->add_option(
      "--wrong-records",
      fault.options->wrong_records,
      "Institution: share of answers with old versions (0-1)"
  );
  fault.app->add_flag("--silent", fault.options->silent, "Institution: orders get no reply");
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

}  // namespace musubi::apps
