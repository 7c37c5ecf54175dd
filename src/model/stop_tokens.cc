#include "model/stop_tokens.h"

#include <algorithm>
#include <set>
#include <string_view>

namespace caracal {
namespace {

// Files rarely name every token that ends an answer, so engines go by the text (llama.cpp,
// llama-vocab.cpp, special_eog_ids).
constexpr std::string_view kEndTexts[] = {
    "<|im_end|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|end|>",
    "<|endoftext|>",
    "<|end_of_text|>",
    "<end_of_turn>",
    "<end_of_utterance>",
    "<EOT>",
    "_<EOT>",
    "[EOT]",
    "[EOS]",
    "</s>",
    "<eos>",
    "<turn|>",
    "<|tool_response>",
    "[e~[",
    "<\uFF5Cend\u2581of\u2581sentence\uFF5C>",  // DeepSeek
    "<|return|>",
    "<|call|>",
    "<|calls|>",
    "<|flush|>",  // harmony, Solar
    "<|fim_pad|>",
    "<fim-pad>",
    "<fim_pad>",
    "<PAD>",
    "[PAD]",  // fill in the middle
    "<|fim_repo|>",
    "<|repo_name|>",
    "<fim-repo>",
    "<REPO>",
    "<reponame>",
    "<|file_sep|>",
};

bool is_end_text(std::string_view piece) {
  return std::find(std::begin(kEndTexts), std::end(kEndTexts), piece) != std::end(kEndTexts);
}

bool is_special(TokenType type) {
  return type == TokenType::control || type == TokenType::user_defined;
}

}  // namespace

std::vector<TokenId> find_stop_tokens(Vocab& vocab) {
  std::set<TokenId> ids;
  std::set<std::string_view> texts;
  for (size_t i = 0; i < vocab.pieces.size(); ++i) {
    const auto id = static_cast<TokenId>(i);
    if (!is_special(vocab.type_of(id)) || !is_end_text(vocab.pieces[i])) continue;
    ids.insert(id);
    texts.insert(vocab.pieces[i]);
  }
  // In harmony's and Solar's formats <|end|> closes a message and the answer goes on.
  const bool ends_messages = texts.contains("<|return|>")
                                 ? texts.contains("<|call|>")
                                 : texts.contains("<|calls|>") && texts.contains("<|flush|>");
  // Gemma 4 keeps an ordinary </s>.
  const bool has_plain_s = texts.contains("<|tool_response>");
  std::erase_if(ids, [&](TokenId id) {
    return (ends_messages && vocab.pieces[id] == "<|end|>") ||
           (has_plain_s && vocab.pieces[id] == "</s>");
  });
  for (const TokenId id : ids) vocab.types[id] = TokenType::control;
  for (const TokenId id : {vocab.eos, vocab.eot, vocab.eom})
    if (id != kNoToken) ids.insert(id);
  return {ids.begin(), ids.end()};
}

}  // namespace caracal
