#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/text_model.h"

namespace caracal::capi {

/// A text argument as a view; throws Error(bad_request) for NULL with a length.
std::string_view text_argument(const char* text, size_t n_bytes, std::string_view name);

/// Throws Error(bad_request) for a bit that is not in known.
void check_flags(uint32_t flags, uint32_t known);

/// flags: of caracal_tokenize. Throws what check_flags and Tokenizer::encode throw.
std::vector<TokenId> encode_text(const TextModel& model, std::string_view text, uint32_t flags);

}  // namespace caracal::capi
