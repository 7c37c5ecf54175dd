#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "spec/tensor_type.h"

namespace caracal {

/// Which type each tensor of a converted file gets, as llama.cpp's converter decides it: vectors,
/// norms and the position and segment tables of encoders are F32, everything else is what was asked
/// for. A width that the type's blocks do not divide falls back to a type with blocks of 32, then
/// to F16.
class TargetTypes {
 public:
  /// name: "auto" (each tensor keeps its type) or a weight format by name: "q8_0". Throws
  /// Error(bad_config) that lists the names.
  explicit TargetTypes(std::string_view name);

  /// shape: outermost first. stored: the type that the tensor has now.
  TensorType of(std::string_view tensor, std::span<const int64_t> shape, TensorType stored) const;

  /// The type asked for; nothing for "auto".
  std::optional<TensorType> wanted() const { return wanted_; }

 private:
  std::optional<TensorType> wanted_;
};

/// "auto, f32, f16, ...", for messages.
std::string list_target_types();

/// GGUF's general.file_type for a file whose matrices are mostly of this type; nothing where the
/// format has no number for it.
std::optional<uint32_t> gguf_file_type(TensorType type);

}  // namespace caracal
