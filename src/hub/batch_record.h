// A batch as a row of the store and as JSON on the wire: one place for both.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "hub/batch_book.h"
#include "store/database.h"

namespace musubi::hub {

// Columns in the order batch_book.cc selects them.
[[nodiscard]] Result<Batch> BatchOfRow(const store::Row& row);

// "issued=12 known=3": what the store keeps.
[[nodiscard]] std::string OutcomesText(const exchange::OutcomeCounts& counts);
[[nodiscard]] exchange::OutcomeCounts OutcomesOfText(std::string_view text);
[[nodiscard]] std::string OutcomesText(const exchange::CopyOutcomeCounts& counts);
[[nodiscard]] exchange::CopyOutcomeCounts CopyOutcomesOfText(std::string_view text);
[[nodiscard]] std::string TimesText(const StageTimes& times);
[[nodiscard]] StageTimes TimesOfText(std::string_view text);

// docs/formats/messages.md, "The batch".
[[nodiscard]] std::string BatchJson(const Batch& batch);

}  // namespace musubi::hub
