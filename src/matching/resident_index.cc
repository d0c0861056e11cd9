#include <algorithm>
#include <mutex>

#include "matching/matcher.h"
#include "matching/resident_batches.h"
#include "matching/search.h"

namespace musubi::matching {

struct ResidentIndex::State {
  std::shared_ptr<const text::Normaliser> normaliser;  // the callers' too: one set of tables
  ResidentTable table;
};

ResidentIndex::ResidentIndex(std::unique_ptr<State> state) : state_(std::move(state)) {}

ResidentIndex::~ResidentIndex() = default;

Result<std::shared_ptr<const ResidentIndex>> ResidentIndex::Load(
    const std::filesystem::path& residents,
    std::shared_ptr<const text::Normaliser> normaliser,
    unsigned threads
) {
  auto state = std::make_unique<State>();
  std::mutex mutex;
  const auto on_batch = [&](const ResidentBatch& batch) -> Result<void> {
    ResidentPiece piece;
    for (const text::ResidentRow& row : batch.rows) {
      const PersonKeys keys = KeysOf(row.name, row.kana, row.birth_date, *normaliser);
      MUSUBI_CHECK_OK(piece.Add(row, keys, FormerKeysOf(row, *normaliser)));
    }
    // In whatever order: no decision depends on it.
    const std::scoped_lock lock(mutex);
    state->table.Append(std::move(piece));
    return Ok();
  };
  const auto on_restart = [&state]() -> Result<void> {
    state->table = ResidentTable();
    return Ok();
  };
  threads = std::max(1U, threads);
  ResidentBatches batches(residents, threads);
  MUSUBI_TRY(
      [[maybe_unused]] const std::uint64_t count, batches.Read(on_batch, on_restart, nullptr)
  );
  state->normaliser = std::move(normaliser);
  state->table.Link(AllKinds(), true, threads);
  return std::shared_ptr<const ResidentIndex>(new ResidentIndex(std::move(state)));
}

std::uint64_t ResidentIndex::size() const {
  return state_->table.size();
}

Decision ResidentIndex::Match(const Attributes& person, Explain explain) const {
  // Buffers of the thread, made anew when it turns to another index.
  struct Scratch {
    const text::Normaliser* normaliser = nullptr;
    std::unique_ptr<Search> search;
  };

  thread_local Scratch scratch;
  const text::Normaliser& normaliser = *state_->normaliser;
  if (scratch.normaliser != &normaliser) {
    scratch = {&normaliser, std::make_unique<Search>(normaliser)};
  }
  bool is_final = false;
  const PersonKeys keys = KeysOf(person.name, person.kana, person.birth_date, normaliser);
  return scratch.search->Run(state_->table, person, keys, SearchStep::kEither, explain, is_final);
}

bool ResidentIndex::FindByNumber(std::uint64_t number, ResidentView& out, bool& is_superseded)
    const {
  return state_->table.FindByNumber(number, out, is_superseded);
}

const text::Normaliser& ResidentIndex::normaliser() const {
  return *state_->normaliser;
}

}  // namespace musubi::matching
