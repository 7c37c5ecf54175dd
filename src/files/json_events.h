#pragma once
/// JSON that is read piece by piece instead of into a tree: for files whose objects have hundreds
/// of thousands of members, and for formats in which a name must not occur twice.
#include <cstdint>
#include <string>
#include <string_view>

namespace caracal {

/// What a text consists of, in its order. A handler throws what it does not accept.
class JsonEvents {
 public:
  virtual ~JsonEvents() = default;
  virtual void on_begin_object() = 0;
  virtual void on_begin_array() = 0;
  /// Of the innermost object or array.
  virtual void on_end() = 0;
  virtual void on_key(std::string_view key) = 0;
  virtual void on_text(std::string_view text) = 0;
  virtual void on_count(uint64_t value) = 0;
  /// found: any other value, as a message would show it: "null", "true", "-3", "0.5".
  virtual void on_other(std::string found) = 0;
};

/// name: the file, for messages. Throws Error(bad_file) with the byte position for what is not
/// JSON. Needs memory for one string at a time; nesting is the handler's to limit.
void read_json_events(std::string_view text, std::string_view name, JsonEvents& events);

}  // namespace caracal
