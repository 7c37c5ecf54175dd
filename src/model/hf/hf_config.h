#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json_fwd.h"

namespace caracal {

/// One of the JSON files of a Hugging Face checkpoint, or an object inside it. Nobody vouches for
/// it: every access checks, and what does not fit throws Error(bad_file) naming file, key, expected
/// and found. A key whose value is null counts as absent. Copies are cheap and share the text.
class HfConfig {
 public:
  /// text: an object of at most 2^14 members, nested at most 32 deep. name: the file, in messages.
  static HfConfig parse(std::string_view text, std::string name);
  /// Throws Error(not_found / io / bad_file).
  static HfConfig read(const std::filesystem::path& path);

  bool has(std::string_view key) const;
  bool is_list(std::string_view key) const;
  /// An integer from min to max.
  std::optional<int64_t> find_int(std::string_view key, int64_t min, int64_t max) const;
  /// From 1 to 2^28, which no width, length or number of layers reaches.
  std::optional<int32_t> find_count(std::string_view key) const;
  int32_t count(std::string_view key) const;
  /// Finite.
  std::optional<double> find_number(std::string_view key) const;
  double number(std::string_view key) const;
  std::optional<bool> find_flag(std::string_view key) const;
  std::optional<std::string> find_text(std::string_view key) const;
  std::optional<HfConfig> find_object(std::string_view key) const;
  std::optional<std::vector<double>> find_numbers(std::string_view key) const;
  std::optional<std::vector<std::string>> find_texts(std::string_view key) const;
  /// The objects of a list; none where there is no list.
  std::vector<HfConfig> objects(std::string_view key) const;
  /// The same of a file whose outermost value is a list.
  static std::vector<HfConfig> read_list(const std::filesystem::path& path);

  /// A number or a list of numbers, as eos_token_id is.
  std::optional<std::vector<int64_t>> find_ids(std::string_view key) const;

  const std::string& name() const { return name_; }
  /// "config.json: rope_scaling.factor", for messages.
  std::string where(std::string_view key) const;
  /// The value as a message shows it.
  std::string shown(std::string_view key) const;
  /// Error about this key: "expected ..., found VALUE".
  [[noreturn]] void refuse(std::string_view key, std::string_view expected,
                           ErrorCode code = ErrorCode::bad_file) const;

 private:
  HfConfig(std::shared_ptr<const Json> value, std::string name, std::string prefix);
  const Json* find(std::string_view key) const;
  HfConfig inside(const Json& value, std::string_view key) const;

  std::shared_ptr<const Json> value_;  // an object
  std::string name_, prefix_;
};

}  // namespace caracal
