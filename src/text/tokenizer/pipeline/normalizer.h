#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/tokenizer/pipeline/pipeline.h"

namespace caracal {

/// Runs the normalizers of a pipeline in order. Immutable; threads may share it.
class TextNormalizer {
 public:
  /// One component, ready to run. keeps_start is set to false where characters at the start of text
  /// are taken away: a word that "starts the text" no longer does.
  class Step {
   public:
    virtual ~Step() = default;
    virtual std::string run(std::string_view text, bool& keeps_start) const = 0;
  };

  /// Throws Error(bad_file / unsupported) for patterns and charsmaps that cannot be used.
  explicit TextNormalizer(std::span<const pipeline::Normalizer> normalizers);

  /// text must be valid UTF-8. at_start: text starts the input; cleared where its start is lost.
  /// Throws Error(bad_request) where the text would grow beyond 64 times its size.
  std::string normalize(std::string_view text, bool& at_start) const;
  std::string normalize(std::string_view text) const;

 private:
  std::vector<std::unique_ptr<const Step>> steps_;
};

}  // namespace caracal
