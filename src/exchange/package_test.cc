// Whole packages, with certificates, through files.
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "crypto/certificate.h"
#include "crypto/sealed_package.h"
#include "exchange/content.h"
#include "exchange/number_list.h"

namespace musubi::exchange {
namespace {

constexpr std::string_view kRow = "A-1,123456789018,1979-03-12,2003-04-01";

class Package : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              ("musubi-package-" +
               std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(folder_);
    authority_ = crypto::Authority::Create(folder_, "test authority", now_).value();
    insurer_ = authority_->Issue("insurer-133033", now_).value();
    hub_ = authority_->Issue("hub", now_).value();
    trust_ = crypto::Trust::Load(folder_ / "authority.pem", folder_ / "crl.pem").value();
  }

  void TearDown() override { std::filesystem::remove_all(folder_); }

  // A number list in a file; the header's sender is always insurer-133033.
  std::filesystem::path Seal(
      const crypto::Identity& signer, const std::vector<std::string_view>& rows
  ) {
    PackageHeader header;
    header.kind = "NL";
    header.sender = "insurer-133033";
    header.recipient = "hub";
    header.created = now_;
    header.sequence = 1;
    const std::filesystem::path path = folder_ / PackageFileName(header);
    auto file = FileSink::Create(path).value();
    auto seal = crypto::SealingWriter::Create(*file, signer, hub_->certificate, now_).value();
    auto writer = ContentWriter::Create(*seal, header).value();
    for (const std::string_view row : rows) {
      EXPECT_TRUE(writer.WriteRawRecord(row).ok());
    }
    EXPECT_TRUE(writer.Finish().ok());
    EXPECT_TRUE(seal->Finish().ok());
    EXPECT_TRUE(file->Commit().ok());
    return path;
  }

  Result<PackageCheck> Read(
      const std::filesystem::path& path, const std::string& recipient = "hub"
  ) {
    rows_ = 0;
    return ReadPackage(
        path,
        *hub_,
        *trust_,
        now_,
        {.kind = "NL", .recipient = recipient, .sender = {}},
        nullptr,
        [this](auto, auto, auto fields) {
          rows_ += ReadNumberListRow(fields).fault ? 0U : 1U;
          return Ok();
        }
    );
  }

  std::filesystem::path folder_;
  Instant now_ = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  std::optional<crypto::Authority> authority_;
  std::optional<crypto::Identity> insurer_;
  std::optional<crypto::Identity> hub_;
  std::shared_ptr<crypto::Trust> trust_;
  std::uint64_t rows_ = 0;
};

TEST_F(Package, AListReachesTheHub) {
  const auto path = Seal(*insurer_, {kRow, kRow, kRow});
  const auto check = Read(path);
  ASSERT_TRUE(check.ok()) << check.error().Text();
  EXPECT_EQ(check->header.sender, "insurer-133033");
  EXPECT_EQ(check->signer.id(), "insurer-133033");
  EXPECT_EQ(check->record_count, 3U);
  EXPECT_EQ(rows_, 3U);
}

TEST_F(Package, SignedByAnotherThanItsHeadersSenderIsRefused) {
  const auto check = Read(Seal(authority_->Issue("insurer-999999", now_).value(), {kRow}));
  ASSERT_FALSE(check.ok());
  EXPECT_EQ(check.error().code, ErrorCode::kRefused);
  EXPECT_EQ(
      check.error().message, "the package is signed by another than the sender its header names"
  );
}

TEST_F(Package, ForAnotherRecipientInItsHeaderIsRefused) {
  const auto check = Read(Seal(*insurer_, {kRow}), "insurer-133033");
  ASSERT_FALSE(check.ok());
  EXPECT_EQ(check.error().place, "line 1");
}

TEST_F(Package, AChangedByteIsRefused) {
  const auto path = Seal(*insurer_, {kRow});
  std::string bytes = ReadFile(path).value();
  for (const std::size_t at : {bytes.size() / 4, bytes.size() / 2, bytes.size() - 1}) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    ASSERT_TRUE(WriteFile(path, changed).ok());
    EXPECT_FALSE(Read(path).ok()) << at;
  }
}

TEST_F(Package, AMissingFileIsNotFound) {
  EXPECT_EQ(Read(folder_ / "none.p7m").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace musubi::exchange
