#include "crypto/key_store.h"

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

#include "base/io.h"
#include "crypto/cipher.h"
#include "crypto/scheme_for_test.h"

namespace musubi::crypto {
namespace {

void ExpectWrapsAndRefusesChanges(KeyWrapper& wrapper) {
  const SecretBytes key = RandomKey();
  const auto wrapped = wrapper.Wrap(key);
  ASSERT_TRUE(wrapped.ok()) << wrapped.error().Text();
  EXPECT_EQ(AsText(*wrapped).find(AsText(key)), std::string_view::npos);
  const auto unwrapped = wrapper.Unwrap(*wrapped);
  ASSERT_TRUE(unwrapped.ok()) << unwrapped.error().Text();
  EXPECT_TRUE(EqualInConstantTime(*unwrapped, key));
  for (std::size_t i = 0; i < wrapped->size(); ++i) {
    Bytes changed = *wrapped;
    changed[i] ^= 1U;
    const auto refused = wrapper.Unwrap(changed);
    ASSERT_FALSE(refused.ok()) << i;
    EXPECT_EQ(refused.error().code, ErrorCode::kRefused) << refused.error().Text();
  }
  EXPECT_FALSE(wrapper.Unwrap({}).ok());
  EXPECT_TRUE(wrapper.Unwrap(*wrapped).ok());  // a refusal leaves the wrapper usable
}

TEST(KeyFile, WrapsUnderThePassphraseAndOpensAgain) {
  const FolderForTest folder;
  const auto path = folder.path() / "vault.key";
  ASSERT_TRUE(CreateKeyFile(path, AsBytes("correct horse")).ok());
  EXPECT_EQ(static_cast<unsigned>(std::filesystem::status(path).permissions()), 0600U);
  auto wrapper = OpenKeyFile(path, AsBytes("correct horse"));
  ASSERT_TRUE(wrapper.ok());
  ExpectWrapsAndRefusesChanges(**wrapper);
  const SecretBytes secret = RandomKey();
  const Bytes wrapped = (*wrapper)->Wrap(secret).value();
  auto again = OpenKeyFile(path, AsBytes("correct horse"));
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(EqualInConstantTime(*(*again)->Unwrap(wrapped), secret));
}

TEST(KeyFile, AWrongPassphraseIsRefused) {
  const FolderForTest folder;
  const auto path = folder.path() / "vault.key";
  ASSERT_TRUE(CreateKeyFile(path, AsBytes("correct horse")).ok());
  const auto opened = OpenKeyFile(path, AsBytes("correct hors"));
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::kRefused);
}

TEST(KeyFile, IsNeverWrittenOver) {
  const FolderForTest folder;
  const auto path = folder.path() / "vault.key";
  ASSERT_TRUE(WriteFile(path, "precious").ok());
  const auto created = CreateKeyFile(path, AsBytes("p"));
  ASSERT_FALSE(created.ok());
  EXPECT_EQ(created.error().code, ErrorCode::kConflict);
  const auto opened = OpenKeyFile(path, AsBytes("p"));
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
  EXPECT_FALSE(CreateKeyFile(folder.path() / "other.key", {}).ok());
}

TEST(PassphraseFile, IsItsFirstLineWithoutTheEnd) {
  const FolderForTest folder;
  const auto path = folder.path() / "pass";
  for (const char* content : {"secret", "secret\n", "secret\r\n", "secret\nnot this\n"}) {
    ASSERT_TRUE(WriteFile(path, content).ok());
    const auto passphrase = ReadPassphraseFile(path);
    ASSERT_TRUE(passphrase.ok());
    EXPECT_EQ(AsText(*passphrase), "secret");
  }
  for (const std::string& content : {std::string(), std::string("\n"), std::string(2000, 'x')}) {
    ASSERT_TRUE(WriteFile(path, content).ok());
    EXPECT_FALSE(ReadPassphraseFile(path).ok());
  }
  EXPECT_FALSE(ReadPassphraseFile(folder.path() / "missing").ok());
}

std::string SoftHsmPath() {
  for (const char* path :
       {"/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
        "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
        "/usr/local/lib/softhsm/libsofthsm2.so"}) {
    if (std::filesystem::exists(path)) {
      return path;
    }
  }
  return {};
}

// One token for all tests of the process: the module reads its configuration only once.
class Token : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_FALSE(SoftHsmPath().empty()) << "softhsm2 is not installed";
    static const bool is_made = MakeToken();
    ASSERT_TRUE(is_made);
  }

  static bool MakeToken() {
    static const FolderForTest folder;
    const auto configuration = folder.path() / "softhsm2.conf";
    const auto tokens = folder.path() / "tokens";
    std::filesystem::create_directory(tokens);
    std::ofstream(configuration) << "directories.tokendir = " << tokens.string()
                                 << "\nobjectstore.backend = file\nlog.level = ERROR\n";
    setenv("SOFTHSM2_CONF", configuration.c_str(), 1);
    return std::system(
               "softhsm2-util --init-token --free --label 'musubi test' --pin 1234 --so-pin 5678 "
               "> /dev/null 2>&1"
           ) == 0;
  }

  [[nodiscard]] static TokenOptions Options(const std::string& key_label) {
    return {SoftHsmPath(), "musubi test", key_label};
  }
};

TEST_F(Token, WrapsWithAKeyThatStaysInside) {
  ASSERT_TRUE(CreateTokenKey(Options("vault"), AsBytes("1234")).ok());
  auto wrapper = OpenToken(Options("vault"), AsBytes("1234"));
  ASSERT_TRUE(wrapper.ok()) << wrapper.error().Text();
  ExpectWrapsAndRefusesChanges(**wrapper);
}

TEST_F(Token, CreatingAgainKeepsTheKey) {
  ASSERT_TRUE(CreateTokenKey(Options("kept"), AsBytes("1234")).ok());
  const SecretBytes secret = RandomKey();
  const Bytes wrapped = OpenToken(Options("kept"), AsBytes("1234")).value()->Wrap(secret).value();
  ASSERT_TRUE(CreateTokenKey(Options("kept"), AsBytes("1234")).ok());
  const auto unwrapped = OpenToken(Options("kept"), AsBytes("1234")).value()->Unwrap(wrapped);
  ASSERT_TRUE(unwrapped.ok());
  EXPECT_TRUE(EqualInConstantTime(*unwrapped, secret));
  ASSERT_TRUE(CreateTokenKey(Options("other"), AsBytes("1234")).ok());
  EXPECT_FALSE(OpenToken(Options("other"), AsBytes("1234")).value()->Unwrap(wrapped).ok());
}

TEST_F(Token, WrongPinLabelOrModuleIsSaidPlainly) {
  const auto wrong_pin = OpenToken(Options("vault"), AsBytes("9999"));
  ASSERT_FALSE(wrong_pin.ok());
  EXPECT_EQ(wrong_pin.error().code, ErrorCode::kRefused);
  const auto no_key = OpenToken(Options("no such key"), AsBytes("1234"));
  ASSERT_FALSE(no_key.ok());
  EXPECT_EQ(no_key.error().code, ErrorCode::kNotFound);
  TokenOptions options = Options("vault");
  options.token_label = "no such token";
  EXPECT_EQ(OpenToken(options, AsBytes("1234")).error().code, ErrorCode::kNotFound);
  options.module_path = "/nonexistent.so";
  EXPECT_EQ(OpenToken(options, AsBytes("1234")).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace musubi::crypto
