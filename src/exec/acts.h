#pragma once
#include "spec/acts.h"
