#!/usr/bin/env python3
"""Draws docs/images/layers.svg from tools/layers.txt.

    tools/gen_layers.py           write the picture
    tools/gen_layers.py --check   exit 1 when the picture is stale

Modules without a header in src/ are left out. A grey arrow is a sideways edge: the one place where a module
includes another of its own layer."""
import html
import pathlib
import sys

from check_layers import ROOT, read_rules

PICTURE = ROOT / "docs" / "images" / "layers.svg"
WORDS = {
    "base": "errors, files, text bytes", "machine": "CPU features, threads", "spec": "plain shared structs",
    "exec": "plan and executor", "kernels": "norm, rope, attention", "files": "GGUF, downloads",
    "text": "tokenizers, templates", "weights": "matrix formats", "kv": "blocks and layout",
    "ffn": "channel mixers", "mixers": "sequence mixers", "sched": "who runs next", "model": "families, loader",
    "plan": "parts to plan", "decode": "sampler chain", "engine": "the loop", "cli": "subcommands",
    "capi": "C interface", "eval": "perplexity, KL, tasks", "bench": "speed, roofs, profiles", "synth": "random models",
}
SEAMS = {"weights", "mixers", "ffn", "kv", "decode", "sched"}

BOX_WIDTH, BOX_HEIGHT, GAP, MARGIN = 176, 52, 44, 24
ROW_STEP = BOX_HEIGHT + 56
# Per layer from left to right, so that neighbours with an edge stand side by side.
ORDER = ["spec", "base", "machine", "text", "files", "exec", "kernels", "ffn", "weights", "mixers", "kv",
         "sched", "plan", "model", "decode", "engine", "eval", "bench", "synth", "capi", "cli"]


def rows_of(layer_of):
    present = [m for m in layer_of if any((ROOT / "src" / m).rglob("*.h"))]
    missing = [m for m in present if m not in WORDS]
    if missing:
        sys.exit(f"tools/gen_layers.py: say in WORDS what {missing[0]} is")
    levels = sorted({layer_of[m] for m in present}, reverse=True)
    place = {m: i for i, m in enumerate(ORDER)}
    return [sorted((m for m in present if layer_of[m] == level), key=lambda m: place.get(m, len(place))) for level in levels]


def box(name, x, y):
    stroke = "#b45309" if name in SEAMS else "#475569"
    fill = "#fef3c7" if name in SEAMS else "#f1f5f9"
    middle = x + BOX_WIDTH / 2
    return (f'<rect x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="6" fill="{fill}" stroke="{stroke}"/>\n'
            f'<text x="{middle}" y="{y + 22}" class="name">{name}</text>\n'
            f'<text x="{middle}" y="{y + 40}" class="words">{html.escape(WORDS[name])}</text>')


def arrow(start, end):
    """Straight between neighbours, else an arc above the row."""
    (x0, y), (x1, _) = start, end
    right = x1 > x0
    distance = abs(x1 - x0)
    if distance <= BOX_WIDTH + GAP:
        a, b = (x0 + BOX_WIDTH, x1) if right else (x0, x1 + BOX_WIDTH)
        path = f"M{a} {y + BOX_HEIGHT / 2} H{b}"
    else:
        a, b = x0 + BOX_WIDTH / 2, x1 + BOX_WIDTH / 2
        path = f"M{a} {y} C{a} {y - 28} {b} {y - 28} {b} {y}"
    return f'<path d="{path}" class="edge" marker-end="url(#head)"/>'


def draw(layer_of, edges):
    rows = rows_of(layer_of)
    width = max(len(row) for row in rows) * (BOX_WIDTH + GAP) - GAP + 2 * MARGIN
    height = len(rows) * ROW_STEP - (ROW_STEP - BOX_HEIGHT) + 2 * MARGIN + 44
    at, body = {}, []
    for i, row in enumerate(rows):
        y = MARGIN + 14 + i * ROW_STEP
        x = (width - (len(row) * (BOX_WIDTH + GAP) - GAP)) / 2
        body.append(f'<rect x="6" y="{y - 18}" width="{width - 12}" height="{BOX_HEIGHT + 36}" rx="8" class="layer"/>')
        for module in row:
            at[module] = (x, y)
            x += BOX_WIDTH + GAP
    body += [box(module, *xy) for module, xy in at.items()]
    body += [arrow(at[a], at[b]) for a, b in sorted(edges) if a in at and b in at]
    body.append(f'<text x="{width / 2}" y="{height - 14}" class="words">A module may include itself and every layer below it;'
                " arrows are the only sideways edges. Seams, where techniques plug in, are yellow.</text>")
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">
<title>The layers of src/, from tools/layers.txt</title>
<style>
text {{ font-family: sans-serif; text-anchor: middle; fill: #0f172a }}
.name {{ font-size: 15px; font-weight: bold }}
.words {{ font-size: 12px }}
.layer {{ fill: #fff; stroke: #cbd5e1 }}
.edge {{ fill: none; stroke: #64748b; stroke-width: 1.5 }}
</style>
<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">
<path d="M0 0 L8 4 L0 8 z" fill="#64748b"/></marker></defs>
<rect width="{width}" height="{height}" fill="#fff"/>
""" + "\n".join(body) + "\n</svg>\n"


def main():
    layer_of, edges, _ = read_rules(ROOT / "tools" / "layers.txt")
    picture = draw(layer_of, edges)
    if sys.argv[1:] == ["--check"]:
        if not PICTURE.exists() or PICTURE.read_text() != picture:
            sys.exit("docs/images/layers.svg is stale: run tools/gen_layers.py")
    elif sys.argv[1:]:
        sys.exit(__doc__)
    else:
        PICTURE.parent.mkdir(exist_ok=True)
        PICTURE.write_text(picture)


if __name__ == "__main__":
    main()
