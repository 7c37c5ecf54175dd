#include "files/byte_reader.h"

#include "base/utf8.h"

namespace caracal {

std::string in_quotes(std::string_view text) {
  constexpr size_t kMaxBytes = 64;
  const bool cut = text.size() > kMaxBytes;
  if (cut) text = text.substr(0, complete_utf8_prefix(text.substr(0, kMaxBytes)));
  std::string clean = sanitize_utf8(text);
  for (char& c : clean)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  return fmt::format("'{}{}'", clean, cut ? "..." : "");
}

std::string_view ByteReader::read_string(std::string_view what) {
  const uint64_t at = position_;
  const auto length = read<uint64_t>(what);
  if (length > remaining())
    fail(at, fmt::format("a length of at most {} for {}", remaining(), what),
         fmt::format("{}", length));
  const auto bytes = take(length, what);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::span<const std::byte> ByteReader::take(uint64_t n_bytes, std::string_view what) {
  if (n_bytes > remaining())
    fail(position_, fmt::format("{} bytes for {}", n_bytes, what),
         fmt::format("{} before the end of the file", remaining()));
  const auto bytes = image_.subspan(position_, n_bytes);
  position_ += n_bytes;
  return bytes;
}

uint64_t ByteReader::read_count(std::string_view what, uint64_t min_bytes, uint64_t limit) {
  const uint64_t at = position_;
  const auto count = read<uint64_t>(what);
  if (count > limit) fail(at, fmt::format("{} of at most {}", what, limit), fmt::to_string(count));
  if (count > remaining() / min_bytes)
    fail(at,
         fmt::format("{} of at most {}, which the rest of the file could hold", what,
                     remaining() / min_bytes),
         fmt::to_string(count));
  return count;
}

void ByteReader::fail(uint64_t position, std::string_view expected, std::string_view found,
                      ErrorCode code) const {
  std::string subject(subject_kind_);
  if (!subject_name_.empty()) subject += " " + in_quotes(subject_name_);
  throw_error(code, fmt::format("{} at byte {}", name_, position), "{}: expected {}, found {}",
              subject, expected, found);
}

}  // namespace caracal
