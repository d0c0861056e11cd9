// Normaliser::Kana on any bytes: the form of a form is itself, and the lenient layer builds on the
// lossless one.
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/check.h"
#include "text/normal_form.h"
#include "text/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace musubi;
  static const auto normaliser = std::move(text::Normaliser::Make()).value();
  text::NormalForm lossless;
  text::NormalForm lenient;
  text::NormalForm again;
  normaliser->Kana(AsText({data, size}), text::Layer::kLossless, lossless);
  normaliser->Kana(AsText({data, size}), text::Layer::kLenient, lenient);
  MUSUBI_CHECK(text::IsUtf8(lenient.text));
  normaliser->Kana(lossless.text, text::Layer::kLossless, again);
  MUSUBI_CHECK(again.text == lossless.text);
  MUSUBI_CHECK(again.rules == 0);
  normaliser->Kana(lossless.text, text::Layer::kLenient, again);
  MUSUBI_CHECK(again.text == lenient.text);
  normaliser->Kana(lenient.text, text::Layer::kLenient, again);
  MUSUBI_CHECK(again.text == lenient.text);
  MUSUBI_CHECK(again.rules == 0);
  return 0;
}
