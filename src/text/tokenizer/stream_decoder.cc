#include "text/tokenizer/stream_decoder.h"

#include "base/utf8.h"

namespace caracal {

std::string StreamDecoder::push(TokenId id) {
  held_ += tokenizer_.decode({&id, 1}, options_);
  if (tokenizer_.starts_text(id, options_)) options_.at_text_start = false;
  const size_t complete = complete_utf8_prefix(held_);
  std::string out = sanitize_utf8(std::string_view(held_).substr(0, complete));
  held_.erase(0, complete);
  return out;
}

std::string StreamDecoder::flush() {
  std::string out = sanitize_utf8(held_);
  held_.clear();
  return out;
}

}  // namespace caracal
