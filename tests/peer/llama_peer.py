"""llama.cpp behind its C API (llama-cpp-python's low-level bindings), as the peer to compare with."""

import ctypes
import time
from pathlib import Path

import llama_cpp
import numpy as np

from system_line import missing_features

KV_TYPES = {"f32": 0, "f16": 1}  # ggml's type numbers
FLASH_OFF, FLASH_AUTO = 0, -1


@llama_cpp.llama_log_callback
def _errors_only(level, text, _user_data):
    if level == 4:  # GGML_LOG_LEVEL_ERROR
        print(text.decode(errors="replace"), end="")


def system_line() -> str:
    return llama_cpp.llama_print_system_info().decode()


def check_system_line():
    """A peer counts only when it was built for this CPU: raises when its system line lacks a feature."""
    missing = missing_features(system_line())
    if missing:
        raise SystemExit(f"llama.cpp was built without {', '.join(missing)}, which this CPU has; see README.md\n"
                         f"its system line: {system_line()}")


class LlamaPeer:
    """A model and a context of one sequence. kv "f32" also turns flash attention off, which rounds to f16."""

    def __init__(self, path: str | Path, n_ctx: int = 512, n_threads: int = 2, kv: str = "f16"):
        llama_cpp.llama_log_set(_errors_only, ctypes.c_void_p(0))
        llama_cpp.llama_backend_init()
        model_params = llama_cpp.llama_model_default_params()
        self._model = llama_cpp.llama_model_load_from_file(str(path).encode(), model_params)
        if not self._model:
            raise SystemExit(f"llama.cpp cannot load {path}")
        params = llama_cpp.llama_context_default_params()
        params.n_ctx = params.n_batch = params.n_ubatch = n_ctx
        params.n_threads = params.n_threads_batch = n_threads
        params.type_k = params.type_v = KV_TYPES[kv]
        params.flash_attn_type = FLASH_OFF if kv == "f32" else FLASH_AUTO
        self._ctx = llama_cpp.llama_init_from_model(self._model, params)
        if not self._ctx:
            raise SystemExit(f"llama.cpp cannot make a context of {n_ctx} tokens for {path}")
        self._vocab = llama_cpp.llama_model_get_vocab(self._model)
        self.n_vocab = llama_cpp.llama_vocab_n_tokens(self._vocab)
        self._batch = llama_cpp.llama_batch_init(n_ctx, 0, 1)
        self.n_ctx = n_ctx

    def close(self):
        llama_cpp.llama_batch_free(self._batch)
        llama_cpp.llama_free(self._ctx)
        llama_cpp.llama_model_free(self._model)

    def tokenize(self, text: str, add_special: bool = True, parse_special: bool = True) -> list[int]:
        """parse_special: special tokens in the text become those; add_special adds BOS where the vocabulary asks."""
        data = text.encode()
        ids = (llama_cpp.llama_token * (len(data) + 8))()
        n = llama_cpp.llama_tokenize(self._vocab, data, len(data), ids, len(ids), add_special, parse_special)
        if n < 0:
            raise SystemExit(f"llama.cpp cannot tokenize {text[:40]!r}")
        return list(ids[:n])

    def leading_bos(self) -> int | None:
        """BOS where the vocabulary puts it before a text."""
        adds = llama_cpp.llama_vocab_get_add_bos(self._vocab)
        return llama_cpp.llama_vocab_bos(self._vocab) if adds else None

    def logits(self, ids: list[int]) -> np.ndarray:
        """Teacher forcing from an empty cache: [len(ids), n_vocab], float32."""
        self._clear()
        self._decode(ids, 0, all_logits=True)
        rows = llama_cpp.llama_get_logits(self._ctx)
        return np.ctypeslib.as_array(rows, shape=(len(ids), self.n_vocab)).copy()

    def timed_greedy(self, prompt: list[int], n_tokens: int) -> dict:
        """Prefill and greedy decode speed; weights are paged in by an untimed pass over the prompt first."""
        sampler = llama_cpp.llama_sampler_init_greedy()
        self._clear()
        self._decode(prompt, 0)
        llama_cpp.llama_synchronize(self._ctx)
        self._clear()
        start = time.perf_counter()
        self._decode(prompt, 0)
        ids = [llama_cpp.llama_sampler_sample(sampler, self._ctx, -1)]
        first = time.perf_counter()
        while len(ids) < n_tokens:
            self._decode(ids[-1:], len(prompt) + len(ids) - 1)
            ids.append(llama_cpp.llama_sampler_sample(sampler, self._ctx, -1))
        end = time.perf_counter()
        llama_cpp.llama_sampler_free(sampler)
        return {
            "ids": ids,
            "prefill_tokens_per_s": len(prompt) / (first - start),
            "decode_tokens_per_s": (n_tokens - 1) / (end - first),
        }

    def _clear(self):
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self._ctx), False)

    def _decode(self, ids: list[int], position: int, all_logits: bool = False):
        if position + len(ids) > self.n_ctx:
            raise SystemExit(f"{position + len(ids)} tokens do not fit llama.cpp's context of {self.n_ctx}")
        batch = self._batch
        batch.n_tokens = len(ids)
        for i, token in enumerate(ids):
            batch.token[i], batch.pos[i] = token, position + i
            batch.n_seq_id[i], batch.seq_id[i][0] = 1, 0
            batch.logits[i] = all_logits or i == len(ids) - 1
        status = llama_cpp.llama_decode(self._ctx, batch)
        if status != 0:
            raise SystemExit(f"llama_decode failed with {status}")
