#pragma once
#include <vector>

#include "text/vocab.h"

namespace caracal {

/// The tokens that end an answer, ascending: eos, eot, eom and the special tokens whose text is
/// known to mean the end of a turn. Tokens of the list that were user-defined become control
/// tokens.
std::vector<TokenId> find_stop_tokens(Vocab& vocab);

}  // namespace caracal
