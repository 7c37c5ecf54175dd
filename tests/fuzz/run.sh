#!/usr/bin/env bash
# Runs every fuzz target for a while over its seed corpus. Usage: run.sh BIN_DIR SECONDS
# What it finds is left in the current folder as crash-*; new inputs do not enter the checked-in seeds.
set -euo pipefail
bin=$1
seconds=$2
seeds=$(cd "$(dirname "$0")" && pwd)/corpus

for target in "$bin"/fuzz_*; do
  name=$(basename "$target" | sed 's/^fuzz_//')
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=0 -verbosity=0 \
    "$work" "$seeds/$name"
  rm -rf "$work"
  echo "fuzz_$name: $seconds s, nothing found"
done
