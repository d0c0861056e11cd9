#include "base/check.h"
#include "national/jlis/resolution.h"

// The input is a body and, after a zero byte, what the network answers to it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace jlis = musubi::national::jlis;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\0');
  const std::string_view body = input.substr(0, end);
  const std::string_view answer =
      end == std::string_view::npos ? std::string_view() : input.substr(end + 1);
  const auto questions = jlis::ReadQuestions(body);
  if (!questions.ok()) {
    return 0;
  }
  musubi::SecretVector<jlis::Resident> residents(questions->size(), {jlis::Finding::kFound, 1});
  const auto resolved = jlis::ResolveFound(
      body,
      residents,
      [answer](musubi::http::Body) -> musubi::Result<musubi::http::Body> {
        return musubi::http::MakeBody(answer);
      }
  );
  if (resolved.ok()) {
    std::uint64_t count = 0;
    for (const std::uint64_t of_kind : resolved->counts) {
      count += of_kind;
    }
    MUSUBI_CHECK(count == questions->size());
  }
  return 0;
}
