#!/usr/bin/env bash
# From a fresh clone to an answer: installs what is missing, builds, fetches a small real model, asks.
#   ./quickstart.sh                      the question below
#   ./quickstart.sh Why is the sky blue? another one
#   ./quickstart.sh -m FILE.gguf ...     another model
set -euo pipefail
cd "$(dirname "$0")"

model=""
if [ "${1:-}" = -m ]; then
  [ $# -ge 2 ] || { echo "usage: $0 [-m FILE.gguf] [question]" >&2; exit 2; }
  model=$(realpath "$2")
  shift 2
fi
question=${*:-What is the capital of France, and what is it known for?}

caracal=build/release/bin/caracal
if ! [ -e build/release/build.ninja ]; then
  tools/setup.sh packages.txt
  echo "building; a few minutes the first time" >&2
  cmake --preset release -DCARACAL_TESTS=OFF >/dev/null
fi
cmake --build --preset release --target caracal >build/release/quickstart.log ||
  { cat build/release/quickstart.log >&2; exit 1; }
[ -n "$model" ] || model=$("$caracal" pull smollm2-135m-instruct)

exec "$caracal" chat -m "$model" -p "$question" --temp 0 -n 256 --single-turn --timings
