// Permissions::Parse on any bytes: refused with a place, or read and safe to ask. The first byte
// says which of the four files they stand for.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/check.h"
#include "rules/permission.h"

namespace {

constexpr std::array<std::string_view, 4> kFiles = {
    "kind,code,japanese,english,aliases,part_of\n"
    "institution,association,a,a,,\n"
    "institution,municipality,b,b,,\n"
    "procedure,benefits,c,c,,\n"
    "information,medical,d,d,,\n"
    "information,status,e,e,,medical\n",
    "role,member,counts_as,citation\nprovider,association,municipality,x\n",
    "rule_set,row,item,inquirer,procedure,provider,information,valid_from,valid_to,citation,"
    "detail\n"
    "t,1,,association,benefits,municipality,medical,2020-01-01,,x,\n",
    "code,years,valid_from,valid_to,citation\nprovision-records,7,2017-04-01,,x\n",
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace musubi;
  using namespace musubi::rules;
  if (size == 0) {
    return 0;
  }
  std::array<std::string, 4> files;
  for (std::size_t i = 0; i < files.size(); ++i) {
    files[i] = kFiles[i];
  }
  const std::string_view text = AsText({data + 1, size - 1});
  std::string& file = files[data[0] % 4];
  // The upper bit: behind the good lines, so that the heading is not in the way.
  file = (data[0] & 0x80U) != 0 ? file + std::string(text) : std::string(text);
  const auto permissions = Permissions::Parse({files[0], files[1], files[2], files[3]});
  if (!permissions.ok()) {
    MUSUBI_CHECK(permissions.error().code == ErrorCode::kInvalid);
    MUSUBI_CHECK(!permissions.error().place.empty());
    return 0;
  }
  const PermitQuestion question{
      "association", "association", "benefits", "status", Date::FromPacked(20200101)
  };
  const auto answer = permissions->Permit(question);
  MUSUBI_CHECK(answer.allowed == (answer.refusal == Refusal::kNone));
  for (const Fact* fact : permissions->Facts({}, {})) {
    MUSUBI_CHECK(permissions
                     ->Permit(
                         {fact->inquirer,
                          fact->provider,
                          fact->procedure,
                          fact->information,
                          fact->valid_from}
                     )
                     .allowed);
  }
  return 0;
}
