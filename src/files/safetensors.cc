#include "files/safetensors.h"

#include <algorithm>

#include "base/error.h"
#include "files/byte_reader.h"
#include "files/safetensors_header.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;

const std::pair<std::string_view, uint32_t>* find_name(
    const std::vector<std::pair<std::string_view, uint32_t>>& sorted, std::string_view name) {
  const auto it = std::ranges::lower_bound(sorted, name, {}, [](const auto& e) { return e.first; });
  return it != sorted.end() && it->first == name ? &*it : nullptr;
}

/// names: sorted; shard: the tensors among them that it has.
void refuse_missing(const std::vector<std::string>& names, std::span<const SafetensorsTensor> found,
                    std::string_view shard, std::string_view index) {
  if (found.size() == names.size()) return;
  std::vector<std::string_view> present;
  for (const SafetensorsTensor& tensor : found) present.push_back(tensor.name);
  std::ranges::sort(present);
  for (const std::string& name : names)
    if (!std::ranges::binary_search(present, std::string_view(name)))
      throw_error(ErrorCode::bad_file, index,
                  "weight_map: expected tensor {} in {}, found no such tensor there",
                  in_quotes(name), in_quotes(shard));
}

}  // namespace

Safetensors Safetensors::open(const fs::path& path, MappedFile::Access access) {
  if (path.extension() == ".json") return open_index(path, access);
  Safetensors out;
  out.name_ = path.string();
  out.add_shard(path, access);
  out.index_names();
  return out;
}

Safetensors Safetensors::parse(std::span<const std::byte> image, std::string_view name) {
  Safetensors out;
  out.name_ = name;
  out.file_bytes_ = image.size();
  out.tensors_ = parse_safetensors_image(image, name);
  out.index_names();
  return out;
}

Safetensors Safetensors::open_index(const fs::path& path, MappedFile::Access access) {
  Safetensors out;
  out.name_ = path.string();
  auto shards = parse_safetensors_index(read_file(path, kMaxSafetensorsHeader), out.name_);
  for (auto& entry : shards) {
    const std::string& shard = entry.first;
    std::vector<std::string>& names = entry.second;
    const size_t first = out.tensors_.size();
    out.add_shard(path.parent_path() / shard, access);
    std::ranges::sort(names);
    std::erase_if(out.tensors_, [&](const SafetensorsTensor& tensor) {
      return tensor.shard == out.n_shards() - 1 && !std::ranges::binary_search(names, tensor.name);
    });
    refuse_missing(names, std::span(out.tensors_).subspan(first), shard, out.name_);
  }
  out.index_names();
  return out;
}

void Safetensors::add_shard(const fs::path& path, MappedFile::Access access) {
  maps_.emplace_back(path, access);
  const auto image = maps_.back().bytes();
  for (SafetensorsTensor& tensor : parse_safetensors_image(image, path.string())) {
    tensor.shard = n_shards() - 1;
    tensors_.push_back(std::move(tensor));
  }
  file_bytes_ += image.size();
}

/// Names differ: within a file the header was checked, and an index gives each one shard.
void Safetensors::index_names() {
  by_name_.reserve(tensors_.size());
  for (uint32_t i = 0; i < tensors_.size(); ++i) by_name_.emplace_back(tensors_[i].name, i);
  std::ranges::sort(by_name_);
}

const SafetensorsTensor* Safetensors::find(std::string_view name) const {
  const auto* entry = find_name(by_name_, name);
  return entry ? &tensors_[entry->second] : nullptr;
}

}  // namespace caracal
