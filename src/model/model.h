#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/aligned_buffer.h"
#include "files/gguf.h"
#include "machine/cpu_features.h"
#include "machine/thread_team.h"
#include "model/family.h"
#include "spec/model_config.h"
#include "spec/numerics.h"
#include "spec/rope_override.h"
#include "weights/linear_op.h"

namespace caracal {

/// The weights behind one part of one layer; what is filled depends on the part's kind.
struct PartWeights {
  LinearWeight linear;                 ///< linear
  std::vector<float> norm;             ///< norm, layer_norm
  std::vector<float> bias;             ///< layer_norm; linear with a bias (linear.bias points here)
  const GgufTensor* source = nullptr;  ///< the tensor it came from: linear, embedding
  std::span<const std::byte> stored;   ///< its rows in there: linear
};

struct LoadOptions {
  CpuFeatures features;  ///< which kernels may be chosen
  Numerics numerics = Numerics::exact;
  bool use_mmap = true;      ///< false: read the file into memory first
  bool lock_memory = false;  ///< --mlock
  RopeOverride rope;         ///< --rope-*
  LinearShape linear_shape = LinearShape::automatic;
  /// Where the switch points between kernel shapes are kept (weights/kernel_tuning.h); those that
  /// are missing are measured. Empty: built-in ones.
  std::filesystem::path tuning_folder;
};

/// A checkpoint ready to run. Immutable after load(); shared by every engine over it.
class Model {
 public:
  /// Opens, checks and packs. progress(done, total) counts bytes of weights, called once at least;
  /// may be empty. Throws Error that names file, tensor, expected and found.
  static std::shared_ptr<const Model> load(
      const std::filesystem::path& path, const LoadOptions& options, ThreadTeam& team,
      const std::function<void(uint64_t, uint64_t)>& progress = {});

  /// Opens and checks without packing: shapes, kernels and sizes are known, nothing may be run. For
  /// `inspect` and the memory ledger.
  static std::shared_ptr<const Model> open(const std::filesystem::path& path,
                                           const LoadOptions& options);

  const ModelConfig& config() const { return config_; }
  const Family& family() const { return *family_; }
  const Gguf& file() const { return file_; }
  CpuFeatures features() const { return features_; }
  Numerics numerics() const { return numerics_; }

  const PartWeights& prologue(size_t part) const { return prologue_[part]; }
  const PartWeights& block(int32_t layer, size_t part) const {
    return blocks_[static_cast<size_t>(layer) * family_->block.size() + part];
  }
  const PartWeights& epilogue(size_t part) const { return epilogue_[part]; }

  uint64_t packed_bytes() const { return packed_.size(); }
  /// Every matrix that a step multiplies, in the order of the plan.
  std::vector<const LinearWeight*> linears() const;

 private:
  explicit Model(Gguf file) : file_(std::move(file)) {}
  friend class ModelLoader;

  Gguf file_;
  const Family* family_ = nullptr;
  ModelConfig config_;
  CpuFeatures features_;
  Numerics numerics_ = Numerics::exact;
  AlignedBuffer packed_;
  std::vector<PartWeights> prologue_, blocks_, epilogue_;
};

/// Reads the hyper-parameters without touching a weight: for `inspect` and the memory ledger.
ModelConfig read_model_config(const Gguf& file, const RopeOverride& rope = {});

/// "blk.{}.attn_q" and 3 give "blk.3.attn_q".
std::string tensor_stem(std::string_view pattern, int32_t layer);

}  // namespace caracal
