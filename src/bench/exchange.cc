#include "bench/exchange.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/io.h"
#include "bench/exchange_scheme.h"
#include "bench/line_cutter.h"
#include "bench/nginx.h"
#include "bench/roles.h"
#include "http/client.h"

namespace musubi::bench {

namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr int kCutPorts = 100;  // from a role's port to the one at which its callers are cut off

std::uint16_t CutPort(std::uint16_t port) {
  return static_cast<std::uint16_t>(port + kCutPorts);
}

// The peer `to` is called by `from` at another port.
Result<void> MovePeer(const scheme::Layout& layout, std::string_view from, std::uint16_t port) {
  const fs::path file = layout.ConfigOf(std::string(from));
  MUSUBI_TRY(std::string text, ReadFile(file));
  const std::string before = fmt::format("address = \"127.0.0.1:{}\"", port);
  const std::size_t at = text.find(before);
  if (at == std::string::npos) {
    return Error{ErrorCode::kInternal, "the scheme's file names no such peer", file.string()};
  }
  text.replace(at, before.size(), fmt::format("address = \"127.0.0.1:{}\"", CutPort(port)));
  MUSUBI_TRY(const auto sink, FileSink::Create(file));
  MUSUBI_CHECK_OK(sink->Write(AsBytes(text)));
  return sink->Commit();
}

// One request of one connection; false: it failed.
using OneRequest = std::function<bool(http::Client& client, unsigned connection)>;

RequestFigures Measure(
    const Caller& caller,
    const http::ClientOptions& there,
    const ExchangeOptions& options,
    const OneRequest& one
) {
  std::mutex mutex;
  std::vector<double> all_ms;
  RequestFigures figures;
  std::atomic<bool> is_over = false;
  std::atomic<unsigned> connected = 0;
  std::atomic<std::uint64_t> taken = 0;
  std::atomic<steady_clock::time_point> begin{steady_clock::time_point::max()};
  const auto work = [&](unsigned connection) {
    http::Client client(there, caller.identity, caller.trust);
    const bool is_warm = one(client, connection);  // connects; not counted
    ++connected;
    while (begin.load() == steady_clock::time_point::max()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    std::vector<double> ms;
    std::uint64_t failed = is_warm ? 0 : 1;
    while (!is_over && (options.inquiries == 0 || taken++ < options.inquiries)) {
      const auto from = steady_clock::now();
      failed += one(client, connection) ? 0 : 1;
      ms.push_back(std::chrono::duration<double, std::milli>(steady_clock::now() - from).count());
    }
    const std::scoped_lock lock(mutex);
    all_ms.insert(all_ms.end(), ms.begin(), ms.end());
    figures.failed += failed;
  };
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < options.connections; ++i) {
    threads.emplace_back(work, i);
  }
  while (connected < options.connections) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const auto from = steady_clock::now();
  begin = from;
  if (options.inquiries == 0) {
    std::this_thread::sleep_for(std::chrono::seconds(options.seconds));
    is_over = true;
  }
  threads.clear();
  figures.seconds = std::chrono::duration<double>(steady_clock::now() - from).count();
  figures.requests = all_ms.size();
  std::ranges::sort(all_ms);
  if (!all_ms.empty()) {
    figures.p50_ms = all_ms[all_ms.size() / 2];
    figures.p99_ms = all_ms[all_ms.size() * 99 / 100];
    figures.worst_ms = all_ms.back();
  }
  return figures;
}

// One inquiry, asked again under its id as long as roles are killed and lines cut. True: answered,
// or nothing is held.
bool AskOnce(http::Client& client, const std::string& question, bool is_patient, bool& answered) {
  constexpr int kTriesMost = 600;
  constexpr std::chrono::milliseconds kPause(100);
  for (int i = 0; i < (is_patient ? kTriesMost : 1); ++i) {
    http::Request request;
    request.method = "POST";
    request.path = "/v1/desk/inquiries";
    request.query["wait_ms"] = "20000";
    request.headers["content-type"] = "application/json";
    request.body = http::MakeBody(question);
    const auto response = client.Send(request);
    if (response.ok() && response->status == 200) {
      const std::string_view text = response->body_text();
      answered = text.find(R"("outcome":"answered")") != std::string_view::npos;
      if (answered || text.find(R"("outcome":"nothing-held")") != std::string_view::npos) {
        return true;
      }
    } else if (is_patient) {
      std::this_thread::sleep_for(kPause);
    }
  }
  return false;
}

RequestFigures AskMany(
    const Caller& caller,
    const ExchangeOptions& options,
    const std::vector<std::string>& people,
    std::atomic<std::uint64_t>& answered
) {
  http::ClientOptions there;
  const std::uint16_t hub = scheme::PortOf("hub", kBasePort);
  there.port = options.cut_every_ms > 0 ? CutPort(hub) : hub;
  there.peer_id = "hub";
  std::vector<std::uint64_t> next(options.connections);
  return Measure(caller, there, options, [&](http::Client& client, unsigned connection) {
    const std::uint64_t turn = next[connection]++ * options.connections + connection;
    const std::string question = QuestionText(caller, people[turn * 7919 % people.size()]);
    bool is_answered = false;
    const bool is_patient = options.kill_every_ms > 0 || options.cut_every_ms > 0;
    const bool is_good = AskOnce(client, question, is_patient, is_answered);
    answered += is_answered ? 1 : 0;
    return is_good;
  });
}

// All lines an inquiry goes by, from the terminal to the municipality.
Result<std::unique_ptr<LineCutter>> CutLines(const scheme::Layout& layout, unsigned every_ms) {
  std::vector<PassedPort> ports;
  for (const char* node : {"hub", "network", kTown}) {
    const std::uint16_t port = scheme::PortOf(node, kBasePort);
    ports.push_back({.listen = CutPort(port), .to = port});
  }
  MUSUBI_CHECK_OK(MovePeer(layout, "hub", scheme::PortOf("network", kBasePort)));
  MUSUBI_CHECK_OK(MovePeer(layout, "network", scheme::PortOf(kTown, kBasePort)));
  return LineCutter::Start(ports, every_ms);
}

// Kills one after the other until it is told to stop.
class Killer {
 public:
  Killer(Roles& roles, unsigned every_ms) {
    if (every_ms > 0) {
      thread_ = std::jthread([this, &roles, every_ms](const std::stop_token& stop) {
        constexpr std::array<std::string_view, 3> kVictims = {"hub", "network", kTown};
        while (!stop.stop_requested()) {
          std::this_thread::sleep_for(std::chrono::milliseconds(every_ms));
          kills_ += roles.KillAndRestart(kVictims[kills_ % kVictims.size()]).ok() ? 1 : 0;
        }
      });
    }
  }

  // How many were killed.
  std::uint64_t Stop() {
    if (thread_.joinable()) {
      thread_.request_stop();
      thread_.join();
    }
    return kills_;
  }

 private:
  std::uint64_t kills_ = 0;
  std::jthread thread_;
};

// Every book row by row against its log, and the logs against each other.
Result<void> AuditBooks(const scheme::Layout& layout, ExchangeReport& report) {
  std::vector<std::string> audit = {
      "ledger", "audit", (layout.FolderOf("network") / "log").string()
  };
  for (const char* node : {"hub", kTown, "institution-06139992", "portal"}) {
    audit.insert(audit.end(), {"--against", (layout.FolderOf(node) / "log").string()});
  }
  audit.insert(audit.end(), {"--all-parties", "--json"});
  MUSUBI_TRY(const auto audited, scheme::RunCommand(audit));
  report.do_books_agree = audited.exit_code == 0;
  boost::system::error_code failed;
  const boost::json::value value = boost::json::parse(audited.output, failed);
  if (!failed && value.is_object() && value.as_object().contains("agreement")) {
    report.in_three_books =
        value.at("agreement").as_object().at("by_three").to_number<std::uint64_t>();
  }
  return Ok();
}

Result<void> MeasureNginx(
    const Caller& caller,
    const scheme::Layout& layout,
    const ExchangeOptions& options,
    ExchangeReport& report
) {
  MUSUBI_TRY(const auto nginx, Nginx::Start(layout, kBasePort + 9));
  if (nginx == nullptr) {
    return Ok();
  }
  http::ClientOptions there;
  there.port = nginx->port();
  there.peer_id = "hub";  // it has the hub's certificate
  report.nginx = Measure(caller, there, options, [](http::Client& client, unsigned) {
    http::Request request;
    request.method = "GET";
    request.path = "/answer";
    const auto response = client.Send(request);
    return response.ok() && response->status == 200;
  });
  return Ok();
}

}  // namespace

Result<ExchangeReport> BenchExchange(const ExchangeOptions& options) {
  ExchangeReport report;
  report.connections = options.connections;
  const BenchFolder folder(options.keep);
  const scheme::Layout layout(folder.path() / "scheme");
  MUSUBI_CHECK_OK(MakeExchangeScheme(layout, options.people));
  std::unique_ptr<LineCutter> cutter;
  if (options.cut_every_ms > 0) {
    MUSUBI_TRY(cutter, CutLines(layout, options.cut_every_ms));
  }
  Roles roles;
  MUSUBI_CHECK_OK(roles.Start(layout.folder()));
  MUSUBI_TRY(const std::vector<std::string> people, TiePeople(layout));
  report.people = people.size();
  MUSUBI_TRY(const Caller caller, Caller::Open(layout.ConfigOf(kTerminal)));
  std::atomic<std::uint64_t> answered = 0;
  Killer killer(roles, options.kill_every_ms);
  report.inquiries = AskMany(caller, options, people, answered);
  report.kills = killer.Stop();
  report.cuts = cutter != nullptr ? cutter->cuts() : 0;
  report.answered = answered;
  report.hub_memory_peak_kb = roles.MemoryPeakOf("hub");
  report.network_memory_peak_kb = roles.MemoryPeakOf("network");
  MUSUBI_CHECK_OK(AuditBooks(layout, report));
  if (options.yardsticks) {
    MUSUBI_CHECK_OK(MeasureNginx(caller, layout, options, report));
  }
  return report;
}

}  // namespace musubi::bench
