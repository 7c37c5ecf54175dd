#!/usr/bin/env python3
"""Rewrites a GGUF file with all tensors dequantised to F32: the same numbers in a format nobody rounds.

    python3 make_f32.py IN.gguf OUT.gguf
"""

import sys
from pathlib import Path

from gguf_rewrite import rewrite_f32

if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    rewrite_f32(Path(sys.argv[1]), Path(sys.argv[2]))
