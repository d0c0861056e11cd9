#include "national/network/notice_passage.h"

#include "exchange/notice.h"
#include "ops/log.h"

namespace musubi::national::network {

namespace {

const std::string kPortal = "portal";
constexpr std::uint32_t kKeyVersion = 1;
constexpr std::string_view kPem = "application/x-pem-file";

}  // namespace

Result<SecretVector<char>> NoticePassage::PortalCertificate() {
  return post_(kPortal, "/v1/certificate", {});
}

Result<void> NoticePassage::Pass(std::string_view caller, std::string_view lines) {
  MUSUBI_TRY(exchange::NoticeBlock block, exchange::ReadNoticeBlock(lines));
  {
    const std::scoped_lock lock(mutex_);
    for (exchange::NoticeBlock::Person& person : block.people) {
      codes_.Translate({caller, kKeyVersion}, {kPortal, kKeyVersion}, person.code);
    }
  }
  block.names.clear();  // names are ours to give
  const auto directory = directory_();
  for (const Institution& institution : directory->institutions()) {
    if (institution.served_by == caller) {
      block.names.push_back({institution.id, institution.name});
    }
  }
  SecretVector<char> passed;
  exchange::AppendNoticeBlock(block, passed);
  MUSUBI_CHECK_OK(post_(kPortal, "/v1/notices", {passed.data(), passed.size()}));
  ops::LogInfo("network.notices.passed", {{"count", block.people.size()}});
  return Ok();
}

void AddNoticeRoutes(http::Router& router, NoticePassage& passage) {
  router.Handle("POST", "/v1/notices", {"hub"}, [&passage](const http::Request& request) {
    const Result<void> passed = passage.Pass(request.peer.id, request.body_text());
    return passed.ok() ? http::JsonResponse("{}") : http::ProblemResponse(passed.error());
  });
  router.Handle("GET", "/v1/certificates/portal", {"hub"}, [&passage](const http::Request&) {
    auto certificate = passage.PortalCertificate();
    return certificate.ok() ? http::TextResponse({certificate->data(), certificate->size()}, kPem)
                            : http::ProblemResponse(certificate.error());
  });
}

}  // namespace musubi::national::network
