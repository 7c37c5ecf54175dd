#include "model/hf/hf_tensors.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "base/error.h"
#include "base/float16.h"
#include "files/byte_reader.h"
#include "model/model.h"

namespace caracal {
namespace {

/// The name a part would have for it: checkpoints of a whole (vision model, model with a head) put
/// something in front.
std::string plain_name(std::string_view name) {
  std::string plain(name);
  for (std::string_view middle : {"language_model."})
    if (const size_t at = plain.find(middle); at != std::string::npos)
      plain.erase(at, middle.size());
  if (plain.starts_with("bert.")) plain.erase(0, 5);
  return plain;
}

/// Tensors of a checkpoint that text models do not use: buffers of older versions, poolers and
/// pre-training heads of encoders, the other half of a vision model.
bool is_unused(std::string_view name) {
  constexpr std::string_view kFronts[] = {"pooler.",
                                          "cls.",
                                          "vision_tower.",
                                          "model.vision_tower.",
                                          "multi_modal_projector.",
                                          "model.multi_modal_projector."};
  constexpr std::string_view kEnds[] = {".rotary_emb.inv_freq", "embeddings.position_ids"};
  return std::ranges::any_of(kFronts, [&](auto front) { return name.starts_with(front); }) ||
         std::ranges::any_of(kEnds, [&](auto end) { return name.ends_with(end); });
}

float load_float(TensorType type, const std::byte* at) {
  if (type == TensorType::f32) {
    float value;
    std::memcpy(&value, at, 4);
    return value;
  }
  uint16_t bits;
  std::memcpy(&bits, at, 2);
  return type == TensorType::f16 ? f16_to_f32(bits) : bf16_to_f32(bits);
}

class Mapping {
 public:
  Mapping(const HfTensorRules& rules, const Safetensors& weights)
      : rules_(rules), weights_(weights) {
    for (const SafetensorsTensor& tensor : weights.tensors())
      if (!by_name_.emplace(plain_name(tensor.name), &tensor).second)
        fail(tensor.name, "expected one tensor of this name, found two");
  }

  std::vector<HfTensor> map(const Family& family, std::vector<MadeTensor> made) {
    for (const Part& part : family.prologue) add(part, 0);
    for (int32_t layer = 0; layer < rules_.n_layers; ++layer)
      for (const Part& part : family.block) add(part, layer);
    for (const Part& part : family.epilogue) add(part, 0);
    for (MadeTensor& tensor : made) {
      HfTensor& out = tensors_.emplace_back();
      out = {.name = std::string(tensor.name), .type = TensorType::f32};
      out.shape = {static_cast<int64_t>(tensor.values.size())};
      out.made = std::move(tensor.values);
    }
    refuse_left_over();
    return std::move(tensors_);
  }

 private:
  [[noreturn]] void fail(std::string_view tensor, std::string_view message,
                         ErrorCode code = ErrorCode::bad_file) const {
    throw_error(code, weights_.name(), "tensor {}: {}", in_quotes(tensor), message);
  }

  const SafetensorsTensor* find(const std::string& name) const {
    const auto it = by_name_.find(name);
    return it == by_name_.end() ? nullptr : it->second;
  }

  /// Weight and bias of a part; a fused tensor comes once, with the first of its parts.
  void add(const Part& part, int32_t layer) {
    if (part.gguf.empty() || part.hf.empty()) return;
    const std::string gguf = tensor_stem(part.gguf, layer), hf = tensor_stem(part.hf, layer);
    if (part.slice.index > 0) return;
    if (!part.fallback.empty() && is_tied(hf + ".weight")) {
      by_name_.erase(hf + ".weight");
      return;
    }
    if (!add(part, gguf + ".weight", hf + ".weight"))
      fail(hf + ".weight", "this tensor is missing");
    if (part.bias) add(part, gguf + ".bias", hf + ".bias");
  }

  bool is_tied(const std::string& head) const { return rules_.tied_head.value_or(!find(head)); }

  bool add(const Part& part, const std::string& gguf, const std::string& hf) {
    const SafetensorsTensor* source = find(hf);
    if (!source) return false;
    const std::optional<TensorType> type = source->type->tensor_type;
    if (type != TensorType::f32 && type != TensorType::f16 && type != TensorType::bf16)
      fail(source->name, fmt::format("expected F32, F16 or BF16, found {}", source->type->name),
           ErrorCode::unsupported);
    if (source->shape.empty() || source->data.empty())
      fail(source->name, "expected at least one number and one dimension");
    HfTensor tensor{.name = gguf, .type = *type, .source = source, .form = part.hf_form};
    tensor.shape = source->shape;
    if (part.hf_form == HfForm::plus_one) tensor.type = TensorType::f32;
    if (part.hf_form == HfForm::rows_to_neighbours) {
      tensor.head_rows = rules_.head_dim;
      if (tensor.head_rows % 2 != 0 || tensor.shape[0] % tensor.head_rows != 0)
        fail(source->name, fmt::format("expected rows for heads of {}, found {}", tensor.head_rows,
                                       tensor.shape[0]));
    }
    tensors_.push_back(std::move(tensor));
    by_name_.erase(hf);
    return true;
  }

  /// A weight that nobody uses means another model than the configuration says.
  void refuse_left_over() const {
    const std::string* first = nullptr;
    for (const auto& [name, tensor] : by_name_)
      if (!is_unused(name) && (!first || name < *first)) first = &name;
    if (first)
      fail(*first, "the architecture has no such tensor; the weights and config.json differ");
  }

  const HfTensorRules& rules_;
  const Safetensors& weights_;
  std::unordered_map<std::string, const SafetensorsTensor*> by_name_;  // what is not taken yet
  std::vector<HfTensor> tensors_;
};

}  // namespace

uint64_t HfTensor::n_bytes() const {
  if (!source) return made.size() * sizeof(float);
  return form == HfForm::plus_one
             ? source->data.size() * 32 / static_cast<uint64_t>(source->type->bits)
             : source->data.size();
}

bool HfTensor::in_place() const {
  if (!source || form != HfForm::as_is) return false;
  const auto address = reinterpret_cast<uintptr_t>(source->data.data());
  return address % static_cast<uintptr_t>(source->type->bits / 8) == 0;
}

void HfTensor::write(std::byte* out) const {
  if (!source) {
    std::memcpy(out, made.data(), n_bytes());
    return;
  }
  const std::byte* in = source->data.data();
  switch (form) {
    case HfForm::as_is:
      std::memcpy(out, in, n_bytes());
      return;
    case HfForm::rows_to_neighbours: {
      const size_t row = source->data.size() / static_cast<size_t>(shape[0]);
      const int64_t half = head_rows / 2;
      for (int64_t r = 0; r < shape[0]; ++r) {  // of the result
        const int64_t head = r / head_rows, in_head = r % head_rows;
        const int64_t from = head * head_rows + (in_head % 2) * half + in_head / 2;
        std::memcpy(out + static_cast<size_t>(r) * row, in + static_cast<size_t>(from) * row, row);
      }
      return;
    }
    case HfForm::plus_one: {
      const size_t step = static_cast<size_t>(source->type->bits / 8);
      for (size_t i = 0; i < source->data.size() / step; ++i) {
        const float value = 1.0f + load_float(*source->type->tensor_type, in + i * step);
        std::memcpy(out + i * sizeof(float), &value, sizeof(float));
      }
      return;
    }
  }
}

std::vector<HfTensor> map_hf_tensors(const Family& family, const HfTensorRules& rules,
                                     const Safetensors& weights, std::vector<MadeTensor> made) {
  return Mapping(rules, weights).map(family, std::move(made));
}

}  // namespace caracal
