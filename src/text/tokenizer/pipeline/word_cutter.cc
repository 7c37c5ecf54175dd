#include "text/tokenizer/pipeline/word_cutter.h"

#include <algorithm>

#include "base/error.h"
#include "base/utf8.h"
#include "text/tokenizer/byte_alphabet.h"
#include "text/tokenizer/pipeline/matcher.h"
#include "text/tokenizer/pipeline/unicode_text.h"
#include "text/tokenizer/pre_tokenizer.h"
#include "text/tokenizer/white_space_mark.h"

namespace caracal {
namespace {

using pipeline::PrependScheme;
using pipeline::SplitBehavior;
using Step = WordCutter::Step;

std::string_view view(const Words& words, TextRange range) {
  return std::string_view(words.text).substr(range.begin, range.end - range.begin);
}

// Joins the stretches of one word as a behavior asks.
void join_stretches(std::vector<Stretch>& stretches, SplitBehavior behavior) {
  if (behavior == SplitBehavior::isolated) return;
  if (behavior == SplitBehavior::removed) {
    std::erase_if(stretches, [](const Stretch& s) { return s.is_match; });
    return;
  }
  const bool backwards = behavior == SplitBehavior::merged_with_next;
  if (backwards) std::reverse(stretches.begin(), stretches.end());
  size_t n = 0;
  bool after_match = false;
  for (const Stretch s : stretches) {
    const bool joins =
        n > 0 && (behavior == SplitBehavior::contiguous ? s.is_match == after_match
                                                        : s.is_match && !after_match);
    if (!joins)
      stretches[n++] = s;
    else if (backwards)
      stretches[n - 1].begin = s.begin;
    else
      stretches[n - 1].end = s.end;
    after_match = s.is_match;
  }
  stretches.resize(n);
  if (backwards) std::reverse(stretches.begin(), stretches.end());
}

// Cuts every word by the stretches that find(word, out) finds in it.
template <class Find>
void cut_words(Words& words, SplitBehavior behavior, bool invert, Find&& find) {
  std::vector<TextRange> cut;
  cut.reserve(2 * words.ranges.size());
  std::vector<Stretch> stretches;
  const uint32_t start = words.ranges.empty() ? 0 : words.ranges[0].begin;
  for (const TextRange range : words.ranges) {
    find(view(words, range), stretches);
    if (invert)
      for (Stretch& s : stretches) s.is_match = !s.is_match;
    join_stretches(stretches, behavior);
    for (const Stretch& s : stretches)
      if (s.end > s.begin)
        cut.push_back({range.begin + static_cast<uint32_t>(s.begin),
                       range.begin + static_cast<uint32_t>(s.end)});
  }
  words.at_start = words.at_start && !cut.empty() && cut[0].begin == start;
  words.ranges.swap(cut);
}

// Every character that has the property is a match of its own.
template <class Is>
void cut_at(Words& words, SplitBehavior behavior, Is&& is) {
  cut_words(words, behavior, false, [&](std::string_view word, std::vector<Stretch>& out) {
    out.clear();
    size_t gap = 0;
    for (size_t at = 0; at < word.size();) {
      const size_t begin = at;
      if (!is(next_code_point(word, at))) continue;
      if (begin > gap) out.push_back({gap, begin, false});
      out.push_back({begin, at, true});
      gap = at;
    }
    if (gap < word.size()) out.push_back({gap, word.size(), false});
  });
}

// A new text, word by word.
class Rewrite {
 public:
  explicit Rewrite(Words& words) : words_(words) { ranges_.reserve(words.ranges.size()); }
  std::string& text() { return text_; }
  void end_word() {
    if (text_.size() > UINT32_MAX)
      throw_error(ErrorCode::bad_request, "tokenizer", "the text grows beyond 4 GiB");
    const auto end = static_cast<uint32_t>(text_.size());
    if (end > begin_) ranges_.push_back({begin_, end});
    begin_ = end;
  }
  void finish() {
    words_.text.swap(text_);
    words_.ranges.swap(ranges_);
  }

 private:
  Words& words_;
  std::string text_;
  std::vector<TextRange> ranges_;
  uint32_t begin_ = 0;
};

class SplitterStep final : public Step {
 public:
  explicit SplitterStep(const pipeline::Split& split)
      : matcher_(split.pattern, "Split"), behavior_(split.behavior), invert_(split.invert) {}
  void run(Words& words) const override {
    cut_words(words, behavior_, invert_, [&](std::string_view word, std::vector<Stretch>& out) {
      matcher_.find_all(word, out);
    });
  }

 private:
  PatternMatcher matcher_;
  SplitBehavior behavior_;
  bool invert_;
};

class MetaspaceStep final : public Step {
 public:
  explicit MetaspaceStep(const pipeline::Metaspace& options) : options_(options) {}
  void run(Words& words) const override {
    mark(words);
    if (options_.split) cut_before_marks(words);
  }

 private:
  void mark(Words& words) const {
    Rewrite rewrite(words);
    bool opens = words.at_start;
    for (const TextRange range : words.ranges) {
      const std::string marked = replace_all(view(words, range), " ", options_.replacement);
      const bool wants_mark = options_.prepend_scheme == PrependScheme::always ||
                              (options_.prepend_scheme == PrependScheme::first && opens);
      if (wants_mark && !marked.starts_with(options_.replacement))
        rewrite.text() += options_.replacement;
      rewrite.text() += marked;
      rewrite.end_word();
      opens = false;
    }
    rewrite.finish();
  }
  void cut_before_marks(Words& words) const {
    const std::string& mark = options_.replacement;
    cut_words(words, SplitBehavior::merged_with_next, false,
              [&](std::string_view word, std::vector<Stretch>& out) {
                out.clear();
                size_t gap = 0;
                for (size_t at = 0; (at = word.find(mark, at)) != std::string_view::npos;) {
                  if (at > gap) out.push_back({gap, at, false});
                  out.push_back({at, at + mark.size(), true});
                  gap = at += mark.size();
                }
                if (gap < word.size()) out.push_back({gap, word.size(), false});
              });
  }

  pipeline::Metaspace options_;
};

class ByteLevelStep final : public Step {
 public:
  // spells: write the words in the byte alphabet; false where the model does.
  ByteLevelStep(const pipeline::ByteLevel& options, bool spells)
      : options_(options), splitter_(*find_pre_tokenizer("gpt-2")), spells_(spells) {}
  void run(Words& words) const override {
    if (options_.add_prefix_space) add_spaces(words);
    if (options_.use_regex) cut(words);
    if (spells_) spell(words);
  }

 private:
  static void add_spaces(Words& words) {
    Rewrite rewrite(words);
    for (const TextRange range : words.ranges) {
      const std::string_view word = view(words, range);
      if (!word.starts_with(' ')) rewrite.text() += ' ';
      rewrite.text() += word;
      rewrite.end_word();
    }
    rewrite.finish();
  }
  void cut(Words& words) const {
    std::vector<TextRange> all;
    for (const TextRange range : words.ranges)
      for (const TextRange part : splitter_.split(view(words, range)))
        all.push_back({range.begin + part.begin, range.begin + part.end});
    words.ranges.swap(all);
  }
  static void spell(Words& words) {
    Rewrite rewrite(words);
    for (const TextRange range : words.ranges) {
      for (const char c : view(words, range))
        rewrite.text() += byte_to_symbol(static_cast<uint8_t>(c));
      rewrite.end_word();
    }
    rewrite.finish();
  }

  pipeline::ByteLevel options_;
  Splitter splitter_;
  bool spells_;
};

class DigitsStep final : public Step {
 public:
  explicit DigitsStep(const pipeline::Digits& digits)
      : behavior_(digits.individual ? SplitBehavior::isolated : SplitBehavior::contiguous) {}
  void run(Words& words) const override { cut_at(words, behavior_, is_numeric); }

 private:
  SplitBehavior behavior_;
};

class PunctuationStep final : public Step {
 public:
  explicit PunctuationStep(const pipeline::Punctuation& options) : behavior_(options.behavior) {}
  void run(Words& words) const override { cut_at(words, behavior_, is_punctuation); }

 private:
  SplitBehavior behavior_;
};

class WhitespaceStep final : public Step {
 public:
  explicit WhitespaceStep(const pipeline::Whitespace&) {}
  void run(Words& words) const override {
    cut_at(words, SplitBehavior::removed, is_white_space);
    cut_at(words, SplitBehavior::contiguous, is_word_character);
  }
};

class WhitespaceSplitStep final : public Step {
 public:
  explicit WhitespaceSplitStep(const pipeline::WhitespaceSplit&) {}
  void run(Words& words) const override { cut_at(words, SplitBehavior::removed, is_white_space); }
};

class BertSplitStep final : public Step {
 public:
  explicit BertSplitStep(const pipeline::BertPreTokenizer&) {}
  void run(Words& words) const override {
    cut_at(words, SplitBehavior::removed, is_white_space);
    cut_at(words, SplitBehavior::isolated, is_punctuation);
  }
};

using StepPtr = std::unique_ptr<const Step>;
// leaves_bytes matters to ByteLevel alone.
StepPtr make_step(const pipeline::ByteLevel& o, bool leaves_bytes) {
  return std::make_unique<ByteLevelStep>(o, !leaves_bytes);
}
StepPtr make_step(const pipeline::Metaspace& o, bool) { return std::make_unique<MetaspaceStep>(o); }
StepPtr make_step(const pipeline::Split& o, bool) { return std::make_unique<SplitterStep>(o); }
StepPtr make_step(const pipeline::Digits& o, bool) { return std::make_unique<DigitsStep>(o); }
StepPtr make_step(const pipeline::Punctuation& o, bool) {
  return std::make_unique<PunctuationStep>(o);
}
StepPtr make_step(const pipeline::Whitespace& o, bool) {
  return std::make_unique<WhitespaceStep>(o);
}
StepPtr make_step(const pipeline::WhitespaceSplit& o, bool) {
  return std::make_unique<WhitespaceSplitStep>(o);
}
StepPtr make_step(const pipeline::BertPreTokenizer& o, bool) {
  return std::make_unique<BertSplitStep>(o);
}

}  // namespace

WordCutter::WordCutter(std::span<const pipeline::PreTokenizer> pre_tokenizers, bool model_spells)
    : leaves_bytes_(model_spells && !pre_tokenizers.empty() &&
                    std::holds_alternative<pipeline::ByteLevel>(pre_tokenizers.back())) {
  for (size_t i = 0; i < pre_tokenizers.size(); ++i) {
    const bool is_last = i + 1 == pre_tokenizers.size();
    steps_.push_back(std::visit(
        [&](const auto& o) { return make_step(o, is_last && leaves_bytes_); }, pre_tokenizers[i]));
  }
}

Words WordCutter::cut(std::string text, bool at_start) const {
  if (text.size() > UINT32_MAX / 2)
    throw_error(ErrorCode::bad_request, "tokenizer",
                "expected at most 2 GiB of text, found {} bytes", text.size());
  Words words{std::move(text), {}, at_start};
  if (!words.text.empty()) words.ranges.push_back({0, static_cast<uint32_t>(words.text.size())});
  for (const auto& step : steps_) step->run(words);
  return words;
}

}  // namespace caracal
