#include "insurer/package_file.h"

namespace musubi::insurer {

Result<void> PackageFile::HashingSink::Write(BytesView bytes) {
  digest_.Update(bytes);
  return sink_->Write(bytes);
}

std::string PackageFile::HashingSink::FinishHex() {
  return ToHex(digest_.Finish());
}

Result<std::unique_ptr<PackageFile>> PackageFile::Create(const PackageRequest& request) {
  MUSUBI_TRY(auto sink, FileSink::Create(request.out));
  std::unique_ptr<PackageFile> file(new PackageFile(std::move(sink)));
  MUSUBI_TRY(
      file->sealing_,
      crypto::SealingWriter::Create(file->hash_, request.signer, request.recipient, request.now)
  );
  exchange::PackageHeader header;
  header.kind = request.kind;
  header.mode = request.mode;
  header.sender = request.signer.certificate.id();
  header.recipient = "hub";
  header.created = request.now;
  header.sequence = request.sequence;
  MUSUBI_TRY(auto content, exchange::ContentWriter::Create(*file->sealing_, header));
  file->content_.emplace(std::move(content));
  return file;
}

Result<std::string> PackageFile::Finish() {
  MUSUBI_CHECK_OK(content_->Finish());
  MUSUBI_CHECK_OK(sealing_->Finish());
  return hash_.FinishHex();
}

Result<void> PackageFile::PutInPlace() {
  return file_->Commit();
}

}  // namespace musubi::insurer
