#include "ops/config.h"

#include <fstream>

#include <gtest/gtest.h>

#include "base/io.h"

namespace musubi::ops {
namespace {

constexpr std::string_view kToml = R"([node]
id = "hub"
folder = "hub"
listen = "127.0.0.1:18441"
[hub]
chunk_rows = 20000
share = 0.25
is_on = true
names = ["a", "b"]
)";

Config Parsed(std::string_view toml) {
  Result<Config> config = Config::Parse(toml, "/etc/musubi/hub.toml");
  EXPECT_TRUE(config.ok()) << config.error().Text();
  return std::move(config).value();
}

TEST(Config, ValuesOfEveryTypeAreRead) {
  const Config config = Parsed(kToml);
  EXPECT_EQ(config.String("node.id").value(), "hub");
  EXPECT_EQ(config.Int("hub.chunk_rows", 1, 1, 100000).value(), 20000);
  EXPECT_DOUBLE_EQ(config.Double("hub.share", 0, 0, 1).value(), 0.25);
  EXPECT_TRUE(config.Bool("hub.is_on", false).value());
  EXPECT_EQ(config.Strings("hub.names").value(), (std::vector<std::string>{"a", "b"}));
}

TEST(Config, FallbacksStandInForMissingKeys) {
  const Config config = Parsed(kToml);
  EXPECT_EQ(config.String("hub.word", "x").value(), "x");
  EXPECT_EQ(config.Int("hub.count", 7, 1, 9).value(), 7);
  EXPECT_TRUE(config.Bool("hub.flag", true).value());
  EXPECT_TRUE(config.Strings("hub.list").value().empty());
  EXPECT_TRUE(config.Path("hub.log", "").value().empty());
}

TEST(Config, MissingKeyWithoutFallbackNamesFileAndKey) {
  const Error error = Parsed(kToml).String("tls.key").error();
  EXPECT_EQ(error.code, ErrorCode::kInvalid);
  EXPECT_EQ(error.place, "/etc/musubi/hub.toml: tls.key");
}

TEST(Config, UnknownKeyIsRefusedWithItsLine) {
  const Config config = Parsed("[hub]\na = 1\nchunk_row = 2\n");
  ASSERT_TRUE(config.Int("hub.a", 0, 0, 9).ok());
  const Result<void> refused = config.RefuseUnknown();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
  EXPECT_EQ(refused.error().place, "/etc/musubi/hub.toml:3");
  EXPECT_EQ(refused.error().message, "unknown key: hub.chunk_row (line 3)");
}

TEST(Config, EveryUnknownKeyIsNamed) {
  const Error error = Parsed("[b]\nx = 1\n[a]\ny = [1]\n[empty]\n").RefuseUnknown().error();
  EXPECT_EQ(error.message, "unknown keys: b.x (line 2), a.y (line 4), empty (line 5)");
}

TEST(Config, AskingWhetherAKeyIsThereDoesNotMakeItKnown) {
  const Config config = Parsed("a = 1\n");
  EXPECT_TRUE(config.Has("a"));
  EXPECT_FALSE(config.Has("b.c"));
  EXPECT_FALSE(config.RefuseUnknown().ok());
}

TEST(Config, FullyReadFileHasNothingUnknown) {
  const Config config = Parsed("a = 1\n[t]\nb = 'x'\n[left_empty]\n");
  ASSERT_TRUE(config.Int("a", 0, 0, 1).ok());
  ASSERT_TRUE(config.String("t.b").ok());
  ASSERT_TRUE(config.String("left_empty.c", "").ok());
  EXPECT_TRUE(config.RefuseUnknown().ok());
}

TEST(Config, WrongTypesAreRefusedWithTheirLine) {
  const Config config = Parsed("a = 'x'\nb = 3\nc = [1]\n");
  EXPECT_EQ(config.Int("a", 0, 0, 9).error().place, "/etc/musubi/hub.toml:1: a");
  EXPECT_EQ(config.String("b").error().place, "/etc/musubi/hub.toml:2: b");
  EXPECT_EQ(config.String("b", "").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(config.Bool("b", true).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(config.Double("a", 0, 0, 1).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(config.Strings("c").error().place, "/etc/musubi/hub.toml:3: c");
  EXPECT_EQ(config.Strings("a").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(config.Path("b").error().code, ErrorCode::kInvalid);
}

TEST(Config, NumbersOutOfRangeAreRefused) {
  const Config config = Parsed("a = 10\nb = 1.5\nc = nan\n");
  EXPECT_EQ(config.Int("a", 0, 0, 9).error().message, "must lie between 0 and 9");
  EXPECT_FALSE(config.Int("a", 0, 11, 20).ok());
  EXPECT_TRUE(config.Int("a", 0, 10, 10).ok());
  EXPECT_FALSE(config.Double("b", 0, 0, 1).ok());
  EXPECT_FALSE(config.Double("c", 0, 0, 1).ok());
}

TEST(Config, RelativePathsStartAtTheFolderOfTheFile) {
  const Config config = Parsed("a = 'hub/../hub/x'\nb = '/abs/y'\nc = ''\n");
  EXPECT_EQ(config.Path("a").value(), "/etc/musubi/hub/x");
  EXPECT_EQ(config.Path("b").value(), "/abs/y");
  EXPECT_EQ(config.Path("d", "z").value(), "/etc/musubi/z");
  EXPECT_EQ(config.Path("c").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(config.folder(), "/etc/musubi");
}

TEST(Config, KeysOfATableAreListedAndStayUnknown) {
  const auto config =
      Config::Parse("[peers.hub]\naddress = \"a\"\n[peers.network]\naddress = \"b\"\n", "x.toml");
  EXPECT_EQ(config.value().KeysOf("peers"), (std::vector<std::string>{"hub", "network"}));
  EXPECT_TRUE(config.value().KeysOf("witness").empty());
  EXPECT_TRUE(config.value().KeysOf("peers.hub.address").empty());
  EXPECT_FALSE(config.value().RefuseUnknown().ok());
}

TEST(Config, BrokenTomlNamesTheLine) {
  const Result<Config> config = Config::Parse("a = 1\nb = \n", "x.toml");
  ASSERT_FALSE(config.ok());
  EXPECT_EQ(config.error().code, ErrorCode::kInvalid);
  EXPECT_EQ(config.error().place, "x.toml:2");
}

TEST(Config, DeeplyNestedInputIsRefusedAndDoesNotCrash) {
  std::string keys;
  for (int i = 0; i < 100000; ++i) {
    keys += "a.";
  }
  EXPECT_FALSE(Config::Parse(keys + "a = 1", "x.toml").ok());
  EXPECT_FALSE(Config::Parse("a = " + std::string(4000, '['), "x.toml").ok());
}

TEST(Config, FileIsLoadedAndAMissingOneIsNotFound) {
  const std::filesystem::path path = testing::TempDir() + "musubi_config_test.toml";
  ASSERT_TRUE(WriteFile(path, "a = 'b'\n").ok());
  EXPECT_EQ(Config::Load(path).value().Path("a").value(), path.parent_path() / "b");
  std::filesystem::remove(path);
  EXPECT_EQ(Config::Load(path).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace musubi::ops
