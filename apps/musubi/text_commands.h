// `musubi text`: shows what the normal forms make of a spelling, one per line of standard input.
//
// Prints personal data, because it prints what it was given: for a person at a terminal who asks
// why two spellings match or do not.
#pragma once

#include <string>

#include "match_commands.h"

namespace musubi::apps {

struct TextNormaliseOptions {
  std::string as = "name";  // name, kana, address, date
  bool lenient = false;     // the lenient form instead of the lossless one
  TableOptions tables;
};

// "normal form TAB rules" for each line, rules separated by spaces (docs/formats/rules.md). A date
// becomes YYYY-MM-DD with the rule "era" or "western"; one that cannot be read an empty form with
// "invalid", and the exit code is 1 at the end. 2 for an unknown kind. A line holds up to 1 MiB.
[[nodiscard]] int TextNormalise(const TextNormaliseOptions& options);

}  // namespace musubi::apps
