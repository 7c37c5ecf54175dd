#include "files/gguf_image.h"

#include <algorithm>
#include <numeric>

#include "files/byte_reader.h"

namespace caracal {
namespace {

using Type = GgufValue::Type;

// Limits far above any real checkpoint; they keep a file of a few sparse terabytes from making us
// allocate in proportion.
constexpr uint64_t kMaxKeys = 1 << 16;
constexpr uint64_t kMaxTensors = 1 << 20;
constexpr uint64_t kMaxArrayElements = 1 << 24;  // of all arrays together
constexpr uint64_t kMaxNameBytes = 65535;        // the format's own limit for keys
constexpr uint32_t kMaxDims = 4;
constexpr int kMaxArrayDepth = 4;

constexpr uint64_t kMinKeyBytes = 8 + 1 + 4 + 1;             // name, type, a one-byte value
constexpr uint64_t kMinTensorBytes = 8 + 1 + 4 + 0 + 4 + 8;  // name, n_dims, type, offset

class ImageParser {
 public:
  ImageParser(std::span<const std::byte> image, std::string_view name)
      : image_(image), reader_(image, name) {}

  GgufImage parse() {
    read_header();
    place_tensors();
    return std::move(out_);
  }

  GgufImage parse_header() {
    read_header();
    return std::move(out_);
  }

 private:
  void read_header() {
    read_magic_and_version();
    const uint64_t n_tensors = reader_.read_count("tensor count", kMinTensorBytes, kMaxTensors);
    const uint64_t n_keys = reader_.read_count("key count", kMinKeyBytes, kMaxKeys);
    for (uint64_t i = 0; i < n_keys; ++i) read_key();
    refuse_repeated_keys();
    read_alignment();
    for (uint64_t i = 0; i < n_tensors; ++i) read_tensor();
    refuse_repeated_tensors();
  }

  /// A tensor as described, before its data range is checked.
  struct Place {
    uint64_t entry_position;   // of the description in the file
    uint64_t offset_position;  // of the offset field
    uint64_t offset;           // from the start of the data section
    uint64_t n_bytes;
  };

  void read_magic_and_version();
  void read_key();
  GgufValue read_value();
  void read_scalar(GgufValue& value);
  void read_array(GgufValue& value);
  std::vector<std::string_view> read_strings(uint64_t count);
  void skip_array(Type element, uint64_t count, int depth);
  uint64_t read_array_count(Type element);
  Type read_type();
  void read_alignment();
  void read_tensor();
  TensorType read_tensor_type();
  std::vector<int64_t> read_shape();
  uint64_t bytes_of(TensorType type, const std::vector<int64_t>& shape, uint64_t position);
  void refuse_repeated_keys();
  void refuse_repeated_tensors();
  void place_tensors();
  void refuse_overlap(uint64_t data_start);
  std::string_view read_name(std::string_view kind);

  std::span<const std::byte> image_;
  ByteReader reader_;
  GgufImage out_;
  std::vector<Place> places_;  // same order as out_.tensors
  uint64_t n_elements_ = 0;    // of all metadata arrays so far
};

void ImageParser::read_magic_and_version() {
  const auto magic_bytes = reader_.take(4, "the magic");
  const std::string_view magic(reinterpret_cast<const char*>(magic_bytes.data()), 4);
  if (magic != "GGUF") reader_.fail(0, "the magic 'GGUF'", in_quotes(magic));
  const auto version = reader_.read<uint32_t>("the version");
  if (version != 0 && (version & 0xffff) == 0)
    reader_.fail(4, "a little-endian file",
                 fmt::format("a big-endian one (version {}); convert it again for this machine",
                             __builtin_bswap32(version)),
                 ErrorCode::unsupported);
  if (version != 2 && version != 3)
    reader_.fail(4, "GGUF version 2 or 3", fmt::format("GGUF v{}", version),
                 ErrorCode::unsupported);
  out_.version = version;
}

std::string_view ImageParser::read_name(std::string_view kind) {
  reader_.set_subject(kind);
  const uint64_t at = reader_.position();
  const std::string_view name = reader_.read_string("the name");
  if (name.empty() || name.size() > kMaxNameBytes)
    reader_.fail(at, fmt::format("a name of 1 to {} bytes", kMaxNameBytes),
                 fmt::format("{}", name.size()));
  reader_.set_subject(kind, name);
  return name;
}

void ImageParser::read_key() {
  const std::string_view key = read_name("metadata key");
  out_.metadata.emplace_back(key, read_value());
}

Type ImageParser::read_type() {
  const uint64_t at = reader_.position();
  const auto id = reader_.read<uint32_t>("the value type");
  if (id > static_cast<uint32_t>(Type::f64))
    reader_.fail(at, "a metadata type id of 0 to 12", fmt::to_string(id));
  return static_cast<Type>(id);
}

GgufValue ImageParser::read_value() {
  GgufValue value;
  value.type = read_type();
  value.position = reader_.position();
  if (value.type == Type::array)
    read_array(value);
  else
    read_scalar(value);
  return value;
}

void ImageParser::read_scalar(GgufValue& value) {
  constexpr std::string_view what = "the value";
  switch (value.type) {
    case Type::u8:
      value.value = uint64_t{reader_.read<uint8_t>(what)};
      return;
    case Type::u16:
      value.value = uint64_t{reader_.read<uint16_t>(what)};
      return;
    case Type::u32:
      value.value = uint64_t{reader_.read<uint32_t>(what)};
      return;
    case Type::u64:
      value.value = reader_.read<uint64_t>(what);
      return;
    case Type::i8:
      value.value = int64_t{reader_.read<int8_t>(what)};
      return;
    case Type::i16:
      value.value = int64_t{reader_.read<int16_t>(what)};
      return;
    case Type::i32:
      value.value = int64_t{reader_.read<int32_t>(what)};
      return;
    case Type::i64:
      value.value = reader_.read<int64_t>(what);
      return;
    case Type::f32:
      value.value = double{reader_.read<float>(what)};
      return;
    case Type::f64:
      value.value = reader_.read<double>(what);
      return;
    case Type::string:
      value.value = reader_.read_string(what);
      return;
    case Type::boolean: {
      const auto byte = reader_.read<uint8_t>(what);
      if (byte > 1) reader_.fail(value.position, "a boolean of 0 or 1", fmt::to_string(byte));
      value.value = byte == 1;
      return;
    }
    case Type::array:
      return;  // read_array's
  }
}

/// Count of an array's elements, charged to the budget of the whole file.
uint64_t ImageParser::read_array_count(Type element) {
  const uint64_t min_bytes = element == Type::string  ? 8
                             : element == Type::array ? 12
                                                      : gguf_scalar_bytes(element);
  const uint64_t count =
      reader_.read_count("an array length", min_bytes, kMaxArrayElements - n_elements_);
  n_elements_ += count;
  return count;
}

void ImageParser::read_array(GgufValue& value) {
  value.element = read_type();
  const uint64_t count = read_array_count(value.element);
  if (value.element == Type::string) {
    value.value = read_strings(count);
    return;
  }
  const uint64_t start = reader_.position();
  skip_array(value.element, count, 1);
  value.value = GgufArray{count, image_.subspan(start, reader_.position() - start)};
}

std::vector<std::string_view> ImageParser::read_strings(uint64_t count) {
  std::vector<std::string_view> strings;
  strings.reserve(count);  // the file holds at least half of these bytes
  for (uint64_t i = 0; i < count; ++i) strings.push_back(reader_.read_string("a string"));
  return strings;
}

void ImageParser::skip_array(Type element, uint64_t count, int depth) {
  if (element == Type::string) {
    for (uint64_t i = 0; i < count; ++i) reader_.read_string("a string");
    return;
  }
  if (element != Type::array) {
    const auto bytes = reader_.take(count * gguf_scalar_bytes(element), "array elements");
    if (element != Type::boolean) return;
    for (size_t i = 0; i < bytes.size(); ++i)
      if (bytes[i] > std::byte{1})
        reader_.fail(reader_.position() - bytes.size() + i, "a boolean of 0 or 1",
                     fmt::to_string(static_cast<int>(bytes[i])));
    return;
  }
  if (depth == kMaxArrayDepth)
    reader_.fail(reader_.position(), fmt::format("arrays nested at most {} deep", kMaxArrayDepth),
                 "a deeper one");
  for (uint64_t i = 0; i < count; ++i) {
    const Type inner = read_type();
    skip_array(inner, read_array_count(inner), depth + 1);
  }
}

void ImageParser::read_alignment() {
  for (const auto& [key, value] : out_.metadata) {
    if (key != "general.alignment") continue;
    reader_.set_subject("metadata key", key);
    if (value.type != Type::u32) reader_.fail(value.position, "type u32", name_of(value.type));
    const uint64_t alignment = std::get<uint64_t>(value.value);
    if (!std::has_single_bit(alignment) || alignment < kGgufMinAlignment ||
        alignment > kGgufMaxAlignment)
      reader_.fail(value.position,
                   fmt::format("a power of two of {} to {}", kGgufMinAlignment, kGgufMaxAlignment),
                   fmt::to_string(alignment));
    out_.alignment = alignment;
  }
}

void ImageParser::read_tensor() {
  Place place{};
  place.entry_position = reader_.position();
  GgufTensor tensor;
  tensor.name = read_name("tensor");
  tensor.shape = read_shape();
  const uint64_t type_position = reader_.position();
  tensor.type = read_tensor_type();
  place.n_bytes = bytes_of(tensor.type, tensor.shape, type_position);
  place.offset_position = reader_.position();
  place.offset = reader_.read<uint64_t>("the data offset");
  if (place.offset % out_.alignment != 0)
    reader_.fail(place.offset_position,
                 fmt::format("a data offset that is a multiple of {}", out_.alignment),
                 fmt::to_string(place.offset));
  out_.tensors.push_back(std::move(tensor));
  places_.push_back(place);
}

/// The file lists dimensions innermost first; no dimension at all means one element.
std::vector<int64_t> ImageParser::read_shape() {
  const uint64_t at = reader_.position();
  const auto n_dims = reader_.read<uint32_t>("the number of dimensions");
  if (n_dims > kMaxDims)
    reader_.fail(at, fmt::format("at most {} dimensions", kMaxDims), fmt::to_string(n_dims));
  std::vector<int64_t> shape;
  int64_t n_elements = 1;
  for (uint32_t i = 0; i < n_dims; ++i) {
    const uint64_t dim_position = reader_.position();
    const auto dim = reader_.read<int64_t>("a dimension");
    if (dim < 1) reader_.fail(dim_position, "a dimension of at least 1", fmt::to_string(dim));
    if (__builtin_mul_overflow(n_elements, dim, &n_elements))
      reader_.fail(dim_position, "fewer than 2^63 elements", fmt::format("a dimension of {}", dim));
    shape.push_back(dim);
  }
  if (shape.empty()) shape.push_back(1);
  std::reverse(shape.begin(), shape.end());
  return shape;
}

TensorType ImageParser::read_tensor_type() {
  const uint64_t at = reader_.position();
  const auto id = reader_.read<uint32_t>("the tensor type");
  if (!tensor_type_info(id)) {
    const std::string name = foreign_tensor_type(id);
    reader_.fail(at, "a known tensor type",
                 fmt::format("type id {}{}", id, name.empty() ? "" : " (" + name + ")"),
                 ErrorCode::unsupported);
  }
  return static_cast<TensorType>(id);
}

uint64_t ImageParser::bytes_of(TensorType type, const std::vector<int64_t>& shape,
                               uint64_t position) {
  const TensorTypeInfo& info = *tensor_type_info(type);
  const int64_t n_cols = shape.back();
  if (n_cols % info.block_elements != 0)
    reader_.fail(
        position,
        fmt::format("rows of a multiple of {} elements for {}", info.block_elements, info.name),
        fmt::to_string(n_cols));
  int64_t n_blocks = n_cols / info.block_elements;
  for (size_t i = 0; i + 1 < shape.size(); ++i) n_blocks *= shape[i];  // below 2^63, see read_shape
  int64_t n_bytes = 0;
  if (__builtin_mul_overflow(n_blocks, int64_t{info.block_bytes}, &n_bytes))
    reader_.fail(position, "fewer than 2^63 bytes",
                 fmt::format("{} blocks of {}", n_blocks, info.name));
  return static_cast<uint64_t>(n_bytes);
}

/// Position in items of an entry whose name an earlier one has, or items.size().
template <class Items, class NameOf>
size_t find_repeated(const Items& items, NameOf name_of) {
  std::vector<uint32_t> order(items.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return std::pair(name_of(items[a]), a) < std::pair(name_of(items[b]), b);
  });
  for (size_t i = 1; i < order.size(); ++i)
    if (name_of(items[order[i]]) == name_of(items[order[i - 1]])) return order[i];
  return items.size();
}

void ImageParser::refuse_repeated_keys() {
  const size_t i = find_repeated(out_.metadata, [](const auto& entry) { return entry.first; });
  if (i == out_.metadata.size()) return;
  reader_.set_subject("metadata key", out_.metadata[i].first);
  reader_.fail(out_.metadata[i].second.position, "each key once", "it again");
}

void ImageParser::refuse_repeated_tensors() {
  const size_t i = find_repeated(out_.tensors, [](const auto& tensor) { return tensor.name; });
  if (i == out_.tensors.size()) return;
  reader_.set_subject("tensor", out_.tensors[i].name);
  reader_.fail(places_[i].entry_position, "each tensor name once", "it again");
}

/// Gives every tensor its bytes. The data section starts at the next multiple of the alignment.
void ImageParser::place_tensors() {
  if (out_.tensors.empty()) return;
  const uint64_t mask = out_.alignment - 1;
  const uint64_t data_start = (reader_.position() + mask) & ~mask;
  const uint64_t data_bytes = image_.size() > data_start ? image_.size() - data_start : 0;
  for (size_t i = 0; i < places_.size(); ++i) {
    const Place& place = places_[i];
    reader_.set_subject("tensor", out_.tensors[i].name);
    if (place.offset > data_bytes || place.n_bytes > data_bytes - place.offset)
      reader_.fail(place.offset_position,
                   fmt::format("its {} bytes at offset {} inside the data section's {} bytes",
                               place.n_bytes, place.offset, data_bytes),
                   "a range past the end of the file; was it truncated?");
    out_.tensors[i].data = image_.subspan(data_start + place.offset, place.n_bytes);
  }
  refuse_overlap(data_start);
}

void ImageParser::refuse_overlap(uint64_t data_start) {
  std::vector<uint32_t> order(places_.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return places_[a].offset < places_[b].offset; });
  for (size_t i = 1; i < order.size(); ++i) {
    const Place& before = places_[order[i - 1]];
    const Place& here = places_[order[i]];
    if (before.offset + before.n_bytes <= here.offset) continue;
    reader_.set_subject("tensor", out_.tensors[order[i]].name);
    reader_.fail(here.offset_position,
                 fmt::format("data at or after byte {}, where {} ends",
                             data_start + before.offset + before.n_bytes,
                             in_quotes(out_.tensors[order[i - 1]].name)),
                 fmt::format("byte {}", data_start + here.offset));
  }
}

}  // namespace

uint32_t gguf_scalar_bytes(GgufValue::Type type) {
  switch (type) {
    case Type::u8:
    case Type::i8:
    case Type::boolean:
      return 1;
    case Type::u16:
    case Type::i16:
      return 2;
    case Type::u32:
    case Type::i32:
    case Type::f32:
      return 4;
    case Type::u64:
    case Type::i64:
    case Type::f64:
      return 8;
    case Type::string:
    case Type::array:
      return 0;
  }
  return 0;
}

GgufImage parse_gguf_image(std::span<const std::byte> image, std::string_view name) {
  return ImageParser(image, name).parse();
}

GgufImage parse_gguf_header(std::span<const std::byte> image, std::string_view name) {
  return ImageParser(image, name).parse_header();
}

}  // namespace caracal
