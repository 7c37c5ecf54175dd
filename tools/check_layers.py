#!/usr/bin/env python3
"""Holds the #include graph of src/ to tools/layers.txt. Prints every edge that is not allowed."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#include\s+"([a-z_]+)/', re.M)


def read_rules(path):
    layer_of, edges, only = {}, set(), {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        words = line.split("#")[0].split()
        if not words:
            continue
        if words[0] == "layer":
            level = max(layer_of.values(), default=-1) + 1
            layer_of.update({module: level for module in words[1:]})
        elif words[0] == "edge" and words[2] == "->":
            edges.add((words[1], words[3]))
        elif words[0] == "only" and words[2] == "->":
            only[words[1]] = set(words[3:])
        else:
            sys.exit(f"{path}:{number}: expected 'layer', 'edge a -> b' or 'only a -> b c'")
    return layer_of, edges, only


def check(src, rules):
    layer_of, edges, only = rules
    wrong = []
    for file in sorted(src.rglob("*")):
        if file.suffix not in (".h", ".cc"):
            continue
        module = file.relative_to(src).parts[0]
        if module not in layer_of:
            wrong.append(f"{file}: module '{module}' is in no layer")
            continue
        for target in INCLUDE.findall(file.read_text()):
            if target in (module, "caracal"):
                continue
            if target not in layer_of:
                wrong.append(f"{file}: includes unknown module '{target}'")
            elif module in only and target not in only[module]:
                wrong.append(f"{file}: {module} may include only {' '.join(sorted(only[module]))}, not {target}")
            elif layer_of[target] >= layer_of[module] and (module, target) not in edges:
                wrong.append(f"{file}: {module} -> {target} goes up or sideways")
    return wrong


def main():
    wrong = check(ROOT / "src", read_rules(ROOT / "tools" / "layers.txt"))
    print("\n".join(wrong) if wrong else "the include graph obeys the layers")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
