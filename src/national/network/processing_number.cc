#include "national/network/processing_number.h"

#include "base/check.h"
#include "national/network/linkage_code.h"

namespace musubi::national::network {

namespace {

// Big endian, so that a dump of a block reads in order.
template <typename T>
void Put(T value, std::uint8_t* out) {
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    out[i] = static_cast<std::uint8_t>(value >> (8 * (sizeof(T) - 1 - i)));
  }
}

template <typename T>
T Get(const std::uint8_t* in) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>(value << 8 | in[i]);
  }
  return value;
}

constexpr std::size_t kIndexAt = 8;
constexpr std::size_t kCheckAt = 12;

}  // namespace

ProcessingNumbers::ProcessingNumbers(BytesView master_key)
    : cipher_(DerivePurposeKey(master_key, "processing-numbers")) {}

void ProcessingNumbers::Make(std::uint64_t block, std::span<std::uint8_t> numbers) {
  MUSUBI_CHECK(numbers.size() % kNumberSize == 0);
  for (std::size_t i = 0; i < numbers.size() / kNumberSize; ++i) {
    std::uint8_t* out = numbers.data() + i * kNumberSize;
    Put<std::uint64_t>(block, out);
    Put<std::uint32_t>(static_cast<std::uint32_t>(i), out + kIndexAt);
    Put<std::uint32_t>(0, out + kCheckAt);
  }
  cipher_.Encrypt(numbers);
}

void ProcessingNumbers::Open(std::span<std::uint8_t> numbers) {
  cipher_.Decrypt(numbers);
}

NumberPlace ProcessingNumbers::PlaceAt(std::span<const std::uint8_t> opened, std::size_t row) {
  const std::uint8_t* in = opened.data() + row * kNumberSize;
  return {
      Get<std::uint64_t>(in),
      Get<std::uint32_t>(in + kIndexAt),
      Get<std::uint32_t>(in + kCheckAt) == 0
  };
}

}  // namespace musubi::national::network
