// PostgreSQL's binary forms: parameters on the way out, columns on the way in.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <libpq-fe.h>

#include "store/database.h"

namespace musubi::store::postgres {

// Object ids of pg_type, fixed for all servers.
inline constexpr Oid kBoolType = 16;
inline constexpr Oid kByteaType = 17;
inline constexpr Oid kInt8Type = 20;
inline constexpr Oid kInt2Type = 21;
inline constexpr Oid kInt4Type = 23;
inline constexpr Oid kTextType = 25;
inline constexpr Oid kNumericType = 1700;

void AppendBigEndian(std::uint64_t value, std::size_t size, std::string& out);
[[nodiscard]] std::uint64_t ReadBigEndian(BytesView bytes);

// sum() of BIGINT is NUMERIC. Nothing: not an integer, or too large for 64 bits.
[[nodiscard]] std::optional<std::int64_t> ReadNumeric(BytesView bytes);

// The arrays libpq wants. Text and blob stay where the caller has them; integers are kept here, so
// an object of this type does not move.
class Parameters {
 public:
  explicit Parameters(std::span<const Parameter> parameters);
  Parameters(const Parameters&) = delete;
  Parameters& operator=(const Parameters&) = delete;

  [[nodiscard]] int count() const { return static_cast<int>(values_.size()); }

  [[nodiscard]] const char* const* values() const { return values_.data(); }

  [[nodiscard]] const int* sizes() const { return sizes_.data(); }

  [[nodiscard]] const int* formats() const { return formats_.data(); }

  [[nodiscard]] const Oid* types() const { return types_.data(); }

  // One character a parameter. A statement is prepared once for each signature it is used with.
  [[nodiscard]] const std::string& signature() const { return signature_; }

 private:
  void Add(const char* data, std::size_t size, Oid type, char mark);

  std::vector<std::array<char, 8>> integers_;
  std::vector<const char*> values_;
  std::vector<int> sizes_;
  std::vector<int> formats_;
  std::vector<Oid> types_;
  std::string signature_;
};

// The one row of a result in single-row mode.
class PostgresRow final : public Row {
 public:
  explicit PostgresRow(const PGresult* result) : result_(result) {}

  [[nodiscard]] bool IsNull(std::size_t column) const override;
  [[nodiscard]] std::int64_t Int(std::size_t column) const override;
  [[nodiscard]] std::string_view Text(std::size_t column) const override;
  [[nodiscard]] BytesView Blob(std::size_t column) const override;

  [[nodiscard]] bool misread() const { return misread_; }

 private:
  // Empty when null or out of range.
  [[nodiscard]] BytesView Cell(std::size_t column) const;
  [[nodiscard]] Oid TypeOf(std::size_t column) const;

  const PGresult* result_;
  mutable bool misread_ = false;
};

}  // namespace musubi::store::postgres
