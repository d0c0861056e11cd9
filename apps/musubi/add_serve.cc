// Registers `musubi serve`.

#include "command_line.h"
#include "serve_commands.h"

namespace musubi::apps {

void CommandLine::AddServe() {
  auto serve = Add(&app_, "serve", "Run one role until SIGINT or SIGTERM", &Serve);
  serve.app
      ->add_option(
          "role",
          serve.options->role,
          "hub, network, jlis, support, institution or portal (or a node's id)"
      )
      ->required();
  serve.app->add_option("--config", serve.options->config, "Configuration of the role (TOML)")
      ->required()
      ->type_name("FILE");
}

}  // namespace musubi::apps
