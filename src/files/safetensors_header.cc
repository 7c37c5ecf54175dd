#include "files/safetensors_header.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <optional>
#include <unordered_set>

#include "base/error.h"
#include "files/byte_reader.h"
#include "files/json_events.h"

namespace caracal {
namespace {

constexpr SafetensorsType kTypes[] = {
    {"F64", 64, TensorType::f64},   {"F32", 32, TensorType::f32}, {"F16", 16, TensorType::f16},
    {"BF16", 16, TensorType::bf16}, {"I64", 64, TensorType::i64}, {"I32", 32, TensorType::i32},
    {"I16", 16, TensorType::i16},   {"I8", 8, TensorType::i8},    {"U64", 64, std::nullopt},
    {"U32", 32, std::nullopt},      {"U16", 16, std::nullopt},    {"U8", 8, std::nullopt},
    {"BOOL", 8, std::nullopt},      {"C64", 64, std::nullopt},    {"F8_E5M2", 8, std::nullopt},
    {"F8_E4M3", 8, std::nullopt},   {"F8_E8M0", 8, std::nullopt}, {"F6_E2M3", 6, std::nullopt},
    {"F6_E3M2", 6, std::nullopt},   {"F4", 4, std::nullopt},
};

// Limits far above any real checkpoint.
constexpr size_t kMaxTensors = 1 << 20;
constexpr size_t kMaxNameBytes = 65535;
constexpr size_t kMaxDims = 8;

constexpr std::string_view kMetadata = "__metadata__";

/// A list of counts as the header has it.
struct Counts {
  bool given = false;
  std::vector<uint64_t> values;
};

/// One entry of the header before its bytes are found.
struct Entry {
  SafetensorsTensor tensor;
  Counts shape, offsets;
};

/// Reads {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, "__metadata__":
/// {...}}
class HeaderReader final : public JsonEvents {
 public:
  explicit HeaderReader(std::string_view name) : name_(name) {}

  std::vector<Entry> take() { return std::move(entries_); }

  void on_begin_object() override {
    if (place_ == Place::outside)
      place_ = Place::root;
    else if (place_ == Place::root)
      place_ = in_metadata_ ? Place::metadata : Place::tensor;
    else
      refuse("an object");
  }

  void on_begin_array() override {
    if (place_ != Place::tensor || !numbers_) refuse("an array");
    place_ = Place::numbers;
    numbers_->given = true;
  }

  void on_end() override {
    if (place_ == Place::numbers) {
      place_ = Place::tensor;
    } else if (place_ == Place::root) {
      place_ = Place::outside;
    } else {
      if (place_ == Place::tensor) finish_tensor();
      place_ = Place::root;
    }
  }

  void on_key(std::string_view key) override {
    if (place_ == Place::root) begin_entry(key);
    if (place_ == Place::tensor) begin_field(key);
  }

  void on_text(std::string_view text) override {
    if (place_ == Place::metadata) return;
    if (place_ != Place::tensor || !wants_dtype_) refuse(in_quotes(text));
    SafetensorsTensor& tensor = entries_.back().tensor;
    tensor.type = find_safetensors_type(text);
    if (!tensor.type)
      throw_error(ErrorCode::unsupported, name_, "tensor {}: expected a known dtype, found {}",
                  in_quotes(tensor.name), in_quotes(text));
    wants_dtype_ = false;
  }

  void on_count(uint64_t value) override {
    if (place_ != Place::numbers || numbers_->values.size() >= kMaxDims)
      refuse(fmt::to_string(value));
    numbers_->values.push_back(value);
  }

  void on_other(std::string found) override { refuse(found); }

 private:
  enum class Place { outside, root, metadata, tensor, numbers };

  [[noreturn]] void refuse(std::string_view found) const {
    constexpr std::string_view kForm =
        R"({"dtype": TEXT, "shape": [COUNTS], "data_offsets": [BEGIN, END]})";
    if (entries_.empty() || in_metadata_)
      throw_error(ErrorCode::bad_file, name_,
                  "header: expected tensors by name and texts under {}, found {}", kMetadata,
                  found);
    throw_error(ErrorCode::bad_file, name_, "tensor {}: expected {}, found {}",
                in_quotes(entries_.back().tensor.name), kForm, found);
  }

  void begin_entry(std::string_view key) {
    in_metadata_ = key == kMetadata;
    if (!names_.emplace(key).second)
      throw_error(ErrorCode::bad_file, name_, "header: expected each name once, found {} again",
                  in_quotes(key));
    if (in_metadata_) return;
    if (key.empty() || key.size() > kMaxNameBytes || entries_.size() == kMaxTensors)
      throw_error(ErrorCode::bad_file, name_,
                  "header: expected at most {} tensors with names of 1 to {} bytes, found {}",
                  kMaxTensors, kMaxNameBytes, in_quotes(key));
    entries_.emplace_back().tensor.name = key;
  }

  void begin_field(std::string_view key) {
    Entry& entry = entries_.back();
    wants_dtype_ = key == "dtype";
    numbers_ = key == "shape" ? &entry.shape : key == "data_offsets" ? &entry.offsets : nullptr;
    const bool repeated = wants_dtype_ ? entry.tensor.type != nullptr : numbers_ && numbers_->given;
    if (repeated || (!wants_dtype_ && !numbers_)) refuse(in_quotes(key));
  }

  void finish_tensor() {
    const Entry& entry = entries_.back();
    if (!entry.tensor.type) refuse("no dtype");
    if (!entry.shape.given) refuse("no shape");
    if (entry.offsets.values.size() != 2) refuse("no pair of data_offsets");
  }

  std::string_view name_;
  std::vector<Entry> entries_;
  std::unordered_set<std::string> names_;
  Place place_ = Place::outside;
  bool in_metadata_ = false;
  bool wants_dtype_ = false;
  Counts* numbers_ = nullptr;  // the field being read
};

uint64_t read_header_bytes(std::span<const std::byte> image, std::string_view name) {
  ByteReader reader(image, name);
  const auto n_bytes = reader.read<uint64_t>("its length");
  const uint64_t most = std::min(kMaxSafetensorsHeader, reader.remaining());
  if (n_bytes < 2 || n_bytes > most)
    reader.fail(0, fmt::format("a length of 2 to {}", most), fmt::to_string(n_bytes));
  if (image[8] != std::byte{'{'})
    reader.fail(8, "JSON that begins with '{'",
                in_quotes(std::string_view(reinterpret_cast<const char*>(image.data()) + 8, 1)));
  return n_bytes;
}

/// Bytes that the shape and the type ask for.
uint64_t bytes_of(Entry& entry, std::string_view name) {
  uint64_t bits = static_cast<uint64_t>(entry.tensor.type->bits);
  for (uint64_t dim : entry.shape.values) {
    if (dim >> 62 != 0 || __builtin_mul_overflow(bits, dim, &bits))
      throw_error(ErrorCode::bad_file, name, "tensor {}: expected fewer than 2^61 bytes, found {}",
                  in_quotes(entry.tensor.name), fmt::join(entry.shape.values, " x "));
    entry.tensor.shape.push_back(static_cast<int64_t>(dim));
  }
  if (bits % 8 != 0)
    throw_error(ErrorCode::bad_file, name, "tensor {}: expected whole bytes, found {} bits",
                in_quotes(entry.tensor.name), bits);
  return bits / 8;
}

/// Gives every tensor its bytes; they must follow each other and fill the data section.
void place(std::vector<Entry>& entries, std::span<const std::byte> data, std::string_view name) {
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.offsets.values < b.offsets.values;
  });
  uint64_t end = 0;
  for (Entry& entry : entries) {
    const uint64_t n_bytes = bytes_of(entry, name);
    const uint64_t first = entry.offsets.values[0], last = entry.offsets.values[1];
    if (first != end || n_bytes > data.size() - end || last != first + n_bytes)
      throw_error(ErrorCode::bad_file, name,
                  "tensor {}: expected data_offsets [{}, {}] within {} bytes of data ({} bytes of "
                  "{}, without overlap or gap), found [{}, {}]",
                  in_quotes(entry.tensor.name), end, end + n_bytes, data.size(), n_bytes,
                  entry.tensor.type->name, first, last);
    entry.tensor.data = data.subspan(first, n_bytes);
    end = last;
  }
  if (end != data.size())
    throw_error(ErrorCode::bad_file, name,
                "expected {} bytes of data, as the header says, found {}", end, data.size());
}

}  // namespace

const SafetensorsType* find_safetensors_type(std::string_view name) {
  const auto* row = std::ranges::find(kTypes, name, &SafetensorsType::name);
  return row == std::end(kTypes) ? nullptr : row;
}

std::vector<SafetensorsTensor> parse_safetensors_image(std::span<const std::byte> image,
                                                       std::string_view name) {
  const uint64_t n_bytes = read_header_bytes(image, name);
  HeaderReader reader(name);
  read_json_events({reinterpret_cast<const char*>(image.data()) + 8, n_bytes}, name, reader);
  std::vector<Entry> entries = reader.take();
  place(entries, image.subspan(8 + n_bytes), name);
  std::vector<SafetensorsTensor> tensors;
  tensors.reserve(entries.size());
  for (Entry& entry : entries) tensors.push_back(std::move(entry.tensor));
  return tensors;
}

}  // namespace caracal
