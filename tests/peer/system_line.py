"""Was a peer built for this CPU? Its own system line against /proc/cpuinfo."""

import re
from pathlib import Path

# Flags of /proc/cpuinfo and the words of llama.cpp's system line that must be there with them.
BEST_OF_CPU = {
    "avx2": "AVX2",
    "fma": "FMA",
    "f16c": "F16C",
    "bmi2": "BMI2",
    "avx_vnni": "AVX_VNNI",
    "avx512f": "AVX512",
    "avx512_vnni": "AVX512_VNNI",
    "avx512_bf16": "AVX512_BF16",
    "amx_int8": "AMX_INT8",
}


def cpu_flags(cpuinfo: str | None = None) -> set[str]:
    found = re.search(r"^flags\s*:(.*)$", cpuinfo or Path("/proc/cpuinfo").read_text(), re.M)
    flags = set(found[1].split()) if found else set()
    if "avx512_vnni" in flags:
        flags.discard("avx_vnni")  # the same on half of the width
    return flags


def missing_features(system_line: str, never_named: tuple[str, ...] = (), cpuinfo: str | None = None) -> list[str]:
    """What this CPU has and the build lacks. never_named: words that this peer's line has not in any build."""
    enabled = set(re.findall(r"(\w+) = 1\b", system_line))
    flags = cpu_flags(cpuinfo)
    return [word for flag, word in BEST_OF_CPU.items()
            if flag in flags and word not in enabled and word not in never_named]
