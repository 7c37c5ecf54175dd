#!/usr/bin/env python3
"""Parity of caracal with the float oracle and with llama.cpp, teacher-forced on the same token ids.

The oracle writes the greedy continuation of 30 prompts; every engine then scores those ids, once from the
model file itself and once from its F32 rewrite (the same numbers, so one oracle serves both).

    python3 parity.py -m MODEL.gguf --work DIR [--caracal build/release/bin/caracal]

Exits 0 when every bar holds, 1 when one is missed.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import gguf
import jinja2.sandbox
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "oracle"))

import families
from compare import Agreement, range_share
from gguf_rewrite import rewrite_f32
from llama_peer import LlamaPeer, check_system_line, system_line

ORACLE_BAR = 2e-3  # share of the row's range
F32_TOP1, F32_GAP = 0.995, 0.01
FILE_TOP1, FILE_KL = 0.97, 0.005
N_CTX = 512


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-m", "--model", type=Path, required=True, help="a quantised GGUF file")
    parser.add_argument("--work", type=Path, required=True, help="folder for the F32 file and the engines' logits")
    parser.add_argument("--caracal", type=Path, default=Path("build/release/bin/caracal"))
    parser.add_argument("--without-caracal", action="store_true",
                        help="hold the oracle in caracal's place: checks the peer and the oracle")
    parser.add_argument("--prompts", type=Path, default=Path(__file__).with_name("prompts.json"))
    parser.add_argument("-n", "--tokens", type=int, default=64, help="greedy tokens after each prompt")
    parser.add_argument("--limit", type=int, help="only the first prompts")
    parser.add_argument("--float32", action="store_true",
                        help="the oracle computes in float32: half the memory, for models beyond half a billion weights")
    parser.add_argument("-t", "--threads", type=int, default=2)
    parser.add_argument("--peer-kv", choices=["f32", "f16"], default="f32", help="llama.cpp's KV type")
    parser.add_argument("--kv", choices=["f32", "f16", "bf16"], default="f32", help="caracal's KV type")
    return parser.parse_args()


def prompt_ids(peer: LlamaPeer, model: Path, prompts: list[dict]) -> list[list[int]]:
    """Chat prompts through the file's own template; ids from llama.cpp's tokenizer."""
    field = gguf.GGUFReader(model).get_field("tokenizer.chat_template")
    environment = jinja2.sandbox.ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(field.contents() if field else "{{ messages[0]['content'] }}")
    ids = []
    for prompt in prompts:
        text, chat = prompt["text"], prompt["kind"] == "chat"
        if chat:
            text = template.render(messages=[{"role": "user", "content": text}], add_generation_prompt=True,
                                   bos_token="", eos_token="")
        ids.append(peer.tokenize(text))
    return ids


class CaracalLogits:
    """Rows of `caracal logits` for all sequences of one model file."""

    def __init__(self, args: argparse.Namespace, model: Path, sequences: list[list[int]], numerics: str):
        ids = args.work / "ids.json"
        out = args.work / f"caracal-{model.stem}-{numerics}.npy"
        ids.write_text(json.dumps({"sequences": sequences}))
        command = [args.caracal, "logits", "-m", model, "--input", ids, "-o", out,
                   "-ctk", args.kv, "-ctv", args.kv, "-t", args.threads, "--numerics", numerics]
        subprocess.run([str(word) for word in command], check=True)
        self._rows = np.load(out, mmap_mode="r")
        self._ends = np.cumsum([len(s) for s in sequences])
        if len(self._rows) != self._ends[-1]:
            raise SystemExit(f"caracal logits: {self._ends[-1]} rows expected, {len(self._rows)} found")

    def __getitem__(self, sequence: int) -> np.ndarray:
        start = 0 if sequence == 0 else self._ends[sequence - 1]
        return np.asarray(self._rows[start : self._ends[sequence]])


class Report:
    def __init__(self):
        self.failed = False

    def line(self, what: str, figure: str, bar: str, ok: bool | None):
        """ok None: a figure without a bar."""
        self.failed |= ok is False
        print(f"{what:52} {figure:>22}   {bar:18} {'' if ok is None else 'ok' if ok else 'FAIL'}")

    def oracle(self, who: str, shares: list[float], bar: float | None):
        worst = max(shares)
        self.line(f"{who}: worst row, max |difference| / range", f"{worst:.2e}",
                  f"<= {bar:.0e}" if bar else "", worst <= bar if bar else None)

    def same_numbers(self, who: str, agreement: Agreement):
        share, gap = agreement.top1_share, agreement.largest_gap
        self.line(f"{who}: top-1 equal, F32 file", f"{agreement.top1_equal}/{agreement.positions} = {share:.2%}",
                  f">= {F32_TOP1:.1%}", share >= F32_TOP1)
        self.line(f"{who}: largest oracle gap of a difference", f"{gap:.2e}", f"< {F32_GAP}", gap < F32_GAP)
        self.line(f"{who}: mean KL there, each direction", "{:.1e} {:.1e}".format(*agreement.mean_kl), "", None)

    def same_file(self, who: str, agreement: Agreement):
        share, kl = agreement.top1_share, agreement.mean_kl
        self.line(f"{who}: top-1 equal, quantised file", f"{agreement.top1_equal}/{agreement.positions} = {share:.2%}",
                  f">= {FILE_TOP1:.0%}", share >= FILE_TOP1)
        self.line(f"{who}: mean KL, each direction", "{:.5f} {:.5f}".format(*kl), f"<= {FILE_KL}", max(kl) <= FILE_KL)


def main() -> int:
    args = arguments()
    check_system_line()
    print("llama.cpp:", system_line())
    args.work.mkdir(parents=True, exist_ok=True)
    f32_model = args.work / f"{args.model.stem}.F32.gguf"
    rewrite_f32(args.model, f32_model)

    peers = {model: LlamaPeer(model, N_CTX, args.threads, args.peer_kv) for model in (f32_model, args.model)}
    prompts = json.loads(args.prompts.read_text())["prompts"][: args.limit]
    ids = prompt_ids(peers[args.model], args.model, prompts)
    oracle = families.load(args.model, np.float32 if args.float32 else np.float64, context=N_CTX)
    greedy = oracle.greedy(ids, args.tokens)
    # The last greedy token is predicted, never fed.
    sequences = [prompt + text[:-1] for prompt, text in zip(ids, greedy)]
    ours = {} if args.without_caracal else {m: CaracalLogits(args, m, sequences, "exact") for m in peers}
    # Float arithmetic on the same file: what the oracle does. The default rounds activations to 8 bits.
    ours_float = None if args.without_caracal else CaracalLogits(args, args.model, sequences, "reference")

    agreements = {model: Agreement() for model in peers}
    to_oracle = {(who, model): [] for who in ("caracal", "caracal float", "llama.cpp") for model in peers}
    to_oracle_text = Agreement()  # caracal's default against the oracle, on the file itself
    for index, (prompt, sequence) in enumerate(zip(ids, sequences)):
        text = slice(len(prompt) - 1, None)  # rows that predict the greedy text
        expected = oracle.logits(sequence)
        if expected[text].argmax(axis=-1).tolist() != greedy[index]:
            raise SystemExit(f"prompt {index}: the oracle decodes and teacher-forces differently")
        for model, peer in peers.items():
            theirs = peer.logits(sequence)
            mine = ours[model][index] if ours else expected
            to_oracle["llama.cpp", model] += range_share(theirs, expected).tolist()
            to_oracle["caracal", model] += range_share(mine, expected).tolist()
            agreements[model].add(mine[text], theirs[text], expected[text])
        if ours:
            to_oracle["caracal float", args.model] += range_share(ours_float[index], expected).tolist()
            to_oracle_text.add(ours[args.model][index][text], expected[text], expected[text])

    report = Report()
    print(f"\n{len(ids)} prompts, {agreements[args.model].positions} positions; "
          f"KV: caracal {args.kv}, llama.cpp {args.peer_kv}")
    labels = {f32_model: "F32 file", args.model: "quantised file"}
    for model, label in labels.items():
        if ours:
            exact_is_float = model == f32_model
            report.oracle(f"caracal to oracle, {label}", to_oracle["caracal", model],
                          ORACLE_BAR if exact_is_float else None)
            if not exact_is_float:
                report.oracle(f"caracal --numerics reference, {label}", to_oracle["caracal float", model], ORACLE_BAR)
        report.oracle(f"llama.cpp to oracle, {label}", to_oracle["llama.cpp", model], None)
    who = "caracal/llama.cpp" if ours else "oracle/llama.cpp"
    report.same_numbers(who, agreements[f32_model])
    report.same_file(who, agreements[args.model])
    if ours:
        report.line("caracal/oracle: mean KL, quantised file", "{:.5f} {:.5f}".format(*to_oracle_text.mean_kl), "", None)
        report.line("caracal/oracle: top-1 equal, quantised file", f"{to_oracle_text.top1_share:.2%}", "", None)
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
