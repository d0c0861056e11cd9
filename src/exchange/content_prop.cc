#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "exchange/content.h"
#include "exchange/csv_record.h"

namespace musubi::exchange {
namespace {

using Rows = std::vector<std::vector<std::string>>;

PackageHeader Header() {
  PackageHeader header;
  header.kind = "NP";
  header.mode = Mode::kLive;
  header.sender = "hub";
  header.recipient = "insurer-133033";
  header.created = Instant{std::chrono::seconds{1790000000}};
  header.sequence = 42;
  return header;
}

// Fields of what gives trouble, of length 0 to some.
rc::Gen<std::string> Field() {
  const auto piece = rc::gen::element<std::string>(
      "a",
      "0",
      "-",
      ",",
      "\"",
      "\r\n",
      "\n",
      "\r",
      " ",
      "é",
      "髙",
      "𠮷",
      "abcdefghijklmnopqrst",
      "+"
  );
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece), [](const auto& pieces) {
    std::string field;
    for (const std::string& one : pieces) {
      field += one;
    }
    return field;
  });
}

std::string Write(const Rows& rows) {
  MemorySink sink;
  auto writer = ContentWriter::Create(sink, Header()).value();
  for (const auto& row : rows) {
    RC_ASSERT(writer.WriteRecord(std::vector<std::string_view>(row.begin(), row.end())).ok());
  }
  RC_ASSERT(writer.Finish().ok());
  return std::string(AsText(sink.bytes()));
}

struct Reading {
  Rows rows;
  std::vector<std::uint64_t> lines;
  std::string error;

  friend bool operator==(const Reading&, const Reading&) = default;
};

// Cuts `content` at pieces of the given sizes, over and over.
Reading Read(std::string_view content, const std::vector<std::size_t>& sizes) {
  Reading reading;
  ContentReader reader(
      {.kind = "NP", .mode = Mode::kLive, .recipient = "insurer-133033", .sender = {}},
      nullptr,
      [&](auto, std::uint64_t line, auto fields) {
        reading.rows.emplace_back(fields.begin(), fields.end());
        reading.lines.push_back(line);
        return Ok();
      }
  );
  for (std::size_t i = 0; !content.empty(); ++i) {
    const std::size_t size =
        std::min(content.size(), sizes.empty() ? SIZE_MAX : sizes[i % sizes.size()]);
    if (!reader.Take(AsBytes(content.substr(0, size))).ok()) {
      break;
    }
    content.remove_prefix(size);
  }
  const auto finished = reader.Finish();
  reading.error = finished.ok() ? "" : finished.error().Text();
  return reading;
}

Rows AnyRows() {
  constexpr int kSize = 12;  // of rows, of fields, of pieces of a field: the product counts
  Rows rows = *rc::gen::resize(
      kSize, rc::gen::container<Rows>(rc::gen::container<std::vector<std::string>>(Field()))
  );
  for (auto& row : rows) {
    row.resize(std::min(row.size(), kFieldCountMax - 1));
    if (row.empty()) {
      row.emplace_back();
    }
  }
  return rows;
}

std::vector<std::size_t> AnySizes() {
  return *rc::gen::nonEmpty(
      rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(1, 80))
  );
}

RC_GTEST_PROP(ContentProperty, WhatIsWrittenIsReadBackHoweverItIsCut, ()) {
  const Rows rows = AnyRows();
  const Reading reading = Read(Write(rows), AnySizes());
  RC_ASSERT(reading.error == "");
  RC_ASSERT(reading.rows == rows);
}

RC_GTEST_PROP(ContentProperty, ADamagedPackageIsRefusedTheSameWayHoweverItIsCut, ()) {
  std::string content = Write(AnyRows());
  const auto at = *rc::gen::inRange<std::size_t>(0, content.size());
  const char byte = *rc::gen::element('\0', '"', ',', '\r', '\n', 'x', '\xE3', 'D', 'T');
  // The hash at the end may be spelt in capitals (docs/formats/package.md).
  const bool is_in_hash = at > content.rfind(',');
  const bool is_same = content[at] == byte || (is_in_hash && byte == 'D' && content[at] == 'd');
  content[at] = byte;
  const Reading whole = Read(content, {});
  RC_ASSERT(whole.error.empty() == is_same);
  RC_ASSERT(Read(content, AnySizes()) == whole);
}

RC_GTEST_PROP(ContentProperty, ThePlainAndThePatientParserAgree, ()) {
  const std::string data = *Field() + "," + *Field() + "\r\n";
  CsvRecord plain;
  CsvRecord patient;
  SecretVector<char> scratch;
  if (ParsePlainRecord(data, plain)) {
    bool is_quoted = false;
    RC_ASSERT(FindRecordEnd(data, is_quoted) == plain.size);
    RC_ASSERT(ParseAnyRecord(data.substr(0, plain.size), scratch, patient) == CsvFault::kNone);
    RC_ASSERT(patient.size == plain.size);
    RC_ASSERT(patient.field_count == plain.field_count);
    for (std::size_t i = 0; i < plain.field_count; ++i) {
      RC_ASSERT(plain.fields[i] == patient.fields[i]);
    }
  }
}

}  // namespace
}  // namespace musubi::exchange
