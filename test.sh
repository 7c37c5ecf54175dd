#!/usr/bin/env bash
# Sets up what is missing, builds, and passes all tests.
#   ./test.sh          the default suite: release and portable builds, short fuzzing
#   ./test.sh --full   also address, undefined and thread sanitizers, long fuzzing, peers
set -euo pipefail
cd "$(dirname "$0")"

full=no
case "${1:-}" in
  "") ;;
  --full) full=yes ;;
  *) echo "usage: $0 [--full]" >&2; exit 2 ;;
esac

tools/setup.sh packages.txt packages-test.txt
[ "$full" = no ] || tools/setup.sh packages-full.txt

fuzz_seconds=5
[ "$full" = no ] || fuzz_seconds=120
echo "== fuzzing, $fuzz_seconds s a target" >&2
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz
tests/fuzz/run.sh build/fuzz/bin "$fuzz_seconds"

if [ "$full" = yes ]; then
  for preset in asan ubsan tsan portable; do
    echo "== $preset" >&2
    cmake --preset "$preset" >/dev/null
    cmake --build --preset "$preset"
    ctest --preset "$preset" --output-on-failure
  done
  tests/peer/run_all.sh
fi

echo "== release" >&2
cmake --preset release >/dev/null
cmake --build --preset release
exec ctest --preset release -j "$(nproc)"
