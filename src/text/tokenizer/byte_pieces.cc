#include "text/tokenizer/byte_pieces.h"

#include <charconv>

namespace caracal {

std::optional<uint8_t> byte_of_piece(std::string_view piece) {
  if (piece.size() != 6 || !piece.starts_with("<0x") || piece[5] != '>') return std::nullopt;
  uint8_t byte = 0;
  const char* end = piece.data() + 5;
  const auto [stop, error] = std::from_chars(piece.data() + 3, end, byte, 16);
  if (error != std::errc() || stop != end) return std::nullopt;
  return byte;
}

std::array<TokenId, 256> byte_piece_ids(const Vocab& vocab) {
  std::array<TokenId, 256> ids;
  ids.fill(kNoToken);
  for (size_t i = 0; i < vocab.pieces.size(); ++i) {
    const auto id = static_cast<TokenId>(i);
    if (vocab.type_of(id) != TokenType::byte) continue;
    const auto byte = byte_of_piece(vocab.pieces[i]);
    if (byte && ids[*byte] == kNoToken) ids[*byte] = id;
  }
  return ids;
}

}  // namespace caracal
