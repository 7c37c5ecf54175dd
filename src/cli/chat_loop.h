#pragma once
#include <memory>
#include <optional>
#include <string>

#include "cli/chat_session.h"
#include "cli/interrupt.h"
#include "cli/line_reader.h"

namespace caracal::cli {

/// What goes on between the user and a model: messages, commands, Ctrl-C, notices.
class ChatLoop {
 public:
  struct Options {
    std::string template_source;  ///< empty: the model's own
    std::string system;           ///< may be empty
    SamplingParams sampling;
    std::optional<std::string> message;  ///< asked first
    bool single_turn = false;            ///< leave after the first answer
    bool timings = false;
    double load_ms = 0;  ///< for the timings
  };
  /// model must outlive it. While it lives, Ctrl-C stops answers and not the program.
  ChatLoop(TextModel& model, Options options);

  /// Until the user leaves. Returns the exit status. Throws what ChatSession::ask throws, except at
  /// a terminal, where a refused message is not the end of the conversation.
  int run();

 private:
  FinishReason ask(const std::string& text);
  FinishReason ask_or_report(const std::string& text);
  LineReader::Outcome read_message(std::string& text);

  Options options_;
  const bool on_terminal_;
  InterruptGuard interrupt_;
  ChatSession session_;
  std::unique_ptr<LineReader> reader_;
};

}  // namespace caracal::cli
