/// `caracal convert`: a checkpoint of another kind, or of another type, as one GGUF file.
#include "base/error.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/exit_status.h"
#include "cli/progress_line.h"
#include "engine/text_model.h"
#include "model/convert/convert.h"

namespace caracal::cli {
namespace {

struct ConvertOptions {
  std::string input;
  std::string output;
  std::string type = "auto";
  int32_t n_threads = 0;
};
const Field<ConvertOptions> kFields[] = {
    {.name = "input",
     .member = &ConvertOptions::input,
     .flags = "INPUT",
     .help = "A Hugging Face directory, its config.json, or a GGUF file."},
    {.name = "output",
     .member = &ConvertOptions::output,
     .flags = "-o,--output",
     .help = "The GGUF file to write; it appears when it is complete."},
    {.name = "type",
     .member = &ConvertOptions::type,
     .flags = "--type,--outtype",
     .help = "Type of the matrices: auto keeps what is stored; f32, f16, bf16, q8_0, q4_0, ... "
             "Vectors and norms are f32."},
    {.name = "n_threads",
     .member = &ConvertOptions::n_threads,
     .flags = "-t,--threads",
     .range = {.min = 0, .max = 1 << 12},
     .help = "Threads that encode; 0: as many as this process may use."},
};

class ConvertCommand final : public Command {
 public:
  std::vector<OptionGroup> options() override {
    return {bind_fields<ConvertOptions>("Conversion", kFields, options_)};
  }

  int run() override {
    if (options_.input.empty() || options_.output.empty())
      throw Error(ErrorCode::bad_config, "name a model and, with --output, a file to write",
                  "convert");
    const TargetTypes types(options_.type);
    ThreadTeam team(resolve_threads(options_.n_threads));
    const ConvertReport report = convert(types, team);
    std::string counts;
    for (const auto& [type, n] : report.n_tensors)
      counts += fmt::format(", {} {}", n, tensor_type_info(type)->name);
    fmt::print("{}: {:.1f} MB{}\n", options_.output, static_cast<double>(report.n_bytes) / 1e6,
               counts);
    return kSuccess;
  }

 private:
  ConvertReport convert(const TargetTypes& types, ThreadTeam& team) const {
    ProgressLine progress("converting");
    return convert_checkpoint(options_.input, options_.output, types, team,
                              [&](uint64_t done, uint64_t total) { progress.update(done, total); });
  }

  ConvertOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_convert_command() { return std::make_unique<ConvertCommand>(); }

}  // namespace caracal::cli
