#include "output.h"

#include <cstdio>

#include <boost/json/serialize.hpp>

namespace musubi::apps {

namespace {

void WriteLine(std::FILE* stream, std::string_view line) {
  std::fwrite(line.data(), 1, line.size(), stream);
  std::fputc('\n', stream);
  std::fflush(stream);
}

}  // namespace

int Fail(const Error& error) {
  WriteLine(stderr, "musubi: " + error.Text());
  return ExitCodeOf(error.code);
}

void Warn(std::string_view text) {
  WriteLine(stderr, std::string("musubi: warning: ").append(text));
}

void PrintLine(std::string_view line) {
  WriteLine(stdout, line);
}

void PrintJson(const boost::json::value& value) {
  WriteLine(stdout, boost::json::serialize(value));
}

std::string FormatCount(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t end = digits.size(); end > 3; end -= 3) {
    digits.insert(end - 3, 1, ',');
  }
  return digits;
}

int Finish(const Result<void>& result) {
  return result.ok() ? kExitDone : Fail(result.error());
}

}  // namespace musubi::apps
