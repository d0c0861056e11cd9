// Whatever is changed, lost, late, refused or delivered in another order: after one package that is
// answered, the hub has what the association has, and packages that come after it change nothing.
#include <algorithm>
#include <map>
#include <sstream>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "insurer/records_for_test.h"

namespace musubi::insurer {
namespace {

// By "number kind key from": the rest of the row.
using Held = std::map<std::string, std::string>;

struct Package {
  std::uint64_t sequence = 0;
  Lines rows;
};

struct Row3 {
  std::string record;
  bool is_delete = false;
  std::string rest;
};

Row3 RowOf(const std::string& line) {
  std::istringstream words(line);
  std::string number;
  std::string branch;
  std::string kind;
  std::string key;
  std::string version;
  std::string from;
  words >> number >> branch >> kind >> key >> version >> from;
  Row3 row;
  row.record = number + " " + kind + " " + key + " " + from;
  std::getline(words, row.rest);
  row.is_delete = row.rest.ends_with("delete");
  return row;
}

// A hub: the newest revision of each record.
class HubModel {
 public:
  void Deliver(const Package& package, const std::vector<exchange::CopyOutcome>& outcomes) {
    for (std::size_t i = 0; i < package.rows.size(); ++i) {
      const Row3 row = RowOf(package.rows[i]);
      auto& [revision, held] = records_[row.record];
      if (outcomes[i] == exchange::CopyOutcome::kApplied && package.sequence > revision) {
        revision = package.sequence;
        held = row.is_delete ? "" : row.rest;
      }
    }
  }

  [[nodiscard]] Held Funerals() const {
    Held held;
    for (const auto& [record, state] : records_) {
      if (!state.second.empty() && record.find("funeral") != std::string::npos) {
        held[record] = state.second;
      }
    }
    return held;
  }

 private:
  std::map<std::string, std::pair<std::uint64_t, std::string>> records_;
};

class RecordCopiesProp : public RecordsTest {
 protected:
  void Reset() {
    const auto connection = Must(database_->Connect());
    for (const char* table : {"record", "copy_package", "copy_sent", "copy_confirmed"}) {
      Must(connection->Execute("DELETE FROM " + std::string(table)));
    }
    source_.clear();
    packages_.clear();
    hub_model_ = HubModel();
  }

  void Set(unsigned person, unsigned key, unsigned amount) {
    const std::string name = std::to_string(person) + " K" + std::to_string(key);
    if (amount == 0) {
      source_.erase(name);
    } else {
      source_[name] = amount;
    }
    std::string rows = Line("1 Z", 1);  // the file always has the kind
    for (const auto& [record, value] : source_) {
      rows += Line(record, value);
    }
    Take(rows, true);
  }

  static std::string Line(const std::string& record, unsigned amount) {
    return "P000000000" + record.substr(0, 1) + ",funeral-allowance," + record.substr(2) +
           ",2026-06-01,,2026-05-30," + std::to_string(amount) + ",2026-06-10,\r\n";
  }

  void MakeOne() {
    Package package;
    package.rows = Make();
    package.sequence = report_.sequence;
    packages_.push_back(package);
  }

  // Takes the package from those under way; `refuses`: every so many-th row is refused.
  void DeliverOne(std::size_t which, unsigned refuses, bool is_answered) {
    if (packages_.empty()) {
      return;
    }
    const auto at = packages_.begin() + static_cast<std::ptrdiff_t>(which % packages_.size());
    const Package package = *at;
    packages_.erase(at);
    std::vector<exchange::CopyOutcome> outcomes(
        package.rows.size(), exchange::CopyOutcome::kApplied
    );
    for (std::size_t i = 0; refuses > 0 && i < outcomes.size(); i += refuses) {
      outcomes[i] = exchange::CopyOutcome::kBadItem;
    }
    hub_model_.Deliver(package, outcomes);
    if (is_answered) {
      Answer(package.sequence, outcomes);
    }
  }

  [[nodiscard]] Held Wanted() const {
    Held wanted;
    const auto add = [&wanted](const std::string& record, unsigned amount) {
      wanted
          ["0000000" + record.substr(0, 1) + " funeral-allowance " + record.substr(2) +
           " 2026-06-01"] = "  put 2026-05-30 " + std::to_string(amount) + " 2026-06-10";
    };
    add("1 Z", 1);
    for (const auto& [record, amount] : source_) {
      add(record, amount);
    }
    return wanted;
  }

  std::map<std::string, unsigned> source_;
  std::vector<Package> packages_;  // under way
  HubModel hub_model_;
};

MUSUBI_TEST_BOTH_ENGINES(RecordCopiesProp);

TEST_P(RecordCopiesProp, AnAnsweredPackageBringsTheHubToWhatTheAssociationHas) {
  rc::check([this] {
    Reset();
    Set(1, 1, 5);
    const auto steps = *rc::gen::resize(
        12,
        rc::gen::container<std::vector<std::tuple<unsigned, unsigned, unsigned, unsigned>>>(
            rc::gen::tuple(
                rc::gen::inRange(0U, 4U),
                rc::gen::inRange(0U, 12U),
                rc::gen::inRange(0U, 4U),
                rc::gen::inRange(0U, 2U)
            )
        )
    );
    for (const auto& [what, which, amount, flag] : steps) {
      if (what < 2) {
        Set(1 + which % 2, which % 3, amount);
      } else if (what == 2) {
        MakeOne();
      } else {
        DeliverOne(which, amount, flag == 1);
      }
    }
    MakeOne();
    DeliverOne(packages_.size() - 1, 0, true);
    RC_ASSERT(hub_model_.Funerals() == Wanted());
    RC_ASSERT(Make().empty());
    while (!packages_.empty()) {  // what was under way comes late
      DeliverOne(0, 0, false);
    }
    RC_ASSERT(hub_model_.Funerals() == Wanted());
  });
}

}  // namespace
}  // namespace musubi::insurer
