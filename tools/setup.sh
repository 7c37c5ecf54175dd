#!/usr/bin/env bash
# Installs the Debian packages that caracal needs and are missing. Usage: tools/setup.sh LIST...
# where LIST is a file in tools/ with package names (packages.txt, packages-test.txt, ...).
set -euo pipefail
cd "$(dirname "$0")"

missing=()
for list in "$@"; do
  for package in $(sed 's/#.*//' "$list"); do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing+=("$package")
  done
done
[ "${#missing[@]}" -gt 0 ] || exit 0

sudo=""
if [ "$(id -u)" -ne 0 ]; then
  sudo=$(command -v sudo) || { echo "caracal needs these packages, and only root can install them: ${missing[*]}" >&2; exit 1; }
fi
echo "installing: ${missing[*]}" >&2
$sudo apt-get update -q >/dev/null || { echo "apt-get update failed: are Debian's package servers reachable?" >&2; exit 1; }
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -yq --no-install-recommends "${missing[@]}" >/dev/null
