/// caracal.h: version, log, loading.
#include <cstdlib>

#include "base/log.h"
#include "capi/error.h"
#include "capi/model_handle.h"
#include "capi/options.h"

using namespace caracal;
using namespace caracal::capi;

const char* caracal_version() { return CARACAL_VERSION; }

caracal_status caracal_set_log_level(const char* level, caracal_error** error) {
  return guard(error, [&] {
    require(level, "level");
    log::init(level);
  });
}

void caracal_free(void* memory) { std::free(memory); }

caracal_status caracal_model_load(const char* path, const caracal_model_options* options,
                                  caracal_model** model, caracal_error** error) {
  return guard(error, [&] {
    require(path, "path");
    require(model, "model");
    const caracal_model_options given = read_options(options);
    TextModel::Progress progress;
    if (given.on_progress != nullptr)
      progress = [&given](uint64_t done, uint64_t total) {
        given.on_progress(done, total, given.on_progress_user);
      };
    *model = new caracal_model(path, engine_config(given), progress);
  });
}

void caracal_model_free(caracal_model* model) { delete model; }

int32_t caracal_model_n_ctx(const caracal_model* model) {
  return const_cast<caracal_model*>(model)->text.engine().n_ctx();
}

int32_t caracal_model_n_vocab(const caracal_model* model) {
  return model->text.tokenizer().n_vocab();
}
