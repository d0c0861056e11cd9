// Layouts of record copies as data: what is read, what is refused, what an item may be.
#include "rules/record_layout.h"

#include <string>

#include <gtest/gtest.h>

#include "base/io.h"

namespace musubi::rules {
namespace {

constexpr std::string_view kGood = R"(
version = 1
[[group]]
name = "benefits"
japanese = "給付"
silence_days = 40
[[kind]]
code = "x"
japanese = "エックス"
group = "benefits"
information = "medical-benefits"
[[kind.layout]]
version = 1
accepted_from = "2020-01-01"
accepted_to = "2026-09-30"
items = [ { name = "a", japanese = "あ", type = "yen", length = 5, required = true } ]
[[kind.layout]]
version = 2
accepted_from = "2026-07-01"
items = [ { name = "a", japanese = "あ", type = "yen", length = 5, required = true },
          { name = "b", japanese = "び", type = "text", length = 3 } ]
)";

Date Day(std::string_view text) {
  return Date::Parse(text).value();
}

std::string With(std::string_view from, std::string_view to) {
  std::string text(kGood);
  text.replace(text.find(from), from.size(), to);
  return text;
}

TEST(RecordLayout, TwoVersionsAreAcceptedWhileTheyOverlap) {
  const auto layouts = RecordLayouts::Parse(kGood, "x.toml");
  ASSERT_TRUE(layouts.ok()) << layouts.error().Text();
  const RecordKind* kind = layouts->Find("x");
  ASSERT_NE(kind, nullptr);
  EXPECT_TRUE(kind->Layout(1)->IsAcceptedOn(Day("2026-09-30")));
  EXPECT_FALSE(kind->Layout(1)->IsAcceptedOn(Day("2026-10-01")));
  EXPECT_FALSE(kind->Layout(2)->IsAcceptedOn(Day("2026-06-30")));
  EXPECT_TRUE(kind->Layout(2)->IsAcceptedOn(Day("2026-07-01")));
  EXPECT_EQ(kind->NewestOn(Day("2026-06-30"))->version, 1);
  EXPECT_EQ(kind->NewestOn(Day("2026-07-01"))->version, 2);
  EXPECT_EQ(kind->NewestOn(Day("2019-12-31")), nullptr);
  EXPECT_EQ(kind->Layout(3), nullptr);
}

TEST(RecordLayout, AFileWithAFaultIsRefusedWithItsPlace) {
  const auto refused = [](std::string_view from, std::string_view to) {
    const auto read = RecordLayouts::Parse(With(from, to), "x.toml");
    return read.ok() ? std::string("accepted") : read.error().place;
  };
  EXPECT_EQ(refused("type = \"yen\"", "type = \"yens\""), "x.toml: x.layout 1.a.type");
  EXPECT_EQ(refused("group = \"benefits\"", "group = \"others\""), "x.toml: kind.x.group");
  EXPECT_EQ(refused("version = 2", "version = 1"), "x.toml: x.layout");
  EXPECT_EQ(refused("2020-01-01", "2020-01-32"), "x.toml: x.layout 1.accepted_from");
  EXPECT_EQ(refused("length = 5", "length = 0"), "x.toml: x.layout 1.a.length");
  EXPECT_EQ(refused("name = \"b\"", "name = \"a\""), "x.toml: x.layout 2.a");
  EXPECT_NE(refused("[[group]]", "[[group"), "accepted");
}

TEST(RecordLayout, AnItemIsAValueOrAReason) {
  EXPECT_EQ(ReadItem("!withheld")->missing, Missing::kWithheld);
  EXPECT_EQ(ReadItem("!!withheld")->value, "!withheld");
  EXPECT_EQ(ReadItem("a!b")->value, "a!b");
  EXPECT_FALSE(ReadItem("").has_value());
  EXPECT_FALSE(ReadItem("!").has_value());
  EXPECT_FALSE(ReadItem("!other").has_value());
  EXPECT_EQ(ReadItem(WriteItem("!!x"))->value, "!!x");
  EXPECT_EQ(ReadItem(WriteItem(Missing::kUnreadable))->missing, Missing::kUnreadable);
}

TEST(RecordLayout, ARequiredItemMayBeUnknownButNotInapplicable) {
  const RecordItem needed{"a", "", ItemType::kYen, 5, true};
  const RecordItem optional{"a", "", ItemType::kYen, 5, false};
  EXPECT_TRUE(IsGoodItem(needed, "!not-yet-known"));
  EXPECT_FALSE(IsGoodItem(needed, "!not-applicable"));
  EXPECT_TRUE(IsGoodItem(optional, "!not-applicable"));
  EXPECT_FALSE(IsGoodItem(optional, ""));
}

TEST(RecordLayout, EachTypeTakesItsOwnSpellingOnly) {
  const auto good = [](ItemType type, std::string_view value, std::size_t length = 5) {
    return IsGoodItem({"a", "", type, length, true}, value);
  };
  EXPECT_TRUE(good(ItemType::kYen, "-12345"));
  EXPECT_FALSE(good(ItemType::kYen, "123456"));
  EXPECT_FALSE(good(ItemType::kYen, "012"));
  EXPECT_FALSE(good(ItemType::kYen, "-"));
  EXPECT_TRUE(good(ItemType::kText, "五文字です"));
  EXPECT_FALSE(good(ItemType::kText, "六文字ですよ"));
  EXPECT_TRUE(good(ItemType::kMonth, "2026-11"));
  EXPECT_FALSE(good(ItemType::kMonth, "2026-13"));
  EXPECT_TRUE(good(ItemType::kDate, "2024-02-29"));
  EXPECT_FALSE(good(ItemType::kDate, "2026-02-29"));
  EXPECT_TRUE(good(ItemType::kYear, "2026"));
  EXPECT_FALSE(good(ItemType::kYear, "26"));
  EXPECT_TRUE(good(ItemType::kFlag, "1"));
  EXPECT_FALSE(good(ItemType::kFlag, "2"));
  EXPECT_TRUE(good(ItemType::kCount, "0"));
  EXPECT_FALSE(good(ItemType::kCount, "-1"));
  EXPECT_TRUE(good(ItemType::kCode, "a-1.b"));
  EXPECT_FALSE(good(ItemType::kCode, "a b"));
}

TEST(RecordLayout, TheBuiltInLayoutsHaveTheKindsTheBusinessNeeds) {
  const RecordLayouts& layouts = RecordLayouts::BuiltIn();
  for (const std::string_view kind :
       {"eligibility",
        "high-cost-care",
        "combined-high-cost",
        "medical-care-expenses",
        "childbirth-allowance",
        "funeral-allowance",
        "sickness-allowance",
        "contributions"}) {
    ASSERT_NE(layouts.Find(kind), nullptr) << kind;
    EXPECT_NE(layouts.Find(kind)->NewestOn(Day("2026-11-22")), nullptr) << kind;
  }
  EXPECT_EQ(
      layouts.Group("eligibility")->silence_days < layouts.Group("benefits")->silence_days, true
  );
}

}  // namespace
}  // namespace musubi::rules
