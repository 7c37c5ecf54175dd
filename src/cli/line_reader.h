#pragma once
#include <memory>
#include <string>

#include "cli/interrupt.h"

namespace caracal::cli {

/// Lines that the user types.
class LineReader {
 public:
  enum class Outcome {
    line,
    end,          ///< of the input, or Ctrl-D on an empty line
    interrupted,  ///< Ctrl-C; what was typed is gone
  };
  virtual ~LineReader() = default;
  /// The next line, without its newline.
  virtual Outcome read(std::string& line) = 0;
};

/// With line editing and history on a terminal, plain otherwise. The prompt goes to standard error.
/// interrupt must outlive it.
std::unique_ptr<LineReader> make_line_reader(const InterruptGuard& interrupt, bool on_terminal);

}  // namespace caracal::cli
