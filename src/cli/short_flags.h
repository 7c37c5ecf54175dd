#pragma once
/// What llama.cpp's command line has and getopt-style parsers have not: flags of several letters
/// behind one dash, and flags that mean nothing here.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/option.h"

namespace caracal::cli {

/// A flag of llama.cpp that is accepted and does nothing, because ignoring it changes no result.
struct IgnoredFlag {
  std::string_view flags;
  enum class Value { none, required, on_off_auto } value;
  std::string_view command;  ///< only for this command; empty: for all
  std::string_view why;
};
std::span<const IgnoredFlag> ignored_flags();

struct RewrittenArguments {
  std::vector<std::string> arguments;  ///< for the parser
  std::vector<std::string> notices;    ///< one per ignored flag
  /// The first flag of several letters behind one dash that the command does not have; empty: none.
  /// A getopt-style parser would take "-hf" for "-h".
  std::string unknown;
};

/// Replaces "-ctk" by "--cache-type-k" and takes ignored flags out, leaving values of other flags
/// alone. arguments: what follows the name of the command. A "--" ends the flags. Only numbers may
/// be glued to a short flag: "-n64".
RewrittenArguments rewrite_arguments(std::string_view command, std::span<const OptionGroup> groups,
                                     std::span<const std::string_view> arguments);

}  // namespace caracal::cli
