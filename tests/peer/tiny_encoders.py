#!/usr/bin/env python3
"""Holds the tiny encoders against llama.cpp: the oracle must not be alone with its reading of a file.

    python3 tiny_encoders.py [DIR]      # default: tests/goldens/encoders

Bar: float matrices within 2e-3 of a row's range. (llama.cpp takes GeLU in the tanh form from a table of
half-precision numbers; BERT was trained with the exact form.) Quantised ones are shown only: it rounds
activations to 8 bits.
"""

import json
import sys
from pathlib import Path

import numpy as np

from compare import range_share
from embed_peer import EmbedPeer

BAR = 2e-3


def main() -> int:
    default = Path(__file__).resolve().parent.parent / "goldens" / "encoders"
    directory = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    failures = 0
    for entry in json.loads((directory / "MANIFEST.json").read_text())["models"]:
        peer = EmbedPeer(directory / entry["gguf"], "none", n_ctx=80, n_threads=1)
        shares = []
        for sequence in json.loads((directory / entry["golden"]).read_text())["sequences"]:
            rows = peer.embed(sequence["ids"])[sequence["positions"]]
            shares += range_share(rows, np.array(sequence["hidden"])).tolist()
        peer.close()
        exact = "q8" not in entry["name"]
        ok = not exact or max(shares) <= BAR
        failures += not ok
        print(f"{'ok  ' if ok else 'FAIL'} {entry['name']}: {max(shares):.1e} of the range{'' if exact else ', no bar'}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
