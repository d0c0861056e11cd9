// 判定 (deciding): from the fits of all candidates to the one decision. Knows no files and no
// index.
#pragma once

#include "matching/comparison.h"

namespace musubi::matching {

// Takes each candidate once, in any order: the decision is the same.
class Deciding {
 public:
  void Clear() { *this = Deciding(); }

  // False: no lead.
  bool Add(const ResidentView& resident, const Fit& fit, Date asked);

  // Nothing that fits better can follow from a weaker key.
  [[nodiscard]] bool HasFull() const { return full_count_ != 0; }

  [[nodiscard]] bool HasLeadDifferingInOne() const {
    return lead_count_ != 0 && lead_differs_ <= 1;
  }

  [[nodiscard]] Decision Decide() const;

  // The candidate the decision is about (the nearest), for its evidence; 0: none.
  [[nodiscard]] std::uint64_t nearest() const { return full_count_ != 0 ? full_code_ : lead_code_; }

 private:
  std::uint32_t full_count_ = 0;
  std::uint64_t full_code_ = 0;  // the smallest, when there are more
  Fit full_fit_;
  text::ResidentStatus full_status_ = text::ResidentStatus::kPresent;
  std::uint32_t lead_count_ = 0;  // of those that differ least
  unsigned lead_differs_ = 0;
  bool is_lead_restricted_ = false;  // then nothing but that is told
  AttributeSet lead_set_ = 0;
  std::uint64_t lead_code_ = 0;
};

}  // namespace musubi::matching
