#include "matching/roster_match.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <map>
#include <mutex>
#include <thread>

#include "matching/search.h"

namespace musubi::matching {

namespace {

// Which key hashes some row asks for. May say yes wrongly, never no.
class KeyFilter {
 public:
  explicit KeyFilter(std::size_t key_count) {
    constexpr std::size_t kBitsPerKey = 32;
    bits_.assign(std::bit_ceil(std::max<std::size_t>(64, key_count * kBitsPerKey)) / 64, 0);
    mask_ = bits_.size() * 64 - 1;
  }

  void Add(std::uint64_t hash) {
    if (hash != 0) {
      bits_[(hash & mask_) / 64] |= std::uint64_t{1} << hash % 64;
    }
  }

  void Prefetch(std::uint64_t hash) const { __builtin_prefetch(&bits_[(hash & mask_) / 64]); }

  [[nodiscard]] bool Has(std::uint64_t hash) const {
    return hash != 0 && (bits_[(hash & mask_) / 64] >> hash % 64 & 1U) != 0;
  }

 private:
  std::vector<std::uint64_t> bits_;
  std::uint64_t mask_ = 0;
};

constexpr std::size_t kDecideAhead = 8;

// Work on 0..count-1 in strides taken by whoever is free.
template <typename MakeWorker>
void ForRange(std::size_t count, unsigned threads, const MakeWorker& make_worker) {
  constexpr std::size_t kStride = 1024;
  std::atomic<std::size_t> next{0};
  const auto run = [&] {
    auto worker = make_worker();
    for (std::size_t at = kStride * next++; at < count; at = kStride * next++) {
      for (std::size_t i = at; i < std::min(count, at + kStride); ++i) {
        worker(i);
      }
    }
  };
  std::vector<std::jthread> helpers;
  for (unsigned i = 1; i < threads; ++i) {
    helpers.emplace_back(run);
  }
  run();
}

// What is remembered of every resident of a batch, in order.
struct BatchKeys {
  std::vector<PersonKeys> own;
  std::vector<std::pair<std::uint32_t, PersonKeys>> former;  // by place in the batch
  std::vector<bool> is_kept;
};

class RosterMatching {
 public:
  RosterMatching(
      const RosterPeople& people,
      const std::filesystem::path& residents,
      const text::Normaliser& normaliser,
      const RosterMatchOptions& options
  )
      : people_(people),
        residents_(residents),
        normaliser_(normaliser),
        options_(options),
        threads_(std::max(1U, options.threads)),
        keys_(people.size()),
        decisions_(people.size()) {}

  Result<std::vector<Decision>> Run() {
    MakeKeys();
    std::vector<std::uint32_t> open(people_.size());
    for (std::uint32_t i = 0; i < open.size(); ++i) {
      open[i] = i;
    }
    for (const SearchStep step : {SearchStep::kBirth, SearchStep::kNameKana, SearchStep::kEither}) {
      if (open.empty()) {
        break;
      }
      MUSUBI_CHECK_OK(step == SearchStep::kBirth ? KeepFirst(open) : KeepMore(open, step));
      LinkFor(step);
      Decide(open, step);
    }
    return std::move(decisions_);
  }

 private:
  void MakeKeys() {
    ForRange(people_.size(), threads_, [this] {
      return [this](std::size_t i) {
        const Attributes person = people_.At(i);
        keys_[i] = KeysOf(person.name, person.kana, person.birth_date, normaliser_);
      };
    });
  }

  [[nodiscard]] KeyFilter FilterOf(const std::vector<std::uint32_t>& open, SearchStep step) const {
    const auto kinds = KindsOf(step);
    KeyFilter filter(open.size() * kinds.size());
    for (const std::uint32_t row : open) {
      for (const KeyKind kind : kinds) {
        filter.Add(HashAsked(kind, keys_[row]));
      }
    }
    return filter;
  }

  static bool IsAskedFor(const KeyFilter& filter, SearchStep step, const PersonKeys& keys) {
    return std::ranges::any_of(KindsOf(step), [&](KeyKind kind) {
      return filter.Has(HashKept(kind, keys));
    });
  }

  Result<void> KeepFirst(const std::vector<std::uint32_t>& open) {
    const KeyFilter filter = FilterOf(open, SearchStep::kBirth);
    const auto on_batch = [&](const ResidentBatch& batch) -> Result<void> {
      BatchKeys keys;
      ResidentPiece piece;
      keys.own.reserve(batch.rows.size());
      keys.is_kept.resize(batch.rows.size());
      for (const text::ResidentRow& row : batch.rows) {
        keys.own.push_back(KeysOf(row.name, row.kana, row.birth_date, normaliser_));
      }
      constexpr std::size_t kAhead = 16;
      for (std::uint32_t i = 0; i < batch.rows.size(); ++i) {
        if (i + kAhead < keys.own.size()) {
          filter.Prefetch(HashKept(KeyKind::kBirthName, keys.own[i + kAhead]));
          filter.Prefetch(HashKept(KeyKind::kBirthKana, keys.own[i + kAhead]));
        }
        const text::ResidentRow& row = batch.rows[i];
        const PersonKeys former = FormerKeysOf(row, normaliser_);
        const bool has_former = former.name != 0 || former.kana != 0;
        if (has_former) {
          keys.former.emplace_back(i, former);
        }
        if (IsAskedFor(filter, SearchStep::kBirth, keys.own[i]) ||
            (has_former && IsAskedFor(filter, SearchStep::kBirth, former))) {
          keys.is_kept[i] = true;
          MUSUBI_CHECK_OK(piece.Add(row, keys.own[i], former));
        }
      }
      Take(batch.number, std::move(keys), std::move(piece));
      return Ok();
    };
    MUSUBI_TRY(
        [[maybe_unused]] const std::uint64_t count,
        ReadResidentBatches(residents_, threads_, on_batch, options_.on_progress)
    );
    AppendPieces();
    return Ok();
  }

  // The residents that the open rows ask for by weaker keys and that are not kept yet.
  Result<void> KeepMore(const std::vector<std::uint32_t>& open, SearchStep step) {
    const KeyFilter filter = FilterOf(open, step);
    std::map<std::size_t, std::vector<std::uint32_t>> wanted;
    for (auto& [number, keys] : batches_) {
      std::vector<std::uint32_t> places = WantedIn(keys, filter, step);
      if (!places.empty()) {
        wanted.emplace(number, std::move(places));
      }
    }
    if (wanted.empty()) {
      return Ok();
    }
    const auto places_of = [&](std::size_t batch) -> std::span<const std::uint32_t> {
      const auto found = wanted.find(batch);
      return found == wanted.end() ? std::span<const std::uint32_t>() : found->second;
    };
    const auto on_batch = [&](const ResidentBatch& batch) -> Result<void> {
      const auto places = places_of(batch.number);
      if (places.empty()) {
        return Ok();
      }
      const BatchKeys& keys = batches_.at(batch.number);
      ResidentPiece piece;
      for (std::size_t i = 0; i < places.size(); ++i) {
        const text::ResidentRow& row = batch.rows[i];
        const PersonKeys own = KeysOf(row.name, row.kana, row.birth_date, normaliser_);
        if (own != keys.own[places[i]]) {
          return Error{ErrorCode::kCorrupt, "the register changed while it was read"};
        }
        MUSUBI_CHECK_OK(piece.Add(row, own, FormerKeysOf(row, normaliser_)));
      }
      const std::scoped_lock lock(mutex_);
      pieces_.emplace(batch.number, std::move(piece));
      return Ok();
    };
    MUSUBI_CHECK_OK(ReadChosenResidents(residents_, threads_, places_of, on_batch));
    AppendPieces();
    return Ok();
  }

  static std::vector<std::uint32_t> WantedIn(
      BatchKeys& keys, const KeyFilter& filter, SearchStep step
  ) {
    std::vector<std::uint32_t> places;
    const auto want = [&](std::uint32_t i) {
      if (!keys.is_kept[i]) {
        keys.is_kept[i] = true;
        places.push_back(i);
      }
    };
    for (std::uint32_t i = 0; i < keys.own.size(); ++i) {
      if (IsAskedFor(filter, step, keys.own[i])) {
        want(i);
      }
    }
    for (const auto& [i, former] : keys.former) {
      if (IsAskedFor(filter, step, former)) {
        want(i);
      }
    }
    std::ranges::sort(places);
    return places;
  }

  void Take(std::size_t number, BatchKeys keys, ResidentPiece piece) {
    const std::scoped_lock lock(mutex_);
    batches_.emplace(number, std::move(keys));
    pieces_.emplace(number, std::move(piece));
  }

  void AppendPieces() {
    for (auto& [number, piece] : pieces_) {
      table_.Append(std::move(piece));
    }
    pieces_.clear();
  }

  // Weaker keys are linked when the first row needs them.
  void LinkFor(SearchStep step) {
    std::vector<KeyKind> kinds;
    for (const SearchStep each : {SearchStep::kBirth, SearchStep::kNameKana, SearchStep::kEither}) {
      if (each <= step) {
        kinds.insert(kinds.end(), KindsOf(each).begin(), KindsOf(each).end());
      }
    }
    table_.Link(kinds, false, threads_);
  }

  // Leaves in `open` the rows that a weaker key may still change.
  void Decide(std::vector<std::uint32_t>& open, SearchStep step) {
    std::vector<std::uint8_t> is_final(open.size());
    ForRange(open.size(), threads_, [&] {
      return [&, search = Search(normaliser_, options_.allowed)](std::size_t i) mutable {
        if (i + kDecideAhead < open.size()) {
          const PersonKeys& ahead = keys_[open[i + kDecideAhead]];
          table_.Prefetch(KeyKind::kBirthName, ahead);
          table_.Prefetch(KeyKind::kBirthKana, ahead);
        }
        const std::uint32_t row = open[i];
        bool is_row_final = true;
        decisions_[row] =
            search.Run(table_, people_.At(row), keys_[row], step, options_.explain, is_row_final);
        is_final[i] = is_row_final ? 1 : 0;
      };
    });
    std::vector<std::uint32_t> left;
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (is_final[i] == 0) {
        left.push_back(open[i]);
      }
    }
    open = std::move(left);
  }

  const RosterPeople& people_;
  const std::filesystem::path& residents_;
  const text::Normaliser& normaliser_;
  const RosterMatchOptions& options_;
  unsigned threads_;
  std::vector<PersonKeys> keys_;
  std::vector<Decision> decisions_;
  std::mutex mutex_;
  std::map<std::size_t, BatchKeys> batches_;
  std::map<std::size_t, ResidentPiece> pieces_;
  ResidentTable table_;
};

}  // namespace

Result<std::vector<Decision>> MatchRoster(
    const RosterPeople& people,
    const std::filesystem::path& residents,
    const text::Normaliser& normaliser,
    const RosterMatchOptions& options
) {
  return RosterMatching(people, residents, normaliser, options).Run();
}

}  // namespace musubi::matching
