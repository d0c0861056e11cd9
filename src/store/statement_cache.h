// Prepared statements of one session by their text; the one not used for longest leaves first.
#pragma once

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace musubi::store {

template <typename Statement>
class StatementCache {
 public:
  explicit StatementCache(std::size_t count_max) : count_max_(count_max) {}

  // Valid until the next Insert, Erase or Clear.
  [[nodiscard]] Statement* Find(std::string_view key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) {
      return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->statement;
  }

  // Hands back the statement that had to leave, if one had to.
  std::optional<Statement> Insert(std::string_view key, Statement statement) {
    std::optional<Statement> evicted;
    if (entries_.size() >= count_max_) {
      by_key_.erase(entries_.back().key);
      evicted = std::move(entries_.back().statement);
      entries_.pop_back();
    }
    entries_.push_front({std::string(key), std::move(statement)});
    by_key_.emplace(entries_.front().key, entries_.begin());
    return evicted;
  }

  void Erase(std::string_view key) {
    const auto found = by_key_.find(key);
    if (found != by_key_.end()) {
      const auto entry = found->second;
      by_key_.erase(found);
      entries_.erase(entry);
    }
  }

  void Clear() {
    by_key_.clear();
    entries_.clear();
  }

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string key;
    Statement statement;
  };

  std::size_t count_max_;
  std::list<Entry> entries_;
  // Keys are views into the entries, which a list does not move.
  std::unordered_map<std::string_view, typename std::list<Entry>::iterator> by_key_;
};

}  // namespace musubi::store
