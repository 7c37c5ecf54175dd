"""`caracal bench` and `caracal profile`.

    python3 tests/cli/test_bench.py build/release/bin/caracal [unittest arguments]
"""
import json
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import test_cli
from test_cli import TINY, CliTest

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
