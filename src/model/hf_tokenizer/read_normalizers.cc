#include "model/hf_tokenizer/base64.h"
#include "model/hf_tokenizer/read_components.h"
#include "text/tokenizer/charsmap.h"

namespace caracal {
namespace {

// What a match may become: a model's text must not grow without measure.
constexpr size_t kMostContentBytes = 64;

pipeline::Precompiled read_precompiled(const JsonNode& node) {
  const auto charsmap = decode_base64(node.at("precompiled_charsmap").string());
  if (!charsmap)
    node.at("precompiled_charsmap").fail(ErrorCode::bad_file, "expected base64, found other text");
  return {*charsmap};
}

pipeline::BertNormalizer read_bert(const JsonNode& node) {
  const bool lowercase = node.at("lowercase").boolean();
  return {.clean_text = node.at("clean_text").boolean(),
          .handle_chinese_chars = node.at("handle_chinese_chars").boolean(),
          .strip_accents = node.flag("strip_accents", lowercase),
          .lowercase = lowercase};
}

template <bool compatibility, bool composed>
pipeline::Normalizer read_form(const JsonNode&) {
  return pipeline::UnicodeForm{compatibility, composed};
}

using Normalizer = pipeline::Normalizer;
constexpr ComponentRow<Normalizer> kNormalizers[] = {
    {"NFC", read_form<false, true>},
    {"NFD", read_form<false, false>},
    {"NFKC", read_form<true, true>},
    {"NFKD", read_form<true, false>},
    {"Lowercase", [](const JsonNode&) -> Normalizer { return pipeline::Lowercase{}; }},
    {"StripAccents", [](const JsonNode&) -> Normalizer { return pipeline::StripAccents{}; }},
    {"Strip",
     [](const JsonNode& node) -> Normalizer {
       return pipeline::StripSpace{node.at("strip_left").boolean(),
                                   node.at("strip_right").boolean()};
     }},
    {"Prepend",
     [](const JsonNode& node) -> Normalizer {
       return pipeline::Prepend{node.at("prepend").short_string(kMostContentBytes)};
     }},
    {"Replace", [](const JsonNode& node) -> Normalizer { return read_replace(node); }},
    {"BertNormalizer", [](const JsonNode& node) -> Normalizer { return read_bert(node); }},
    {"Precompiled", [](const JsonNode& node) -> Normalizer { return read_precompiled(node); }},
};

}  // namespace

pipeline::Pattern read_pattern(const JsonNode& node) {
  if (const auto literal = node.find("String")) return {literal->string(), false};
  return {node.at("Regex").string(), true};
}

pipeline::Replace read_replace(const JsonNode& node) {
  return {read_pattern(node.at("pattern")), node.at("content").short_string(kMostContentBytes)};
}

std::vector<pipeline::Normalizer> read_normalizers(const JsonNode& node) {
  return read_components<Normalizer>(node, "normalizers", "normalizer", kNormalizers);
}

}  // namespace caracal
