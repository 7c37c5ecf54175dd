#include "model/hf/hf_checkpoint.h"

#include <algorithm>

#include "model/registry.h"

namespace caracal {
namespace {

/// Only families that permute rows need it; the others may leave the number of heads out.
int64_t head_dim_for(const Family& family, const HfConfig& text) {
  const bool permutes = std::ranges::find(family.block, HfForm::rows_to_neighbours,
                                          &Part::hf_form) != family.block.end();
  return permutes ? head_dim_of(text) : 0;
}

}  // namespace

HfCheckpoint::HfCheckpoint(HfDirectory directory, const HfFamily& family, Safetensors weights)
    : directory_(std::move(directory)), family_(&family), weights_(std::move(weights)) {
  const HfConfig text = text_config_of(directory_.config);
  GgufHeader keys;
  std::vector<MadeTensor> made = write_hf_keys(family, directory_.config, keys);
  auto tied = directory_.config.find_flag("tie_word_embeddings");
  if (!tied) tied = text.find_flag("tie_word_embeddings");
  const Family& parts = find_family(family.arch);
  const HfTensorRules rules = {.n_layers = text.count("num_hidden_layers"),
                               .head_dim = head_dim_for(parts, text),
                               .tied_head = tied};
  tensors_ = map_hf_tensors(parts, rules, weights_, std::move(made));
}

HfCheckpoint HfCheckpoint::open(const std::filesystem::path& path, MappedFile::Access access) {
  HfDirectory directory = HfDirectory::read(path);
  const HfFamily& family = find_hf_family(directory.config);
  Safetensors weights = directory.open_weights(access);
  return HfCheckpoint(std::move(directory), family, std::move(weights));
}

std::span<const std::byte> HfCheckpoint::bytes(const HfTensor& tensor,
                                               AlignedBuffer& memory) const {
  if (tensor.in_place()) return tensor.source->data;
  memory = AlignedBuffer(tensor.n_bytes());
  tensor.write(memory.data());
  return memory.bytes();
}

GgufHeader HfCheckpoint::metadata() const {
  GgufHeader header;
  write_hf_metadata(directory_, *family_, header);
  return header;
}

Gguf HfCheckpoint::to_gguf(Made made) && {
  GgufHeader header = metadata();
  write_hf_tokenizer(directory_, header);
  GgufBacking backing;
  for (const HfTensor& tensor : tensors_) {
    header.add_tensor(tensor.name, tensor.type, tensor.shape);
    if (tensor.in_place()) {
      backing.places.push_back({tensor.source->data, tensor.source->shard});
      continue;
    }
    AlignedBuffer& memory = backing.memory.emplace_back(tensor.n_bytes());
    if (made == Made::all || !tensor.source) tensor.write(memory.data());
    backing.places.push_back({memory.bytes(), GgufTensor::kInMemory});
  }
  backing.maps = std::move(weights_).take_maps();
  return Gguf::assemble(directory_.path.string(), header, std::move(backing));
}

}  // namespace caracal
