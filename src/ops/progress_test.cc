#include "ops/progress.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace musubi::ops {
namespace {

TEST(Progress, NothingIsWrittenWhenStandardErrorIsNoTerminal) {
  if (::isatty(STDERR_FILENO) == 1) {
    GTEST_SKIP() << "standard error is a terminal here";
  }
  testing::internal::CaptureStderr();
  {
    Progress progress("rows", 10);
    progress.Set(5);
    progress.Set(10);
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace musubi::ops
