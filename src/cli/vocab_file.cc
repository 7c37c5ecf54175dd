#include "cli/vocab_file.h"

#include "files/gguf.h"
#include "model/open_checkpoint.h"
#include "model/vocab_gguf.h"

namespace caracal::cli {

std::unique_ptr<const Tokenizer> open_tokenizer(const std::string& path) {
  return make_tokenizer(read_vocab(open_outline(path)));
}

}  // namespace caracal::cli
