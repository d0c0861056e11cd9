// Registers `musubi institution ...`.

#include "command_line.h"

namespace musubi::apps {

void CommandLine::AddInstitution() {
  CLI::App* group =
      AddGroup("institution", "Another institution (stand-in): ask, answer by hand, read answers");
  AddDesk(group, "");
}

}  // namespace musubi::apps
