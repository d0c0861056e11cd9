// Registers `musubi package ...`.

#include "command_line.h"
#include "package_commands.h"

namespace musubi::apps {

void CommandLine::AddPackage() {
  CLI::App* group = AddGroup("package", "Packages between institutions");
  auto open = Add(group, "open", "Open and check a package addressed to this node", &PackageOpen);
  open.app->add_option("file", open.options->file, "Package")->required();
  open.app->add_option("--config", open.options->config, "Configuration of the node (TOML)")
      ->required()
      ->type_name("FILE");
}

}  // namespace musubi::apps
