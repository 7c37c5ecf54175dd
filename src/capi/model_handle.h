#pragma once
#include <atomic>
#include <filesystem>
#include <mutex>
#include <thread>

#include "base/error.h"
#include "engine/text_model.h"

/// What a caracal_model* points to. The tokenizer is immutable and free for all threads; the engine
/// belongs to one at a time.
struct caracal_model {
  caracal_model(const std::filesystem::path& path, const caracal::EngineConfig& config,
                const caracal::TextModel::Progress& progress)
      : text(path, config, progress) {}

  caracal::TextModel text;
  std::mutex engine_mutex;
  std::atomic<std::thread::id> engine_user;
};

namespace caracal::capi {

/// One thread's turn with the engine of a model.
class EngineTurn {
 public:
  /// Waits for the others. Throws Error(bad_request) instead of waiting for itself for ever, when a
  /// callback calls back.
  explicit EngineTurn(caracal_model& model) : model_(model) {
    if (model.engine_user.load() == std::this_thread::get_id())
      throw Error(ErrorCode::bad_request,
                  "the callback of a generation cannot generate with the same model");
    model.engine_mutex.lock();
    model.engine_user = std::this_thread::get_id();
  }
  ~EngineTurn() {
    model_.engine_user = std::thread::id();
    model_.engine_mutex.unlock();
  }
  EngineTurn(const EngineTurn&) = delete;
  EngineTurn& operator=(const EngineTurn&) = delete;

 private:
  caracal_model& model_;
};

}  // namespace caracal::capi
