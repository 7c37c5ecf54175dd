#include "cli/text_input.h"

#include <cctype>
#include <cstdio>

#include "base/error.h"
#include "base/file.h"

namespace caracal::cli {
namespace {

constexpr size_t kMaxInputBytes = size_t{1} << 30;

const Field<TextInput> kPrompt[] = {
    {.name = "prompt", .member = &TextInput::prompt, .flags = "-p,--prompt", .help = "The text."},
    {.name = "file",
     .member = &TextInput::file,
     .flags = "-f,--file",
     .help = "Take the text from a file, as it is; '-' is standard input."},
};
const Field<TextInput> kEscape[] = {
    {.name = "escape",
     .member = &TextInput::escape,
     .flags = "-e,--escape,!--no-escape",
     .help = "Resolve \\n, \\t, \\\\, \\x41 and the like in --prompt."},
};

/// Value of a hexadecimal digit, or -1.
int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const int lower = std::tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

struct Escape {
  char letter, meaning;
};
constexpr Escape kEscapes[] = {{'n', '\n'}, {'r', '\r'},  {'t', '\t'},
                               {'"', '"'},  {'\'', '\''}, {'\\', '\\'}};

/// The character that the escape at text[at] stands for, and its length; length 0: none.
size_t match_escape(std::string_view text, size_t at, char& meaning) {
  if (text[at] != '\\' || at + 1 >= text.size()) return 0;
  for (const Escape& escape : kEscapes) {
    if (text[at + 1] != escape.letter) continue;
    meaning = escape.meaning;
    return 2;
  }
  if (text[at + 1] != 'x' || at + 3 >= text.size()) return 0;
  const int high = hex_digit(text[at + 2]);
  const int low = hex_digit(text[at + 3]);
  if (high < 0 || low < 0) return 0;
  meaning = static_cast<char>(high * 16 + low);
  return 4;
}

}  // namespace

OptionGroup bind(TextInput& input, std::string_view title, bool escapes) {
  OptionGroup group = bind_fields<TextInput>(title, kPrompt, input);
  if (escapes) {
    OptionGroup more = bind_fields<TextInput>(title, kEscape, input);
    group.options.push_back(std::move(more.options.front()));
  } else {
    input.escape = false;
  }
  return group;
}

std::string TextInput::read() const {
  if (prompt.size() > 1 || (!prompt.empty() && !file.empty()))
    throw Error(ErrorCode::bad_config, "expected one text: a single --prompt or --file",
                "--prompt");
  if (!file.empty()) return read_text(file);
  if (prompt.empty()) return {};
  return escape ? resolve_escapes(prompt.front()) : prompt.front();
}

std::string read_standard_input() {
  std::string text;
  char chunk[1 << 16];
  while (const size_t n = std::fread(chunk, 1, sizeof chunk, stdin)) {
    text.append(chunk, n);
    if (text.size() > kMaxInputBytes)
      throw Error(ErrorCode::bad_request, "more than 1 GiB of text", "standard input");
  }
  if (std::ferror(stdin)) throw Error(ErrorCode::io, "reading failed", "standard input");
  return text;
}

std::string read_text(const std::string& path) {
  return path == "-" ? read_standard_input() : read_file(path, kMaxInputBytes);
}

std::string resolve_escapes(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    char meaning = text[at];
    const size_t length = match_escape(text, at, meaning);
    out += meaning;
    at += length == 0 ? 1 : length;
  }
  return out;
}

}  // namespace caracal::cli
