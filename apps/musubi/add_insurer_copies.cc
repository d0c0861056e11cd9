// Registers the commands of `musubi insurer` about record copies 副本 and notices お知らせ.

#include "command_line.h"
#include "insurer_copy_commands.h"
#include "insurer_notice_commands.h"

namespace musubi::apps {

void CommandLine::AddInsurerCopies(CLI::App* group) {
  auto records =
      Add(group,
          "import-records",
          "Read records (benefits, contributions) the existing system exports",
          &InsurerImportRecords);
  Config(group, records);
  records.app->add_option("file", records.options->file, "CSV (UTF-8 or CP932)")->required();
  records.app->add_flag(
      "--whole", records.options->whole, "The file is all there is: what it lacks is gone"
  );
  Json(records.app, records.options->json);

  auto copies =
      Add(group, "record-copies", "Write record copies for the hub, sealed", &InsurerRecordCopies);
  Config(group, copies);
  copies.app->add_flag("--initial", copies.options->initial, "Everything");
  copies.app->add_flag(
      "--differences", copies.options->differences, "What the hub has not confirmed"
  );
  copies.app->add_option("--out", copies.options->out, "Package to write")
      ->required()
      ->type_name("FILE.p7m");
  copies.app->add_option("--as-of", copies.options->as_of, "As things stand on this day")
      ->type_name("DATE");
  Json(copies.app, copies.options->json);

  auto result =
      Add(group, "import-copy-result", "Read what became of record copies", &InsurerImportCopyResult
      );
  Config(group, result);
  result.app->add_option("file", result.options->file, "Package from the hub")->required();
  Json(result.app, result.options->json);

  auto notices =
      Add(group, "notices", "Write notices to insured people for the hub, sealed", &InsurerNotices);
  Config(group, notices);
  notices.app
      ->add_option("--in", notices.options->in, "CSV: insured_number,branch,title,body,valid_until")
      ->required()
      ->type_name("FILE.csv");
  notices.app->add_option("--out", notices.options->out, "Package to write")
      ->required()
      ->type_name("FILE.p7m");
  Json(notices.app, notices.options->json);

  auto notice_result =
      Add(group, "notice-result", "Read what became of notices at the hub", &InsurerNoticeResult);
  Config(group, notice_result);
  notice_result.app->add_option("file", notice_result.options->file, "Package from the hub")
      ->required();
  Json(notice_result.app, notice_result.options->json);
}

}  // namespace musubi::apps
