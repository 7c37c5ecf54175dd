"""`caracal bench`, `caracal bench compare` and `caracal profile`.

    python3 tests/cli/test_bench.py build/release/bin/caracal [unittest arguments]
"""
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import test_cli
from test_cli import ROOT, TINY, CliTest

sys.path.append(str(ROOT / "tests/peer"))
import system_line

ROOFS = {"read_bandwidth", "fp32_fma", "bf16_dot", "int8_dot"}


class BenchTest(CliTest):
    def setUp(self):
        super().setUp()
        self.here = {"CARACAL_CACHE": str(self.folder / "cache")}

    def bench(self, *arguments):
        return self.ok("bench", "-m", TINY, "-t", "1", *arguments, **self.here)


class Bench(BenchTest):
    def test_json_is_what_scripts_rely_on(self):
        out = json.loads(self.bench("-p", "24", "-n", "6", "-r", "2", "--json"))
        self.assertEqual(list(out), ["results", "machine"])
        self.assertEqual([r["test"] for r in out["results"]], ["pp24", "tg6"])
        for result in out["results"]:
            speed = result["tokens_per_s"]
            self.assertTrue(0 < speed["min"] <= speed["median"] <= speed["max"])
            self.assertIn(result["roof"], ROOFS)
            self.assertGreater(result["roof_share"], 0)
            self.assertEqual(len(result["repetitions"]), 2)
            self.assertEqual((result["threads"], result["mode"], result["cache_type_k"]), (1, "exact", "f16"))
            self.assertGreater(result["work"]["weight_bytes"], 0)
        self.assertEqual(out["results"][1]["roof"], "read_bandwidth")
        self.assertEqual({r["roof"] for r in out["machine"]["roofs"]}, ROOFS)

    def test_lists_are_combined(self):
        out = json.loads(self.bench("-p", "8", "-n", "0", "-pg", "4,2", "-d", "0,12", "-np", "1,3", "-b", "8", "-r", "1",
                                    "--no-warmup", "--json"))
        self.assertEqual(len(out["results"]), 2 * 2 * 2)
        self.assertEqual({r["n_parallel"] for r in out["results"]}, {1, 3})
        self.assertEqual({r["depth"] for r in out["results"]}, {0, 12})
        self.assertEqual({r["n_batch"] for r in out["results"]}, {8})
        both = [r for r in out["results"] if r["test"] == "pp4+tg2"]
        self.assertTrue(all(r["roof"] is None and r["roof_share"] is None for r in both))

    def test_table_and_page(self):
        page = self.folder / "report.html"
        table = self.bench("-p", "24", "-n", "4", "-r", "1", "--html", page).decode()
        self.assertIn("| test", table)
        self.assertIn("pp24", table)
        text = page.read_text()
        document = ElementTree.fromstring(text.replace("<!DOCTYPE html>", ""))
        self.assertEqual(len(document.findall(".//{http://www.w3.org/2000/svg}svg")), 2)
        self.assertFalse(document.findall(".//script"))
        self.assertIn("attend", text)

    def test_wrong_use(self):
        for flags, says in ((["-p", "0", "-n", "0"], "at least one token"), (["-pg", "5"], "PROMPT,ANSWER"),
                            (["-p", "x"], "--n-prompt"), (["-ctk", "f7"], "f7"), (["-r", "0"], "--repetitions"),
                            (["-t", "9999"], "--threads"), (["-c", "5"], "-c")):
            self.refused(2, "bench", "-m", TINY, *flags, says=says, **self.here)
        self.refused(2, "bench", says="--model")
        self.refused(3, "bench", "-m", "/nowhere.gguf", says="/nowhere.gguf", **self.here)
        self.refused(3, "bench", "-m", TINY, "--html", "/nowhere/x.html", says="/nowhere", **self.here)

    def test_a_failed_run_leaves_no_page(self):
        page = self.folder / "report.html"
        self.refused(2, "bench", "-m", TINY, "-ctv", "f7", "--html", page, says="f7", **self.here)
        self.assertFalse(list(self.folder.glob("report*")))


class Compare(CliTest):
    """With a worker that measures nothing."""

    WORKER = """
import json, os, signal, sys, time
mode, log = os.environ["MODE"], os.environ["LOG"]
words = sys.argv[1:]
with open(log, "a") as f:
    f.write(json.dumps({"words": words, "pid": os.getpid()}) + "\\n")
def value(flag): return words[words.index(flag) + 1]
if mode == "sleep": time.sleep(60)
if mode == "silent": sys.exit(0)
if mode == "text": print("no JSON at all"); sys.exit(0)
if mode == "status": sys.exit(7)
if mode == "signal": os.kill(os.getpid(), signal.SIGKILL)
if mode == "endless":
    while True: sys.stdout.write("x" * 65536)
if mode == "error": print(json.dumps({"error": "built without AVX2"})); sys.exit(1)
if mode == "left_out": print(json.dumps({"left_out": "it cannot read the file"})); sys.exit(0)
tests = [list(map(int, words[i + 1].split(","))) for i, word in enumerate(words) if word == "--test"]
results = [{"n_prompt": p, "n_gen": n, "depth": d, "seconds": 1 if "--variant=rtr" in words else 2} for p, n, d in tests]
if mode == "fewer": results.pop()
print(json.dumps({"version": "fake 1", "system": "AVX2 = 1", "flags": "none", "threads": int(value("--threads")),
                  "n_batch": int(value("--batch-size")), "cache_type_k": value("--cache-type-k"),
                  "cache_type_v": value("--cache-type-v"), "results": results}))
"""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.cache = str(Path(folder.name) / "cache")  # the roofs are measured once

    def setUp(self):
        super().setUp()
        self.worker = self.write("worker.py", self.WORKER)
        self.log = self.folder / "log"
        self.log.touch()

    def flags(self, *more, peer="llama.cpp"):
        return ("bench", "compare", "-m", TINY, "--peer", peer, "--peer-worker", self.worker, "-p", "8", "-n", "3", "-t", "1",
                "-r", "2", *more)

    def env(self, mode="good"):
        return {"CARACAL_CACHE": self.cache, "CARACAL_PEER_PYTHON": sys.executable, "MODE": mode, "LOG": str(self.log)}

    def calls(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def test_json_has_both_sides_and_ratios(self):
        out = json.loads(self.ok(*self.flags("-np", "2", "--json", peer="ik_llama.cpp,llama.cpp"), **self.env()))
        self.assertEqual([c["test"] for c in out["comparisons"]], ["pp8", "tg3"])
        for comparison, n_tokens in zip(out["comparisons"], (8, 3)):
            ours, plain, rtr, llama = comparison["engines"]
            self.assertEqual((ours["engine"], plain["variant"], rtr["variant"]), ("caracal", "", "rtr"))
            self.assertEqual((rtr["runs"], llama["runs"]), ([n_tokens * 2] * 2, [n_tokens] * 2))
            self.assertEqual(len(ours["runs"]), 2)
            self.assertGreater(ours["roof_share"], 0)
            median = ours["tokens_per_s"]["median"]
            self.assertAlmostEqual(comparison["ratios"]["ik_llama.cpp"], median / (n_tokens * 2))
            self.assertAlmostEqual(comparison["ratios"]["llama.cpp"], median / n_tokens)
        self.assertEqual([e["engine"] for e in out["engines"]],
                         ["caracal", "ik_llama.cpp", "ik_llama.cpp rtr", "llama.cpp"])
        self.assertIn("numerics=exact", out["engines"][0]["flags"])
        self.assertTrue(0 <= out["others_cpu_share"] <= 1)
        self.assertEqual({r["roof"] for r in out["machine"]["roofs"]}, ROOFS)

    def test_engines_take_turns_in_processes_of_their_own(self):
        self.ok(*self.flags(peer="ik_llama.cpp"), **self.env())
        calls = self.calls()
        self.assertEqual(["--variant=rtr" in call["words"] for call in calls], [False, True, False, True])
        self.assertEqual(len({call["pid"] for call in calls}), 4)

    def test_the_setup_reaches_the_peer(self):
        self.ok(*self.flags("-d", "0,4", "-pg", "5,2", "-b", "16", "-ctk", "f32", "--no-warmup"), **self.env())
        words = self.calls()[0]["words"]
        self.assertEqual([words[i + 1] for i, word in enumerate(words) if word == "--test"],
                         ["8,0,0", "0,3,0", "5,2,0", "8,0,4", "0,3,4", "5,2,4"])
        for expected in ("--no-warmup", f"--model={TINY}", "16", "f32"):
            self.assertIn(expected, words)

    def test_table_and_page(self):
        page = self.folder / "report.html"
        text = self.ok(*self.flags("--html", page), **self.env()).decode()
        for expected in ("| caracal is", " x ", "fake 1", "AVX2 = 1", "of the cores busy", "numerics=exact"):
            self.assertIn(expected, text)
        document = ElementTree.fromstring(page.read_text().replace("<!DOCTYPE html>", ""))
        self.assertFalse(document.findall(".//script"))
        self.assertIn("fake 1", page.read_text())

    def test_a_peer_that_cannot_take_the_file_is_left_out_and_not_asked_again(self):
        text = self.ok(*self.flags(), **self.env("left_out")).decode()
        self.assertIn("llama.cpp is left out", text)
        self.assertIn("it cannot read the file", text)
        self.assertEqual(len(self.calls()), 1)

    def test_workers_that_fail(self):
        page = self.folder / "report.html"
        for mode, status, says in (("silent", 1, "llama.cpp"), ("text", 1, "llama.cpp"), ("status", 1, "exit status 7"),
                                   ("signal", 1, "signal 9"), ("endless", 3, "bytes"), ("error", 1, "without AVX2"),
                                   ("fewer", 1, "2 elements")):
            self.refused(status, *self.flags("--html", page), says=says, **self.env(mode))
        self.assertFalse(list(self.folder.glob("report*")))

    def test_ctrl_c_ends_the_worker(self):
        process = subprocess.Popen([test_cli.caracal, *map(str, self.flags())], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=test_cli.environment(**self.env("sleep")))
        try:
            for _ in range(600):
                if self.calls() or process.poll() is not None:
                    break
                time.sleep(0.1)
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=30)
        finally:
            process.kill()
        self.assertEqual((process.returncode, out), (130, b""))
        self.assertRaises(ProcessLookupError, os.kill, self.calls()[0]["pid"], 0)

    def test_wrong_use(self):
        good = self.env()
        self.refused(2, *self.flags(peer="gpt"), says="--peer", **good)
        self.refused(2, *self.flags("--peer", "llama.cpp"), says="twice", **good)
        self.refused(2, *self.flags("--peer-python", "gpt=python3"), says="--peer-python", **good)
        self.refused(2, *self.flags("--operators"), says="--operators", **good)
        self.refused(2, "bench", "compare", "-m", TINY, says="--peer", **good)
        self.refused(2, "bench", "-m", TINY, "--peer", "llama.cpp", says="compare", **good)
        self.refused(2, "bench", "race", "-m", TINY, says="race", **good)
        self.refused(3, *self.flags("--peer-worker", "/nowhere.py"), says="/nowhere.py", **good)
        self.refused(3, *self.flags("--peer-python", "/nowhere/python"), says="/nowhere/python", **good)
        self.refused(3, *self.flags("-m", "/nowhere.gguf"), says="/nowhere.gguf", **good)


class SystemLine(unittest.TestCase):
    """tests/peer/system_line.py: which builds of a peer count."""

    CPU = "flags\t\t: fma avx2 f16c bmi2 {}\n"
    LINE = "CPU : AVX2 = 1 | FMA = 1 | F16C = 1 | BMI2 = 1 | AVX512 = 0 | "

    def missing(self, line, *features, never_named=()):
        return system_line.missing_features(line, never_named, self.CPU.format(" ".join(features)))

    def test_a_feature_of_the_cpu_must_be_named_as_on(self):
        self.assertEqual(self.missing(self.LINE), [])
        self.assertEqual(self.missing(self.LINE, "avx512f", "avx512_bf16"), ["AVX512", "AVX512_BF16"])
        self.assertEqual(self.missing(""), ["AVX2", "FMA", "F16C", "BMI2"])
        self.assertEqual(self.missing(self.LINE.replace("AVX2 = 1", "AVX2 = 10")), ["AVX2"])

    def test_words_that_a_peer_never_prints_are_not_asked_for(self):
        self.assertEqual(self.missing(self.LINE.replace("BMI2 = 1", ""), never_named=("BMI2",)), [])

    def test_avx_vnni_counts_where_there_is_nothing_wider(self):
        self.assertEqual(self.missing(self.LINE, "avx_vnni"), ["AVX_VNNI"])
        self.assertEqual(self.missing(self.LINE, "avx_vnni", "avx512_vnni"), ["AVX512_VNNI"])


class Profile(BenchTest):
    def profile(self, *arguments):
        return self.ok("profile", "-m", TINY, "-t", "2", *arguments, **self.here)

    def test_kinds_add_up_to_the_whole(self):
        out = json.loads(self.profile("-p", "40", "-n", "5", "-d", "10", "--json"))
        self.assertEqual([p["test"] for p in out["profiles"]], ["pp40", "tg5"])
        for profile in out["profiles"]:
            rows = {row["name"]: row for row in profile["operators"]}
            self.assertTrue({"linear", "attend", "waiting"} <= set(rows))
            self.assertAlmostEqual(sum(row["time_share"] for row in rows.values()), 1, places=6)
            self.assertGreater(rows["attend"]["kv_bytes"], 0)
            self.assertGreater(rows["linear"]["compute_share"], 0)
        self.assertEqual(out["profiles"][1]["steps"], 5)

    def test_regions(self):
        self.assertIn(b"layer 1", self.profile("-p", "8", "-n", "0", "--regions"))

    def test_trace(self):
        path = self.folder / "trace.json"
        self.assertIn(b"| attend", self.profile("-p", "8", "-n", "3", "--trace", path))
        events = [e for e in json.loads(path.read_text()) if e["ph"] == "X"]
        self.assertEqual({e["cat"] for e in events}, {"pp8", "tg3"})
        self.assertTrue({e["tid"] for e in events} <= {0, 1})
        for thread in (0, 1):  # no two events of a thread at the same time
            mine = [e for e in events if e["tid"] == thread]
            for a, b in zip(mine, mine[1:]):
                self.assertLessEqual(a["ts"] + a["dur"], b["ts"] + 0.002)

    def test_wrong_use(self):
        self.refused(2, "profile", "-m", TINY, "-p", "0", "-n", "0", says="at least one token")
        self.refused(3, "profile", "-m", TINY, "--trace", "/nowhere/t.json", says="/nowhere")


if __name__ == "__main__":
    test_cli.caracal = str(Path(sys.argv.pop(1)).resolve())
    sys.exit(test_cli.main())
