#include <algorithm>
#include <exception>

#include <toml++/toml.h>

#include "text/charset.h"
#include "text/roster_columns.h"

namespace musubi::text {

namespace {

Error Refused(std::string_view name, std::string message) {
  return Error{ErrorCode::kInvalid, std::move(message), std::string(name)};
}

Error Refused(std::string_view name, const toml::node& node, std::string message) {
  const std::string line = std::to_string(node.source().begin.line);
  return Error{ErrorCode::kInvalid, std::move(message), std::string(name).append(":").append(line)};
}

Result<void> ReadColumns(const toml::node& node, std::string_view name, RosterMapping& mapping) {
  const toml::table* columns = node.as_table();
  if (columns == nullptr) {
    return Refused(name, node, "columns is not a table");
  }
  for (const auto& [key, value] : *columns) {
    const std::string field(key.str());
    if (!RosterFieldOfName(field)) {
      return Refused(name, value, "unknown field in [columns]");
    }
    const toml::value<std::string>* heading = value.as_string();
    if (heading == nullptr) {
      return Refused(name, value, "the heading of " + field + " is not a string");
    }
    const bool is_taken = std::ranges::any_of(mapping.columns, [&](const auto& other) {
      return RosterFieldOfName(other.first) == RosterFieldOfName(field) ||
             (!other.second.empty() && other.second == heading->get());
    });
    if (is_taken) {
      return Refused(name, value, "a field or a heading is named twice");
    }
    mapping.columns.emplace_back(field, heading->get());
  }
  return Ok();
}

Result<RosterMapping> ReadTable(const toml::table& table, std::string_view name) {
  RosterMapping mapping;
  for (const auto& [key, value] : table) {
    if (key.str() == "columns") {
      MUSUBI_CHECK_OK(ReadColumns(value, name, mapping));
    } else if (key.str() == "encoding") {
      mapping.encoding = value.value_or(std::string("?"));
      if (!EncodingOfName(mapping.encoding)) {
        return Refused(name, value, "encoding is neither utf-8 nor cp932");
      }
    } else {
      return Refused(name, value, "unknown key in the mapping");
    }
  }
  return mapping;
}

}  // namespace

Result<RosterMapping> ParseRosterMapping(std::string_view toml, std::string_view name) {
  try {
    return ReadTable(toml::parse(toml), name);
  } catch (const toml::parse_error& error) {
    const std::string line = std::to_string(error.source().begin.line);
    return Refused(std::string(name).append(":").append(line), "not TOML");
  } catch (const std::exception&) {
    return Refused(name, "not TOML");
  }
}

Result<RosterMapping> RosterMapping::Load(const std::filesystem::path& path) {
  constexpr std::size_t kSizeMax = std::size_t{64} << 10U;
  MUSUBI_TRY(const std::string toml, ReadFile(path, kSizeMax));
  return ParseRosterMapping(toml, path.string());
}

}  // namespace musubi::text
