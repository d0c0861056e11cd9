// The people of a roster in memory, as written, about 100 bytes each. Filled by one thread, read by
// many.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "base/secret.h"
#include "matching/decision.h"

namespace musubi::matching {

class RosterPeople {
 public:
  void Add(const Attributes& person);

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  [[nodiscard]] Attributes At(std::size_t i) const;

 private:
  struct Entry {
    const char* text = nullptr;
    std::array<std::uint32_t, 3> sizes{};
    Date birth_date;
    text::Sex sex = text::Sex::kUnknown;
  };

  std::vector<Entry> entries_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t block_left_ = 0;
  char* block_at_ = nullptr;
};

}  // namespace musubi::matching
