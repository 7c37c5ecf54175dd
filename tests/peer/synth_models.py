#!/usr/bin/env python3
"""Synthetic models against llama.cpp: types of every mix as its quantiser chooses them, and logits.

    python3 synth_models.py --caracal BINARY [--work DIR]

Each mix: a small model in F16 goes through llama.cpp's quantiser, and its types are compared with those of
`caracal synth --type`. Then the model that caracal wrote is loaded by llama.cpp, its logits must be finite, and
caracal's (exact numerics) must give the same distributions but for the peer's rounding.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import gguf
import llama_cpp
import numpy as np

from compare import log_softmax
from llama_peer import LlamaPeer

SHAPES = {
    # 256 divides d_ff alone; four query heads share a KV head.
    "odd": ["--layers", 9, "--d-model", 288, "--d-ff", 768, "--heads", 8, "--kv-heads", 2, "--head-dim", 36],
    "even": ["--layers", 16, "--d-model", 256, "--d-ff", 512, "--heads", 8, "--kv-heads", 4, "--untied"],
}
MIXES = ["q8_0", "q4_0", "q4_1", "q5_0", "q5_1", "q2_k", "q3_k_s", "q3_k_m", "q3_k_l", "q4_k_s", "q4_k_m",
         "q5_k_s", "q5_k_m", "q6_k", "iq4_nl", "iq4_xs", "tq1_0", "tq2_0"]
NOT_MADE_THERE = ["f32", "f16", "bf16", "mxfp4", "q2_k_s"]  # the last one not without an importance matrix
N_TOKENS = 64
MAX_KL = 2e-3  # nats; llama.cpp rounds activations to 8 bits. Other weights would give about 1


def types_of(path: Path) -> dict[str, str]:
    return {t.name: t.tensor_type.name for t in gguf.GGUFReader(path).tensors}


def file_type_of(path: Path) -> int:
    return gguf.GGUFReader(path).get_field("general.file_type").contents()


def quantise(source: Path, target: Path, file_type: int):
    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype = file_type
    params.nthread = 2
    if llama_cpp.llama_model_quantize(str(source).encode(), str(target).encode(), params) != 0:
        raise SystemExit(f"llama.cpp cannot quantise to file type {file_type}")


def compare_logits(caracal: Path, model: Path, work: Path) -> str:
    peer = LlamaPeer(model, n_ctx=N_TOKENS, kv="f32")
    ids = [1, *np.random.default_rng(1).integers(3, 600, N_TOKENS - 1).tolist()]
    theirs = peer.logits(ids)
    peer.close()
    (work / "ids.json").write_text(json.dumps({"sequences": [ids]}))
    command = [caracal, "logits", "-m", model, "--input", work / "ids.json", "-o", work / "out.npy", "-ctk", "f32", "-ctv", "f32"]
    subprocess.run(list(map(str, command)), check=True)
    ours = np.load(work / "out.npy")
    if not (np.isfinite(theirs).all() and np.isfinite(ours).all()):
        raise SystemExit(f"{model.name}: logits are not finite")
    same = (ours.argmax(axis=-1) == theirs.argmax(axis=-1)).mean()
    p, q = log_softmax(ours.astype(np.float64)), log_softmax(theirs.astype(np.float64))
    kl = (np.exp(p) * (p - q)).sum(axis=-1).mean()
    verdict = "" if kl <= MAX_KL else "  DIFFERS"
    return f"logits up to {np.abs(ours).max():5.2f}, same token {100 * same:5.1f} %, KL {kl:.1e}{verdict}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--caracal", type=Path, required=True)
    parser.add_argument("--work", type=Path)
    args = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        work = args.work or Path(folder)
        work.mkdir(exist_ok=True)

        def synth(shape: str, mix: str) -> Path:
            path = work / f"{shape}-{mix}.gguf"
            command = [args.caracal, "synth", *SHAPES[shape], "--vocab", 600, "--type", mix, "-o", path]
            subprocess.run(list(map(str, command)), check=True, stderr=subprocess.DEVNULL)
            return path

        for shape in SHAPES:
            source = synth(shape, "f16")
            for mix in MIXES + NOT_MADE_THERE:
                made = synth(shape, mix)
                line = compare_logits(args.caracal, made, work)
                if mix not in NOT_MADE_THERE:
                    theirs = work / "theirs.gguf"
                    quantise(source, theirs, file_type_of(made))
                    ours, wanted = types_of(made), types_of(theirs)
                    wrong = {n: (ours[n], t) for n, t in wanted.items() if ours[n] != t}
                    line += f", types {'as there' if not wrong else f'DIFFERS {wrong}'}"
                print(f"{shape:5} {mix:7} {line}", flush=True)
                failed |= "DIFFERS" in line
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
