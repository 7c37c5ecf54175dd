#pragma once
#include <string>
#include <vector>

#include "files/pull/hub_repo.h"
#include "files/pull/model_source.h"

namespace caracal {

/// What of a repository makes up the model that was asked for.
struct HubSelection {
  std::vector<HubFile> files;  ///< the model's, then licence and card
  std::string entry;           ///< the file to open; empty: the folder
  std::string licence;         ///< its text, else the card; empty: neither is there
};

/// Picks by the rules of docs/pull.md: the named file; else among the GGUF files those of the
/// quantisation asked for (Q4_K_M when none was, else the first), all parts of a split one; else
/// the safetensors checkpoint with its configuration and tokenizer. Licence and model card come
/// along. Throws Error(not_found) that names what there is.
HubSelection select_hub_files(const HubListing& listing, const HubSource& source);

}  // namespace caracal
