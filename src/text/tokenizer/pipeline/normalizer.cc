#include "text/tokenizer/pipeline/normalizer.h"

#include <algorithm>

#include "base/error.h"
#include "base/utf8.h"
#include "text/tokenizer/charsmap.h"
#include "text/tokenizer/pipeline/matcher.h"
#include "text/tokenizer/pipeline/unicode_text.h"

namespace caracal {
namespace {

using Step = TextNormalizer::Step;

// Calls visit(code point) for every character.
template <class Visit>
void for_each_character(std::string_view text, Visit&& visit) {
  for (size_t at = 0; at < text.size();) visit(next_code_point(text, at));
}

template <class Drop>
std::string without(std::string_view text, bool& keeps_start, Drop&& drop) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    if (!drop(next_code_point(text, at))) {
      out += text.substr(begin, at - begin);
    } else if (out.empty()) {
      keeps_start = false;
    }
  }
  return out;
}

std::string lowercase(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for_each_character(text, [&](uint32_t c) { append_lowercase(out, c); });
  return out;
}

class UnicodeFormStep final : public Step {
 public:
  explicit UnicodeFormStep(const pipeline::UnicodeForm& form)
      : form_(form.compatibility ? form.composed ? NormalForm::nfkc : NormalForm::nfkd
              : form.composed    ? NormalForm::nfc
                                 : NormalForm::nfd) {}
  std::string run(std::string_view text, bool&) const override { return normal_form(text, form_); }

 private:
  NormalForm form_;
};

class LowercaseStep final : public Step {
 public:
  explicit LowercaseStep(const pipeline::Lowercase&) {}
  std::string run(std::string_view text, bool&) const override { return lowercase(text); }
};

class ReplaceStep final : public Step {
 public:
  explicit ReplaceStep(const pipeline::Replace& replace)
      : matcher_(replace.pattern, "Replace"), content_(replace.content) {}
  std::string run(std::string_view text, bool& keeps_start) const override {
    std::vector<Stretch> stretches;
    matcher_.find_all(text, stretches);
    if (!stretches.empty() && stretches[0].is_match) {
      // What replaces a match counts as standing where the match's last character stood.
      size_t first = 0;
      if (!text.empty()) next_code_point(text, first);
      if (content_.empty() || stretches[0].end > first) keeps_start = false;
    }
    return replace_matches(text, stretches, content_);
  }

 private:
  PatternMatcher matcher_;
  std::string content_;
};

class PrependStep final : public Step {
 public:
  explicit PrependStep(const pipeline::Prepend& prepend) : text_(prepend.text) {}
  std::string run(std::string_view text, bool&) const override {
    return text.empty() ? std::string() : text_ + std::string(text);
  }

 private:
  std::string text_;
};

class StripSpaceStep final : public Step {
 public:
  explicit StripSpaceStep(const pipeline::StripSpace& sides) : sides_(sides) {}
  std::string run(std::string_view text, bool& keeps_start) const override {
    size_t begin = 0, end = 0;  // of what is left
    bool leading = true;
    for (size_t at = 0; at < text.size();) {
      if (is_white_space(next_code_point(text, at))) {
        if (leading) begin = at;
      } else {
        leading = false;
        end = at;
      }
    }
    if (!sides_.left) begin = 0;
    if (!sides_.right) end = text.size();
    keeps_start = keeps_start && begin == 0;
    return std::string(text.substr(begin, end - std::min(begin, end)));
  }

 private:
  pipeline::StripSpace sides_;
};

class StripAccentsStep final : public Step {
 public:
  explicit StripAccentsStep(const pipeline::StripAccents&) {}
  std::string run(std::string_view text, bool& keeps_start) const override {
    return without(text, keeps_start, is_mark);
  }
};

class BertStep final : public Step {
 public:
  explicit BertStep(const pipeline::BertNormalizer& options) : options_(options) {}
  std::string run(std::string_view text, bool& keeps_start) const override {
    std::string out(text);
    if (options_.clean_text) out = cleaned(out, keeps_start);
    if (options_.handle_chinese_chars) out = spaced(out);
    if (options_.strip_accents)
      out = without(normal_form(out, NormalForm::nfd), keeps_start, is_nonspacing_mark);
    return options_.lowercase ? lowercase(out) : out;
  }

 private:
  static std::string cleaned(std::string_view text, bool& keeps_start) {
    const std::string kept = without(text, keeps_start, [](uint32_t c) {
      const bool is_line_space = c == '\t' || c == '\n' || c == '\r';
      return c == 0 || c == 0xFFFD || (is_control_or_format(c) && !is_line_space);
    });
    std::string out;
    for_each_character(kept, [&](uint32_t c) { append_utf8(out, is_white_space(c) ? ' ' : c); });
    return out;
  }
  static std::string spaced(std::string_view text) {
    std::string out;
    for_each_character(text, [&](uint32_t c) {
      const bool is_cjk = is_cjk_ideograph(c);
      if (is_cjk) out += ' ';
      append_utf8(out, c);
      if (is_cjk) out += ' ';
    });
    return out;
  }

  pipeline::BertNormalizer options_;
};

// A rule that holds for the start of a short grapheme cluster replaces all of it; in longer ones
// every character is looked up alone (spm_precompiled, as `tokenizers` uses it).
class PrecompiledStep final : public Step {
 public:
  explicit PrecompiledStep(const pipeline::Precompiled& rules) : charsmap_(rules.charsmap) {}
  std::string run(std::string_view text, bool&) const override {
    constexpr size_t kShortCluster = 6;
    std::string out;
    out.reserve(text.size());
    for (size_t at = 0; at < text.size();) {
      const std::string_view cluster = text.substr(at, grapheme_bytes(text, at));
      at += cluster.size();
      if (cluster.size() < kShortCluster) {
        if (const auto rule = charsmap_.shortest(cluster, 0); rule.bytes > 0) {
          out += rule.replacement;
          continue;
        }
      }
      for (size_t i = 0; i < cluster.size();) append(cluster, i, out);
    }
    return out;
  }

 private:
  void append(std::string_view cluster, size_t& at, std::string& out) const {
    const size_t begin = at;
    next_code_point(cluster, at);
    const std::string_view character = cluster.substr(begin, at - begin);
    const auto rule = charsmap_.shortest(character, 0);
    out += rule.bytes > 0 ? rule.replacement : character;
  }

  Charsmap charsmap_;
};

using StepPtr = std::unique_ptr<const Step>;
StepPtr make_step(const pipeline::UnicodeForm& o) { return std::make_unique<UnicodeFormStep>(o); }
StepPtr make_step(const pipeline::Lowercase& o) { return std::make_unique<LowercaseStep>(o); }
StepPtr make_step(const pipeline::Replace& o) { return std::make_unique<ReplaceStep>(o); }
StepPtr make_step(const pipeline::Prepend& o) { return std::make_unique<PrependStep>(o); }
StepPtr make_step(const pipeline::StripSpace& o) { return std::make_unique<StripSpaceStep>(o); }
StepPtr make_step(const pipeline::StripAccents& o) { return std::make_unique<StripAccentsStep>(o); }
StepPtr make_step(const pipeline::BertNormalizer& o) { return std::make_unique<BertStep>(o); }
StepPtr make_step(const pipeline::Precompiled& o) { return std::make_unique<PrecompiledStep>(o); }

}  // namespace

TextNormalizer::TextNormalizer(std::span<const pipeline::Normalizer> normalizers) {
  for (const pipeline::Normalizer& normalizer : normalizers)
    steps_.push_back(std::visit([](const auto& o) { return make_step(o); }, normalizer));
}

std::string TextNormalizer::normalize(std::string_view text, bool& at_start) const {
  const size_t limit = 64 * text.size() + 4096;
  std::string out(text);
  for (const auto& step : steps_) {
    out = step->run(out, at_start);
    if (out.size() > limit)
      throw_error(ErrorCode::bad_request, "tokenizer",
                  "normalising {} bytes of text gave more than {}", text.size(), limit);
  }
  return out;
}

std::string TextNormalizer::normalize(std::string_view text) const {
  bool at_start = true;
  return normalize(text, at_start);
}

}  // namespace caracal
