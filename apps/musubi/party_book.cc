#include "apps/musubi/party_book.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/clock.h"
#include "ops/config.h"

namespace musubi::apps {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kToldMost = 100;
constexpr std::string_view kSqlite = "sqlite:";

Result<PartyStore> ReadPartyStore(const fs::path& file) {
  MUSUBI_TRY(const ops::Config config, ops::Config::Load(file));
  PartyStore store{file, {}, {}};
  MUSUBI_TRY(store.node, config.String("node.id"));
  MUSUBI_TRY(store.url, config.String("node.store"));
  return store;
}

fs::path NodeFolderOf(const std::string& place) {
  fs::path log = fs::absolute(place).lexically_normal();
  return (log.has_filename() ? log : log.parent_path()).parent_path();
}

bool IsOf(const PartyStore& store, std::string_view origin) {
  return "musubi/" + store.node == origin;
}

}  // namespace

Result<std::vector<PartyStore>> ReadPartyStores(const std::vector<std::string>& files) {
  std::vector<PartyStore> stores;
  for (const std::string& file : files) {
    MUSUBI_TRY(PartyStore store, ReadPartyStore(file));
    stores.push_back(std::move(store));
  }
  return stores;
}

Result<std::unique_ptr<PartyBook>> PartyBook::Open(
    const std::string& url, const fs::path& base, std::string name
) {
  std::unique_ptr<PartyBook> book(new PartyBook());
  MUSUBI_TRY(book->database_, store::Database::Open(url, base.string()));
  MUSUBI_TRY(book->connection_, book->database_->Connect());
  const auto rows = audit::CountRows(*book->connection_);
  if (!rows.ok()) {
    const bool is_without_table = rows.error().code == ErrorCode::kInternal;
    return is_without_table ? Result<std::unique_ptr<PartyBook>>(nullptr) : rows.error();
  }
  book->row_count_ = *rows;
  book->report_.store = std::move(name);
  return book;
}

Result<std::unique_ptr<PartyBook>> PartyBook::FindInFolder(const fs::path& folder) {
  std::error_code ignored;
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.path().extension() == ".db") {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    MUSUBI_TRY(auto book, Open(fmt::format("{}{}", kSqlite, file.string()), {}, file.string()));
    if (book != nullptr) {
      return book;
    }
  }
  return std::unique_ptr<PartyBook>();
}

// SQLite: records may lie in a file beside the one that is named (hub.db, exchange.db).
Result<std::unique_ptr<PartyBook>> PartyBook::OpenOf(const PartyStore& store) {
  const fs::path base = fs::absolute(store.file).parent_path();
  if (store.url.starts_with(kSqlite)) {
    return FindInFolder((base / store.url.substr(kSqlite.size())).parent_path());
  }
  return Open(store.url, base, fmt::format("PostgreSQL, by {}", store.file.string()));
}

Result<PartyBook::Found> PartyBook::Find(
    const std::string& place, std::string_view origin, std::vector<PartyStore>& stores
) {
  for (PartyStore& store : stores) {
    if (IsOf(store, origin)) {
      store.is_used = true;
      MUSUBI_TRY(auto book, OpenOf(store));
      if (book == nullptr) {
        return Error{
            ErrorCode::kPrecondition,
            "the store holds no records of inquiries or uses that can be read",
            store.file.string(),
            "is it the store of this node, and may the user of the URL read audit_record?"
        };
      }
      return Found{std::move(book), {}};
    }
  }
  const fs::path folder = NodeFolderOf(place);
  std::error_code ignored;
  if (place.starts_with("https://") || !fs::is_directory(folder, ignored)) {
    return Found{nullptr, "no store is at hand; name one with --store"};
  }
  const fs::path config = folder.string() + ".toml";
  if (fs::exists(config, ignored)) {
    const auto store = ReadPartyStore(config);
    if (store.ok() && IsOf(*store, origin) && !store->url.starts_with(kSqlite)) {
      auto book = OpenOf(*store);
      if (!book.ok() || *book == nullptr) {
        return Found{
            nullptr,
            book.ok() ? "the store of " + config.string() + " holds no records"
                      : book.error().Text()
        };
      }
      return Found{std::move(book).value(), {}};
    }
  }
  MUSUBI_TRY(auto book, FindInFolder(folder));
  const bool is_found = book != nullptr;
  return Found{std::move(book), is_found ? "" : "no store lies beside it; name one with --store"};
}

Result<std::vector<std::optional<exchange::InquiryOutcome>>> PartyBook::Check(
    std::span<const Bytes> entries
) {
  MUSUBI_TRY(audit::RowCheck check, audit::CheckRows(*connection_, report_.checked, entries));
  report_.checked += entries.size();
  report_.erased += check.erased;
  for (audit::RowFinding& finding : check.findings) {
    Blame(std::move(finding));
  }
  return std::move(check.outcomes);
}

Result<BookReport> PartyBook::Finish(std::uint64_t size) {
  MUSUBI_TRY(
      std::vector<audit::RowFinding> early,
      audit::FindEarlyErasures(*connection_, SystemClock().Now())
  );
  for (audit::RowFinding& finding : early) {
    Blame(std::move(finding));
  }
  if (row_count_ > size) {
    Blame({size, "", "the store has records which the log does not have"});
  }
  return report_;
}

void PartyBook::Blame(audit::RowFinding finding) {
  if (++report_.faults <= kToldMost) {
    report_.findings.push_back(std::move(finding));
  }
}

}  // namespace musubi::apps
