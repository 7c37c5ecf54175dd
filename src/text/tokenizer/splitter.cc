#include "text/tokenizer/splitter.h"

#include "text/tokenizer/byte_alphabet.h"

namespace caracal {
namespace {

// Collects the cuts of one step inside one piece.
class PieceCutter {
 public:
  PieceCutter(TextRange piece, std::vector<TextRange>& out)
      : base_(piece.begin), size_(piece.end - piece.begin), out_(out) {}

  // Ends the piece under way at `to` (relative to the piece); an empty one is not emitted.
  void cut(size_t to, bool keep = true) {
    if (to > done_ && keep)
      out_.push_back({base_ + static_cast<uint32_t>(done_), base_ + static_cast<uint32_t>(to)});
    done_ = to;
  }
  void finish(bool keep) { cut(size_, keep); }

 private:
  uint32_t base_;
  size_t size_;
  size_t done_ = 0;
  std::vector<TextRange>& out_;
};

size_t count_characters(std::string_view text) {
  size_t n = 0;
  for (const char c : text) n += (static_cast<uint8_t>(c) & 0xC0) != 0x80;
  return n;
}

// Cuts inside the digit run [begin, end) so that every group but the first has three characters.
void cut_thousands(std::string_view piece, size_t begin, size_t end, PieceCutter& cutter) {
  size_t left = count_characters(piece.substr(begin, end - begin));
  for (size_t at = begin; at < end; ++at) {
    if ((static_cast<uint8_t>(piece[at]) & 0xC0) == 0x80) continue;
    if (left % 3 == 0) cutter.cut(at);
    --left;
  }
}

void apply_match(SplitStep::Kind kind, std::string_view piece, size_t begin, size_t end,
                 PieceCutter& cutter) {
  switch (kind) {
    case SplitStep::Kind::isolate:
      cutter.cut(begin);
      cutter.cut(end);
      return;
    case SplitStep::Kind::keep_matches:
      cutter.cut(begin, false);
      cutter.cut(end);
      return;
    case SplitStep::Kind::cut_thousands:
      cut_thousands(piece, begin, end, cutter);
      return;
    case SplitStep::Kind::isolate_thousands:
      cutter.cut(begin);
      cut_thousands(piece, begin, end, cutter);
      cutter.cut(end);
      return;
  }
}

void apply(SplitStep::Kind kind, std::string_view piece, Regex::Matcher& matcher,
           PieceCutter& cutter) {
  for (size_t at = 0; at < piece.size() && matcher.find(piece, at);) {
    if (matcher.end() == matcher.begin()) break;  // no pattern of the table matches nothing
    apply_match(kind, piece, matcher.begin(), matcher.end(), cutter);
    at = matcher.end();
  }
  cutter.finish(kind != SplitStep::Kind::keep_matches);
}

// The same on the piece spelled in the byte alphabet; each of its characters is one byte of text.
void apply_on_bytes(std::string_view piece, Regex::Matcher& matcher, PieceCutter& cutter) {
  std::string symbols;
  std::vector<uint32_t> byte_of(1, 0);  // by offset in symbols
  for (size_t i = 0; i < piece.size(); ++i) {
    symbols += byte_to_symbol(static_cast<uint8_t>(piece[i]));
    byte_of.resize(symbols.size() + 1, static_cast<uint32_t>(i + 1));
  }
  for (size_t at = 0; at < symbols.size() && matcher.find(symbols, at); at = matcher.end()) {
    cutter.cut(byte_of[matcher.begin()]);
    cutter.cut(byte_of[matcher.end()]);
  }
  cutter.finish(true);
}

}  // namespace

Splitter::Splitter(const PreTokenizer& pre_tokenizer) {
  for (const SplitStep& step : pre_tokenizer.steps)
    steps_.push_back({step.kind, step.on_bytes, Regex(step.pattern)});
}

std::vector<TextRange> Splitter::split(std::string_view text) const {
  std::vector<TextRange> pieces;
  if (!text.empty()) pieces.push_back({0, static_cast<uint32_t>(text.size())});
  std::vector<TextRange> next;
  for (const Step& step : steps_) {
    next.clear();
    Regex::Matcher matcher(step.regex);
    for (const TextRange range : pieces) {
      const std::string_view piece = text.substr(range.begin, range.end - range.begin);
      PieceCutter cutter(range, next);
      if (step.on_bytes) {
        apply_on_bytes(piece, matcher, cutter);
      } else {
        apply(step.kind, piece, matcher, cutter);
      }
    }
    pieces.swap(next);
  }
  return pieces;
}

}  // namespace caracal
