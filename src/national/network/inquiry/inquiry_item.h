// One question on its way through the steps of InquiryExchange. Internal to it.
#pragma once

#include <optional>

#include "exchange/inquiry.h"
#include "national/network/inquiry/inquiry_table.h"

namespace musubi::national::network {

struct InquiryItem {
  const exchange::InquiryQuestion* question = nullptr;  // null: settled without being asked about
  KeptInquiry kept = {};
  exchange::InquiryOrder order = {};  // void where nobody is asked
  bool is_waiting = false;            // for the provider's word
  InquiryItem* twin = nullptr;        // the same inquiry, earlier in the block
  std::optional<exchange::InquiryReply> reply = {};
  exchange::InquiryResult result = {};

  [[nodiscard]] const exchange::InquirySubject& subject() const {
    return question == nullptr ? order.subject : question->subject;
  }

  [[nodiscard]] const Code16& salt() const {
    return question == nullptr ? order.salt : question->salt;
  }

  // The provider's word ends it now.
  [[nodiscard]] bool is_ending() const {
    return is_waiting && kept.is_open() && reply && exchange::IsFinal(reply->outcome);
  }
};

}  // namespace musubi::national::network
