#pragma once

namespace caracal::cli {

/// The whole program: parses, runs the command, prints every Error as one line on standard error.
/// Returns the exit status.
int run_program(int argc, const char* const* argv);

}  // namespace caracal::cli
