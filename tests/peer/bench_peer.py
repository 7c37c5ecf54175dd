#!/usr/bin/env python3
"""Times one peer engine once, for `caracal bench compare`, and prints one JSON object.

    python3 bench_peer.py --peer llama.cpp -m MODEL.gguf -t 2 --test 512,0,0 --test 0,64,0

A test is PROMPT,ANSWER,CONTEXT in tokens, as in `caracal bench`: prompts and answers of random token ids that
are the same in every run, behind CONTEXT tokens that are in the cache already. A short form of each test runs
first, untimed. With --parallel S, S sequences do the same in one batch, and seconds are those of all together.
"""

import sys

sys.dont_write_bytecode = True  # it may lie in a folder of the system

import argparse
import json
import os

from bench_engine import LeftOut, PeerError, Setup, Test, longest


def load(peer: str, setup: Setup):
    """Imports only what this peer needs: peers live in different environments."""
    if peer == "openvino-genai":
        from bench_openvino import OpenvinoGenai
        return OpenvinoGenai(setup)
    try:
        import bench_ggml
    except ImportError as e:
        raise PeerError(f"{sys.executable} lacks a package ({e}); tests/peer/README.md tells how to install it") from e
    return (bench_ggml.LlamaCpp if peer == "llama.cpp" else bench_ggml.IkLlamaCpp)(setup)


def parse_test(text: str) -> Test:
    test = Test(*map(int, text.split(",")))
    if min(test.n_prompt, test.n_gen, test.depth) < 0 or test.n_prompt + test.n_gen == 0:
        raise ValueError(text)
    return test


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--peer", choices=("llama.cpp", "ik_llama.cpp", "openvino-genai"), required=True)
    parser.add_argument("--variant", default="", help="ik_llama.cpp: rtr repacks the weights at run time")
    parser.add_argument("-m", "--model", required=True)
    parser.add_argument("-t", "--threads", type=int, required=True)
    parser.add_argument("-b", "--batch-size", type=int, default=512)
    parser.add_argument("-np", "--parallel", type=int, default=1)
    parser.add_argument("-ctk", "--cache-type-k", default="f16")
    parser.add_argument("-ctv", "--cache-type-v", default="f16")
    parser.add_argument("--no-warmup", action="store_true")
    parser.add_argument("--test", dest="tests", metavar="P,N,D", type=parse_test, action="append", required=True)
    return parser.parse_args()


def time_test(engine, test: Test, args) -> dict:
    result = {"n_prompt": test.n_prompt, "n_gen": test.n_gen, "depth": test.depth}
    try:
        if not args.no_warmup:
            engine.run(test.warmup(args.batch_size))
        return {**result, "seconds": engine.run(test)}
    except LeftOut as e:
        return {**result, "left_out": str(e)}


def measure(args) -> dict:
    n_batch = max(args.batch_size, args.parallel)  # a step of decoding takes a row of every sequence
    setup = Setup(args.model, args.threads, n_batch, args.parallel, longest(args.tests), args.cache_type_k,
                  args.cache_type_v, args.variant)
    engine = load(args.peer, setup)
    return {
        "version": engine.version,
        "system": engine.system,
        "flags": engine.flags,
        "threads": setup.n_threads,
        "n_batch": setup.n_batch,
        "cache_type_k": setup.type_k,
        "cache_type_v": setup.type_v,
        "results": [time_test(engine, test, args) for test in args.tests],
    }


def main() -> int:
    # Libraries that write on standard output must not reach the JSON.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    os.environ["GGML_NO_BACKTRACE"] = "1"  # an abort's reason would drown in a debugger's output
    status = 0
    try:
        answer = measure(arguments())
    except LeftOut as e:
        answer = {"left_out": str(e)}
    except PeerError as e:
        answer, status = {"error": str(e)}, 1
    print(json.dumps(answer), file=out, flush=True)
    # Not through the interpreter's exit: destructors of the libraries may abort after the measurement.
    os._exit(status)


if __name__ == "__main__":
    main()
