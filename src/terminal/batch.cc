#include "terminal/batch.h"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace musubi::terminal {

namespace json = boost::json;

namespace {

constexpr std::array<std::pair<BatchState, std::string_view>, 6> kStates = {{
    {BatchState::kOpen, "open"},
    {BatchState::kWorking, "working"},
    {BatchState::kReady, "ready"},
    {BatchState::kAcknowledged, "acknowledged"},
    {BatchState::kRefused, "refused"},
    {BatchState::kFileNeeded, "file-needed"},
}};

Error NotABatch() {
  return {
      ErrorCode::kInvalid,
      "the hub's answer is not a batch this terminal understands",
      {},
      "check that hub and terminal have the same version"
  };
}

std::string TextOf(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::uint64_t CountOf(const json::value* value) {
  if (value == nullptr || !(value->is_int64() || value->is_uint64())) {
    return 0;
  }
  return value->is_uint64()
             ? value->get_uint64()
             : static_cast<std::uint64_t>(std::max<std::int64_t>(value->get_int64(), 0));
}

void ReadProblem(const json::object& object, Error& problem) {
  const json::value* value = object.if_contains("problem");
  if (value == nullptr || !value->is_object()) {
    return;
  }
  problem.message = TextOf(value->get_object(), "detail");
  problem.place = TextOf(value->get_object(), "place");
  problem.advice = TextOf(value->get_object(), "advice");
}

void ReadCounts(const json::object& object, Batch& batch) {
  batch.rows = CountOf(object.if_contains("rows"));
  batch.rows_done = CountOf(object.if_contains("rows_done"));
  batch.done = CountOf(object.if_contains("done"));
  batch.refused = CountOf(object.if_contains("refused"));
  batch.offset = CountOf(object.if_contains("offset"));
  batch.size = CountOf(object.if_contains("size"));
  batch.pairs_size = CountOf(object.if_contains("pairs_size"));
  const json::value* outcomes = object.if_contains("outcomes");
  if (outcomes != nullptr && outcomes->is_object()) {
    for (const auto& [name, count] : outcomes->get_object()) {
      batch.outcomes[std::string(name)] = CountOf(&count);
    }
  }
}

}  // namespace

std::string_view BatchStateName(BatchState state) {
  for (const auto& [value, name] : kStates) {
    if (value == state) {
      return name;
    }
  }
  return "unknown";
}

Result<Batch> Batch::Parse(std::string_view text) {
  json::error_code code;
  json::value value = json::parse(json::string_view(text.data(), text.size()), code);
  if (code || !value.is_object()) {
    return NotABatch();
  }
  json::object& object = value.get_object();
  Batch batch;
  batch.id = TextOf(object, "batch");
  batch.insurer = TextOf(object, "insurer");
  batch.stage = TextOf(object, "stage");
  batch.sealing_certificate = TextOf(object, "sealing_certificate");
  ReadCounts(object, batch);
  batch.problem = {ErrorCode::kRefused, "the hub refused the file"};
  ReadProblem(object, batch.problem);
  object.erase("sealing_certificate");
  batch.json = json::serialize(object);
  const std::string state = TextOf(object, "state");
  for (const auto& [known, name] : kStates) {
    if (name == state && !batch.id.empty()) {
      batch.state = known;
      return batch;
    }
  }
  return NotABatch();
}

Result<std::uint64_t> OffsetOf(std::string_view text) {
  json::error_code code;
  const json::value value = json::parse(json::string_view(text.data(), text.size()), code);
  if (code || !value.is_object() || !value.get_object().contains("offset")) {
    return NotABatch();
  }
  return CountOf(value.get_object().if_contains("offset"));
}

}  // namespace musubi::terminal
