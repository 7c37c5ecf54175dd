#include "model/hf_tokenizer/read_components.h"

namespace caracal {
namespace {

using pipeline::PrependScheme;
using pipeline::SplitBehavior;

// A value of a closed list of names.
template <class T, size_t n>
T read_name(const JsonNode& node, const std::pair<std::string_view, T> (&names)[n]) {
  const std::string found = node.string();
  for (const auto& [name, value] : names)
    if (name == found) return value;
  node.fail(ErrorCode::bad_file, "unknown value '{}'", found.substr(0, 80));
}

SplitBehavior read_behavior(const JsonNode& node) {
  static constexpr std::pair<std::string_view, SplitBehavior> kNames[] = {
      {"Removed", SplitBehavior::removed},
      {"Isolated", SplitBehavior::isolated},
      {"MergedWithPrevious", SplitBehavior::merged_with_previous},
      {"MergedWithNext", SplitBehavior::merged_with_next},
      {"Contiguous", SplitBehavior::contiguous}};
  return read_name(node, kNames);
}

pipeline::Punctuation read_punctuation(const JsonNode& node) {
  const auto behavior = node.find("behavior");
  return {behavior ? read_behavior(*behavior) : SplitBehavior::isolated};
}

using PreTokenizer = pipeline::PreTokenizer;
constexpr ComponentRow<PreTokenizer> kPreTokenizers[] = {
    {"Metaspace", [](const JsonNode& node) -> PreTokenizer { return read_metaspace(node); }},
    {"ByteLevel",
     [](const JsonNode& node) -> PreTokenizer {
       return pipeline::ByteLevel{node.at("add_prefix_space").boolean(),
                                  node.flag("use_regex", true)};
     }},
    {"Split",
     [](const JsonNode& node) -> PreTokenizer {
       return pipeline::Split{read_pattern(node.at("pattern")), read_behavior(node.at("behavior")),
                              node.at("invert").boolean()};
     }},
    {"Digits",
     [](const JsonNode& node) -> PreTokenizer {
       return pipeline::Digits{node.at("individual_digits").boolean()};
     }},
    {"Punctuation", [](const JsonNode& node) -> PreTokenizer { return read_punctuation(node); }},
    {"Whitespace", [](const JsonNode&) -> PreTokenizer { return pipeline::Whitespace{}; }},
    {"WhitespaceSplit",
     [](const JsonNode&) -> PreTokenizer { return pipeline::WhitespaceSplit{}; }},
    {"BertPreTokenizer",
     [](const JsonNode&) -> PreTokenizer { return pipeline::BertPreTokenizer{}; }},
};

}  // namespace

pipeline::Metaspace read_metaspace(const JsonNode& node) {
  static constexpr std::pair<std::string_view, PrependScheme> kNames[] = {
      {"always", PrependScheme::always},
      {"first", PrependScheme::first},
      {"never", PrependScheme::never}};
  pipeline::Metaspace out{.replacement = node.at("replacement").character(),
                          .split = node.flag("split", true)};
  if (const auto scheme = node.find("prepend_scheme"))
    out.prepend_scheme = read_name(*scheme, kNames);
  // The setting that prepend_scheme replaced.
  if (!node.flag("add_prefix_space", true)) out.prepend_scheme = PrependScheme::never;
  return out;
}

std::vector<pipeline::PreTokenizer> read_pre_tokenizers(const JsonNode& node) {
  return read_components<PreTokenizer>(node, "pretokenizers", "pre-tokenizer", kPreTokenizers);
}

}  // namespace caracal
