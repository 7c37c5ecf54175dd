#pragma once
#include <memory>
#include <string>

#include "text/tokenizer/tokenizer.h"

namespace caracal::cli {

/// The tokenizer of a GGUF file, which may hold a vocabulary and nothing else.
std::unique_ptr<const Tokenizer> open_tokenizer(const std::string& path);

}  // namespace caracal::cli
