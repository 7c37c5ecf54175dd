#include "files/gguf_copy.h"

#include <algorithm>

#include "base/error.h"
#include "files/byte_reader.h"
#include "files/gguf_image.h"
#include "files/gguf_split.h"

namespace caracal {
namespace {

constexpr std::string_view kAlignmentKey = "general.alignment";
constexpr size_t kPieceBytes = size_t{1} << 24;

[[noreturn]] void refuse(std::string_view key, std::string_view why) {
  throw_error(ErrorCode::bad_request, fmt::format("metadata key {}", in_quotes(key)), "{}", why);
}

void check_key(std::string_view key) {
  if (key.empty()) refuse(key, "expected a name, found none");
  if (is_split_key(key))
    refuse(key, "belongs to the file's place in a split; use `caracal gguf split` or `merge`");
}

}  // namespace

GgufCopy::GgufCopy(const Gguf& source) : source_(source) {
  for (const auto& [key, value] : source.metadata())
    if (!is_split_key(key)) entries_.emplace_back(key, value);
}

std::vector<GgufCopy::Entry>::iterator GgufCopy::find(std::string_view key) {
  return std::ranges::find(entries_, key, &Entry::first);
}

void GgufCopy::set(std::string_view key, OwnedGgufValue value) {
  check_key(key);
  owned_.push_back(std::move(value));
  if (const auto entry = find(key); entry != entries_.end())
    entry->second = owned_.back().value;
  else
    entries_.emplace_back(key, owned_.back().value);
}

void GgufCopy::remove(std::string_view key) {
  const auto entry = find(key);
  if (entry == entries_.end()) refuse(key, "expected in the file, found none");
  entries_.erase(entry);
}

void GgufCopy::rename(std::string_view from, std::string_view to) {
  check_key(to);
  const auto entry = find(from);
  if (entry == entries_.end()) refuse(from, "expected in the file, found none");
  if (find(to) != entries_.end()) refuse(to, "expected to be free, found in the file");
  entry->first = to;
}

uint32_t GgufCopy::alignment() const {
  const auto entry = std::ranges::find(entries_, kAlignmentKey, &Entry::first);
  if (entry == entries_.end()) return kGgufDefaultAlignment;
  if (entry->second.type != GgufValue::Type::u32) refuse(kAlignmentKey, "expected type u32");
  return static_cast<uint32_t>(std::get<uint64_t>(entry->second.value));
}

GgufHeader GgufCopy::header() const {
  GgufHeader header(alignment(), GgufHeader::AlignmentKey::from_caller);
  for (const auto& [key, value] : entries_) header.set_value(key, value);
  return header;
}

GgufHeader GgufCopy::bare_header() const { return GgufHeader(alignment()); }

void GgufCopy::write(const std::filesystem::path& path, const CopyProgress& progress) const {
  write_gguf(path, header(), tensors(), progress);
}

void write_gguf(const std::filesystem::path& path, GgufHeader header,
                std::span<const GgufTensor> tensors, const CopyProgress& progress) {
  uint64_t total = 0, done = 0;
  for (const GgufTensor& tensor : tensors) {
    header.add_tensor(tensor.name, tensor.type, tensor.shape);
    total += tensor.data.size();
  }
  GgufWriter writer(path, std::move(header));
  for (const GgufTensor& tensor : tensors)
    for (auto rest = tensor.data; !rest.empty();) {
      const auto piece = rest.first(std::min(rest.size(), kPieceBytes));
      writer.write(piece);
      rest = rest.subspan(piece.size());
      done += piece.size();
      if (progress) progress(done, total);
    }
  writer.commit();
}

}  // namespace caracal
