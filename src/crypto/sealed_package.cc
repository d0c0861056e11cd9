#include "crypto/sealed_package.h"

#include "crypto/envelope.h"
#include "crypto/signed_message.h"

namespace musubi::crypto {

struct SealingWriter::State {
  std::unique_ptr<EnvelopeWriter> envelope;
  SignedMessageWriter message;
  // After a failure nothing more is written: the sink holds half a package.
  bool is_open = true;

  State(std::unique_ptr<EnvelopeWriter> writer, const Identity& signer, Instant now)
      : envelope(std::move(writer)), message(*envelope, signer, now) {}
};

SealingWriter::SealingWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}

SealingWriter::~SealingWriter() = default;

namespace {

Error NotOpen() {
  return {ErrorCode::kInternal, "the package is finished or failed before"};
}

}  // namespace

Result<std::unique_ptr<SealingWriter>> SealingWriter::Create(
    ByteSink& sink, const Identity& signer, const Certificate& recipient, Instant now
) {
  MUSUBI_TRY(const RecipientKey key, RecipientKey::Agree(recipient));
  return Create(sink, signer, key, now);
}

Result<std::unique_ptr<SealingWriter>> SealingWriter::Create(
    ByteSink& sink, const Identity& signer, const RecipientKey& recipient, Instant now
) {
  MUSUBI_TRY(auto envelope, EnvelopeWriter::Create(sink, recipient));
  auto state = std::make_unique<State>(std::move(envelope), signer, now);
  MUSUBI_CHECK_OK(state->message.Begin());
  return std::unique_ptr<SealingWriter>(new SealingWriter(std::move(state)));
}

Result<void> SealingWriter::Write(BytesView content) {
  if (!state_->is_open) {
    return NotOpen();
  }
  const auto written = state_->message.Write(content);
  state_->is_open = written.ok();
  return written;
}

Result<void> SealingWriter::Finish() {
  if (!state_->is_open) {
    return NotOpen();
  }
  state_->is_open = false;
  MUSUBI_CHECK_OK(state_->message.Finish());
  return state_->envelope->Finish();
}

namespace {

// A package that was changed on its way mostly fails first as malformed content, in our eyes or the
// caller's, or by its signature; the tag, at the end, tells which of the two it is. Other failures
// (a disk, a caller who stops) need no such question.
bool MayBeDamage(const Error& error, bool is_callers) {
  return error.code == ErrorCode::kInvalid || (error.code == ErrorCode::kRefused && !is_callers);
}

Result<OpenedPackage> Open(
    EnvelopeReader& envelope,
    const Identity& recipient,
    const Trust& trust,
    Instant now,
    const OnContent& on_content
) {
  MUSUBI_CHECK_OK(envelope.Begin(recipient));
  SignedMessageReader message(envelope);
  auto signer = message.Read(on_content);
  if (!signer && !MayBeDamage(signer.error(), message.was_stopped_by_caller())) {
    return std::move(signer).error();
  }
  MUSUBI_CHECK_OK(envelope.Finish());
  if (!signer) {
    return std::move(signer).error();
  }
  auto trusted = trust.Verify(*signer, now);
  if (!trusted) {
    trusted.error().message = "the sender is not accepted: " + trusted.error().message;
    return trusted.error();
  }
  return OpenedPackage{std::move(*signer)};
}

}  // namespace

Result<OpenedPackage> OpenPackage(
    ByteSource& source,
    const Identity& recipient,
    const Trust& trust,
    Instant now,
    const OnContent& on_content
) {
  EnvelopeReader envelope(source);
  return Open(envelope, recipient, trust, now, on_content);
}

Result<OpenedPackage> ResealPackage(
    ByteSource& source,
    const Identity& recipient,
    const Trust& trust,
    Instant now,
    const Certificate& new_recipient,
    ByteSink& sink
) {
  MUSUBI_TRY(const auto writer, EnvelopeWriter::Create(sink, new_recipient));
  EnvelopeReader envelope(source, [&](BytesView plaintext) { return writer->Write(plaintext); });
  MUSUBI_TRY(OpenedPackage opened, Open(envelope, recipient, trust, now, [](BytesView /*content*/) {
               return Ok();
             }));
  MUSUBI_CHECK_OK(writer->Finish());
  return opened;
}

}  // namespace musubi::crypto
