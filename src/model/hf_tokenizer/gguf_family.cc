#include "model/hf_tokenizer/gguf_family.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/utf8.h"
#include "text/tokenizer/pre_tokenizer.h"

namespace caracal {
namespace {

using pipeline::SplitBehavior;
using Kind = SplitStep::Kind;

/// One pass over the words, as the table describes it.
struct Cut {
  Kind kind = Kind::isolate;
  std::string pattern;

  bool operator==(const Cut&) const = default;
};

// \x{4e00} as the character itself, which is how tokenizer.json writes it.
std::string with_characters(std::string_view pattern) {
  std::string out;
  for (size_t at = 0; at < pattern.size();) {
    uint32_t code = 0;
    const std::string_view rest = pattern.substr(at);
    const size_t close = rest.starts_with(R"(\x{)") ? rest.find('}') : std::string_view::npos;
    if (close != std::string_view::npos &&
        std::from_chars(rest.data() + 3, rest.data() + close, code, 16).ptr ==
            rest.data() + close &&
        code >= 0x80) {
      append_utf8(out, code);
      at += close + 1;
    } else {
      out += pattern[at++];
    }
  }
  return out;
}

Cut cut_of(const SplitStep& step) { return {step.kind, with_characters(step.pattern)}; }

Cut step_of(std::string_view family, size_t i) {
  return cut_of(find_pre_tokenizer(family)->steps[i]);
}

// What families publish where the table has an equal that takes fewer steps.
Cut rewritten(std::string pattern) {
  const std::pair<std::string_view, Cut> kWhole[] = {
      {R"([^\n]+|[\n]+)", step_of("laguna", 0)},
      {R"(\s+$)", step_of("deepseek-llm", 3)},
      {R"((?=(\d{3})+(?!\d)))", step_of("superbpe", 1)},
      {R"(\d{1,3}(?=(?:\d{3})*\b))", step_of("tiny_aya", 0)},
      {R"((IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z)", step_of("chameleon", 1)},
      {R"(([\t\n]|    |  ))", step_of("chameleon", 2)},
      {" ?[^(\\s|[.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c])]+", step_of("bloom", 0)}};
  for (const auto& [published, cut] : kWhole)
    if (pattern == published) return cut;
  static constexpr std::pair<std::string_view, std::string_view> kParts[] = {
      {R"((?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+)", R"((?:\p{L}\p{M}*+(?: \p{L}\p{M}*+)*+)++)"},
      {R"(|\s*[\r\n]+|\s{512})", R"(|(?<!(?![\r\n])\s)\s*[\r\n]+|\s{512})"}};
  for (const auto& [published, part] : kParts)
    if (const size_t at = pattern.find(published); at != std::string::npos)
      pattern.replace(at, published.size(), part);
  return {Kind::isolate, pattern};
}

// Adds what each component does to a list of cuts.
struct CutList {
  std::vector<Cut> cuts;

  void operator()(const pipeline::Split& split) {
    const bool isolates = split.behavior == SplitBehavior::isolated ||
                          (split.behavior == SplitBehavior::removed && split.invert);
    if (!split.pattern.is_regex || !isolates)
      refuse_gguf_vocab("the pre-tokenizer Split that does not isolate a regular expression");
    cuts.push_back(rewritten(split.pattern.text));
  }
  void operator()(const pipeline::Digits& digits) {
    cuts.push_back({Kind::isolate, digits.individual ? R"(\p{N})" : R"(\p{N}+)"});
  }
  void operator()(const pipeline::ByteLevel& bytes) {
    if (bytes.add_prefix_space)
      refuse_gguf_vocab("the pre-tokenizer ByteLevel with add_prefix_space");
    if (bytes.use_regex) cuts.push_back(step_of("gpt-2", 0));
  }
  void operator()(const pipeline::Punctuation& punctuation) {
    if (punctuation.behavior == SplitBehavior::contiguous)
      cuts.push_back(step_of("falcon", 0));
    else if (punctuation.behavior == SplitBehavior::isolated)
      cuts.push_back(step_of("chameleon", 4));
    else
      refuse_gguf_vocab("the pre-tokenizer Punctuation that removes or merges");
  }
  void operator()(const pipeline::Metaspace&) { refuse("Metaspace"); }
  void operator()(const pipeline::Whitespace&) { refuse("Whitespace"); }
  void operator()(const pipeline::WhitespaceSplit&) { refuse("WhitespaceSplit"); }
  void operator()(const pipeline::BertPreTokenizer&) { refuse("BertPreTokenizer"); }

 private:
  [[noreturn]] static void refuse(std::string_view name) {
    refuse_gguf_vocab(fmt::format("the pre-tokenizer {} beside ByteLevel", name));
  }
};

}  // namespace

void refuse_gguf_vocab(std::string_view what) {
  throw_error(ErrorCode::unsupported, "tokenizer.json",
              "no vocabulary of the GGUF format does the same: {}", what);
}

std::string_view find_gguf_family(std::span<const pipeline::PreTokenizer> steps,
                                  bool keeps_whole_words) {
  CutList wanted;
  for (const pipeline::PreTokenizer& step : steps) std::visit(wanted, step);
  const auto same = [](const SplitStep& step, const Cut& cut) { return cut_of(step) == cut; };
  for (const PreTokenizer& row : pre_tokenizers())
    if (!row.is_raw_utf8() && row.keeps_whole_words() == keeps_whole_words &&
        std::ranges::equal(row.steps, wanted.cuts, same))
      return row.name;
  std::vector<std::string> patterns;
  for (const Cut& cut : wanted.cuts) patterns.push_back(sanitize_utf8(cut.pattern.substr(0, 400)));
  refuse_gguf_vocab(fmt::format("words cut by '{}'{}", fmt::join(patterns, "' and '"),
                                keeps_whole_words ? ", with ignore_merges" : ""));
}

}  // namespace caracal
