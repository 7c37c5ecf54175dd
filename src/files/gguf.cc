#include "files/gguf.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/error.h"
#include "files/byte_reader.h"
#include "files/gguf_image.h"
#include "files/gguf_split.h"
#include "files/gguf_writer.h"

namespace caracal {
namespace {

/// Position in the list that name has, or nullptr.
const uint32_t* find_name(const std::vector<std::pair<std::string_view, uint32_t>>& index,
                          std::string_view name) {
  const auto it = std::lower_bound(index.begin(), index.end(), name,
                                   [](const auto& entry, auto n) { return entry.first < n; });
  return it != index.end() && it->first == name ? &it->second : nullptr;
}

/// Refuses a shard whose keys do not fit its place in the split that the first shard describes.
void check_shard(const Gguf& shard, int no, const GgufSplitKeys& first) {
  const GgufSplitKeys keys = GgufSplitKeys::of(shard);
  const auto check = [&](std::string_view key, int64_t expected, int64_t found) {
    if (expected != found)
      throw_error(ErrorCode::bad_file, shard.name(), "metadata key '{}': expected {}, found {}",
                  key, expected, found);
  };
  check("split.count", first.count, keys.count);
  check("split.no", no, keys.no);
  check("split.tensors.count", first.n_tensors, keys.n_tensors);
}

}  // namespace

Gguf Gguf::open(const std::filesystem::path& path, MappedFile::Access access) {
  const auto shard_name = GgufShardName::of(path);
  Gguf gguf = open_one(path, access);
  const GgufSplitKeys asked = GgufSplitKeys::of(gguf);
  if (asked.count == 1) return gguf;
  if (shard_name.count != asked.count)
    throw_error(ErrorCode::bad_file, gguf.name_,
                "one of {} shards: expected a file name that ends in -{:05}-of-{:05}.gguf, found "
                "another",
                asked.count, asked.no + 1, asked.count);
  if (shard_name.index != 0) gguf = open_one(shard_name.path_of(0), access);
  const GgufSplitKeys keys = GgufSplitKeys::of(gguf);
  check_shard(gguf, 0, asked);
  for (int i = 1; i < keys.count; ++i) {
    Gguf shard = open_one(shard_name.path_of(i), access);
    check_shard(shard, i, keys);
    gguf.append(std::move(shard));
  }
  if (static_cast<int64_t>(gguf.tensors_.size()) != keys.n_tensors)
    throw_error(ErrorCode::bad_file, gguf.name_,
                "metadata key 'split.tensors.count': expected {}, as many as the {} shards hold, "
                "found {}",
                gguf.tensors_.size(), keys.count, keys.n_tensors);
  gguf.index_tensors();
  return gguf;
}

Gguf Gguf::parse(std::span<const std::byte> image, std::string_view name) {
  Gguf gguf;
  gguf.name_ = name;
  gguf.take_image(image);
  if (GgufSplitKeys::of(gguf).count != 1)
    throw_error(ErrorCode::bad_file, name, "expected a whole file, found one shard of a split");
  return gguf;
}

Gguf Gguf::assemble(std::string name, const GgufHeader& header, GgufBacking backing) {
  Gguf gguf;
  gguf.name_ = std::move(name);
  const std::string text = header.encode();
  AlignedBuffer& image = backing.memory.emplace_back(text.size());  // names and values point there
  std::memcpy(image.data(), text.data(), text.size());
  gguf.take_header(parse_gguf_header(image.bytes(), gguf.name_));
  CRCL_CHECK_OP(backing.places.size(), ==, gguf.tensors_.size());
  for (size_t i = 0; i < gguf.tensors_.size(); ++i) {
    CRCL_CHECK_OP(backing.places[i].data.size(), ==, header.tensor_bytes(i));
    gguf.tensors_[i].data = backing.places[i].data;
    gguf.tensors_[i].shard = backing.places[i].shard;
  }
  gguf.n_shards_ = static_cast<int>(backing.maps.size());
  for (const MappedFile& map : backing.maps) gguf.file_bytes_ += map.bytes().size();
  gguf.maps_ = std::move(backing.maps);
  gguf.memory_ = std::move(backing.memory);
  return gguf;
}

Gguf Gguf::open_one(const std::filesystem::path& path, MappedFile::Access access) {
  Gguf gguf;
  gguf.name_ = path.string();
  gguf.maps_.emplace_back(path, access);
  gguf.take_image(gguf.maps_[0].bytes());
  return gguf;
}

void Gguf::take_image(std::span<const std::byte> bytes) {
  take_header(parse_gguf_image(bytes, name_));
  file_bytes_ = bytes.size();
}

void Gguf::take_header(GgufImage image) {
  version_ = image.version;
  metadata_ = std::move(image.metadata);
  tensors_ = std::move(image.tensors);
  for (uint32_t i = 0; i < metadata_.size(); ++i) key_index_.emplace_back(metadata_[i].first, i);
  std::sort(key_index_.begin(), key_index_.end());
  index_tensors();
}

void Gguf::append(Gguf&& shard) {
  for (GgufTensor& tensor : shard.tensors_) {
    tensor.shard = n_shards_;
    tensors_.push_back(std::move(tensor));
  }
  ++n_shards_;
  file_bytes_ += shard.file_bytes_;
  maps_.push_back(std::move(shard.maps_[0]));
}

void Gguf::index_tensors() {
  tensor_index_.clear();
  for (uint32_t i = 0; i < tensors_.size(); ++i) tensor_index_.emplace_back(tensors_[i].name, i);
  std::sort(tensor_index_.begin(), tensor_index_.end());
  for (size_t i = 1; i < tensor_index_.size(); ++i) {
    const auto& [name, position] = tensor_index_[i];
    if (name == tensor_index_[i - 1].first)  // within one file the parser has refused it already
      throw_error(ErrorCode::bad_file,
                  maps_[static_cast<size_t>(tensors_[position].shard)].path().string(),
                  "tensor {}: expected in one shard, found in another one too", in_quotes(name));
  }
}

const GgufValue* Gguf::find(std::string_view key) const {
  const uint32_t* i = find_name(key_index_, key);
  return i ? &metadata_[*i].second : nullptr;
}

const GgufTensor* Gguf::find_tensor(std::string_view name) const {
  const uint32_t* i = find_name(tensor_index_, name);
  return i ? &tensors_[*i] : nullptr;
}

void Gguf::drop(const GgufTensor& tensor) const {
  if (tensor.shard == GgufTensor::kInMemory)
    drop_pages(tensor.data);
  else if (!maps_.empty())
    maps_[static_cast<size_t>(tensor.shard)].drop(tensor.data);
}

uint64_t Gguf::n_parameters() const {
  uint64_t n = 0;
  for (const GgufTensor& tensor : tensors_) {
    uint64_t elements = 1;
    for (int64_t d : tensor.shape) elements *= static_cast<uint64_t>(d);
    n += elements;
  }
  return n;
}

}  // namespace caracal
