#!/usr/bin/env bash
# Runs every fuzz target for a while over its seed corpus. Usage: run.sh BIN_DIR SECONDS
# New inputs do not enter the checked-in seeds; a finding is left in the current folder as crash-*.
set -euo pipefail
bin=$1
seconds=$2
seeds=$(cd "$(dirname "$0")" && pwd)/corpus
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for target in "$bin"/fuzz_*; do
  name=$(basename "$target" | sed 's/^fuzz_//')
  mkdir "$work/$name"
  if ! "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_funcs=0 \
      -print_final_stats=1 "$work/$name" "$seeds/$name" >"$work/log" 2>&1; then
    tail -60 "$work/log" >&2
    echo "fuzz_$name: FOUND something, see above" >&2
    exit 1
  fi
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log")
  echo "fuzz_$name: $runs runs in $seconds s, nothing found"
done
