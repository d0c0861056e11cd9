// `musubi match` and `musubi verify`: two files and no scheme running.
#pragma once

#include <string>

namespace musubi::apps {

// Tables of the user's own in place of the built-in ones; empty: the built-in one.
struct TableOptions {
  std::string kanji_variants;
  std::string gazetteer;
};

struct MatchOptions {
  std::string residents;
  std::string roster;
  std::string mapping;             // empty: none
  std::string rules = "standard";  // a built-in name, or FILE.toml:NAME
  std::string out;
  TableOptions tables;
  bool explain = false;
  bool json = false;
  unsigned threads = 0;  // 0: as many as the machine has
};

struct VerifyOptions {
  std::string residents;
  std::string roster;
  std::string mapping;
  std::string out;
  TableOptions tables;
  bool json = false;
  unsigned threads = 0;
};

int Match(const MatchOptions& options);
int Verify(const VerifyOptions& options);

}  // namespace musubi::apps
