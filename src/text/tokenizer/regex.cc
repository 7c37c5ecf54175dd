#define PCRE2_CODE_UNIT_WIDTH 8
#include "text/tokenizer/regex.h"

#include <pcre2.h>

#include "base/error.h"
#include "base/utf8.h"
#include "text/tokenizer/pipeline/onig_pattern.h"

namespace caracal {
namespace {

// The White_Space property: 25 characters, unchanged since Unicode 6.3.
constexpr std::string_view kWhiteSpace =
    R"(\x{9}-\x{d}\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000})";

// Far above what any pattern of the table needs on a gigabyte of text, low enough to end.
constexpr uint32_t kMatchLimit = 2'000'000'000;
// For patterns of a file: a run of a million characters may take a few steps for each.
constexpr uint32_t kUntrustedMatchLimit = 10'000'000;
constexpr uint32_t kMaxPatternBytes = 1 << 16;
constexpr uint32_t kHeapLimitKib = 512 * 1024;

constexpr uint32_t kOptions =
    PCRE2_UTF | PCRE2_UCP | PCRE2_NO_UTF_CHECK | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C;

pcre2_code* code_of(void* p) { return static_cast<pcre2_code*>(p); }
pcre2_match_data* data_of(void* p) { return static_cast<pcre2_match_data*>(p); }
pcre2_match_context* context_of(void* p) { return static_cast<pcre2_match_context*>(p); }

std::string message_of(int code) {
  PCRE2_UCHAR buffer[256];
  pcre2_get_error_message(code, buffer, sizeof buffer);
  return reinterpret_cast<const char*>(buffer);
}

}  // namespace

std::string spell_out_white_space(std::string_view pattern) {
  std::string out;
  bool in_class = false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\' && i + 1 < pattern.size()) {
      const char escaped = pattern[++i];
      if (escaped == 's' && in_class)
        out += kWhiteSpace;
      else if (escaped == 's')
        out.append("[").append(kWhiteSpace).append("]");
      else if (escaped == 'S' && !in_class)
        out.append("[^").append(kWhiteSpace).append("]");
      else
        out.append({c, escaped});
      continue;
    }
    if (c == '[') in_class = true;
    if (c == ']') in_class = false;
    out += c;
  }
  return out;
}

void Regex::Free::operator()(void* code) const { pcre2_code_free(code_of(code)); }
void Regex::FreeContext::operator()(void* context) const {
  pcre2_match_context_free(context_of(context));
}
void Regex::Matcher::Free::operator()(void* data) const { pcre2_match_data_free(data_of(data)); }

struct Regex::Source {
  ErrorCode error;
  std::string_view context;
  uint32_t options;
  uint32_t match_limit;
};

Regex::Regex(std::string_view pattern)
    : Regex(pattern, {ErrorCode::internal, "pre-tokenizer pattern", 0, kMatchLimit}) {}

Regex Regex::from_file(std::string_view onig_pattern, std::string_view context) {
  if (onig_pattern.size() > kMaxPatternBytes)
    throw_error(ErrorCode::unsupported, context, "expected at most {} bytes of pattern, found {}",
                kMaxPatternBytes, onig_pattern.size());
  return {translate_onig_pattern(onig_pattern, context),
          {ErrorCode::unsupported, context, PCRE2_MULTILINE, kUntrustedMatchLimit}};
}

Regex::Regex(std::string_view pattern, const Source& source) {
  const std::string exact = spell_out_white_space(pattern);
  int error = 0;
  PCRE2_SIZE offset = 0;
  code_.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(exact.data()), exact.size(),
                            kOptions | source.options, &error, &offset, nullptr));
  if (!code_)
    throw_error(source.error, source.context, "{} at byte {} of '{}'", message_of(error), offset,
                sanitize_utf8(exact.substr(0, 400)));
  has_jit_ = pcre2_jit_compile(code_of(code_.get()), PCRE2_JIT_COMPLETE) == 0;
  context_.reset(pcre2_match_context_create(nullptr));
  pcre2_set_match_limit(context_of(context_.get()), source.match_limit);
  pcre2_set_heap_limit(context_of(context_.get()), kHeapLimitKib);
}

Regex::Matcher::Matcher(const Regex& regex)
    : regex_(regex),
      match_data_(pcre2_match_data_create_from_pattern(code_of(regex.code_.get()), nullptr)) {
  if (!match_data_) throw std::bad_alloc();
}

bool Regex::Matcher::find(std::string_view text, size_t from) {
  const auto* subject = reinterpret_cast<PCRE2_SPTR>(text.data());
  const pcre2_code* code = code_of(regex_.code_.get());
  pcre2_match_data* data = data_of(match_data_.get());
  pcre2_match_context* context = context_of(regex_.context_.get());
  int rc = PCRE2_ERROR_JIT_STACKLIMIT;
  if (regex_.has_jit_) rc = pcre2_jit_match(code, subject, text.size(), from, 0, data, context);
  if (rc == PCRE2_ERROR_JIT_STACKLIMIT)
    rc = pcre2_match(code, subject, text.size(), from, PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, data,
                     context);
  if (rc == PCRE2_ERROR_NOMATCH) return false;
  if (rc < 0)
    throw_error(ErrorCode::bad_request, "tokenizer",
                "splitting {} bytes of text into words failed at byte {}: {}", text.size(), from,
                message_of(rc));
  const PCRE2_SIZE* range = pcre2_get_ovector_pointer(data);
  begin_ = range[0];
  end_ = range[1];
  return true;
}

}  // namespace caracal
