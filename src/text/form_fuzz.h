// What holds of the normal form of any bytes, for the fuzz targets of name, kana and address: the
// form of a form is itself, and the lenient layer builds on the lossless one.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/check.h"
#include "text/normal_form.h"
#include "text/utf8.h"

namespace musubi::text {

using FormOf = void (Normaliser::*)(std::string_view, Layer, NormalForm&) const;

inline void CheckForms(FormOf form_of, const std::uint8_t* data, std::size_t size) {
  static const auto normaliser = std::move(Normaliser::Make()).value();
  const auto make = [form_of](std::string_view text, Layer layer) {
    NormalForm form;
    ((*normaliser).*form_of)(text, layer, form);
    return form;
  };
  const NormalForm lossless = make(AsText({data, size}), Layer::kLossless);
  const NormalForm lenient = make(AsText({data, size}), Layer::kLenient);
  MUSUBI_CHECK(IsUtf8(lenient.text));
  NormalForm again = make(lossless.text, Layer::kLossless);
  MUSUBI_CHECK(again.text == lossless.text);
  MUSUBI_CHECK(again.rules == 0);
  again = make(lossless.text, Layer::kLenient);
  MUSUBI_CHECK(again.text == lenient.text);
  again = make(lenient.text, Layer::kLenient);
  MUSUBI_CHECK(again.text == lenient.text);
  MUSUBI_CHECK(again.rules == 0);
}

}  // namespace musubi::text
