// The TOML file of each node of a scheme, with a comment for every key an operator may change.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace musubi::scheme {

struct NodeFile {
  std::string node;  // "hub", "insurer-133033"
  std::uint16_t base_port = 0;
  std::string store;      // URL; empty: SQLite below the node's folder
  std::string residents;  // jlis: file, relative to the scheme's folder
};

[[nodiscard]] std::string NodeFileText(const NodeFile& file);

// Does a node of this id keep a database?
[[nodiscard]] bool HasStore(std::string_view node);

// One PostgreSQL database holds a whole scheme, a schema a node: "insurer-133033" keeps its tables
// in schema insurer_133033, named in the URL's search_path. `schema` is checked by nobody, so ids
// come from us.
[[nodiscard]] std::string SchemaOf(std::string_view node);
[[nodiscard]] std::string StoreUrlOf(std::string_view node, std::string_view url);

}  // namespace musubi::scheme
