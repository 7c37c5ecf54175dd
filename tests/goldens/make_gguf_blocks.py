#!/usr/bin/env python3
"""Writes gguf_blocks.json: what the PyPI package gguf stores and reads for each weight format.

Usage: python3 tests/goldens/make_gguf_blocks.py   (needs numpy and gguf; recorded with gguf 0.19)
Per format: `source` values, the bytes `encoded` from them, and `random` bytes with their `decoded`
values. Everything is little-endian and in hexadecimal; values are float32.
"""
import json
from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType as T
from gguf.quants import dequantize, quantize

BLOCKS = 3
COMPANIONS = {T.Q8_0: 1, T.Q4_0: 1, T.Q4_1: 2}  # f16 values at the start of a block
BLOCK_BYTES = {T.F32: 128, T.F16: 64, T.BF16: 64, T.Q8_0: 34, T.Q4_0: 18, T.Q4_1: 20}


def source_values(rng):
    """Blocks of different spread, one of them constant zero, one with an outlier."""
    x = rng.standard_normal((BLOCKS + 1, 32)).astype(np.float32)
    x[1] *= 1e-3
    x[2] = 0
    x[3, 7] = -40
    return x


def random_bytes(rng, kind):
    raw = rng.integers(0, 256, (BLOCKS, BLOCK_BYTES[kind]), dtype=np.uint8)
    if kind in COMPANIONS:
        halves = rng.uniform(-2, 2, (BLOCKS, COMPANIONS[kind])).astype(np.float16)
        raw[:, : 2 * COMPANIONS[kind]] = halves.view(np.uint8)
    elif kind == T.BF16:
        raw[:] = (rng.standard_normal((BLOCKS, 32)).astype(np.float32).view(np.uint32) >> 16).astype(np.uint16).view(np.uint8)
    else:
        raw[:] = rng.standard_normal((BLOCKS, 32)).astype(np.float16 if kind == T.F16 else np.float32).view(np.uint8)
    return raw


def golden(kind):
    rng = np.random.default_rng(kind.value)
    source, raw = source_values(rng), random_bytes(rng, kind)
    as_file = raw if kind in COMPANIONS or kind == T.BF16 else raw.view(np.float16 if kind == T.F16 else np.float32)
    return {
        "source": source.tobytes().hex(),
        "encoded": quantize(source, kind).tobytes().hex(),
        "random": raw.tobytes().hex(),
        "decoded": dequantize(as_file, kind).astype(np.float32).tobytes().hex(),
    }


def main():
    goldens = {kind.name.lower(): golden(kind) for kind in BLOCK_BYTES}
    Path(__file__).with_name("gguf_blocks.json").write_text(json.dumps(goldens, indent=1) + "\n")


main()
