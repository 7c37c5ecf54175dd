#pragma once
/// The tables that make up what templates can call; one file each.
#include <span>

#include "text/template/builtin.h"

namespace caracal::jinja {

std::span<const Builtin> text_filters();
std::span<const Builtin> number_filters();
std::span<const Builtin> sequence_filters();
std::span<const Builtin> selection_filters();
std::span<const Builtin> tests();
std::span<const Builtin> string_methods();
/// Methods of list, tuple, dict, loop, cycler and numbers; empty for other kinds.
std::span<const Builtin> object_methods(Kind kind);

}  // namespace caracal::jinja
