// Fuzzes encoding and decoding. The first byte chooses the vocabulary and the options, the rest is
// the text. Whatever the bytes: ids lie in the vocabulary, byte-level and byte-fallback
// vocabularies give the bytes back, and streaming gives valid UTF-8.
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string_view>
#include <vector>

#include "base/utf8.h"
#include "text/tokenizer/pre_tokenizer.h"
#include "text/tokenizer/stream_decoder.h"
#include "text/tokenizer/tiny_vocabs.h"
#include "text/tokenizer/white_space_mark.h"

namespace {

using namespace caracal;

void require(bool condition) {
  if (!condition) std::abort();
}

struct Target {
  std::unique_ptr<const Tokenizer> tokenizer;
  bool gives_text_back;
};

const std::vector<Target>& targets() {
  static const std::vector<Target> all = [] {
    std::vector<Target> list;
    list.push_back({make_tokenizer(tiny::spm_bpe()), true});
    list.push_back({make_tokenizer(tiny::unigram()), false});
    list.push_back({make_tokenizer(tiny::unigram(false)), false});
    list.push_back({make_tokenizer(tiny::wordpiece()), false});
    for (const PreTokenizer& row : pre_tokenizers())
      if (!row.is_raw_utf8())
        list.push_back({make_tokenizer(tiny::byte_bpe(std::string(row.name))), true});
    return list;
  }();
  return all;
}

void check(const Target& target, std::string_view text, bool parse_special) {
  const Tokenizer& tokenizer = *target.tokenizer;
  const auto ids = tokenizer.encode(text, {.add_special = false, .parse_special = parse_special});
  StreamDecoder stream(tokenizer, {.skip_special = false, .at_text_start = true});
  std::string streamed;
  for (const TokenId id : ids) {
    require(id >= 0 && id < tokenizer.n_vocab());
    const std::string part = stream.push(id);
    require(is_valid_utf8(part));
    streamed += part;
  }
  streamed += stream.flush();
  const std::string decoded = tokenizer.decode(ids);
  require(streamed == sanitize_utf8(decoded));
  const bool is_spm = tokenizer.vocab().model == TokenizerModel::spm_bpe;
  // A literal U+2581 reads as a space; a token found in the text restarts the space prefix.
  const bool is_exact =
      target.gives_text_back && !(is_spm && (parse_special || text.find(kSpaceMark) != text.npos));
  if (is_exact) require(decoded == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1 || size > 4096) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  check(targets()[data[0] % targets().size()], text, data[0] >= 128);
  return 0;
}
