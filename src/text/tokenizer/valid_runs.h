#pragma once
/// Text that may not be UTF-8, cut into what is and what is not.
#include <string_view>

#include "base/utf8.h"

namespace caracal {

/// Calls run(text) for each stretch of valid UTF-8 and word(bytes) for each ill-formed sequence, in
/// order.
template <class Run, class Word>
void for_each_valid_run(std::string_view text, Run&& run, Word&& word) {
  if (is_valid_utf8(text)) return run(text);
  size_t begin = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t here = at;
    next_code_point(text, at);
    const std::string_view sequence = text.substr(here, at - here);
    if (is_valid_utf8(sequence)) continue;
    if (here > begin) run(text.substr(begin, here - begin));
    word(sequence);
    begin = at;
  }
  if (begin < text.size()) run(text.substr(begin));
}

}  // namespace caracal
