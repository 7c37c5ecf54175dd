/// `caracal synth`: a model of random weights, for measurements and tests.
#include "base/error.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/exit_status.h"
#include "cli/progress_line.h"
#include "engine/text_model.h"
#include "synth/synth_model.h"

namespace caracal::cli {
namespace {

/// What is given on the command line; 0 leaves a dimension as the shape has it.
struct SynthArguments {
  std::string shape;
  std::string output;
  std::string type = "q4_0";
  int64_t seed = 1;
  bool pure = false;
  int32_t n_threads = 0;

  int32_t n_layers = 0, d_model = 0, d_ff = 0, n_heads = 0, n_kv_heads = 0, head_dim = 0;
  int32_t n_vocab = 0, context_length = 0;
  float rope_theta = 0;
  bool tied_head = false, untied_head = false;
};
using A = SynthArguments;
constexpr Range kCount = {.min = 0, .max = 1 << 28};

const Field<A> kModel[] = {
    {.name = "shape",
     .member = &A::shape,
     .flags = "SHAPE",
     .choices = "llama-1b|qwen-0.5b|llama-7b|smollm2-135m",
     .help = "Dimensions to start from; without it --layers, --d-model, --d-ff and --heads are "
             "needed."},
    {.name = "output",
     .member = &A::output,
     .flags = "-o,--output",
     .help = "The GGUF file to write; it appears when it is complete."},
    {.name = "type",
     .member = &A::type,
     .flags = "--type",
     .help = "Types of the matrices, as llama.cpp mixes them under this name: f32, f16, bf16, "
             "q8_0, q4_0, q4_1, q5_0, q5_1, q2_k, q2_k_s, q3_k_s, q3_k_m, q3_k_l, q4_k_s, q4_k_m, "
             "q5_k_s, q5_k_m, q6_k, iq4_nl, iq4_xs, mxfp4, tq1_0, tq2_0."},
    {.name = "pure",
     .member = &A::pure,
     .flags = "--pure",
     .help = "No mix: every matrix of the same type, embedding and head too."},
    {.name = "seed",
     .member = &A::seed,
     .flags = "-s,--seed",
     .range = {.min = 0},
     .help = "Same seed, same bytes, whatever the number of threads."},
    {.name = "n_threads",
     .member = &A::n_threads,
     .flags = "-t,--threads",
     .env = "LLAMA_ARG_THREADS",
     .range = {.min = 0, .max = 1024},
     .help = "Threads; 0 takes what CPU affinity and the container's quota give."},
};

const Field<A> kDimensions[] = {
    {.name = "n_layers",
     .member = &A::n_layers,
     .flags = "--layers",
     .range = kCount,
     .help = "Layers; 0 here and below: as the shape has it."},
    {.name = "d_model",
     .member = &A::d_model,
     .flags = "--d-model",
     .range = kCount,
     .help = "Width of the residual stream."},
    {.name = "d_ff",
     .member = &A::d_ff,
     .flags = "--d-ff",
     .range = kCount,
     .help = "Width of the feed-forward part."},
    {.name = "n_heads",
     .member = &A::n_heads,
     .flags = "--heads",
     .range = kCount,
     .help = "Query heads."},
    {.name = "n_kv_heads",
     .member = &A::n_kv_heads,
     .flags = "--kv-heads",
     .range = kCount,
     .help = "Key and value heads; without a shape as many as --heads."},
    {.name = "head_dim",
     .member = &A::head_dim,
     .flags = "--head-dim",
     .range = kCount,
     .help = "Columns of a head; without a shape --d-model over --heads."},
    {.name = "n_vocab",
     .member = &A::n_vocab,
     .flags = "--vocab",
     .range = kCount,
     .help = "Tokens, 512 to 262144; without a shape 32000."},
    {.name = "context_length",
     .member = &A::context_length,
     .flags = "--context",
     .range = kCount,
     .help = "Context the model claims to be trained with; without a shape 4096."},
    {.name = "rope_theta",
     .member = &A::rope_theta,
     .flags = "--rope-theta",
     .range = {.min = 0},
     .help = "Base of the rotary frequencies; without a shape 10000."},
    {.name = "tied_head",
     .member = &A::tied_head,
     .flags = "--tied",
     .help = "The embedding is the head too."},
    {.name = "untied_head",
     .member = &A::untied_head,
     .flags = "--untied",
     .help = "The head is a matrix of its own."},
};

template <class T, class U>
void override_with(T& value, U given) {
  if (given != 0) value = static_cast<T>(given);
}

ModelShape shape_of(const SynthArguments& a) {
  ModelShape shape = {.name = "model"};
  if (!a.shape.empty()) shape = *find_model_shape(a.shape);
  override_with(shape.n_layers, a.n_layers);
  override_with(shape.d_model, a.d_model);
  override_with(shape.d_ff, a.d_ff);
  override_with(shape.n_heads, a.n_heads);
  override_with(shape.n_kv_heads, a.n_kv_heads);
  override_with(shape.head_dim, a.head_dim);
  override_with(shape.n_vocab, a.n_vocab);
  override_with(shape.context_length, a.context_length);
  override_with(shape.rope_theta, a.rope_theta);
  if (shape.n_kv_heads == 0) shape.n_kv_heads = shape.n_heads;
  if (shape.head_dim == 0 && shape.n_heads > 0) shape.head_dim = shape.d_model / shape.n_heads;
  if (a.tied_head || a.untied_head) shape.tied_head = a.tied_head;
  return shape;
}

class SynthCommand final : public Command {
 public:
  std::vector<OptionGroup> options() override {
    return {bind_fields<A>("Synthetic model", kModel, arguments_),
            bind_fields<A>("Dimensions", kDimensions, arguments_)};
  }

  int run() override {
    if (arguments_.output.empty())
      throw Error(ErrorCode::bad_config, "name the file to write", "--output");
    if (arguments_.tied_head && arguments_.untied_head)
      throw Error(ErrorCode::bad_config, "expected one of them", "--tied, --untied");
    const TypeMix* mix = find_type_mix(arguments_.type);
    if (!mix)
      throw_error(ErrorCode::bad_config, "--type", "expected {}, found '{}'", type_mix_names(),
                  arguments_.type);
    const SynthOptions options = {.shape = shape_of(arguments_),
                                  .mix = mix,
                                  .pure = arguments_.pure,
                                  .seed = static_cast<uint64_t>(arguments_.seed)};
    ThreadTeam team(resolve_threads(arguments_.n_threads));
    SynthSummary summary;
    {
      ProgressLine progress("writing");
      summary =
          write_synth_model(arguments_.output, options, team,
                            [&](uint64_t done, uint64_t total) { progress.update(done, total); });
    }
    fmt::print(stderr, "{}: {:.1f} million parameters, {:.1f} MB\n", arguments_.output,
               static_cast<double>(summary.n_parameters) * 1e-6,
               static_cast<double>(summary.file_bytes) * 1e-6);
    return kSuccess;
  }

 private:
  SynthArguments arguments_;
};

}  // namespace

std::unique_ptr<Command> make_synth_command() { return std::make_unique<SynthCommand>(); }

}  // namespace caracal::cli
