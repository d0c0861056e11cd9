#include "terminal/terminal.h"

#include <atomic>
#include <filesystem>
#include <mutex>
#include <optional>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/io.h"
#include "crypto/digest.h"
#include "crypto/sealed_package.h"
#include "exchange/content.h"
#include "http/server.h"

namespace musubi::terminal {
namespace {

using crypto::Identity;

// Enough for three pieces, and random so that nothing can make it smaller.
constexpr std::size_t kFillerRows = 2500;

class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "terminal-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }

  ~Folder() { std::filesystem::remove_all(path_); }

  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A hub that speaks the batch protocol and nothing else, with the accidents a test asks for.
class FakeHub {
 public:
  enum class End { kReady, kRefused };

  FakeHub(Identity identity, std::shared_ptr<const crypto::Trust> trust)
      : identity_(std::move(identity)), trust_(std::move(trust)) {}

  void Start() {
    http::Router router;
    const std::vector<std::string> roles = {"terminal"};
    router.Handle("POST", "/v1/batches", roles, [this](const auto& r) { return Open(r); });
    router.Handle("PUT", "/v1/batches/{id}/content", roles, [this](const auto& r) {
      return Put(r);
    });
    router.Handle("POST", "/v1/batches/{id}/complete", roles, [this](const auto& r) {
      return Complete(r);
    });
    router.Handle("GET", "/v1/batches/{id}", roles, [this](const auto&) { return Show(); });
    router.Handle("GET", "/v1/batches/{id}/pairs", roles, [this](const auto& r) {
      return Pairs(r);
    });
    router.Handle("POST", "/v1/batches/{id}/acknowledge", roles, [this](const auto&) {
      const std::lock_guard lock(mutex_);
      state_ = "acknowledged";
      return Batch();
    });
    http::ServerOptions options;
    options.faults.decide = [this](const http::Request& request) {
      const bool is_put = request.method == "PUT";
      return is_put && lost_answers_-- > 0 ? http::Fault::kLoseAnswer : http::Fault::kNone;
    };
    auto server = http::Server::Start(options, identity_, trust_, std::move(router));
    ASSERT_TRUE(server.ok()) << server.error().Text();
    server_ = std::move(server).value();
  }

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }

  // What came, opened with the key of the batch.
  [[nodiscard]] std::string OpenContent() {
    std::string content;
    MemorySource source(AsBytes(content_));
    const auto opened =
        crypto::OpenPackage(source, *sealing_, *trust_, SystemClock().Now(), [&](BytesView bytes) {
          content.append(AsText(bytes));
          return Ok();
        });
    EXPECT_TRUE(opened.ok()) << opened.error().Text();
    return content;
  }

  std::atomic<int> lost_answers_ = 0;
  int forget_key_count_ = 0;    // completions answered by file-needed
  std::size_t drop_after_ = 0;  // once so many bytes have come, the key is lost
  std::size_t stop_after_ = 0;  // once so many bytes have come, pieces are refused for good
  End end_ = End::kReady;
  std::string pairs_;

  std::atomic<int> open_count_ = 0;
  std::atomic<int> put_count_ = 0;
  std::string content_;

 private:
  http::Response Batch() {
    std::string json = fmt::format(
        R"({{"batch":"b-1","insurer":"133033","state":"{}","offset":{})", state_, content_.size()
    );
    if (state_ == "open") {
      std::string pem = sealing_->certificate.Pem();
      for (std::size_t at = 0; (at = pem.find('\n', at)) != std::string::npos; at += 2) {
        pem.replace(at, 1, "\\n");
      }
      json += fmt::format(R"(,"sealing_certificate":"{}")", pem);
    }
    if (state_ == "refused") {
      json +=
          R"(,"problem":{"detail":"the count does not agree","place":"line 7","advice":"mend"})";
    }
    if (state_ == "ready") {
      json += R"(,"rows":2,"done":1,"refused":1,"outcomes":{"issued":1,"not-found":1})";
    }
    return http::JsonResponse(json + "}");
  }

  http::Response Open(const http::Request& /*request*/) {
    const std::lock_guard lock(mutex_);
    ++open_count_;
    if (state_.empty() || state_ == "file-needed") {
      auto sealing = crypto::MakeSealingIdentity(identity_, "batch-1", SystemClock().Now());
      EXPECT_TRUE(sealing.ok());
      sealing_ = std::move(sealing).value();
      content_.clear();
      state_ = "open";
    }
    return Batch();
  }

  http::Response Put(const http::Request& request) {
    const std::lock_guard lock(mutex_);
    ++put_count_;
    if (stop_after_ > 0 && content_.size() >= stop_after_) {
      return http::ProblemResponse({ErrorCode::kInternal, "broken on purpose"});
    }
    if (state_ != "open") {
      return http::ProblemResponse({ErrorCode::kPrecondition, "the batch is not open"});
    }
    if (request.query.at("offset") != std::to_string(content_.size())) {
      http::Response response = http::ProblemResponse({ErrorCode::kConflict, "another offset"});
      response.headers["x-offset"] = std::to_string(content_.size());
      return response;
    }
    content_.append(request.body_text());
    if (drop_after_ > 0 && content_.size() >= drop_after_) {
      drop_after_ = 0;
      state_ = "file-needed";
    }
    return http::JsonResponse(fmt::format(R"({{"offset":{}}})", content_.size()));
  }

  http::Response Complete(const http::Request& request) {
    const std::lock_guard lock(mutex_);
    const std::string expected = fmt::format(
        R"({{"size":{},"sha256":"{}"}})",
        content_.size(),
        ToHex(crypto::Sha256Of(AsBytes(content_)))
    );
    if (request.body_text() != expected) {
      content_.clear();
      return http::ProblemResponse({ErrorCode::kPrecondition, "size or hash do not agree"});
    }
    state_ = forget_key_count_-- > 0 ? "file-needed" : "working";
    return Batch();
  }

  http::Response Show() {
    const std::lock_guard lock(mutex_);
    http::Response response = Batch();
    if (state_ == "working") {
      state_ = end_ == End::kReady ? "ready" : "refused";
    }
    return response;
  }

  http::Response Pairs(const http::Request& request) {
    const std::size_t offset = std::stoul(request.query.at("offset"));
    constexpr std::size_t kPiece = 1000;
    http::Response response =
        http::TextResponse(std::string_view(pairs_).substr(offset, kPiece), http::kOctets);
    response.headers["x-total-size"] = std::to_string(pairs_.size());
    return response;
  }

  Identity identity_;
  std::shared_ptr<const crypto::Trust> trust_;
  std::unique_ptr<http::Server> server_;
  std::mutex mutex_;
  std::optional<Identity> sealing_;
  std::string state_;
};

class TerminalTest : public testing::Test {
 protected:
  void SetUp() override {
    const Instant now = SystemClock().Now();
    auto authority = crypto::Authority::Create(Authority(), "test", now);
    ASSERT_TRUE(authority.ok()) << authority.error().Text();
    for (const char* id : {"hub", "terminal-133033", "insurer-133033", "insurer-133264"}) {
      auto identity = authority.value().Issue(id, now);
      ASSERT_TRUE(identity.ok()) << identity.error().Text();
      ASSERT_TRUE(WriteFile(Path(id) += ".pem", identity.value().certificate.Pem()).ok());
      ASSERT_TRUE(WriteFile(Path(id) += ".key", identity.value().key.Pem()).ok());
    }
    auto trust = crypto::Trust::Load(Authority() / "authority.pem", Authority() / "crl.pem");
    ASSERT_TRUE(trust.ok());
    hub_ = std::make_unique<FakeHub>(Load("hub"), trust.value());
    hub_->Start();
    OpenTerminal();
  }

  [[nodiscard]] std::filesystem::path Authority() const { return folder_.path() / "authority"; }

  [[nodiscard]] std::filesystem::path Path(std::string_view name) const {
    return folder_.path() / name;
  }

  [[nodiscard]] Identity Load(const std::string& id) const {
    return Identity::Load(Path(id + ".pem"), Path(id + ".key")).value();
  }

  void OpenTerminal() {
    const auto config = ops::Config::Parse(
        fmt::format(
            "[node]\nid = \"terminal-133033\"\nfolder = \"terminal\"\nmode = \"test\"\n"
            "[tls]\ncertificate = \"terminal-133033.pem\"\nkey = \"terminal-133033.key\"\n"
            "authority = \"authority/authority.pem\"\ncrl = \"authority/crl.pem\"\n"
            "[peers.hub]\naddress = \"127.0.0.1:{}\"\n"
            "[terminal]\ninsurer = \"133033\"\npatience_s = 20\n",
            hub_->port()
        ),
        Path("terminal.toml")
    );
    ASSERT_TRUE(config.ok()) << config.error().Text();
    auto opened = Terminal::Open(config.value());
    ASSERT_TRUE(opened.ok()) << opened.error().Text();
    terminal_ = std::move(opened).value();
  }

  // A number list of this size; the rows say nothing, since no one here looks into them.
  [[nodiscard]] std::filesystem::path MakeList(const std::string& signer, std::size_t row_count) {
    const std::filesystem::path path = Path("list.p7m");
    auto sink = FileSink::Create(path).value();
    const Identity identity = Load(signer);
    const Identity recipient = Load("terminal-133033");
    auto sealing =
        crypto::SealingWriter::Create(*sink, identity, recipient.certificate, SystemClock().Now())
            .value();
    exchange::PackageHeader header;
    header.kind = "NL";
    header.sender = "insurer-133033";
    header.recipient = "hub";
    header.created = SystemClock().Now();
    header.sequence = 1;
    auto writer = exchange::ContentWriter::Create(*sealing, header).value();
    const std::string filler(4000, 'x');
    for (std::size_t row = 0; row < row_count; ++row) {
      EXPECT_TRUE(writer.WriteRawRecord(filler).ok());
    }
    EXPECT_TRUE(writer.Finish().ok());
    EXPECT_TRUE(sealing->Finish().ok());
    EXPECT_TRUE(sink->Commit().ok());
    return path;
  }

  [[nodiscard]] bool SpoolIsEmpty() const {
    std::error_code code;
    const std::filesystem::path spool = Path("terminal") / "spool";
    return !std::filesystem::exists(spool, code) || std::filesystem::is_empty(spool, code);
  }

  Folder folder_;
  std::unique_ptr<FakeHub> hub_;
  std::unique_ptr<Terminal> terminal_;
  std::string first_id_;
  OnBatch on_batch_ = [this](const Batch& batch) { first_id_ = batch.id; };
};

TEST_F(TerminalTest, AListArrivesSealedToTheHubWithTheSignatureOfTheAssociation) {
  const auto file = MakeList("insurer-133033", kFillerRows);
  const auto batch = terminal_->Upload(file, Wait::kYes, on_batch_);
  ASSERT_TRUE(batch.ok()) << batch.error().Text();
  EXPECT_EQ(batch.value().state, BatchState::kReady);
  EXPECT_EQ(batch.value().outcomes.at("not-found"), 1U);
  EXPECT_EQ(first_id_, "b-1");
  EXPECT_EQ(hub_->put_count_, 3);
  EXPECT_TRUE(hub_->OpenContent().starts_with("H,NL,1,test,insurer-133033,hub,"));
  EXPECT_TRUE(SpoolIsEmpty());
}

TEST_F(TerminalTest, WithoutWaitingTheFileIsLeftWithTheHub) {
  const auto batch = terminal_->Upload(MakeList("insurer-133033", 1), Wait::kNo, on_batch_);
  ASSERT_TRUE(batch.ok()) << batch.error().Text();
  EXPECT_EQ(batch.value().state, BatchState::kWorking);
}

TEST_F(TerminalTest, PiecesWhoseAnswersWereLostAreNotSentTwiceOver) {
  hub_->lost_answers_ = 2;
  const auto file = MakeList("insurer-133033", kFillerRows);
  const auto batch = terminal_->Upload(file, Wait::kYes, on_batch_);
  ASSERT_TRUE(batch.ok()) << batch.error().Text();
  EXPECT_EQ(batch.value().state, BatchState::kReady);
  EXPECT_TRUE(hub_->OpenContent().starts_with("H,NL,"));
}

TEST_F(TerminalTest, AHubThatLostItsKeyGetsTheFileAgainUnderANewOne) {
  hub_->forget_key_count_ = 1;
  const auto batch = terminal_->Upload(MakeList("insurer-133033", 10), Wait::kYes, on_batch_);
  ASSERT_TRUE(batch.ok()) << batch.error().Text();
  EXPECT_EQ(batch.value().state, BatchState::kReady);
  EXPECT_EQ(hub_->open_count_, 2);
  EXPECT_TRUE(hub_->OpenContent().starts_with("H,NL,"));
}

TEST_F(TerminalTest, AKeyLostInTheMiddleOfATransferStartsItOver) {
  hub_->drop_after_ = kPieceSize;
  const auto file = MakeList("insurer-133033", kFillerRows);
  const auto batch = terminal_->Upload(file, Wait::kYes, on_batch_);
  ASSERT_TRUE(batch.ok()) << batch.error().Text();
  EXPECT_EQ(batch.value().state, BatchState::kReady);
  EXPECT_EQ(hub_->open_count_, 2);
  EXPECT_TRUE(hub_->OpenContent().starts_with("H,NL,"));
}

TEST_F(TerminalTest, AnInterruptedTransferGoesOnWithTheSameBytes) {
  const auto file = MakeList("insurer-133033", kFillerRows);
  hub_->stop_after_ = kPieceSize;  // then every call fails until the first program has given up
  const auto first = terminal_->Upload(file, Wait::kYes, on_batch_);
  ASSERT_FALSE(first.ok());
  const std::string begun = hub_->content_;
  EXPECT_EQ(begun.size(), kPieceSize);
  EXPECT_FALSE(SpoolIsEmpty());
  hub_->stop_after_ = 0;
  OpenTerminal();
  const auto second = terminal_->Upload(file, Wait::kYes, on_batch_);
  ASSERT_TRUE(second.ok()) << second.error().Text();
  EXPECT_TRUE(hub_->content_.starts_with(begun));
  EXPECT_TRUE(hub_->OpenContent().starts_with("H,NL,"));
}

TEST_F(TerminalTest, ARefusedPackageIsAnAnswerWithItsReason) {
  hub_->end_ = FakeHub::End::kRefused;
  const auto batch = terminal_->Upload(MakeList("insurer-133033", 2), Wait::kYes, on_batch_);
  ASSERT_TRUE(batch.ok()) << batch.error().Text();
  EXPECT_EQ(batch.value().state, BatchState::kRefused);
  EXPECT_EQ(batch.value().problem.Text(), "line 7: the count does not agree (mend)");
  EXPECT_TRUE(SpoolIsEmpty());
}

TEST_F(TerminalTest, AListSignedByAnotherAssociationIsNotSent) {
  const auto batch = terminal_->Upload(MakeList("insurer-133264", 2), Wait::kYes, on_batch_);
  ASSERT_FALSE(batch.ok());
  EXPECT_EQ(ExitCodeOf(batch.error().code), 1);
  EXPECT_EQ(hub_->open_count_, 0);
}

TEST_F(TerminalTest, ATruncatedListIsNotSent) {
  const auto file = MakeList("insurer-133033", 50);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 40);
  const auto batch = terminal_->Upload(file, Wait::kYes, on_batch_);
  ASSERT_FALSE(batch.ok());
  EXPECT_EQ(ExitCodeOf(batch.error().code), 1);
  EXPECT_EQ(hub_->open_count_, 0);
}

TEST_F(TerminalTest, PairsAreDownloadedInPiecesAndPutInPlaceWhole) {
  hub_->pairs_.assign(4321, 'p');
  const auto size = terminal_->Download("b-1", Path("pairs.p7m"));
  ASSERT_TRUE(size.ok()) << size.error().Text();
  EXPECT_EQ(size.value(), 4321U);
  EXPECT_EQ(ReadFile(Path("pairs.p7m")).value(), hub_->pairs_);
}

TEST_F(TerminalTest, AnAcknowledgedBatchSaysSo) {
  const auto batch = terminal_->Acknowledge("b-1");
  ASSERT_TRUE(batch.ok()) << batch.error().Text();
  EXPECT_EQ(batch.value().state, BatchState::kAcknowledged);
}

TEST_F(TerminalTest, AnIdThatIsAPathIsNotAsked) {
  EXPECT_EQ(terminal_->Acknowledge("../x").error().code, ErrorCode::kUsage);
}

}  // namespace
}  // namespace musubi::terminal
