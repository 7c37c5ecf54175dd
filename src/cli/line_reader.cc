#include "cli/line_reader.h"

#include <histedit.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cwchar>

#include "base/error.h"

namespace caracal::cli {
namespace {

using Outcome = LineReader::Outcome;
constexpr int kHistoryLines = 1000;

struct Free {
  void operator()(char* p) const { std::free(p); }
};

class PlainReader final : public LineReader {
 public:
  explicit PlainReader(const InterruptGuard& interrupt) : interrupt_(interrupt) {}

  Outcome read(std::string& line) override {
    char* buffer = nullptr;
    size_t capacity = 0;
    const ssize_t n = ::getline(&buffer, &capacity, stdin);
    const std::unique_ptr<char, Free> owner(buffer);
    if (n < 0) {
      std::clearerr(stdin);
      return interrupt_.interrupted() ? Outcome::interrupted : Outcome::end;
    }
    line.assign(buffer, static_cast<size_t>(n));
    if (line.ends_with('\n')) line.pop_back();
    return Outcome::line;
  }

 private:
  const InterruptGuard& interrupt_;
};

/// One character from the terminal for libedit. Ctrl-C ends the line: -1.
int read_character(EditLine* edit, wchar_t* out) {
  const InterruptGuard* interrupt = nullptr;
  el_get(edit, EL_CLIENTDATA, &interrupt);
  std::mbstate_t state = {};
  for (;;) {
    if (!interrupt->wait_for_input(STDIN_FILENO)) return -1;
    char byte = 0;
    const ssize_t n = ::read(STDIN_FILENO, &byte, 1);
    if (n <= 0) return static_cast<int>(n);
    const size_t used = std::mbrtowc(out, &byte, 1, &state);
    if (used == static_cast<size_t>(-2)) continue;  // inside a character
    if (used == static_cast<size_t>(-1)) {
      state = {};
      continue;
    }
    return 1;
  }
}

char* prompt(EditLine*) {
  static char text[] = "> ";
  return text;
}

class EditedReader final : public LineReader {
 public:
  explicit EditedReader(const InterruptGuard& interrupt)
      : interrupt_(interrupt),
        edit_(el_init("caracal", stdin, stderr, stderr)),
        history_(history_init()) {
    if (!edit_ || !history_)
      throw Error(ErrorCode::io, "line editing is not available", "terminal");
    HistEvent event;
    history(history_, &event, H_SETSIZE, kHistoryLines);
    el_set(edit_, EL_PROMPT, &prompt);
    el_set(edit_, EL_EDITOR, "emacs");
    el_set(edit_, EL_HIST, history, history_);
    el_set(edit_, EL_CLIENTDATA, &interrupt_);
    el_set(edit_, EL_GETCFN, &read_character);
    el_source(edit_, nullptr);  // ~/.editrc
  }
  ~EditedReader() override {
    history_end(history_);
    el_end(edit_);
  }

  Outcome read(std::string& line) override {
    int n = 0;
    const char* text = el_gets(edit_, &n);
    if (!text || n <= 0) {
      std::fputc('\n', stderr);
      return interrupt_.interrupted() ? Outcome::interrupted : Outcome::end;
    }
    line.assign(text, static_cast<size_t>(n));
    if (line.ends_with('\n')) line.pop_back();
    if (!line.empty()) {
      HistEvent event;
      history(history_, &event, H_ENTER, line.c_str());
    }
    return Outcome::line;
  }

 private:
  const InterruptGuard& interrupt_;
  EditLine* edit_;
  History* history_;
};

}  // namespace

std::unique_ptr<LineReader> make_line_reader(const InterruptGuard& interrupt, bool on_terminal) {
  if (on_terminal) return std::make_unique<EditedReader>(interrupt);
  return std::make_unique<PlainReader>(interrupt);
}

}  // namespace caracal::cli
