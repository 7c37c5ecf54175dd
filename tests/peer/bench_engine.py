"""What the peers of `caracal bench compare` have in common."""

from dataclasses import dataclass

SEED = 1


class PeerError(Exception):
    """The peer cannot be measured at all: not installed, built for another CPU."""


class LeftOut(Exception):
    """The peer cannot do this: read this file, run this test."""


@dataclass(frozen=True)
class Test:
    """As in `caracal bench`: a prompt, an answer, or both, behind depth tokens; on every sequence."""

    n_prompt: int
    n_gen: int
    depth: int

    def warmup(self, n_batch: int) -> "Test":
        return Test(min(self.n_prompt, n_batch), min(self.n_gen, 4), self.depth)


@dataclass(frozen=True)
class Setup:
    model: str
    n_threads: int
    n_batch: int
    n_parallel: int
    n_ctx: int  # tokens of the longest sequence
    type_k: str
    type_v: str
    variant: str


def longest(tests: list[Test]) -> int:
    return max(test.depth + test.n_prompt + test.n_gen for test in tests) + 2
