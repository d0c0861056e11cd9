// Configuration: one TOML file per role. Unknown keys are refused, secrets are never in it (only
// the paths of protected files). Relative paths are relative to the folder of the file.
//
// Reading a key marks it as known; RefuseUnknown, called after all modules have read theirs, fails
// with the name and line of every key nobody asked for. Errors: kInvalid with file, line and key.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace musubi::ops {

class Config {
 public:
  [[nodiscard]] static Result<Config> Load(const std::filesystem::path& path);
  [[nodiscard]] static Result<Config> Parse(
      std::string_view toml, const std::filesystem::path& path
  );
  Config(Config&&) noexcept;
  Config& operator=(Config&&) noexcept;
  ~Config();

  // `key` is dotted: "tls.certificate". Missing without a fallback is kInvalid.
  [[nodiscard]] Result<std::string> String(std::string_view key) const;
  [[nodiscard]] Result<std::string> String(std::string_view key, std::string_view fallback) const;
  [[nodiscard]] Result<std::int64_t> Int(
      std::string_view key, std::int64_t fallback, std::int64_t least, std::int64_t most
  ) const;
  [[nodiscard]] Result<double> Double(
      std::string_view key, double fallback, double least, double most
  ) const;
  [[nodiscard]] Result<bool> Bool(std::string_view key, bool fallback) const;
  [[nodiscard]] Result<std::vector<std::string>> Strings(std::string_view key
  ) const;  // [] if missing
  // A path, made absolute against the file's folder.
  [[nodiscard]] Result<std::filesystem::path> Path(std::string_view key) const;
  [[nodiscard]] Result<std::filesystem::path> Path(std::string_view key, std::string_view fallback)
      const;
  [[nodiscard]] bool Has(std::string_view key) const;
  // Of a table: what stands right below it ("peers": "hub", "network"). Marks nothing as known.
  [[nodiscard]] std::vector<std::string> KeysOf(std::string_view table) const;
  [[nodiscard]] Result<void> RefuseUnknown() const;
  [[nodiscard]] const std::filesystem::path& folder() const;  // of the file

 private:
  struct State;

  explicit Config(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace musubi::ops
