#include "matching/roster_match.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "matching/askers.h"
#include "matching/key_filter.h"
#include "matching/parallel.h"
#include "matching/resident_batches.h"
#include "matching/search.h"

namespace musubi::matching {

namespace {

constexpr std::size_t kDecideAhead = 8;

Error Changed() {
  return Error{ErrorCode::kCorrupt, "the register changed while it was read"};
}

// What is remembered of every resident of a batch, in order.
struct BatchKeys {
  std::vector<PersonKeys> own;
  std::vector<std::pair<std::uint32_t, PersonKeys>> former;  // by place in the batch
  std::vector<bool> is_kept;
};

using Wanted = std::map<std::size_t, std::vector<std::uint32_t>>;  // places, by batch

class RosterMatching {
 public:
  RosterMatching(
      const RosterPeople& people,
      const std::filesystem::path& residents,
      const text::Normaliser& normaliser,
      const RosterMatchOptions& options
  )
      : people_(people),
        normaliser_(normaliser),
        options_(options),
        threads_(std::max(1U, options.threads)),
        residents_(residents, threads_),
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
      // Who came for a step is found by its keys only: by stronger ones nobody asked for them.
      table_.Link(KindsOf(step), false, threads_);
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
    const auto on_batch = [&](const ResidentBatch& batch) { return KeepOf(batch, filter); };
    const auto on_restart = [this] {
      batches_.clear();
      pieces_.clear();
      return Ok();
    };
    MUSUBI_TRY(
        [[maybe_unused]] const std::uint64_t count,
        residents_.Read(on_batch, on_restart, options_.on_progress)
    );
    AppendPieces();
    return Ok();
  }

  Result<void> KeepOf(const ResidentBatch& batch, const KeyFilter& filter) {
    BatchKeys keys = KeysOfBatch(batch);
    ResidentPiece piece;
    std::size_t next_former = 0;
    constexpr std::size_t kAhead = 16;
    for (std::uint32_t i = 0; i < batch.rows.size(); ++i) {
      if (i + kAhead < keys.own.size()) {
        filter.Prefetch(HashKept(KeyKind::kBirthName, keys.own[i + kAhead]));
        filter.Prefetch(HashKept(KeyKind::kBirthKana, keys.own[i + kAhead]));
      }
      PersonKeys former;
      if (next_former < keys.former.size() && keys.former[next_former].first == i) {
        former = keys.former[next_former++].second;
      }
      if (IsAskedFor(filter, SearchStep::kBirth, keys.own[i]) ||
          (former.IsAny() && IsAskedFor(filter, SearchStep::kBirth, former))) {
        keys.is_kept[i] = true;
        MUSUBI_CHECK_OK(piece.Add(batch.rows[i], keys.own[i], former));
      }
    }
    const std::scoped_lock lock(mutex_);
    batches_.emplace(batch.number, std::move(keys));
    pieces_.emplace(batch.number, std::move(piece));
    return Ok();
  }

  [[nodiscard]] BatchKeys KeysOfBatch(const ResidentBatch& batch) const {
    BatchKeys keys;
    keys.own.reserve(batch.rows.size());
    keys.is_kept.resize(batch.rows.size());
    for (const text::ResidentRow& row : batch.rows) {
      const PersonKeys former = FormerKeysOf(row, normaliser_);
      if (former.IsAny()) {
        keys.former.emplace_back(static_cast<std::uint32_t>(keys.own.size()), former);
      }
      keys.own.push_back(KeysOf(row.name, row.kana, row.birth_date, normaliser_));
    }
    return keys;
  }

  // The residents whom the open rows may find by weaker keys and who are not kept yet.
  Result<void> KeepMore(const std::vector<std::uint32_t>& open, SearchStep step) {
    const Wanted wanted = WantedBy(open, step);
    if (wanted.empty()) {
      return Ok();
    }
    const Askers askers(people_, keys_, open, step, normaliser_);
    const auto places_of = [&](std::size_t batch) -> std::span<const std::uint32_t> {
      const auto found = wanted.find(batch);
      return found == wanted.end() ? std::span<const std::uint32_t>() : found->second;
    };
    const auto on_batch = [&](const ResidentBatch& batch) {
      return KeepChosen(batch, places_of(batch.number), askers);
    };
    MUSUBI_CHECK_OK(residents_.ReadChosen(places_of, on_batch));
    AppendPieces();
    return Ok();
  }

  Result<void> KeepChosen(
      const ResidentBatch& batch, std::span<const std::uint32_t> places, const Askers& askers
  ) {
    if (places.empty()) {
      return Ok();
    }
    BatchKeys& keys = batches_.at(batch.number);
    ResidentPiece piece;
    for (std::size_t i = 0; i < places.size(); ++i) {
      const text::ResidentRow& row = batch.rows[i];
      const PersonKeys& own = keys.own[places[i]];
      if (row.birth_date.packed() != own.birth) {
        return Changed();
      }
      const PersonKeys former = FormerKeysOf(row, normaliser_);
      const Attributes resident{row.name, row.kana, row.birth_date, row.sex, row.address};
      LazyAddressKey address(row.address, normaliser_);
      if (askers.MayFind(own, resident, address) ||
          (former.IsAny() && askers.MayFind(former, resident, address))) {
        if (KeysOf(row.name, row.kana, row.birth_date, normaliser_) != own) {
          return Changed();
        }
        keys.is_kept[places[i]] = true;
        MUSUBI_CHECK_OK(piece.Add(row, own, former));
      }
    }
    const std::scoped_lock lock(mutex_);
    pieces_.emplace(batch.number, std::move(piece));
    return Ok();
  }

  [[nodiscard]] Wanted WantedBy(const std::vector<std::uint32_t>& open, SearchStep step) const {
    const KeyFilter filter = FilterOf(open, step);
    Wanted wanted;
    std::vector<std::pair<const BatchKeys*, std::vector<std::uint32_t>*>> work;
    for (const auto& [number, keys] : batches_) {
      work.emplace_back(&keys, &wanted[number]);
    }
    ForRange(
        work.size(),
        threads_,
        [&] {
          return [&](std::size_t i) { *work[i].second = WantedIn(*work[i].first, filter, step); };
        },
        1
    );
    return wanted;
  }

  static std::vector<std::uint32_t> WantedIn(
      const BatchKeys& keys, const KeyFilter& filter, SearchStep step
  ) {
    std::vector<std::uint32_t> places;
    for (std::uint32_t i = 0; i < keys.own.size(); ++i) {
      if (!keys.is_kept[i] && IsAskedFor(filter, step, keys.own[i])) {
        places.push_back(i);
      }
    }
    const std::size_t own_count = places.size();
    for (const auto& [i, former] : keys.former) {
      if (!keys.is_kept[i] && IsAskedFor(filter, step, former)) {
        places.push_back(i);
      }
    }
    if (places.size() != own_count) {
      std::ranges::sort(places);
      places.erase(std::ranges::unique(places).begin(), places.end());
    }
    return places;
  }

  void AppendPieces() {
    for (auto& [number, piece] : pieces_) {
      table_.Append(std::move(piece));
    }
    pieces_.clear();
  }

  // Leaves in `open` the rows that a weaker key may still change.
  void Decide(std::vector<std::uint32_t>& open, SearchStep step) {
    std::vector<std::uint8_t> is_final(open.size());
    ForRange(open.size(), threads_, [&] {
      return [&, search = Search(normaliser_, options_.allowed)](std::size_t i) mutable {
        if (i + 2 * kDecideAhead < open.size()) {
          const PersonKeys& far = keys_[open[i + 2 * kDecideAhead]];
          table_.PrefetchBucket(KeyKind::kBirthName, far);
          table_.PrefetchBucket(KeyKind::kBirthKana, far);
          table_.PrefetchEntry(KeyKind::kBirthName, keys_[open[i + kDecideAhead]]);
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
  const text::Normaliser& normaliser_;
  const RosterMatchOptions& options_;
  unsigned threads_;
  ResidentBatches residents_;
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
