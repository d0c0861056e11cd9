// From HTTP messages to inquiries, corrections, records and back (docs/formats/inquiries.md,
// docs/formats/provision-record.md).
#pragma once

#include "http/server.h"
#include "national/network/inquiry/correction_outbox.h"
#include "national/network/inquiry/inquiry_exchange.h"
#include "national/network/inquiry/institution_codes.h"
#include "national/network/inquiry/record_showing.h"

namespace musubi::national::network {

struct InquiryDoors {  // what they point to outlives the router
  InquiryExchange* exchange = nullptr;
  CorrectionOutbox* corrections = nullptr;
  RecordShowing* showing = nullptr;
  InstitutionCodes* codes = nullptr;
  std::function<void()> on_correction;  // wakes whoever delivers them
};

void AddInquiryRoutes(http::Router& router, const InquiryDoors& doors);

}  // namespace musubi::national::network
