#pragma once
/// Byte fallback: tokens written <0x00> ... <0xFF> that stand for one byte each.
#include <array>
#include <optional>

#include "text/vocab.h"

namespace caracal {

/// The byte of a piece written "<0xNN>"; nullopt for any other piece.
std::optional<uint8_t> byte_of_piece(std::string_view piece);

/// By byte, the token of type byte that stands for it; kNoToken where there is none.
std::array<TokenId, 256> byte_piece_ids(const Vocab& vocab);

}  // namespace caracal
