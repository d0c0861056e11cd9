#include "bench/nginx.h"

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace musubi::bench {

namespace {

namespace fs = std::filesystem;

// What our own answer weighs: a JSON of an inquiry with its sealed answer.
constexpr std::size_t kAnswerSize = 3000;

std::string FindProgram() {
  for (const char* path : {"/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"}) {
    if (::access(path, X_OK) == 0) {
      return path;
    }
  }
  return {};
}

void WriteFiles(const scheme::Layout& layout, const fs::path& folder, std::uint16_t port) {
  fs::create_directories(folder / "html");
  fs::permissions(folder, fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
  std::ofstream(folder / "html" / "answer") << std::string(kAnswerSize, 'x');
  std::ofstream(folder / "nginx.conf") << fmt::format(
      "daemon off;\nuser root;\nworker_processes auto;\npid {0}/nginx.pid;\n"
      "error_log {0}/error.log;\n"
      "events {{ worker_connections 1024; }}\n"
      "http {{\n access_log off;\n keepalive_requests 1000000;\n"
      " client_body_temp_path {0}/t1;\n proxy_temp_path {0}/t2;\n fastcgi_temp_path {0}/t3;\n"
      " uwsgi_temp_path {0}/t4;\n scgi_temp_path {0}/t5;\n"
      " server {{\n  listen 127.0.0.1:{1} ssl;\n  root {0}/html;\n"
      "  ssl_protocols TLSv1.3;\n  ssl_certificate {2};\n  ssl_certificate_key {3};\n"
      "  ssl_client_certificate {4};\n  ssl_verify_client on;\n }}\n}}\n",
      folder.string(),
      port,
      layout.CertificateOf("hub").string(),
      layout.KeyOf("hub").string(),
      (layout.Authority() / "authority.pem").string()
  );
}

bool IsListening(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool is_there =
      ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(descriptor);
  return is_there;
}

}  // namespace

Result<std::unique_ptr<Nginx>> Nginx::Start(const scheme::Layout& layout, std::uint16_t port) {
  const std::string program = FindProgram();
  if (program.empty()) {
    return std::unique_ptr<Nginx>();
  }
  const fs::path folder = layout.folder() / "nginx";
  WriteFiles(layout, folder, port);
  const std::string config = (folder / "nginx.conf").string();
  const std::string prefix = folder.string();
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::execl(program.c_str(), program.c_str(), "-p", prefix.c_str(), "-c", config.c_str(), nullptr);
    ::_exit(127);
  }
  std::unique_ptr<Nginx> nginx(new Nginx(pid, port));
  constexpr int kTries = 100;
  for (int i = 0; i < kTries; ++i) {
    if (IsListening(port)) {
      return nginx;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return Error{ErrorCode::kUnavailable, "nginx does not start", (folder / "error.log").string()};
}

Nginx::~Nginx() {
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
}

}  // namespace musubi::bench
