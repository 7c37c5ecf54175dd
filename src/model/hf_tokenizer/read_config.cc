#include "model/hf_tokenizer/read_config.h"

#include <unordered_map>

namespace caracal {
namespace {

// "</s>", or an added token as an object.
std::optional<std::string> token_text(const JsonNode& node) {
  if (node.is_string()) return node.string();
  if (!node.is_object()) return std::nullopt;
  const auto content = node.find("content");
  return content ? std::optional(content->string()) : std::nullopt;
}

void read_token(const JsonNode& config, std::string_view key, const Vocab& vocab, TokenId& id) {
  const auto node = config.find(key);
  const auto text = node ? token_text(*node) : std::nullopt;
  if (!text) return;
  for (const pipeline::AddedToken& token : vocab.pipeline->added_tokens)
    if (token.content == *text) id = token.id;
  for (size_t i = 0; id == kNoToken && i < vocab.pieces.size(); ++i)
    if (vocab.pieces[i] == *text && !text->empty()) id = static_cast<TokenId>(i);
}

// Puts id first or last in ends, or takes it away from there.
void set_end(const JsonNode& config, std::string_view key, TokenId id, std::vector<TokenId>& ends,
             bool is_prefix) {
  const auto node = config.find(key);
  if (!node || id == kNoToken) return;
  const bool wanted = node->boolean();
  const bool there = !ends.empty() && (is_prefix ? ends.front() : ends.back()) == id;
  if (wanted == there) return;
  const auto at = is_prefix ? ends.begin() : ends.end();
  if (wanted)
    ends.insert(at, id);
  else
    ends.erase(is_prefix ? at : at - 1);
}

}  // namespace

void read_tokenizer_config(const JsonNode& config, Vocab& vocab) {
  // The model's own unk stays.
  TokenId unk = vocab.unk;
  const std::pair<std::string_view, TokenId*> names[] = {
      {"bos_token", &vocab.bos},  {"eos_token", &vocab.eos}, {"unk_token", &unk},
      {"pad_token", &vocab.pad},  {"sep_token", &vocab.sep}, {"cls_token", &vocab.cls},
      {"mask_token", &vocab.mask}};
  for (const auto& [key, id] : names) read_token(config, key, vocab, *id);
  if (vocab.unk == kNoToken) vocab.unk = unk;
  set_end(config, "add_bos_token", vocab.bos, vocab.pipeline->prefix, true);
  set_end(config, "add_eos_token", vocab.eos, vocab.pipeline->suffix, false);
}

void settle_ends(Vocab& vocab) {
  const TokenPipeline& pipeline = *vocab.pipeline;
  const bool is_bert = vocab.model == TokenizerModel::wordpiece;
  if (is_bert && vocab.bos == kNoToken) vocab.bos = vocab.cls;
  if (is_bert && vocab.eos == kNoToken) vocab.eos = vocab.sep;
  if (vocab.bos == kNoToken && !pipeline.prefix.empty()) vocab.bos = pipeline.prefix.front();
  if (vocab.eos == kNoToken && !pipeline.suffix.empty()) vocab.eos = pipeline.suffix.back();
  if (is_bert && vocab.cls == kNoToken) vocab.cls = vocab.bos;
  if (is_bert && vocab.sep == kNoToken) vocab.sep = vocab.eos;
  vocab.add_bos = !pipeline.prefix.empty() && pipeline.prefix.front() == vocab.bos;
  vocab.add_eos = !pipeline.suffix.empty() && pipeline.suffix.back() == vocab.eos;
}

}  // namespace caracal
