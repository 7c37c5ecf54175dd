#!/usr/bin/env python3
"""Prefill and decode speed of caracal and llama.cpp, interleaved (A B A B ...), same file, same prompt ids.

    python3 decode_speed.py -m MODEL.gguf [--caracal build/release/bin/caracal] [-t 2] [-r 5] [--busy]

Every repetition is a fresh process of either engine; medians, bests and their ratios are printed. --busy
repeats it with one busy foreign process in the same session (the scheduler shares out time by session) and
prints what share of its undisturbed decode speed each engine keeps. Exits 1 when caracal misses a bar:
decode at half of llama.cpp's speed, by medians and by bests; with --busy 45 % of its own median.

A neighbour slows engines whose barriers spin far more than others, so undisturbed figures taken beside one
are no comparison: when others kept more than a tenth of the cores busy, it exits 3 without a verdict.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from llama_peer import LlamaPeer, check_system_line, system_line

RATIO_BAR = 0.5
BUSY_BAR = 0.45
QUIET = 0.1  # share of the cores that others may use while the undisturbed figures are taken
PROMPT = Path(__file__).with_name("speed_prompt.txt")
DECODE = "decode_tokens_per_s"
SPEEDS = ("prefill_tokens_per_s", DECODE)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-m", "--model", type=Path, required=True)
    parser.add_argument("--caracal", type=Path, default=Path("build/release/bin/caracal"))
    parser.add_argument("--without-caracal", action="store_true", help="measure llama.cpp alone")
    parser.add_argument("-t", "--threads", type=int, default=2)
    parser.add_argument("-n", "--tokens", type=int, default=64)
    parser.add_argument("-r", "--repetitions", type=int, default=5)
    parser.add_argument("--busy", action="store_true", help="measure again beside a busy process")
    parser.add_argument("--peer-worker", metavar="JSON", help=argparse.SUPPRESS)  # one run of llama.cpp
    return parser.parse_args()


def run_caracal(args) -> dict:
    command = [args.caracal, "run", "-m", args.model, "-p", PROMPT.read_text(), "-n", args.tokens, "--temp", 0,
               "--ignore-eos", "-t", args.threads, "--json"]
    done = subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE)
    answer = json.loads(done.stdout)
    if len(answer["ids"]) != args.tokens:
        raise SystemExit(f"caracal gave {len(answer['ids'])} tokens, {args.tokens} expected")
    return {**answer["timings"], "prompt_ids": answer["prompt_ids"]}


def run_peer(args, prompt_ids: list[int] | None) -> dict:
    """llama.cpp in a process of its own, as caracal is."""
    command = [sys.executable, __file__, "-m", args.model, "-t", args.threads, "-n", args.tokens,
               "--peer-worker", json.dumps(prompt_ids)]
    done = subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def peer_worker(args):
    peer = LlamaPeer(args.model, n_threads=args.threads)
    ids = json.loads(args.peer_worker) or peer.tokenize(PROMPT.read_text())
    print(json.dumps(peer.timed_greedy(ids, args.tokens)))


@contextmanager
def busy_process():
    """One process that never sleeps, in this session: subprocess starts no new one."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def foreign_cpu_seconds() -> float:
    """CPU time of everybody since boot, less that of this process's finished children."""
    user, nice, system = map(int, Path("/proc/stat").read_text().split(maxsplit=4)[1:4])
    own = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (user + nice + system) / os.sysconf("SC_CLK_TCK") - own.ru_utime - own.ru_stime


def measure(args) -> tuple[dict[str, dict[str, float]], float]:
    """By engine its median speeds, and its best decode speed as "best"; and the share of the cores others used."""
    runs = {"llama.cpp": []} if args.without_caracal else {"caracal": [], "llama.cpp": []}
    prompt_ids = None
    foreign, start = foreign_cpu_seconds(), time.monotonic()
    for _ in range(args.repetitions):
        if "caracal" in runs:
            runs["caracal"].append(run_caracal(args))
            prompt_ids = runs["caracal"][-1]["prompt_ids"]
        runs["llama.cpp"].append(run_peer(args, prompt_ids))
    load = (foreign_cpu_seconds() - foreign) / (time.monotonic() - start) / os.cpu_count()
    medians = {}
    for engine, results in runs.items():
        medians[engine] = {"best": max(r[DECODE] for r in results)}
        for speed in SPEEDS:
            values = [r[speed] for r in results]
            medians[engine][speed] = statistics.median(values)
            print(f"  {engine:10} {speed:22} median {medians[engine][speed]:8.1f}   "
                  f"({min(values):.1f} to {max(values):.1f}, {len(values)} runs)")
    print(f"  others kept {load:.0%} of the cores busy")
    return medians, load


def main() -> int:
    args = arguments()
    if args.peer_worker is not None:
        peer_worker(args)
        return 0
    check_system_line()
    print(f"llama.cpp: {system_line()}\n{args.threads} threads, {args.tokens} tokens, {args.model.name}\nundisturbed:")
    failed = False
    quiet, load = measure(args)
    if "caracal" in quiet:
        ratios = {speed: quiet["caracal"][speed] / quiet["llama.cpp"][speed] for speed in (*SPEEDS, "best")}
        for speed, ratio in ratios.items():
            print(f"  caracal / llama.cpp, {speed}: {ratio:.2f}")
        failed |= min(ratios[DECODE], ratios["best"]) < RATIO_BAR
    if args.busy:
        print("beside a busy process:")
        with busy_process():
            disturbed, _ = measure(args)
        for engine in disturbed:
            share = disturbed[engine][DECODE] / quiet[engine][DECODE]
            print(f"  {engine} keeps {share:.0%} of its decode speed")
            failed |= engine == "caracal" and share < BUSY_BAR
    if load > QUIET:
        print("no verdict: this machine is not quiet")
        return 3
    if "caracal" in quiet:
        print("a bar is missed" if failed else "all bars hold")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
