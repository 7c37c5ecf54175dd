#!/usr/bin/env bash
# Sets up what is missing, builds, and passes all tests.
#   ./test.sh          the default suite: release build, short fuzzing
#   ./test.sh --full   also the portable build, address, undefined and thread sanitizers, long fuzzing,
#                      lint, and the comparisons with other engines
set -euo pipefail
cd "$(dirname "$0")"

full=no
case "${1:-}" in
  "") ;;
  --full) full=yes ;;
  *) echo "usage: $0 [--full]" >&2; exit 2 ;;
esac

step() { echo "== $*" >&2; }

# Compiles quietly: only a failure shows what the compiler said. With --full a warning is a failure.
warnings_fail=OFF
[ "$full" = no ] || warnings_fail=ON
build() {
  step "building $1"
  cmake --preset "$1" -DCARACAL_WERROR=$warnings_fail ${2:-} >/dev/null
  cmake --build --preset "$1" >"build/$1/build.log" || { cat "build/$1/build.log" >&2; exit 1; }
}

tools/setup.sh packages.txt packages-test.txt
[ "$full" = no ] || tools/setup.sh packages-full.txt

fuzz_seconds=5
[ "$full" = no ] || fuzz_seconds=120
build fuzz
step "fuzzing, $fuzz_seconds s a target"
tests/fuzz/run.sh build/fuzz/bin "$fuzz_seconds"

build release -DCARACAL_TESTS=ON
if [ "$full" = yes ]; then
  step lint
  tools/lint.sh
  for preset in asan-ubsan tsan portable; do
    build "$preset"
    ctest --preset "$preset" -j "$(nproc)"
  done
  tests/peer/run_all.sh
fi

step "testing release"
exec ctest --preset release -j "$(nproc)"
