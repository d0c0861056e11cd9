#include "national/network/inquiry/directory.h"

#include <algorithm>
#include <set>
#include <system_error>

#include "base/io.h"
#include "exchange/resident_query.h"
#include "national/network/inquiry/self_information.h"
#include "ops/log.h"

namespace musubi::national::network {

namespace {

constexpr std::string_view kHeading = "id,kinds,name,served_by,assessment_published_on";
constexpr std::size_t kFieldCount = 5;
constexpr std::size_t kFileSizeMax = std::size_t{16} << 20U;
constexpr std::chrono::milliseconds kLookEvery{200};

using Fields = std::span<const std::string_view>;
using Kinds = std::set<std::string, std::less<>>;

bool IsWord(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  });
}

Kinds KnownKinds(const rules::Permissions& permissions) {
  Kinds kinds = {std::string(kSelfInformation.inquirer)};
  for (const rules::Code& code : permissions.Codes()) {
    if (code.kind == rules::CodeKind::kInstitution) {
      kinds.insert(code.code);
    }
  }
  return kinds;
}

std::vector<std::string> Split(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) {
      words.emplace_back(text.substr(0, end));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

Error Wrong(std::string_view message, std::string_view field) {
  return Error{ErrorCode::kInvalid, std::string(message), std::string(field)};
}

Result<Institution> ReadInstitution(Fields fields, const Kinds& known) {
  if (fields.size() != kFieldCount) {
    return Wrong("not five fields", "count of fields");
  }
  Institution institution;
  institution.id = fields[0];
  institution.kinds = Split(fields[1]);
  institution.name = fields[2];
  institution.served_by = fields[3];
  if (!IsWord(institution.id)) {
    return Wrong("not an id", "id");
  }
  const bool are_kinds = std::ranges::all_of(institution.kinds, [&known](const auto& kind) {
    return known.contains(kind);
  });
  if (institution.kinds.empty() || !are_kinds) {
    return Wrong("not kinds of institutions (rules/permission/codes.csv)", "kinds");
  }
  if (!IsWord(institution.served_by)) {
    return Wrong("not the id of a node", "served_by");
  }
  if (!fields[4].empty() && !Date::TryParse(fields[4], institution.assessment_published_on)) {
    return Wrong("not a day", "assessment_published_on");
  }
  return institution;
}

// One line of the file as a record of the parser, which knows CRLF only.
Result<Institution> ReadLine(std::string_view line, const Kinds& known) {
  const std::string record = std::string(line) + "\r\n";
  Result<Institution> institution = Wrong("empty", "line");
  MUSUBI_TRY(
      const std::uint64_t count,
      exchange::EachLine(
          record,
          [&](std::uint64_t, Fields fields) -> Result<void> {
            institution = ReadInstitution(fields, known);
            return Ok();
          }
      )
  );
  static_cast<void>(count);
  return institution;
}

}  // namespace

Result<Directory> Directory::Parse(
    std::string_view csv, std::string_view name, const rules::Permissions& permissions
) {
  const Kinds known = KnownKinds(permissions);
  Directory directory;
  bool has_heading = false;
  for (std::size_t number = 1; !csv.empty(); ++number) {
    const std::size_t end = std::min(csv.find('\n'), csv.size());
    std::string_view line = csv.substr(0, end);
    csv.remove_prefix(std::min(end + 1, csv.size()));
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    const std::string place = std::string(name) + ":" + std::to_string(number) + ": ";
    if (!has_heading) {
      if (line != kHeading) {
        return Wrong("the heading is not " + std::string(kHeading), place + "heading");
      }
      has_heading = true;
    } else if (!line.empty()) {
      Result<Institution> read = ReadLine(line, known);
      if (read.ok() && directory.Find(read->id) != nullptr) {
        read = Wrong("stands there twice", "id");
      }
      if (!read.ok()) {
        return Wrong(read.error().message, place + read.error().place);
      }
      directory.by_id_.emplace(read->id, directory.institutions_.size());
      directory.institutions_.push_back(std::move(read).value());
    }
  }
  if (!has_heading) {
    return Wrong("the file is empty", name);
  }
  return directory;
}

const Institution* Directory::Find(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &institutions_[found->second];
}

std::vector<std::string> Directory::Nodes() const {
  std::set<std::string> nodes;
  for (const Institution& institution : institutions_) {
    nodes.insert(institution.served_by);
  }
  return {nodes.begin(), nodes.end()};
}

Result<std::unique_ptr<DirectoryFile>> DirectoryFile::Open(
    std::filesystem::path path, const rules::Permissions& permissions
) {
  std::unique_ptr<DirectoryFile> file(new DirectoryFile(std::move(path), permissions));
  if (file->path_.empty()) {
    file->current_ = std::make_shared<const Directory>();
    return file;
  }
  MUSUBI_CHECK_OK(file->Read(file->StampOfFile()));
  return file;
}

DirectoryFile::Stamp DirectoryFile::StampOfFile() const {
  std::error_code failed;
  Stamp stamp;
  stamp.changed_at = std::filesystem::last_write_time(path_, failed);
  stamp.size = std::filesystem::file_size(path_, failed);
  return stamp;
}

Result<void> DirectoryFile::Read(const Stamp& stamp) {
  stamp_ = stamp;
  MUSUBI_TRY(const std::string text, ReadFile(path_, kFileSizeMax));
  MUSUBI_TRY(Directory directory, Directory::Parse(text, path_.filename().string(), *permissions_));
  current_ = std::make_shared<const Directory>(std::move(directory));
  return Ok();
}

std::shared_ptr<const Directory> DirectoryFile::Current() {
  const std::scoped_lock lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (path_.empty() || now - looked_at_ < kLookEvery) {
    return current_;
  }
  looked_at_ = now;
  const Stamp stamp = StampOfFile();
  if (stamp != stamp_) {
    const Result<void> read = Read(stamp);
    if (read.ok()) {
      ops::LogInfo("network.directory.read", {{"institutions", current_->institutions().size()}});
    } else {
      ops::LogWarning("network.directory.broken", {{"place", read.error().place}});
    }
  }
  return current_;
}

}  // namespace musubi::national::network
