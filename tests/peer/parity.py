#!/usr/bin/env python3
"""Parity of caracal with the float oracle and with llama.cpp, teacher-forced on the same token ids.

The oracle writes the greedy continuation of each prompt; every engine then scores those ids, once from the
model file itself and once from its F32 rewrite (the same numbers, so one oracle serves both).

    python3 parity.py -m MODEL.gguf --work DIR [--caracal build/release/bin/caracal] [--prompts long_prompts.json]

Exits 0 when every bar holds, 1 when one is missed.
"""

import argparse
import json
import sys
from pathlib import Path

import gguf
import jinja2.sandbox
import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "oracle"))

from compare import Agreement, range_share
from gguf_rewrite import rewrite_f32
from llama_peer import LlamaPeer, check_system_line, system_line
from scored_rows import Rows, caracal_rows, oracle_rows, peer_rows

ORACLE_BAR = 2e-3  # share of the row's range
F32_TOP1, F32_GAP = 0.995, 0.01
FILE_TOP1, FILE_KL = 0.97, 0.005
ROUNDING = 1e-3  # leads below it are ties of float32


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-m", "--model", type=Path, required=True, help="a quantised GGUF file")
    parser.add_argument("--work", type=Path, required=True, help="folder for the F32 file and the engines' logits")
    parser.add_argument("--caracal", type=Path, default=Path("build/release/bin/caracal"))
    parser.add_argument("--without-caracal", action="store_true",
                        help="hold the oracle in caracal's place: checks the peer and the oracle")
    parser.add_argument("--prompts", type=Path, default=Path(__file__).with_name("prompts.json"),
                        help="JSON file; README.md says what is in it")
    parser.add_argument("-n", "--tokens", type=int, default=64, help="greedy tokens after each prompt")
    parser.add_argument("--limit", type=int, help="that many prompts, evenly chosen from the list")
    parser.add_argument("--float32", action="store_true",
                        help="the oracle computes in float32: half the memory, for models beyond half a billion weights")
    parser.add_argument("-t", "--threads", type=int, default=2)
    parser.add_argument("--peer-kv", choices=["f32", "f16"], default="f32", help="llama.cpp's KV type")
    parser.add_argument("--kv", choices=["f32", "f16", "bf16"], default="f32", help="caracal's KV type")
    return parser.parse_args()


def text_of(prompt: dict) -> str:
    """Its own text, or the first characters of a file of the repository."""
    return prompt["text"] if "text" in prompt else (ROOT / prompt["file"]).read_text()[: prompt["characters"]]


def prompt_ids(model: Path, prompts: list[dict]) -> list[list[int]]:
    """Chat prompts through the file's own template; ids from llama.cpp's tokenizer."""
    field = gguf.GGUFReader(model).get_field("tokenizer.chat_template")
    environment = jinja2.sandbox.ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(field.contents() if field else "{{ messages[0]['content'] }}")
    peer = LlamaPeer(model)
    ids = []
    for prompt in prompts:
        text, chat = text_of(prompt), prompt["kind"] == "chat"
        if chat:
            text = template.render(messages=[{"role": "user", "content": text}], add_generation_prompt=True,
                                   bos_token="", eos_token="")
        ids.append(peer.tokenize(text))
    peer.close()
    return ids


class Report:
    def __init__(self):
        self.failed = False

    def line(self, what: str, figure: str, bar: str, ok: bool | None):
        """ok None: a figure without a bar."""
        self.failed |= ok is False
        print(f"{what:52} {figure:>22}   {bar:18} {'' if ok is None else 'ok' if ok else 'FAIL'}", flush=True)

    def oracle(self, who: str, shares: list[float], bar: float | None):
        worst = max(shares)
        self.line(f"{who}: worst row, max |difference| / range", f"{worst:.2e}",
                  f"<= {bar:.0e}" if bar else "", worst <= bar if bar else None)

    def same_numbers(self, who: str, agreement: Agreement):
        share, gap = agreement.top1_share, agreement.largest_gap
        self.line(f"{who}: top-1 equal, F32 file", agreement.top1, f">= {F32_TOP1:.1%}", share >= F32_TOP1)
        self.line(f"{who}: largest oracle gap of a difference", f"{gap:.2e}", f"< {F32_GAP}", gap < F32_GAP)
        self.line(f"{who}: mean KL there, each direction", "{:.1e} {:.1e}".format(*agreement.mean_kl), "", None)

    def same_file(self, who: str, agreement: Agreement):
        share, kl = agreement.top1_share, agreement.mean_kl
        self.line(f"{who}: top-1 equal, quantised file", agreement.top1, f">= {FILE_TOP1:.0%}", share >= FILE_TOP1)
        self.line(f"{who}: mean KL, each direction", "{:.5f} {:.5f}".format(*kl), f"<= {FILE_KL}", max(kl) <= FILE_KL)

    def rounding(self, who: str, agreement: Agreement):
        """What an engine's own arithmetic on the quantised file costs against float: two engines that round
        independently are about the sum of their figures apart."""
        self.line(f"{who}/oracle: top-1 equal, quantised file", agreement.top1, "", None)
        self.line(f"{who}/oracle: mean KL, each direction", "{:.5f} {:.5f}".format(*agreement.mean_kl), "", None)


def check_greedy(prompts: list[list[int]], texts: list[list[int]], oracle: Rows):
    """The oracle must say in one pass what it said token by token, but for ties of its own rounding."""
    for index, (prompt, text) in enumerate(zip(prompts, texts)):
        rows = oracle[index][len(prompt) - 1 :]
        lead = rows.max(axis=-1) - rows[np.arange(len(text)), text]
        if lead.max() > ROUNDING:
            raise SystemExit(f"prompt {index}: the oracle decodes and teacher-forces differently")


def compare(a: Rows, b: Rows, oracle: Rows, prompts: list[list[int]]) -> Agreement:
    """Over the rows that predict the greedy texts."""
    agreement = Agreement()
    for index, prompt in enumerate(prompts):
        text = slice(len(prompt) - 1, None)
        agreement.add(a[index][text], b[index][text], oracle[index][text])
    return agreement


def shares(rows: Rows, oracle: Rows, prompts: list[list[int]]) -> list[float]:
    """Of all rows: how far they are from the oracle's."""
    return [share for index in range(len(prompts)) for share in range_share(rows[index], oracle[index]).tolist()]


def main() -> int:
    args = arguments()
    check_system_line()
    print("llama.cpp:", system_line())
    args.work.mkdir(parents=True, exist_ok=True)
    f32_model = args.work / f"{args.model.stem}.F32.gguf"
    if not f32_model.exists() or f32_model.stat().st_mtime < args.model.stat().st_mtime:
        rewrite_f32(args.model, f32_model)

    texts = json.loads(args.prompts.read_text())["prompts"]
    prompts = prompt_ids(args.model, texts[:: max(1, len(texts) // args.limit)][: args.limit] if args.limit else texts)
    dtype = np.float32 if args.float32 else np.float64
    greedy, sequences, oracle = oracle_rows(args.model, args.work, prompts, args.tokens, dtype)
    check_greedy(prompts, greedy, oracle)
    flags = ["-ctk", args.kv, "-ctv", args.kv, "-t", args.threads]

    def caracal(model: Path, numerics: str) -> Rows:
        return caracal_rows(args.caracal, model, args.work, sequences, [*flags, "--numerics", numerics], numerics)

    report = Report()
    print(f"\n{len(prompts)} prompts, {sum(map(len, greedy))} positions; oracle {np.dtype(dtype).name}; "
          f"KV: caracal {args.kv}, llama.cpp {args.peer_kv}")
    who = "oracle/llama.cpp" if args.without_caracal else "caracal/llama.cpp"

    peer = peer_rows(f32_model, args.work, sequences, args.threads, args.peer_kv)
    report.oracle("llama.cpp to oracle, F32 file", shares(peer, oracle, prompts), None)
    ours = oracle if args.without_caracal else caracal(f32_model, "exact")
    report.oracle(f"{who.split('/')[0]} to oracle, F32 file", shares(ours, oracle, prompts), ORACLE_BAR)
    report.same_numbers(who, compare(ours, peer, oracle, prompts))
    peer.discard()
    if ours is not oracle:
        ours.discard()

    peer = peer_rows(args.model, args.work, sequences, args.threads, args.peer_kv)
    report.oracle("llama.cpp to oracle, quantised file", shares(peer, oracle, prompts), None)
    ours = oracle if args.without_caracal else caracal(args.model, "exact")
    report.same_file(who, compare(ours, peer, oracle, prompts))
    if ours is not oracle:
        report.rounding("llama.cpp", compare(peer, oracle, oracle, prompts))
        report.rounding("caracal", compare(ours, oracle, oracle, prompts))
        ours.discard()
    peer.discard()
    if ours is not oracle:
        # Float arithmetic on the same file: what the oracle does. The default rounds activations to 8 bits.
        ours = caracal(args.model, "reference")
        report.oracle("caracal --numerics reference, quantised file", shares(ours, oracle, prompts), ORACLE_BAR)
        ours.discard()
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
