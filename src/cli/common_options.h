#pragma once
/// Options that several commands share.
#include <memory>
#include <string>

#include "cli/option.h"
#include "spec/engine_config.h"

namespace caracal {
class TextModel;
}

namespace caracal::cli {

/// What every command takes.
struct GeneralOptions {
  bool verbose = false;
  std::string log_level = "warn";
};
OptionGroup bind(GeneralOptions& options);
/// Sets the logger up.
void apply(const GeneralOptions& options);

/// -m, or -hf.
struct ModelOption {
  std::string path;
  std::string hf_repo;  ///< "ORG/REPO[:QUANT]": instead of path
  std::string hf_file;  ///< of that repository; empty: chosen as `pull` does

  bool given() const { return !path.empty() || !hf_repo.empty(); }
  /// Where the model lies; brings it from the hub when a repository was named.
  /// Throws Error(bad_config) when no model was named, and what fetch_model throws.
  std::string required_path() const;
};
OptionGroup bind(ModelOption& option);

/// A model to run: -m, and how the engine is set up.
struct EngineOptions {
  ModelOption model;
  EngineConfig engine;
};
void bind(EngineOptions& options, std::vector<OptionGroup>& groups);

/// Opens the model, with a progress line on a terminal when it takes a while.
std::unique_ptr<TextModel> open_text_model(const EngineOptions& options);

}  // namespace caracal::cli
