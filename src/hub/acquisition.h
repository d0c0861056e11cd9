// Steps (1)-(6) of the guide's 2.8 for one batch: processing numbers from the network, [processing
// number, birth date, number] to the support environment, linkage codes back from the network.
//
// Rows go in chunks, several at a time; results land in arrays by row, made once for the whole
// list, so that memory is 24 bytes a row and never two copies of it. What always holds: a lost
// answer is asked for again under the same idempotency key; a row whose processing number ran out
// gets a fresh one, three times at most, then it is `expired`; when the national side cannot be
// reached for `patience`, the rest of the batch is `busy`; nothing waits for ever. Bodies with
// numbers live in wiped memory and connections are closed at the end, so that TLS keeps nothing.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/date.h"
#include "base/secret.h"
#include "crypto/certificate.h"
#include "http/client.h"
#include "hub/registry.h"

namespace musubi::hub {

struct ChunkRow {
  std::uint64_t number;  // packed
  std::uint32_t row;
  std::uint32_t birth_date;  // Date::packed
  std::uint32_t qualified_on;
};

using Chunk = SecretVector<ChunkRow>;

struct AcquisitionOptions {
  http::ClientOptions network;
  http::ClientOptions support;
  unsigned threads = 2;
  int patience_ms = 600000;
};

class Acquisition {
 public:
  // `results` has room for every row; written by the workers, each row by one of them. `on_rows`
  // is told how many more rows are done.
  Acquisition(
      const AcquisitionOptions& options,
      const crypto::Identity& identity,
      std::shared_ptr<const crypto::Trust> trust,
      RowResults& results,
      std::function<void(std::uint64_t)> on_rows,
      std::function<bool()> stop
  );
  ~Acquisition();
  // Blocks while enough chunks wait already.
  [[nodiscard]] Result<void> Add(Chunk chunk);
  // Waits for all chunks and hands the codes over. kUnavailable: stopped.
  [[nodiscard]] Result<std::vector<CodeRow>> Finish();

 private:
  struct Worker;

  void Work(Worker& worker);
  [[nodiscard]] Result<void> Acquire(Worker& worker, Chunk& chunk);
  [[nodiscard]] Result<void> AcquireOnce(Worker& worker, Chunk& chunk, Chunk& again);

  AcquisitionOptions options_;
  crypto::Identity identity_;
  std::shared_ptr<const crypto::Trust> trust_;
  RowResults& results_;
  std::vector<CodeRow> codes_;  // by row; a slot belongs to the worker that has the row
  std::function<void(std::uint64_t)> on_rows_;
  std::function<bool()> stop_;
  std::atomic<bool> given_up_ = false;

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<Chunk> waiting_;
  bool is_closed_ = false;
  Result<void> failure_;
  std::vector<std::jthread> threads_;
};

}  // namespace musubi::hub
