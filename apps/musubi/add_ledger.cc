// Registers `musubi ledger ...`.

#include "command_line.h"
#include "ledger_commands.h"
#include "witness_commands.h"

namespace musubi::apps {

void CommandLine::AddLedger() {
  CLI::App* group = AddGroup("ledger", "Verify logs and their proofs");
  auto inclusion = Add(
      group, "verify-inclusion", "Does an entry stand in a log? 0 yes, 1 no", &LedgerVerifyInclusion
  );
  inclusion.app->add_option("--index", inclusion.options->index, "Index of the entry, from 0")
      ->required();
  inclusion.app->add_option("--size", inclusion.options->size, "Size of the tree")->required();
  inclusion.app->add_option("--root", inclusion.options->root, "Root of the tree")
      ->required()
      ->type_name("BASE64");
  inclusion.app->add_option("--leaf-hash", inclusion.options->leaf_hash, "SHA-256(0x00, entry)")
      ->required()
      ->type_name("BASE64");
  inclusion.app->add_option("--proof", inclusion.options->proof, "Hashes, with commas; may be \"\"")
      ->required()
      ->expected(0, 1)
      ->type_name("BASE64,..");

  auto consistency =
      Add(group,
          "verify-consistency",
          "Does a tree begin with an earlier one? 0 yes, 1 no",
          &LedgerVerifyConsistency);
  consistency.app->add_option("--first", consistency.options->first, "Size of the earlier tree")
      ->required();
  consistency.app->add_option("--second", consistency.options->second, "Size of the later tree")
      ->required();
  consistency.app->add_option("--first-root", consistency.options->first_root, "Its root")
      ->required()
      ->type_name("BASE64");
  consistency.app->add_option("--second-root", consistency.options->second_root, "Its root")
      ->required()
      ->type_name("BASE64");
  consistency.app
      ->add_option("--proof", consistency.options->proof, "Hashes, with commas; may be \"\"")
      ->required()
      ->expected(0, 1)
      ->type_name("BASE64,..");

  auto audit = Add(group, "audit", "Derive whole logs anew and compare views", &LedgerAudit);
  audit.app->add_option("log", audit.options->log, "Folder of a log, or https://host:port/log")
      ->required()
      ->type_name("URL-OR-DIR");
  audit.app->add_option("--against", audit.options->against, "Another view or another party's log")
      ->type_name("URL-OR-DIR");
  audit.app->add_flag(
      "--all-parties", audit.options->all_parties, "All parties' logs are given: name who lacks one"
  );
  audit.app->add_option("--key", audit.options->keys, "Public key of a log; default: its log.vkey")
      ->type_name("KEY");
  audit.app->add_option("--witness", audit.options->witnesses, "A witness that must have cosigned")
      ->type_name("KEY");
  audit.app
      ->add_option(
          "--store",
          audit.options->stores,
          "Configuration of a party ([node] id, store): its rows are checked too"
      )
      ->type_name("FILE");
  audit.app
      ->add_option("--config", audit.options->config, "Node whose certificate is shown to URLs")
      ->type_name("FILE");
  audit.app->add_option(
      "--peer", audit.options->peer, "Id of the server of all URLs; default: [peers] of --config"
  );
  Json(audit.app, audit.options->json);

  auto witness =
      Add(group,
          "witness",
          "Watch logs and cosign those that only grow: 1 one is refused",
          &LedgerWitness);
  witness.app->add_option("--config", witness.options->config, "Configuration of the witness")
      ->required()
      ->type_name("FILE");
  witness.app->add_flag("--once", witness.options->is_once, "One look at every log, then end");
  witness.app->add_option("--every", witness.options->every_s, "Seconds between looks")
      ->check(CLI::Range(1U, 86400U))
      ->capture_default_str();
  Json(witness.app, witness.options->json);
}

}  // namespace musubi::apps
