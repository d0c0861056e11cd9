// One block of questions [processing number, birth date, Individual Number] from body to answer
// (guide 2.8 (3)-(4)): look every number up, have the network link those found, answer every line
// in its order. No sockets here: the network comes in as a function.
//
// Numbers stand only in the request's body and in vectors that wipe themselves. A line whose
// processing number cannot be read refuses the body (there is nothing to answer under); any other
// fault is that line's outcome.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "http/message.h"
#include "national/jlis/resident_index.h"

namespace musubi::national::jlis {

inline constexpr std::size_t kQuestionsMax = 100000;

// kInvalid with "line N"; kExhausted over kQuestionsMax lines.
[[nodiscard]] Result<SecretVector<Question>> ReadQuestions(std::string_view body);

// Lines `<processing number>,<resident record code>` to the network; lines
// `<processing number>,<outcome>` back.
using LinkCall = std::function<Result<http::Body>(http::Body lines)>;

struct Resolved {
  http::Body lines;
  std::array<std::uint64_t, kFindingCount> counts{};  // by Finding
};

// Links what `residents` (one per line of `body`) says was found, and answers every line.
[[nodiscard]] Result<Resolved> ResolveFound(
    std::string_view body, SecretVector<Resident>& residents, const LinkCall& link
);

// Errors of `link` are handed on; kInternal: the network answered other lines than were asked.
[[nodiscard]] Result<Resolved> Resolve(
    const ResidentIndex& index, std::string_view body, const LinkCall& link
);

}  // namespace musubi::national::jlis
