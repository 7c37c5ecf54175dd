#include "base/subprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "base/error.h"

namespace caracal {
namespace {

using testing::HasSubstr;
using Clock = std::chrono::steady_clock;

ProcessResult shell(const std::string& script, const ProcessOptions& options = {}) {
  return run_process({"sh", "-c", script}, options);
}

ErrorCode error_of(const std::vector<std::string>& argv, const ProcessOptions& options = {}) {
  try {
    run_process(argv, options);
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), HasSubstr(argv[0]));
    return e.code();
  }
  ADD_FAILURE() << "no error";
  return ErrorCode::internal;
}

TEST(Subprocess, output_and_end_are_those_of_the_program) {
  const ProcessResult good = shell("printf 'a\\0b'; printf c");
  EXPECT_EQ(good.output, std::string("a\0bc", 4));
  EXPECT_TRUE(good.succeeded());
  const ProcessResult bad = shell("echo x; exit 7");
  EXPECT_EQ(bad.output, "x\n");
  EXPECT_FALSE(bad.succeeded());
  EXPECT_EQ(describe_end(bad), "exit status 7");
}

TEST(Subprocess, a_signal_is_told_from_an_exit_status) {
  const ProcessResult result = shell("kill -SEGV $$");
  EXPECT_FALSE(result.succeeded());
  EXPECT_EQ(result.signal, SIGSEGV);
  EXPECT_THAT(describe_end(result), HasSubstr("signal 11"));
}

TEST(Subprocess, words_are_no_shell_text) {
  const std::string odd = "a b;\"$HOME' *\n";
  EXPECT_EQ(run_process({"printf", "%s", odd}).output, odd);
}

TEST(Subprocess, standard_input_is_empty) { EXPECT_EQ(run_process({"cat"}).output, ""); }

TEST(Subprocess, errors_are_captured_where_that_is_asked_for) {
  EXPECT_EQ(shell("echo e >&2; echo o", {.join_errors = true}).output, "e\no\n");
  EXPECT_EQ(shell("exec 2>/dev/null; echo e >&2; echo o").output, "o\n");
}

TEST(Subprocess, a_program_that_cannot_be_started_is_an_error) {
  EXPECT_EQ(error_of({"/nowhere/at/all"}), ErrorCode::not_found);
  EXPECT_EQ(error_of({"no-program-has-this-name"}), ErrorCode::not_found);
  EXPECT_EQ(error_of({"/"}), ErrorCode::io);
}

TEST(Subprocess, output_up_to_the_limit_is_kept_and_an_endless_one_ends_the_program) {
  EXPECT_EQ(shell("head -c 100000 /dev/zero", {.max_output = 100000}).output.size(), 100000u);
  EXPECT_EQ(error_of({"cat", "/dev/zero"}, {.max_output = 100000}), ErrorCode::io);
}

TEST(Subprocess, cancelling_ends_a_program_soon_and_one_that_will_not_listen_a_little_later) {
  for (const char* script :
       {"exec sleep 100", "trap '' TERM; while :; do :; done", "exec >&-; exec sleep 100"}) {
    std::atomic<bool> cancel{false};
    std::thread later([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
      cancel = true;
    });
    const auto start = Clock::now();
    EXPECT_EQ(error_of({"sh", "-c", script}, {.cancel = &cancel}), ErrorCode::cancelled);
    EXPECT_LT(Clock::now() - start, std::chrono::seconds(20)) << script;
    later.join();
  }
}

TEST(Subprocess, a_grandchild_that_holds_the_output_open_is_not_waited_for) {
  const auto start = Clock::now();
  EXPECT_EQ(shell("sleep 6 & echo done").output, "done\n");
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(5));
}

TEST(Subprocess, processor_time_is_counted) {
  EXPECT_GT(shell("i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done").cpu_seconds, 0.005);
}

}  // namespace
}  // namespace caracal
