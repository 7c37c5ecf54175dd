#include "files/gguf_hash.h"

#include <fmt/ranges.h>

#include <map>

#include "files/gguf_split.h"
#include "files/sha256.h"

namespace caracal {
namespace {

void update(Sha256& hash, std::string_view text) { hash.update(std::as_bytes(std::span(text))); }

/// The keys as a GGUF file of no tensors writes them.
std::string hash_metadata(const Gguf& file) {
  std::map<std::string_view, const GgufValue*> sorted;
  for (const auto& [key, value] : file.metadata())
    if (!is_split_key(key)) sorted.emplace(key, &value);
  Sha256 hash;
  for (const auto& [key, value] : sorted) {
    GgufHeader one;
    one.set_value(key, *value);
    update(hash, one.encode());
  }
  return hash.hex();
}

std::string hash_bytes(std::span<const std::byte> data) {
  Sha256 hash;
  hash.update(data);
  return hash.hex();
}

/// "blk.0.attn_q.weight Q4_0 [2048, 2048] HASH\n": names have no say over where a line ends, so the
/// name's length goes first.
std::string line_of(const GgufTensor& tensor, std::string_view data_hash) {
  return fmt::format("{} {} {} [{}] {}\n", tensor.name.size(), tensor.name,
                     tensor_type_info(tensor.type)->name, fmt::join(tensor.shape, ", "), data_hash);
}

}  // namespace

GgufHashes hash_gguf(const Gguf& file, const CopyProgress& progress) {
  GgufHashes out{.metadata = hash_metadata(file)};
  uint64_t total = 0, done = 0;
  for (const GgufTensor& tensor : file.tensors()) total += tensor.data.size();
  std::map<std::string_view, std::string> lines;
  for (const GgufTensor& tensor : file.tensors()) {
    const std::string hash = hash_bytes(tensor.data);
    lines.emplace(tensor.name, line_of(tensor, hash));
    out.each.emplace_back(tensor.name, hash);
    done += tensor.data.size();
    if (progress) progress(done, total);
  }
  Sha256 all;
  for (const auto& [name, line] : lines) update(all, line);
  out.tensors = all.hex();
  return out;
}

}  // namespace caracal
