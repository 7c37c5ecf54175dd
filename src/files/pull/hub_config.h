#pragma once
#include <filesystem>
#include <string>

#include "files/pull/http.h"

namespace caracal {

/// HF_ENDPOINT without a slash at its end, else the public hub.
std::string hub_endpoint();

/// How this machine uses the Hugging Face hub, by the variables of huggingface_hub.
struct HubConfig {
  std::string endpoint;  ///< hub_endpoint()
  std::string token;     ///< HF_TOKEN, else the file that `hf auth login` writes
  std::filesystem::path
      cache_dir;         ///< HF_HUB_CACHE, else HF_HOME/hub, else ~/.cache/huggingface/hub
  bool offline = false;  ///< HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE

  /// Also reads HUGGINGFACE_HUB_CACHE, HF_TOKEN_PATH, HF_HUB_DISABLE_IMPLICIT_TOKEN and
  /// XDG_CACHE_HOME. Throws Error(bad_config) when no variable tells a home folder.
  static HubConfig of_this_machine();

  /// The Authorization line, or none.
  RequestHeaders headers() const;
};

}  // namespace caracal
