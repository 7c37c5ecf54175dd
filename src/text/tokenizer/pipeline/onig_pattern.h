#pragma once
/// Oniguruma's regular expressions (Ruby syntax, as tokenizer.json writes them) in PCRE2's words.
#include <string>
#include <string_view>

namespace caracal {

/// Rewrites what the two engines read differently: \w \W \b \B \h \H \v \uHHHH, \p{Script} and the
/// POSIX-like properties, classes inside classes and their intersections (&&), x{n,m}+ (greedy
/// twice, not possessive), (?m) (dot matches newline). ^ and $ match at every line; compile with
/// PCRE2_MULTILINE.
/// Throws Error(unsupported) with context for what has no equal: POSIX brackets, absence operators,
/// the option x, verbs and callouts.
std::string translate_onig_pattern(std::string_view pattern, std::string_view context);

}  // namespace caracal
