"""openvino-genai's continuous batching pipeline, timed as `caracal bench` times itself."""

import importlib.metadata
import random
import sys
import time

from bench_engine import SEED, LeftOut, PeerError, Setup, Test
from system_line import cpu_flags

KV_TYPES = ("f32", "f16", "bf16")
BLOCK_TOKENS = 32  # of its KV cache on CPUs
# It picks its instructions at run time and names only what it computes with.
CAPABILITIES = {"avx512_bf16": "BF16", "amx_int8": "INT8"}


class OpenvinoGenai:
    def __init__(self, setup: Setup):
        try:
            import numpy
            import openvino
            import openvino_genai
        except ImportError as e:
            raise PeerError(f"{sys.executable} has no openvino-genai ({e}); tests/peer/README.md tells how to install it") from e
        self._np, self._ov, self._genai, self.setup = numpy, openvino, openvino_genai, setup
        self.version = f"openvino-genai {importlib.metadata.version('openvino-genai')}"
        core = openvino.Core()
        capabilities = core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        self.system = f"{core.get_property('CPU', 'FULL_DEVICE_NAME')}: {' '.join(capabilities)}"
        flags = cpu_flags()
        if missing := [c for flag, c in CAPABILITIES.items() if flag in flags and c not in capabilities]:
            raise PeerError(f"it does not use {', '.join(missing)}, which this CPU has (it says: {self.system})")
        if setup.type_k != setup.type_v or setup.type_k not in KV_TYPES:
            raise LeftOut(f"it has no KV types {setup.type_k} and {setup.type_v}: one of {', '.join(KV_TYPES)} for both")
        properties = {"INFERENCE_NUM_THREADS": setup.n_threads, "KV_CACHE_PRECISION": setup.type_k}
        self.flags = "prefix_caching=0 " + " ".join(f"{k}={v}" for k, v in properties.items())
        self._pipeline = self._load(properties)
        self._n_vocab = len(self._pipeline.get_tokenizer().get_vocab())
        self._rng = random.Random(SEED)
        self._next_id = 0

    def _load(self, properties: dict):
        schedule = self._genai.SchedulerConfig()
        schedule.max_num_batched_tokens = self.setup.n_batch
        schedule.max_num_seqs = self.setup.n_parallel
        schedule.num_kv_blocks = (self.setup.n_ctx // BLOCK_TOKENS + 2) * self.setup.n_parallel
        schedule.enable_prefix_caching = False
        try:
            return self._genai.ContinuousBatchingPipeline(self.setup.model, schedule, "CPU", properties)
        except Exception as e:  # its C++ exceptions arrive as several Python types
            raise LeftOut(f"it cannot read the file: {str(e).strip() or type(e).__name__}") from e

    def run(self, test: Test) -> float:
        """Seconds of the test, all sequences together; greedy sampling included, as it has no step without."""
        if test.depth and test.n_prompt:
            raise LeftOut("it cannot prefill behind a context that it has computed before")
        if test.n_prompt:
            requests = self._add(test.n_prompt, max(test.n_gen, 1))
            begin = time.perf_counter()
            self._finish(requests)
            return time.perf_counter() - begin
        # The context's last token gives a token that is not timed; n_gen steps follow.
        requests = self._add(max(test.depth, 1), test.n_gen + 1)
        while not all(self._count(request) for request in requests):
            self._pipeline.step()
        # With many sequences the first have answered a little while the last read their context.
        early = sum(request["n"] for request in requests) - len(requests)
        begin = time.perf_counter()
        self._finish(requests)
        n_all = test.n_gen * len(requests)
        return (time.perf_counter() - begin) * n_all / (n_all - early)

    def _add(self, n_tokens: int, n_gen: int) -> list[dict]:
        requests = []
        for _ in range(self.setup.n_parallel):
            config = self._genai.GenerationConfig()
            config.max_new_tokens = config.min_new_tokens = n_gen
            config.ignore_eos = True
            ids = [[self._rng.randrange(self._n_vocab) for _ in range(n_tokens)]]
            tensor = self._ov.Tensor(self._np.array(ids, dtype=self._np.int64))
            requests.append({"handle": self._pipeline.add_request(self._next_id, tensor, config), "n": 0})
            self._next_id += 1
        return requests

    def _count(self, request: dict) -> int:
        """Tokens that the request has given so far."""
        while request["handle"].can_read():
            request["n"] += sum(len(output.generated_ids) for output in request["handle"].read().values())
        return request["n"]

    def _finish(self, requests: list[dict]):
        while self._pipeline.has_non_finished_requests():
            self._pipeline.step()
