// 情報提供等記録開示システム (now マイナポータル), a stand-in: the person sees who asked about
// them, when, why and under which law, with a proof that the list is complete; and asks for own
// information.
//
// It holds accounts, the person's own inquiries and their notices お知らせ, never anybody's
// records: those are fetched from the network at each look. Own information comes asynchronously:
// asked, then fetched, as at the real one. Pages come later; until then callers are this node's own
// command line (role portal).
#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "ops/config.h"

namespace musubi::national::portal {

class Service {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Service>> Start(const ops::Config& config);
  ~Service();
  void Stop();
  [[nodiscard]] std::uint16_t port() const;

 private:
  struct State;

  explicit Service(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace musubi::national::portal
