#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/error.h"

namespace caracal {

/// Text for an error message from bytes of a file: quoted, cut at 64 bytes, control characters and
/// ill-formed UTF-8 replaced.
std::string in_quotes(std::string_view text);

/// Reads little-endian fields from an image that nobody vouches for. Every read is checked against
/// the end; what does not fit throws Error(bad_file) with file, byte position, expected and found.
class ByteReader {
 public:
  /// name: the file, as printed. Both must outlive the reader.
  ByteReader(std::span<const std::byte> image, std::string_view name)
      : image_(image), name_(name) {}

  uint64_t position() const { return position_; }
  uint64_t remaining() const { return image_.size() - position_; }

  /// What is being read, for messages: subject("metadata key", "general.name").
  void set_subject(std::string_view kind, std::string_view name = {}) {
    subject_kind_ = kind;
    subject_name_ = name;
  }

  /// what: the field's name, for the message when the file ends inside it.
  template <class T>
  T read(std::string_view what) {
    static_assert(std::is_arithmetic_v<T> && std::endian::native == std::endian::little);
    T value;
    std::memcpy(&value, take(sizeof(T), what).data(), sizeof(T));
    return value;
  }
  /// A 64-bit length and as many bytes; the view points into the image.
  std::string_view read_string(std::string_view what);
  std::span<const std::byte> take(uint64_t n_bytes, std::string_view what);

  /// A count of things that each take at least min_bytes of what is left; at most limit.
  uint64_t read_count(std::string_view what, uint64_t min_bytes, uint64_t limit);

  [[noreturn]] void fail(uint64_t position, std::string_view expected, std::string_view found,
                         ErrorCode code = ErrorCode::bad_file) const;

 private:
  std::span<const std::byte> image_;
  std::string_view name_;
  uint64_t position_ = 0;
  std::string_view subject_kind_ = "header";
  std::string_view subject_name_;
};

}  // namespace caracal
