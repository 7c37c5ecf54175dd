#pragma once
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "spec/token.h"

namespace caracal::cli {

/// A JSON array of ids. Throws Error(bad_request) that names what for anything else.
std::vector<TokenId> read_ids(const Json& array, std::string_view what);

/// {"ids":[...]}, or bare numbers separated by white space or commas. Throws like read_ids.
std::vector<TokenId> parse_ids(std::string_view text, std::string_view what);

/// {"sequences":[[id,...],...]}. Throws like read_ids.
std::vector<std::vector<TokenId>> parse_sequences(std::string_view text, std::string_view what);

}  // namespace caracal::cli
