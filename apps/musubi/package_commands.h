// `musubi package ...`: looking into a package by hand.
//
// Prints personal data to standard output, which is why it works only where the package may be read
// anyway: the terminal opens number lists sealed to it, the insurer the pairs the hub sent it.
#pragma once

#include <string>

namespace musubi::apps {

struct PackageOpenOptions {
  std::string file;
  std::string config;  // of the node the package is addressed to
};

// The whole package is checked in a first pass; a refused one prints nothing.
[[nodiscard]] int PackageOpen(const PackageOpenOptions& options);

}  // namespace musubi::apps
