#pragma once
/// SentencePiece writes a space as U+2581, so that pieces hold no spaces.
#include <string>
#include <string_view>

namespace caracal {

inline constexpr std::string_view kSpaceMark = "\xE2\x96\x81";

inline std::string replace_all(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  out.reserve(text.size() + text.size() / 2);
  size_t at = 0;
  for (size_t hit; (hit = text.find(from, at)) != std::string_view::npos; at = hit + from.size())
    out.append(text.substr(at, hit - at)).append(to);
  return out.append(text.substr(at));
}

inline std::string mark_white_space(std::string_view text) {
  return replace_all(text, " ", kSpaceMark);
}
inline std::string unmark_white_space(std::string_view piece) {
  return replace_all(piece, kSpaceMark, " ");
}

}  // namespace caracal
