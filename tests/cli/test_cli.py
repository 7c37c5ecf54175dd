"""Every subcommand end to end, on the tiny models beside the tests.

    python3 tests/cli/test_cli.py build/release/bin/caracal [unittest arguments]
"""
import array
import ast
import json
import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import termios
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "tests/goldens/models"
TINY = str(MODELS / "tied-gqa2.gguf")
TEMPLATE = ("{% for m in messages %}{{ m.role[0] }}:{{ m.content }} {% endfor %}"
            "{% if add_generation_prompt %}a:{% endif %}")
EXACT = ["--numerics", "reference", "-ctk", "f32", "-ctv", "f32"]
caracal = ""


def environment(**more):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("LLAMA_ARG_")}
    return {**clean, "LC_ALL": "C.UTF-8", **more}


def call(*arguments, stdin=b"", **env):
    return subprocess.run([caracal, *map(str, arguments)], input=stdin, capture_output=True,
                          timeout=120, env=environment(**env))


class CliTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def ok(self, *arguments, **rest):
        result = call(*arguments, **rest)
        self.assertEqual(result.returncode, 0, result.stderr.decode())
        return result.stdout

    def ok_json(self, *arguments, **rest):
        return json.loads(self.ok(*arguments, **rest))

    def refused(self, status, *arguments, says="", **rest):
        """One line on standard error, nothing on standard output."""
        result = call(*arguments, **rest)
        message = result.stderr.decode()
        self.assertEqual((result.returncode, result.stdout), (status, b""), message)
        self.assertEqual(message.count("\n"), 1, message)
        self.assertTrue(message.startswith("caracal: "), message)
        self.assertIn(says, message)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path


class General(CliTest):
    def test_help_of_every_command_goes_to_standard_output(self):
        for command in json_commands():
            text = self.ok(command, "--help").decode()
            self.assertIn(f"Usage: caracal {command}", text)
            self.assertIn("Exit status:", text)

    def test_version(self):
        self.assertTrue(self.ok("--version").startswith(b"caracal "))
        self.assertEqual(self.ok("--version"), self.ok("run", "--version"))

    def test_wrong_use_is_status_2(self):
        self.assertEqual(call().returncode, 2)
        self.refused(2, "fly", says="no such command")
        self.refused(2, "run", "--foo", says="unknown flag '--foo'")
        self.refused(2, "run", "-m", TINY, says="--prompt")
        self.refused(2, "run", "-p", "x", says="--model")
        self.refused(2, "run", "-m", TINY, "-p", "x", "--temp", "hot", says="--temp")
        self.refused(2, "run", "-m", TINY, "-p", "x", says="LLAMA_ARG_THREADS", LLAMA_ARG_THREADS="few")

    def test_missing_and_damaged_files(self):
        self.refused(3, "run", "-m", "/nowhere.gguf", "-p", "x", says="/nowhere.gguf")
        damaged = self.folder / "damaged.gguf"
        damaged.write_bytes(Path(TINY).read_bytes()[:1000])
        self.refused(1, "run", "-m", damaged, "-p", "x", says="damaged.gguf")

    def test_output_that_cannot_be_written_is_an_error(self):
        with open("/dev/full", "wb") as full:
            result = subprocess.run([caracal, "inspect", "kernels"], stdout=full,
                                    stderr=subprocess.PIPE, env=environment())
        self.assertEqual(result.returncode, 3)

    def test_checked_in_documentation_is_what_the_binary_prints(self):
        for form, path in (("markdown", "docs/cli.md"), ("man", "docs/man/caracal.1"),
                           ("bash", "completions/caracal.bash")):
            self.assertEqual(self.ok("reference", form), (ROOT / path).read_bytes(),
                             f"run `caracal reference {form} > {path}`")


def json_commands():
    text = call("--help").stdout.decode()
    block = text.split("Commands:\n")[1].split("\n\n")[0]
    return [line.split()[0] for line in block.splitlines()]


class Run(CliTest):
    base = ["run", "-m", TINY, "-p", "abc", "-n", "12", "--temp", "0", "--ignore-eos"]

    def test_json_has_exactly_the_documented_shape(self):
        out = self.ok_json(*self.base, "--json")
        self.assertEqual(list(out), ["prompt_ids", "ids", "text", "finish_reason", "timings",
                                     "peak_rss_bytes"])
        self.assertEqual(list(out["timings"]), ["load_ms", "ttft_ms", "prefill_tokens_per_s",
                                                "decode_tokens_per_s"])
        self.assertEqual((len(out["ids"]), out["finish_reason"]), (12, "length"))
        self.assertGreater(out["peak_rss_bytes"], 1 << 20)

    def test_streamed_text_is_the_text_of_the_json(self):
        text = self.ok_json(*self.base, "--json")["text"]
        self.assertEqual(self.ok(*self.base).decode().rstrip("\n"), text.rstrip("\n"))

    def test_prompt_from_file_is_the_same_prompt(self):
        path = self.write("prompt.txt", "abc")
        arguments = [*self.base, "--json"]
        arguments[3:5] = ["-f", path]
        self.assertEqual(self.ok_json(*arguments)["prompt_ids"],
                         self.ok_json(*self.base, "--json")["prompt_ids"])

    def test_threads_chunks_and_environment_do_not_change_the_answer(self):
        ids = self.ok_json(*self.base, "--json")["ids"]
        for more in (["-t", "1"], ["-t", "3", "-b", "1"], ["--block-size", "1"], ["--no-mmap"]):
            self.assertEqual(self.ok_json(*self.base, "--json", *more)["ids"], ids, more)
        self.assertEqual(self.ok_json(*self.base, "--json", LLAMA_ARG_THREADS="1")["ids"], ids)

    def test_logprobs_come_when_asked_for(self):
        out = self.ok_json(*self.base, "--json", "--logprobs", "2")
        self.assertEqual(len(out["logprobs"]), 12)
        first = out["logprobs"][0]
        self.assertEqual(first["id"], out["ids"][0])
        self.assertEqual(len(first["top"]), 2)
        self.assertLessEqual(first["top"][1]["logprob"], first["top"][0]["logprob"])

    def test_same_seed_same_answer(self):
        sampled = [*self.base, "--json", "--temp", "1", "--seed"]
        self.assertEqual(self.ok_json(*sampled, "7")["ids"], self.ok_json(*sampled, "7")["ids"])
        self.assertNotEqual(self.ok_json(*sampled, "7")["ids"], self.ok_json(*sampled, "8")["ids"])

    def test_ignored_flags_leave_a_notice_and_nothing_else(self):
        result = call(*self.base, "--json", "-ngl", "99")
        self.assertEqual(result.stderr.decode().count("-ngl is ignored"), 1)
        self.assertEqual(json.loads(result.stdout)["finish_reason"], "length")

    def test_too_long_a_prompt_is_refused(self):
        self.refused(1, *self.base, "-c", "2", says="context")

    def test_no_tokens_are_generated_when_none_are_wanted(self):
        out = self.ok_json(*self.base, "--json", "-n", "0")
        self.assertEqual((out["ids"], out["text"], out["finish_reason"]), ([], "", "length"))

    def test_absurd_sizes_are_refused(self):
        self.refused(2, *self.base, "-c", "268435456", "-np", "65536", says="KV blocks")

    def test_interrupt_ends_the_answer_with_status_130(self):
        process = subprocess.Popen([caracal, "run", "-m", TINY, "-p", "abc", "--ignore-eos", "-c",
                                    "200000", "--log-level", "off"], stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, env=environment())
        process.stdout.read(10)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)


class Tokens(CliTest):
    def test_round_trip(self):
        text = b"abc cab\nbca"
        ids = self.ok_json("tokenize", "-m", TINY, "--no-bos", "--json", stdin=text)
        self.assertEqual(list(ids), ["ids"])
        self.assertEqual(ids, self.ok_json("tokenize", "-m", TINY, "--no-special", "--json", "-p",
                                           text.decode()))
        back = self.ok_json("detokenize", "-m", TINY, "--json", stdin=json.dumps(ids).encode())
        self.assertEqual(list(back), ["text"])

    def test_special_tokens_are_text_unless_asked(self):
        plain = self.ok_json("tokenize", "-m", TINY, "--no-bos", "--json", "-p", "<s>a")["ids"]
        parsed = self.ok_json("tokenize", "-m", TINY, "--no-bos", "--parse-special", "--json", "-p",
                              "<s>a")["ids"]
        self.assertNotIn(1, plain)
        self.assertEqual(parsed[0], 1)

    def test_ids_outside_the_vocabulary_are_refused(self):
        self.refused(1, "detokenize", "-m", TINY, "--json", stdin=b'{"ids":[100000]}')
        self.refused(1, "detokenize", "-m", TINY, "--json", stdin=b'{"ids":["a"]}', says="token id")


class Template(CliTest):
    case = {"messages": [{"role": "user", "content": "hé"}]}

    def render(self, template, case, **rest):
        return self.ok("template", "--file", self.write("t.jinja", template), "--input",
                       self.write("case.json", json.dumps(case)), **rest)

    def test_prints_the_prompt_and_nothing_else(self):
        self.assertEqual(self.render(TEMPLATE, self.case), "u:hé a:".encode())
        self.assertEqual(self.render(TEMPLATE, {**self.case, "add_generation_prompt": False}),
                         "u:hé ".encode())

    def test_special_tokens_and_time_come_from_the_case(self):
        out = self.render("{{ bos_token }}|{{ eos_token }}|{{ strftime_now('%Y-%m-%d %H:%M') }}",
                          {**self.case, "bos_token": "<b>", "now": "2026-01-02T03:04:05"})
        self.assertEqual(out, b"<b>||2026-01-02 03:04")

    def test_a_rejected_case_is_status_1_with_the_reason(self):
        path = self.write("t.jinja", "{{ raise_exception('no tools here') }}")
        case = self.write("case.json", json.dumps(self.case))
        self.refused(1, "template", "--file", path, "--input", case, says="no tools here")
        broken = self.write("broken.jinja", "{% if %}")
        self.refused(1, "template", "--file", broken, "--input", case)
        self.refused(1, "template", "-m", TINY, "--input", case, says="no chat template")


class Embed(CliTest):
    encoder = str(ROOT / "tests/goldens/encoders/bert-awkward.gguf")
    base = ["embed", "-m", encoder]

    def vectors(self, *arguments, **rest):
        return [row["embedding"] for row in self.ok_json(*self.base, "--json", *arguments, **rest)["data"]]

    def test_json_is_the_shape_of_openai(self):
        out = self.ok_json(*self.base, "-p", "The cat sat", "-p", "a dog", "--json")
        self.assertEqual(list(out), ["object", "data", "model", "usage"])
        self.assertEqual([(row["object"], row["index"]) for row in out["data"]],
                         [("embedding", 0), ("embedding", 1)])
        self.assertEqual(out["usage"], {"prompt_tokens": 5 + 4, "total_tokens": 5 + 4})
        for row in out["data"]:
            self.assertEqual(len(row["embedding"]), 36)
            self.assertAlmostEqual(sum(v * v for v in row["embedding"]), 1, places=5)

    def test_texts_come_from_flags_lines_and_standard_input(self):
        expected = self.vectors("-p", "the cat", "-p", "", "-p", "on")
        path = self.write("texts.txt", "the cat\r\n\non\n")
        self.assertEqual(self.vectors("-f", path), expected)
        self.assertEqual(self.vectors(stdin=path.read_bytes()), expected)
        lines = self.ok(*self.base, "-f", path).decode().splitlines()
        self.assertEqual([[float(v) for v in line.split()] for line in lines], expected)

    def test_pooling_none_gives_a_vector_per_token(self):
        rows = self.vectors("-p", "the cat", "--pooling", "none", "--embd-normalize", "-1")[0]
        self.assertEqual([len(row) for row in rows], [36] * 4)
        first = self.vectors("-p", "the cat", "--pooling", "cls", "--embd-normalize", "-1")[0]
        self.assertEqual(first, rows[0])

    def test_a_decoder_embeds_too(self):
        out = self.ok_json("embed", "-m", TINY, "-p", "abc", "--json")
        self.assertEqual(len(out["data"][0]["embedding"]), 48)

    def test_what_cannot_be_embedded_is_refused_before_anything_is_printed(self):
        long = self.write("long.txt", "cat\n" + "cat " * 100)
        self.refused(1, *self.base, "-f", long, says="text 1: 102 tokens")
        self.refused(2, *self.base, says="no text")
        self.refused(2, *self.base, "-p", "a", "-f", long, says="--prompt")
        self.refused(2, *self.base, "-p", "a", "-c", "1000", says="--ctx-size")
        self.refused(1, "run", "-m", self.encoder, "-p", "a", says="caracal embed")


class Logits(CliTest):
    def read_npy(self, path):
        raw = path.read_bytes()
        self.assertEqual(raw[:8], b"\x93NUMPY\x01\x00")
        end = 10 + int.from_bytes(raw[8:10], "little")
        self.assertEqual(end % 64, 0)
        header = ast.literal_eval(raw[10:end].decode())
        self.assertEqual((header["descr"], header["fortran_order"]), ("<f4", False))
        rows, columns = header["shape"]
        values = array.array("f", raw[end:])
        self.assertEqual(len(values), rows * columns)
        return [values[r * columns:(r + 1) * columns] for r in range(rows)]

    def test_rows_are_those_of_the_oracle(self):
        golden = json.loads((MODELS / "tied-gqa2.golden.json").read_text())["sequences"]
        ids = self.write("ids.json", json.dumps({"sequences": [s["ids"] for s in golden]}))
        out = self.folder / "out.npy"
        self.ok("logits", "-m", TINY, "--input", ids, "-o", out, "-b", "5", *EXACT)
        rows = self.read_npy(out)
        self.assertEqual(len(rows), sum(len(s["ids"]) for s in golden))
        first = 0
        for sequence in golden:
            for position, expected in zip(sequence["positions"], sequence["logits"]):
                found = rows[first + position]
                bound = 2e-3 * (max(expected) - min(expected))
                self.assertLessEqual(max(abs(a - b) for a, b in zip(found, expected)), bound)
            first += len(sequence["ids"])

    def test_a_refused_input_leaves_no_file(self):
        out = self.folder / "out.npy"
        for text in ('{"sequences":[[1,100000]]}', '{"sequences":[["a"]]}', "[]", "{"):
            ids = self.write("ids.json", text)
            self.refused(1, "logits", "-m", TINY, "--input", ids, "-o", out)
            self.assertEqual([p.name for p in self.folder.iterdir()], ["ids.json"])


class Inspect(CliTest):
    def test_every_view_prints_text_and_json(self):
        here = {"CARACAL_CACHE": str(self.folder)}  # what is measured of the machine stays out of the user's cache
        for view in ("model", "tensors", "plan", "memory", "machine", "kernels", "techniques"):
            self.assertGreater(len(self.ok("inspect", view, "-m", TINY, **here)), 20, view)
            self.assertTrue(self.ok_json("inspect", view, "-m", TINY, "--json", **here), view)

    def test_the_ledger_adds_up_and_follows_the_context(self):
        small = self.ok_json("inspect", "memory", "-m", TINY, "--json", "-c", "64")
        large = self.ok_json("inspect", "memory", "-m", TINY, "--json", "-c", "128")
        self.assertEqual(large["kv_bytes"], 2 * small["kv_bytes"])
        parts = ("weights_mapped_bytes", "weights_packed_bytes", "vectors_bytes", "kv_bytes",
                 "step_buffers_bytes", "scratch_bytes")
        self.assertEqual(small["total_bytes"], sum(small[p] for p in parts))

    def test_roofs_are_measured_once_per_machine_and_isa(self):
        def roofs(*flags):
            return self.ok_json("inspect", "machine", "--json", "-t", "1", *flags, CARACAL_CACHE=str(self.folder))

        first = roofs()
        self.assertEqual([r["roof"] for r in first["roofs"]], ["read_bandwidth", "fp32_fma", "bf16_dot", "int8_dot"])
        for roof in first["roofs"]:
            self.assertEqual(list(roof), ["roof", "threads", "value", "unit", "instruction"])
            self.assertGreater(roof["value"], 0)
        self.assertEqual(roofs(), first)
        self.assertEqual(len(list(self.folder.rglob("roofs-*.json"))), 1)
        scalar = roofs("--isa", "scalar")
        self.assertEqual(scalar["roofs"][3]["instruction"], "compiled loop")
        self.assertEqual(len(list(self.folder.rglob("roofs-*.json"))), 2)
        self.assertGreater(roofs("--fresh")["roofs_measured_at"], "2026")

    def test_a_cache_that_cannot_be_written_does_not_stop_the_measurement(self):
        result = call("inspect", "machine", "-t", "1", CARACAL_CACHE="/dev/null")
        self.assertEqual(result.returncode, 0)
        self.assertIn(b"not kept", result.stderr)

    def test_scalar_masks_every_kernel_with_needs(self):
        for row in self.ok_json("inspect", "kernels", "--isa", "scalar", "--json")["kernels"]:
            if row["chosen"]:
                self.assertEqual(row["needs"], "")

    def test_isa_takes_lists_and_names_what_it_knows(self):
        def features(isa):
            return self.ok_json("inspect", "kernels", "--isa", isa, "--json")["features_in_use"]

        self.assertEqual(features("avx2+avx_vnni"), features("avx_vnni"))
        self.assertNotIn("f16c", features("auto-f16c"))
        self.refused(2, "inspect", "kernels", "--isa", "avx2,avx512", says="avx512_vnni")

    def test_kernels_of_a_model_have_a_row_per_matrix(self):
        rows = self.ok_json("inspect", "kernels", "-m", TINY, "--json")["tensors"]
        self.assertIn("blk.0.attn_q.weight", [row["tensor"] for row in rows])
        for row in rows:
            self.assertEqual(row["numerics"], "exact")
            self.assertTrue(row["kernel"].startswith(row["type"]), row)
        for row in self.ok_json("inspect", "kernels", "-m", TINY, "--isa", "scalar", "--json")["tensors"]:
            self.assertEqual((row["level"], row["slow"]), ("scalar", False))

    def test_a_view_is_needed(self):
        self.refused(2, "inspect", says="view")
        self.refused(2, "inspect", "nothing", says="VIEW")


class Pull(CliTest):
    def test_the_catalogue_lists_name_and_licence(self):
        self.assertIn(b"smollm2-135m-instruct", self.ok("pull", "--list"))

    def test_unknown_names_are_refused(self):
        self.refused(1, "pull", "no-such-model", says="--list")

    def test_an_unreachable_source_names_the_way_out(self):
        result = call("pull", "smollm2-135m-instruct", "--no-pip", "--index-url",
                      "http://127.0.0.1:9/simple", "--cache-dir", self.folder)
        self.assertEqual((result.returncode, result.stdout), (3, b""), result.stderr)
        self.assertIn(b"Apache-2.0", result.stderr)
        self.assertIn(b"-m FILE", result.stderr)


class Chat(CliTest):
    def arguments(self, *more):
        template = self.write("t.jinja", TEMPLATE)
        return ["chat", "-m", TINY, "--chat-template-file", template, "--temp", "0",
                "--ignore-eos", *more]

    def test_a_single_turn_answers_and_leaves(self):
        result = call(*self.arguments("-p", "abc", "-n", "8", "--single-turn", "--timings"))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue(result.stdout)
        for line in (b"time to first token", b"prefill", b"decode", b"peak memory"):
            self.assertIn(line, result.stderr)

    def test_later_turns_take_over_the_kv_of_earlier_ones(self):
        result = call(*self.arguments("-n", "8", "--timings"), stdin=b"abc\nabc\n")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(b"more were in the KV cache", result.stderr)

    def test_the_oldest_turns_go_when_the_context_is_full(self):
        result = call(*self.arguments("-n", "8", "-c", "64", "-sys", "abc"), stdin=b"abc abc\n" * 8)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(b"left the conversation", result.stderr)

    def test_commands(self):
        result = call(*self.arguments("-n", "4"), stdin=b"/help\n/clear\n/exit\nabc\n")
        self.assertEqual((result.returncode, result.stdout), (0, b""))
        self.assertIn(b"/clear", result.stderr)

    def test_a_model_without_a_template_is_refused(self):
        self.refused(2, "chat", "-m", TINY, "-p", "x", says="--chat-template-file")

    def test_an_error_of_the_template_is_reported(self):
        path = self.write("bad.jinja", "{{ raise_exception('only even days') }}")
        self.refused(1, "chat", "-m", TINY, "--chat-template-file", path, "-p", "x",
                     says="only even days")


class ChatOnATerminal(CliTest):
    """Through a pseudo-terminal: line editing and Ctrl-C."""

    def setUp(self):
        super().setUp()
        template = self.write("t.jinja", TEMPLATE)
        command = [caracal, "chat", "-m", TINY, "--chat-template-file", template, "--ignore-eos",
                   "-c", "200000", "--log-level", "off"]
        try:
            self.pid, self.terminal = pty.fork()
        except OSError as error:
            self.skipTest(f"needs a pseudo-terminal: {error}")
        if self.pid == 0:
            os.execve(caracal, list(map(str, command)), environment(TERM="xterm"))
        self.seen = b""
        self.addCleanup(self.finish)

    def finish(self):
        os.close(self.terminal)
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)

    def expect(self, text, seconds=60):
        deadline = time.monotonic() + seconds
        while text not in self.seen:
            self.assertLess(time.monotonic(), deadline, (text, self.seen[-2000:]))
            if select.select([self.terminal], [], [], 0.2)[0]:
                self.seen += os.read(self.terminal, 1 << 16)
        self.seen = self.seen.split(text, 1)[1]

    def expect_prompt(self):
        """Keys typed before line editing has taken the terminal over would mean something else."""
        self.expect(b"> ")
        deadline = time.monotonic() + 60
        while termios.tcgetattr(self.terminal)[3] & termios.ICANON:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def type(self, text):
        os.write(self.terminal, text)

    def status(self):
        """After the program has left; at once, or the test fails."""
        try:
            while select.select([self.terminal], [], [], 60)[0]:
                os.read(self.terminal, 1 << 16)
            self.fail("the program does not end")
        except OSError:  # the other side is closed
            pass
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        self.pid = 0
        return status

    def test_ctrl_c_stops_the_answer_and_not_the_program(self):
        self.expect_prompt()
        self.type(b"abc\r")
        self.expect(b"abc")
        time.sleep(0.5)
        self.type(b"\x03")
        self.expect(b"[stopped]")
        self.expect_prompt()
        self.type(b"/exit\r")
        self.assertEqual(self.status(), 0)

    def test_ctrl_c_twice_at_the_prompt_leaves(self):
        self.expect_prompt()
        self.type(b"half a line\x03")
        self.expect(b"Ctrl-C again leaves")
        self.expect_prompt()
        self.type(b"\x03")
        self.assertEqual(self.status(), 130)

    def test_ctrl_d_leaves(self):
        self.expect_prompt()
        self.type(b"\x04")
        self.assertEqual(self.status(), 0)

    def test_lines_can_be_edited_and_come_back(self):
        self.expect_prompt()
        self.type(b"/heXp\x1b[D\x1b[D\x04l\r")  # left, left, delete X, insert l
        self.expect(b"forget the conversation")
        self.expect_prompt()
        self.type(b"\x1b[A\r")  # the line before
        self.expect(b"forget the conversation")


class TrainedModel(CliTest):
    """On the trained model of the shared test data."""

    def setUp(self):
        super().setUp()
        data = Path(os.environ.get("CARACAL_TEST_DATA", ROOT / "../shared/data"))
        self.model = data / "models/stories260K.gguf"
        self.golden = data / "models/stories260K.golden.json"
        if not self.model.exists():
            self.skipTest("needs the shared test data: set CARACAL_TEST_DATA to its folder")

    def test_run_gives_the_golden_ids(self):
        for case in json.loads(self.golden.read_text())["rows"]:
            out = self.ok_json("run", "-m", self.model, "-p", case["prompt"], "-n", "64", "--temp",
                               "0", "--json", "--no-escape", *EXACT)
            self.assertEqual(out["prompt_ids"], case["prompt_ids"])
            self.assertEqual(out["ids"], case["greedy_ids"])
            self.assertEqual(out["text"], case["greedy_text"])


def main():
    """Status 77, which ctest counts as skipped, when nothing ran."""
    result = unittest.main(exit=False).result
    ran = result.testsRun - len(result.skipped)
    return 1 if not result.wasSuccessful() else 0 if ran else 77


if __name__ == "__main__":
    caracal = str(Path(sys.argv.pop(1)).resolve())
    sys.exit(main())
