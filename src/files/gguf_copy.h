#pragma once
#include <filesystem>
#include <functional>
#include <list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "files/gguf.h"
#include "files/gguf_typed_value.h"
#include "files/gguf_writer.h"

namespace caracal {

/// Counts bytes of tensors.
using CopyProgress = std::function<void(uint64_t done, uint64_t total)>;

/// An opened checkpoint on its way to a new file: its tensors as they are, its metadata in the same
/// order with changes. The keys that say which part of a split a file is do not come along.
class GgufCopy {
 public:
  /// source must outlive the copy.
  explicit GgufCopy(const Gguf& source);

  /// Replaces a value where it stands, or adds the key at the end. Throws Error(bad_request) for an
  /// empty key and for keys split.*.
  void set(std::string_view key, OwnedGgufValue value);
  /// Throws Error(bad_request) when the key is not there.
  void remove(std::string_view key);
  /// The key stays where it is. Throws Error(bad_request) when from is not there or to is.
  void rename(std::string_view from, std::string_view to);

  std::span<const GgufTensor> tensors() const { return source_.tensors(); }
  /// What stands in front of the tensors, without any of them. Throws Error(bad_request) for an
  /// alignment that cannot be.
  GgufHeader header() const;
  /// The same for a part without metadata of its own.
  GgufHeader bare_header() const;

  /// One whole file, written aside and renamed into place. path may be the source's. Throws
  /// Error(io / not_found).
  void write(const std::filesystem::path& path, const CopyProgress& progress = {}) const;

 private:
  using Entry = std::pair<std::string, GgufValue>;
  std::vector<Entry>::iterator find(std::string_view key);
  uint32_t alignment() const;

  const Gguf& source_;
  std::vector<Entry> entries_;
  std::list<OwnedGgufValue> owned_;
};

/// Adds tensors to header and writes them to path.
void write_gguf(const std::filesystem::path& path, GgufHeader header,
                std::span<const GgufTensor> tensors, const CopyProgress& progress);

}  // namespace caracal
