// やり取り履歴 in plain words: who asked whom, when, why, under which law, for what, and what came
// of it. Japanese first, as the person reads it; the codes stay beside the words.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

namespace musubi::national::portal {

// `record` as the network shows it (docs/formats/provision-record.md): adds "words" (one sentence)
// and "procedure_name", "information_name", "outcome_name".
void AddPlainWords(boost::json::object& record);

// 回答あり, 不開示, ...; the word itself when it is unknown.
[[nodiscard]] std::string_view OutcomeInJapanese(std::string_view outcome);

}  // namespace musubi::national::portal
