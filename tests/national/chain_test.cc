// The whole chain over loopback: hub -> support -> jlis -> network -> codes, with real certificates
// and a real store. It needs all three institutions in one program, which no row of layers.txt may
// have, so it is built as a tree test (tests/CMakeLists.txt).
#include <atomic>

#include <gtest/gtest.h>

#include "national/jlis/residents_for_test.h"
#include "national/jlis/service.h"
#include "national/network/scheme_for_test.h"
#include "national/network/service.h"
#include "national/support/service.h"

namespace musubi::national {

namespace {

using jlis::NumberOf;
using jlis::ResidentLine;

constexpr http::RetryPolicy kPatient{.first_ms = 1, .most_ms = 20, .patience_ms = 60000};

// The machine's clock, put forward by the test; read by the threads of the network.
class TestClock : public Clock {
 public:
  [[nodiscard]] Instant Now() const override {
    return SystemClock().Now() + std::chrono::minutes(ahead_minutes_.load());
  }

  void Advance(int minutes) { ahead_minutes_ += minutes; }

 private:
  std::atomic<int> ahead_minutes_ = 0;
};

struct Block {
  std::string id;
  std::vector<std::string> numbers;

  [[nodiscard]] std::string Json() const { return R"({"block":")" + id + R"("})"; }
};

class ChainTest : public testing::Test {
 protected:
  void SetUp() override {
    StartNetwork(0);
    auto jlis = jlis::Service::Start(scheme_.ConfigOf(
        "jlis",
        0,
        PeerOf("network", network_->port()) + "[jlis]\nresidents = \"" +
            residents_.path().string() + "\"\n"
    ));
    ASSERT_TRUE(jlis.ok()) << jlis.error().Text();
    jlis_ = std::move(jlis).value();
    auto support =
        support::Service::Start(scheme_.ConfigOf("support", 0, PeerOf("jlis", jlis_->port())));
    ASSERT_TRUE(support.ok()) << support.error().Text();
    support_ = std::move(support).value();
  }

  void StartNetwork(std::uint16_t port) {
    network_.reset();
    auto network = network::Service::Start(scheme_.ConfigOf("network", port, ""), clock_);
    ASSERT_TRUE(network.ok()) << network.error().Text();
    network_ = std::move(network).value();
  }

  static std::string PeerOf(const std::string& id, std::uint16_t port) {
    return "[peers." + id + "]\naddress = \"127.0.0.1:" + std::to_string(port) + "\"\n";
  }

  http::Response Call(const std::string& peer, std::uint16_t port, const http::Request& request) {
    http::Client client = scheme_.ClientOf("hub", peer, port);
    // Without a key nothing is tried again.
    auto response = request.header("idempotency-key").empty()
                        ? client.Send(request)
                        : http::SendWithRetry(client, request, kPatient);
    EXPECT_TRUE(response.ok()) << response.error().Text();
    return response.ok() ? std::move(response).value() : http::Response{};
  }

  http::Response AskNetwork(
      const std::string& path, const std::string& body, const std::string& key = ""
  ) {
    return Call("network", network_->port(), SchemeForTest::Post(path, body, key));
  }

  std::string Acquire(const std::string& key, const std::string& rows) {
    const auto response =
        Call("support", support_->port(), SchemeForTest::Post("/v1/acquisitions", rows, key));
    EXPECT_EQ(response.status, 200) << response.body_text();
    return std::string(response.body_text());
  }

  Block Issue(std::size_t count, const std::string& key) {
    const auto response =
        AskNetwork("/v1/processing-numbers", "{\"count\":" + std::to_string(count) + "}", key);
    EXPECT_EQ(response.status, 200);
    Block block{std::string(response.header("x-block")), {}};
    for (std::size_t at = 0; at < response.body_text().size(); at += 34) {
      block.numbers.emplace_back(response.body_text().substr(at, 32));
    }
    EXPECT_EQ(block.numbers.size(), count);
    return block;
  }

  std::string Codes(const Block& block) {
    const auto response = AskNetwork("/v1/codes", block.Json(), "c");
    EXPECT_EQ(response.status, 200);
    return std::string(response.body_text());
  }

  static std::string Row(
      const std::string& number, const std::string& birth_date, const std::string& individual
  ) {
    return number + "," + birth_date + "," + individual + "\r\n";
  }

  TestClock clock_;
  jlis::ResidentFile residents_{
      ResidentLine("00000000011", NumberOf(1), "1979-03-12") +
      ResidentLine("00000000022", NumberOf(2), "1980-01-01", "deceased") +
      ResidentLine("00000000033", NumberOf(3), "1980-01-01", "restricted") +
      ResidentLine("00000000044", NumberOf(4), "1980-01-01", "", NumberOf(5)) +
      ResidentLine("00000000066", NumberOf(6), "1980-01-01", "moved_abroad")
  };
  SchemeForTest scheme_;
  std::unique_ptr<network::Service> network_;
  std::unique_ptr<jlis::Service> jlis_;
  std::unique_ptr<support::Service> support_;
};

TEST_F(ChainTest, EveryOutcomeComesBackInOrderAndOnlyTheLinkedHaveCodes) {
  const Block block = Issue(9, "chunk-1");
  const auto& n = block.numbers;
  const std::string answer = Acquire(
      "chunk-1",
      Row(n[8], "1980-01-01", NumberOf(4)) + Row(n[1], "1980-01-01", NumberOf(2)) +
          Row(n[2], "1980-01-01", NumberOf(3)) + Row(n[3], "1980-01-01", NumberOf(5)) +
          Row(n[4], "1980-01-01", NumberOf(6)) + Row(n[5], "1980-01-01", NumberOf(9)) +
          Row(n[6], "1979-03-13", NumberOf(1)) + Row(n[7], "1979-03-12", "12345") +
          Row(n[0], "1979-03-12", NumberOf(1)) +
          Row(std::string(32, 'f'), "1979-03-12", NumberOf(1))
  );
  EXPECT_EQ(
      answer,
      n[8] + ",linked\r\n" + n[1] + ",resident-gone\r\n" + n[2] + ",restricted\r\n" + n[3] +
          ",superseded\r\n" + n[4] + ",resident-gone\r\n" + n[5] + ",not-found\r\n" + n[6] +
          ",birth-date-differs\r\n" + n[7] + ",bad-format\r\n" + n[0] + ",linked\r\n" +
          std::string(32, 'f') + ",expired\r\n"
  );
  const std::string codes = Codes(block);
  EXPECT_EQ(codes.size(), 2U * 67U);
  EXPECT_EQ(codes.substr(0, 33), n[0] + ",");
  EXPECT_EQ(codes.substr(67, 33), n[8] + ",");
}

TEST_F(ChainTest, OnePersonHasOneCodeInEveryAcquisition) {
  const Block first = Issue(1, "a");
  const Block second = Issue(1, "b");
  Acquire("a", Row(first.numbers[0], "1979-03-12", NumberOf(1)));
  Acquire("b", Row(second.numbers[0], "1979-03-12", NumberOf(1)));
  EXPECT_EQ(Codes(first).substr(33), Codes(second).substr(33));
}

TEST_F(ChainTest, TheSameRequestIsAnsweredByteForByteAndAnotherKeyIsNot) {
  const Block block = Issue(2, "a");
  const std::string rows = Row(block.numbers[0], "1979-03-12", NumberOf(1)) +
                           Row(block.numbers[1], "1980-01-01", NumberOf(9));
  const std::string first = Acquire("a", rows);
  const std::string codes = Codes(block);
  EXPECT_EQ(Acquire("a", rows), first);
  EXPECT_EQ(
      Acquire("b", rows), block.numbers[0] + ",expired\r\n" + block.numbers[1] + ",not-found\r\n"
  );
  EXPECT_EQ(Codes(block), codes);
}

TEST_F(ChainTest, CodesSurviveARestartOfTheNetworkAndAreGoneAfterAcknowledging) {
  const Block block = Issue(1, "a");
  const std::string rows = Row(block.numbers[0], "1979-03-12", NumberOf(1));
  const std::string answer = Acquire("a", rows);
  StartNetwork(network_->port());
  EXPECT_EQ(Acquire("a", rows), answer);
  EXPECT_EQ(Codes(block).size(), 67U);
  EXPECT_EQ(AskNetwork("/v1/codes/acknowledge", block.Json(), "c").status, 200);
  EXPECT_EQ(AskNetwork("/v1/codes", block.Json(), "c").status, 412);
}

TEST_F(ChainTest, NumbersThatRanOutAreExpired) {
  const Block block = Issue(1, "a");
  clock_.Advance(61);
  EXPECT_EQ(
      Acquire("a", Row(block.numbers[0], "1979-03-12", NumberOf(1))),
      block.numbers[0] + ",expired\r\n"
  );
}

TEST_F(ChainTest, LostAndDroppedAndBusyAnswersEverywhereChangeNothing) {
  const Block block = Issue(30, "a");
  for (const char* id : {"network", "jlis", "support"}) {
    scheme_.SetFaults(id, "lose_answer = 0.2\ndrop = 0.1\nbusy = 0.1\nseed = 5\n");
  }
  for (std::size_t i = 0; i < block.numbers.size(); ++i) {
    EXPECT_EQ(
        Acquire(std::to_string(i), Row(block.numbers[i], "1979-03-12", NumberOf(1))),
        block.numbers[i] + ",linked\r\n"
    );
  }
  EXPECT_EQ(Codes(block).size(), block.numbers.size() * 67U);
}

TEST_F(ChainTest, NoIndividualNumberIsLeftOnAnyDisk) {
  const Block block = Issue(1, "a");
  Acquire("a", Row(block.numbers[0], "1979-03-12", NumberOf(1)));
  for (const char* id : {"network", "jlis", "support"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(scheme_.folder(id))) {
      if (!entry.is_regular_file()) {
        continue;
      }
      const auto content = ReadFile(entry.path(), std::size_t{64} << 20U);
      if (!content.ok() && !std::filesystem::exists(entry.path())) {
        continue;  // the roles are running: a checkpoint takes its place under another name
      }
      EXPECT_EQ(content.value().find(NumberOf(1)), std::string::npos) << entry.path();
      EXPECT_EQ(content.value().find("00000000011"), std::string::npos) << entry.path();
    }
  }
}

}  // namespace

}  // namespace musubi::national
