// Counters and gauges in Prometheus text form: musubi_<folder>_<noun>_<unit>[_total].
// Thread-safe; a counter, once made, lives as long as the process.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace musubi::ops {

class Counter {
 public:
  void Add(std::uint64_t count = 1) { value_.fetch_add(count, std::memory_order_relaxed); }

  void Set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }

  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_ = 0;
};

// The counter of this name and label set (`labels`: `route="/v1/batches",status="200"` or empty).
[[nodiscard]] Counter& GetCounter(
    std::string_view name, std::string_view help, std::string_view labels = {}
);
[[nodiscard]] Counter& GetGauge(
    std::string_view name, std::string_view help, std::string_view labels = {}
);
[[nodiscard]] std::string MetricsText();

}  // namespace musubi::ops
