// What can be wrong with a number that carries a check digit.
#pragma once

namespace musubi::number {

enum class NumberFault { kNone, kFormat, kCheckDigit };

}  // namespace musubi::number
