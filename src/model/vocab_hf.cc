#include "model/vocab_hf.h"

#include "base/json.h"
#include "model/hf_tokenizer/read_components.h"
#include "model/hf_tokenizer/read_config.h"
#include "model/hf_tokenizer/read_model.h"
#include "model/hf_tokenizer/tokenizer_document.h"
#include "model/stop_tokens.h"

namespace caracal {
namespace {

Json parse_settings(std::string_view text, std::string_view source) {
  Json settings = Json::object();
  if (!text.empty()) parse_tokenizer_json(text, source, settings);
  return settings;
}

TokenPipeline read_text_components(const JsonNode& document) {
  TokenPipeline pipeline;
  if (const auto node = document.find("normalizer")) pipeline.normalizers = read_normalizers(*node);
  if (const auto node = document.find("pre_tokenizer"))
    pipeline.pre_tokenizers = read_pre_tokenizers(*node);
  const auto decoder = document.find("decoder");
  if (decoder) pipeline.decoders = read_decoders(*decoder);
  pipeline.joins_with_spaces = !decoder;
  return pipeline;
}

}  // namespace

Vocab read_hf_vocab(std::string_view tokenizer_json, std::string_view tokenizer_config_json,
                    std::string_view source) {
  const std::string name = fmt::format("{}: tokenizer.json", source);
  Json rest;
  const TokenizerLists lists = parse_tokenizer_json(tokenizer_json, name, rest);
  const JsonNode document(rest, name);
  Vocab vocab;
  vocab.pipeline = read_text_components(document);
  read_model(document, lists, vocab);
  if (const auto node = document.find("post_processor"))
    read_post_processor(*node, vocab.pieces.size(), *vocab.pipeline);

  const std::string config_name = fmt::format("{}: tokenizer_config.json", source);
  const Json config = parse_settings(tokenizer_config_json, config_name);
  read_tokenizer_config(JsonNode(config, config_name), vocab);
  settle_ends(vocab);
  vocab.stop_ids = find_stop_tokens(vocab);
  return vocab;
}

std::string merge_special_tokens_map(std::string_view tokenizer_config_json,
                                     std::string_view special_tokens_map_json,
                                     std::string_view source) {
  Json config =
      parse_settings(tokenizer_config_json, fmt::format("{}: tokenizer_config.json", source));
  const std::string map_name = fmt::format("{}: special_tokens_map.json", source);
  const Json map = parse_settings(special_tokens_map_json, map_name);
  if (!config.is_object()) JsonNode(config, source).wrong_type("an object");
  if (!map.is_object()) JsonNode(map, map_name).wrong_type("an object");
  for (auto it = map.begin(); it != map.end(); ++it)
    if (!config.contains(it.key()) || config[it.key()].is_null()) config[it.key()] = it.value();
  return to_text(config);
}

}  // namespace caracal
