// Registers `musubi terminal ...`.

#include "command_line.h"
#include "terminal_commands.h"

namespace musubi::apps {

void CommandLine::AddTerminal() {
  CLI::App* group = AddGroup("terminal", "The door between an association and the hub");

  auto upload =
      Add(group,
          "upload",
          "Send a number list, record copies or notices; the first line printed is the batch's id",
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

  auto download = Add(group, "download", "Fetch the result of a batch", &TerminalDownload);
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

  AddTerminalInquiries(group);
}

}  // namespace musubi::apps
