// The edge on the disk: edge/<size where it begins, 20 digits>, one or two files of it.
//
//   head      "musubi edge 1\n", u64 size, for each of the 8 levels: u8 width, the hashes of the
//             partial tile; u32 length of the partial bundle, the bundle; root (32)
//   record    u32 number of entries, u32 length, the entries as in a bundle; root after them (32)
//   record    ..
//
// Numbers are big endian. Every root is computed again when the file is read, so it is the
// checksum of its record and of all before. A record is one group: written whole, synced once; what
// a crash left of the last one is cut off when the log is opened.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/edge.h"

namespace musubi::ledger {

[[nodiscard]] Bytes EncodeHead(const Edge::Base& base, const Digest& root);
void EncodeRecord(const Edge::Group& group, Bytes& out);

struct EdgeFile {
  std::filesystem::path path;
  std::uint64_t base = 0;  // the size at which it begins
};

// Of a log's folder, in order. Empty: a new log.
[[nodiscard]] Result<std::vector<EdgeFile>> ListEdgeFiles(const std::filesystem::path& log_folder);
[[nodiscard]] std::filesystem::path EdgePath(
    const std::filesystem::path& log_folder, std::uint64_t base
);

struct Replay {
  Edge edge;
  // Of the last file: how much of it is whole. Less than its size: a group was cut by a crash.
  std::uint64_t good_bytes = 0;
  bool is_cut = false;
  // Not even the head of the last file is whole; the edge ends with the file before.
  bool is_last_file_void = false;
  std::uint64_t last_base = 0;
};

// Reads all edge files. kCorrupt: something is wrong that no crash explains. kNotFound: a file went
// away while reading (the log sealed it): try again.
[[nodiscard]] Result<Replay> ReplayEdge(const std::vector<EdgeFile>& files);

}  // namespace musubi::ledger
