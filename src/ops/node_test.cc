#include "ops/node.h"

#include <gtest/gtest.h>

namespace musubi::ops {
namespace {

constexpr std::string_view kNode = R"([node]
id = "hub"
folder = "hub"
listen = "127.0.0.1:18441"
store = "sqlite:hub/hub.db"
mode = "test"
[tls]
certificate = "hub/node.pem"
key = "hub/node.key"
authority = "authority/authority.pem"
crl = "authority/crl.pem"
[peers.network]
address = "[::1]:18442"
)";

Result<NodeConfig> Read(std::string_view toml) {
  return NodeConfig::Read(Config::Parse(toml, "/scheme/hub.toml").value());
}

std::string With(std::string_view from, std::string_view to) {
  std::string text(kNode);
  return text.replace(text.find(from), from.size(), to);
}

TEST(NodeConfig, CommonKeysAreReadAndNothingIsLeftUnknown) {
  const Config config = Config::Parse(kNode, "/scheme/hub.toml").value();
  const NodeConfig node = NodeConfig::Read(config).value();
  EXPECT_EQ(node.id, "hub");
  EXPECT_EQ(node.folder, "/scheme/hub");
  EXPECT_EQ(node.listen.host, "127.0.0.1");
  EXPECT_EQ(node.listen.port, 18441);
  EXPECT_EQ(node.store, "sqlite:hub/hub.db");
  EXPECT_EQ(node.mode, "test");
  EXPECT_TRUE(node.log.empty());
  EXPECT_EQ(node.crl, "/scheme/authority/crl.pem");
  EXPECT_EQ(node.config_folder, "/scheme");
  EXPECT_EQ(ReadPeer(config, "network").value().host, "::1");
  EXPECT_TRUE(config.RefuseUnknown().ok());
}

TEST(NodeConfig, NodeThatDoesNotServeNeedsNoAddressAndNoStore) {
  std::string text = With("listen = \"127.0.0.1:18441\"\n", "");
  text.replace(text.find("store = "), 28, "");
  const Result<NodeConfig> node = Read(text);
  ASSERT_TRUE(node.ok()) << node.error().Text();
  EXPECT_EQ(node.value().listen.port, 0);
  EXPECT_TRUE(node.value().store.empty());
}

TEST(NodeConfig, BadModeIdAndAddressAreRefusedByKey) {
  EXPECT_EQ(Read(With("\"test\"", "\"trial\"")).error().place, "node.mode");
  EXPECT_EQ(Read(With("\"hub\"", "\"../hub\"")).error().place, "node.id");
  EXPECT_EQ(Read(With("\"hub\"", "\"Hub\"")).error().place, "node.id");
  EXPECT_EQ(Read(With("127.0.0.1:18441", "127.0.0.1")).error().place, "node.listen");
  EXPECT_EQ(Read(With("certificate = ", "certifcate = ")).error().code, ErrorCode::kInvalid);
}

TEST(Endpoint, HostNamesAndBothKindsOfAddressesAreAccepted) {
  EXPECT_EQ(Endpoint::Parse("hub.example:443").value().host, "hub.example");
  EXPECT_EQ(Endpoint::Parse("[::1]:18441").value().host, "::1");
  EXPECT_EQ(Endpoint::Parse("127.0.0.1:0").value().port, 0);
}

TEST(Endpoint, AnythingElseIsRefused) {
  for (const char* text :
       {"",
        "hub",
        "hub:",
        ":443",
        "hub:65536",
        "hub:-1",
        "hub:4x",
        "a b:1",
        "::1:443",
        "[]:1",
        "http://hub:1",
        "hub:443/"}) {
    EXPECT_FALSE(Endpoint::Parse(text).ok()) << text;
  }
}

TEST(Peer, MissingAddressOrPortZeroIsRefused) {
  const Config config = Config::Parse("[peers.hub]\naddress = 'h:0'\n", "x.toml").value();
  EXPECT_EQ(ReadPeer(config, "hub").error().place, "peers.hub.address");
  EXPECT_FALSE(ReadPeer(config, "jlis").ok());
}

}  // namespace
}  // namespace musubi::ops
