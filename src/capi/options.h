#pragma once
/// From the option structs of the C interface to the settings of the engine.
#include "caracal/caracal.h"
#include "spec/engine_config.h"
#include "spec/sampling_params.h"

namespace caracal::capi {

caracal_model_options default_model_options();
caracal_generate_options default_generate_options();

/// The caller's struct, brought to our size. Throws what read_struct throws.
caracal_model_options read_options(const caracal_model_options* given);
caracal_generate_options read_options(const caracal_generate_options* given);

/// Throws Error(bad_config) for a setting that does not exist or a value out of range.
EngineConfig engine_config(const caracal_model_options& options);
SamplingParams sampling_params(const caracal_generate_options& options);

}  // namespace caracal::capi
