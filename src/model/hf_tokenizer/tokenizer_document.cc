#include "model/hf_tokenizer/tokenizer_document.h"

#include <cmath>

#include "base/error.h"
#include "base/json.h"
#include "base/utf8.h"

namespace caracal {
namespace {

constexpr size_t kMaxTextBytes = size_t{256} << 20;
constexpr size_t kMaxDepth = 64;
constexpr size_t kMaxPieces = 4'000'000;
constexpr size_t kMaxMerges = 16'000'000;
constexpr size_t kMaxMembers = 16384;
constexpr size_t kMaxValues = 1'000'000;

// Takes the parser's events: builds a tree of them, or fills the lists while inside one.
class Builder final : public nlohmann::json_sax<Json> {
 public:
  Builder(std::string_view source, Json& root, TokenizerLists& lists)
      : source_(source), root_(root), lists_(lists) {}

  bool null() override { return scalar(Json(nullptr), "null"); }
  bool boolean(bool value) override { return scalar(Json(value), "true or false"); }
  bool number_integer(int64_t value) override { return number(Json(value), double(value), value); }
  bool number_unsigned(uint64_t value) override {
    return number(Json(value), double(value), value > INT64_MAX ? -1 : static_cast<int64_t>(value));
  }
  bool number_float(double value, const std::string&) override {
    return number(Json(value), value, -1);
  }

  bool string(std::string& value) override {
    switch (list_) {
      case List::none:
        add(Json(std::move(value)));
        return true;
      case List::merges:
        split_merge(value);
        return true;
      case List::merge:
        if (n_in_entry_++ == 0)
          lists_.merges.push_back({std::move(value), {}});
        else
          lists_.merges.back().second = std::move(value);
        return true;
      case List::scored_piece:
        if (n_in_entry_++ != 0) unexpected("a score", "a string");
        lists_.scores.push_back({std::move(value), 0});
        return true;
      case List::ids:
        unexpected("an id", "a string");
      case List::scores:
        unexpected("a piece and its score", "a string");
    }
    return true;
  }

  bool start_object(size_t) override {
    if (list_ != List::none) unexpected(kEntry, "an object");
    if (opens_list("vocab")) {
      list_ = List::ids;
    } else {
      open(Json::object());
    }
    return true;
  }
  bool key(std::string& name) override {
    if (list_ == List::ids) {
      check_count(lists_.ids.size(), kMaxPieces);
      lists_.ids.push_back({std::move(name), -1});
      return true;
    }
    if (open_.back()->size() >= kMaxMembers) fail("expected at most {} members", kMaxMembers);
    if (open_.back()->contains(name)) fail("the member '{}' is there twice", name.substr(0, 80));
    keys_.back() = name;
    return true;
  }
  bool end_object() override { return close(); }

  bool start_array(size_t) override {
    n_in_entry_ = 0;
    if (list_ == List::merges) {
      check_count(lists_.merges.size(), kMaxMerges);
      list_ = List::merge;
    } else if (list_ == List::scores) {
      check_count(lists_.scores.size(), kMaxPieces);
      list_ = List::scored_piece;
    } else if (list_ != List::none) {
      unexpected(kEntry, "an array");
    } else if (opens_list("merges")) {
      list_ = List::merges;
      lists_.has_merges = true;
    } else if (opens_list("vocab")) {
      list_ = List::scores;
    } else {
      open(Json::array());
    }
    return true;
  }
  bool end_array() override {
    if (list_ == List::merge || list_ == List::scored_piece) {
      if (n_in_entry_ != 2) fail("expected two values, found {}", n_in_entry_);
      list_ = list_ == List::merge ? List::merges : List::scores;
      return true;
    }
    return close();
  }

  bool binary(Json::binary_t&) override { return true; }  // not in JSON text
  bool parse_error(size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    throw_error(ErrorCode::bad_file, source_, "not valid JSON at byte {}: {}", position,
                sanitize_utf8(error.what()));
  }

 private:
  enum class List { none, ids, scores, scored_piece, merges, merge };
  static constexpr std::string_view kEntry = "an entry of the list";

  // Where the parser is, for messages.
  std::string path() const {
    std::string out;
    for (size_t i = 0; i < open_.size(); ++i) {
      if (open_[i]->is_array())
        out += fmt::format("[{}]", open_[i]->size());
      else
        out += (out.empty() ? "" : ".") + keys_[i].substr(0, 80);
    }
    if (list_ == List::ids && !lists_.ids.empty())
      out += fmt::format("['{}']", lists_.ids.back().first.substr(0, 80));
    const size_t n_begun = n_in_entry_ > 0 && (list_ == List::merge || list_ == List::scored_piece);
    if (list_ == List::scores || list_ == List::scored_piece)
      out += fmt::format("[{}]", lists_.scores.size() - n_begun);
    if (list_ == List::merges || list_ == List::merge)
      out += fmt::format("[{}]", lists_.merges.size() - n_begun);
    return sanitize_utf8(out.empty() ? "document" : out);
  }
  template <class... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) const {
    throw Error(ErrorCode::bad_file,
                sanitize_utf8(fmt::format(format, std::forward<Args>(args)...)),
                fmt::format("{}: {}", source_, path()));
  }
  [[noreturn]] void unexpected(std::string_view expected, std::string_view found) const {
    fail("expected {}, found {}", expected, found);
  }
  void check_count(size_t count, size_t most) const {
    if (count >= most) fail("expected at most {} entries", most);
  }

  // True at the value of model.NAME.
  bool opens_list(std::string_view name) const {
    return open_.size() == 2 && open_[0]->is_object() && open_[1]->is_object() &&
           keys_[0] == "model" && keys_[1] == name;
  }

  Json& add(Json value) {
    if (++n_values_ > kMaxValues) fail("expected at most {} values", kMaxValues);
    if (open_.empty()) return root_ = std::move(value);
    Json& parent = *open_.back();
    if (parent.is_array()) return parent.emplace_back(std::move(value));
    return parent[keys_.back()] = std::move(value);
  }
  void open(Json value) {
    if (open_.size() >= kMaxDepth) fail("nested deeper than {} levels", kMaxDepth);
    Json& added = add(std::move(value));
    open_.push_back(&added);
    keys_.emplace_back();
  }
  bool close() {
    if (list_ != List::none) {
      list_ = List::none;
      return true;
    }
    open_.pop_back();
    keys_.pop_back();
    return true;
  }

  bool scalar(Json value, std::string_view what) {
    if (list_ != List::none) unexpected(kEntry, what);
    add(std::move(value));
    return true;
  }
  // as_id: -1 where the number cannot be one.
  bool number(Json value, double as_score, int64_t as_id) {
    if (list_ == List::ids) {
      if (as_id < 0) unexpected("an id", "another number");
      lists_.ids.back().second = as_id;
    } else if (list_ == List::scored_piece) {
      if (n_in_entry_++ != 1) unexpected("a piece", "a number");
      if (!std::isfinite(as_score)) unexpected("a finite score", "another number");
      lists_.scores.back().second = as_score;
    } else {
      return scalar(std::move(value), "a number");
    }
    return true;
  }

  // The older form of a merge: two pieces with a space between them.
  void split_merge(const std::string& text) {
    if (text.starts_with("#version")) return;
    check_count(lists_.merges.size(), kMaxMerges);
    const size_t space = text.find(' ');
    if (space == std::string::npos || text.find(' ', space + 1) != std::string::npos)
      fail("expected two pieces with a space between them, found '{}'", text.substr(0, 80));
    lists_.merges.push_back({text.substr(0, space), text.substr(space + 1)});
  }

  std::string_view source_;
  Json& root_;
  TokenizerLists& lists_;
  std::vector<Json*> open_;        // containers, outermost first
  std::vector<std::string> keys_;  // the member under way in each of open_
  List list_ = List::none;
  int n_in_entry_ = 0;
  size_t n_values_ = 0;
};

}  // namespace

TokenizerLists parse_tokenizer_json(std::string_view text, std::string_view source, Json& rest) {
  if (text.size() > kMaxTextBytes)
    throw_error(ErrorCode::bad_file, source, "expected at most {} bytes, found {}", kMaxTextBytes,
                text.size());
  TokenizerLists lists;
  rest = Json();
  Builder builder(source, rest, lists);
  Json::sax_parse(text, &builder);
  return lists;
}

}  // namespace caracal
