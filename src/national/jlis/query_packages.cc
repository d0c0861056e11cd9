#include "national/jlis/query_packages.h"

#include <array>
#include <chrono>

#include "base/date.h"
#include "crypto/digest.h"
#include "ops/log.h"

namespace musubi::national::jlis {

namespace {

using exchange::QueryKind;

// The file is gone with the object, whatever happens.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::filesystem::path path) : path_(std::move(path)) {}

  ~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }

  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string DayOf(Instant instant) {
  return Date::Of(JapanDay(instant)).Text();
}

std::array<std::string, 2> DaysKept(Instant now) {
  return {DayOf(now), DayOf(now - std::chrono::days(1))};
}

Result<http::Body> ReadWhole(const std::filesystem::path& path) {
  MUSUBI_TRY(const Bytes bytes, ReadPiece(path, 0, exchange::kQueryPackageSizeMax));
  return http::MakeBody(AsText(bytes));
}

Result<void> WriteWhole(const std::filesystem::path& path, BytesView bytes) {
  MUSUBI_TRY(const auto file, FileSink::Create(path));
  MUSUBI_CHECK_OK(file->Write(bytes));
  return file->Commit();
}

}  // namespace

Result<std::unique_ptr<QueryPackages>> QueryPackages::Open(
    const std::filesystem::path& folder, Node node, const Clock& clock
) {
  const std::filesystem::path answers = folder / "answers";
  MUSUBI_CHECK_OK(MakeFolder(answers));
  return std::unique_ptr<QueryPackages>(new QueryPackages(answers, std::move(node), clock));
}

// Made when needed; what is older than yesterday goes, and so do packages left by a kill.
Result<std::filesystem::path> QueryPackages::FolderOfToday() const {
  const auto kept = DaysKept(clock_->Now());
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, failure)) {
    const std::string name = entry.path().filename().string();
    if (name != kept[0] && name != kept[1]) {
      std::error_code ignored;
      std::filesystem::remove_all(entry.path(), ignored);
    }
  }
  const std::filesystem::path today = folder_ / kept[0];
  MUSUBI_CHECK_OK(MakeFolder(today));
  return today;
}

std::filesystem::path QueryPackages::Find(const std::string& name) const {
  for (const std::string& day : DaysKept(clock_->Now())) {
    const std::filesystem::path path = folder_ / day / name;
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) {
      return path;
    }
  }
  return {};
}

Result<http::Body> QueryPackages::Answer(
    QueryKind kind, const AttributeIndex& residents, BytesView package
) {
  crypto::Sha256 digest;
  digest.Update(package);
  const std::string name =
      std::string(AnswerKindName(kind)) + "_" + ToHex(digest.Finish()) + ".p7m";
  const std::unique_lock lock(working_, std::try_to_lock);
  if (const auto known = Find(name); !known.empty()) {
    return ReadWhole(known);
  }
  if (!lock.owns_lock()) {
    return Error{
        ErrorCode::kUnavailable, "a package is being answered", "jlis", "send it again in a while"
    };
  }
  MUSUBI_TRY(const std::filesystem::path today, FolderOfToday());
  const TemporaryFile question(folder_ / "question.p7m");
  MUSUBI_CHECK_OK(WriteWhole(question.path(), package));
  MUSUBI_CHECK_OK(Write(kind, residents, question.path(), today / name));
  return ReadWhole(today / name);
}

Result<exchange::PackageCheck> QueryPackages::Check(
    const std::filesystem::path& package, const exchange::Expected& expected
) const {
  const auto count_row = [](std::uint64_t row, std::uint64_t /*line*/, auto) -> Result<void> {
    if (row < exchange::kQueryPackageRowsMax) {
      return Ok();
    }
    return Error{
        ErrorCode::kExhausted,
        "more than " + std::to_string(exchange::kQueryPackageRowsMax) + " rows in one package",
        {},
        "ask over the line"
    };
  };
  const Instant now = clock_->Now();
  MUSUBI_TRY(
      auto check,
      exchange::ReadPackage(
          package, node_.identity, *node_.trust, now, expected, nullptr, count_row
      )
  );
  if (http::Peer{check.signer.id()}.role() != "insurer") {
    return Error{ErrorCode::kRefused, "the package is not signed by an insurer"};
  }
  return check;
}

Result<void> QueryPackages::Write(
    QueryKind kind,
    const AttributeIndex& residents,
    const std::filesystem::path& package,
    const std::filesystem::path& answer
) const {
  exchange::Expected expected;
  expected.kind = QuestionKindName(kind);
  expected.mode = node_.mode;
  expected.recipient = node_.identity.certificate.id();
  MUSUBI_TRY(const exchange::PackageCheck check, Check(package, expected));
  const Instant now = clock_->Now();
  exchange::PackageHeader header;
  header.kind = AnswerKindName(kind);
  header.mode = node_.mode;
  header.sender = expected.recipient;
  header.recipient = check.header.sender;
  header.created = now;
  header.sequence = check.header.sequence;
  MUSUBI_TRY(
      const auto writer,
      exchange::QueryPackageWriter::Create(answer, header, {node_.identity, check.signer})
  );
  http::Body record;
  const auto answer_row = [&](std::uint64_t /*row*/, std::uint64_t /*line*/, auto fields
                          ) -> Result<void> {
    record.clear();
    if (kind == QueryKind::kResidents) {
      MUSUBI_TRY([[maybe_unused]] const auto outcome, residents.AnswerQuery(fields, record));
    } else {
      static_cast<void>(residents.AnswerVerification(fields, record));
    }
    return writer->Write({record.data(), record.size()});
  };
  expected.sender = check.header.sender;
  MUSUBI_TRY(
      const auto again,
      exchange::ReadPackage(
          package, node_.identity, *node_.trust, now, expected, nullptr, answer_row
      )
  );
  MUSUBI_CHECK_OK(writer->Commit());
  ops::LogInfo(
      "jlis.package.answered",
      {{"kind", expected.kind}, {"insurer", header.recipient}, {"rows", again.record_count}}
  );
  return Ok();
}

}  // namespace musubi::national::jlis
