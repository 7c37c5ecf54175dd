#include "files/json_events.h"

#include "base/error.h"
#include "base/json.h"

namespace caracal {
namespace {

/// The library's interface in front of ours.
class Adapter final : public nlohmann::json_sax<Json> {
 public:
  Adapter(std::string_view name, JsonEvents& events) : name_(name), events_(events) {}

  bool null() override { return other("null"); }
  bool boolean(bool value) override { return other(value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return other(fmt::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override {
    events_.on_count(value);
    return true;
  }
  bool number_float(number_float_t value, const string_t&) override {
    return other(fmt::to_string(value));
  }
  bool string(string_t& value) override {
    events_.on_text(value);
    return true;
  }
  bool binary(binary_t&) override { return other("binary data"); }
  bool start_object(std::size_t) override {
    events_.on_begin_object();
    return true;
  }
  bool key(string_t& value) override {
    events_.on_key(value);
    return true;
  }
  bool end_object() override { return end(); }
  bool start_array(std::size_t) override {
    events_.on_begin_array();
    return true;
  }
  bool end_array() override { return end(); }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    // The library quotes what it read; a message stays a line.
    const std::string_view what = error.what();
    throw_error(ErrorCode::bad_file, name_, "expected JSON, found a fault at byte {}: {}", position,
                what.substr(0, 200));
  }

 private:
  bool other(std::string found) {
    events_.on_other(std::move(found));
    return true;
  }
  bool end() {
    events_.on_end();
    return true;
  }

  std::string_view name_;
  JsonEvents& events_;
};

}  // namespace

void read_json_events(std::string_view text, std::string_view name, JsonEvents& events) {
  Adapter adapter(name, events);
  Json::sax_parse(text, &adapter);
}

}  // namespace caracal
