"""`caracal synth` end to end.

    python3 tests/cli/test_synth.py build/release/bin/caracal [unittest arguments]
"""
import hashlib
import sys
from pathlib import Path

import test_cli
from test_cli import CliTest

SMALL = ["--layers", "2", "--d-model", "256", "--d-ff", "512", "--heads", "8", "--kv-heads", "2", "--vocab", "600"]
TYPES = ["f32", "f16", "bf16", "q8_0", "q4_0", "q4_1", "q5_0", "q5_1", "q2_k", "q3_k", "q4_k", "q5_k", "q6_k",
         "iq4_nl", "iq4_xs", "mxfp4", "tq1_0", "tq2_0"]


class Synth(CliTest):
    def synth(self, *options):
        path = self.folder / "model.gguf"
        self.ok("synth", *options, "-o", path)
        return path

    def digest(self, *options):
        return hashlib.sha256(self.synth(*options).read_bytes()).hexdigest()

    def test_every_type_runs(self):
        for kind in TYPES:
            model = self.synth(*SMALL, "--type", kind)
            out = self.ok_json("run", "-m", model, "-p", "the rest", "-n", "8", "--temp", "0", "--ignore-eos", "--json")
            self.assertEqual((len(out["ids"]), out["finish_reason"]), (8, "length"), kind)

    def test_seed_and_nothing_else_decides_the_bytes(self):
        first = self.digest(*SMALL, "--type", "q4_k_m", "--seed", "7", "-t", "1")
        self.assertEqual(self.digest(*SMALL, "--type", "q4_k_m", "--seed", "7", "-t", "3"), first)
        self.assertNotEqual(self.digest(*SMALL, "--type", "q4_k_m", "--seed", "8"), first)

    def test_shapes_are_what_they_are_called(self):
        model = self.synth("smollm2-135m", "--type", "q4_0", "--layers", "1")
        facts = self.ok_json("inspect", "tensors", "-m", model, "--json")["tensors"]
        types = {row["name"]: row["type"] for row in facts}
        self.assertEqual(types["blk.0.ffn_down.weight"], "Q4_0")
        self.assertEqual(types["token_embd.weight"], "Q8_0")  # tied, and 256 does not divide 576
        self.assertEqual(len(types), 11)

    def test_every_shape_that_help_names_is_one(self):
        shapes = {"llama-1b": (2048, 32, 8), "qwen-0.5b": (896, 14, 2), "llama-7b": (4096, 32, 32),
                  "smollm2-135m": (576, 9, 3)}
        said = self.ok("synth", "--help").decode()
        for name, dimensions in shapes.items():
            self.assertIn(name, said)
            facts = self.ok_json("inspect", "model", "-m", self.synth(name, "--layers", "1"), "--json")
            self.assertEqual((facts["d_model"], facts["n_heads"], facts["n_kv_heads"]), dimensions, name)

    def test_wrong_use(self):
        out = self.folder / "no.gguf"
        self.refused(2, "synth", "llama-1b", says="--output")
        self.refused(2, "synth", "llama-3t", "-o", out, says="SHAPE")
        self.refused(2, "synth", "llama-1b", "--type", "q9", "-o", out, says="--type")
        self.refused(2, "synth", "-o", out, says="--layers")
        self.refused(2, "synth", *SMALL, "--kv-heads", "3", "-o", out, says="--kv-heads")
        self.refused(2, "synth", *SMALL, "--tied", "--untied", "-o", out, says="--tied")
        self.refused(3, "synth", *SMALL, "-o", self.folder / "no/no.gguf", says="no.gguf")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_dimensions_that_cannot_be_are_named(self):
        out = self.folder / "no.gguf"
        for flag, value in (("--layers", 5000), ("--layers", -1), ("--layers", 1 << 40), ("--d-model", 1 << 21),
                            ("--d-ff", "x"), ("--heads", 65537), ("--head-dim", 33), ("--vocab", 100),
                            ("--vocab", 1 << 20), ("--rope-theta", 0.5), ("--rope-theta", "inf")):
            self.refused(2, "synth", *SMALL, flag, value, "-o", out, says=flag)
        self.refused(2, "synth", *SMALL, "--head-dim", 4096, "--heads", 1024, "-o", out, says="--heads times --head-dim")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_model_that_no_disk_holds_is_refused_before_it_is_begun(self):
        huge = ["--layers", 4096, "--d-model", 1 << 20, "--d-ff", 1 << 20, "--heads", 1024, "--head-dim", 1024]
        self.refused(3, "synth", *huge, "--type", "f32", "-o", self.folder / "no.gguf", says="free space")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_widths_that_no_block_divides_are_f16(self):
        model = self.synth("--layers", 1, "--d-model", 50, "--d-ff", 70, "--heads", 5, "--type", "q4_k_m")
        rows = self.ok_json("inspect", "tensors", "-m", model, "--json")["tensors"]
        self.assertEqual({row["type"] for row in rows}, {"F16", "F32"})
        self.ok("run", "-m", model, "-p", "the rest", "-n", "4", "--ignore-eos")


if __name__ == "__main__":
    test_cli.caracal = str(Path(sys.argv.pop(1)).resolve())
    sys.exit(test_cli.main())
