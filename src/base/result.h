// Result<T>: a value or the Error that stood in its way. Never ignored: the compiler says so.
//
//   MUSUBI_TRY(auto row, ReadRow(source));   // returns the error to our caller, or goes on
//   MUSUBI_CHECK_OK(sink.Write(bytes));      // the same for Result<void>
//
// Names follow std::expected, so that it can take over when the compiler has it.
#pragma once

#include <utility>
#include <variant>

#include "base/error.h"

namespace musubi {

template <typename T>
class [[nodiscard]] Result {
 public:
  using Value = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor): returns read well

  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor): the same

  [[nodiscard]] bool ok() const { return state_.index() == 0; }

  explicit operator bool() const { return ok(); }

  [[nodiscard]] T& value() & { return std::get<0>(state_); }

  [[nodiscard]] const T& value() const& { return std::get<0>(state_); }

  [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }

  [[nodiscard]] T& operator*() & { return value(); }

  [[nodiscard]] const T& operator*() const& { return value(); }

  [[nodiscard]] T* operator->() { return &std::get<0>(state_); }

  [[nodiscard]] const T* operator->() const { return &std::get<0>(state_); }

  [[nodiscard]] Error& error() & { return std::get<1>(state_); }

  [[nodiscard]] const Error& error() const& { return std::get<1>(state_); }

  [[nodiscard]] Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;

  Result(Error error) : error_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor): returns read well

  [[nodiscard]] bool ok() const { return error_.index() == 0; }

  explicit operator bool() const { return ok(); }

  [[nodiscard]] Error& error() & { return std::get<1>(error_); }

  [[nodiscard]] const Error& error() const& { return std::get<1>(error_); }

  [[nodiscard]] Error&& error() && { return std::get<1>(std::move(error_)); }

 private:
  std::variant<std::monostate, Error> error_;
};

// "Done, and there is nothing to hand back."
inline Result<void> Ok() { return {}; }

}  // namespace musubi

#define MUSUBI_CONCAT_INNER(a, b) a##b
#define MUSUBI_CONCAT(a, b) MUSUBI_CONCAT_INNER(a, b)
#define MUSUBI_TRY_IMPL(result, declaration, ...) \
  auto result = (__VA_ARGS__);                    \
  if (!result.ok()) {                             \
    return std::move(result).error();             \
  }                                               \
  declaration = std::move(result).value()
// MUSUBI_TRY(auto name, expression): name holds the value, or we return the error.
#define MUSUBI_TRY(declaration, ...) \
  MUSUBI_TRY_IMPL(MUSUBI_CONCAT(musubi_result_, __LINE__), declaration, __VA_ARGS__)
#define MUSUBI_CHECK_OK(...)                   \
  do {                                         \
    auto musubi_status = (__VA_ARGS__);        \
    if (!musubi_status.ok()) {                 \
      return std::move(musubi_status).error(); \
    }                                          \
  } while (false)
