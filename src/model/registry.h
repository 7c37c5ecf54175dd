#pragma once
#include "model/family.h"

namespace caracal {

const Family& llama_family();

}  // namespace caracal
