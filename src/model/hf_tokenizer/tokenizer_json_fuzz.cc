/// libFuzzer target: any tokenizer.json gives one Error, or a tokenizer whose ids lie in its
/// vocabulary and whose streamed text is valid UTF-8, and that has a GGUF form or is refused.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/error.h"
#include "base/utf8.h"
#include "files/gguf.h"
#include "model/vocab_gguf.h"
#include "model/vocab_hf.h"
#include "text/tokenizer/stream_decoder.h"

namespace {

using namespace caracal;

constexpr std::string_view kTexts[] = {
    " a the  theme\n\ta1234", "It's \xC3\xA9t\xC3\xA9 e\xCC\x81, <s>a</s> <mask>!",
    "\xE6\x97\xA5\xE6\x9C\xAC \xF0\x9F\x9A\x80 \xE2\x96\x81<0x41>", "ill-formed \xFF\xE6\x97 \x80"};

void require(bool condition) {
  if (!condition) std::abort();
}

void use(const Tokenizer& tokenizer, std::string_view text, bool parse_special) {
  const auto ids = tokenizer.encode(text, {.parse_special = parse_special});
  StreamDecoder stream(tokenizer, {.skip_special = false, .at_text_start = true});
  for (const TokenId id : ids) {
    require(id >= 0 && id < tokenizer.n_vocab());
    require(is_valid_utf8(stream.push(id)));
  }
  require(is_valid_utf8(stream.flush()));
  tokenizer.decode(ids, {.skip_special = true});
}

void write_as_gguf(const Vocab& vocab) {
  try {
    GgufHeader header;
    write_gguf_vocab(vocab, 0, header);
    const std::string image = header.encode();
    read_vocab(Gguf::parse(std::as_bytes(std::span(image)), "written"));
  } catch (const Error& error) {
    require(error.code() != ErrorCode::internal);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 65536) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const Vocab vocab = read_hf_vocab(text, {}, "fuzz");
    write_as_gguf(vocab);
    const auto tokenizer = make_tokenizer(vocab);
    for (const std::string_view sample : kTexts)
      for (const bool parse_special : {false, true}) use(*tokenizer, sample, parse_special);
  } catch (const Error& error) {
    require(error.code() != ErrorCode::internal);
  }
  return 0;
}
