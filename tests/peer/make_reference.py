#!/usr/bin/env python3
"""Makes a float reference model off the quantisation grid of a GGUF file.

Quantising dequantised weights again hits their own grid and looks better than it is. So every weight of a
quantised tensor gets seeded uniform noise within half a step of its own block: a model that the file could
have been rounded from. Saved as F32; tensors that are float already stay as they are. Compare perplexities
(perplexity.py) before use: a small model may not survive the whole half step; --noise takes less.

    python3 make_reference.py [--seed N] [--noise 0.5] IN.gguf OUT.gguf
"""

import argparse
import zlib
from functools import partial
from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type

from gguf_rewrite import dequantised, rewrite_f32

# Where the low bits of the codes lie in a block, and the byte that holds "one" in each of them.
CODES = {
    Type.Q4_0: (slice(2, 18), 0x11),
    Type.Q4_1: (slice(4, 20), 0x11),
    Type.Q5_0: (slice(6, 22), 0x11),
    Type.Q5_1: (slice(8, 24), 0x11),
    Type.Q8_0: (slice(2, 34), 0x01),
    Type.Q2_K: (slice(16, 80), 0x55),
    Type.Q3_K: (slice(32, 96), 0x55),
    Type.Q4_K: (slice(16, 144), 0x11),
    Type.Q5_K: (slice(48, 176), 0x11),
    Type.Q6_K: (slice(0, 128), 0x11),
}
FLOATS = {Type.F32, Type.F16, Type.BF16, Type.F64}


def step_of(tensor: gguf.ReaderTensor) -> np.ndarray:
    """Distance between neighbouring codes, per weight: the block decoded with codes one and zero."""
    codes, one = CODES[tensor.tensor_type]
    _, block_bytes = gguf.GGML_QUANT_SIZES[tensor.tensor_type]
    decoded = []
    for value in (one, 0):
        blocks = tensor.data.view(np.uint8).reshape(-1, block_bytes).copy()
        blocks[:, codes] = value
        decoded.append(gguf.quants.dequantize(blocks.reshape(tensor.data.shape), tensor.tensor_type))
    return np.abs(decoded[0] - decoded[1]).reshape(tensor.shape.tolist()[::-1])


def off_grid(tensor: gguf.ReaderTensor, seed: int, noise: float) -> np.ndarray:
    values = dequantised(tensor)
    if tensor.tensor_type in FLOATS:
        return values
    if tensor.tensor_type not in CODES:
        raise SystemExit(f"{tensor.name}: no step known for {tensor.tensor_type.name}")
    # Seeded by name, so that the noise does not depend on the order of tensors.
    rng = np.random.Generator(np.random.PCG64([seed, zlib.crc32(tensor.name.encode())]))
    uniform = 2 * rng.random(values.shape, dtype=np.float32) - 1
    return values + np.float32(noise) * uniform * step_of(tensor)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("input", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--noise", type=float, default=0.5, help="largest noise, in steps (0 to 0.5)")
    args = parser.parse_args()
    if not 0.0 <= args.noise <= 0.5:
        parser.error(f"--noise: 0 to 0.5 steps expected, {args.noise} found")
    rewrite_f32(args.input, args.output, partial(off_grid, seed=args.seed, noise=args.noise))


if __name__ == "__main__":
    main()
