#pragma once
/// A family is data: a list of parts with producers and consumers. The plan builder, the loader and
/// every tool that edits models read the same list; nobody writes a second forward.
#include <cstdint>
#include <span>
#include <string_view>

#include "files/gguf.h"
#include "spec/model_config.h"

namespace caracal {

/// Widths that occur in a family, resolved against its ModelConfig.
enum class Width {
  d_model,
  q_dim,
  k_dim,
  v_dim,
  attn_dim,
  head_dim,
  d_ff,
  n_vocab,
  n_positions,
  n_token_types,
};
int64_t width_of(Width width, const ModelConfig& config);

/// Multipliers that occur in a family, resolved against its ModelConfig.
enum class Factor { one, embedding, residual, logit };
float factor_of(Factor factor, const ModelConfig& config);

enum class PartKind {
  embedding,       ///< rows of a table -> out
  norm,            ///< RMS norm of in, or of each slice of n_in columns of it -> out
  layer_norm,      ///< layer norm of in, with a ".bias" beside its weight -> out
  linear,          ///< in -> out
  softcap,         ///< logit_softcap * tanh(in / logit_softcap) -> out; nothing when it is 0
  sequence_mixer,  ///< inputs -> out through the mixer `uses`
  channel_mixer,   ///< inputs -> out through the channel mixer `uses`
};

/// Which row of its table an embedding takes for a row of the batch.
enum class TableRow : uint8_t {
  token,
  position,  ///< learned positions; the table bounds the context
  first,     ///< row 0: the token type of a text that is not one of a pair
};

/// How a weight of a Hugging Face checkpoint becomes the one of the GGUF file.
enum class HfForm : uint8_t {
  as_is,
  rows_to_neighbours,  ///< Q and K: rows of a head go from halves (i, i + d/2) to pairs (2i, 2i+1)
  plus_one,            ///< norms kept as their difference from 1
};

/// A part that is some rows of a tensor which several parts share: their row counts, in the order
/// in which they are stored, and which of them is this part's.
struct Slice {
  std::span<const Width> rows;
  size_t index = 0;
};

/// Edges are named; "x" is by custom the residual stream.
struct Part {
  PartKind kind{};
  std::string_view id;           ///< "attn_q"; unique in its list
  std::string_view gguf;         ///< stem of the tensor; {} stands for the layer; may be empty
  std::string_view hf;           ///< the same weight in a Hugging Face checkpoint
  std::string_view in[3] = {};   ///< edges read, in the order the part wants them
  std::string_view out;          ///< edge written
  Width n_out = Width::d_model;  ///< rows of the weight
  Width n_in = Width::d_model;   ///< columns of the weight
  bool adds = false;             ///< out += result (embedding, norm, linear: residual)
  bool bias = false;             ///< a ".bias" beside the weight is used when the file has one
  Factor factor = Factor::one;   ///< multiplies the result (embedding, norm, linear)
  std::string_view uses;         ///< mixer or channel mixer by name
  std::string_view fallback;     ///< tensor to use when the file lacks this one (tied heads)
  Slice slice = {};              ///< linear: rows of a fused tensor; empty: all of its own
  HfForm hf_form = HfForm::as_is;
  TableRow row = TableRow::token;  ///< embedding
};

struct Family {
  std::string_view name;                         ///< GGUF general.architecture
  void (*configure)(const Gguf&, ModelConfig&);  ///< reads and checks the hyper-parameters
  std::span<const Part> prologue;                ///< once, before the layers
  std::span<const Part> block;                   ///< per layer
  /// Once, on rows that need logits: "hidden" and from it "logits". Empty for encoders, whose "x"
  /// is what they are asked for.
  std::span<const Part> epilogue;

  bool has_head() const { return !epilogue.empty(); }
};

std::span<const Family* const> families();
/// Throws Error(unsupported) that lists the known families.
const Family& find_family(std::string_view name);

}  // namespace caracal
