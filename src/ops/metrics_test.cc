#include "ops/metrics.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace musubi::ops {
namespace {

TEST(Metrics, SameNameAndLabelsAreTheSameCounter) {
  Counter& counter = GetCounter("musubi_test_same_total", "Same.", R"(a="1")");
  EXPECT_EQ(&counter, &GetCounter("musubi_test_same_total", "Same.", R"(a="1")"));
  EXPECT_NE(&counter, &GetCounter("musubi_test_same_total", "Same.", R"(a="2")"));
}

TEST(Metrics, TextHasHelpTypeAndEveryLabelSet) {
  GetCounter("musubi_test_rows_total", "Rows\nread.", R"(kind="a")").Add(3);
  GetCounter("musubi_test_rows_total", "Rows\nread.", R"(kind="b")").Add();
  GetGauge("musubi_test_open_connections", "Open now.").Set(7);
  const std::string text = MetricsText();
  EXPECT_NE(
      text.find(
          "# HELP musubi_test_rows_total Rows\\nread.\n# TYPE musubi_test_rows_total counter\n"
          "musubi_test_rows_total{kind=\"a\"} 3\nmusubi_test_rows_total{kind=\"b\"} 1\n"
      ),
      std::string::npos
  );
  EXPECT_NE(
      text.find("# TYPE musubi_test_open_connections gauge\nmusubi_test_open_connections 7\n"),
      std::string::npos
  );
}

TEST(Metrics, CountsOfManyThreadsAddUp) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([] {
      for (int i = 0; i < 1000; ++i) {
        GetCounter("musubi_test_threads_total", "Threads.").Add();
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(GetCounter("musubi_test_threads_total", "Threads.").value(), 4000U);
}

}  // namespace
}  // namespace musubi::ops
