#include "bench/portal.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <thread>
#include <vector>

#include <boost/json.hpp>

#include "bench/exchange_scheme.h"
#include "bench/roles.h"
#include "http/client.h"

namespace musubi::bench {

namespace {

namespace json = boost::json;
using std::chrono::steady_clock;

constexpr unsigned kAskers = 64;
constexpr std::uint64_t kPage = 1000;

http::ClientOptions LineTo(const char* node) {
  http::ClientOptions there;
  there.port = scheme::PortOf(node, kBasePort);
  there.peer_id = node;
  return there;
}

http::Request Post(std::string path, const json::object& body) {
  http::Request request;
  request.method = "POST";
  request.path = std::move(path);
  request.headers["content-type"] = "application/json";
  request.body = http::MakeBody(json::serialize(body));
  return request;
}

// All about the same person, side by side.
Result<void> AskMany(const scheme::Layout& layout, const std::string& person, std::uint64_t count) {
  MUSUBI_TRY(const Caller caller, Caller::Open(layout.ConfigOf(kTerminal)));
  std::atomic<std::uint64_t> taken = 0;
  std::atomic<std::uint64_t> failed = 0;
  std::vector<std::jthread> askers;
  for (unsigned i = 0; i < kAskers; ++i) {
    askers.emplace_back([&] {
      http::Client client(LineTo("hub"), caller.identity, caller.trust);
      while (taken++ < count) {
        http::Request request = Post("/v1/desk/inquiries", {});
        request.query["wait_ms"] = "20000";
        request.body = http::MakeBody(QuestionText(caller, person));
        const auto response = client.Send(request);
        failed += response.ok() && response->status == 200 ? 0 : 1;
      }
    });
  }
  askers.clear();
  return failed == 0 ? Ok() : Result<void>(Error{ErrorCode::kInternal, "inquiries have failed"});
}

Result<json::object> Records(http::Client& portal, const json::object& question) {
  MUSUBI_TRY(const auto response, portal.Send(Post("/v1/provision-records", question)));
  if (response.status != 200) {
    return http::ErrorOfProblem(response);
  }
  boost::system::error_code unread;
  json::value value = json::parse(response.body_text(), unread);
  if (unread || !value.is_object() || !value.as_object().contains("records")) {
    return Error{ErrorCode::kInternal, "the portal's answer is not as expected"};
  }
  return std::move(value.as_object());
}

// The account with the most records; how many is left in `count`.
Result<std::string> BusiestAccount(
    http::Client& portal, const scheme::Layout& layout, std::uint64_t& count
) {
  std::ifstream accounts(layout.FolderOf("portal") / "accounts.csv");
  std::string busiest;
  std::string line;
  std::getline(accounts, line);  // heading
  while (std::getline(accounts, line)) {
    const std::string account = line.substr(0, line.find(','));
    const auto listed = Records(portal, {{"account", account}, {"proof", false}});
    if (!listed.ok()) {
      continue;  // the network knows nobody of it
    }
    const std::uint64_t size = listed->at("records").as_array().size();
    if (size > count) {
      count = size;
      busiest = account;
    }
  }
  if (busiest.empty()) {
    return Error{ErrorCode::kInternal, "no account has records"};
  }
  return busiest;
}

Result<AnswerFigures> Measure(http::Client& portal, unsigned rounds, const json::object& question) {
  AnswerFigures figures;
  std::vector<double> all_ms;
  for (unsigned i = 0; i < rounds; ++i) {
    const auto from = steady_clock::now();
    MUSUBI_TRY(const auto response, portal.Send(Post("/v1/provision-records", question)));
    all_ms.push_back(std::chrono::duration<double, std::milli>(steady_clock::now() - from).count());
    if (response.status != 200) {
      return http::ErrorOfProblem(response);
    }
    figures.bytes = response.body.size();
  }
  std::ranges::sort(all_ms);
  figures.p50_ms = all_ms[all_ms.size() / 2];
  figures.worst_ms = all_ms.back();
  return figures;
}

}  // namespace

Result<PortalReport> BenchPortal(const PortalOptions& options) {
  constexpr std::uint64_t kPeople = 300;
  const BenchFolder folder(options.keep);
  const scheme::Layout layout(folder.path() / "scheme");
  MUSUBI_CHECK_OK(MakeExchangeScheme(layout, kPeople));
  Roles roles;
  MUSUBI_CHECK_OK(roles.Start(layout.folder()));
  MUSUBI_TRY(const std::vector<std::string> people, TiePeople(layout));
  MUSUBI_CHECK_OK(AskMany(layout, people.front(), options.records));
  MUSUBI_TRY(const Caller person, Caller::Open(layout.ConfigOf("portal")));
  http::Client portal(LineTo("portal"), person.identity, person.trust);
  PortalReport report;
  MUSUBI_TRY(const std::string account, BusiestAccount(portal, layout, report.records));
  const auto ask = [&](const json::object& question) {
    return Measure(portal, std::max(options.rounds, 1U), question);
  };
  MUSUBI_TRY(report.whole, ask({{"account", account}, {"proof", false}}));
  MUSUBI_TRY(report.page, ask({{"account", account}, {"proof", false}, {"newest", kPage}}));
  MUSUBI_TRY(report.proven, ask({{"account", account}, {"proof", true}}));
  return report;
}

}  // namespace musubi::bench
