#!/usr/bin/env python3
"""Writes gguf_blocks.json: what the PyPI package gguf stores and reads for each weight format.

Usage: python3 tests/goldens/make_gguf_blocks.py   (needs numpy and gguf; recorded with gguf 0.19)
Per format: `random` bytes with their `decoded` values, and, where the package has an encoder,
`source` values and the bytes `encoded` from them. Everything is little-endian and in hexadecimal;
values are float32. For formats after the first six, `random` goes on with extreme blocks: ramps of
bytes that cover every code, with scales that are infinite, NaN, subnormal, negative zero, largest.
"""
import json
from pathlib import Path

import numpy as np
from gguf import GGML_QUANT_SIZES
from gguf import GGMLQuantizationType as T
from gguf.quants import dequantize, quantize

BLOCKS = 3
COMPANIONS = {T.Q8_0: 1, T.Q4_0: 1, T.Q4_1: 2}  # f16 values at the start of a block
BLOCK_BYTES = {T.F32: 128, T.F16: 64, T.BF16: 64, T.Q8_0: 34, T.Q4_0: 18, T.Q4_1: 20}

# Byte positions of the f16 values of a block.
HALVES = {
    T.Q5_0: [0], T.Q5_1: [0, 2], T.Q2_K: [80, 82], T.Q3_K: [108], T.Q4_K: [0, 2], T.Q5_K: [0, 2],
    T.Q6_K: [208], T.IQ4_NL: [0], T.IQ4_XS: [0], T.TQ1_0: [52], T.TQ2_0: [64], T.MXFP4: [],
}
ENCODED = [T.Q5_0, T.Q5_1, T.TQ1_0, T.TQ2_0, T.MXFP4]  # those the package encodes
INF, NAN, SUBNORMAL = np.inf, np.nan, 2.0**-24
EXTREME_HALVES = [(INF, -0.0), (NAN, 1023 * SUBNORMAL), (-SUBNORMAL, -INF), (65504, -65504), (-0.0, NAN)]
EXTREME_EXPONENTS = [0, 1, 2, 3, 127, 253, 254, 255]  # of MXFP4


def source_values(rng, width=32):
    """Blocks of different spread, one of them constant zero, one with an outlier."""
    x = rng.standard_normal((BLOCKS + 1, width)).astype(np.float32)
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


def random_and_extreme_bytes(rng, kind):
    width, n_bytes = GGML_QUANT_SIZES[kind]
    n_random = 2 if width == 256 else BLOCKS
    n_extreme = len(EXTREME_EXPONENTS) if kind == T.MXFP4 else len(EXTREME_HALVES)
    raw = rng.integers(0, 256, (n_random + n_extreme, n_bytes), dtype=np.uint8)
    raw[n_random:] = np.arange(n_extreme * n_bytes).reshape(n_extreme, n_bytes) % 256
    if kind == T.MXFP4:
        raw[:n_random, 0] = rng.integers(120, 134, n_random)
        raw[n_random:, 0] = EXTREME_EXPONENTS
    for i, at in enumerate(HALVES[kind]):
        values = [*rng.uniform(-2, 2, n_random), *(pair[i] for pair in EXTREME_HALVES)]
        raw[:, at : at + 2] = np.array(values, dtype=np.float16).reshape(-1, 1).view(np.uint8)
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


def golden_with_extremes(kind):
    rng = np.random.default_rng(kind.value)
    raw = random_and_extreme_bytes(rng, kind)
    with np.errstate(all="ignore"):
        out = {"random": raw.tobytes().hex(), "decoded": dequantize(raw, kind).tobytes().hex()}
        if kind in ENCODED:
            source = source_values(rng, GGML_QUANT_SIZES[kind][0])
            out |= {"source": source.tobytes().hex(), "encoded": quantize(source, kind).tobytes().hex()}
    return out


def main():
    goldens = {kind.name.lower(): golden(kind) for kind in BLOCK_BYTES}
    goldens |= {kind.name.lower(): golden_with_extremes(kind) for kind in HALVES}
    Path(__file__).with_name("gguf_blocks.json").write_text(json.dumps(goldens, indent=1) + "\n")


main()
