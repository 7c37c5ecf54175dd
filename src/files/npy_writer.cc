#include "files/npy_writer.h"

#include <fmt/format.h>

#include <bit>
#include <string>

#include "base/check.h"

namespace caracal {
namespace {

static_assert(std::endian::native == std::endian::little);  // '<f4'

/// Magic, version, length of the dictionary, dictionary padded so that the data is 64-byte aligned.
std::string header(const std::vector<int64_t>& shape) {
  std::string dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
  for (int64_t n : shape) dictionary += fmt::format("{}, ", n);
  dictionary += "), }";
  constexpr size_t kPreamble = 10;
  const size_t unpadded = kPreamble + dictionary.size() + 1;
  dictionary.append((64 - unpadded % 64) % 64, ' ');
  dictionary += '\n';
  std::string out("\x93NUMPY\x01\x00", 8);
  out += static_cast<char>(dictionary.size() & 0xff);
  out += static_cast<char>(dictionary.size() >> 8);
  return out + dictionary;
}

}  // namespace

NpyWriter::NpyWriter(const std::filesystem::path& path, const std::vector<int64_t>& shape)
    : file_(path) {
  for (int64_t n : shape) n_expected_ *= static_cast<uint64_t>(n);
  file_.write(header(shape));
}

void NpyWriter::append(std::span<const float> values) {
  n_written_ += values.size();
  CRCL_CHECK(n_written_ <= n_expected_);
  file_.write(std::as_bytes(values));
}

void NpyWriter::commit() {
  CRCL_CHECK(n_written_ == n_expected_);
  file_.commit();
}

}  // namespace caracal
