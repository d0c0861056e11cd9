// One Registrar per running handler, made when needed and used again. Safe from every thread.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "national/network/registrar.h"
#include "store/database.h"

namespace musubi::national::network {

class RegistrarPool {
 public:
  RegistrarPool(
      std::unique_ptr<store::Database> database,
      SecretBytes master_key,
      const Clock& clock,
      std::chrono::minutes validity
  )
      : database_(std::move(database)),
        master_key_(std::move(master_key)),
        clock_(&clock),
        validity_(validity) {}

  // Runs `work` with a Registrar nobody else uses meanwhile. One whose store went away is not kept.
  template <typename Work>
  [[nodiscard]] auto With(const Work& work) -> decltype(work(std::declval<Registrar&>())) {
    MUSUBI_TRY(std::unique_ptr<Registrar> registrar, Take());
    auto result = work(*registrar);
    if (result.ok() || !result.error().IsTransient()) {
      const std::scoped_lock lock(mutex_);
      idle_.push_back(std::move(registrar));
    }
    return result;
  }

 private:
  [[nodiscard]] Result<std::unique_ptr<Registrar>> Take() {
    {
      const std::scoped_lock lock(mutex_);
      if (!idle_.empty()) {
        auto registrar = std::move(idle_.back());
        idle_.pop_back();
        return registrar;
      }
    }
    MUSUBI_TRY(auto connection, database_->Connect());
    return std::make_unique<Registrar>(master_key_, std::move(connection), *clock_, validity_);
  }

  std::unique_ptr<store::Database> database_;  // before idle_: connections go first
  SecretBytes master_key_;
  const Clock* clock_;
  std::chrono::minutes validity_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Registrar>> idle_;
};

}  // namespace musubi::national::network
