#pragma once
/// One line per file of arch/.
#include "model/family.h"

namespace caracal {

const Family& bert_family();
const Family& gemma2_family();
const Family& gemma3_family();
const Family& granite_family();
const Family& llama_family();
const Family& olmo2_family();
const Family& phi3_family();
const Family& qwen2_family();
const Family& qwen3_family();
const Family& smollm3_family();

}  // namespace caracal
