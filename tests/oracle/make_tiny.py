#!/usr/bin/env python3
"""Writes the tiny seeded models and their golden logits (format: tests/goldens/models/README.md).

    python3 make_tiny.py DIR            # write
    python3 make_tiny.py --check DIR    # regenerate aside and compare with what lies in DIR
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import numpy as np

import families
from tiny_model import write_model
from tiny_specs import TINY_MODELS, TinySpec

KEPT_ROWS = 5  # rows of logits kept per sequence, first and last among them


def sequences(spec: TinySpec) -> list[list[int]]:
    rng = np.random.Generator(np.random.PCG64(1000 + spec.seed))
    return [[1, *rng.integers(3, spec.n_vocab, length - 1).tolist()] for length in spec.lengths]


def golden(spec: TinySpec, gguf_path: Path) -> dict:
    rows = []
    for ids, context in zip(sequences(spec), spec.contexts or (None, None)):
        logits = families.load(gguf_path, context=context).logits(ids)
        positions = np.linspace(0, len(ids) - 1, KEPT_ROWS).round().astype(int).tolist()
        rows.append({"ids": ids} | ({"context": context} if context else {}) | {
            "positions": positions, "logits": [[float(f"{v:.7g}") for v in logits[p]] for p in positions]})
    return {"model": gguf_path.name, "oracle": "numpy float64 from dequantised tensors", "sequences": rows}


def write_all(directory: Path):
    entries = []
    for spec in TINY_MODELS:
        gguf_path = directory / f"{spec.name}.gguf"
        golden_path = directory / f"{spec.name}.golden.json"
        write_model(spec, gguf_path)
        golden_path.write_text(json.dumps(golden(spec, gguf_path), separators=(",", ":")) + "\n")
        entries.append({"name": spec.name, "gguf": gguf_path.name, "golden": golden_path.name, "what": spec.what})
    (directory / "MANIFEST.json").write_text(json.dumps({"models": entries}, indent=2) + "\n")


def differences(kept: Path, fresh: Path) -> list[str]:
    """What in `kept` is not as regenerated: files byte for byte, logits to 1e-5 (BLAS may differ)."""
    found = []
    if (kept / "MANIFEST.json").read_text() != (fresh / "MANIFEST.json").read_text():
        found.append("MANIFEST.json differs")
    for spec in TINY_MODELS:
        name = f"{spec.name}.gguf"
        if (kept / name).read_bytes() != (fresh / name).read_bytes():
            found.append(f"{name} differs")
        old, new = (json.loads((d / f"{spec.name}.golden.json").read_text())["sequences"] for d in (kept, fresh))
        for a, b in zip(old, new, strict=True):
            if a["ids"] != b["ids"] or a["positions"] != b["positions"]:
                found.append(f"{spec.name}: ids or positions differ")
            elif not np.allclose(a["logits"], b["logits"], rtol=0, atol=1e-5):
                found.append(f"{spec.name}: logits differ")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    args = parser.parse_args()
    if not args.check:
        args.directory.mkdir(parents=True, exist_ok=True)
        write_all(args.directory)
        return 0
    with tempfile.TemporaryDirectory() as fresh:
        write_all(Path(fresh))
        found = differences(args.directory, Path(fresh))
    print("\n".join(found) or f"{len(TINY_MODELS)} models as regenerated")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
