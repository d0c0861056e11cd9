#include "ops/log.h"

#include <sstream>
#include <thread>
#include <vector>

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/io.h"

namespace musubi::ops {
namespace {

class LogTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              ("musubi_log_test_" + std::to_string(::getpid()));
    ASSERT_TRUE(SetLogFile(folder_ / "deep" / "hub.log").ok());
  }

  void TearDown() override {
    SetLogLevel(LogLevel::kInfo);
    SetLogNode("");
    EXPECT_TRUE(SetLogFile("/dev/stderr").ok());
    std::filesystem::remove_all(folder_);
  }

  std::vector<boost::json::object> Records() const {
    std::vector<boost::json::object> records;
    std::istringstream lines(ReadFile(folder_ / "deep" / "hub.log").value());
    for (std::string line; std::getline(lines, line);) {
      records.push_back(boost::json::parse(line).as_object());
    }
    return records;
  }

  std::filesystem::path folder_;
};

TEST_F(LogTest, RecordIsOneJsonLineWithTypedFields) {
  SetLogNode("hub");
  LogInfo("hub.batch.completed", {{"rows", 12U}, {"is_late", true}, {"batch", "ab\"\\\n\x01"}});
  const auto records = Records();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].at("level"), "info");
  EXPECT_EQ(records[0].at("event"), "hub.batch.completed");
  EXPECT_EQ(records[0].at("node"), "hub");
  EXPECT_EQ(records[0].at("rows").as_int64(), 12);
  EXPECT_TRUE(records[0].at("is_late").as_bool());
  EXPECT_EQ(records[0].at("batch"), "ab\"\\\n\x01");
  EXPECT_EQ(records[0].at("time").as_string().back(), 'Z');
}

TEST_F(LogTest, InvalidUtf8StillMakesValidJson) {
  LogInfo("a.b", {{"path", "\xff\xe3\x81\x82\xe3"}});
  const auto records = Records();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].at("path"), "?\xe3\x81\x82?");
}

TEST_F(LogTest, RecordsBelowTheLevelAreLeftOut) {
  Log(LogLevel::kDebug, "a.debug");
  SetLogLevel(LogLevel::kWarning);
  LogInfo("a.info");
  LogWarning("a.warning");
  const auto records = Records();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].at("event"), "a.warning");
}

TEST_F(LogTest, FileIsAppendedToAndClosedToOthers) {
  LogInfo("a.first");
  const std::filesystem::path path = folder_ / "deep" / "hub.log";
  ASSERT_TRUE(SetLogFile(path).ok());
  LogInfo("a.second");
  EXPECT_EQ(Records().size(), 2U);
  EXPECT_EQ(
      std::filesystem::status(path).permissions(),
      std::filesystem::perms::owner_read | std::filesystem::perms::owner_write
  );
}

TEST_F(LogTest, LinesOfManyThreadsStayWhole) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([thread] {
      for (int i = 0; i < 250; ++i) {
        LogInfo("a.b", {{"thread", thread}, {"i", i}});
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(Records().size(), 1000U);
}

TEST_F(LogTest, UnusablePathIsRefused) {
  EXPECT_FALSE(SetLogFile(folder_).ok());
}

}  // namespace
}  // namespace musubi::ops
