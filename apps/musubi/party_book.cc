#include "apps/musubi/party_book.h"

#include <filesystem>

namespace musubi::apps {

namespace {

constexpr std::size_t kToldMost = 100;

// Has this store a table of records?
bool HasRecords(store::Connection& connection) {
  return audit::CountRows(connection).ok();
}

}  // namespace

Result<std::unique_ptr<PartyBook>> PartyBook::Find(const std::string& place) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const fs::path node = fs::path(place).lexically_normal().parent_path();
  if (place.starts_with("https://") || !fs::is_directory(node, ignored)) {
    return std::unique_ptr<PartyBook>();
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(node, ignored)) {
    if (entry.path().extension() != ".db") {
      continue;
    }
    std::unique_ptr<PartyBook> book(new PartyBook());
    MUSUBI_TRY(book->database_, store::Database::Open("sqlite:" + entry.path().string()));
    MUSUBI_TRY(book->connection_, book->database_->Connect());
    if (HasRecords(*book->connection_)) {
      book->report_.store = entry.path().string();
      return book;
    }
  }
  return std::unique_ptr<PartyBook>();
}

Result<void> PartyBook::Check(
    std::uint64_t index, BytesView entry, std::optional<exchange::InquiryOutcome>& outcome
) {
  ++report_.checked;
  MUSUBI_TRY(auto finding, audit::CheckRow(*connection_, index, entry, &outcome));
  if (finding && report_.findings.size() < kToldMost) {
    report_.findings.push_back(std::move(*finding));
  }
  return Ok();
}

Result<BookReport> PartyBook::Finish(std::uint64_t size) {
  MUSUBI_TRY(const std::uint64_t rows, audit::CountRows(*connection_));
  if (rows > size && report_.findings.size() < kToldMost) {
    report_.findings.push_back({size, "", "the store has records which the log does not have"});
  }
  return report_;
}

}  // namespace musubi::apps
