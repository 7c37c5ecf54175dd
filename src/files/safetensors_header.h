#pragma once
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "files/safetensors.h"

namespace caracal {

/// The reference implementation's limit for the JSON header.
inline constexpr uint64_t kMaxSafetensorsHeader = 100'000'000;

/// The tensors of one file's image, every field checked, in the order of their data; views point
/// into the image and shard is left at 0. Throws as Safetensors::open does.
std::vector<SafetensorsTensor> parse_safetensors_image(std::span<const std::byte> image,
                                                       std::string_view name);

/// What an index says: the names of the tensors of each shard, by the shard's file name, which is
/// a plain name of a file in the same folder. Throws Error(bad_file).
std::map<std::string, std::vector<std::string>> parse_safetensors_index(std::string_view text,
                                                                        std::string_view name);

}  // namespace caracal
