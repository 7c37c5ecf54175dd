#pragma once
/// The vocabulary of a Hugging Face checkpoint: tokenizer.json and tokenizer_config.json.
#include <string>
#include <string_view>

#include "files/gguf_writer.h"
#include "text/vocab.h"

namespace caracal {

/// Where read_vocab (vocab_gguf.h) looks when a checkpoint has no tokenizer.ggml.model: the whole
/// tokenizer.json (the GGUF specification names this key) and the whole tokenizer_config.json (a
/// key of ours; may be missing). A directory that is presented as a GGUF carries both.
inline constexpr std::string_view kHfTokenizerKey = "tokenizer.huggingface.json";
inline constexpr std::string_view kHfTokenizerConfigKey = "tokenizer.huggingface.config";
/// Optional array of ids that end an answer, beyond those the tokenizer's files name: eos_token_id
/// of generation_config.json.
inline constexpr std::string_view kHfStopIdsKey = "tokenizer.huggingface.stop_ids";

/// Reads a tokenizer that gives exactly the ids of Hugging Face's `tokenizers` library.
/// tokenizer_config_json: may be empty; names bos, eos, unk, pad, sep, cls and mask, and its
/// add_bos_token and add_eos_token, where present, overrule what the post-processor adds.
/// source: the file or directory, as printed in errors. Truncation and padding of tokenizer.json
/// are the caller's business and are not read.
///
/// stop_ids are found as read_vocab does. Pieces keep the spelling of tokenizer.json ("##ing");
/// ids without a piece are unused and empty.
///
/// Throws Error(bad_file) with the JSON path for what contradicts itself (ids given twice or
/// outside the vocabulary, merges of unknown pieces, counts, lengths and nesting beyond bounds),
/// Error(unsupported) for a component or setting that this version does not run, by name.
Vocab read_hf_vocab(std::string_view tokenizer_json, std::string_view tokenizer_config_json,
                    std::string_view source);

/// tokenizer_config_json with the entries of special_tokens_map.json that it lacks; older
/// checkpoints name their special tokens only there. Either may be empty.
std::string merge_special_tokens_map(std::string_view tokenizer_config_json,
                                     std::string_view special_tokens_map_json,
                                     std::string_view source);

/// Writes a Hugging Face vocabulary as the keys tokenizer.ggml.*: model, pre, tokens, scores,
/// token_type, merges, special ids, flags; its family is found by comparing patterns with the
/// table in text/tokenizer/pre_tokenizers.cc.
/// n_vocab: rows of the embedding; ids beyond the vocabulary become unused tokens. 0: as many as
/// there are tokens.
/// Throws Error(unsupported) that names the component when no GGUF family does the same.
void write_gguf_vocab(const Vocab& vocab, int32_t n_vocab, GgufHeader& header);

}  // namespace caracal
