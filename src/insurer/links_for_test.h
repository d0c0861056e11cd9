// A register beside a support that answers from a table.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "insurer/links.h"
#include "insurer/register_for_test.h"

namespace musubi::insurer {

class LinksRegisterTest : public RegisterTest {
 protected:
  void SetUp() override {
    RegisterTest::SetUp();
    links_ = OpenLinks(*database_);
  }

  std::unique_ptr<Links> OpenLinks(store::Database& database) {
    auto links = Must(Links::Open(database, clock_, "clerk", Must(ReviewRules::LoadOrDefault({}))));
    links->set_questions_per_call(2);
    return links;
  }

  static std::vector<Row> Households(unsigned count, bool with_numbers) {
    std::vector<Row> rows;
    for (unsigned person = 0; person < count; ++person) {
      rows.push_back({
          .household = std::to_string(1000000 + person),
          .name = "山田　太郎" + std::to_string(person),
          .number = with_numbers ? DigitsOf(person) : "",
      });
    }
    return rows;
  }

  // The answer to one record, without its reference.
  std::string AnswerTo(std::string_view reference, std::string_view usual) {
    const auto found = answers_.find(reference);
    return found == answers_.end() ? std::string(usual) : found->second;
  }

  // `before_call` may refuse, or end the process.
  AskSupport Support(std::function<Result<void>(int call)> before_call = {}) {
    return [this, before_call](std::string_view path, http::Body lines) -> Result<http::Body> {
      ++calls_;
      MUSUBI_CHECK_OK(before_call ? before_call(calls_) : Ok());
      const std::string_view usual = path == kQueryPath     ? "none,,,,"
                                     : path == kAddressPath ? "found,東京都架空区1-2-3"
                                                            : "agree,,,";
      http::Body out;
      MUSUBI_TRY(
          const auto count,
          exchange::EachLine(
              {lines.data(), lines.size()},
              [&](std::uint64_t, auto fields) {
                const std::string line =
                    std::string(fields[0]) + "," + AnswerTo(fields[0], usual) + "\r\n";
                out.insert(out.end(), line.begin(), line.end());
                return Ok();
              }
          )
      );
      asked_ += count;
      return out;
    };
  }

  std::int64_t Count(const std::string& table) {
    const auto connection = Must(database_->Connect());
    return Must(connection->QueryInt("SELECT COUNT(*) FROM " + table)).value_or(-1);
  }

  std::map<std::string, std::string, std::less<>> answers_;
  std::uint64_t asked_ = 0;
  int calls_ = 0;
  std::unique_ptr<Links> links_;
};

}  // namespace musubi::insurer
