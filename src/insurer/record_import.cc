#include "insurer/record_import.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <unordered_map>

#include <fmt/format.h>

#include "crypto/digest.h"
#include "text/charset.h"
#include "text/csv.h"

namespace musubi::insurer {

namespace {

using rules::RecordItem;
using rules::RecordKind;
using rules::RecordLayout;

constexpr std::size_t kRecordSizeMax = std::size_t{64} << 10U;

struct Fixed {
  std::size_t reference;
  std::size_t kind;
  std::size_t key;
  std::size_t valid_from;
  std::optional<std::size_t> valid_to;
  std::optional<std::size_t> layout_version;
};

// A row in the making; `field` says where it went wrong.
struct Row {
  std::string reference;
  RecordKey key;
  RecordValue value;
};

struct Fault {
  std::string field;
  std::string problem;
};

struct DigestHash {
  std::size_t operator()(const RecordDigest& digest) const {
    std::size_t value = 0;
    std::copy_n(digest.begin(), sizeof value, reinterpret_cast<std::uint8_t*>(&value));
    return value;
  }
};

class Import {
 public:
  Import(store::Connection& connection, const RecordFile& file)
      : connection_(connection), file_(file), csv_(file.source, file.name, kRecordSizeMax) {}

  Result<RecordImportReport> Run() {
    MUSUBI_CHECK_OK(LoadReferences());
    MUSUBI_CHECK_OK(ReadHeading());
    MUSUBI_CHECK_OK(connection_.Execute("DELETE FROM record_stage"));
    const std::array<store::Column, 7> columns = {
        {{"reference", store::ColumnType::kText},
         {"kind", store::ColumnType::kText},
         {"key", store::ColumnType::kText},
         {"valid_from", store::ColumnType::kInt},
         {"valid_to", store::ColumnType::kInt},
         {"layout", store::ColumnType::kInt},
         {"items", store::ColumnType::kText}}
    };
    MUSUBI_TRY(auto insert, connection_.MakeBulkInsert("record_stage", columns));
    for (;;) {
      MUSUBI_TRY(const bool is_there, csv_.Next());
      if (!is_there) {
        break;
      }
      ++report_.rows;
      Row row;
      if (auto fault = ReadRow(row)) {
        report_.problems.push_back({csv_.line(), std::move(fault->field), std::move(fault->problem)}
        );
        continue;
      }
      ++report_.taken;
      ++report_.by_kind[row.key.kind];
      insert->Text(row.reference);
      insert->Text(row.key.kind);
      insert->Text(row.key.key);
      insert->Int(row.key.valid_from);
      insert->Int(row.value.valid_to);
      insert->Int(row.value.layout_version);
      insert->Text(row.value.items);
      MUSUBI_CHECK_OK(insert->EndRow());
    }
    MUSUBI_CHECK_OK(insert->Finish());
    MUSUBI_CHECK_OK(Apply());
    return std::move(report_);
  }

 private:
  Result<void> LoadReferences() {
    return connection_.Query("SELECT reference FROM person", {}, [this](const store::Row& row) {
      references_.emplace(row.Text(0));
      return Ok();
    });
  }

  Result<void> ReadHeading() {
    MUSUBI_TRY(const bool is_there, csv_.Next());
    if (!is_there) {
      return Error{ErrorCode::kInvalid, "the file is empty", std::string(file_.name)};
    }
    const text::Recognition rest = text::Recognise(csv_.Ahead(), text::PieceEnd::kMayBeCut);
    const bool is_cp932 = rest == text::Recognition::kCp932 || !HeadingIsUtf8();
    MUSUBI_TRY(
        decoder_, text::Decoder::Make(is_cp932 ? text::Encoding::kCp932 : text::Encoding::kUtf8)
    );
    std::vector<std::string> names;
    for (const std::string_view field : csv_.fields()) {
      std::string name;
      if (!decoder_->Decode(field, name)) {
        return csv_.Refuse("a column name is not text");
      }
      if (std::ranges::find(names, name) != names.end()) {
        return csv_.Refuse("two columns of one name", name);
      }
      names.push_back(std::move(name));
    }
    columns_ = std::move(names);
    MUSUBI_TRY(fixed_.reference, Needed("reference"));
    MUSUBI_TRY(fixed_.kind, Needed("kind"));
    MUSUBI_TRY(fixed_.key, Needed("key"));
    MUSUBI_TRY(fixed_.valid_from, Needed("valid_from"));
    fixed_.valid_to = Column("valid_to");
    fixed_.layout_version = Column("layout_version");
    return RefuseUnknownColumns();
  }

  [[nodiscard]] bool HeadingIsUtf8() const {
    return std::ranges::all_of(csv_.fields(), [](std::string_view field) {
      const text::Recognition found = text::Recognise(AsBytes(field), text::PieceEnd::kWhole);
      return found == text::Recognition::kAscii || found == text::Recognition::kUtf8;
    });
  }

  // A misspelt item would silently be missing in every row.
  Result<void> RefuseUnknownColumns() const {
    constexpr std::array<std::string_view, 6> kFixed = {
        "reference", "kind", "key", "valid_from", "valid_to", "layout_version"
    };
    for (const std::string& name : columns_) {
      const bool is_item = std::ranges::any_of(file_.layouts.kinds(), [&](const RecordKind& kind) {
        return std::ranges::any_of(kind.layouts, [&](const RecordLayout& layout) {
          return layout.Find(name).has_value();
        });
      });
      if (!is_item && std::ranges::find(kFixed, name) == kFixed.end()) {
        return csv_.Refuse("no layout has an item of this name", name);
      }
    }
    return Ok();
  }

  [[nodiscard]] std::optional<std::size_t> Column(std::string_view name) const {
    const auto found = std::ranges::find(columns_, name);
    if (found == columns_.end()) {
      return std::nullopt;
    }
    return static_cast<std::size_t>(found - columns_.begin());
  }

  [[nodiscard]] Result<std::size_t> Needed(std::string_view name) const {
    const auto column = Column(name);
    if (!column.has_value()) {
      return csv_.Refuse("the column is missing", name);
    }
    return *column;
  }

  // The cell as UTF-8; nothing: not text.
  std::optional<std::string> Cell(std::size_t column) const {
    std::string text;
    if (!decoder_->Decode(csv_.fields()[column], text)) {
      return std::nullopt;
    }
    return text;
  }

  std::optional<Fault> ReadRow(Row& row) {
    if (csv_.fields().size() != columns_.size()) {
      return Fault{"", fmt::format("{} fields are expected", columns_.size())};
    }
    row.reference = csv_.fields()[fixed_.reference];
    if (!references_.contains(row.reference)) {
      return Fault{"reference", "nobody of the register has this reference"};
    }
    row.key.kind = csv_.fields()[fixed_.kind];
    const RecordKind* kind = file_.layouts.Find(row.key.kind);
    if (kind == nullptr || row.key.kind == kEligibilityKind) {
      return Fault{
          "kind", kind == nullptr ? "no such kind of record" : "eligibility comes from the roster"
      };
    }
    row.key.key = csv_.fields()[fixed_.key];
    if (!exchange::IsCopyKey(row.key.key)) {
      return Fault{"key", "1 to 64 letters, digits, - _ . and no Individual Number"};
    }
    if (auto fault = ReadDays(row)) {
      return fault;
    }
    const RecordLayout* layout = nullptr;
    if (auto fault = FindLayout(*kind, layout)) {
      return fault;
    }
    row.value.layout_version = layout->version;
    if (auto fault = ReadItems(*layout, row)) {
      return fault;
    }
    return IsNew(row) ? std::nullopt
                      : std::optional(Fault{
                            "key", "the same record (reference, kind, key, valid_from) stands above"
                        });
  }

  std::optional<Fault> ReadDays(Row& row) const {
    Date from;
    if (!Date::TryParse(csv_.fields()[fixed_.valid_from], from)) {
      return Fault{"valid_from", "a day YYYY-MM-DD is expected"};
    }
    row.key.valid_from = from.packed();
    const std::string_view text =
        fixed_.valid_to ? csv_.fields()[*fixed_.valid_to] : std::string_view();
    Date to;
    if (!text.empty() && (!Date::TryParse(text, to) || to < from)) {
      return Fault{"valid_to", "a day YYYY-MM-DD not before valid_from is expected, or nothing"};
    }
    row.value.valid_to = to.packed();
    return std::nullopt;
  }

  std::optional<Fault> FindLayout(const RecordKind& kind, const RecordLayout*& layout) const {
    const std::string_view text =
        fixed_.layout_version ? csv_.fields()[*fixed_.layout_version] : std::string_view();
    if (text.empty()) {
      layout = kind.NewestOn(file_.today);
      return layout != nullptr
                 ? std::nullopt
                 : std::optional(Fault{"layout_version", "no layout of this kind is accepted today"}
                   );
    }
    int version = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
    const bool is_number = error == std::errc() && end == text.data() + text.size();
    layout = is_number ? kind.Layout(version) : nullptr;
    return layout != nullptr && layout->IsAcceptedOn(file_.today)
               ? std::nullopt
               : std::optional(
                     Fault{"layout_version", "this version of the layout is not accepted today"}
                 );
  }

  std::optional<Fault> ReadItems(const RecordLayout& layout, Row& row) const {
    std::vector<std::string> values;
    for (const RecordItem& item : layout.items) {
      auto column = Column(item.name);
      column = column.has_value() ? column : Column(item.japanese);
      std::optional<std::string> cell = column.has_value() ? Cell(*column) : std::string();
      if (!cell.has_value()) {
        return Fault{item.name, "the characters are neither those of the file's other fields"};
      }
      if (cell->empty()) {
        *cell = rules::WriteItem(rules::Missing::kNotApplicable);
      }
      if (!rules::IsGoodItem(item, *cell)) {
        return Fault{item.name, Expectation(item)};
      }
      if (cell->find_first_of("\r\n") != std::string::npos ||
          exchange::HoldsIndividualNumber(*cell)) {
        return Fault{item.name, "a line break or what looks like an Individual Number"};
      }
      values.push_back(std::move(*cell));
    }
    const std::vector<std::string_view> views(values.begin(), values.end());
    exchange::AppendItems(views, row.value.items);
    return std::nullopt;
  }

  static std::string Expectation(const RecordItem& item) {
    const std::string reason = item.required ? " or !not-yet-known, !unreadable, !withheld"
                                             : " or a reason such as !not-applicable";
    return fmt::format(
        "{} is expected{}{}",
        rules::ItemTypeName(item.type),
        item.length > 0 ? fmt::format(" of at most {} characters", item.length) : "",
        reason
    );
  }

  bool IsNew(const Row& row) {
    crypto::Sha256 hash;
    hash.Update(AsBytes(
        fmt::format("{},{},{},{}", row.reference, row.key.kind, row.key.key, row.key.valid_from)
    ));
    const crypto::Digest whole = hash.Finish();
    RecordDigest digest = {};
    std::copy_n(whole.begin(), digest.size(), digest.begin());
    return seen_.insert(digest).second;
  }

  Result<void> Apply() {
    // A row with a slip is not a row that is gone: nothing is removed until all can be read.
    if (file_.whole && report_.problems.empty()) {
      MUSUBI_TRY(
          const std::int64_t removed,
          connection_.Execute(
              "DELETE FROM record WHERE kind IN (SELECT DISTINCT kind FROM record_stage) AND NOT "
              "EXISTS (SELECT 1 FROM record_stage s WHERE s.reference = record.reference AND "
              "s.kind = record.kind AND s.key = record.key AND s.valid_from = record.valid_from)"
          )
      );
      report_.removed = static_cast<std::uint64_t>(removed);
    }
    MUSUBI_CHECK_OK(connection_.Execute(
        "INSERT INTO record (reference, kind, key, valid_from, valid_to, layout, items) SELECT "
        "reference, kind, key, valid_from, valid_to, layout, items FROM record_stage WHERE 1 = 1 "
        "ON CONFLICT (reference, kind, key, valid_from) DO UPDATE SET valid_to = "
        "excluded.valid_to, layout = excluded.layout, items = excluded.items"
    ));
    MUSUBI_CHECK_OK(connection_.Execute("DELETE FROM record_stage"));
    return Ok();
  }

  store::Connection& connection_;
  const RecordFile& file_;
  text::CsvReader csv_;
  std::optional<text::Decoder> decoder_;
  std::unordered_set<std::string> references_;
  std::vector<std::string> columns_;
  Fixed fixed_{};
  std::unordered_set<RecordDigest, DigestHash> seen_;
  RecordImportReport report_;
};

}  // namespace

Result<RecordImportReport> ImportRecordFile(store::Connection& connection, const RecordFile& file) {
  Import import(connection, file);
  return import.Run();
}

}  // namespace musubi::insurer
