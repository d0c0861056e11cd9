// Lossless forms say "the same writing in another notation", and alone decide that people agree.
// Here over a register: no two residents who differ by more than notation ever become equal.
//
// The sample writes its register in one notation, so two of its texts that are not the same bytes
// differ by more than that.
#include <array>
#include <map>
#include <string>
#include <unordered_map>

#include <gtest/gtest.h>

#include "matching/comparison.h"
#include "sample/person.h"

namespace musubi::matching {

namespace {

constexpr std::uint64_t kResidents = 30'000;
constexpr std::array<std::uint64_t, 2> kSeeds{7, 20261122};

const text::Normaliser& Shared() {
  static const auto normaliser = std::move(text::Normaliser::Make()).value();
  return *normaliser;
}

using FormOf = void (text::Normaliser::*)(std::string_view, text::Layer, text::NormalForm&) const;

std::string LosslessOf(FormOf form_of, std::string_view text) {
  text::NormalForm form;
  (Shared().*form_of)(text, text::Layer::kLossless, form);
  return form.text;
}

struct Texts {
  std::string name;
  std::string kana;
  std::string birth_and_sex;
  std::string address;

  friend bool operator==(const Texts&, const Texts&) = default;

  [[nodiscard]] std::string Lossless() const {
    return LosslessOf(&text::Normaliser::Name, name) + '\n' +
           LosslessOf(&text::Normaliser::Kana, kana) + '\n' + birth_and_sex + '\n' +
           LosslessOf(&text::Normaliser::Address, address);
  }
};

Texts RegisterTexts(const sample::Person& person) {
  Texts texts;
  texts.name = person.surname.text;
  texts.name.append("　").append(person.given.text);
  texts.kana = person.surname.kana;
  texts.kana.append("　").append(person.given.kana);
  texts.birth_and_sex =
      person.resident.birth_date.Text() + (person.resident.sex == text::Sex::kMale ? "1" : "2");
  texts.address = sample::SpellAddress(person.address, sample::AddressStyle::kFull);
  return texts;
}

// The same person as other systems write.
Texts OtherNotation(const sample::Person& person, std::uint64_t index) {
  Texts texts = RegisterTexts(person);
  const bool is_hyphens = index % 2 == 0;
  texts.address = sample::SpellAddress(
      person.address, is_hyphens ? sample::AddressStyle::kHyphens : sample::AddressStyle::kMixed
  );
  texts.address = is_hyphens ? sample::WidenDigits(texts.address) : texts.address;
  texts.kana = sample::NarrowKana(texts.kana);
  return texts;
}

TEST(LosslessProperty, NoTwoResidentsOfARegisterBecomeOne) {
  for (const std::uint64_t seed : kSeeds) {
    std::unordered_map<std::string, Texts> by_form;
    std::uint64_t known = 0;
    for (std::uint64_t i = 0; i < kResidents; ++i) {
      const sample::Person person = sample::PersonAt(seed, i);
      const Texts own = RegisterTexts(person);
      const Texts other = OtherNotation(person, i);
      for (const Texts* texts : {&own, &other}) {
        const auto [at, is_new] = by_form.try_emplace(texts->Lossless(), own);
        ASSERT_TRUE(at->second == own) << "seed " << seed << " resident " << i;
        known += is_new ? 0 : 1;
      }
    }
    // Nearly all other notations do meet their own resident: the forms say something.
    EXPECT_GT(known, kResidents * 9 / 10);
  }
}

TEST(LosslessProperty, NoTwoNamesOrReadingsOfARegisterBecomeOne) {
  std::map<std::string, std::string> names;
  std::map<std::string, std::string> readings;
  for (std::uint64_t i = 0; i < kResidents; ++i) {
    const Texts texts = RegisterTexts(sample::PersonAt(kSeeds[0], i));
    const auto name =
        names.try_emplace(LosslessOf(&text::Normaliser::Name, texts.name), texts.name);
    const auto kana =
        readings.try_emplace(LosslessOf(&text::Normaliser::Kana, texts.kana), texts.kana);
    // A space is notation: 森　一郎 and 森一　郎 are one writing.
    const auto without_space = [](std::string text) {
      const std::size_t at = text.find("　");
      return at == std::string::npos ? text : text.erase(at, std::string_view("　").size());
    };
    ASSERT_EQ(without_space(name.first->second), without_space(texts.name));
    ASSERT_EQ(without_space(kana.first->second), without_space(texts.kana));
  }
}

// The smallest difference that is more than notation: one character of one attribute.
TEST(LosslessProperty, OneOtherCharacterIsAnotherForm) {
  constexpr std::uint64_t kSome = 5'000;
  const std::map<std::string, std::string> other{
      {"辺", "邊"},
      {"高", "髙"},
      {"斉", "斎"},
      {"カ", "ガ"},
      {"ヨ", "ョ"},
      {"オ", "ー"},
      {"ハ", "パ"},
      {"大字", ""}
  };
  std::uint64_t changed = 0;
  for (std::uint64_t i = 0; i < kSome; ++i) {
    const Texts texts = RegisterTexts(sample::PersonAt(kSeeds[1], i));
    const std::string before = texts.Lossless();
    for (std::size_t at = 0; at < texts.address.size(); ++at) {
      const char digit = texts.address[at];
      if (digit >= '0' && digit <= '9') {
        Texts next = texts;
        next.address[at] = digit == '9' ? '8' : static_cast<char>(digit + 1);
        ASSERT_NE(next.Lossless(), before) << "resident " << i;
      }
    }
    for (const auto& [from, to] : other) {
      for (const auto field : {&Texts::name, &Texts::kana, &Texts::address}) {
        Texts next = texts;
        const std::size_t at = (next.*field).find(from);
        if (at != std::string::npos) {
          (next.*field).replace(at, from.size(), to);
          ASSERT_NE(next.Lossless(), before) << "resident " << i << " " << from;
          ++changed;
        }
      }
    }
  }
  EXPECT_GT(changed, kSome / 2);
}

}  // namespace

}  // namespace musubi::matching
