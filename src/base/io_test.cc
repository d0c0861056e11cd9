#include "base/io.h"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace musubi {
namespace {

class Io : public testing::Test {
 protected:
  Io()
      : folder_(
            std::filesystem::temp_directory_path() / ("musubi-io-" + std::to_string(::getpid()))
        ) {
    EXPECT_TRUE(MakeFolder(folder_).ok());
  }

  ~Io() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::size_t FileCount() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_)) {
      ++count;
    }
    return count;
  }

  static unsigned ModeOf(const std::filesystem::path& path) {
    struct stat status{};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode & 0777U;
  }

  std::filesystem::path folder_;
};

TEST_F(Io, FileReadsBackAsWritten) {
  const std::string content("a\0b\n", 4);
  ASSERT_TRUE(WriteFile(folder_ / "file", content).ok());
  EXPECT_EQ(*ReadFile(folder_ / "file"), content);
}

TEST_F(Io, FileIsPrivateUnlessSaidOtherwise) {
  ASSERT_TRUE(WriteFile(folder_ / "private", "x").ok());
  ASSERT_TRUE(WriteFile(folder_ / "public", "x", 0644).ok());
  EXPECT_EQ(ModeOf(folder_ / "private"), 0600U);
  EXPECT_EQ(ModeOf(folder_ / "public"), 0644U);
}

TEST_F(Io, OldFileStaysUntilCommit) {
  ASSERT_TRUE(WriteFile(folder_ / "file", "old").ok());
  auto sink = FileSink::Create(folder_ / "file");
  ASSERT_TRUE(sink.ok());
  ASSERT_TRUE((*sink)->Write(AsBytes("new")).ok());
  EXPECT_EQ(*ReadFile(folder_ / "file"), "old");
  ASSERT_TRUE((*sink)->Commit().ok());
  EXPECT_EQ(*ReadFile(folder_ / "file"), "new");
  EXPECT_EQ(FileCount(), 1U);
}

TEST_F(Io, FileWithoutCommitLeavesNothing) {
  {
    auto sink = FileSink::Create(folder_ / "file");
    ASSERT_TRUE((*sink)->Write(AsBytes("half")).ok());
    EXPECT_EQ(FileCount(), 1U);
  }
  EXPECT_EQ(FileCount(), 0U);
}

TEST_F(Io, MissingFileIsNotFoundAndNamed) {
  const auto content = ReadFile(folder_ / "none");
  ASSERT_FALSE(content.ok());
  EXPECT_EQ(content.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(content.error().place, (folder_ / "none").string());
}

TEST_F(Io, FolderReadAsAFileIsNamedInTheError) {
  const auto content = ReadFile(folder_);
  ASSERT_FALSE(content.ok());
  EXPECT_EQ(content.error().place, folder_.string());
}

TEST_F(Io, FileLargerThanAllowedIsRefused) {
  ASSERT_TRUE(WriteFile(folder_ / "file", "12345").ok());
  EXPECT_EQ(*ReadFile(folder_ / "file", 5), "12345");
  EXPECT_EQ(ReadFile(folder_ / "file", 4).error().code, ErrorCode::kExhausted);
}

TEST_F(Io, PiecesOfAFileAreCutWhereAsked) {
  ASSERT_TRUE(WriteFile(folder_ / "file", "0123456789").ok());
  EXPECT_EQ(AsText(*ReadPiece(folder_ / "file", 2, 3)), "234");
  EXPECT_EQ(AsText(*ReadPiece(folder_ / "file", 8, 100)), "89");
  EXPECT_TRUE(ReadPiece(folder_ / "file", 10, 1)->empty());
  EXPECT_TRUE(ReadPiece(folder_ / "file", 99, 1)->empty());
  EXPECT_EQ(ReadPiece(folder_ / "none", 0, 1).error().code, ErrorCode::kNotFound);
}

TEST_F(Io, FoldersAreMadeWithTheirParentsAndPrivate) {
  const std::filesystem::path deep = folder_ / "a" / "b" / "c";
  ASSERT_TRUE(MakeFolder(deep).ok());
  EXPECT_TRUE(std::filesystem::is_directory(deep));
  EXPECT_EQ(ModeOf(folder_ / "a"), 0700U);
  EXPECT_TRUE(MakeFolder(deep).ok());
  EXPECT_TRUE(MakeFolder(folder_ / "d" / "").ok());
}

TEST_F(Io, FileInPlaceOfAFolderIsAnError) {
  ASSERT_TRUE(WriteFile(folder_ / "file", "x").ok());
  EXPECT_FALSE(MakeFolder(folder_ / "file").ok());
  EXPECT_FALSE(MakeFolder(folder_ / "file" / "below").ok());
}

TEST_F(Io, FileCannotBeMadeInAFolderThatIsNotThere) {
  EXPECT_EQ(FileSink::Create(folder_ / "none" / "file").error().code, ErrorCode::kNotFound);
}

TEST(MemoryIo, SourceHandsOutAllThenNothing) {
  const Bytes bytes{1, 2, 3};
  MemorySource source(bytes);
  Bytes into(2);
  EXPECT_EQ(*source.Read(into), 2U);
  EXPECT_EQ(*source.Read(into), 1U);
  EXPECT_EQ(into[0], 3);
  EXPECT_EQ(*source.Read(into), 0U);
}

TEST(MemoryIo, SinkCollectsWhatIsWritten) {
  MemorySink sink;
  ASSERT_TRUE(sink.Write(Bytes{1, 2}).ok());
  ASSERT_TRUE(sink.Write(Bytes{3}).ok());
  EXPECT_EQ(sink.bytes(), (Bytes{1, 2, 3}));
  EXPECT_EQ(sink.Take(), (Bytes{1, 2, 3}));
}

}  // namespace
}  // namespace musubi
