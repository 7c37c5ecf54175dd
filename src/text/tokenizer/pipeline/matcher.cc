#include "text/tokenizer/pipeline/matcher.h"

#include "base/error.h"
#include "base/utf8.h"

namespace caracal {
namespace {

void add_match(size_t begin, size_t end, std::vector<Stretch>& out) {
  const size_t done = out.empty() ? 0 : out.back().end;
  if (begin > done) out.push_back({done, begin, false});
  out.push_back({begin, end, true});
}

void add_rest(std::string_view text, std::vector<Stretch>& out) {
  const size_t done = out.empty() ? 0 : out.back().end;
  if (done < text.size()) out.push_back({done, text.size(), false});
}

}  // namespace

PatternMatcher::PatternMatcher(const pipeline::Pattern& pattern, std::string_view context) {
  if (pattern.is_regex)
    regex_ = Regex::from_file(pattern.text, context);
  else
    literal_ = pattern.text;
  if (pattern.text.empty())
    throw_error(ErrorCode::unsupported, context, "expected a pattern, found an empty string");
}

void PatternMatcher::find_all(std::string_view text, std::vector<Stretch>& out) const {
  out.clear();
  if (regex_)
    find_regex(text, out);
  else
    find_literal(text, out);
  add_rest(text, out);
}

void PatternMatcher::find_literal(std::string_view text, std::vector<Stretch>& out) const {
  for (size_t at = 0; (at = text.find(literal_, at)) != std::string_view::npos;) {
    add_match(at, at + literal_.size(), out);
    at += literal_.size();
  }
}

void PatternMatcher::find_regex(std::string_view text, std::vector<Stretch>& out) const {
  Regex::Matcher matcher(*regex_);
  for (size_t at = 0; at <= text.size() && matcher.find(text, at);) {
    const bool repeats_last =
        matcher.begin() == matcher.end() && !out.empty() && out.back().end == matcher.end();
    if (!repeats_last) {
      add_match(matcher.begin(), matcher.end(), out);
      at = matcher.end();
    } else if (at == text.size()) {
      break;
    } else {
      next_code_point(text, at);
    }
  }
}

std::string replace_matches(std::string_view text, const std::vector<Stretch>& stretches,
                            std::string_view content) {
  std::string out;
  out.reserve(text.size() + text.size() / 2);
  for (const Stretch& s : stretches)
    out += s.is_match ? content : text.substr(s.begin, s.end - s.begin);
  return out;
}

}  // namespace caracal
