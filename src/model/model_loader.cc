#include <algorithm>

#include "base/error.h"
#include "base/log.h"
#include "machine/machine_info.h"
#include "model/model.h"
#include "model/open_checkpoint.h"
#include "weights/float_linear.h"
#include "weights/kernel_tuning.h"

namespace caracal {

std::string tensor_stem(std::string_view pattern, int32_t layer) {
  const size_t at = pattern.find("{}");
  if (at == std::string_view::npos) return std::string(pattern);
  return fmt::format("{}{}{}", pattern.substr(0, at), layer, pattern.substr(at + 2));
}

ModelConfig read_model_config(const Gguf& file, const RopeOverride& rope) {
  ModelConfig config;
  const auto arch = file.get_string("general.architecture");
  if (!arch)
    throw_error(ErrorCode::bad_file, file.name(), "the key general.architecture is missing");
  config.arch = *arch;
  config.name = file.get_string("general.name").value_or("");
  config.licence = file.get_string("general.license").value_or("");
  find_family(config.arch).configure(file, config);
  apply(rope, config.rope);
  return config;
}

/// Finds, checks and packs the weights of a model, part by part.
class ModelLoader {
 public:
  ModelLoader(Gguf file, const LoadOptions& options) : model_(new Model(std::move(file))) {
    model_->features_ = options.features;
    model_->numerics_ = options.numerics;
    model_->config_ = read_model_config(model_->file_, options.rope);
    model_->family_ = &find_family(model_->config_.arch);
  }

  /// Resolves every part to its tensors; after this nothing about the file can be wrong.
  void resolve() {
    const Family& family = *model_->family_;
    for (const Part& part : family.prologue) model_->prologue_.push_back(resolve(part, 0));
    for (int32_t layer = 0; layer < model_->config_.n_layers; ++layer)
      for (const Part& part : family.block) model_->blocks_.push_back(resolve(part, layer));
    for (const Part& part : family.epilogue) model_->epilogue_.push_back(resolve(part, 0));
    for_each_part(*model_, [](PartWeights& part) {
      if (!part.bias.empty()) part.linear.bias = part.bias.data();
    });
  }

  /// Says which formats fall back on the scalar reference on a CPU that has vectors.
  void warn_of_slow_kernels() const {
    if (model_->numerics_ == Numerics::reference) return;  // slow as asked for
    std::vector<const WeightFormat*> slow;
    for_each_part(*model_, [&](const PartWeights& part) {
      const LinearWeight& w = part.linear;
      if (w.kernel && is_slow_fallback(*w.kernel, model_->features_) &&
          std::ranges::find(slow, w.format) == slow.end())
        slow.push_back(w.format);
    });
    for (const WeightFormat* format : slow)
      log::warn(
          "{}: this build multiplies {} weights by its scalar reference, many times slower "
          "than with {}; see `caracal inspect kernels`",
          model_->file_.name(), format->name, level_name(model_->features_));
  }

  void pack(ThreadTeam& team, const std::function<void(uint64_t, uint64_t)>& progress) {
    std::vector<LinearToPack> linears;
    size_t total = 0;
    for_each_part(*model_, [&](PartWeights& part) {
      if (!part.linear.kernel || !part.linear.kernel->pack) return;
      linears.push_back({&part, total});
      total += (part.linear.data_bytes + 63) / 64 * 64;
    });
    model_->packed_ = AlignedBuffer(total, Pages::huge);
    for (const LinearToPack& item : linears) {
      pack_one(item, team);
      if (progress) progress(item.offset + item.part->linear.data_bytes, total);
    }
    // Kernels that read the file's own layout leave nothing to pack: loaded all the same.
    if (linears.empty() && progress)
      progress(model_->file_.file_bytes(), model_->file_.file_bytes());
  }

  /// Switch points between the shapes of the kernels, measured on the packed weights where this
  /// machine does not know them yet.
  void tune(const std::filesystem::path& folder, int32_t n_threads) {
    const std::string fingerprint =
        machine_fingerprint(read_machine_info(), model_->features_, n_threads);
    KernelTuning tuning = KernelTuning::load(folder, fingerprint);
    const size_t n_known = tuning.size();
    for_each_part(*model_, [&](PartWeights& part) {
      LinearWeight& w = part.linear;
      if (!w.kernel || !w.kernel->run.gemm || w.n_out * w.n_in < kSmallestTuned) return;
      if (!tuning.gemm_rows(w)) tuning.set_gemm_rows(w, find_gemm_rows(time_shapes(w, kTimings)));
      w.gemm_rows = *tuning.gemm_rows(w);
    });
    if (tuning.size() == n_known) return;
    log::info("measured from how many rows on {} kernels unpack weights first",
              tuning.size() - n_known);
    try {
      tuning.save(folder);
    } catch (const Error& e) {
      log::warn("the measured switch points of kernels are not kept: {}", e.what());
    }
  }

  void force_shape(LinearShape shape) {
    for_each_part(*model_, [&](PartWeights& part) {
      part.linear.gemm_rows = shape == LinearShape::gemm ? 1 : kNeverGemm;
    });
  }

  /// Locks what a step reads: the packed weights and the embedding table.
  bool lock() {
    bool locked = lock_memory(model_->packed_.bytes());
    for (const PartWeights& part : model_->prologue_)
      if (part.source) locked &= lock_memory(part.source->data);
    return locked;
  }

  std::shared_ptr<const Model> finish() { return std::move(model_); }

 private:
  static constexpr int64_t kSmallestTuned = 1 << 16;  ///< elements: smaller ones take no time
  static constexpr int32_t kTimings = 5;              ///< of each shape and number of rows

  struct LinearToPack {
    PartWeights* part;
    size_t offset;
  };

  /// Whether a fused tensor has no rows behind this part's.
  static bool ends_tensor(const PartWeights& part) {
    return part.stored.data() + part.stored.size() ==
           part.source->data.data() + part.source->data.size();
  }

  /// M: Model or const Model.
  template <class M, class F>
  static void for_each_part(M& model, F&& f) {
    for (auto* list : {&model.prologue_, &model.blocks_, &model.epilogue_})
      for (auto& part : *list) f(part);
  }

  void pack_one(const LinearToPack& item, ThreadTeam& team) {
    LinearWeight& weight = item.part->linear;
    std::byte* packed = model_->packed_.data() + item.offset;
    const WeightBlob blob{.n_out = weight.n_out, .n_in = weight.n_in, .codes = item.part->stored};
    parallel_for(
        team, weight.n_out, int64_t{weight.kernel->col_tile} * 16,
        [&](int64_t begin, int64_t end) { weight.kernel->pack(blob, begin, end, packed); });
    weight.data = packed;
    // The embedding table is read row by row from the file; every other original is done with.
    if (!is_table(*item.part->source) && ends_tensor(*item.part))
      model_->file_.drop(*item.part->source);
  }

  std::string where(std::string_view tensor) const {
    return fmt::format("{}: {}", model_->file_.name(), tensor);
  }

  PartWeights resolve(const Part& part, int32_t layer) {
    switch (part.kind) {
      case PartKind::embedding: {
        const GgufTensor& table = find_matrix(part, tensor_stem(part.gguf, layer) + ".weight");
        find_format(table);
        return {.source = &table};
      }
      case PartKind::norm:
        return {.norm = read_vector(tensor_stem(part.gguf, layer) + ".weight",
                                    width_of(part.n_in, model_->config_))};
      case PartKind::layer_norm: {
        const std::string stem = tensor_stem(part.gguf, layer);
        const int64_t n = width_of(part.n_in, model_->config_);
        return {.norm = read_vector(stem + ".weight", n), .bias = read_vector(stem + ".bias", n)};
      }
      case PartKind::linear:
        return resolve_linear(part, layer);
      case PartKind::softcap:
      case PartKind::sequence_mixer:
      case PartKind::channel_mixer:
        return {};
    }
    return {};
  }

  PartWeights resolve_linear(const Part& part, int32_t layer) {
    const std::string stem = tensor_stem(part.gguf, layer);
    std::string name = stem + ".weight";
    if (!part.fallback.empty() && !model_->file_.find_tensor(name))
      name = std::string(part.fallback) + ".weight";
    const GgufTensor& tensor = find_matrix(part, name);
    const RowRange rows = rows_of(part, tensor.shape[0]);
    PartWeights out{.source = &tensor};
    out.stored = tensor.data.subspan(tensor.row_bytes() * static_cast<size_t>(rows.begin),
                                     tensor.row_bytes() * static_cast<size_t>(rows.count));
    LinearWeight& w = out.linear;
    w.format = &find_format(tensor);
    w.kernel = model_->numerics_ == Numerics::reference
                   ? &float_linear_kernel(*w.format)
                   : &choose_linear_kernel(*w.format, model_->features_);
    w.n_out = rows.count;
    w.n_in = tensor.shape[1];
    w.data = out.stored.data();
    w.data_bytes =
        w.kernel->packed_bytes ? w.kernel->packed_bytes(w.n_out, w.n_in) : out.stored.size();
    const std::string bias = stem + ".bias";
    if (part.bias && model_->file_.find_tensor(bias)) {
      const std::vector<float> all = read_vector(bias, tensor.shape[0]);
      out.bias.assign(all.begin() + rows.begin, all.begin() + rows.begin + rows.count);
    }
    return out;
  }

  struct RowRange {
    int64_t begin, count;
  };
  /// Which rows of its tensor belong to a part.
  RowRange rows_of(const Part& part, int64_t n_rows) const {
    if (part.slice.rows.empty()) return {0, n_rows};
    int64_t begin = 0;
    for (Width width : part.slice.rows.first(part.slice.index))
      begin += width_of(width, model_->config_);
    return {begin, width_of(part.slice.rows[part.slice.index], model_->config_)};
  }

  int64_t stored_rows(const Part& part) const {
    if (part.slice.rows.empty()) return width_of(part.n_out, model_->config_);
    int64_t n = 0;
    for (Width width : part.slice.rows) n += width_of(width, model_->config_);
    return n;
  }

  const GgufTensor& find_matrix(const Part& part, const std::string& name) {
    const GgufTensor* tensor = model_->file_.find_tensor(name);
    const int64_t n_out = stored_rows(part);
    const int64_t n_in = width_of(part.n_in, model_->config_);
    if (!tensor)
      throw_error(ErrorCode::bad_file, where(name), "this tensor is missing; expected {} x {}",
                  n_out, n_in);
    if (tensor->shape.size() != 2 || tensor->shape[0] != n_out || tensor->shape[1] != n_in)
      throw_error(ErrorCode::bad_file, where(name), "expected {} x {}, found {}", n_out, n_in,
                  fmt::join(tensor->shape, " x "));
    return *tensor;
  }

  const WeightFormat& find_format(const GgufTensor& tensor) {
    const WeightFormat* format = find_weight_format(tensor.type);
    if (!format)
      throw_error(ErrorCode::unsupported, where(tensor.name),
                  "weights of type {} are not supported yet; use a file of {}",
                  tensor_type_info(tensor.type)->name, list_readable_types());
    return *format;
  }

  std::vector<float> read_vector(const std::string& name, int64_t n) {
    const GgufTensor* tensor = model_->file_.find_tensor(name);
    if (!tensor)
      throw_error(ErrorCode::bad_file, where(name), "this tensor is missing; expected {} numbers",
                  n);
    if (tensor->shape.size() != 1 || tensor->shape[0] != n)
      throw_error(ErrorCode::bad_file, where(name), "expected {} numbers, found {}", n,
                  fmt::join(tensor->shape, " x "));
    std::vector<float> out(static_cast<size_t>(n));
    find_format(*tensor).decode_row(tensor->data.data(), n, out.data());
    return out;
  }

  bool is_table(const GgufTensor& tensor) const {
    return std::ranges::any_of(model_->prologue_,
                               [&](const PartWeights& part) { return part.source == &tensor; });
  }

 private:
  std::shared_ptr<Model> model_;
};

std::vector<const LinearWeight*> Model::linears() const {
  std::vector<const LinearWeight*> all;
  for (const auto* list : {&prologue_, &blocks_, &epilogue_})
    for (const PartWeights& part : *list)
      if (part.linear.kernel) all.push_back(&part.linear);
  return all;
}

std::shared_ptr<const Model> Model::load(const std::filesystem::path& path,
                                         const LoadOptions& options, ThreadTeam& team,
                                         const std::function<void(uint64_t, uint64_t)>& progress) {
  const auto access = options.use_mmap ? MappedFile::Access::map : MappedFile::Access::read;
  ModelLoader loader(open_checkpoint(path, access), options);
  loader.resolve();
  loader.warn_of_slow_kernels();
  loader.pack(team, progress);
  if (options.linear_shape != LinearShape::automatic)
    loader.force_shape(options.linear_shape);
  else if (!options.tuning_folder.empty())
    loader.tune(options.tuning_folder, team.size());
  if (options.lock_memory && !loader.lock())
    log::warn("--mlock: the system refuses to lock {}; raise `ulimit -l`", path.string());
  return loader.finish();
}

std::shared_ptr<const Model> Model::open(const std::filesystem::path& path,
                                         const LoadOptions& options) {
  ModelLoader loader(open_outline(path), options);
  loader.resolve();
  return loader.finish();
}

}  // namespace caracal
