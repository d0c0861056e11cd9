// Whether bytes may stand in a signed note.
#pragma once

#include <string_view>

namespace musubi::ledger {

// Valid UTF-8 (no overlong form, no surrogate) without control characters other than newline.
[[nodiscard]] bool IsNoteText(std::string_view text);
// A key name: not empty, no Unicode space, no plus.
[[nodiscard]] bool IsKeyName(std::string_view name);

}  // namespace musubi::ledger
