#include "cli/commands.h"

namespace caracal::cli {
namespace {

constexpr CommandInfo kCommands[] = {
    {"run", "-m FILE -p TEXT [options]", "Complete a prompt as it is",
     "Streams the completion to standard output and prints times to standard error. The prompt "
     "gets "
     "the BOS token if the vocabulary says so; control tokens written in it become those tokens.",
     make_run_command},
    {"tokenize", "-m FILE [-p TEXT] [options]", "Turn text into token ids",
     "Reads --prompt, --file or standard input, byte for byte. Prints one token per line, or "
     "{\"ids\":[...]} with --json.",
     make_tokenize_command},
    {"detokenize", "-m FILE [--json] < IDS", "Turn token ids into text",
     "Reads {\"ids\":[...]} or bare numbers from standard input or --file. Prints the bytes, or "
     "{\"text\":\"...\"} with --json.",
     make_detokenize_command},
    {"logits", "-m FILE --input IDS.json -o OUT.npy", "Write the logits of every position",
     "The input is {\"sequences\":[[id,...],...]}; each sequence starts from an empty context. The "
     "output is a float32 NumPy array [positions of all sequences, n_vocab].",
     make_logits_command},
};

}  // namespace

std::span<const CommandInfo> commands() { return kCommands; }

const CommandInfo* find_command(std::string_view name) {
  for (const CommandInfo& info : kCommands)
    if (info.name == name) return &info;
  return nullptr;
}

}  // namespace caracal::cli
