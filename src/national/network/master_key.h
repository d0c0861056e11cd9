// The master key of the network: every processing number and linkage code follows from it.
//
// A file of 64 hex digits, mode 0600, made on the first start and never overwritten: another key
// would silently give every person another code. Two processes starting at once agree on one file.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "base/secret.h"

namespace musubi::national::network {

// kNotFound: there is none. kPrecondition: others may read it. kCorrupt: not such a file.
[[nodiscard]] Result<SecretBytes> ReadMasterKey(const std::filesystem::path& path);
// Makes the file if there is none; then reads it.
[[nodiscard]] Result<SecretBytes> MakeMasterKey(const std::filesystem::path& path);

}  // namespace musubi::national::network
