#include "text/tokenizer/pipeline/token_decoder.h"

#include <algorithm>

#include "base/error.h"
#include "base/utf8.h"
#include "text/tokenizer/byte_alphabet.h"
#include "text/tokenizer/byte_pieces.h"
#include "text/tokenizer/pipeline/matcher.h"
#include "text/tokenizer/white_space_mark.h"

namespace caracal {
namespace {

using Step = TokenDecoder::Step;

class ByteLevelStep final : public Step {
 public:
  // A token with a character outside the alphabet is plain text as a whole.
  std::string run(std::string token, bool) const override {
    std::string bytes;
    for (size_t at = 0; at < token.size();) {
      const auto byte = symbol_to_byte(next_code_point(token, at));
      if (!byte) return token;
      bytes += static_cast<char>(*byte);
    }
    return bytes;
  }
};

class ByteFallbackStep final : public Step {
 public:
  std::string run(std::string token, bool) const override {
    const auto byte = byte_of_piece(token);
    return byte ? std::string(1, static_cast<char>(*byte)) : token;
  }
};

class WordPieceStep final : public Step {
 public:
  explicit WordPieceStep(const pipeline::WordPieceDecoder& options) : options_(options) {}
  std::string run(std::string token, bool is_first) const override {
    if (!is_first && token.starts_with(options_.prefix))
      token.erase(0, options_.prefix.size());
    else if (!is_first)
      token.insert(0, 1, ' ');
    return options_.cleanup ? cleaned(std::move(token)) : token;
  }

 private:
  static std::string cleaned(std::string token) {
    static constexpr std::pair<std::string_view, std::string_view> kRules[] = {
        {" .", "."},   {" ?", "?"},     {" !", "!"},    {" ,", ","},
        {" ' ", "'"},  {" n't", "n't"}, {" 'm", "'m"},  {" do not", " don't"},
        {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"}};
    for (const auto& [from, to] : kRules)
      if (token.find(from) != std::string::npos) token = replace_all(token, from, to);
    return token;
  }

  pipeline::WordPieceDecoder options_;
};

class MetaspaceStep final : public Step {
 public:
  explicit MetaspaceStep(const pipeline::Metaspace& options) : options_(options) {}
  std::string run(std::string token, bool is_first) const override {
    const bool drops = is_first && options_.prepend_scheme != pipeline::PrependScheme::never;
    return replace_all(token, options_.replacement, drops ? "" : " ");
  }

 private:
  pipeline::Metaspace options_;
};

class ReplaceStep final : public Step {
 public:
  explicit ReplaceStep(const pipeline::Replace& replace)
      : matcher_(replace.pattern, "decoder Replace"), content_(replace.content) {}
  std::string run(std::string token, bool) const override {
    if (!is_valid_utf8(token)) return token;  // part of a character: not ready to be matched
    std::vector<Stretch> stretches;
    matcher_.find_all(token, stretches);
    return replace_matches(token, stretches, content_);
  }

 private:
  PatternMatcher matcher_;
  std::string content_;
};

class StripStep final : public Step {
 public:
  explicit StripStep(const pipeline::StripDecoder& options) : options_(options) {}
  std::string run(std::string token, bool) const override {
    const std::string& content = options_.content;
    size_t begin = 0, end = token.size();
    for (size_t i = 0; i < options_.start; ++i) {
      if (!std::string_view(token).substr(begin).starts_with(content)) break;
      begin += content.size();
    }
    // Both ends are cut from the whole token; where they overlap nothing is left.
    for (size_t i = 0; i < options_.stop; ++i) {
      if (!std::string_view(token).substr(0, end).ends_with(content)) break;
      end -= content.size();
    }
    return begin < end ? token.substr(begin, end - begin) : std::string();
  }

 private:
  pipeline::StripDecoder options_;
};

// Without a decoder, tokens are joined by spaces.
class SpaceBetweenStep final : public Step {
 public:
  std::string run(std::string token, bool is_first) const override {
    return is_first ? token : " " + token;
  }
};

using StepPtr = std::unique_ptr<const Step>;
StepPtr make_step(const pipeline::ByteLevelDecoder&) { return std::make_unique<ByteLevelStep>(); }
StepPtr make_step(const pipeline::ByteFallback&) { return std::make_unique<ByteFallbackStep>(); }
StepPtr make_step(const pipeline::WordPieceDecoder& o) {
  return std::make_unique<WordPieceStep>(o);
}
StepPtr make_step(const pipeline::Metaspace& o) { return std::make_unique<MetaspaceStep>(o); }
StepPtr make_step(const pipeline::Replace& o) { return std::make_unique<ReplaceStep>(o); }
StepPtr make_step(const pipeline::StripDecoder& o) { return std::make_unique<StripStep>(o); }

StepPtr make_step(const pipeline::Fuse&) { return nullptr; }

bool joins_tokens(const pipeline::Decoder& decoder) {
  return std::holds_alternative<pipeline::Fuse>(decoder) ||
         std::holds_alternative<pipeline::ByteLevelDecoder>(decoder);
}

}  // namespace

TokenDecoder::TokenDecoder(const TokenPipeline& pipeline) {
  bool joined = false;
  for (const pipeline::Decoder& decoder : pipeline.decoders) {
    if (joined && std::holds_alternative<pipeline::WordPieceDecoder>(decoder))
      throw_error(ErrorCode::unsupported, "decoder",
                  "WordPiece after a component that joins tokens is not supported");
    if (StepPtr step = std::visit([](const auto& o) { return make_step(o); }, decoder)) {
      const bool strips = std::holds_alternative<pipeline::StripDecoder>(decoder);
      if (joined)
        text_steps_.push_back({std::move(step), strips});
      else
        token_steps_.push_back(std::move(step));
    }
    joined = joined || joins_tokens(decoder);
  }
  if (pipeline.joins_with_spaces) token_steps_.push_back(std::make_unique<SpaceBetweenStep>());
}

std::string TokenDecoder::decode_token(std::string_view token, bool is_first) const {
  std::string out(token);
  for (const auto& step : token_steps_) out = step->run(std::move(out), is_first);
  return out;
}

std::string TokenDecoder::finish(std::string joined, bool at_start) const {
  for (const TextStep& text_step : text_steps_)
    if (at_start || !text_step.only_at_start)
      joined = text_step.step->run(std::move(joined), at_start);
  return joined;
}

bool TokenDecoder::changes_inside() const {
  return std::any_of(text_steps_.begin(), text_steps_.end(),
                     [](const TextStep& step) { return !step.only_at_start; });
}

}  // namespace caracal
