#!/usr/bin/env python3
"""Checks that the loops which measure the roofs of a machine keep everything in registers.

A probe whose accumulators are spilled measures the store port and reads half of the truth. In every loop
of the object files roof_probe_<instruction set>.cc.o no instruction may touch the stack, and a loop of
arithmetic no memory at all. Usage: check_probes.py BUILD_DIR"""
import pathlib
import re
import subprocess
import sys

FUNCTION = re.compile(r"^[0-9a-f]+ <(.+)>:$")
INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\s+(.*?)\s*(?:[#<].*)?$")
JUMP = re.compile(r"^j\w+\s+([0-9a-f]+)\b")
STACK = re.compile(r"\(%[re](sp|bp)\b")
VECTOR = re.compile(r"%[txyz]mm\d+")


def functions(path):
    """(name, [(address, text)]) of each function of an object file."""
    listing = subprocess.run(["objdump", "-d", "-C", "--no-show-raw-insn", path], capture_output=True, text=True,
                             check=True).stdout
    name, body = None, []
    for line in listing.splitlines():
        if head := FUNCTION.match(line):
            if name:
                yield name, body
            name, body = head[1], []
        elif instruction := INSTRUCTION.match(line):
            body.append((int(instruction[1], 16), instruction[2]))
    if name:
        yield name, body


def vector_loops(body):
    """What lies between the target of a jump backwards and the jump, where vectors are at work."""
    for at, text in body:
        if (jump := JUMP.match(text)) and (start := int(jump[1], 16)) <= at:
            loop = [t for address, t in body if start <= address <= at]
            if any(VECTOR.search(t) for t in loop):
                yield loop


def faults(name, loop):
    arithmetic = "read_loop" not in name
    for text in loop:
        if STACK.search(text):
            yield f"touches the stack: {text}"
        elif arithmetic and "(" in text:
            yield f"touches memory: {text}"


def main():
    objects = sorted(p for p in pathlib.Path(sys.argv[1]).rglob("roof_probe_*.cc.o") if "_ref" not in p.name)
    wrong, n_loops = [], 0
    for path in objects:
        probes = [(name, body) for name, body in functions(path) if re.search(r"_loop\(", name)]
        for name, body in probes:
            loops = list(vector_loops(body))
            # The loop of the probe; what follows it only adds the accumulators up.
            if not loops:
                wrong.append(f"{path.name}: {name}: no loop found")
                continue
            n_loops += 1
            wrong += [f"{path.name}: {name}: {fault}" for fault in faults(name, loops[0])]
        if not probes:
            wrong.append(f"{path.name}: no probe found")
    print(*wrong, f"{len(objects)} objects, {n_loops} loops, {len(wrong)} faults", sep="\n")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
