#include "cli/program.h"

#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <system_error>

#include "base/error.h"
#include "cli/command.h"
#include "cli/common_options.h"
#include "cli/exit_status.h"
#include "cli/help.h"
#include "cli/parse.h"
#include "machine/cpu_features.h"

namespace caracal::cli {
namespace {

void print_version() {
  fmt::print("caracal {} ({})\n", CARACAL_VERSION, to_string(detect_cpu_features()));
}

const char* environment(const char* name) { return std::getenv(name); }

int run_command(const CommandInfo& info, std::span<const std::string_view> arguments) {
  const auto command = info.make();
  GeneralOptions general;
  std::vector<OptionGroup> groups = command->options();
  groups.push_back(bind(general));
  switch (parse_arguments(info.name, groups, arguments, environment)) {
    case ParseOutcome::help:
      fmt::print("{}", command_help(info, groups));
      return kSuccess;
    case ParseOutcome::version:
      print_version();
      return kSuccess;
    case ParseOutcome::run:
      break;
  }
  apply(general);
  return command->run();
}

int dispatch(std::span<const std::string_view> arguments) {
  if (arguments.empty()) {
    fmt::print(stderr, "{}", program_help());
    return kUsage;
  }
  const std::string_view name = arguments.front();
  if (name == "-h" || name == "--help" || name == "help") {
    fmt::print("{}", program_help());
    return kSuccess;
  }
  if (name == "--version") {
    print_version();
    return kSuccess;
  }
  const CommandInfo* info = find_command(name);
  if (!info)
    throw_error(ErrorCode::bad_config, name,
                "there is no such command; `caracal --help` lists them");
  return run_command(*info, arguments.subspan(1));
}

/// Results that did not reach their file are an error like any other.
void flush_output() {
  if (std::fflush(stdout) != 0 || std::ferror(stdout))
    throw Error(ErrorCode::io, "writing failed; is the disk full?", "standard output");
}

}  // namespace

int run_program(int argc, const char* const* argv) {
  std::setlocale(LC_CTYPE, "");  // line editing counts characters; numbers keep their C form
  try {
    const std::vector<std::string_view> arguments(argv + (argc > 0), argv + argc);
    const int status = dispatch(arguments);
    flush_output();
    return status;
  } catch (const Error& e) {
    fmt::print(stderr, "caracal: {}\n", e.what());
    return exit_status_of(e.code());
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "caracal: not enough memory\n");
    return kRefused;
  } catch (const std::system_error& e) {  // printing more than a buffer where there is no room
    fmt::print(stderr, "caracal: {}\n", e.what());
    return exit_status_of(ErrorCode::io);
  } catch (const std::exception& e) {
    fmt::print(stderr, "caracal: internal: {}\n", e.what());
    return exit_status_of(ErrorCode::internal);
  }
}

}  // namespace caracal::cli
