#include "terminal_inquiry_commands.h"

#include <chrono>
#include <memory>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "inquiry/clerk.h"
#include "inquiry_report.h"
#include "ops/config.h"
#include "output.h"
#include "rules/permission.h"

namespace musubi::apps {

namespace {

namespace json = boost::json;
using inquiry::Clerk;

Result<std::unique_ptr<Clerk>> OpenClerk(const std::filesystem::path& path) {
  MUSUBI_TRY(const auto config, ops::Config::Load(path));
  return Clerk::Open(config, "hub");
}

template <typename Call>
auto WithClerk(const std::filesystem::path& config, Call call)
    -> decltype(call(*std::declval<std::unique_ptr<Clerk>>())) {
  MUSUBI_TRY(const auto clerk, OpenClerk(config));
  return call(*clerk);
}

std::string ThisMonth() {
  const std::chrono::year_month_day day = JapanDay(SystemClock().Now());
  return fmt::format(
      "{:04}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month())
  );
}

// What the use figures say, a line each.
void PrintUse(const json::object& use) {
  const json::value* procedures = use.if_contains("procedures");
  if (procedures == nullptr || !procedures->is_array()) {
    return;
  }
  for (const json::value& each : procedures->get_array()) {
    const json::object& figure = each.as_object();
    PrintLine(fmt::format(
        "{} {}: {} asked electronically ({} answered), {} on paper{}",
        TextAt(use, "month"),
        TextAt(figure, "procedure"),
        figure.at("inquiries").to_number<std::int64_t>(),
        figure.at("answered").to_number<std::int64_t>(),
        figure.at("paper").to_number<std::int64_t>(),
        figure.at("never").as_bool() ? "  ** never asks electronically" : ""
    ));
  }
}

Result<std::string> ReadMonth(const std::string& text) {
  Date first;
  if (!text.empty() && !Date::TryParse(text + "-01", first)) {
    return Error{ErrorCode::kUsage, "not a month YYYY-MM", "--month"};
  }
  return text.empty() ? ThisMonth() : text;
}

// A mistyped code would count papers of a work that nobody does.
Result<std::string> ReadProcedure(const std::string& text) {
  const rules::Code* code =
      rules::Permissions::BuiltIn().FindCode(rules::CodeKind::kProcedure, text);
  if (code == nullptr) {
    return Error{
        ErrorCode::kUsage,
        "there is no such procedure",
        "--procedure",
        "`rules list --inquirer association` lists them"
    };
  }
  return code->code;
}

Result<void> ReportPaper(
    Clerk& clerk, const std::string& month, const TerminalUseOptions& options
) {
  MUSUBI_TRY(const std::string procedure, ReadProcedure(options.procedure));
  MUSUBI_TRY(
      const json::object done,
      clerk.Call(
          "POST", "/v1/use", {{"month", month}, {"procedure", procedure}, {"paper", options.paper}}
      )
  );
  static_cast<void>(done);
  return Ok();
}

Result<json::object> Use(const TerminalUseOptions& options) {
  MUSUBI_TRY(const std::string month, ReadMonth(options.month));
  MUSUBI_TRY(const auto clerk, OpenClerk(options.config));
  if (options.paper >= 0) {
    MUSUBI_CHECK_OK(ReportPaper(*clerk, month, options));
  }
  return clerk->Call("GET", "/v1/use", {}, 0, {{"month", month}});
}

}  // namespace

int TerminalFlags(const TerminalFlagsOptions& options) {
  return Finish(WithClerk(options.config, [&](Clerk& clerk) -> Result<void> {
    MUSUBI_TRY(
        const json::object done,
        clerk.Call(
            "POST",
            "/v1/flags",
            {{"person", options.person},
             {"hidden", options.hidden},
             {"self_blocked", options.self_blocked},
             {"manual", options.manual}}
        )
    );
    static_cast<void>(done);
    return Ok();
  }));
}

int TerminalUse(const TerminalUseOptions& options) {
  const auto use = Use(options);
  if (!use.ok()) {
    return Fail(use.error());
  }
  if (options.json) {
    PrintJson(*use);
  } else {
    PrintUse(*use);
  }
  return kExitDone;
}

// The call itself never names the Individual Number; three attributes are compared by voice, and
// the answer is given by calling back the number the other office has published.
int TerminalTelephoneForm(const TerminalTelephoneOptions& options) {
  const auto list = WithClerk(options.config, [](Clerk& clerk) { return clerk.List(); });
  if (!list.ok()) {
    return Fail(list.error());
  }
  for (const json::value& each : list->at("inquiries").as_array()) {
    const json::object& inquiry = each.as_object();
    if (TextAt(inquiry, "id") != options.id) {
      continue;
    }
    PrintLine("# 電話照会受付票");
    PrintLine("");
    PrintLine(fmt::format("- 照会番号: {}", options.id));
    PrintLine(fmt::format("- 照会の結果 (電子): {}", TextAt(inquiry, "outcome")));
    PrintLine(fmt::format("- 照会先 (電子): {}", TextAt(inquiry, "provider")));
    PrintLine(fmt::format("- 被保険者番号・枝番: {}", TextAt(inquiry, "person")));
    PrintLine(fmt::format("- 事務: {}", TextAt(inquiry, "procedure")));
    PrintLine(fmt::format("- 照会する情報: {}", TextAt(inquiry, "information")));
    PrintLine(fmt::format("- 根拠: {}", TextAt(inquiry, "citation")));
    PrintLine("- 相手の機関・部署・氏名:");
    PrintLine("- 相手が公表している代表番号 (折り返しに使う):");
    PrintLine("- 照合した3情報: □氏名 □生年月日 □住所   すべて一致: □はい □いいえ");
    PrintLine("- 候補が2人以上のとき追加で確かめたこと (取得・喪失の時期など):");
    PrintLine("- 回答の内容:");
    PrintLine("- 回答を受けた日時・受けた者・確認した者:");
    PrintLine("");
    PrintLine("個人番号は口頭で伝えない・尋ねない。3情報が一致しないときは回答を受けない。");
    PrintLine("文書で受けるときはパスワードをかけたファイルとし、パスワードは別に受ける。");
    return kExitDone;
  }
  return Fail({ErrorCode::kNotFound, "there is no such inquiry among the newest 1,000"});
}

}  // namespace musubi::apps
