#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ledger/log.h"
#include "ledger/tree_for_test.h"

namespace musubi::ledger {
namespace {

RC_GTEST_PROP(LogGroups, DoNotMatterForTheLog, ()) {
  // At most 15 groups of 15 entries: every single append of the other log signs a checkpoint.
  const auto groups = *rc::gen::scale(
      0.15,
      rc::gen::container<std::vector<std::vector<std::string>>>(rc::gen::nonEmpty(
          rc::gen::container<std::vector<std::string>>(rc::gen::string<std::string>())
      ))
  );
  const auto restart_at = *rc::gen::inRange<std::size_t>(0, groups.size() + 1);
  const FolderForTest folder;
  const SigningKey key = KeyForTest();
  auto grouped = Log::Open(folder.path() / "grouped", {key, Sync::kNo}).value();
  auto single = Log::Open(folder.path() / "single", {key, Sync::kNo}).value();
  NaiveTree tree;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i == restart_at) {
      grouped.reset();
      grouped = Log::Open(folder.path() / "grouped", {key, Sync::kNo}).value();
    }
    std::vector<BytesView> views;
    for (const std::string& entry : groups[i]) {
      views.push_back(AsBytes(entry));
      RC_ASSERT(single->Append(std::span(&views.back(), 1)).ok());
      tree.Add(AsBytes(entry));
    }
    RC_ASSERT(grouped->Append(views).ok());
  }
  RC_ASSERT(grouped->Checkpoint() == single->Checkpoint());
  RC_ASSERT(grouped->root() == tree.Root(tree.size()));
  for (std::uint64_t i = 0; i < tree.size(); i += 1 + tree.size() / 8) {
    RC_ASSERT(grouped->ReadEntry(i).value() == single->ReadEntry(i).value());
    RC_ASSERT(grouped->InclusionProof(i, tree.size()).value() == tree.Path(i, 0, tree.size()));
  }
}

RC_GTEST_PROP(LogProofs, AreThoseOfTheDefinitionForAnyTwoSizes, ()) {
  const auto size = *rc::gen::inRange<std::uint64_t>(1, 1500);
  const auto first = *rc::gen::inRange<std::uint64_t>(1, size + 1);
  const auto index = *rc::gen::inRange<std::uint64_t>(0, size);
  const FolderForTest folder;
  auto log = Log::Open(folder.path(), {KeyForTest(), Sync::kNo}).value();
  NaiveTree tree;
  for (std::uint64_t i = 0; i < size; ++i) {
    tree.Add(AsBytes(EntryForTest(i)));
  }
  RC_ASSERT(AppendForTest(*log, 0, size).ok());
  RC_ASSERT(log->InclusionProof(index, size).value() == tree.Path(index, 0, size));
  const std::vector<std::uint64_t> some = {index, 0, index, size - 1, index / 2};
  const std::vector<Proof> together = log->InclusionProofs(some, size).value();
  for (std::size_t i = 0; i < some.size(); ++i) {
    RC_ASSERT(together[i] == tree.Path(some[i], 0, size));
  }
  RC_ASSERT(!log->InclusionProofs(std::vector<std::uint64_t>{0, size}, size).ok());
  RC_ASSERT(log->ConsistencyProof(first, size).value() == tree.Subproof(first, 0, size, true));
  RC_ASSERT(log->RootAt(first).value() == tree.Root(first));
}

}  // namespace
}  // namespace musubi::ledger
