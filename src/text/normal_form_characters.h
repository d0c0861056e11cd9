// The character level of normal forms: width, compatibility forms, dashes, voiced marks, selectors.
// What a character becomes depends only on itself and on what was written just before it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "text/normal_form.h"

namespace musubi::text {

enum class Field : std::uint8_t { kName, kKana, kAddress };

[[nodiscard]] bool IsKanji(char32_t character);
// Katakana with ー; hiragana; either.
[[nodiscard]] bool IsKatakana(char32_t character);
[[nodiscard]] bool IsHiragana(char32_t character);
[[nodiscard]] bool IsKana(char32_t character);

[[nodiscard]] inline bool IsDigit(char32_t character) {
  return character >= U'0' && character <= U'9';
}

[[nodiscard]] bool IsLatinOrDigit(char32_t character);

// ッ to ツ, ょ to よ; others are themselves.
[[nodiscard]] char32_t LargeKana(char32_t character);

// Writes characters of one notation. A name and kana lose their spaces; an address keeps each as
// U' ', because a space may be all there is between block number and building.
class NotationWriter {
 public:
  NotationWriter(Field field, std::u32string& out, Rules& rules)
      : field_(field), out_(out), rules_(rules) {}

  void Write(char32_t character);

 private:
  void WriteOther(char32_t character);
  void WriteSpace(char32_t written);
  void WriteDash(char32_t written);
  void WriteMark(bool is_voiced, char32_t written);
  void WriteAccent(char32_t accent);
  bool WriteExpanded(char32_t character);
  void Push(char32_t written, char32_t form, Rule rule);

  Field field_;
  std::u32string& out_;
  Rules& rules_;
};

// `out` is replaced; `rules` gains what was done. Broken bytes become U+FFFD.
void ReadNotation(std::string_view text, Field field, std::u32string& out, Rules& rules);
void ReadNotation(std::u32string_view text, Field field, std::u32string& out, Rules& rules);

// `out` is replaced.
void WriteForm(std::u32string_view form, std::string& out);

// Two strings that change places: every step reads one and writes the other. One per thread, so
// that millions of calls allocate nothing.
struct FormScratch {
  std::u32string form;
  std::u32string next;
  std::u32string step;

  static FormScratch& OfThread();
};

// Never 0.
[[nodiscard]] std::uint64_t HashForm(std::u32string_view form);

}  // namespace musubi::text
