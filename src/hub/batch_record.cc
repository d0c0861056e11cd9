#include "hub/batch_record.h"

#include <charconv>
#include <functional>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace musubi::hub {

namespace {

using exchange::Outcome;

BatchState StateOf(std::string_view name) {
  for (const BatchState state :
       {BatchState::kOpen,
        BatchState::kWorking,
        BatchState::kReady,
        BatchState::kAcknowledged,
        BatchState::kFileNeeded}) {
    if (BatchStateName(state) == name) {
      return state;
    }
  }
  return BatchState::kRefused;
}

// Calls back for every "name=value" of a space-separated list.
void EachPair(
    std::string_view text, const std::function<void(std::string_view, std::int64_t)>& on_pair
) {
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    const std::string_view pair = text.substr(0, space);
    text.remove_prefix(std::min(space + 1, text.size()));
    const std::size_t equals = pair.find('=');
    std::int64_t value = 0;
    if (equals != std::string_view::npos) {
      std::from_chars(pair.data() + equals + 1, pair.data() + pair.size(), value);
      on_pair(pair.substr(0, equals), value);
    }
  }
}

template <typename Counts, typename NameOf>
std::string CountsText(const Counts& counts, const NameOf& name_of) {
  std::string text;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) {
      text += fmt::format("{}{}={}", text.empty() ? "" : " ", name_of(i), counts[i]);
    }
  }
  return text;
}

// Outcomes by name into `json`; returns how many rows are done.
std::uint64_t PutOutcomes(const Batch& batch, boost::json::object& json) {
  if (HasCopyOutcomes(batch.kind)) {
    for (std::size_t i = 0; i < batch.copies.size(); ++i) {
      if (batch.copies[i] > 0) {
        json[CopyOutcomeName(static_cast<exchange::CopyOutcome>(i))] = batch.copies[i];
      }
    }
    return batch.copies[static_cast<std::size_t>(exchange::CopyOutcome::kApplied)];
  }
  std::uint64_t done = 0;
  for (std::size_t i = 0; i < batch.outcomes.size(); ++i) {
    const auto outcome = static_cast<Outcome>(i);
    if (batch.outcomes[i] > 0) {
      json[OutcomeName(outcome)] = batch.outcomes[i];
    }
    done += IsDone(outcome) ? batch.outcomes[i] : 0;
  }
  return done;
}

}  // namespace

Result<Batch> BatchOfRow(const store::Row& row) {
  Batch batch;
  batch.id = row.Int(0);
  batch.insurer = row.Text(1);
  batch.kind = row.Text(2);
  batch.package = row.Text(3);
  batch.state = StateOf(row.Text(4));
  batch.row_count = static_cast<std::uint64_t>(row.Int(5));
  if (HasCopyOutcomes(batch.kind)) {
    batch.copies = CopyOutcomesOfText(row.Text(6));
  } else {
    batch.outcomes = OutcomesOfText(row.Text(6));
  }
  batch.pairs_size = static_cast<std::uint64_t>(row.Int(7));
  batch.problem = row.Text(8);
  batch.place = row.Text(9);
  batch.advice = row.Text(10);
  batch.times = TimesOfText(row.Text(11));
  return batch;
}

std::string OutcomesText(const exchange::OutcomeCounts& counts) {
  return CountsText(counts, [](std::size_t i) { return OutcomeName(static_cast<Outcome>(i)); });
}

std::string OutcomesText(const exchange::CopyOutcomeCounts& counts) {
  return CountsText(counts, [](std::size_t i) {
    return CopyOutcomeName(static_cast<exchange::CopyOutcome>(i));
  });
}

exchange::CopyOutcomeCounts CopyOutcomesOfText(std::string_view text) {
  exchange::CopyOutcomeCounts counts = {};
  EachPair(text, [&counts](std::string_view name, std::int64_t value) {
    if (const auto outcome = exchange::CopyOutcomeOf(name)) {
      counts[static_cast<std::size_t>(*outcome)] = static_cast<std::uint64_t>(value);
    }
  });
  return counts;
}

exchange::OutcomeCounts OutcomesOfText(std::string_view text) {
  exchange::OutcomeCounts counts = {};
  EachPair(text, [&counts](std::string_view name, std::int64_t value) {
    if (const auto outcome = exchange::OutcomeOf(name)) {
      counts[static_cast<std::size_t>(*outcome)] = static_cast<std::uint64_t>(value);
    }
  });
  return counts;
}

std::string TimesText(const StageTimes& times) {
  return fmt::format(
      "checking={} acquiring={} reading={} registering={} writing={}",
      times.checking_ms,
      times.acquiring_ms,
      times.reading_ms,
      times.registering_ms,
      times.writing_ms
  );
}

StageTimes TimesOfText(std::string_view text) {
  StageTimes times;
  EachPair(text, [&times](std::string_view name, std::int64_t value) {
    if (name == "checking") {
      times.checking_ms = value;
    } else if (name == "acquiring") {
      times.acquiring_ms = value;
    } else if (name == "reading") {
      times.reading_ms = value;
    } else if (name == "registering") {
      times.registering_ms = value;
    } else if (name == "writing") {
      times.writing_ms = value;
    }
  });
  return times;
}

std::string BatchJson(const Batch& batch) {
  boost::json::object json;
  json["batch"] = BatchName(batch.id);
  json["insurer"] = batch.insurer;
  json["kind"] = batch.kind;
  json["state"] = BatchStateName(batch.state);
  json["rows"] = batch.row_count;
  if (batch.state == BatchState::kWorking) {
    json["stage"] = StageName(batch.stage);
    json["rows_done"] = batch.rows_done;
  }
  if (batch.state == BatchState::kOpen) {
    json["offset"] = batch.offset;
    json["sealing_certificate"] = batch.sealing_certificate;
  }
  if (batch.state == BatchState::kReady || batch.state == BatchState::kAcknowledged) {
    boost::json::object outcomes;
    const std::uint64_t done = PutOutcomes(batch, outcomes);
    json["outcomes"] = std::move(outcomes);
    json["done"] = done;
    json["refused"] = batch.row_count - done;
    json["pairs_size"] = batch.pairs_size;
    json["stage_ms"] = {
        {"checking", batch.times.checking_ms},
        {"acquiring", batch.times.acquiring_ms},
        {"reading", batch.times.reading_ms},
        {"registering", batch.times.registering_ms},
        {"writing", batch.times.writing_ms}
    };
  }
  if (!batch.problem.empty()) {
    json["problem"] = {{"detail", batch.problem}, {"place", batch.place}, {"advice", batch.advice}};
  }
  return boost::json::serialize(json);
}

}  // namespace musubi::hub
