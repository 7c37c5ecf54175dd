"""Logits of the same token ids by the oracle, llama.cpp and caracal, one engine in memory at a time.

Rows lie in files of the work folder, since those of a large vocabulary fill memory many times over.
"""

import json
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

import families
from llama_peer import LlamaPeer


def context_for(prompts: list[list[int]], n_tokens: int) -> int:
    """Room for the longest sequence, in the steps in which llama.cpp gives it."""
    longest = max(map(len, prompts)) + n_tokens
    return -(-longest // 256) * 256


class Rows:
    """Logits [rows, n_vocab] of several sequences, one after the other in a .npy file."""

    def __init__(self, path: Path, sequences: list[list[int]]):
        self.path = path
        self._rows = np.load(path, mmap_mode="r")
        self._ends = np.cumsum([len(s) for s in sequences])
        if len(self._rows) != self._ends[-1]:
            raise SystemExit(f"{path.name}: {self._ends[-1]} rows expected, {len(self._rows)} found")

    def __getitem__(self, sequence: int) -> np.ndarray:
        start = 0 if sequence == 0 else self._ends[sequence - 1]
        return np.asarray(self._rows[start : self._ends[sequence]])

    def discard(self):
        del self._rows
        self.path.unlink()


def write_rows(path: Path, sequences: list[list[int]], score: Callable[[list[int]], np.ndarray], n_vocab: int) -> Rows:
    part = path.with_suffix(".part")
    shape = (sum(map(len, sequences)), n_vocab)
    rows = np.lib.format.open_memmap(part, mode="w+", dtype=np.float32, shape=shape)
    at = 0
    for sequence in sequences:
        rows[at : at + len(sequence)] = score(sequence)
        at += len(sequence)
    rows.flush()
    del rows
    part.rename(path)
    return Rows(path, sequences)


def oracle_rows(model: Path, work: Path, prompts: list[list[int]], n_tokens: int, dtype) -> tuple[list, list, Rows]:
    """The oracle's greedy continuation of each prompt, the sequences that predict it, and their logits.

    They are kept in the work folder and taken from there while the question stays the same.
    """
    path, question_path = work / f"oracle-{model.stem}.npy", work / f"oracle-{model.stem}.json"
    question = {"prompts": prompts, "n_tokens": n_tokens, "dtype": np.dtype(dtype).name, "bytes": model.stat().st_size}
    kept = json.loads(question_path.read_text()) if question_path.exists() and path.exists() else {}
    oracle = None
    if kept.get("question") != question:
        oracle = families.load(model, dtype, context=context_for(prompts, n_tokens))
        kept = {"question": question, "texts": oracle.greedy(prompts, n_tokens)}
    texts = kept["texts"]
    # The last greedy token is predicted, never fed.
    sequences = [prompt + text[:-1] for prompt, text in zip(prompts, texts)]
    if oracle is None:
        return texts, sequences, Rows(path, sequences)
    rows = write_rows(path, sequences, oracle.logits, len(oracle.head))
    question_path.write_text(json.dumps(kept))
    return texts, sequences, rows


def peer_rows(model: Path, work: Path, sequences: list[list[int]], n_threads: int, kv: str) -> Rows:
    peer = LlamaPeer(model, context_for(sequences, 1), n_threads, kv)
    try:
        return write_rows(work / f"peer-{model.stem}.npy", sequences, peer.logits, peer.n_vocab)
    finally:
        peer.close()


def caracal_rows(binary: Path, model: Path, work: Path, sequences: list[list[int]], flags: Iterable, label: str) -> Rows:
    ids, out = work / "ids.json", work / f"caracal-{model.stem}-{label}.npy"
    ids.write_text(json.dumps({"sequences": sequences}))
    command = [binary, "logits", "-m", model, "--input", ids, "-o", out, "-c", context_for(sequences, 1), *flags]
    subprocess.run([str(word) for word in command], check=True)
    return Rows(out, sequences)
