#include "files/gguf_split_writer.h"

#include "base/error.h"
#include "files/gguf_split.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxParts = 65535;  // the key is a u16

/// Removes what was written unless all of it was.
class WrittenParts {
 public:
  ~WrittenParts() {
    std::error_code ignored;
    for (const fs::path& path : paths_) fs::remove(path, ignored);
  }
  void add(fs::path path) { paths_.push_back(std::move(path)); }
  std::vector<fs::path> keep() { return std::move(paths_); }

 private:
  std::vector<fs::path> paths_;
};

}  // namespace

std::vector<size_t> plan_gguf_split(std::span<const GgufTensor> tensors,
                                    const GgufSplitLimits& limits) {
  std::vector<size_t> starts = {0};
  if (limits.first_is_bare) starts.push_back(0);
  uint64_t n_bytes = 0;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const auto n_tensors = static_cast<int64_t>(i - starts.back());
    const uint64_t more = tensors[i].data.size();
    const bool full = (limits.max_tensors > 0 && n_tensors >= limits.max_tensors) ||
                      (limits.max_bytes > 0 && n_bytes + more > limits.max_bytes);
    if (n_tensors > 0 && full) {
      starts.push_back(i);
      n_bytes = 0;
    }
    n_bytes += more;
  }
  return starts;
}

std::vector<fs::path> split_gguf(const Gguf& source, const std::string& prefix,
                                 const GgufSplitLimits& limits, const CopyProgress& progress) {
  const GgufCopy copy(source);
  const auto tensors = copy.tensors();
  std::vector<size_t> starts = plan_gguf_split(tensors, limits);
  const size_t n_parts = starts.size();
  if (n_parts > kMaxParts)
    throw_error(ErrorCode::bad_request, "split", "expected at most {} parts, found {}", kMaxParts,
                n_parts);
  starts.push_back(tensors.size());

  GgufShardName name;
  name.prefix = prefix;
  name.count = static_cast<int>(n_parts);
  for (size_t part = 0; part < n_parts; ++part)
    if (const fs::path path = name.path_of(static_cast<int>(part)); fs::exists(path))
      throw_error(ErrorCode::bad_request, path.string(), "expected to be free, found a file");

  uint64_t total = 0, done = 0;
  for (const GgufTensor& tensor : tensors) total += tensor.data.size();
  WrittenParts written;
  for (size_t part = 0; part < n_parts; ++part) {
    GgufHeader header = part == 0 ? copy.header() : copy.bare_header();
    header.set<uint16_t>("split.no", static_cast<uint16_t>(part));
    header.set<uint16_t>("split.count", static_cast<uint16_t>(n_parts));
    header.set<int32_t>("split.tensors.count", static_cast<int32_t>(tensors.size()));
    const fs::path path = name.path_of(static_cast<int>(part));
    uint64_t of_part = 0;
    write_gguf(path, std::move(header),
               tensors.subspan(starts[part], starts[part + 1] - starts[part]),
               [&](uint64_t so_far, uint64_t) {
                 of_part = so_far;
                 if (progress) progress(done + so_far, total);
               });
    done += of_part;
    written.add(path);
  }
  return written.keep();
}

}  // namespace caracal
