#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "files/pull/hub_repo.h"

namespace caracal {

/// One repository in the cache that huggingface_hub shares between programs:
///   models--ORG--NAME/blobs/ETAG              contents
///   models--ORG--NAME/refs/REVISION           the commit that a branch or tag was at
///   models--ORG--NAME/snapshots/COMMIT/PATH   relative links to blobs
///   CACHEDIR.TAG                              see bford.info/cachedir
///   .locks/models--ORG--NAME/ETAG.lock        held while a blob is being fetched
class HubCache {
 public:
  HubCache(const std::filesystem::path& cache_dir, std::string_view repo);

  /// The commit that revision was last seen at; revision itself when it is a commit whose snapshot
  /// is here; empty otherwise.
  std::string commit_of(std::string_view revision) const;
  /// What lies in the snapshot of a commit: paths and sizes, sorted.
  std::vector<HubFile> files_of(std::string_view commit) const;
  bool has(std::string_view commit, std::string_view path) const;

  std::filesystem::path snapshot(std::string_view commit) const;
  std::filesystem::path blob(std::string_view etag) const;
  std::filesystem::path lock_file(std::string_view etag) const;

  /// Links snapshots/COMMIT/PATH to its blob; where the file system knows no links the blob moves
  /// there, as huggingface_hub does.
  void link(std::string_view commit, const HubFile& file) const;
  void remember(std::string_view revision, std::string_view commit) const;
  /// Puts CACHEDIR.TAG into the cache, by which backups know what to skip.
  void tag() const;

 private:
  std::filesystem::path root_;
  std::filesystem::path locks_;
};

}  // namespace caracal
