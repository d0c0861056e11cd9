#include "vault/vault.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "crypto/cipher.h"
#include "tests/support/store_fixture.h"

namespace musubi::vault {
namespace {

using number::IndividualNumber;
using test::Must;

// Stands for a key file or a token; how those keep their key is tested in crypto.
class MemoryWrapper : public crypto::KeyWrapper {
 public:
  [[nodiscard]] Result<Bytes> Wrap(BytesView secret) override {
    return crypto::SealGcm(key_, {}, secret);
  }

  [[nodiscard]] Result<SecretBytes> Unwrap(BytesView wrapped) override {
    return crypto::OpenGcm(key_, {}, wrapped);
  }

 private:
  SecretBytes key_ = crypto::RandomKey();
};

// The i-th synthetic number: eleven digits made of i, and the check digit that belongs to them.
IndividualNumber NumberOf(std::uint64_t i) {
  std::array<std::uint8_t, 11> digits{};
  std::uint64_t left = 10000000019ULL + i * 7919;
  for (std::size_t at = digits.size(); at > 0; --at) {
    digits[at - 1] = static_cast<std::uint8_t>(left % 10);
    left /= 10;
  }
  std::string text;
  for (const std::uint8_t digit : digits) {
    text += static_cast<char>('0' + digit);
  }
  text += static_cast<char>('0' + number::IndividualCheckDigit(digits));
  return Must(IndividualNumber::Parse(text));
}

class VaultTest : public test::StoreTest {
 protected:
  void SetUp() override {
    database_ = OpenDatabase();
    vault_ = Must(Vault::Open(*database_, kek_));
  }

  std::int64_t Count(std::string_view sql) const {
    return *Must(Must(database_->Connect())->QueryInt(sql));
  }

  static bool Opens(const Vault& vault, BytesView sealed, std::string_view reference) {
    const auto number = vault.Decrypt(sealed, reference);
    EXPECT_TRUE(number.ok() || number.error().code == ErrorCode::kCorrupt);
    return number.ok();
  }

  MemoryWrapper kek_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<Vault> vault_;
};

MUSUBI_TEST_BOTH_ENGINES(VaultTest);

TEST_P(VaultTest, NumberComesBackForItsOwnReference) {
  for (std::uint64_t i = 0; i < 200; ++i) {
    const IndividualNumber number = NumberOf(i);
    const Bytes sealed = Must(vault_->Encrypt(number, "person-" + std::to_string(i)));
    EXPECT_EQ(sealed.size(), 37U);
    EXPECT_TRUE(Must(vault_->Decrypt(sealed, "person-" + std::to_string(i))).SameAs(number));
  }
}

TEST_P(VaultTest, CiphertextMovedToAnotherPersonDoesNotOpen) {
  const Bytes sealed = Must(vault_->Encrypt(NumberOf(1), "person-1"));
  EXPECT_TRUE(Opens(*vault_, sealed, "person-1"));
  EXPECT_FALSE(Opens(*vault_, sealed, "person-2"));
  EXPECT_FALSE(Opens(*vault_, sealed, ""));
}

TEST_P(VaultTest, AnyChangedByteIsNoticed) {
  const Bytes sealed = Must(vault_->Encrypt(NumberOf(1), "p"));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes changed = sealed;
    changed[i] ^= 0x10;
    EXPECT_FALSE(Opens(*vault_, changed, "p")) << "byte " << i;
  }
  EXPECT_FALSE(Opens(*vault_, BytesView(sealed).first(36), "p"));
  EXPECT_FALSE(Opens(*vault_, {}, "p"));
}

TEST_P(VaultTest, EqualNumbersHaveEqualIndexAndDifferentCiphertext) {
  EXPECT_EQ(vault_->IndexOf(NumberOf(5)), vault_->IndexOf(NumberOf(5)));
  EXPECT_NE(Must(vault_->Encrypt(NumberOf(5), "p")), Must(vault_->Encrypt(NumberOf(5), "p")));
  std::set<BlindIndex> indexes;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    indexes.insert(vault_->IndexOf(NumberOf(i)));
  }
  EXPECT_EQ(indexes.size(), 2000U);
}

TEST_P(VaultTest, KeysOutliveTheProcess) {
  const Bytes sealed = Must(vault_->Encrypt(NumberOf(3), "p"));
  const auto again = Must(Vault::Open(*OpenDatabase(), kek_));
  EXPECT_TRUE(Must(again->Decrypt(sealed, "p")).SameAs(NumberOf(3)));
  EXPECT_EQ(again->IndexOf(NumberOf(3)), vault_->IndexOf(NumberOf(3)));
}

TEST_P(VaultTest, NoNumberIsRefused) {
  EXPECT_FALSE(vault_->Encrypt(IndividualNumber(), "p").ok());
}

TEST_P(VaultTest, WrongKekIsRefused) {
  MemoryWrapper other;
  const auto vault = Vault::Open(*database_, other);
  ASSERT_FALSE(vault.ok());
  EXPECT_EQ(vault.error().code, ErrorCode::kRefused);
  EXPECT_EQ(vault_->RotateDataKey(*database_, other).error().code, ErrorCode::kRefused);
  EXPECT_EQ(Vault::Rewrap(*database_, other, kek_).error().code, ErrorCode::kRefused);
  EXPECT_EQ(Count("SELECT count(*) FROM vault_key"), 2);
  Must(Vault::Open(*database_, kek_));
}

TEST_P(VaultTest, RotationKeepsOldCiphertextsAndUsesTheNewKey) {
  const Bytes before = Must(vault_->Encrypt(NumberOf(1), "p"));
  const BlindIndex index = vault_->IndexOf(NumberOf(1));
  Must(vault_->RotateDataKey(*database_, kek_));
  const Bytes after = Must(vault_->Encrypt(NumberOf(1), "p"));
  EXPECT_EQ(ToHex(BytesView(before).first(4)), "00000001");
  EXPECT_EQ(ToHex(BytesView(after).first(4)), "00000002");
  EXPECT_EQ(vault_->IndexOf(NumberOf(1)), index);
  const auto again = Must(Vault::Open(*database_, kek_));
  for (const Vault* vault : {vault_.get(), again.get()}) {
    EXPECT_TRUE(Opens(*vault, before, "p"));
    EXPECT_TRUE(Opens(*vault, after, "p"));
  }
  EXPECT_EQ(Count("SELECT count(*) FROM vault_key WHERE kind = 'data'"), 2);
}

TEST_P(VaultTest, RewrapChangesTheKekAndNothingElse) {
  Must(vault_->RotateDataKey(*database_, kek_));
  const Bytes sealed = Must(vault_->Encrypt(NumberOf(9), "p"));
  MemoryWrapper fresh;
  Must(Vault::Rewrap(*database_, kek_, fresh));
  EXPECT_EQ(Vault::Open(*database_, kek_).error().code, ErrorCode::kRefused);
  const auto again = Must(Vault::Open(*database_, fresh));
  EXPECT_TRUE(Opens(*again, sealed, "p"));
  EXPECT_EQ(again->IndexOf(NumberOf(9)), vault_->IndexOf(NumberOf(9)));
}

TEST_P(VaultTest, WrappedKeyInTheRowOfAnotherIsNoticed) {
  Must(vault_->RotateDataKey(*database_, kek_));
  Must(Must(database_->Connect())
           ->Execute("UPDATE vault_key SET wrapped = (SELECT wrapped FROM vault_key"
                     " WHERE kind = 'data' AND version = 1) WHERE kind = 'data'"));
  EXPECT_EQ(Vault::Open(*database_, kek_).error().code, ErrorCode::kCorrupt);
}

TEST_P(VaultTest, MissingKeysAreNotMadeAnew) {
  Must(Must(database_->Connect())->Execute("DELETE FROM vault_key WHERE kind = 'index'"));
  EXPECT_EQ(Vault::Open(*database_, kek_).error().code, ErrorCode::kCorrupt);
}

TEST_P(VaultTest, SeveralProcessesMayOpenAnEmptyStoreAtOnce) {
  Must(Must(database_->Connect())->Execute("DELETE FROM vault_key"));
  std::vector<std::unique_ptr<Vault>> vaults(4);
  {
    std::vector<std::jthread> threads;
    for (auto& vault : vaults) {
      threads.emplace_back([&] { vault = Must(Vault::Open(*OpenDatabase(), kek_)); });
    }
  }
  const Bytes sealed = Must(vaults[0]->Encrypt(NumberOf(1), "p"));
  for (const auto& vault : vaults) {
    EXPECT_TRUE(Opens(*vault, sealed, "p"));
  }
}

TEST_P(VaultTest, ThreadsMayWorkWhileTheKeyIsRotated) {
  std::atomic<bool> failed = false;
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t part = 0; part < 3; ++part) {
      threads.emplace_back([&, part] {
        for (std::uint64_t i = part * 1000; i < part * 1000 + 500; ++i) {
          const auto sealed = vault_->Encrypt(NumberOf(i), "p");
          const auto index = vault_->IndexOf(NumberOf(i));
          if (!sealed.ok() || !Opens(*vault_, sealed.value(), "p") ||
              index != vault_->IndexOf(NumberOf(i))) {
            failed = true;
          }
        }
      });
    }
    for (int i = 0; i < 5; ++i) {
      Must(vault_->RotateDataKey(*database_, kek_));
    }
  }
  EXPECT_FALSE(failed);
}

// Every file of the store, searched for the number in any form it might have slipped in.
std::string AllBytesBelow(const std::filesystem::path& folder) {
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(file), {});
  }
  return all;
}

std::vector<std::string> FormsOf(const IndividualNumber& number) {
  std::array<char, 12> digits{};
  number.RevealDigits(digits);
  std::string big_endian;
  for (int shift = 32; shift >= 0; shift -= 8) {
    big_endian += static_cast<char>(number.RevealPacked() >> static_cast<unsigned>(shift));
  }
  std::string decimal_coded;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    decimal_coded += static_cast<char>((digits[i] - '0') * 16 + (digits[i + 1] - '0'));
  }
  return {
      std::string(digits.begin(), digits.end()),
      big_endian,
      std::string(big_endian.rbegin(), big_endian.rend()),
      decimal_coded
  };
}

TEST_P(VaultTest, NumberIsNotFoundInTheFiles) {
  if (!IsSqlite()) {
    return;
  }
  auto connection = Must(database_->Connect());
  Must(connection->ExecuteScript("CREATE TABLE n (ref TEXT PRIMARY KEY, sealed {BLOB}, ix {BLOB})")
  );
  for (std::uint64_t i = 0; i < 300; ++i) {
    const std::string reference = "person-" + std::to_string(i);
    const Bytes sealed = Must(vault_->Encrypt(NumberOf(i), reference));
    Must(connection->Execute(
        "INSERT INTO n (ref, sealed, ix) VALUES ($1, $2, $3)",
        {std::string_view(reference), BytesView(sealed), BytesView(vault_->IndexOf(NumberOf(i)))}
    ));
  }
  const std::string all = AllBytesBelow(folder());
  ASSERT_NE(all.find("person-299"), std::string::npos) << "the files hold what was stored";
  for (std::uint64_t i = 0; i < 300; ++i) {
    for (const std::string& form : FormsOf(NumberOf(i))) {
      EXPECT_EQ(all.find(form), std::string::npos);
    }
  }
}

// Well below what any build reaches (release: some 500,000); a key looked up anew per call is not.
TEST_P(VaultTest, MonthlyListOfABigAssociationTakesSeconds) {
  constexpr int kCount = 20000;
  const IndividualNumber number = NumberOf(1);
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kCount; ++i) {
    Must(vault_->Encrypt(number, "0123456789"));
    static_cast<void>(vault_->IndexOf(number));
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const int per_second = static_cast<int>(kCount / took.count());
  RecordProperty("encrypt_and_index_per_second", per_second);
  EXPECT_GT(per_second, 5000);
}

}  // namespace
}  // namespace musubi::vault
