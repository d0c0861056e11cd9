#include "insurer/number_list_writer.h"

namespace musubi::insurer {

Result<void> HashingSink::Write(BytesView bytes) {
  digest_.Update(bytes);
  return sink_->Write(bytes);
}

std::string HashingSink::FinishHex() {
  return ToHex(digest_.Finish());
}

Result<std::unique_ptr<NumberListWriter>> NumberListWriter::Create(
    const NumberListRequest& request, std::uint64_t sequence, Instant now
) {
  MUSUBI_TRY(auto file, FileSink::Create(request.out));
  std::unique_ptr<NumberListWriter> writer(new NumberListWriter(std::move(file)));
  MUSUBI_TRY(
      writer->sealing_,
      crypto::SealingWriter::Create(writer->hash_, request.signer, request.recipient, now)
  );
  exchange::PackageHeader header;
  header.kind = "NL";
  header.mode = request.mode;
  header.sender = request.signer.certificate.id();
  header.recipient = "hub";
  header.created = now;
  header.sequence = sequence;
  MUSUBI_TRY(auto content, exchange::ContentWriter::Create(*writer->sealing_, header));
  writer->content_.emplace(std::move(content));
  return writer;
}

Result<void> NumberListWriter::Add(const exchange::NumberListRow& row) {
  return exchange::WriteNumberListRow(*content_, row);
}

Result<std::string> NumberListWriter::Commit() {
  MUSUBI_CHECK_OK(content_->Finish());
  MUSUBI_CHECK_OK(sealing_->Finish());
  MUSUBI_CHECK_OK(file_->Commit());
  return hash_.FinishHex();
}

}  // namespace musubi::insurer
