#include "spec/engine_config.h"

namespace caracal {
namespace {

constexpr std::string_view kKvTypes = "f32|f16|bf16|q8_0|q4_0";
constexpr Range kCount = {.min = 0, .max = 1 << 28};
constexpr Range kThreads = {.min = 0, .max = 1024};

using C = EngineConfig;
constexpr Field<C> kFields[] = {
    {.name = "n_ctx",
     .member = &C::n_ctx,
     .flags = "-c,--ctx-size,--max-model-len",
     .env = "LLAMA_ARG_CTX_SIZE",
     .range = kCount,
     .help = "Tokens of context per sequence; 0 takes the model's own, at most 8192."},
    {.name = "n_batch",
     .member = &C::n_batch,
     .flags = "-b,--batch-size,-ub,--ubatch-size,--max-num-batched-tokens",
     .env = "LLAMA_ARG_BATCH",
     .range = {.min = 1, .max = 1 << 16},
     .help = "Rows of the largest step: longer prompts are computed in chunks of it."},
    {.name = "n_parallel",
     .member = &C::n_parallel,
     .flags = "-np,--parallel,--max-num-seqs",
     .env = "LLAMA_ARG_N_PARALLEL",
     .range = {.min = 1, .max = 1 << 16},
     .help = "Sequences that run at the same time."},
    {.name = "n_threads",
     .member = &C::n_threads,
     .flags = "-t,--threads",
     .env = "LLAMA_ARG_THREADS",
     .range = kThreads,
     .help = "Threads for decode; 0 takes what CPU affinity and the container's quota give."},
    {.name = "n_threads_batch",
     .member = &C::n_threads_batch,
     .flags = "-tb,--threads-batch",
     .env = "LLAMA_ARG_THREADS_BATCH",
     .range = kThreads,
     .help = "Threads for steps with several rows of a sequence; 0 takes --threads."},
    {.name = "cache_type_k",
     .member = &C::cache_type_k,
     .flags = "-ctk,--cache-type-k,--kv-cache-dtype",
     .env = "LLAMA_ARG_CACHE_TYPE_K",
     .choices = kKvTypes,
     .help = "How keys are kept."},
    {.name = "cache_type_v",
     .member = &C::cache_type_v,
     .flags = "-ctv,--cache-type-v",
     .env = "LLAMA_ARG_CACHE_TYPE_V",
     .choices = kKvTypes,
     .help = "How values are kept."},
    {.name = "block_tokens",
     .member = &C::block_tokens,
     .flags = "--block-size",
     .range = {.min = 1, .max = 128},
     .help = "Tokens per KV block."},
    {.name = "softmax",
     .member = &C::softmax,
     .flags = "--softmax",
     .choices = "online|unified",
     .help = "What attention's exponentials are relative to. online: the largest score so far; "
             "unified: --softmax-phi, and rows that it does not fit are computed again online."},
    {.name = "softmax_phi",
     .member = &C::softmax_phi,
     .flags = "--softmax-phi",
     .range = {.min = -1e4, .max = 1e4},
     .help = "The unified maximum: about the largest score that the model gives."},
    {.name = "isa",
     .member = &C::isa,
     .flags = "--isa",
     .env = "CARACAL_ISA",
     .help =
         "Instruction sets that may be used: auto, scalar, avx2, avx_vnni, avx512, avx512_vnni, "
         "avx512_bf16, amx or a list such as auto-avx512_bf16 or avx2+avx_vnni."},
    {.name = "numerics",
     .member = &C::numerics,
     .flags = "--numerics",
     .choices = "exact|reference",
     .help = "exact: int8 activations in groups of 32; reference: float, slow, for comparisons."},
    {.name = "linear_shape",
     .member = &C::linear_shape,
     .flags = "--linear-shape",
     .choices = "auto|flat|gemm",
     .help = "How matrix products go through weights: flat unpacks them for a few rows at a time, "
             "gemm once for all; auto: by the number of rows, as measured on this machine. The "
             "results are the same."},
    {.name = "fuse",
     .member = &C::fuse,
     .flags = "--fuse,!--no-fuse",
     .help = "Run operators that need no barrier between them in one region; without it each has "
             "its own, for comparisons."},
    {.name = "use_mmap",
     .member = &C::use_mmap,
     .flags = "--mmap,!--no-mmap",
     .env = "LLAMA_ARG_MMAP",
     .help = "Map the model file instead of reading it into memory first."},
    {.name = "use_mlock",
     .member = &C::use_mlock,
     .flags = "--mlock",
     .env = "LLAMA_ARG_MLOCK",
     .help = "Ask the system to keep the model in memory."},
    {.name = "rope_scaling",
     .member = &C::rope_scaling,
     .flags = "--rope-scaling",
     .env = "LLAMA_ARG_ROPE_SCALING_TYPE",
     .choices = "file|none|linear|yarn",
     .help = "Context extension method; file: what the model says."},
    {.name = "rope_scale",
     .member = &C::rope_scale,
     .flags = "--rope-scale",
     .env = "LLAMA_ARG_ROPE_SCALE",
     .range = {.min = 0},
     .help = "Context extension factor; 0: as the file says."},
    {.name = "rope_freq_base",
     .member = &C::rope_freq_base,
     .flags = "--rope-freq-base",
     .env = "LLAMA_ARG_ROPE_FREQ_BASE",
     .range = {.min = 0},
     .help = "Base of the rotary frequencies; 0: as the file says."},
    {.name = "rope_freq_scale",
     .member = &C::rope_freq_scale,
     .flags = "--rope-freq-scale",
     .env = "LLAMA_ARG_ROPE_FREQ_SCALE",
     .range = {.min = 0},
     .help = "Inverse of --rope-scale; 0: as the file says."},
    {.name = "yarn_orig_ctx",
     .member = &C::yarn_orig_ctx,
     .flags = "--yarn-orig-ctx",
     .env = "LLAMA_ARG_YARN_ORIG_CTX",
     .range = kCount,
     .help = "YaRN: context the model was trained with; 0: as the file says."},
    {.name = "yarn_ext_factor",
     .member = &C::yarn_ext_factor,
     .flags = "--yarn-ext-factor",
     .env = "LLAMA_ARG_YARN_EXT_FACTOR",
     .help = "YaRN: weight of the ramp, 0 is full interpolation; negative: as the file says."},
    {.name = "yarn_attn_factor",
     .member = &C::yarn_attn_factor,
     .flags = "--yarn-attn-factor",
     .env = "LLAMA_ARG_YARN_ATTN_FACTOR",
     .help = "YaRN: scales cosine and sine; negative: as the file says."},
    {.name = "yarn_beta_slow",
     .member = &C::yarn_beta_slow,
     .flags = "--yarn-beta-slow",
     .env = "LLAMA_ARG_YARN_BETA_SLOW",
     .help = "YaRN: turns in the context below which a frequency is interpolated; negative: as the "
             "file says."},
    {.name = "yarn_beta_fast",
     .member = &C::yarn_beta_fast,
     .flags = "--yarn-beta-fast",
     .env = "LLAMA_ARG_YARN_BETA_FAST",
     .help =
         "YaRN: turns in the context above which a frequency is kept; negative: as the file says."},
};

}  // namespace

std::span<const Field<EngineConfig>> engine_fields() { return kFields; }

RopeOverride EngineConfig::rope_override() const {
  RopeOverride o;
  if (rope_scaling != "file") o.scaling = rope_scaling;
  if (rope_scale > 0) o.scale = rope_scale;
  if (rope_freq_base > 0) o.freq_base = rope_freq_base;
  if (rope_freq_scale > 0) o.freq_scale = rope_freq_scale;
  if (yarn_orig_ctx > 0) o.yarn_orig_ctx = yarn_orig_ctx;
  if (yarn_ext_factor >= 0) o.yarn_ext_factor = yarn_ext_factor;
  if (yarn_attn_factor > 0) o.yarn_attn_factor = yarn_attn_factor;
  if (yarn_beta_slow > 0) o.yarn_beta_slow = yarn_beta_slow;
  if (yarn_beta_fast > 0) o.yarn_beta_fast = yarn_beta_fast;
  return o;
}

}  // namespace caracal
