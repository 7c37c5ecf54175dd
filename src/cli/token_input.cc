#include "cli/token_input.h"

#include <limits>

#include "base/error.h"
#include "base/json.h"
#include "spec/field_text.h"

namespace caracal::cli {
namespace {

constexpr TokenId kMaxId = std::numeric_limits<TokenId>::max();

const Json& member(const Json& object, const char* key, std::string_view what) {
  if (!object.is_object() || !object.contains(key))
    throw_error(ErrorCode::bad_request, what, "expected an object with the key \"{}\"", key);
  return object.at(key);
}

std::vector<TokenId> parse_numbers(std::string_view text, std::string_view what) {
  std::vector<TokenId> ids;
  constexpr std::string_view kBetween = " \t\r\n,";
  for (size_t begin; (begin = text.find_first_not_of(kBetween)) != std::string_view::npos;) {
    text.remove_prefix(begin);
    const std::string_view word = text.substr(0, text.find_first_of(kBetween));
    const Expected expected = {{.min = 0, .max = static_cast<double>(kMaxId)}, {}};
    ids.push_back(static_cast<TokenId>(parse_integer(word, expected, what)));
    text.remove_prefix(word.size());
  }
  return ids;
}

}  // namespace

std::vector<TokenId> read_ids(const Json& array, std::string_view what) {
  if (!array.is_array())
    throw_error(ErrorCode::bad_request, what, "expected an array of token ids, found {}",
                array.type_name());
  std::vector<TokenId> ids;
  ids.reserve(array.size());
  for (const Json& item : array) {
    if (!item.is_number_unsigned() || item.get<uint64_t>() > static_cast<uint64_t>(kMaxId))
      throw_error(ErrorCode::bad_request, what, "entry {}: expected a token id, found {}",
                  ids.size(), to_text(item).substr(0, 40));
    ids.push_back(item.get<TokenId>());
  }
  return ids;
}

std::vector<TokenId> parse_ids(std::string_view text, std::string_view what) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || text[first] != '{') return parse_numbers(text, what);
  const Json object = parse_json(text, what);
  return read_ids(member(object, "ids", what), what);
}

std::vector<std::vector<TokenId>> parse_sequences(std::string_view text, std::string_view what) {
  const Json object = parse_json(text, what);
  const Json& sequences = member(object, "sequences", what);
  if (!sequences.is_array())
    throw_error(ErrorCode::bad_request, what, "\"sequences\": expected an array, found {}",
                sequences.type_name());
  std::vector<std::vector<TokenId>> out;
  for (const Json& sequence : sequences)
    out.push_back(read_ids(sequence, fmt::format("{}: sequence {}", what, out.size())));
  return out;
}

}  // namespace caracal::cli
