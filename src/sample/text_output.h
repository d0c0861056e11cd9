// Where sample files are written: UTF-8 text in, batched, out as it is, gzip (the path ends in
// .gz) or CP932. Nothing stands at the path before Finish.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace musubi::sample {

enum class OutputEncoding { kUtf8, kCp932 };

class TextOutput {
 public:
  [[nodiscard]] static Result<std::unique_ptr<TextOutput>> Create(
      const std::filesystem::path& path, OutputEncoding encoding = OutputEncoding::kUtf8
  );
  ~TextOutput();

  // The buffer to append whole lines to; call Flushed after each.
  [[nodiscard]] std::string& buffer() { return buffer_; }

  [[nodiscard]] Result<void> Flushed() { return buffer_.size() < kBatchSize ? Ok() : Flush(); }

  [[nodiscard]] Result<void> Finish();

 private:
  struct State;
  static constexpr std::size_t kBatchSize = std::size_t{256} << 10U;

  explicit TextOutput(std::unique_ptr<State> state);
  [[nodiscard]] Result<void> Flush();

  std::string buffer_;
  std::unique_ptr<State> state_;
};

}  // namespace musubi::sample
