// An Individual Number as a clerk types it: full-width digits, spaces and hyphens forgiven.
#pragma once

#include "base/io.h"
#include "base/secret.h"
#include "number/individual_number.h"

namespace musubi::insurer {

// `typed` is wiped by its owner; the error never names the value.
[[nodiscard]] Result<number::IndividualNumber> ReadTypedNumber(const SecretVector<char>& typed);

// The first line of a source, at most a few hundred bytes of it.
[[nodiscard]] Result<SecretVector<char>> ReadTypedLine(ByteSource& source);

}  // namespace musubi::insurer
