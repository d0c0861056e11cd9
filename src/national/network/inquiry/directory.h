// 機関の名簿: the institutions between which the network passes inquiries, a CSV kept by its
// operator
//
//   id,kinds,name,served_by,assessment_published_on
//   association-133033,association medical-insurer,東京○○国民健康保険組合,hub,2026-04-01
//
// `kinds` are institution codes of rules/permission (or "portal", the person's own window) with
// spaces between; `served_by` is the node that speaks for it; a blank day means that no assessment
// (番号法28条) is published: then nothing goes to or comes from it (28条6項).
//
// A Directory is immutable and safe to share. DirectoryFile may be called from every thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "base/result.h"
#include "rules/permission.h"

namespace musubi::national::network {

struct Institution {
  std::string id;
  std::vector<std::string> kinds;
  std::string name;
  std::string served_by;
  Date assessment_published_on;  // not set: not published
};

class Directory {
 public:
  // kInvalid with "<name>:<line>: <field>": another heading, an id twice or malformed, a kind
  // that is not one, no node, a day that does not exist. LF or CRLF; empty lines do not count.
  [[nodiscard]] static Result<Directory> Parse(
      std::string_view csv, std::string_view name, const rules::Permissions& permissions
  );

  // Null: there is none.
  [[nodiscard]] const Institution* Find(std::string_view id) const;

  [[nodiscard]] const std::vector<Institution>& institutions() const { return institutions_; }

  // Does this node speak for anybody?
  [[nodiscard]] std::vector<std::string> Nodes() const;

 private:
  std::vector<Institution> institutions_;
  std::map<std::string, std::size_t, std::less<>> by_id_;
};

// The file, read again when its time or size has changed. One that was broken meanwhile changes
// nothing and is logged once.
class DirectoryFile {
 public:
  // `path` empty: a directory of nobody. Errors of Parse, or the file cannot be read.
  [[nodiscard]] static Result<std::unique_ptr<DirectoryFile>> Open(
      std::filesystem::path path, const rules::Permissions& permissions
  );
  [[nodiscard]] std::shared_ptr<const Directory> Current();

 private:
  struct Stamp {
    std::filesystem::file_time_type changed_at = {};
    std::uintmax_t size = 0;

    friend bool operator==(const Stamp&, const Stamp&) = default;
  };

  DirectoryFile(std::filesystem::path path, const rules::Permissions& permissions)
      : path_(std::move(path)), permissions_(&permissions) {}

  [[nodiscard]] Stamp StampOfFile() const;
  [[nodiscard]] Result<void> Read(const Stamp& stamp);

  std::filesystem::path path_;
  const rules::Permissions* permissions_;
  std::mutex mutex_;  // guards what follows
  Stamp stamp_;
  std::chrono::steady_clock::time_point looked_at_ = {};
  std::shared_ptr<const Directory> current_;  // shared with the questions under way
};

}  // namespace musubi::national::network
