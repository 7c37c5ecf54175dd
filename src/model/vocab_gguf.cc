#include "model/vocab_gguf.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/log.h"
#include "model/stop_tokens.h"
#include "model/vocab_hf.h"
#include "text/tokenizer/pre_tokenizer.h"

namespace caracal {
namespace {

// tokenizer.ggml.model and what llama.cpp assumes of files that say no more.
struct ModelRow {
  std::string_view name;
  TokenizerModel model;
  TokenId bos, eos, unk, pad, sep, cls, mask;
  bool add_bos, add_eos, add_space_prefix, escape_whitespaces;
  std::string_view pre;  // fixed by the model's name; empty: read from the file
};
constexpr ModelRow kModels[] = {
    {"llama", TokenizerModel::spm_bpe, 1, 2, 0, -1, -1, -1, -1, true, false, true, true, {}},
    {"t5", TokenizerModel::unigram, -1, 1, 2, 0, -1, -1, -1, false, true, true, true, {}},
    {"bert",
     TokenizerModel::wordpiece,
     101,
     -1,
     100,
     0,
     102,
     101,
     103,
     true,
     true,
     false,
     true,
     {}},
    {"gpt2", TokenizerModel::byte_bpe, -1, -1, -1, -1, -1, -1, -1, false, false, false, false, {}},
    {"gemma4", TokenizerModel::byte_bpe, -1, -1, -1, -1, -1, -1, -1, true, false, false, true,
     "gemma4"},
    {"whitespace", TokenizerModel::byte_bpe, -1, -1, -1, -1, -1, -1, -1, false, false, false, true,
     "whitespace"},
};

// Reads keys of one file; the messages name file and key.
class VocabReader {
 public:
  explicit VocabReader(const Gguf& gguf) : gguf_(gguf) {}

  Vocab read() {
    const ModelRow& row = model_row();
    start_from(row);
    read_pieces();
    read_types();
    read_scores();
    read_special_tokens();
    read_rules();
    if (vocab_.model == TokenizerModel::byte_bpe) read_byte_level(row);
    if (vocab_.model == TokenizerModel::unigram) read_charsmap();
    vocab_.stop_ids = find_stop_tokens(vocab_);
    find_stripping_tokens();
    return std::move(vocab_);
  }

 private:
  static std::string key(std::string_view name) { return fmt::format("tokenizer.ggml.{}", name); }

  template <class... Args>
  [[noreturn]] void fail(std::string_view name, fmt::format_string<Args...> format,
                         Args&&... args) const {
    throw Error(ErrorCode::bad_file, fmt::format(format, std::forward<Args>(args)...),
                fmt::format("{}: {}", gguf_.name(), key(name)));
  }

  const ModelRow& model_row() const {
    const auto name = gguf_.get_string(key("model"));
    if (!name) fail("model", "expected the kind of tokenizer, found no such key");
    for (const ModelRow& row : kModels)
      if (row.name == *name) return row;
    throw Error(ErrorCode::unsupported,
                fmt::format("expected llama, t5, bert or gpt2, found '{}'", *name),
                fmt::format("{}: {}", gguf_.name(), key("model")));
  }

  void start_from(const ModelRow& row) {
    vocab_.model = row.model;
    vocab_.bos = row.bos;
    vocab_.eos = row.eos;
    vocab_.unk = row.unk;
    vocab_.pad = row.pad;
    vocab_.sep = row.sep;
    vocab_.cls = row.cls;
    vocab_.mask = row.mask;
    vocab_.add_bos = row.add_bos;
    vocab_.add_eos = row.add_eos;
    vocab_.add_space_prefix = row.add_space_prefix;
    vocab_.escape_whitespaces = row.escape_whitespaces;
  }

  void read_pieces() {
    const auto* pieces = gguf_.get_strings(key("tokens"));
    if (!pieces || pieces->empty()) fail("tokens", "expected the list of tokens, found none");
    vocab_.pieces.assign(pieces->begin(), pieces->end());
  }

  void check_count(std::string_view name, size_t found) const {
    if (found != vocab_.pieces.size())
      fail(name, "expected {} entries, one per token, found {}", vocab_.pieces.size(), found);
  }

  void read_types() {
    const auto types = gguf_.get_ints(key("token_type"));
    if (!types) return;
    check_count("token_type", types->size());
    vocab_.types.reserve(types->size());
    for (size_t id = 0; id < types->size(); ++id) {
      const int64_t type = (*types)[id];
      if (type < 0 || type > 6)
        fail("token_type", "expected 0 to 6 for token {}, found {}", id, type);
      // 0 is "undefined"; nothing distinguishes such a token from a normal one.
      vocab_.types.push_back(type == 0 ? TokenType::normal : static_cast<TokenType>(type));
    }
  }

  void read_scores() {
    const auto scores = scores_as_float();
    if (!scores) return;
    check_count("scores", scores->size());
    for (size_t id = 0; id < scores->size(); ++id)
      if (!std::isfinite((*scores)[id])) fail("scores", "the score of token {} is not finite", id);
    vocab_.scores.assign(scores->begin(), scores->end());
  }
  std::optional<std::vector<double>> scores_as_float() const {
    const GgufValue* value = gguf_.find(key("scores"));
    if (!value || value->element == GgufValue::Type::f32 || value->element == GgufValue::Type::f64)
      return gguf_.get_floats(key("scores"));
    const auto integers = gguf_.get_ints(key("scores"));
    return std::vector<double>(integers->begin(), integers->end());
  }

  // An id in the file must lie in the vocabulary; a default that does not is dropped.
  void read_id(std::string_view name, TokenId& id) const {
    const auto n = static_cast<int64_t>(vocab_.pieces.size());
    if (id >= n) id = kNoToken;
    const auto found = gguf_.get_int(key(name));
    if (!found) return;
    // Writers put 2^32 - 1 where they mean "none".
    if (*found == -1 || *found == UINT32_MAX)
      id = kNoToken;
    else if (*found < 0 || *found >= n)
      fail(name, "expected an id below {}, found {}", n, *found);
    else
      id = static_cast<TokenId>(*found);
  }

  void read_special_tokens() {
    read_id("bos_token_id", vocab_.bos);
    read_id("eos_token_id", vocab_.eos);
    read_id("eot_token_id", vocab_.eot);
    read_id("eom_token_id", vocab_.eom);
    read_id("unknown_token_id", vocab_.unk);
    read_id("padding_token_id", vocab_.pad);
    read_id("seperator_token_id", vocab_.sep);  // spelled so in the format
    read_id("separator_token_id", vocab_.sep);
    // llama.cpp, and files for it, call CLS bos.
    if (gguf_.find(key("bos_token_id")) && vocab_.bos != kNoToken) vocab_.cls = vocab_.bos;
    read_id("cls_token_id", vocab_.cls);
    read_id("mask_token_id", vocab_.mask);
    if (vocab_.model != TokenizerModel::wordpiece) return;
    if (vocab_.bos == kNoToken) vocab_.bos = vocab_.cls;
    if (vocab_.eos == kNoToken) vocab_.eos = vocab_.sep;
  }

  void read_flag(std::string_view name, bool& flag) const {
    if (const auto found = gguf_.get_bool(key(name))) flag = *found;
  }

  void read_rules() {
    read_flag("add_space_prefix", vocab_.add_space_prefix);
    read_flag("remove_extra_whitespaces", vocab_.remove_extra_whitespaces);
    read_flag("normalizer.lowercase", vocab_.lowercase);
    vocab_.strip_accents = vocab_.lowercase;
    read_flag("normalizer.strip_accents", vocab_.strip_accents);
    if (vocab_.model != TokenizerModel::byte_bpe) read_ends();
  }

  // After the pre-tokenizer is known: it decides whether bos is added by default.
  void read_ends() {
    read_flag("add_bos_token", vocab_.add_bos);
    read_flag("add_eos_token", vocab_.add_eos);
    if (vocab_.add_bos && vocab_.bos == kNoToken)
      fail("add_bos_token", "text starts with a bos token, but the file names none");
    if (vocab_.add_eos && vocab_.eos == kNoToken)
      fail("add_eos_token", "text ends with an eos token, but the file names none");
  }

  void read_byte_level(const ModelRow& row) {
    const auto named = gguf_.get_string(key("pre"));
    if (!row.pre.empty())
      vocab_.pre = row.pre;
    else if (named)
      vocab_.pre = *named;
    else
      log::warn(
          "{}: {} is missing, 'default' is taken; quality may suffer, the file should be "
          "converted again",
          gguf_.name(), key("pre"));
    const PreTokenizer* pre = find_pre_tokenizer(vocab_.pre);
    if (!pre)
      throw Error(ErrorCode::unsupported, fmt::format("unknown pre-tokenizer '{}'", vocab_.pre),
                  fmt::format("{}: {}", gguf_.name(), key("pre")));
    vocab_.add_bos = vocab_.add_bos || (pre->adds_bos() && vocab_.bos != kNoToken);
    vocab_.escape_whitespaces = pre->is_raw_utf8();
    vocab_.add_space_prefix = false;
    read_ends();
    const auto* merges = gguf_.get_strings(key("merges"));
    if (!merges) fail("merges", "expected the list of merges, found no such key");
    vocab_.merges.assign(merges->begin(), merges->end());
  }

  void read_charsmap() {
    const auto bytes = gguf_.get_ints(key("precompiled_charsmap"));
    if (!bytes) return;
    vocab_.precompiled_charsmap.reserve(bytes->size());
    for (const int64_t byte : *bytes) {
      if (byte < -128 || byte > 255) fail("precompiled_charsmap", "expected bytes, found {}", byte);
      vocab_.precompiled_charsmap += static_cast<char>(byte);
    }
  }

  // GGUF does not record which tokens take the white space around them along (lstrip, rstrip in
  // Hugging Face's files); the models that do so are known by name.
  void find_stripping_tokens() {
    std::string model(gguf_.get_string("general.name").value_or(""));
    std::transform(model.begin(), model.end(), model.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    const bool is_phi3 = model.find("phi-3") != model.npos || model.find("phi3") != model.npos;
    const bool strips_before_mask =
        vocab_.pre.starts_with("jina-v2-") || model.find("modern-bert") != model.npos;
    for (size_t i = 0; i < vocab_.pieces.size(); ++i) {
      const auto id = static_cast<TokenId>(i);
      const std::string& piece = vocab_.pieces[i];
      const TokenType type = vocab_.type_of(id);
      if (strips_before_mask && (piece == "<mask>" || piece == "[MASK]"))
        vocab_.strip_before.push_back(id);
      if (is_phi3 && (type == TokenType::control || type == TokenType::user_defined) &&
          piece != "<unk>" && piece != "<s>" && piece != "<|endoftext|>")
        vocab_.strip_after.push_back(id);
    }
  }

  const Gguf& gguf_;
  Vocab vocab_;
};

/// The vocabulary of a Hugging Face directory, whose metadata hold its files as they are. Rows of
/// the embedding beyond it have no piece.
Vocab read_as_is(const Gguf& gguf) {
  Vocab vocab = read_hf_vocab(*gguf.get_string(kHfTokenizerKey),
                              gguf.get_string(kHfTokenizerConfigKey).value_or(""), gguf.name());
  const GgufTensor* table = gguf.find_tensor("token_embd.weight");
  const auto rows = table ? static_cast<size_t>(table->shape[0]) : 0;
  if (vocab.pieces.size() < rows) {
    vocab.pieces.resize(rows);
    vocab.types.resize(rows, TokenType::unused);
  }
  for (const int64_t id : gguf.get_ints(kHfStopIdsKey).value_or(std::vector<int64_t>{})) {
    if (id < 0 || static_cast<size_t>(id) >= vocab.pieces.size())
      throw_error(ErrorCode::bad_file, fmt::format("{}: {}", gguf.name(), kHfStopIdsKey),
                  "expected an id below {}, found {}", vocab.pieces.size(), id);
    vocab.stop_ids.push_back(static_cast<TokenId>(id));
  }
  std::sort(vocab.stop_ids.begin(), vocab.stop_ids.end());
  vocab.stop_ids.erase(std::unique(vocab.stop_ids.begin(), vocab.stop_ids.end()),
                       vocab.stop_ids.end());
  return vocab;
}

}  // namespace

Vocab read_vocab(const Gguf& gguf) {
  if (!gguf.find("tokenizer.ggml.model") && gguf.find(kHfTokenizerKey)) return read_as_is(gguf);
  return VocabReader(gguf).read();
}

}  // namespace caracal
