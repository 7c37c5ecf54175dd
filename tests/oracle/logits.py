#!/usr/bin/env python3
"""The oracle's logits of given token ids, in the shape of `caracal logits`.

    python3 logits.py -m MODEL.gguf --input IDS.json -o OUT.npy

IDS.json: {"sequences": [[ids], ...]}. OUT.npy: float32 [total rows, n_vocab], rows in that order.
"""

import argparse
import json
from pathlib import Path

import numpy as np

import families


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-m", "--model", required=True)
    parser.add_argument("--input", required=True, type=Path)
    parser.add_argument("-o", "--output", required=True, type=Path)
    parser.add_argument("--float32", action="store_true", help="compute in float32 instead of float64")
    args = parser.parse_args()
    sequences = json.loads(args.input.read_text())["sequences"]
    oracle = families.load(args.model, np.float32 if args.float32 else np.float64)
    np.save(args.output, np.concatenate([oracle.logits(ids) for ids in sequences]).astype(np.float32))


if __name__ == "__main__":
    main()
