#include <span>

#include <boost/json.hpp>

#include "audit/record_proof.h"

namespace musubi::audit {

namespace {

namespace json = boost::json;

json::array ToJson(std::span<const ledger::Digest> hashes) {
  json::array list;
  list.reserve(hashes.size());
  for (const ledger::Digest& hash : hashes) {
    list.emplace_back(ToBase64(hash));
  }
  return list;
}

json::value ToJson(const std::optional<LabelLeaf>& leaf) {
  if (!leaf) {
    return nullptr;
  }
  return json::object{
      {"place", leaf->place}, {"label", ToHex(leaf->label)}, {"inclusion", ToJson(leaf->inclusion)}
  };
}

json::object ToJson(const ProvenRecord& record) {
  json::object object{
      {"index", record.index},
      {"entry", ToBase64(EncodeEntry(record.entry))},
      {"inclusion", ToJson(record.inclusion)}
  };
  if (record.opening) {
    object["salt"] = ToHex(record.opening->salt);
    object["facts"] = record.opening->facts;
  }
  return object;
}

json::object ToJson(const SegmentProof& segment) {
  return {
      {"index", segment.index},
      {"entry", ToBase64(EncodeEntry(segment.labels))},
      {"inclusion", ToJson(segment.inclusion)},
      {"count", segment.count},
      {"before", ToJson(segment.before)},
      {"after", ToJson(segment.after)}
  };
}

// Takes fields of one object; keeps the first fault.
class Reader {
 public:
  explicit Reader(const json::value& value) : object_(value.if_object()) {
    if (object_ == nullptr) {
      fault_ = "object";
    }
  }

  [[nodiscard]] bool Has(std::string_view name) const {
    const json::value* value = object_ == nullptr ? nullptr : object_->if_contains(name);
    return value != nullptr && !value->is_null();
  }

  void Number(std::string_view name, std::uint64_t& out) {
    const json::value* value = Find(name);
    std::uint64_t number = 0;
    if (value != nullptr && value->is_int64() && value->get_int64() >= 0) {
      number = static_cast<std::uint64_t>(value->get_int64());
    } else if (value != nullptr && value->is_uint64()) {
      number = value->get_uint64();
    } else {
      Fail(name);
    }
    out = number;
  }

  void Text(std::string_view name, std::string& out) {
    const json::value* value = Find(name);
    if (value == nullptr || !value->is_string()) {
      Fail(name);
      return;
    }
    out = value->get_string();
  }

  void Hex(std::string_view name, Code16& out) {
    std::string text;
    Text(name, text);
    if (!ReadHex(text, out)) {
      Fail(name);
    }
  }

  void Hash(std::string_view name, ledger::Digest& out) {
    std::string text;
    Text(name, text);
    const auto hash = ledger::ParseDigest(text);
    if (!hash.ok()) {
      Fail(name);
      return;
    }
    out = *hash;
  }

  template <typename Kind>
  void Entry(std::string_view name, Kind& out) {
    std::string text;
    Text(name, text);
    const auto bytes = FromBase64(text);
    const auto entry = bytes.ok() ? DecodeEntry(*bytes) : Result<LogEntry>(bytes.error());
    const Kind* kind = entry.ok() ? std::get_if<Kind>(&*entry) : nullptr;
    if (kind == nullptr) {
      Fail(name);
      return;
    }
    out = *kind;
  }

  void Hashes(std::string_view name, ledger::Proof& out) {
    Each(name, [&out](const json::value& value) {
      const auto hash = value.is_string()
                            ? ledger::ParseDigest(value.get_string())
                            : Result<ledger::Digest>(Error{ErrorCode::kInvalid, "not text"});
      if (hash.ok()) {
        out.push_back(*hash);
      }
      return hash.ok();
    });
  }

  // `take` says whether the value was right.
  template <typename Take>
  void Each(std::string_view name, const Take& take) {
    const json::value* value = Find(name);
    if (value == nullptr || !value->is_array()) {
      Fail(name);
      return;
    }
    for (const json::value& item : value->get_array()) {
      if (!take(item)) {
        Fail(name);
        return;
      }
    }
  }

  [[nodiscard]] const json::value* Find(std::string_view name) const {
    return object_ == nullptr ? nullptr : object_->if_contains(name);
  }

  void Fail(std::string_view name) {
    if (fault_.empty()) {
      fault_ = name;
    }
  }

  [[nodiscard]] bool ok() const { return fault_.empty(); }

  [[nodiscard]] Result<void> Done() const {
    if (!ok()) {
      return Error{ErrorCode::kInvalid, "missing or malformed", fault_};
    }
    return Ok();
  }

 private:
  const json::object* object_;
  std::string fault_;
};

bool Read(const json::value& value, ProvenRecord& out) {
  Reader reader(value);
  reader.Number("index", out.index);
  reader.Entry("entry", out.entry);
  reader.Hashes("inclusion", out.inclusion);
  if (reader.Has("facts") || reader.Has("salt")) {
    out.opening.emplace();
    reader.Hex("salt", out.opening->salt);
    reader.Text("facts", out.opening->facts);
  }
  return reader.ok();
}

bool Read(const json::value* value, std::optional<LabelLeaf>& out) {
  if (value == nullptr || value->is_null()) {
    return true;
  }
  out.emplace();
  Reader reader(*value);
  reader.Number("place", out->place);
  reader.Hex("label", out->label);
  reader.Hashes("inclusion", out->inclusion);
  return reader.ok();
}

bool Read(const json::value& value, SegmentProof& out) {
  Reader reader(value);
  reader.Number("index", out.index);
  reader.Entry("entry", out.labels);
  reader.Hashes("inclusion", out.inclusion);
  reader.Number("count", out.count);
  return reader.ok() && Read(reader.Find("before"), out.before) &&
         Read(reader.Find("after"), out.after);
}

}  // namespace

std::string RecordProofJson(const RecordProof& proof) {
  json::array records;
  records.reserve(proof.records.size());
  for (const ProvenRecord& record : proof.records) {
    records.emplace_back(ToJson(record));
  }
  json::array segments;
  for (const SegmentProof& segment : proof.segments) {
    segments.emplace_back(ToJson(segment));
  }
  return json::serialize(json::object{
      {"version", 1},
      {"checkpoint", proof.checkpoint},
      {"person_key", ToBase64(proof.person_key)},
      {"first_number", proof.first_number},
      {"records", std::move(records)},
      {"segments", std::move(segments)}
  });
}

Result<RecordProof> ParseRecordProof(std::string_view text) {
  boost::system::error_code failed;
  const json::value value = json::parse(text, failed);
  if (failed) {
    return Error{ErrorCode::kInvalid, "not JSON"};
  }
  Reader reader(value);
  RecordProof proof;
  std::uint64_t version = 0;
  reader.Number("version", version);
  if (version != 1) {
    reader.Fail("version");
  }
  reader.Text("checkpoint", proof.checkpoint);
  reader.Hash("person_key", proof.person_key);
  reader.Number("first_number", proof.first_number);
  reader.Each("records", [&proof](const json::value& item) {
    return Read(item, proof.records.emplace_back());
  });
  reader.Each("segments", [&proof](const json::value& item) {
    return Read(item, proof.segments.emplace_back());
  });
  MUSUBI_CHECK_OK(reader.Done());
  return proof;
}

}  // namespace musubi::audit
