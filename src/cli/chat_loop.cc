#include "cli/chat_loop.h"

#include <unistd.h>

#include <cstdio>
#include <string_view>

#include "base/error.h"
#include "cli/exit_status.h"
#include "cli/measurements.h"

namespace caracal::cli {
namespace {

constexpr std::string_view kHelp =
    "/clear   forget the conversation\n"
    "/help    this text\n"
    "/exit    leave (also Ctrl-D, or Ctrl-C twice)\n"
    "A line that ends in \\ goes on in the next one. Ctrl-C stops an answer.\n";

void print_text(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void print_dropped(int n_turns) {
  fmt::print(stderr, "[the context is full: the {} left the conversation]\n",
             n_turns == 1 ? "oldest turn" : fmt::format("{} oldest turns", n_turns));
}

/// What the user should know about an end that is not the model's own.
std::string_view end_notice(FinishReason reason) {
  switch (reason) {
    case FinishReason::cancelled:
      return "[stopped]";
    case FinishReason::length:
      return "[the answer reached --predict or the end of the context]";
    case FinishReason::failed:
      return "[the answer failed: the model gave no usable probabilities]";
    case FinishReason::no_memory:
      return "[the answer failed: the KV cache is full]";
    default:
      return "";
  }
}

int status_of(FinishReason finish) {
  switch (finish) {
    case FinishReason::cancelled:
      return kInterrupted;
    case FinishReason::failed:
    case FinishReason::no_memory:
      return kRefused;
    default:
      return kSuccess;
  }
}

}  // namespace

ChatLoop::ChatLoop(TextModel& model, Options options)
    : options_(std::move(options)),
      on_terminal_(isatty(STDIN_FILENO) == 1),
      interrupt_(InterruptGuard::Mode::every),
      session_(model, {.template_source = options_.template_source,
                       .system = options_.system,
                       .sampling = options_.sampling,
                       .on_text = print_text,
                       .on_dropped = print_dropped,
                       .interrupted = &interrupt_.flag()}),
      reader_(make_line_reader(interrupt_, on_terminal_)) {}

int ChatLoop::run() {
  if (options_.message) {
    const FinishReason finish = ask(*options_.message);
    if (options_.single_turn) return status_of(finish);
  }
  if (on_terminal_) fmt::print(stderr, "/help shows what can be typed\n");
  bool warned = false;  // of Ctrl-C at the prompt
  for (std::string text; true;) {
    switch (read_message(text)) {
      case LineReader::Outcome::end:
        return kSuccess;
      case LineReader::Outcome::interrupted:
        if (warned || !on_terminal_) return kInterrupted;
        fmt::print(stderr, "(Ctrl-C again leaves)\n");
        warned = true;
        interrupt_.clear();
        continue;
      case LineReader::Outcome::line:
        break;
    }
    warned = false;
    if (text == "/exit") return kSuccess;
    if (text == "/help") {
      fmt::print(stderr, "{}", kHelp);
    } else if (text == "/clear") {
      session_.clear();
    } else if (text.find_first_not_of(" \t") != std::string::npos) {
      const FinishReason finish = ask_or_report(text);
      if (options_.single_turn) return status_of(finish);
    }
  }
}

FinishReason ChatLoop::ask(const std::string& text) {
  interrupt_.clear();
  const Answer answer = session_.ask(text);
  if (!answer.text.ends_with('\n')) print_text("\n");
  if (const std::string_view notice = end_notice(answer.finish); !notice.empty())
    fmt::print(stderr, "{}\n", notice);
  if (options_.timings) print_timings(answer.timings, options_.load_ms);
  interrupt_.clear();
  return answer.finish;
}

FinishReason ChatLoop::ask_or_report(const std::string& text) {
  try {
    return ask(text);
  } catch (const Error& e) {
    if (!on_terminal_ || options_.single_turn) throw;
    fmt::print(stderr, "caracal: {}\n", e.what());
    return FinishReason::failed;
  }
}

/// A line, and those it goes on in.
LineReader::Outcome ChatLoop::read_message(std::string& text) {
  text.clear();
  for (std::string line; true;) {
    const LineReader::Outcome outcome = reader_->read(line);
    if (outcome != LineReader::Outcome::line) return outcome;
    if (!line.ends_with('\\')) {
      text += line;
      return outcome;
    }
    line.back() = '\n';
    text += line;
  }
}

}  // namespace caracal::cli
