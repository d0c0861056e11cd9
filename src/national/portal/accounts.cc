#include "national/portal/accounts.h"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>

#include "base/secret.h"

namespace musubi::national::portal {

namespace {

constexpr std::string_view kHeading = "account,resident_record_code";
constexpr std::size_t kNameSizeMax = 64;

bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= kNameSizeMax && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

}  // namespace

Result<Accounts> Accounts::Load(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    return Error{ErrorCode::kNotFound, "cannot be read", file.string()};
  }
  Accounts accounts;
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (!line.empty() && line.back() == '\r') {
      line.pop_back();
    }
    if (number == 1) {
      if (line != kHeading) {
        return Error{
            ErrorCode::kInvalid,
            fmt::format("the heading is not {}", kHeading),
            fmt::format("{}:1", file.string())
        };
      }
      continue;
    }
    const std::size_t comma = line.find(',');
    const std::string_view name = std::string_view(line).substr(0, comma);
    Account account;
    const bool has_code =
        comma != std::string::npos && number::ResidentRecordCode::TryParse(
                                          std::string_view(line).substr(comma + 1), account.resident
                                      ) == number::NumberFault::kNone;
    if (!IsName(name) || !has_code) {
      return Error{
          ErrorCode::kInvalid,
          "missing or malformed",
          fmt::format(
              "{}:{}: {}", file.string(), number, IsName(name) ? "resident_record_code" : "account"
          )
      };
    }
    account.name = name;
    accounts.accounts_.push_back(std::move(account));
    WipeMemory(line.data(), line.size());
  }
  std::ranges::sort(accounts.accounts_, {}, &Account::name);
  const auto twice = std::ranges::adjacent_find(accounts.accounts_, {}, &Account::name);
  if (twice != accounts.accounts_.end()) {
    return Error{ErrorCode::kInvalid, "an account stands there twice", file.string()};
  }
  return accounts;
}

Result<number::ResidentRecordCode> Accounts::Find(std::string_view account) const {
  const auto found = std::ranges::lower_bound(accounts_, account, {}, &Account::name);
  if (found == accounts_.end() || found->name != account) {
    return Error{ErrorCode::kNotFound, "nobody has this account"};
  }
  return found->resident;
}

}  // namespace musubi::national::portal
