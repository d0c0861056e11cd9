#include "insurer/link_subjects.h"

#include <algorithm>

#include "crypto/digest.h"
#include "insurer/person_table.h"

namespace musubi::insurer {

namespace {

constexpr std::size_t kFingerprintSize = 32;

std::string FingerprintOf(const Known& known, const FieldViews& views, crypto::Sha256& digest) {
  constexpr std::string_view kEnd("\0", 1);
  for (const Field field :
       {Field::kName, Field::kKana, Field::kBirthDate, Field::kSex, Field::kAddress}) {
    digest.Update(AsBytes(views[static_cast<std::size_t>(field)]));
    digest.Update(AsBytes(kEnd));
  }
  if (known.has_number) {
    digest.Update(known.number_index);
  }
  return ToHex(digest.Finish()).substr(0, kFingerprintSize);
}

bool IsAsked(const Known& known, SubjectsOf which) {
  if (known.state == LinkState::kReleased) {
    return false;
  }
  switch (which) {
    case SubjectsOf::kWithNumber:
      return known.has_number;
    case SubjectsOf::kWithoutNumber:
      return !known.has_number && known.state == LinkState::kNotCollected;
    case SubjectsOf::kEverybody:
      return true;
  }
  return false;
}

}  // namespace

Result<std::vector<Subject>> LoadSubjects(store::Connection& connection, SubjectsOf which) {
  std::vector<Subject> subjects;
  crypto::Sha256 digest;
  MUSUBI_CHECK_OK(ReadPeople(
      connection,
      [&](Known known, const FieldViews& views, const store::Row& row) {
        if (IsAsked(known, which)) {
          Subject subject;
          subject.fingerprint = FingerprintOf(known, views, digest);
          subject.texts = FieldTexts(views);
          if (known.has_number) {
            const BytesView sealed = row.Blob(kColumnNumberSealed);
            subject.sealed.assign(sealed.begin(), sealed.end());
          }
          subject.known = std::move(known);
          subjects.push_back(std::move(subject));
        }
        return Ok();
      }
  ));
  return subjects;
}

const Subject* FindSubject(const std::vector<Subject>& subjects, std::string_view reference) {
  const auto found = std::ranges::lower_bound(
      subjects,
      reference,
      {},
      [](const Subject& subject) -> std::string_view { return subject.known.reference; }
  );
  return found != subjects.end() && found->known.reference == reference ? &*found : nullptr;
}

}  // namespace musubi::insurer
