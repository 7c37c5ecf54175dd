#include "files/gguf_writer.h"

#include <algorithm>
#include <bit>

#include "base/check.h"
#include "base/error.h"
#include "files/byte_reader.h"
#include "files/gguf_image.h"

namespace caracal {
namespace {

template <class T>
void append(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

void append_string(std::string& out, std::string_view text) {
  append(out, uint64_t{text.size()});
  out.append(text);
}

uint64_t bytes_of(std::string_view name, TensorType type, std::span<const int64_t> shape) {
  const TensorTypeInfo& info = *tensor_type_info(type);
  const auto refuse = [&](std::string_view expected, int64_t found) {
    throw_error(ErrorCode::bad_request, fmt::format("tensor {}", in_quotes(name)),
                "expected {}, found {}", expected, found);
  };
  if (shape.empty() || shape.size() > 4)
    refuse("1 to 4 dimensions", static_cast<int64_t>(shape.size()));
  if (shape.back() % info.block_elements != 0)
    refuse(fmt::format("rows of a multiple of {} elements for {}", info.block_elements, info.name),
           shape.back());
  int64_t n_bytes = info.block_bytes;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] < 1) refuse("dimensions of at least 1", shape[i]);
    const int64_t factor = i + 1 < shape.size() ? shape[i] : shape[i] / info.block_elements;
    if (__builtin_mul_overflow(n_bytes, factor, &n_bytes))
      refuse("fewer than 2^63 bytes", shape[i]);
  }
  return static_cast<uint64_t>(n_bytes);
}

}  // namespace

GgufHeader::GgufHeader(uint32_t alignment, AlignmentKey key) : alignment_(alignment) {
  if (!std::has_single_bit(alignment) || alignment < kGgufMinAlignment ||
      alignment > kGgufMaxAlignment)
    throw_error(ErrorCode::bad_request, "alignment",
                "expected a power of two of {} to {}, found {}", kGgufMinAlignment,
                kGgufMaxAlignment, alignment);
  if (key == AlignmentKey::when_needed && alignment != kGgufDefaultAlignment)
    set<uint32_t>("general.alignment", alignment);
}

void GgufHeader::put_string(std::string_view text) { append_string(keys_, text); }

void GgufHeader::add_key(std::string_view key, GgufValue::Type type) {
  if (key.empty() || !names_.insert(fmt::format("k{}", key)).second)
    throw_error(ErrorCode::bad_request, fmt::format("metadata key {}", in_quotes(key)),
                "expected each key once and none empty");
  put_string(key);
  put(static_cast<uint32_t>(type));
  ++n_keys_;
}

void GgufHeader::add_array(std::string_view key, GgufValue::Type element, uint64_t count) {
  add_key(key, GgufValue::Type::array);
  put(static_cast<uint32_t>(element));
  put(count);
}

void GgufHeader::set_string(std::string_view key, std::string_view value) {
  add_key(key, GgufValue::Type::string);
  put_string(value);
}

void GgufHeader::set_bools(std::string_view key, const std::vector<bool>& values) {
  add_array(key, GgufValue::Type::boolean, values.size());
  for (bool value : values) put(value);
}

void GgufHeader::set_strings(std::string_view key, std::span<const std::string_view> values) {
  add_array(key, GgufValue::Type::string, values.size());
  for (std::string_view value : values) put_string(value);
}

void GgufHeader::set_value(std::string_view key, const GgufValue& value) {
  if (const auto* strings = std::get_if<std::vector<std::string_view>>(&value.value))
    return set_strings(key, *strings);
  if (const auto* text = std::get_if<std::string_view>(&value.value)) return set_string(key, *text);
  if (const auto* array = std::get_if<GgufArray>(&value.value)) {
    add_array(key, value.element, array->count);
    keys_.append(reinterpret_cast<const char*>(array->bytes.data()), array->bytes.size());
    return;
  }
  add_key(key, value.type);
  if (const auto* f = std::get_if<double>(&value.value)) {
    value.type == GgufValue::Type::f32 ? put(static_cast<float>(*f)) : put(*f);
    return;
  }
  if (const auto* b = std::get_if<bool>(&value.value)) return put(*b);
  // Two's complement and little-endian: the low bytes are the narrower number.
  const auto* u = std::get_if<uint64_t>(&value.value);
  const uint64_t bits = u ? *u : static_cast<uint64_t>(std::get<int64_t>(value.value));
  keys_.append(reinterpret_cast<const char*>(&bits), gguf_scalar_bytes(value.type));
}

void GgufHeader::add_tensor(std::string_view name, TensorType type,
                            std::span<const int64_t> shape) {
  if (name.empty() || !names_.insert(fmt::format("t{}", name)).second)
    throw_error(ErrorCode::bad_request, fmt::format("tensor {}", in_quotes(name)),
                "expected each name once and none empty");
  tensors_.push_back(
      {std::string(name), type, {shape.begin(), shape.end()}, bytes_of(name, type, shape)});
}

std::string GgufHeader::encode() const {
  std::string out = "GGUF";
  append(out, uint32_t{3});
  append(out, uint64_t{tensors_.size()});
  append(out, n_keys_);
  out += keys_;
  uint64_t offset = 0;
  for (const Tensor& tensor : tensors_) {
    append_string(out, tensor.name);
    append(out, static_cast<uint32_t>(tensor.shape.size()));
    for (size_t i = tensor.shape.size(); i-- > 0;) append(out, tensor.shape[i]);  // innermost first
    append(out, static_cast<uint32_t>(tensor.type));
    append(out, offset);
    offset += tensor.n_bytes + padding_after(tensor.n_bytes);
  }
  out.append(padding_after(out.size()), '\0');
  return out;
}

GgufWriter::GgufWriter(const std::filesystem::path& path, GgufHeader header)
    : header_(std::move(header)), file_(path) {
  file_.write(header_.encode());
}

void GgufWriter::write(std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  CRCL_CHECK_OP(tensor_, <, header_.n_tensors());
  const uint64_t n_bytes = header_.tensor_bytes(tensor_);
  CRCL_CHECK_OP(bytes.size(), <=, n_bytes - done_);
  file_.write(bytes);
  done_ += bytes.size();
  if (done_ < n_bytes) return;
  pad(header_.padding_after(n_bytes));
  ++tensor_;
  done_ = 0;
}

void GgufWriter::pad(uint64_t n_bytes) {
  constexpr std::byte kZeros[4096] = {};
  for (; n_bytes > 0; n_bytes -= std::min<uint64_t>(n_bytes, sizeof(kZeros)))
    file_.write(std::span(kZeros).first(std::min<uint64_t>(n_bytes, sizeof(kZeros))));
}

void GgufWriter::commit() {
  CRCL_CHECK_OP(tensor_, ==, header_.n_tensors());
  file_.commit();
}

}  // namespace caracal
