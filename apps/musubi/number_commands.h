// `musubi number`: checks numbers that stand on standard input, one on a line.
#pragma once

#include <string>

namespace musubi::apps {

struct NumberCheckOptions {
  std::string kind = "individual";  // individual, resident, insurer, corporate
};

// Prints "<line number>,ok" or "<line number>,<reason>": bad-format, bad-prefecture,
// bad-check-digit. Never the number. Spaces, tabs and a carriage return around it are taken off;
// digits are ASCII digits only, since what reads full-width ones is the roster. Streams: a line of
// any length is one bad-format. Exit code 0 if all are right, 1 if one is not, 2 for an unknown
// kind.
[[nodiscard]] int NumberCheck(const NumberCheckOptions& options);

}  // namespace musubi::apps
