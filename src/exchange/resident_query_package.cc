#include "exchange/resident_query_package.h"

#include <string>

namespace musubi::exchange {

std::string_view QuestionKindName(QueryKind kind) {
  return kind == QueryKind::kResidents ? "RQ" : "VQ";
}

std::string_view AnswerKindName(QueryKind kind) {
  return kind == QueryKind::kResidents ? "RA" : "VA";
}

Result<void> QueryPackageWriter::Counted::Write(BytesView bytes) {
  size_ += bytes.size();
  if (size_ > kQueryPackageSizeMax) {
    return Error{
        ErrorCode::kExhausted,
        "the package would be larger than " + std::to_string(kQueryPackageSizeMax >> 20U) + " MiB",
        {},
        "ask over the line"
    };
  }
  return sink_->Write(bytes);
}

QueryPackageWriter::QueryPackageWriter(std::unique_ptr<FileSink> file)
    : file_(std::move(file)), counted_(*file_) {}

Result<std::unique_ptr<QueryPackageWriter>> QueryPackageWriter::Create(
    const std::filesystem::path& path, const PackageHeader& header, const Parties& parties
) {
  MUSUBI_TRY(auto file, FileSink::Create(path));
  std::unique_ptr<QueryPackageWriter> writer(new QueryPackageWriter(std::move(file)));
  MUSUBI_TRY(
      writer->sealing_,
      crypto::SealingWriter::Create(
          writer->counted_, parties.signer, parties.recipient, header.created
      )
  );
  MUSUBI_TRY(auto content, ContentWriter::Create(*writer->sealing_, header));
  writer->content_.emplace(std::move(content));
  return writer;
}

Result<void> QueryPackageWriter::Write(std::string_view record) {
  if (content_->record_count() == kQueryPackageRowsMax) {
    return Error{
        ErrorCode::kExhausted,
        "more than " + std::to_string(kQueryPackageRowsMax) + " rows in one package",
        {},
        "ask over the line"
    };
  }
  return content_->WriteRawRecord(record);
}

Result<void> QueryPackageWriter::Commit() {
  MUSUBI_CHECK_OK(content_->Finish());
  MUSUBI_CHECK_OK(sealing_->Finish());
  return file_->Commit();
}

}  // namespace musubi::exchange
