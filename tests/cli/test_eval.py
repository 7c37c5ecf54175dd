"""`caracal eval` end to end, on the tiny models beside the tests.

    python3 tests/cli/test_eval.py build/release/bin/caracal [unittest arguments]
"""
import json
import math
import sys
from pathlib import Path

import test_cli
from test_cli import MODELS, ROOT, CliTest

F32, Q4_0 = MODELS / "tied-gqa2.gguf", MODELS / "formats-q4_0.gguf"
Q8_0, OTHER_VOCABULARY = MODELS / "formats-q8_0.gguf", F32
LETTERS = "a cab bad dab ace bead cafe deed face fade " * 40


class EvalTest(CliTest):
    def setUp(self):
        super().setUp()
        self.text = self.write("text.txt", LETTERS)
        self.windows = ["--file", self.text, "--ctx", "32", "--windows", "3", "--json"]

    def logits(self, model=Q4_0):
        path = self.folder / "base.logits"
        self.ok("eval", "ppl", "-m", model, *self.windows, "--save-logits", path)
        return path


class EvalPpl(EvalTest):
    def test_json_is_perplexity_over_the_scored_tokens(self):
        out = self.ok_json("eval", "ppl", "-m", F32, *self.windows)
        self.assertEqual(list(out), ["ppl", "ppl_stderr", "nll_sum", "tokens", "windows", "ctx"])
        self.assertEqual((out["tokens"], out["windows"], out["ctx"]), (3 * 15, 3, 32))
        self.assertAlmostEqual(math.log(out["ppl"]), out["nll_sum"] / out["tokens"], places=9)

    def test_it_is_the_figure_of_the_logits_command(self):
        ids = self.ok_json("tokenize", "-m", F32, "-f", self.text, "--json")["ids"]
        out = self.folder / "out.npy"
        windows = [[ids[0]] + ids[32 * i + 1:32 * i + 32] for i in range(3)]  # BOS in front of each
        self.ok("logits", "-m", F32, "--input", self.write("ids.json", json.dumps({"sequences": windows})),
                "-o", out)
        rows = npy_rows(out)
        nll = 0
        for w, window in enumerate(windows):
            for position in range(16, 31):
                row = rows[32 * w + position]
                top = max(row)
                nll += top + math.log(sum(math.exp(v - top) for v in row)) - row[window[position + 1]]
        self.assertAlmostEqual(self.ok_json("eval", "ppl", "-m", F32, *self.windows)["nll_sum"], nll, places=6)

    def test_threads_and_chunks_do_not_change_a_digit(self):
        expected = self.ok("eval", "ppl", "-m", F32, *self.windows)
        for more in (["-t", "1"], ["-t", "3"], ["-b", "7"]):
            self.assertEqual(self.ok("eval", "ppl", "-m", F32, *self.windows, *more), expected, more)

    def test_a_directory_gives_the_figure_of_its_gguf_file(self):
        expected = self.ok("eval", "ppl", "-m", MODELS / "qwen2.gguf", *self.windows)
        self.assertEqual(self.ok("eval", "ppl", "-m", ROOT / "tests/goldens/hf/qwen2", *self.windows), expected)

    def test_flags_of_llama_cpp_mean_the_same(self):
        out = self.ok_json("eval", "ppl", "-m", F32, "-f", self.text, "-c", "32", "--chunks", "3", "--json")
        self.assertEqual(out, self.ok_json("eval", "ppl", "-m", F32, *self.windows))

    def test_people_get_a_table_and_standard_input_is_a_text(self):
        out = self.ok("eval", "ppl", "-m", F32, "--file", "-", "--ctx", "32", stdin=LETTERS.encode()).decode()
        self.assertRegex(out, r"ppl +\d")

    def test_wrong_use(self):
        self.refused(2, "eval", says="name a task")
        self.refused(2, "eval", "fly", says="TASK")
        self.refused(2, "eval", "ppl", "-m", F32, says="--file")
        self.refused(1, "eval", "ppl", "-m", F32, "--file", self.text, "--ctx", "100000", says="one window of 100000")
        self.refused(1, "eval", "ppl", "-m", F32, "--file", self.text, "--ctx", "3", says="at least 4 tokens")
        self.refused(1, "eval", "ppl", "-m", ROOT / "tests/goldens/encoders/bert-awkward.gguf", "--file", self.text,
                     "--ctx", "16", says="caracal embed")
        self.refused(3, "eval", "ppl", "-m", F32, "--file", self.folder / "none.txt", says="none.txt")
        self.refused(3, "eval", "ppl", "-m", F32, *self.windows, "--save-logits", self.folder / "no/a.logits",
                     says="a.logits")


class EvalKl(EvalTest):
    def test_a_model_is_no_distance_from_itself(self):
        out = self.ok_json("eval", "kl", "-m", F32, "--base-model", F32, *self.windows)
        self.assertEqual((out["max_kl"], out["top1_agreement"], out["ppl_ratio"]), (0, 1, 1))
        self.assertEqual(out["tokens"], 45)

    def test_saved_logits_stand_for_the_model_that_gave_them(self):
        live = self.ok_json("eval", "kl", "-m", Q8_0, "--base-model", Q4_0, *self.windows)
        saved = self.ok_json("eval", "kl", "-m", Q8_0, "--base-logits", self.logits(), "--json")
        self.assertGreater(live["mean_kl"], 0)
        for key, value in live.items():
            self.assertAlmostEqual(saved[key], value, delta=1e-4 * abs(value) + 1e-6, msg=key)

    def test_logits_are_saved_without_a_base_and_with_one(self):
        expected = self.logits().read_bytes()
        path = self.folder / "other.logits"
        self.ok("eval", "kl", "-m", Q4_0, *self.windows, "--save-logits", path)
        self.assertEqual(path.read_bytes(), expected)
        self.ok("eval", "kl", "-m", Q8_0, "--base-model", Q4_0, *self.windows, "--save-logits", path)
        self.assertEqual(path.read_bytes(), expected)

    def test_bases_that_do_not_fit_are_refused(self):
        self.refused(2, "eval", "kl", "-m", F32, *self.windows, says="--base-model")
        self.refused(1, "eval", "kl", "-m", OTHER_VOCABULARY, "--base-model", Q4_0, *self.windows, says="vocabulary")
        base = self.logits()
        other = self.write("other.txt", LETTERS.upper())
        self.refused(1, "eval", "kl", "-m", Q4_0, "--base-logits", base, "--file", other, says="--file")
        self.refused(2, "eval", "kl", "-m", Q4_0, "--base-logits", base, "--ctx", "16", says="--ctx")
        whole = base.read_bytes()
        for damaged, says in ((b"", "begins with"), (whole[:10], "begins with"), (whole[:-100], "was the file cut?"),
                              (whole + b"0", "was the file cut?"), (whole[:-1] + b"x", "checksum"),
                              (whole[:8] + b"\xff" * 12 + whole[20:], "tokens per window"),
                              (whole[:16] + b"\xff\xff\xff\x7f" + whole[20:], "was the file cut?")):
            base.write_bytes(damaged)
            self.refused(1, "eval", "kl", "-m", Q4_0, "--base-logits", base, says=says)

    def test_no_file_is_left_when_scoring_fails(self):
        path = self.folder / "none.logits"
        self.refused(1, "eval", "kl", "-m", OTHER_VOCABULARY, "--base-model", Q4_0, *self.windows,
                     "--save-logits", path, says="vocabulary")
        self.assertEqual([p.name for p in self.folder.iterdir()], ["text.txt"])


class EvalChoice(EvalTest):
    def test_json_has_accuracies_with_their_intervals(self):
        lines = [{"context": "a cab", "choices": ["bad", "ace"], "label": i % 2} for i in range(6)]
        path = self.write("q.jsonl", "\n".join(map(json.dumps, lines)))
        out = self.ok_json("eval", "choice", "-m", F32, "--file", path, "--json")
        self.assertEqual(list(out), ["acc", "acc_stderr", "acc_ci95", "acc_norm", "acc_norm_stderr", "acc_norm_ci95",
                                     "questions"])
        # The same question with either label: half of the answers are right.
        self.assertEqual((out["acc"], out["questions"]), (0.5, 6))
        self.assertLess(out["acc_ci95"][0], 0.5)
        self.assertGreater(out["acc_ci95"][1], 0.5)

    def test_a_bad_line_is_named(self):
        path = self.write("q.jsonl", '{"context":"a","choices":["b","c"],"label":0}\n{"context":"a"}')
        self.refused(1, "eval", "choice", "-m", F32, "--file", path, says="q.jsonl:2: ")
        self.refused(1, "eval", "choice", "-m", F32, "--file", self.write("none.jsonl", "\n"), says="found none")
        self.refused(2, "eval", "choice", "-m", F32, says="--file")


class EvalNeedle(EvalTest):
    def test_a_grid_as_json_table_and_picture(self):
        picture = self.folder / "n.svg"
        grid = ["eval", "needle", "-m", F32, "--lengths", "400,500", "--depths", "0,50,100", "--trials", "1"]
        out = self.ok_json(*grid, "--svg", picture, "--json")
        self.assertEqual([(c["length"], c["depth"]) for c in out["cells"]],
                         [(l, d) for l in (400, 500) for d in (0, 50, 100)])
        self.assertIn("<svg", picture.read_text())
        self.assertEqual(len(self.ok(*grid).decode().splitlines()), 3 + 1 + 1 + 3)

    def test_a_length_without_room_is_refused(self):
        self.refused(1, "eval", "needle", "-m", F32, "--lengths", "20", says="--lengths")
        self.refused(2, "eval", "needle", "-m", F32, "--depths", "101", says="--depths")


def npy_rows(path):
    import ast
    import array
    data = Path(path).read_bytes()
    length = int.from_bytes(data[8:10], "little")
    shape = ast.literal_eval(data[10:10 + length].decode())["shape"]
    values = array.array("f", data[10 + length:])
    return [values[i * shape[1]:(i + 1) * shape[1]] for i in range(shape[0])]


if __name__ == "__main__":
    test_cli.caracal = str(Path(sys.argv.pop(1)).resolve())
    sys.exit(test_cli.main())
