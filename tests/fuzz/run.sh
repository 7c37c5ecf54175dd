#!/usr/bin/env bash
# Runs every fuzz target for a while over its seed corpus, one a core. Usage: run.sh BIN_DIR SECONDS
# New inputs do not enter the checked-in seeds; a finding is left in the current folder as crash-*.
set -euo pipefail
bin=$1
seconds=$2
seeds=$(cd "$(dirname "$0")" && pwd)/corpus
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

run_target() {
  local name=${1##*/fuzz_} log="$work/${1##*/}.log"
  mkdir "$work/$name"
  if ! "$1" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_funcs=0 \
      -print_final_stats=1 "$work/$name" "$seeds/$name" >"$log" 2>&1; then
    tail -60 "$log" >&2
    echo "fuzz_$name: FOUND something, see above" >&2
    return 1
  fi
  echo "fuzz_$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") runs in $seconds s, nothing found"
}
export -f run_target
export seconds seeds work

printf '%s\0' "$bin"/fuzz_* | xargs -0 -P "$(nproc)" -I{} bash -euo pipefail -c 'run_target {}'
