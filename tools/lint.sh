#!/usr/bin/env bash
# Layout, include graph and clang-tidy.
#   tools/lint.sh          layout of everything; clang-tidy over what differs from main's last push
#   tools/lint.sh --all    clang-tidy over every source
#   tools/lint.sh FILE...  clang-tidy over these
# Needs clang-format-19, clang-tidy-19 and a configured build/release (or BUILD_DIR).
set -euo pipefail
cd "$(dirname "$0")/.."
build=${BUILD_DIR:-build/release}

echo "== clang-format" >&2
git ls-files 'src/*.cc' 'src/*.h' 'include/*' 'examples/*.c' 'examples/*.cpp' |
  xargs clang-format-19 --dry-run -Werror

echo "== include graph" >&2
python3 tools/check_layers.py >&2

changed_sources() {
  local base
  base=$(git merge-base HEAD '@{upstream}' 2>/dev/null || git rev-parse HEAD)
  { git diff --name-only --diff-filter=d "$base" -- 'src/*.cc'; git ls-files -o --exclude-standard 'src/*.cc'; } | sort -u
}

case "${1:-}" in
  --all) mapfile -t sources < <(git ls-files 'src/*.cc') ;;
  "") mapfile -t sources < <(changed_sources) ;;
  *) sources=("$@") ;;
esac

# Only what this build compiles: fuzz targets and stubs of other processors have no compile command.
known=$(mktemp)
trap 'rm -f "$known"' EXIT
[ -f "$build/compile_commands.json" ] || cmake --preset release >/dev/null
python3 - "$build" >"$known" <<'PY'
import json, os, sys
for entry in json.load(open(f"{sys.argv[1]}/compile_commands.json")):
    print(os.path.relpath(entry["file"]))
PY
mapfile -t sources < <(printf '%s\n' "${sources[@]}" | grep -Fxf "$known" || true)

echo "== clang-tidy, ${#sources[@]} files" >&2
[ ${#sources[@]} -eq 0 ] ||
  printf '%s\0' "${sources[@]}" | xargs -0 -n 1 -P "$(nproc)" clang-tidy-19 -p "$build" --quiet
