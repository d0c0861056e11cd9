#include "national/network/registrar.h"

#include <fstream>
#include <iterator>
#include <thread>

#include <gtest/gtest.h>

#include "national/network/folder_for_test.h"

namespace musubi::national::network {

namespace {

using namespace std::chrono_literals;

constexpr Caller kHub{"hub", "request-1"};

std::string Text(const SecretVector<char>& lines) {
  return {lines.begin(), lines.end()};
}

std::vector<std::string> Lines(const SecretVector<char>& text) {
  std::vector<std::string> lines;
  std::string line;
  for (const char c : text) {
    if (c == '\n') {
      lines.push_back(line.substr(0, line.size() - 1));
      line.clear();
    } else {
      line += c;
    }
  }
  return lines;
}

class RegistrarTest : public testing::Test {
 protected:
  void SetUp() override { Start(); }

  // As after a restart: everything but the store's file is new.
  void Start() {
    registrar_.reset();
    database_ = store::Database::Open("sqlite:network.db", folder_.path().string()).value();
    ASSERT_TRUE(BlockTable::Migrate(*database_).ok());
    registrar_ = Make();
  }

  std::unique_ptr<Registrar> Make() {
    return std::make_unique<Registrar>(kMaster, database_->Connect().value(), clock_, 60min);
  }

  // The numbers of a new block and its id.
  std::vector<std::string> Issue(std::int64_t count, std::string_view key = "request-1") {
    auto issued = registrar_->Issue({"hub", key}, count);
    EXPECT_TRUE(issued.ok());
    block_ = issued->block;
    return Lines(issued->lines);
  }

  std::string Link(std::string_view key, const std::string& body) {
    const auto answer = registrar_->Link({"jlis", key}, body);
    EXPECT_TRUE(answer.ok()) << answer.error().Text();
    return answer.ok() ? Text(*answer) : "";
  }

  std::vector<std::string> Codes() {
    const auto codes = registrar_->Codes({"hub"}, block_);
    EXPECT_TRUE(codes.ok());
    return Lines(*codes);
  }

  // Is `bytes` anywhere in the files of the store?
  bool IsStored(BytesView bytes) {
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string content{std::istreambuf_iterator<char>(file), {}};
      if (content.find(AsText(bytes)) != std::string::npos) {
        return true;
      }
    }
    return false;
  }

  static std::string Row(const std::string& number, int person) {
    std::string digits = std::to_string(person);
    return number + "," + std::string(11 - digits.size(), '0') + digits + "\r\n";
  }

  const Bytes kMaster = Bytes(32, 7);
  FolderForTest folder_;
  ManualClock clock_{Instant(std::chrono::sys_days(std::chrono::year(2026) / 11 / 22))};
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<Registrar> registrar_;
  std::string block_;
};

TEST_F(RegistrarTest, TheSameRequestGetsTheSameNumbers) {
  const auto first = Issue(3);
  const std::string block = block_;
  Start();
  EXPECT_EQ(Issue(3), first);
  EXPECT_EQ(block_, block);
  EXPECT_NE(Issue(3, "request-2"), first);
}

TEST_F(RegistrarTest, AKeyIsNotUsedWithTwoCounts) {
  Issue(3);
  EXPECT_EQ(registrar_->Issue(kHub, 4).error().code, ErrorCode::kInvalid);
}

TEST_F(RegistrarTest, CountsAndKeysOutOfBoundsAreRefused) {
  EXPECT_EQ(registrar_->Issue(kHub, 0).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(registrar_->Issue(kHub, 100001).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(registrar_->Issue({"hub", ""}, 1).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(registrar_->Link({"jlis", ""}, "").error().code, ErrorCode::kInvalid);
}

TEST_F(RegistrarTest, LinkedNumbersHaveCodesInTheOrderOfTheBlock) {
  const auto numbers = Issue(4);
  EXPECT_EQ(
      Link("a", Row(numbers[2], 30) + Row(numbers[0], 10)),
      numbers[2] + ",linked\r\n" + numbers[0] + ",linked\r\n"
  );
  const auto codes = Codes();
  ASSERT_EQ(codes.size(), 2U);
  EXPECT_EQ(codes[0].substr(0, 33), numbers[0] + ",");
  EXPECT_EQ(codes[1].substr(0, 33), numbers[2] + ",");
  LinkageCodes derived(kMaster);
  Code16 code{};
  derived.Derive({"hub", 1}, std::string_view("00000000010"), code);
  EXPECT_EQ(codes[0].substr(33), ToHex(code));
}

TEST_F(RegistrarTest, NothingLinkedIsAnEmptyList) {
  Issue(4);
  EXPECT_TRUE(Codes().empty());
}

TEST_F(RegistrarTest, ARequestIsAnsweredAgainByteForByteAfterARestart) {
  const auto numbers = Issue(3);
  const std::string body = Row(numbers[0], 1) + Row(std::string(32, 'a'), 2) + Row(numbers[0], 3);
  const std::string first = Link("a", body);
  const auto codes = Codes();
  clock_.Advance(61min);
  Start();
  EXPECT_EQ(Link("a", body), first);
  EXPECT_EQ(Codes(), codes);
}

TEST_F(RegistrarTest, ANumberIsUsedOnce) {
  const auto numbers = Issue(2);
  Link("a", Row(numbers[0], 1));
  const auto codes = Codes();
  EXPECT_EQ(Link("b", Row(numbers[0], 2)), numbers[0] + ",reused\r\n");
  EXPECT_EQ(Link("a", Row(numbers[0], 2)), numbers[0] + ",reused\r\n");
  EXPECT_EQ(Codes(), codes);
  EXPECT_EQ(Link("b", Row(numbers[1], 2)), numbers[1] + ",linked\r\n");
}

TEST_F(RegistrarTest, ANumberTwiceInOneRequestIsUsedByTheFirst) {
  const auto numbers = Issue(1);
  EXPECT_EQ(
      Link("a", Row(numbers[0], 1) + Row(numbers[0], 2)),
      numbers[0] + ",linked\r\n" + numbers[0] + ",reused\r\n"
  );
}

TEST_F(RegistrarTest, ARequestMayHoldNumbersOfSeveralBlocks) {
  const auto first = Issue(2, "x");
  const std::string first_block = block_;
  const auto second = Issue(2, "y");
  const std::string answer = Link("a", Row(second[1], 1) + Row(first[1], 2) + Row(second[0], 3));
  EXPECT_EQ(
      answer, second[1] + ",linked\r\n" + first[1] + ",linked\r\n" + second[0] + ",linked\r\n"
  );
  EXPECT_EQ(Codes().size(), 2U);
  block_ = first_block;
  EXPECT_EQ(Codes().size(), 1U);
}

TEST_F(RegistrarTest, StrangersNumbersAreUnknown) {
  const std::string stranger(32, 'f');
  EXPECT_EQ(Link("a", Row(stranger, 1)), stranger + ",unknown\r\n");
}

TEST_F(RegistrarTest, ANumberThatRanOutIsExpired) {
  const auto numbers = Issue(2);
  clock_.Advance(60min - 1ms);
  EXPECT_EQ(Link("a", Row(numbers[0], 1)), numbers[0] + ",linked\r\n");
  clock_.Advance(1ms);
  EXPECT_EQ(Link("b", Row(numbers[1], 1)), numbers[1] + ",expired\r\n");
  EXPECT_EQ(Codes().size(), 1U);
}

TEST_F(RegistrarTest, AnotherHubSeesNothing) {
  const auto numbers = Issue(1);
  EXPECT_EQ(registrar_->Codes({"hub-2"}, block_).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(registrar_->Acknowledge({"hub-2"}, block_).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(registrar_->Codes({"hub"}, "00").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(registrar_->Codes({"hub"}, std::string(16, '0')).error().code, ErrorCode::kNotFound);
}

TEST_F(RegistrarTest, AcknowledgingErasesTheCodesFromTheFiles) {
  const auto numbers = Issue(500);
  std::string body;
  for (int i = 0; i < 500; ++i) {
    body += Row(numbers[static_cast<std::size_t>(i)], i);
  }
  Link("a", body);
  const auto codes = Codes();
  std::vector<Bytes> secrets;
  for (const std::string& line : codes) {
    secrets.push_back(FromHex(line.substr(33)).value());
  }
  ASSERT_EQ(secrets.size(), 500U);
  ASSERT_TRUE(IsStored(secrets[0]));
  ASSERT_TRUE(registrar_->Acknowledge({"hub"}, block_).ok());
  for (const Bytes& secret : secrets) {
    ASSERT_FALSE(IsStored(secret));
  }
  EXPECT_EQ(registrar_->Codes({"hub"}, block_).error().code, ErrorCode::kPrecondition);
  EXPECT_TRUE(registrar_->Acknowledge({"hub"}, block_).ok());
  EXPECT_EQ(Link("a", body).substr(32, 9), ",linked\r\n");
  EXPECT_EQ(Link("b", Row(numbers[0], 1)), numbers[0] + ",reused\r\n");
}

TEST_F(RegistrarTest, CodesNobodyFetchedAreErasedWhenTheyRunOut) {
  const auto numbers = Issue(1);
  Link("a", Row(numbers[0], 1));
  const Bytes code = FromHex(Codes()[0].substr(33)).value();
  clock_.Advance(119min);
  EXPECT_EQ(registrar_->Sweep()->erased_blocks, 0);
  EXPECT_TRUE(registrar_->Codes({"hub"}, block_).ok());
  clock_.Advance(1min);
  EXPECT_EQ(registrar_->Codes({"hub"}, block_).error().code, ErrorCode::kPrecondition);
  EXPECT_EQ(registrar_->Sweep()->erased_blocks, 1);
  EXPECT_FALSE(IsStored(code));
  EXPECT_EQ(registrar_->Acknowledge({"hub"}, block_).error().code, ErrorCode::kPrecondition);
  EXPECT_EQ(Link("b", Row(numbers[0], 1)), numbers[0] + ",expired\r\n");
}

TEST_F(RegistrarTest, EverythingIsForgottenInTheEnd) {
  const auto numbers = Issue(1);
  Link("a", Row(numbers[0], 1));
  clock_.Advance(2h);
  EXPECT_EQ(registrar_->Sweep()->forgotten_requests, 1);
  clock_.Advance(24h);
  EXPECT_EQ(registrar_->Sweep()->forgotten_blocks, 1);
  EXPECT_EQ(registrar_->Codes({"hub"}, block_).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(Link("b", Row(numbers[0], 1)), numbers[0] + ",expired\r\n");
}

TEST_F(RegistrarTest, NoProcessingNumberAndNoRecordCodeIsStored) {
  const auto numbers = Issue(1);
  Link("a", Row(numbers[0], 987654321));
  EXPECT_FALSE(IsStored(FromHex(numbers[0]).value()));
  EXPECT_FALSE(IsStored(AsBytes(numbers[0])));
  EXPECT_FALSE(IsStored(AsBytes("00987654321")));
}

TEST_F(RegistrarTest, TwoRequestsAtOnceNeverUseOneNumberTwice) {
  constexpr int kThreads = 4;
  const auto numbers = Issue(40);
  std::vector<std::string> answers(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t, registrar = std::shared_ptr<Registrar>(Make())] {
      for (const std::string& number : numbers) {
        const std::string key = "thread-" + std::to_string(t) + number;
        const auto answer = registrar->Link({"jlis", key}, Row(number, t));
        answers[static_cast<std::size_t>(t)] += answer.ok() ? Text(*answer) : "failed";
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  std::size_t linked = 0;
  for (const std::string& answer : answers) {
    EXPECT_EQ(answer.find("failed"), std::string::npos);
    for (std::size_t at = answer.find("linked"); at != std::string::npos;
         at = answer.find("linked", at + 1)) {
      ++linked;
    }
  }
  EXPECT_EQ(linked, numbers.size());
}

TEST_F(RegistrarTest, AStoreKeepsToItsMasterKey) {
  const auto connection = database_->Connect().value();
  EXPECT_EQ(registrar_->CheckStore().error().code, ErrorCode::kCorrupt);
  EXPECT_TRUE(CheckMasterKey(*connection, kMaster).ok());
  EXPECT_TRUE(CheckMasterKey(*connection, kMaster).ok());
  EXPECT_EQ(CheckMasterKey(*connection, Bytes(32, 8)).error().code, ErrorCode::kPrecondition);
  EXPECT_TRUE(registrar_->CheckStore().ok());
}

}  // namespace

}  // namespace musubi::national::network
