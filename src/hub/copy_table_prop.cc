// Whatever packages come, in whatever order, the answer as of any day is that of a simple model.
#include <algorithm>
#include <map>
#include <tuple>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "hub/copies_for_test.h"

namespace musubi::hub {
namespace {

struct ModelRow {
  std::uint32_t number;
  unsigned key;
  unsigned from_day;
  unsigned to_day;  // 0: open
  unsigned amount;  // 0: delete
};

using ModelPackage = std::vector<ModelRow>;

std::string DayText(unsigned day) {
  return std::string("2026-04-") + (day < 10 ? "0" : "") + std::to_string(day);
}

rc::Gen<ModelRow> AnyRow() {
  return rc::gen::map(
      rc::gen::tuple(
          rc::gen::inRange<std::uint32_t>(1, 5),
          rc::gen::inRange<unsigned>(1, 3),
          rc::gen::inRange<unsigned>(1, 6),
          rc::gen::inRange<unsigned>(0, 9),
          rc::gen::inRange<unsigned>(0, 4)
      ),
      [](const auto& parts) {
        auto [number, key, from, to, amount] = parts;
        return ModelRow{number, key, from, to == 0 ? 0 : std::max(to, from), amount};
      }
  );
}

std::vector<CopyLine> LinesOf(ModelPackage package) {
  std::ranges::sort(package, {}, &ModelRow::number);
  std::vector<CopyLine> lines;
  for (const ModelRow& row : package) {
    const std::string key = "K" + std::to_string(row.key);
    lines.push_back(
        row.amount == 0 ? DeleteFuneral(row.number, key, DayText(row.from_day))
                        : Funeral(
                              row.number,
                              key,
                              std::to_string(row.amount),
                              DayText(row.from_day),
                              row.to_day == 0 ? "" : DayText(row.to_day)
                          )
    );
  }
  return lines;
}

using ModelKey = std::tuple<std::uint32_t, unsigned, unsigned>;

// By record, the row of the newest package that has it exactly once.
std::map<ModelKey, std::pair<std::uint64_t, ModelRow>> ModelOf(
    const std::vector<ModelPackage>& packages
) {
  std::map<ModelKey, std::pair<std::uint64_t, ModelRow>> model;
  for (std::size_t i = 0; i < packages.size(); ++i) {
    std::map<ModelKey, std::vector<ModelRow>> rows;
    for (const ModelRow& row : packages[i]) {
      rows[{row.number, row.key, row.from_day}].push_back(row);
    }
    for (const auto& [key, found] : rows) {
      if (found.size() == 1) {
        model[key] = {i + 1, found[0]};
      }
    }
  }
  return model;
}

class CopyTableProp : public CopyStoreTest {
 protected:
  void Reset() {
    for (const char* table : {"record_copy", "copy_package", "copy_freshness", "copy_change"}) {
      test::Must(connection_->Execute("DELETE FROM " + std::string(table)));
    }
  }
};

MUSUBI_TEST_BOTH_ENGINES(CopyTableProp);

TEST_P(CopyTableProp, AnswersAreThoseOfTheModelInAnyOrderOfPackagesAndDays) {
  rc::check([this] {
    Reset();
    const auto packages = *rc::gen::resize(
        8, rc::gen::container<std::vector<ModelPackage>>(rc::gen::container<ModelPackage>(AnyRow()))
    );
    std::vector<std::size_t> order(packages.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      order[i] = i;
    }
    const auto swaps = *rc::gen::container<std::vector<std::size_t>>(
        order.size(), rc::gen::inRange<std::size_t>(0, 100)
    );
    for (std::size_t i = 0; i < order.size(); ++i) {
      std::swap(order[i], order[swaps[i] % order.size()]);
    }
    for (const std::size_t i : order) {
      Apply(LinesOf(packages[i]), i + 1);
    }
    const auto model = ModelOf(packages);
    const auto days = *rc::gen::container<std::vector<unsigned>>(rc::gen::inRange<unsigned>(1, 12));
    for (const unsigned day : days) {
      for (std::uint32_t person = 1; person < 5; ++person) {
        std::vector<std::string> expected;
        for (const auto& [key, found] : model) {
          const auto& [revision, row] = found;
          if (row.number == person && row.amount != 0 && row.from_day <= day &&
              (row.to_day == 0 || day <= row.to_day)) {
            expected.push_back(
                "K" + std::to_string(row.key) + "=" + std::to_string(row.amount) + "@" +
                std::to_string(revision)
            );
          }
        }
        RC_ASSERT(Held(person, DayText(day), DayText(day)) == expected);
      }
    }
  });
}

}  // namespace
}  // namespace musubi::hub
