// RQ, VQ and their answers RA, VA as packages: the way for an association whose line is not open,
// or who wants one file for all. Records are those of resident_query.h.
//
//   RQ, VQ  insurer-X -> jlis, signed by the insurer, sealed to jlis's certificate
//   RA, VA  jlis -> insurer-X, signed by jlis, sealed to the certificate that signed the question
//
// An answer has as many rows as its question, in the same order, and its sequence. Support carries
// packages without opening them. At most kQueryPackageRowsMax rows and kQueryPackageSizeMax bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "base/io.h"
#include "base/result.h"
#include "crypto/certificate.h"
#include "crypto/sealed_package.h"
#include "exchange/content.h"

namespace musubi::exchange {

inline constexpr std::uint64_t kQueryPackageRowsMax = 500000;
inline constexpr std::size_t kQueryPackageSizeMax = std::size_t{192} << 20U;

enum class QueryKind : std::uint8_t { kResidents, kVerification };

[[nodiscard]] std::string_view QuestionKindName(QueryKind kind);  // "RQ", "VQ"
[[nodiscard]] std::string_view AnswerKindName(QueryKind kind);    // "RA", "VA"

// A package while it is written; without Commit there is no file. One thread.
class QueryPackageWriter {
 public:
  struct Parties {
    const crypto::Identity& signer;
    const crypto::Certificate& recipient;
  };

  [[nodiscard]] static Result<std::unique_ptr<QueryPackageWriter>> Create(
      const std::filesystem::path& path, const PackageHeader& header, const Parties& parties
  );
  // A record of resident_query.h without "D," and CRLF. kExhausted: too many.
  [[nodiscard]] Result<void> Write(std::string_view record);
  // On the disk and in its place. kExhausted: too large.
  [[nodiscard]] Result<void> Commit();

 private:
  explicit QueryPackageWriter(std::unique_ptr<FileSink> file);

  // Counts what goes into the file.
  class Counted : public ByteSink {
   public:
    explicit Counted(ByteSink& sink) : sink_(&sink) {}

    [[nodiscard]] Result<void> Write(BytesView bytes) override;

   private:
    ByteSink* sink_;
    std::size_t size_ = 0;
  };

  std::unique_ptr<FileSink> file_;
  Counted counted_;
  std::unique_ptr<crypto::SealingWriter> sealing_;
  std::optional<ContentWriter> content_;
};

}  // namespace musubi::exchange
