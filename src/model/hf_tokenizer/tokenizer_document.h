#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json_fwd.h"

namespace caracal {

/// The long lists of a tokenizer.json, which are kept out of the JSON tree: it would take ten times
/// their memory, and its objects look keys up one by one.
struct TokenizerLists {
  std::vector<std::pair<std::string, int64_t>> ids;         ///< model.vocab {piece: id}
  std::vector<std::pair<std::string, double>> scores;       ///< model.vocab [[piece, score]]
  std::vector<std::pair<std::string, std::string>> merges;  ///< model.merges
  bool has_merges = false;                                  ///< the key is there
};

/// Parses a tokenizer's JSON; rest gets everything but model.vocab and model.merges. Throws
/// Error(bad_file) with the path for text that is not JSON, lists of another shape and anything
/// beyond the bounds: 256 MiB of text, 64 levels, 4 million pieces, 16 million merges, 16384
/// members of another object, a million other values.
TokenizerLists parse_tokenizer_json(std::string_view text, std::string_view source, Json& rest);

}  // namespace caracal
