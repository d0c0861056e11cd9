#include "hub/batch_record.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "hub/routes.h"

namespace musubi::hub {
namespace {

TEST(BatchRecord, OutcomeCountsSurviveTheStore) {
  exchange::OutcomeCounts counts = {};
  counts[0] = 12;
  counts[5] = 3;
  EXPECT_EQ(OutcomesText(counts), "issued=12 birth-date-differs=3");
  EXPECT_EQ(OutcomesOfText(OutcomesText(counts)), counts);
}

TEST(BatchRecord, BatchNamesReadBack) {
  EXPECT_EQ(BatchIdOf(BatchName(7)), 7);
  EXPECT_EQ(BatchIdOf("B-123456789"), 123456789);
  for (const char* wrong :
       {"", "B-", "B-x", "B-0", "B--1", "7", "B-1 ", "B-99999999999999999999"}) {
    EXPECT_FALSE(BatchIdOf(wrong).has_value()) << wrong;
  }
}

TEST(BatchRecord, DoneAndRefusedAddUpToTheRows) {
  Batch batch;
  batch.id = 1;
  batch.state = BatchState::kReady;
  batch.row_count = 10;
  batch.outcomes[static_cast<std::size_t>(exchange::Outcome::kIssued)] = 6;
  batch.outcomes[static_cast<std::size_t>(exchange::Outcome::kKnown)] = 1;
  batch.outcomes[static_cast<std::size_t>(exchange::Outcome::kNotFound)] = 3;
  const auto json = boost::json::parse(BatchJson(batch)).as_object();
  EXPECT_EQ(json.at("done").to_number<int>(), 7);
  EXPECT_EQ(json.at("refused").to_number<int>(), 3);
  EXPECT_FALSE(json.contains("sealing_certificate"));
}

TEST(HubDescription, IsAnOpenApiDocumentWithEveryRoute) {
  const auto json = boost::json::parse(OpenApiDocument()).as_object();
  const auto& paths = json.at("paths").as_object();
  for (const char* path :
       {"/v1/batches",
        "/v1/batches/{id}",
        "/v1/batches/{id}/content",
        "/v1/batches/{id}/complete",
        "/v1/batches/{id}/pairs",
        "/v1/batches/{id}/acknowledge",
        "/v1/links/stop",
        "/v1/links/resume"}) {
    EXPECT_TRUE(paths.contains(path)) << path;
  }
}

}  // namespace
}  // namespace musubi::hub
