#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "files/gguf_writer.h"
#include "model/hf/hf_config.h"
#include "model/hf/hf_rope.h"

namespace caracal {

/// How an architecture of Hugging Face's config.json becomes a family of ours.
struct HfFamily {
  std::string_view architecture;  ///< "LlamaForCausalLM"
  std::string_view arch;          ///< general.architecture: "llama"
  std::string_view activation;    ///< what hidden_act or hidden_activation must be
  /// Writes the keys that llama.cpp's converter writes; returns tensors made of numbers in config.
  std::vector<MadeTensor> (*write_keys)(const HfConfig& config, ArchWriter& keys);
};

/// By config.json's architectures. Throws Error(unsupported) that lists the known ones.
const HfFamily& find_hf_family(const HfConfig& config);

/// The object with the text model's hyper-parameters: text_config where there is one, else config.
HfConfig text_config_of(const HfConfig& config);
/// Columns of a head: head_dim, or hidden_size / num_attention_heads.
int32_t head_dim_of(const HfConfig& config);

/// Writes general.architecture and the family's keys. Throws Error(bad_file / unsupported) for what
/// the family's GGUF form cannot say: another activation, quantised weights, other layer patterns.
std::vector<MadeTensor> write_hf_keys(const HfFamily& family, const HfConfig& config,
                                      GgufHeader& header);

}  // namespace caracal
