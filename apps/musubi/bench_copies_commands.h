// `musubi bench copies`.
#pragma once

#include <cstdint>
#include <string>

#include <boost/json/object.hpp>

#include "bench/copies.h"

namespace musubi::apps {

struct BenchCopiesOptions {
  std::uint64_t people = 100000;
  std::string store;
  bool no_yardsticks = false;
  bool json = false;
};

[[nodiscard]] boost::json::object CopiesJson(const bench::CopiesReport& report);

int BenchCopies(const BenchCopiesOptions& options);

}  // namespace musubi::apps
