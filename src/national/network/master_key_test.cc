#include "national/network/master_key.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/io.h"
#include "national/network/folder_for_test.h"

namespace musubi::national::network {

namespace {

namespace fs = std::filesystem;

TEST(MasterKey, IsMadeOnceAndOnlyTheOwnerMayReadIt) {
  const FolderForTest folder;
  const fs::path path = folder.path() / "master.key";
  EXPECT_EQ(ReadMasterKey(path).error().code, ErrorCode::kNotFound);
  const auto first = MakeMasterKey(path);
  const auto second = MakeMasterKey(path);
  ASSERT_TRUE(first.ok());
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(*first, *second);
  EXPECT_EQ(first->size(), 32U);
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
}

TEST(MasterKey, ThoseWhoStartAtOnceAgree) {
  const FolderForTest folder;
  std::vector<SecretBytes> keys(8);
  std::vector<std::thread> threads;
  for (SecretBytes& key : keys) {
    threads.emplace_back([&key, &folder] {
      key = MakeMasterKey(folder.path() / "master.key").value();
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (const SecretBytes& key : keys) {
    EXPECT_EQ(key, keys[0]);
  }
}

TEST(MasterKey, AFileOthersMayReadIsRefused) {
  const FolderForTest folder;
  const fs::path path = folder.path() / "master.key";
  ASSERT_TRUE(MakeMasterKey(path).ok());
  fs::permissions(path, fs::perms::group_read, fs::perm_options::add);
  EXPECT_EQ(MakeMasterKey(path).error().code, ErrorCode::kPrecondition);
}

TEST(MasterKey, AHalfFileIsRefusedAndLeftAsItIs) {
  const FolderForTest folder;
  const fs::path path = folder.path() / "master.key";
  ASSERT_TRUE(WriteFile(path, "0011\n").ok());
  EXPECT_EQ(MakeMasterKey(path).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(ReadFile(path).value(), "0011\n");
}

}  // namespace

}  // namespace musubi::national::network
