#!/usr/bin/env python3
"""Measures techniques against their plain path and writes docs/results/<id>.json.

    python3 tools/measure_techniques.py -m MODEL.gguf --f32 SAME_NUMBERS_F32.gguf --text TEXT [ID ...]

Speed: both sides in turn, A B A B ..., each a fresh `caracal run`; medians. Quality: both sides score the same
tokens of TEXT with `caracal logits`; mean KL(plain || technique) and top-1 agreement. Needs numpy. The F32 file
comes from tests/peer/make_f32.py. Verdicts are written by people: --verdict ID=SENTENCE keeps or sets one.
"""

import argparse
import datetime
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
RESULTS = ROOT / "docs" / "results"


# Formats for which `caracal convert` makes the file, rounding to nearest.
CONVERTED = {"weights-8bit": "q8_0", "weights-5bit": "q5_1", "weights-iq4": "iq4_nl", "weights-mxfp4": "mxfp4",
             "weights-16bit": "bf16"}


def sides(args, work):
    """Per technique: (what is compared in bytes, plain side, technique side, prompt tokens)."""
    kv = lambda kind: ["-ctk", kind, "-ctv", kind]
    plain = ("F32 weights of the same numbers", [args.f32])
    converted = {name: ("weights_packed_bytes", plain, (f"{kind.upper()} rounded from them", [work / f"{kind}.gguf"]), 256)
                 for name, kind in CONVERTED.items()}
    return converted | {
        "weights-4bit": ("weights_packed_bytes", plain, ("Q4_1 weights, int8 activations", [args.model]), 256),
        "kv-16bit": ("kv_bytes", ("KV cache in f32", [args.model, *kv("f32")]),
                     ("KV cache in f16", [args.model, *kv("f16")]), 1024),
        "chunked-prefill": ("step_buffers_bytes", ("one step for the whole prompt, step buffers", [args.model, "-b", "2048"]),
                            ("chunks of 512 rows, step buffers", [args.model, "-b", "512"]), 1024),
    }


def caracal(args, *words):
    command = [str(args.caracal), *map(str, words)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def run_once(args, side, prompt):
    model, *flags = side
    out = json.loads(caracal(args, "run", "-m", model, "-f", prompt, "-n", 64, "--temp", 0, "--ignore-eos",
                             "-t", args.threads, "-c", 2048, "--json", *flags))
    return out["timings"]


def memory(args, side, key):
    model, *flags = side
    ledger = json.loads(caracal(args, "inspect", "memory", "-m", model, "-c", 2048, "--json", *flags))
    return ledger[key]


def log_probabilities(args, side, ids, out):
    model, *flags = side
    caracal(args, "logits", "-m", model, "--input", ids, "-o", out, "-t", args.threads, *flags)
    rows = np.load(out, mmap_mode="r")
    for begin in range(0, len(rows), 64):
        part = np.asarray(rows[begin:begin + 64], dtype=np.float64)
        part -= part.max(axis=-1, keepdims=True)
        yield part - np.log(np.exp(part).sum(axis=-1, keepdims=True))


def quality(args, plain, technique, ids, work):
    kl, equal, count = 0.0, 0, 0
    pairs = zip(log_probabilities(args, plain, ids, work / "plain.npy"),
                log_probabilities(args, technique, ids, work / "technique.npy"))
    for p, q in pairs:
        kl += float((np.exp(p) * (p - q)).sum())
        equal += int((p.argmax(axis=-1) == q.argmax(axis=-1)).sum())
        count += len(p)
    return {"mean_kl": float(f"{kl / count:.3g}"), "top1": round(equal / count, 4)}


def text_inputs(args, n_prompt, work):
    """A prompt of about n_prompt tokens, and windows of ids for the quality check."""
    text = args.text.read_text()
    tokens = json.loads(subprocess.run([args.caracal, "tokenize", "-m", args.model, "--no-bos", "--json"], input=text[:200000],
                                       check=True, capture_output=True, text=True).stdout)["ids"]
    prompt = work / "prompt.txt"
    prompt.write_text(json.loads(subprocess.run(
        [args.caracal, "detokenize", "-m", args.model, "--json"], input=json.dumps({"ids": tokens[:n_prompt]}),
        check=True, capture_output=True, text=True).stdout)["text"])
    windows = [tokens[i * 512:(i + 1) * 512] for i in range(args.windows)]
    ids = work / "ids.json"
    ids.write_text(json.dumps({"sequences": windows}))
    return prompt, ids


def measure(args, name):
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        key, (plain_what, plain), (what, technique), n_prompt = sides(args, work)[name]
        if name in CONVERTED:
            caracal(args, "convert", args.f32, "-o", technique[0], "--type", CONVERTED[name])
        prompt, ids = text_inputs(args, n_prompt, work)
        timings = {"baseline": [], "technique": []}
        for _ in range(args.repetitions):
            timings["baseline"].append(run_once(args, plain, prompt))
            timings["technique"].append(run_once(args, technique, prompt))
        median = lambda side, figure: round(statistics.median(t[figure] for t in timings[side]), 1)
        record = {
            side: {"what": label,
                   "prefill_tokens_per_s": median(side, "prefill_tokens_per_s"),
                   "decode_tokens_per_s": median(side, "decode_tokens_per_s"),
                   "bytes": memory(args, flags, key)}
            for side, label, flags in (("baseline", plain_what, plain), ("technique", what, technique))}
        return record, quality(args, plain, technique, ids, work)


def cpu_name(threads):
    info = pathlib.Path("/proc/cpuinfo").read_text()
    name = next(line.split(":")[1].strip() for line in info.splitlines() if line.startswith("model name"))
    return f"{name}, {os.cpu_count()} cores, {threads} threads used"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("ids", nargs="*", help="techniques to measure; all that the script knows when none is named")
    parser.add_argument("-m", "--model", required=True)
    parser.add_argument("--f32", required=True, help="the same numbers as F32 (tests/peer/make_f32.py)")
    parser.add_argument("--text", type=pathlib.Path, required=True, help="plain text to read")
    parser.add_argument("--caracal", default=str(ROOT / "build/release/bin/caracal"))
    parser.add_argument("-t", "--threads", type=int, default=os.cpu_count())
    parser.add_argument("-r", "--repetitions", type=int, default=5)
    parser.add_argument("--windows", type=int, default=8, help="windows of 512 tokens for the quality check")
    parser.add_argument("--verdict", action="append", default=[], metavar="ID=SENTENCE")
    args = parser.parse_args()
    verdicts = dict(v.split("=", 1) for v in args.verdict)
    known = list(sides(args, pathlib.Path()))
    for name in args.ids or known:
        if name not in known:
            sys.exit(f"{name}: not among {', '.join(known)}")
        path = RESULTS / f"{name}.json"
        old = json.loads(path.read_text()) if path.exists() else {}
        record, agreement = measure(args, name)
        result = {
            "id": name,
            "date": datetime.date.today().isoformat(),
            "cpu": cpu_name(args.threads),
            "command": f"python3 tools/measure_techniques.py -m {pathlib.Path(args.model).name} --f32 "
                       f"{pathlib.Path(args.f32).name} --text {args.text.parent.name}/{args.text.name} "
                       f"--windows {args.windows} {name}",
            "numerics": "exact",
            **record,
            "quality": agreement,
            "verdict": verdicts.get(name, old.get("verdict", "")),
        }
        path.write_text(json.dumps(result, indent=2) + "\n")
        print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
