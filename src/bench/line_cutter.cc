#include "bench/line_cutter.h"

#include <array>
#include <atomic>
#include <chrono>
#include <random>
#include <thread>
#include <vector>

#include <boost/asio.hpp>

namespace musubi::bench {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t kPieceSize = std::size_t{16} << 10U;
constexpr auto kQuietly = asio::as_tuple(asio::use_awaitable);

struct Line {
  explicit Line(tcp::socket near_in) : near(std::move(near_in)), far(near.get_executor()) {}

  // A reset, not an orderly end: what was under way is lost on both sides.
  void Reset() {
    for (tcp::socket* socket : {&near, &far}) {
      boost::system::error_code ignored;
      socket->set_option(asio::socket_base::linger(true, 0), ignored);
      socket->close(ignored);
    }
    is_over = true;
  }

  tcp::socket near;
  tcp::socket far;
  bool is_doomed = false;
  bool is_over = false;
};

using LinePtr = std::shared_ptr<Line>;  // its two directions end at different times

}  // namespace

struct LineCutter::State {
  explicit State(unsigned every_ms) : cut_every(every_ms) {}

  asio::awaitable<void> Accept(tcp::acceptor acceptor, std::uint16_t to);
  asio::awaitable<void> Pass(LinePtr line, tcp::socket& from, tcp::socket& to);
  asio::awaitable<void> Connect(LinePtr line, std::uint16_t to);
  asio::awaitable<void> DoomNowAndThen();

  std::chrono::milliseconds cut_every;
  asio::io_context context;
  std::vector<LinePtr> lines;
  std::mt19937_64 lot{20231122};
  std::atomic<std::uint64_t> cuts = 0;
  std::jthread thread;
};

asio::awaitable<void> LineCutter::State::Pass(LinePtr line, tcp::socket& from, tcp::socket& to) {
  std::array<char, kPieceSize> piece{};
  for (;;) {
    const auto [read_failed, size] = co_await from.async_read_some(asio::buffer(piece), kQuietly);
    std::size_t passed = size;
    if (line->is_doomed && !read_failed) {
      passed = std::uniform_int_distribution<std::size_t>(0, size)(lot);
    }
    const auto [write_failed, written] =
        co_await asio::async_write(to, asio::buffer(piece, passed), kQuietly);
    static_cast<void>(written);
    if (line->is_doomed && !line->is_over) {
      ++cuts;
    }
    if (read_failed || write_failed || line->is_doomed || line->is_over) {
      line->Reset();
      co_return;
    }
  }
}

asio::awaitable<void> LineCutter::State::Connect(LinePtr line, std::uint16_t to) {
  const auto [failed] = co_await line->far.async_connect(
      tcp::endpoint(asio::ip::address_v4::loopback(), to), kQuietly
  );
  if (failed) {  // the role is being started again
    line->Reset();
    co_return;
  }
  boost::system::error_code ignored;
  line->near.set_option(tcp::no_delay(true), ignored);
  line->far.set_option(tcp::no_delay(true), ignored);
  asio::co_spawn(context, Pass(line, line->near, line->far), asio::detached);
  asio::co_spawn(context, Pass(line, line->far, line->near), asio::detached);
}

asio::awaitable<void> LineCutter::State::Accept(tcp::acceptor acceptor, std::uint16_t to) {
  for (;;) {
    auto [failed, socket] = co_await acceptor.async_accept(kQuietly);
    if (failed) {
      co_return;
    }
    std::erase_if(lines, [](const LinePtr& line) { return line->is_over; });
    auto line = std::make_shared<Line>(std::move(socket));
    lines.push_back(line);
    asio::co_spawn(context, Connect(std::move(line), to), asio::detached);
  }
}

asio::awaitable<void> LineCutter::State::DoomNowAndThen() {
  asio::steady_timer timer(context);
  for (;;) {
    timer.expires_after(cut_every);
    const auto [failed] = co_await timer.async_wait(kQuietly);
    if (failed) {
      co_return;
    }
    std::erase_if(lines, [](const LinePtr& line) { return line->is_over; });
    if (!lines.empty()) {
      lines[std::uniform_int_distribution<std::size_t>(0, lines.size() - 1)(lot)]->is_doomed = true;
    }
  }
}

LineCutter::LineCutter(std::unique_ptr<State> state) : state_(std::move(state)) {}

LineCutter::~LineCutter() {
  state_->context.stop();
  state_->thread.join();
}

Result<std::unique_ptr<LineCutter>> LineCutter::Start(
    std::span<const PassedPort> ports, unsigned cut_every_ms
) {
  auto state = std::make_unique<State>(cut_every_ms);
  for (const PassedPort& port : ports) {
    boost::system::error_code failed;
    tcp::acceptor acceptor(state->context);
    acceptor.open(tcp::v4(), failed);
    acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
    acceptor.bind(tcp::endpoint(asio::ip::address_v4::loopback(), port.listen), failed);
    acceptor.listen(asio::socket_base::max_listen_connections, failed);
    if (failed) {
      return Error{
          ErrorCode::kUnavailable, "cannot listen", "127.0.0.1:" + std::to_string(port.listen)
      };
    }
    asio::co_spawn(state->context, state->Accept(std::move(acceptor), port.to), asio::detached);
  }
  asio::co_spawn(state->context, state->DoomNowAndThen(), asio::detached);
  state->thread = std::jthread([raw = state.get()] { raw->context.run(); });
  return std::unique_ptr<LineCutter>(new LineCutter(std::move(state)));
}

std::uint64_t LineCutter::cuts() const {
  return state_->cuts;
}

}  // namespace musubi::bench
