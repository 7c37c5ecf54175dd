#include <unordered_set>

#include "base/error.h"
#include "files/byte_reader.h"
#include "files/json_events.h"
#include "files/safetensors_header.h"

namespace caracal {
namespace {

constexpr size_t kMaxShards = 4096;

/// Reads {"metadata": {...}, "weight_map": {"tensor": "shard.safetensors", ...}}; what else an
/// index holds is passed over.
class IndexReader final : public JsonEvents {
 public:
  explicit IndexReader(std::string_view name) : name_(name) {}

  std::map<std::string, std::vector<std::string>> take() {
    if (shards_.empty())
      throw_error(ErrorCode::bad_file, name_, "expected a weight_map with tensors, found none");
    return std::move(shards_);
  }

  void on_begin_object() override { open(true); }
  void on_begin_array() override { open(false); }
  void on_end() override { --depth_; }

  void on_key(std::string_view key) override {
    if (depth_ == 1) {
      in_map_ = key == "weight_map";
      if (in_map_ && !shards_.empty()) refuse("one weight_map", "another");
    } else if (in_map_) {
      tensor_ = key;
      if (!names_.insert(tensor_).second)
        refuse("each tensor once", fmt::format("{} again", in_quotes(key)));
    }
  }

  void on_text(std::string_view text) override {
    if (!in_map_) return;
    if (depth_ != 2) refuse("a shard for each tensor", in_quotes(text));
    check_shard_name(text);
    shards_[std::string(text)].push_back(tensor_);
    if (shards_.size() > kMaxShards) refuse(fmt::format("at most {} shards", kMaxShards), "more");
  }

  void on_count(uint64_t value) override { on_other(fmt::to_string(value)); }
  void on_other(std::string found) override {
    if (in_map_ || depth_ == 0) refuse("a shard for each tensor", found);
  }

 private:
  static constexpr int kMaxDepth = 16;

  [[noreturn]] void refuse(std::string_view expected, std::string_view found) const {
    throw_error(ErrorCode::bad_file, name_, "weight_map: expected {}, found {}", expected, found);
  }

  void open(bool object) {
    const bool fits = depth_ == 0 || (in_map_ && depth_ == 1) ? object : !in_map_;
    if (!fits || ++depth_ > kMaxDepth)
      refuse("an object of tensors and shards", "a list or a deeper object");
  }

  /// A shard lies beside its index: nothing that could lead elsewhere is a name.
  void check_shard_name(std::string_view shard) const {
    const bool plain =
        shard.size() > 12 && shard.size() < 256 && shard.ends_with(".safetensors") &&
        shard.find_first_of(std::string_view("/\\\0", 3)) == std::string_view::npos &&
        shard[0] != '.';
    if (!plain) refuse("shards to be plain names NAME.safetensors", in_quotes(shard));
  }

  std::string_view name_;
  std::map<std::string, std::vector<std::string>> shards_;
  std::unordered_set<std::string> names_;
  std::string tensor_;
  int depth_ = 0;
  bool in_map_ = false;
};

}  // namespace

std::map<std::string, std::vector<std::string>> parse_safetensors_index(std::string_view text,
                                                                        std::string_view name) {
  IndexReader reader(name);
  read_json_events(text, name, reader);
  return reader.take();
}

}  // namespace caracal
