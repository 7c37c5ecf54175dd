#!/usr/bin/env python3
"""Checks that no instruction-set object file defines a weak symbol.

An inline function compiled for AVX2 in such a file could become the one copy that the whole program
uses, and crash on a CPU without it. Usage: check_symbols.py BUILD_DIR"""
import pathlib
import re
import subprocess
import sys

ISA_FILE = re.compile(r"_(avx2|avxvnni|avx512\w*|amx)\.cc\.o$")


def weak_symbols(path):
    out = subprocess.run(["nm", "-C", "--defined-only", path], capture_output=True, text=True, check=True)
    rows = (line.split(maxsplit=2) for line in out.stdout.splitlines())
    # DW.ref.*: a pointer to the unwinder's routine, the same whatever a file is compiled for
    return [row[2] for row in rows if len(row) == 3 and row[1] in "wWvVu" and not row[2].startswith("DW.ref.")]


def main():
    objects = [p for p in pathlib.Path(sys.argv[1]).rglob("*.o") if ISA_FILE.search(p.name)]
    wrong = [(p.name, s) for p in objects for s in weak_symbols(p)]
    for name, symbol in wrong:
        print(f"{name}: weak symbol {symbol}")
    print(f"{len(objects)} instruction-set objects, {len(wrong)} weak symbols")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
