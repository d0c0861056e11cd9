#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "rules/permission.h"

namespace musubi::rules {

namespace {

rc::Gen<std::string> CodeOf(CodeKind kind) {
  std::vector<std::string> codes;
  for (const Code& code : Permissions::BuiltIn().Codes()) {
    if (code.kind == kind) {
      codes.push_back(code.code);
    }
  }
  return rc::gen::elementOf(codes);
}

Date DayBetween(int first_year, int last_year) {
  const int year = *rc::gen::inRange(first_year, last_year + 1);
  const int month = *rc::gen::inRange(1, 13);
  const int day = *rc::gen::inRange(1, 29);
  return Date::FromPacked(static_cast<std::uint32_t>(year * 10000 + month * 100 + day));
}

PermitQuestion AnyQuestion() {
  PermitQuestion question;
  question.inquirer = *CodeOf(CodeKind::kInstitution);
  question.provider = *CodeOf(CodeKind::kInstitution);
  question.procedure = *CodeOf(CodeKind::kProcedure);
  question.information = *CodeOf(CodeKind::kInformation);
  return question;
}

// Half of all questions are those of facts: most others are refused for the same few reasons.
PermitQuestion QuestionOfAFact() {
  const auto facts = Permissions::BuiltIn().Facts({}, {});
  const Fact& fact = *facts[*rc::gen::inRange<std::size_t>(0, facts.size())];
  return {fact.inquirer, fact.provider, fact.procedure, fact.information, {}};
}

RC_GTEST_PROP(PermissionProperty, NothingIsAllowedBeforeTheFirstTable, ()) {
  PermitQuestion question = *rc::gen::arbitrary<bool>() ? AnyQuestion() : QuestionOfAFact();
  question.as_of = DayBetween(1950, 2016);
  const auto answer = Permissions::BuiltIn().Permit(question);
  RC_ASSERT(!answer.allowed);
  question.as_of = Date::FromPacked(20170331);
  RC_ASSERT(!Permissions::BuiltIn().Permit(question).allowed);
}

RC_GTEST_PROP(PermissionProperty, AnswerHasACitationOrNoRowAtAll, ()) {
  PermitQuestion question = *rc::gen::arbitrary<bool>() ? AnyQuestion() : QuestionOfAFact();
  question.as_of = DayBetween(2017, 2030);
  const auto answer = Permissions::BuiltIn().Permit(question);
  RC_ASSERT(answer.allowed == answer.reason().empty());
  RC_ASSERT(answer.citation.empty() == (answer.refusal == Refusal::kNoSuchRow));
  RC_ASSERT(answer.citation.empty() == answer.basis.row.empty());
}

RC_GTEST_PROP(PermissionProperty, AssociationNeverAsksUnderOtherRowsThanItsFour, ()) {
  PermitQuestion question = *rc::gen::arbitrary<bool>() ? AnyQuestion() : QuestionOfAFact();
  question.inquirer = "association";
  question.as_of = DayBetween(2017, 2030);
  const auto answer = Permissions::BuiltIn().Permit(question);
  if (answer.allowed) {
    const bool is_new = question.as_of >= Date::FromPacked(20240527);
    RC_ASSERT(
        answer.basis.row == (is_new ? "69" : "42") || answer.basis.row == (is_new ? "70" : "43")
    );
  }
}

}  // namespace

}  // namespace musubi::rules
