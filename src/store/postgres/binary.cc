#include "store/postgres/binary.h"

#include <limits>

namespace musubi::store::postgres {
namespace {

constexpr Oid kNameType = 19;
constexpr Oid kUnknownType = 705;
constexpr Oid kBpcharType = 1042;
constexpr Oid kVarcharType = 1043;
constexpr std::uint64_t kNumericNegative = 0x4000;
constexpr std::int64_t kNumericBase = 10000;

std::int64_t SignExtended(BytesView bytes) {
  const std::uint64_t raw = ReadBigEndian(bytes);
  switch (bytes.size()) {
    case 2:
      return static_cast<std::int16_t>(raw);
    case 4:
      return static_cast<std::int32_t>(raw);
    default:
      return static_cast<std::int64_t>(raw);
  }
}

bool IsTextType(Oid type) {
  return type == kTextType || type == kVarcharType || type == kBpcharType || type == kNameType ||
         type == kUnknownType;
}

}  // namespace

void AppendBigEndian(std::uint64_t value, std::size_t size, std::string& out) {
  for (std::size_t i = size; i > 0; --i) {
    out += static_cast<char>(value >> (8 * (i - 1)));
  }
}

std::uint64_t ReadBigEndian(BytesView bytes) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) {
    value = value << 8U | byte;
  }
  return value;
}

// Digit count, weight of the first digit, sign, shown decimals; then digits of base 10000.
std::optional<std::int64_t> ReadNumeric(BytesView bytes) {
  constexpr std::size_t kHeaderSize = 8;
  if (bytes.size() < kHeaderSize) {
    return std::nullopt;
  }
  const std::uint64_t digit_count = ReadBigEndian(bytes.subspan(0, 2));
  const auto weight = static_cast<std::int16_t>(ReadBigEndian(bytes.subspan(2, 2)));
  const std::uint64_t sign = ReadBigEndian(bytes.subspan(4, 2));
  const bool fraction = static_cast<std::int64_t>(digit_count) > std::int64_t{weight} + 1;
  if (bytes.size() != kHeaderSize + 2 * digit_count || (sign & ~kNumericNegative) != 0 ||
      (digit_count > 0 && fraction)) {
    return std::nullopt;
  }
  // Built downwards, because the smallest integer has no positive counterpart.
  std::int64_t value = 0;
  for (int i = 0; digit_count > 0 && i <= weight; ++i) {
    const std::size_t at = kHeaderSize + 2 * static_cast<std::size_t>(i);
    const auto digit =
        static_cast<std::int64_t>(at < bytes.size() ? ReadBigEndian(bytes.subspan(at, 2)) : 0);
    if (__builtin_mul_overflow(value, kNumericBase, &value) ||
        __builtin_sub_overflow(value, digit, &value)) {
      return std::nullopt;
    }
  }
  if (sign == kNumericNegative) {
    return value;
  }
  return value == std::numeric_limits<std::int64_t>::min() ? std::nullopt : std::optional(-value);
}

Parameters::Parameters(std::span<const Parameter> parameters) {
  integers_.reserve(parameters.size());
  for (const Parameter& parameter : parameters) {
    if (const auto* integer = std::get_if<std::int64_t>(&parameter)) {
      auto& cell = integers_.emplace_back();
      for (std::size_t i = 0; i < cell.size(); ++i) {
        cell[i] = static_cast<char>(static_cast<std::uint64_t>(*integer) >> (56 - 8 * i));
      }
      Add(cell.data(), cell.size(), kInt8Type, 'i');
    } else if (const auto* text = std::get_if<std::string_view>(&parameter)) {
      Add(text->empty() ? "" : text->data(), text->size(), kTextType, 't');
    } else if (const auto* blob = std::get_if<BytesView>(&parameter)) {
      const std::string_view bytes = AsText(*blob);
      Add(bytes.empty() ? "" : bytes.data(), bytes.size(), kByteaType, 'b');
    } else {
      Add(nullptr, 0, 0 /* the server finds the type */, 'n');
    }
  }
}

void Parameters::Add(const char* data, std::size_t size, Oid type, char mark) {
  values_.push_back(data);
  sizes_.push_back(static_cast<int>(size));
  formats_.push_back(1);  // binary, also for text: its text form would end at a zero byte
  types_.push_back(type);
  signature_ += mark;
}

Oid PostgresRow::TypeOf(std::size_t column) const {
  return PQftype(result_, static_cast<int>(column));
}

BytesView PostgresRow::Cell(std::size_t column) const {
  if (IsNull(column)) {
    return {};
  }
  const char* data = PQgetvalue(result_, 0, static_cast<int>(column));
  const int size = PQgetlength(result_, 0, static_cast<int>(column));
  return AsBytes({data, static_cast<std::size_t>(size)});
}

bool PostgresRow::IsNull(std::size_t column) const {
  if (static_cast<int>(column) >= PQnfields(result_)) {
    misread_ = true;
    return true;
  }
  return PQgetisnull(result_, 0, static_cast<int>(column)) != 0;
}

std::int64_t PostgresRow::Int(std::size_t column) const {
  const BytesView cell = Cell(column);
  if (IsNull(column)) {
    return 0;
  }
  switch (TypeOf(column)) {
    case kBoolType:
    case kInt2Type:
    case kInt4Type:
    case kInt8Type:
      return SignExtended(cell);
    case kNumericType: {
      const auto value = ReadNumeric(cell);
      misread_ = misread_ || !value.has_value();
      return value.value_or(0);
    }
    default:
      misread_ = true;
      return 0;
  }
}

std::string_view PostgresRow::Text(std::size_t column) const {
  const BytesView cell = Cell(column);
  if (!IsNull(column) && !IsTextType(TypeOf(column))) {
    misread_ = true;
    return {};
  }
  return AsText(cell);
}

BytesView PostgresRow::Blob(std::size_t column) const {
  const BytesView cell = Cell(column);
  if (!IsNull(column) && TypeOf(column) != kByteaType) {
    misread_ = true;
    return {};
  }
  return cell;
}

}  // namespace musubi::store::postgres
