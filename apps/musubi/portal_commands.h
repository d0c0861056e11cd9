// `musubi portal ...`: what a person sees at the portal, until there are pages.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace musubi::apps {

struct PortalRecordsOptions {
  std::filesystem::path config;
  std::string person;           // account
  std::uint64_t newest = 1000;  // only so many
  bool all = false;             // a proof is of all as well
  std::filesystem::path proof;  // written there; blank: none
  bool json = false;
};

[[nodiscard]] int PortalRecords(const PortalRecordsOptions& options);

struct PortalNoticesOptions {
  std::filesystem::path config;
  std::string person;  // account
  bool json = false;
};

// Notices お知らせ to this person, newest first; looking at them marks them as read.
[[nodiscard]] int PortalNotices(const PortalNoticesOptions& options);

struct PortalVerifyOptions {
  std::filesystem::path file;
  std::filesystem::path key;  // vkey of the network's log, got by another way than the file
  bool json = false;
};

// 0: the list is complete up to the checkpoint; 1: it is not shown.
[[nodiscard]] int PortalVerify(const PortalVerifyOptions& options);

struct PortalOwnOptions {
  std::filesystem::path config;
  std::string person;
  std::string information;
  std::string provider;
  std::string id;
  bool wait = false;
  bool json = false;
};

// Own information: the first line is the id to fetch it by.
[[nodiscard]] int PortalOwn(const PortalOwnOptions& options);
[[nodiscard]] int PortalAnswer(const PortalOwnOptions& options);

}  // namespace musubi::apps
