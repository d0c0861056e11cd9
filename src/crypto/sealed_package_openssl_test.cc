// The same packages through the openssl command: our own reader would forgive our own mistakes.
#include <cstdlib>

#include <gtest/gtest.h>

#include "base/io.h"
#include "crypto/cipher.h"
#include "crypto/scheme_for_test.h"
#include "crypto/sealed_package.h"

namespace musubi::crypto {
namespace {

class OpensslCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(std::system("openssl version > /dev/null 2>&1"), 0) << "no openssl command";
    Put("insurer.pem", insurer_.certificate.Pem());
    Put("insurer.key", insurer_.key.Pem());
    Put("hub.pem", hub_.certificate.Pem());
    Put("hub.key", hub_.key.Pem());
  }

  void Put(const std::string& name, std::string_view content) {
    ASSERT_TRUE(WriteFile(scheme_.folder() / name, content).ok());
  }

  [[nodiscard]] std::string Get(const std::string& name) const {
    return ReadFile(scheme_.folder() / name).value();
  }

  // Runs in the scheme's folder; the time is the scheme's, not today's.
  [[nodiscard]] bool Run(const std::string& arguments) const {
    const std::string command =
        "cd " + scheme_.folder().string() + " && openssl " + arguments + " >> log.txt 2>&1";
    const int status = std::system(command.c_str());
    if (status != 0) {
      ADD_FAILURE() << "openssl " << arguments << "\n" << Get("log.txt");
    }
    return status == 0;
  }

  [[nodiscard]] std::string AtTime() const {
    return " -attime " +
           std::to_string(
               std::chrono::floor<std::chrono::seconds>(scheme_.now).time_since_epoch().count()
           );
  }

  [[nodiscard]] Result<std::string> Open(const std::string& name) const {
    const std::string package = Get(name);
    MemorySource source(AsBytes(package));
    std::string content;
    MUSUBI_TRY(
        const OpenedPackage opened,
        OpenPackage(
            source,
            hub_,
            *scheme_.trust,
            scheme_.now,
            [&](BytesView piece) {
              content += AsText(piece);
              return Ok();
            }
        )
    );
    EXPECT_EQ(opened.signer.id(), "insurer-133033");
    return content;
  }

  SchemeForTest scheme_;
  Identity insurer_ = scheme_.Issue("insurer-133033");
  Identity hub_ = scheme_.Issue("hub");
};

std::string RandomText(std::size_t size) {
  Bytes bytes(size / 2);
  FillRandom(bytes);
  return ToHex(bytes);
}

TEST_F(OpensslCommand, OpensWhatWeSeal) {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{100}, std::size_t{65536}, std::size_t{1'000'000}}) {
    const std::string content = RandomText(size);
    MemorySink sink;
    auto writer = SealingWriter::Create(sink, insurer_, hub_.certificate, scheme_.now).value();
    ASSERT_TRUE(writer->Write(AsBytes(content)).ok());
    ASSERT_TRUE(writer->Finish().ok());
    Put("package.p7m", AsText(sink.bytes()));
    ASSERT_TRUE(
        Run("cms -decrypt -binary -inform DER -in package.p7m -recip hub.pem -inkey hub.key "
            "-out inner.p7m")
    );
    ASSERT_TRUE(
        Run("cms -verify -binary -inform DER -in inner.p7m -CAfile authority.pem -purpose any "
            "-out content.txt" +
            AtTime())
    );
    EXPECT_EQ(Get("content.txt"), content) << size;
  }
}

TEST_F(OpensslCommand, WeOpenWhatItSealsInEitherFormOfLength) {
  const std::string content = RandomText(300'000);
  Put("content.txt", content);
  for (const std::string form : {"", " -stream"}) {
    ASSERT_TRUE(
        Run("cms -sign -binary -nodetach -md sha256 -signer insurer.pem -inkey insurer.key "
            "-in content.txt -outform DER -out inner.p7m" +
            form)
    );
    ASSERT_TRUE(
        Run("cms -encrypt -binary -aes-256-gcm -in inner.p7m -outform DER -out package.p7m -recip "
            "hub.pem -keyopt ecdh_kdf_md:sha256" +
            form)
    );
    const auto opened = Open("package.p7m");
    ASSERT_TRUE(opened.ok()) << opened.error().Text();
    EXPECT_EQ(*opened, content);
  }
}

TEST_F(OpensslCommand, WeOpenPackagesToSeveralRecipientsAndByKeyIdentifier) {
  Put("content.txt", "content");
  ASSERT_TRUE(
      Run("cms -sign -binary -nodetach -keyid -signer insurer.pem -inkey insurer.key "
          "-in content.txt -outform DER -out inner.p7m")
  );
  ASSERT_TRUE(
      Run("cms -encrypt -binary -aes-256-gcm -keyid -in inner.p7m -outform DER -out package.p7m "
          "-recip insurer.pem -keyopt ecdh_kdf_md:sha256 -recip hub.pem -keyopt ecdh_kdf_md:sha256")
  );
  const auto opened = Open("package.p7m");
  ASSERT_TRUE(opened.ok()) << opened.error().Text();
  EXPECT_EQ(*opened, "content");
}

TEST_F(OpensslCommand, KeyDerivationBySha1IsRefusedWithAdvice) {
  Put("content.txt", "content");
  ASSERT_TRUE(
      Run("cms -sign -binary -nodetach -signer insurer.pem -inkey insurer.key -in content.txt "
          "-outform DER -out inner.p7m")
  );
  ASSERT_TRUE(
      Run("cms -encrypt -binary -aes-256-gcm -in inner.p7m -outform DER -out package.p7m "
          "-recip hub.pem -keyopt ecdh_kdf_md:sha1")
  );
  const auto opened = Open("package.p7m");
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::kInvalid);
  EXPECT_NE(opened.error().Text().find("ecdh_kdf_md:sha256"), std::string::npos);
}

TEST_F(OpensslCommand, SignatureWithoutSignedAttributesOrContentIsRefused) {
  Put("content.txt", "content");
  for (const std::string form : {"-nodetach -noattr", ""}) {
    ASSERT_TRUE(
        Run("cms -sign -binary " + form +
            " -signer insurer.pem -inkey insurer.key -in content.txt -outform DER -out inner.p7m")
    );
    ASSERT_TRUE(
        Run("cms -encrypt -binary -aes-256-gcm -in inner.p7m -outform DER -out package.p7m "
            "-recip hub.pem -keyopt ecdh_kdf_md:sha256")
    );
    const auto opened = Open("package.p7m");
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().code, ErrorCode::kInvalid) << opened.error().Text();
  }
}

}  // namespace
}  // namespace musubi::crypto
