#!/usr/bin/env python3
"""Checks the oracle itself against recorded goldens of stories260K: greedy ids exact, logits within 1e-4.

    python3 check_stories.py DIR     # holds stories260K.gguf and stories260K.golden.json
"""

import json
import sys
from pathlib import Path

import numpy as np

import families

LOGIT_TOLERANCE = 1e-4


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    directory = Path(sys.argv[1])
    golden = json.loads((directory / "stories260K.golden.json").read_text())
    oracle = families.load(directory / golden["model"])
    failures = 0
    for row in golden["rows"]:
        prompt, expected = row["prompt_ids"], row["greedy_ids"]
        ids = oracle.greedy([prompt], len(expected))[0]
        logits = oracle.logits(prompt)[-1]
        worst = np.abs(logits - np.array(row["logits_after_prompt"])).max()
        # Decoding one by one and teacher forcing in one call must be the same computation.
        forced = oracle.logits(prompt + expected)[len(prompt) - 1 : -1].argmax(axis=-1).tolist()
        ok = ids == expected and forced == expected and worst <= LOGIT_TOLERANCE
        failures += not ok
        print(f"{'ok  ' if ok else 'FAIL'} {row['prompt'][:40]!r:44} ids {'equal' if ids == expected else 'differ'}, "
              f"max |logit difference| {worst:.2e}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
