#!/usr/bin/env python3
"""Holds the tiny golden models against llama.cpp: the oracle must not be alone with its reading of a file.

    python3 tiny_models.py [DIR]      # default: tests/goldens/models

Bar: float matrices within 1e-4 of a row's range, Gemma's within 1e-3 because llama.cpp looks GeLU up in a table
of 16-bit floats; quantised ones are shown only, since llama.cpp rounds activations to 8 bits (F16 and BF16 files:
to the file's type). What llama.cpp does not do as the model's authors do is left to tiny_models_hf.py.
"""

import json
import sys
from pathlib import Path

import numpy as np

from compare import range_share
from llama_peer import LlamaPeer

BAR, GELU_BAR = 1e-4, 1e-3
NOT_RUN = {
    "partial-rope": "llama.cpp wants rope_dim == head_dim in this family",
    "mistral-window": "llama.cpp has no window in the architecture 'llama'",
    "phi3-window": "llama.cpp ignores the window of Phi-3",
}


def main() -> int:
    default = Path(__file__).resolve().parent.parent / "goldens" / "models"
    directory = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    failures = 0
    for entry in json.loads((directory / "MANIFEST.json").read_text())["models"]:
        name = entry["name"]
        if name in NOT_RUN:
            print(f"skip {name}: {NOT_RUN[name]}")
            continue
        shares = []
        for sequence in json.loads((directory / entry["golden"]).read_text())["sequences"]:
            peer = LlamaPeer(directory / entry["gguf"], n_ctx=sequence.get("context", 256), n_threads=1, kv="f32")
            rows = peer.logits(sequence["ids"])[sequence["positions"]]
            shares += range_share(rows, np.array(sequence["logits"])).tolist()
            peer.close()
        bar = None if name.startswith("formats-") else GELU_BAR if name.startswith("gemma") else BAR
        ok = bar is None or max(shares) <= bar
        failures += not ok
        print(f"{'ok  ' if ok else 'FAIL'} {name}: {max(shares):.1e} of the range{'' if bar else ', no bar'}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
