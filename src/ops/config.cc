#include "ops/config.h"

#include <algorithm>
#include <mutex>
#include <set>

#include <toml++/toml.h>

#include "base/io.h"

namespace musubi::ops {

namespace {

constexpr std::size_t kFileSizeMax = std::size_t{256} << 10U;
// Bounds how deep `a.a.a...` can nest, and with it the recursion of the table's destructor.
constexpr std::size_t kLineSizeMax = 4096;

Result<void> CheckLines(std::string_view toml, const std::filesystem::path& path) {
  for (std::size_t line = 1; !toml.empty(); ++line) {
    const std::size_t end = std::min(toml.find('\n'), toml.size());
    if (end > kLineSizeMax) {
      return Error{
          ErrorCode::kInvalid,
          "a line is longer than " + std::to_string(kLineSizeMax) + " bytes",
          path.string() + ":" + std::to_string(line)
      };
    }
    toml.remove_prefix(std::min(end + 1, toml.size()));
  }
  return Ok();
}

// A key that holds a dot itself stays apart from a dotted path.
std::string Join(const std::string& prefix, std::string_view key) {
  const bool is_plain = key.find('.') == std::string_view::npos;
  std::string name(key);
  return (prefix.empty() ? "" : prefix + ".") + (is_plain ? name : '"' + name + '"');
}

struct UnknownKey {
  std::string name;
  std::uint32_t line = 0;
};

void FindUnknown(
    const toml::table& table,
    const std::string& prefix,
    const std::set<std::string, std::less<>>& known,
    std::vector<UnknownKey>& unknown
) {
  for (const auto& [key, node] : table) {
    const std::string name = Join(prefix, key.str());
    const toml::table* inner = node.as_table();
    if (inner != nullptr && !inner->empty()) {
      FindUnknown(*inner, name, known, unknown);
      continue;
    }
    const auto below = known.lower_bound(name + ".");
    const bool is_known_table =
        inner != nullptr && below != known.end() && below->starts_with(name + ".");
    if (!known.contains(name) && !is_known_table) {
      unknown.push_back({name, key.source().begin.line});
    }
  }
}

}  // namespace

struct Config::State {
  toml::table table;
  std::filesystem::path path;
  std::filesystem::path folder;
  std::mutex mutex;  // roles read late keys from their own threads
  std::set<std::string, std::less<>> known;

  // Null when there is no such key.
  [[nodiscard]] const toml::node* Find(std::string_view key) const {
    const toml::table* table_at = &table;
    for (;;) {
      const std::size_t dot = key.find('.');
      const toml::node* node = table_at->get(key.substr(0, dot));
      if (node == nullptr || dot == std::string_view::npos) {
        return node;
      }
      table_at = node->as_table();
      if (table_at == nullptr) {
        return nullptr;
      }
      key.remove_prefix(dot + 1);
    }
  }

  const toml::node* Read(std::string_view key) {
    const std::scoped_lock lock(mutex);
    known.emplace(key);
    return Find(key);
  }

  [[nodiscard]] Error Bad(const toml::node* node, std::string_view key, std::string message) const {
    std::string place = path.string() + ":";
    if (node != nullptr) {
      place += std::to_string(node->source().begin.line) + ":";
    }
    return Error{ErrorCode::kInvalid, std::move(message), place + " " + std::string(key)};
  }

  [[nodiscard]] Error Missing(std::string_view key) const {
    return Bad(nullptr, key, "this key is missing");
  }

  [[nodiscard]] Result<std::filesystem::path> Absolute(
      const toml::node* node, std::string_view key, const std::string& text
  ) const {
    if (text.empty() || text.find('\0') != std::string::npos) {
      return Bad(node, key, "a path must not be empty");
    }
    return (folder / text).lexically_normal();
  }
};

Config::Config(std::unique_ptr<State> state) : state_(std::move(state)) {}

Config::Config(Config&&) noexcept = default;
Config& Config::operator=(Config&&) noexcept = default;
Config::~Config() = default;

Result<Config> Config::Load(const std::filesystem::path& path) {
  MUSUBI_TRY(const std::string text, ReadFile(path, kFileSizeMax));
  return Parse(text, path);
}

Result<Config> Config::Parse(std::string_view toml, const std::filesystem::path& path) {
  MUSUBI_CHECK_OK(CheckLines(toml, path));
  auto state = std::make_unique<State>();
  state->path = path;
  std::error_code code;
  const std::filesystem::path absolute = std::filesystem::absolute(path, code);
  state->folder = (code ? path : absolute).parent_path();
  try {
    state->table = toml::parse(toml, path.string());
  } catch (const toml::parse_error& error) {
    return Error{
        ErrorCode::kInvalid,
        std::string(error.description()),
        path.string() + ":" + std::to_string(error.source().begin.line)
    };
  } catch (const std::exception&) {
    return Error{ErrorCode::kInvalid, "not a TOML file", path.string()};
  }
  return Config(std::move(state));
}

Result<std::string> Config::String(std::string_view key) const {
  const toml::node* node = state_->Read(key);
  if (node == nullptr) {
    return state_->Missing(key);
  }
  const toml::value<std::string>* text = node->as_string();
  if (text == nullptr) {
    return state_->Bad(node, key, "must be text in quotes");
  }
  return text->get();
}

Result<std::string> Config::String(std::string_view key, std::string_view fallback) const {
  return state_->Read(key) == nullptr ? Result<std::string>(std::string(fallback)) : String(key);
}

Result<std::int64_t> Config::Int(
    std::string_view key, std::int64_t fallback, std::int64_t least, std::int64_t most
) const {
  const toml::node* node = state_->Read(key);
  if (node == nullptr) {
    return fallback;
  }
  const toml::value<std::int64_t>* value = node->as_integer();
  if (value == nullptr) {
    return state_->Bad(node, key, "must be a whole number");
  }
  if (value->get() < least || value->get() > most) {
    return state_->Bad(
        node, key, "must lie between " + std::to_string(least) + " and " + std::to_string(most)
    );
  }
  return value->get();
}

Result<double> Config::Double(std::string_view key, double fallback, double least, double most)
    const {
  const toml::node* node = state_->Read(key);
  if (node == nullptr) {
    return fallback;
  }
  const std::optional<double> value = node->is_number() ? node->value<double>() : std::nullopt;
  if (!value.has_value()) {
    return state_->Bad(node, key, "must be a number");
  }
  if (!(*value >= least && *value <= most)) {  // this way round, NaN is refused too
    return state_->Bad(
        node, key, "must lie between " + std::to_string(least) + " and " + std::to_string(most)
    );
  }
  return *value;
}

Result<bool> Config::Bool(std::string_view key, bool fallback) const {
  const toml::node* node = state_->Read(key);
  if (node == nullptr) {
    return fallback;
  }
  const toml::value<bool>* value = node->as_boolean();
  if (value == nullptr) {
    return state_->Bad(node, key, "must be true or false");
  }
  return value->get();
}

Result<std::vector<std::string>> Config::Strings(std::string_view key) const {
  const toml::node* node = state_->Read(key);
  std::vector<std::string> texts;
  if (node == nullptr) {
    return texts;
  }
  const toml::array* array = node->as_array();
  if (array == nullptr) {
    return state_->Bad(node, key, "must be a list of texts in quotes");
  }
  for (const toml::node& element : *array) {
    const toml::value<std::string>* text = element.as_string();
    if (text == nullptr) {
      return state_->Bad(&element, key, "must be a list of texts in quotes");
    }
    texts.push_back(text->get());
  }
  return texts;
}

Result<std::filesystem::path> Config::Path(std::string_view key) const {
  MUSUBI_TRY(const std::string text, String(key));
  return state_->Absolute(state_->Find(key), key, text);
}

Result<std::filesystem::path> Config::Path(std::string_view key, std::string_view fallback) const {
  if (state_->Read(key) != nullptr) {
    return Path(key);
  }
  if (fallback.empty()) {
    return std::filesystem::path();
  }
  return state_->Absolute(nullptr, key, std::string(fallback));
}

bool Config::Has(std::string_view key) const {
  return state_->Find(key) != nullptr;
}

std::vector<std::string> Config::KeysOf(std::string_view table) const {
  const toml::node* node = state_->Find(table);
  const toml::table* found = node == nullptr ? nullptr : node->as_table();
  std::vector<std::string> keys;
  if (found != nullptr) {
    for (const auto& [key, value] : *found) {
      keys.emplace_back(key.str());
    }
  }
  return keys;
}

Result<void> Config::RefuseUnknown() const {
  const std::scoped_lock lock(state_->mutex);
  std::vector<UnknownKey> unknown;
  FindUnknown(state_->table, "", state_->known, unknown);
  if (unknown.empty()) {
    return Ok();
  }
  std::ranges::sort(unknown, {}, &UnknownKey::line);
  std::string list;
  for (const UnknownKey& key : unknown) {
    list += (list.empty() ? "" : ", ") + key.name + " (line " + std::to_string(key.line) + ")";
  }
  return Error{
      ErrorCode::kInvalid,
      "unknown " + std::string(unknown.size() == 1 ? "key: " : "keys: ") + list,
      state_->path.string() + ":" + std::to_string(unknown.front().line),
      "check the spelling, or remove what this role does not use"
  };
}

const std::filesystem::path& Config::folder() const {
  return state_->folder;
}

}  // namespace musubi::ops
