#include "text/address_form.h"

#include <algorithm>

#include "text/address_form_block.h"
#include "text/normal_form_characters.h"

namespace musubi::text {

namespace {

constexpr std::size_t kBlockPartsMax = 3;  // 丁目, 番, 号: a fourth number is of a building

void AppendNumber(std::uint32_t number, std::u32string& out) {
  char32_t digits[10];
  std::size_t size = 0;
  do {
    digits[size++] = U'0' + number % 10;
    number /= 10;
  } while (number != 0);
  while (size != 0) {
    out.push_back(digits[--size]);
  }
}

// One space at most, none at the ends; ー after anything but kana is a hyphen, and the other way
// round between kana.
void TidySpacesAndDashes(std::u32string_view text, std::u32string& out, Rules& rules) {
  out.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char32_t c = text[i];
    const char32_t last = out.empty() ? 0 : out.back();
    const bool is_extra_space = c == U' ' && (last == 0 || last == U' ');
    if (is_extra_space) {
      rules |= RuleBit(Rule::kSpace);
    } else if (c == U'ー' && !IsKana(last)) {
      out.push_back(U'-');
      rules |= RuleBit(Rule::kHyphen);
    } else if (c == U'-' && IsKana(last) && i + 1 < text.size() && IsKana(text[i + 1])) {
      out.push_back(U'ー');
      rules |= RuleBit(Rule::kHyphen);
    } else {
      out.push_back(c);
    }
  }
  if (!out.empty() && out.back() == U' ') {
    out.pop_back();
    rules |= RuleBit(Rule::kSpace);
  }
}

class AddressWriter {
 public:
  AddressWriter(std::u32string_view text, std::u32string& out, AddressParts& parts, Rules& rules)
      : text_(text), out_(out), parts_(parts), rules_(rules) {}

  void WriteHead(const Gazetteer& gazetteer, const KanjiVariants& variants) {
    const Gazetteer::Head head = gazetteer.Find(text_, variants);
    parts_.place = head.place;
    if (head.place == nullptr) {
      WriteWithoutSpaces(head.size);
    } else {
      WriteNameOf(head);
    }
    parts_.town_begin = out_.size();
  }

  // Up to the block number and with it; false if there is none.
  bool WriteTownAndBlock() {
    BlockNumber block;
    while (at_ < text_.size()) {
      const std::size_t numeral = FindNumeral(text_, at_);
      const std::size_t numeral_end = NumeralEnd(text_, numeral);
      if (numeral != at_) {
        WriteWithoutSpaces(numeral);
      } else if (ReadBlockNumber(text_, at_, block)) {
        WriteBlock(block);
        if (!IsTownName(block)) {
          return true;
        }
      } else {
        WriteWithoutSpaces(numeral_end);
      }
    }
    parts_.block_begin = parts_.block_end = out_.size();
    return false;
  }

  void WriteBuilding() {
    const std::size_t begin = out_.size();
    const bool has_space = at_ < text_.size() && text_[at_] == U' ';
    at_ += has_space ? 1 : 0;
    if (at_ == text_.size()) {
      return;
    }
    rules_ |= has_space ? 0 : RuleBit(Rule::kSpace);
    out_.push_back(U' ');
    for (; at_ < text_.size(); ++at_) {
      const char32_t c = text_[at_];
      const bool is_kept = c != U' ' || IsBetweenNumbers();
      rules_ |= is_kept ? 0 : RuleBit(Rule::kSpace);
      if (is_kept) {
        out_.push_back(c);
      }
    }
    DropRoomWords(begin);
  }

 private:
  // 三丁目西30番地: the 丁目 is part of the town and the block number is still to come.
  [[nodiscard]] bool IsTownName(const BlockNumber& block) const {
    constexpr std::u32string_view kSides = U"東西南北中上下";
    const bool has_side = at_ < text_.size() && kSides.find(text_[at_]) != kSides.npos;
    return block.is_chome_only && has_side;
  }

  // What was left out comes from the gazetteer, the rest stays as it was written.
  void WriteNameOf(const Gazetteer::Head& head) {
    const Gazetteer::Place& place = *head.place;
    const std::u32string_view name = place.written;
    if (head.prefecture_size == 0) {
      out_ += name.substr(0, place.prefecture_size);
      rules_ |= RuleBit(Rule::kPrefecture);
    }
    WriteWithoutSpaces(head.prefecture_size);
    if (head.lacks_county) {
      out_ += name.substr(place.prefecture_size, place.county_size);
      rules_ |= RuleBit(Rule::kPrefecture);
    }
    WriteWithoutSpaces(head.size);
  }

  // Without this space two numbers would be one.
  [[nodiscard]] bool IsBetweenNumbers() const {
    const bool has_before = !out_.empty() && IsLatinOrDigit(out_.back());
    return has_before && at_ + 1 < text_.size() && IsLatinOrDigit(text_[at_ + 1]);
  }

  void WriteWithoutSpaces(std::size_t end) {
    while (at_ < end) {
      const std::size_t space = std::min(end, text_.find(U' ', at_));
      out_ += text_.substr(at_, space - at_);
      at_ = space;
      if (at_ < end) {
        const bool is_kept = IsBetweenNumbers();
        out_.append(is_kept ? 1 : 0, U' ');
        rules_ |= is_kept ? 0 : RuleBit(Rule::kSpace);
        ++at_;
      }
    }
  }

  void WriteBlock(const BlockNumber& block) {
    parts_.block_begin = out_.size();
    for (std::size_t i = 0; i < block.part_count; ++i) {
      if (i != 0) {
        out_.push_back(U'-');
      }
      AppendNumber(block.parts[i], out_);
    }
    if (block.is_chome_only) {
      out_ += U"丁目";
    }
    parts_.block_end = out_.size();
    const std::u32string_view written = text_.substr(at_, block.end - at_);
    const std::u32string_view form = std::u32string_view(out_).substr(parts_.block_begin);
    rules_ |= block.has_kanji_numeral ? RuleBit(Rule::kKanjiNumeral) : 0;
    const bool has_words = written.find_first_not_of(U"0123456789-") != written.npos;
    const bool is_other = written != form && !(block.is_chome_only && block.has_kanji_numeral);
    rules_ |= is_other && (has_words || !block.has_kanji_numeral) ? RuleBit(Rule::kBlockNumber) : 0;
    at_ = block.end;
  }

  // 418号室 and 418号 are 418.
  void DropRoomWords(std::size_t begin) {
    std::size_t end = out_.size();
    while (end > begin && (out_[end - 1] == U'室' || out_[end - 1] == U'号')) {
      --end;
    }
    if (end != out_.size() && end > begin && IsDigit(out_[end - 1])) {
      out_.resize(end);
      rules_ |= RuleBit(Rule::kBlockNumber);
    }
  }

  std::u32string_view text_;
  std::size_t at_ = 0;
  std::u32string& out_;
  AddressParts& parts_;
  Rules& rules_;
};

// 字 that names a part of a town, not one of 文字, 十文字, 数字.
bool IsOazaAt(std::u32string_view town, std::size_t at) {
  const char32_t before = at == 0 ? 0 : town[at - 1];
  constexpr std::u32string_view kOther = U"文数太名漢十";
  return town[at] == U'字' && at + 1 < town.size() && kOther.find(before) == kOther.npos;
}

void LoosenTown(
    std::u32string_view town, const KanjiVariants& variants, std::u32string& out, Rules& rules
) {
  for (std::size_t i = 0; i < town.size(); ++i) {
    const bool is_oaza = town[i] == U'大' && i + 2 < town.size() && town[i + 1] == U'字';
    if (is_oaza || IsOazaAt(town, i)) {
      i += is_oaza ? 1 : 0;
      rules |= RuleBit(Rule::kOaza);
      continue;
    }
    const char32_t folded = variants.Fold(town[i]);
    rules |= folded == town[i] ? 0 : RuleBit(Rule::kKanjiVariant);
    out.push_back(folded);
  }
}

// Where the third number ends.
std::size_t BlockCut(std::u32string_view form, const AddressParts& parts) {
  std::size_t hyphens = 0;
  for (std::size_t i = parts.block_begin; i < parts.block_end; ++i) {
    hyphens += form[i] == U'-' ? 1 : 0;
    if (hyphens == kBlockPartsMax) {
      return i;
    }
  }
  return parts.block_end;
}

}  // namespace

void CanonicalAddress(
    std::u32string_view text,
    const Gazetteer& gazetteer,
    const KanjiVariants& variants,
    std::u32string& out,
    AddressParts& parts,
    Rules& rules
) {
  std::u32string& tidy = FormScratch::OfThread().step;
  TidySpacesAndDashes(text, out, rules);
  tidy.clear();
  FoldPlaceName(out, tidy, rules);
  out.clear();
  parts = {};
  AddressWriter writer(tidy, out, parts, rules);
  writer.WriteHead(gazetteer, variants);
  if (writer.WriteTownAndBlock()) {
    writer.WriteBuilding();
  }
}

void LoosenAddress(
    std::u32string_view form,
    const AddressParts& parts,
    const Gazetteer& gazetteer,
    const KanjiVariants& variants,
    std::u32string& out,
    Rules& rules
) {
  out.clear();
  const std::u32string_view head = form.substr(0, parts.town_begin);
  if (parts.place != nullptr && &gazetteer.SuccessorOf(*parts.place) != parts.place) {
    out += gazetteer.SuccessorOf(*parts.place).folded;
    rules |= RuleBit(Rule::kFormerMunicipality);
  } else if (parts.place != nullptr) {
    out += parts.place->folded;
    rules |= out == head ? 0 : RuleBit(Rule::kKanjiVariant);
  } else {
    LoosenTown(head, variants, out, rules);
  }
  LoosenTown(
      form.substr(parts.town_begin, parts.block_begin - parts.town_begin), variants, out, rules
  );
  const std::size_t cut = BlockCut(form, parts);
  out += form.substr(parts.block_begin, cut - parts.block_begin);
  rules |= cut == form.size() ? 0 : RuleBit(Rule::kBuilding);
}

}  // namespace musubi::text
