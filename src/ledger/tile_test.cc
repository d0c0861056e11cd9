#include "ledger/tile.h"

#include <gtest/gtest.h>

#include "ledger/tree_for_test.h"

namespace musubi::ledger {
namespace {

TEST(TilePath, IsWrittenAsTheSpecificationSays) {
  EXPECT_EQ((Tile{false, 0, 0, 256}.Path()), "tile/0/000");
  EXPECT_EQ((Tile{false, 2, 1234067, 256}.Path()), "tile/2/x001/x234/067");
  EXPECT_EQ((Tile{false, 0, 1234, 17}.Path()), "tile/0/x001/234.p/17");
  EXPECT_EQ((Tile{true, 0, 999, 255}.Path()), "tile/entries/999.p/255");
  EXPECT_EQ((Tile{true, 0, 1000, 256}.Path()), "tile/entries/x001/000");
}

TEST(TilePath, ReadsBackWhatItWrites) {
  for (const std::uint64_t index :
       {0ULL,
        7ULL,
        255ULL,
        999ULL,
        1000ULL,
        1001ULL,
        999999ULL,
        1000000ULL,
        390625000ULL,
        999999999999999999ULL}) {
    for (const unsigned width : {1U, 99U, 255U, 256U}) {
      for (unsigned level = 0; level <= kLevelMax; ++level) {
        const Tile tile{false, level, index, width};
        EXPECT_EQ(Tile::Parse(tile.Path()).value(), tile) << tile.Path();
      }
      const Tile bundle{true, 0, index, width};
      EXPECT_EQ(Tile::Parse(bundle.Path()).value(), bundle) << bundle.Path();
    }
  }
}

TEST(TilePath, HasOneSpellingOnly) {
  for (const std::string_view bad :
       {"",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/x001",
        "tile/0/x001/x234",
        "tile/0/x01/234",
        "tile/0/001/234",
        "tile/0/X001/234",
        "tile/00/001",
        "tile/8/001",
        "tile/64/001",
        "tile/-1/001",
        "tile/0/001.p/",
        "tile/0/001.p/0",
        "tile/0/001.p/01",
        "tile/0/001.p/256",
        "tile/0/001.p/17/",
        "tile/0/001.p/17.p/17",
        "tile/0/001 ",
        "/tile/0/001",
        "tile/0/../001",
        "tile/entries",
        "tile/Entries/001",
        "tile/data/001",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
        "checkpoint"}) {
    EXPECT_FALSE(Tile::Parse(bad).ok()) << bad;
  }
}

// The example of the specification: a tree of 70,000 entries.
TEST(TileWidth, OfTheExampleAgrees) {
  EXPECT_EQ(TileWidth(70000, 0, 272), 256U);
  EXPECT_EQ(TileWidth(70000, 0, 273), 112U);
  EXPECT_EQ(TileWidth(70000, 0, 274), 0U);
  EXPECT_EQ(TileWidth(70000, 1, 0), 256U);
  EXPECT_EQ(TileWidth(70000, 1, 1), 17U);
  EXPECT_EQ(TileWidth(70000, 2, 0), 1U);
  EXPECT_EQ(TileWidth(70000, 3, 0), 0U);
  EXPECT_EQ(TileWidth(256, 0, 0), 256U);
  EXPECT_EQ(TileWidth(256, 1, 0), 1U);
}

TEST(Bundle, ReadsBackItsEntries) {
  Bytes bundle;
  const std::string large(kEntrySizeMax, 'x');
  AddToBundle(AsBytes("one"), bundle);
  AddToBundle({}, bundle);
  AddToBundle(AsBytes(large), bundle);
  const auto entries = ParseBundle(bundle, 3);
  ASSERT_TRUE(entries.ok());
  EXPECT_EQ(AsText((*entries)[0]), "one");
  EXPECT_TRUE((*entries)[1].empty());
  EXPECT_EQ(AsText((*entries)[2]), large);
  EXPECT_FALSE(ParseBundle(bundle, 2).ok());
  EXPECT_FALSE(ParseBundle(bundle, 4).ok());
  EXPECT_FALSE(ParseBundle(BytesView(bundle).first(bundle.size() - 1), 3).ok());
  EXPECT_FALSE(ParseBundle(BytesView(bundle).first(1), 1).ok());
}

}  // namespace
}  // namespace musubi::ledger
