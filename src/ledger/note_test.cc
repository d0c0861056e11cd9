#include "ledger/note.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/io.h"
#include "ledger/checkpoint.h"
#include "ledger/tree_for_test.h"

namespace musubi::ledger {
namespace {

const Instant kNow{std::chrono::seconds(1790000000)};

// A note that another implementation made (golang.org/x/mod/sumdb/note, its documentation).
constexpr std::string_view kForeignKey =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr std::string_view kForeignNote =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\xe2\x80\x94 PeterNeumann "
    "x08go/ZJkuBS9UG/"
    "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

TEST(Note, OfAnotherImplementationVerifies) {
  const VerifierKey key = VerifierKey::Parse(kForeignKey).value();
  EXPECT_EQ(key.Text(), kForeignKey);
  const auto note = Note::Parse(kForeignNote);
  ASSERT_TRUE(note.ok());
  EXPECT_TRUE(key.Verify(*note).ok());
  EXPECT_EQ(note->Text(), kForeignNote);
}

TEST(Note, WithAnyChangedByteIsNotBelieved) {
  const VerifierKey key = VerifierKey::Parse(kForeignKey).value();
  for (std::size_t i = 0; i < kForeignNote.size(); ++i) {
    std::string changed(kForeignNote);
    changed[i] = static_cast<char>(changed[i] ^ 1);
    const auto note = Note::Parse(changed);
    EXPECT_FALSE(note.ok() && key.Verify(*note).ok()) << i;
  }
}

TEST(Note, ThatIsMalformedIsRefused) {
  const std::string line = "\xe2\x80\x94 name AAAAAAAA\n";
  EXPECT_TRUE(Note::Parse("text\n\n" + line).ok());
  EXPECT_TRUE(Note::Parse("text\n\nmore\n\n" + line + line).ok());
  for (const std::string& bad : std::vector<std::string>{
           "",
           "\n",
           "text\n",
           "text\n\n",
           "text\n" + line,
           "text\n\n" + line + "\n",
           "text\n\n" + line.substr(0, line.size() - 1),
           "te\txt\n\n" + line,
           "te\rxt\n\n" + line,
           std::string("te\0xt\n\n", 7) + line,
           "te\xffxt\n\n" + line,
           "te\xed\xa0\x80xt\n\n" + line,
           "te\xc0\x80xt\n\n" + line,
           "text\n\n- name AAAAAAAA\n",
           "text\n\n\xe2\x80\x94  AAAAAAAA\n",
           "text\n\n\xe2\x80\x94 na+me AAAAAAAA\n",
           "text\n\n\xe2\x80\x94 na\xe3\x80\x80me AAAAAAAA\n",
           "text\n\n\xe2\x80\x94 name AAAAAA==\n",
           "text\n\n\xe2\x80\x94 name AAAAAA\n",
           "text\n\n\xe2\x80\x94 name AAAAAAAA \n",
           "text\n\n\xe2\x80\x94 name AAAAAAB=\n",
           "text\n\n" + line + "text\n",
       }) {
    EXPECT_FALSE(Note::Parse(bad).ok()) << bad;
  }
}

TEST(Note, ASignatureOfAnUnknownKeyIsIgnored) {
  const SigningKey key = KeyForTest();
  const SigningKey other = KeyForTest();  // the same name
  Note note{"text\n", {other.Sign("text\n"), key.Sign("text\n")}};
  EXPECT_TRUE(key.verifier().Verify(note).ok());
  note.signatures.pop_back();
  EXPECT_EQ(key.verifier().Verify(note).error().code, ErrorCode::kNotFound);
}

TEST(Note, OneWrongSignatureOfAKnownKeyRefusesIt) {
  const SigningKey key = KeyForTest();
  const Note note{"text\n", {key.Sign("text\n"), key.Sign("another text\n")}};
  EXPECT_EQ(key.verifier().Verify(note).error().code, ErrorCode::kRefused);
}

TEST(Cosignature, SignsTimeAndTextAsTheSpecificationSays) {
  crypto::Ed25519Key secret = crypto::Ed25519Key::Generate();
  const SigningKey key = SigningKey::Make("witness.example/w1", KeyKind::kWitness, secret).value();
  const NoteSignature made = key.Sign("log\n1\nhash\n", kNow);
  EXPECT_EQ(CosignatureTime(made).value(), 1790000000U);
  ASSERT_EQ(made.signature.size(), 72U);
  EXPECT_TRUE(crypto::VerifyEd25519(
      secret.public_key(),
      AsBytes("cosignature/v1\ntime 1790000000\nlog\n1\nhash\n"),
      BytesView(made.signature).subspan(8)
  ));
  EXPECT_TRUE(key.verifier().VerifySignature("log\n1\nhash\n", made).ok());
  EXPECT_FALSE(key.verifier().VerifySignature("log\n2\nhash\n", made).ok());
  NoteSignature later = made;
  later.signature[7] ^= 1U;
  EXPECT_FALSE(key.verifier().VerifySignature("log\n1\nhash\n", later).ok());
}

TEST(Cosignature, KeyOfALogDoesNotPassForAWitness) {
  crypto::Ed25519Key secret = crypto::Ed25519Key::Generate();
  const SigningKey log = SigningKey::Make("name", KeyKind::kLog, secret).value();
  const SigningKey witness = SigningKey::Make("name", KeyKind::kWitness, secret).value();
  EXPECT_NE(log.verifier().id(), witness.verifier().id());
  EXPECT_FALSE(witness.verifier().VerifySignature("text\n", log.Sign("text\n")).ok());
  EXPECT_FALSE(log.verifier().VerifySignature("text\n", witness.Sign("text\n", kNow)).ok());
}

TEST(VerifierKey, ReadsBackWhatItWrites) {
  for (const KeyKind kind : {KeyKind::kLog, KeyKind::kWitness}) {
    const VerifierKey key = KeyForTest("log.example/一", kind).verifier();
    const auto again = VerifierKey::Parse("  " + key.Text() + "\n");
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(again->Text(), key.Text());
  }
}

TEST(VerifierKey, WithAnyChangedCharacterIsRefused) {
  const std::string text(kForeignKey);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(VerifierKey::Parse(changed).ok()) << changed;
  }
  EXPECT_FALSE(VerifierKey::Parse("").ok());
  EXPECT_FALSE(VerifierKey::Parse("+").ok());
  EXPECT_FALSE(VerifierKey::Parse("a+b+c").ok());
}

TEST(SigningKey, IsMadeOnceAndFoundAgain) {
  const FolderForTest folder;
  const auto base = folder.path() / "hub" / "log";
  const auto made = SigningKey::OpenOrCreate(base, "musubi.example/hub", KeyKind::kLog);
  ASSERT_TRUE(made.ok());
  struct stat status{};
  ASSERT_EQ(::stat((base.string() + ".key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  const auto again = SigningKey::OpenOrCreate(base, "musubi.example/hub", KeyKind::kLog);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(made->verifier().Text(), again->verifier().Text());
  EXPECT_EQ(ReadFile(base.string() + ".vkey").value(), made->verifier().Text() + "\n");
  EXPECT_FALSE(SigningKey::OpenOrCreate(base, "musubi.example/another", KeyKind::kLog).ok());
}

TEST(SigningKey, ThatOthersMayReadIsRefused) {
  const FolderForTest folder;
  const auto base = folder.path() / "log";
  ASSERT_TRUE(SigningKey::OpenOrCreate(base, "log", KeyKind::kLog).ok());
  ASSERT_EQ(::chmod((base.string() + ".key").c_str(), 0640), 0);
  EXPECT_EQ(SigningKey::OpenOrCreate(base, "log", KeyKind::kLog).error().code, ErrorCode::kRefused);
}

TEST(SigningKey, IsNotReplacedWhenItIsGone) {
  const FolderForTest folder;
  const auto base = folder.path() / "log";
  ASSERT_TRUE(SigningKey::OpenOrCreate(base, "log", KeyKind::kLog).ok());
  std::filesystem::remove(base.string() + ".key");
  EXPECT_FALSE(SigningKey::OpenOrCreate(base, "log", KeyKind::kLog).ok());
}

TEST(Checkpoint, ReadsBackWhatItWrites) {
  const Checkpoint checkpoint{"musubi.example/hub", 20852163, LeafHash(AsBytes("x")), {"more"}};
  EXPECT_EQ(Checkpoint::Parse(checkpoint.Text()).value(), checkpoint);
}

TEST(Checkpoint, ThatIsMalformedIsRefused) {
  const std::string root = ToBase64(LeafHash(AsBytes("x"))) + "\n";
  EXPECT_TRUE(Checkpoint::Parse("o\n1\n" + root).ok());
  EXPECT_TRUE(Checkpoint::Parse("o\n0\n" + ToBase64(EmptyRoot()) + "\n").ok());
  for (const std::string& bad : std::vector<std::string>{
           "",
           "o\n",
           "o\n1\n",
           "\n1\n" + root,
           "o\n01\n" + root,
           "o\n-1\n" + root,
           "o\n+1\n" + root,
           "o\n1 \n" + root,
           "o\n18446744073709551616\n" + root,
           "o\n0\n" + root,
           "o\n1\n" + root + "\n",
           "o\n1\n" + root.substr(0, root.size() - 1),
           "o\n1\nAAAA\n",
       }) {
    EXPECT_FALSE(Checkpoint::Parse(bad).ok()) << bad;
  }
}

TEST(Checkpoint, OfAnotherOriginIsRefusedAlthoughSigned) {
  const SigningKey key = KeyForTest("log.example/a");
  const Checkpoint other{"log.example/b", 1, LeafHash(AsBytes("x"))};
  EXPECT_EQ(
      OpenCheckpoint(SignCheckpoint(other, key), key.verifier()).error().code, ErrorCode::kRefused
  );
  const Checkpoint own{"log.example/a", 1, LeafHash(AsBytes("x"))};
  EXPECT_TRUE(OpenCheckpoint(SignCheckpoint(own, key), key.verifier()).ok());
}

TEST(ProofText, EmptyTextIsAnEmptyProof) {
  EXPECT_TRUE(ParseProof("").value().empty());
  const Proof proof{LeafHash(AsBytes("a")), LeafHash(AsBytes("b"))};
  EXPECT_EQ(ParseProof(FormatProof(proof)).value(), proof);
}

TEST(ProofText, ThatIsMalformedIsRefused) {
  const std::string one = ToBase64(EmptyRoot());
  for (const std::string& bad :
       {std::string(","), one + ",", "," + one, one + " ", one + ",AA=="}) {
    EXPECT_FALSE(ParseProof(bad).ok()) << bad;
  }
  EXPECT_FALSE(ParseProof(FormatProof(Proof(66, EmptyRoot()))).ok());
}

}  // namespace
}  // namespace musubi::ledger
