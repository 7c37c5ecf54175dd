#pragma once
/// The makers that commands.cc lists, one per file NAME_command.cc.
#include <memory>

#include "cli/command.h"

namespace caracal::cli {

std::unique_ptr<Command> make_run_command();
std::unique_ptr<Command> make_chat_command();
std::unique_ptr<Command> make_embed_command();
std::unique_ptr<Command> make_tokenize_command();
std::unique_ptr<Command> make_detokenize_command();
std::unique_ptr<Command> make_template_command();
std::unique_ptr<Command> make_inspect_command();
std::unique_ptr<Command> make_pull_command();
std::unique_ptr<Command> make_logits_command();
std::unique_ptr<Command> make_convert_command();
std::unique_ptr<Command> make_eval_command();
std::unique_ptr<Command> make_bench_command();
std::unique_ptr<Command> make_profile_command();
std::unique_ptr<Command> make_tune_command();
std::unique_ptr<Command> make_synth_command();
std::unique_ptr<Command> make_gguf_command();
std::unique_ptr<Command> make_reference_command();

}  // namespace caracal::cli
