// Registers `musubi bench ...`.

#include "bench_commands.h"
#include "bench_copies_commands.h"
#include "bench_exchange_commands.h"
#include "bench_match_commands.h"
#include "bench_portal_commands.h"
#include "command_line.h"
#include "ledger_commands.h"

namespace musubi::apps {

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
  match.app->add_flag("--no-yardsticks", match.options->no_yardsticks, "Leave the comparison out");
  Json(match.app, match.options->json);

  auto copies =
      Add(group, "copies", "Record copies per second from package to durable", &BenchCopies);
  copies.app->add_option("--people", copies.options->people, "How many people, a record each");
  copies.app
      ->add_option(
          "--store", copies.options->store, "sqlite, postgresql (a server is started) or a URL"
      )
      ->type_name("URL");
  copies.app->add_flag(
      "--no-yardsticks", copies.options->no_yardsticks, "Leave the comparison out"
  );
  Json(copies.app, copies.options->json);

  auto ledger = Add(group, "ledger", "Durable log entries per second", &BenchLedger);
  ledger.app->add_option("--entries", ledger.options->entries, "How many entries");
  ledger.app->add_option("--group", ledger.options->group, "Entries a group");
  ledger.app->add_option("--folder", ledger.options->folder, "Keep the log there");
  ledger.app->add_flag("--no-yardsticks", ledger.options->no_yardsticks, "Without SQLite");
  Json(ledger.app, ledger.options->json);

  auto exchange = Add(group, "exchange", "Inquiries per second, all roles here", &BenchExchange);
  exchange.app->add_option("--people", exchange.options->people, "How many insured people");
  exchange.app->add_option("--connections", exchange.options->connections, "Side by side (64)");
  exchange.app->add_option("--seconds", exchange.options->seconds, "How long (10)");
  exchange.app->add_option(
      "--inquiries", exchange.options->inquiries, "End after so many, not after a time"
  );
  exchange.app->add_option(
      "--kill-every-ms", exchange.options->kill_every_ms, "Kill a role (SIGKILL) so often"
  );
  exchange.app->add_option(
      "--cut-every-ms", exchange.options->cut_every_ms, "Reset a connection between roles so often"
  );
  exchange.app->add_flag("--no-yardsticks", exchange.options->no_yardsticks, "Without nginx");
  exchange.app->add_flag("--keep", exchange.options->keep, "Leave the working folder there");
  Json(exchange.app, exchange.options->json);

  auto portal = Add(group, "portal", "How long a person waits for their list", &BenchPortal);
  portal.app->add_option("--records", portal.options->records, "About this person (10,000)");
  portal.app->add_option("--rounds", portal.options->rounds, "How often it is asked for (50)");
  portal.app->add_flag("--keep", portal.options->keep, "Leave the working folder there");
  Json(portal.app, portal.options->json);
}

}  // namespace musubi::apps
