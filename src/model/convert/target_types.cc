#include "model/convert/target_types.h"

#include <algorithm>

#include "base/error.h"
#include "weights/weight_format.h"

namespace caracal {
namespace {

/// What takes the place of a type with blocks of 256 where they do not divide a row (llama.cpp,
/// llama-quant.cpp, tensor_type_fallback).
struct Fallback {
  TensorType from, to;
};
constexpr Fallback kFallbacks[] = {
    {TensorType::iq4_xs, TensorType::iq4_nl}, {TensorType::q2_k, TensorType::q4_0},
    {TensorType::q3_k, TensorType::q4_0},     {TensorType::tq1_0, TensorType::q4_0},
    {TensorType::tq2_0, TensorType::q4_0},    {TensorType::q4_k, TensorType::q5_0},
    {TensorType::q5_k, TensorType::q5_1},     {TensorType::q6_k, TensorType::q8_0},
};

/// Numbers of the LlamaFileType of the `gguf` package.
struct FileType {
  TensorType type;
  uint32_t id;
};
constexpr FileType kFileTypes[] = {
    {TensorType::f32, 0},     {TensorType::f16, 1},     {TensorType::q4_0, 2},
    {TensorType::q4_1, 3},    {TensorType::q8_0, 7},    {TensorType::q5_0, 8},
    {TensorType::q5_1, 9},    {TensorType::q2_k, 10},   {TensorType::q3_k, 12},
    {TensorType::q4_k, 15},   {TensorType::q5_k, 17},   {TensorType::q6_k, 18},
    {TensorType::iq4_nl, 25}, {TensorType::iq4_xs, 30}, {TensorType::bf16, 32},
    {TensorType::tq1_0, 36},  {TensorType::tq2_0, 37},  {TensorType::mxfp4, 38},
};

bool divides(TensorType type, int64_t n_cols) {
  return n_cols % tensor_type_info(type)->block_elements == 0;
}

bool stays_float(std::string_view tensor, std::span<const int64_t> shape) {
  return shape.size() < 2 || tensor.ends_with("_norm.weight") || !tensor.ends_with(".weight") ||
         tensor == "position_embd.weight" || tensor == "token_types.weight";
}

}  // namespace

TargetTypes::TargetTypes(std::string_view name) {
  if (name == "auto") return;
  for (const WeightFormat& format : weight_formats())
    if (format.name == name) wanted_ = format.type;
  if (!wanted_)
    throw_error(ErrorCode::bad_config, "--type", "expected one of {}, found '{}'",
                list_target_types(), name);
}

TensorType TargetTypes::of(std::string_view tensor, std::span<const int64_t> shape,
                           TensorType stored) const {
  if (stays_float(tensor, shape)) return TensorType::f32;
  if (!wanted_ || divides(*wanted_, shape.back())) return wanted_.value_or(stored);
  const auto* row = std::ranges::find(kFallbacks, *wanted_, &Fallback::from);
  if (row != std::end(kFallbacks) && divides(row->to, shape.back())) return row->to;
  return TensorType::f16;
}

std::string list_target_types() {
  std::string names = "auto";
  for (const WeightFormat& format : weight_formats()) names += ", " + std::string(format.name);
  return names;
}

std::optional<uint32_t> gguf_file_type(TensorType type) {
  const auto* row = std::ranges::find(kFileTypes, type, &FileType::type);
  return row == std::end(kFileTypes) ? std::nullopt : std::optional(row->id);
}

}  // namespace caracal
