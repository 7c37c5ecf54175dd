"""`caracal gguf` end to end.

    python3 tests/cli/test_gguf.py build/release/bin/caracal [unittest arguments]
"""
import json
import sys
from pathlib import Path

import test_cli
from test_cli import MODELS, TEMPLATE, CliTest

TINY = MODELS / "tied-gqa2.gguf"


class Gguf(CliTest):
    def hashes(self, model):
        return self.ok_json("gguf", "hash", model, "--json")

    def value(self, model, key):
        return self.ok_json("gguf", "show", model, key, "--json")["metadata"][0]["value"]

    def changed(self, *arguments, source=TINY):
        out = self.folder / "changed.gguf"
        self.ok("gguf", arguments[0], source, *arguments[1:], "-o", out)
        return out

    def test_split_parts_run_and_merge_into_the_same_bytes(self):
        parts = self.ok("gguf", "split", TINY, "-o", self.folder / "part", "--max-tensors", "5").decode().split()
        self.assertTrue(parts[0].endswith(f"part-00001-of-{len(parts):05}.gguf"), parts)
        self.assertEqual(self.hashes(parts[0]), self.hashes(TINY))
        run = ["-p", "abc", "-n", "8", "--temp", "0", "--ignore-eos", "--json"]
        self.assertEqual(self.ok_json("run", "-m", parts[1], *run)["ids"], self.ok_json("run", "-m", TINY, *run)["ids"])
        merged = self.folder / "merged.gguf"
        self.ok("gguf", "merge", parts[0], "-o", merged)
        self.assertEqual(self.hashes(merged), self.hashes(TINY))
        copy = self.folder / "copy.gguf"  # of the whole file, by the same writer
        self.ok("gguf", "merge", TINY, "-o", copy)
        self.assertEqual(merged.read_bytes(), copy.read_bytes())
        self.refused(1, "gguf", "split", TINY, "-o", self.folder / "part", "--max-tensors", "5", says="to be free")
        self.refused(2, "gguf", "merge", parts[0], "-o", parts[1], says="--output")

    def test_parts_keep_a_size(self):
        parts = self.ok("gguf", "split", TINY, "-o", self.folder / "p", "--max-size", "20K").decode().split()
        self.assertGreater(len(parts), 2)
        self.refused(2, "gguf", "split", TINY, "-o", self.folder / "q", "--max-size", "20X", says="--max-size")

    def test_metadata_is_set_renamed_and_removed(self):
        out = self.changed("set", "general.name=string:New name", "extra.list=i32[]:[1,-2]", "extra.on=bool:true")
        self.assertEqual(self.value(out, "general.name"), "New name")
        self.assertEqual(self.value(out, "extra.list"), "[1, -2]")
        before, after = self.hashes(TINY), self.hashes(out)
        self.assertEqual(before["tensors_sha256"], after["tensors_sha256"])
        self.assertNotEqual(before["metadata_sha256"], after["metadata_sha256"])
        self.ok("gguf", "rename", out, "extra.on=extra.off", "--in-place")
        self.assertEqual(self.value(out, "extra.off"), "true")
        self.ok("gguf", "rm", out, "extra.off", "extra.list", "--in-place")
        self.refused(1, "gguf", "show", out, "extra.off", says="extra.off")

    def test_a_chat_template_comes_from_a_file(self):
        out = self.changed("template", self.write("t.jinja", TEMPLATE))
        self.assertEqual(self.value(out, "tokenizer.chat_template"), TEMPLATE)
        case = self.write("case.json", json.dumps({"messages": [{"role": "user", "content": "hi"}]}))
        self.assertEqual(self.ok("template", "-m", out, "--input", case), b"u:hi a:")
        broken = self.write("broken.jinja", "{% for x %}")
        self.refused(1, "gguf", "template", TINY, broken, "-o", self.folder / "no.gguf")

    def test_the_input_is_safe(self):
        copy = self.folder / "copy.gguf"
        copy.write_bytes(TINY.read_bytes())
        self.refused(2, "gguf", "set", copy, "a=u8:1", says="--in-place")
        self.refused(2, "gguf", "set", copy, "a=u8:1", "-o", copy, says="--output")
        self.refused(1, "gguf", "set", copy, "a=u8:256", "--in-place", says="'256'")
        self.refused(1, "gguf", "rm", copy, "absent", "--in-place", says="'absent'")
        self.assertEqual(copy.read_bytes(), TINY.read_bytes())

    def test_wrong_use(self):
        self.refused(2, "gguf", says="name an action")
        self.refused(2, "gguf", "fly", TINY, says="ACTION")
        self.refused(2, "gguf", "show", says="name a GGUF file")
        self.refused(2, "gguf", "set", TINY, "--in-place", says="ITEM")
        self.refused(2, "gguf", "set", TINY, "novalue", "--in-place", says="KEY=TYPE:VALUE")
        self.refused(2, "gguf", "hash", TINY, "more", says="takes one file")

    def test_a_split_with_a_fault_is_not_merged(self):
        split = ["gguf", "split", TINY, "--max-tensors", "5", "-o"]
        parts = [Path(p) for p in self.ok(*split, self.folder / "part").decode().split()]
        contents = [p.read_bytes() for p in parts]
        out = self.folder / "merged.gguf"
        for damage, status, says in (
                (lambda: parts[1].unlink(), 3, parts[1].name),
                (lambda: parts[1].write_bytes(contents[1][:-50]), 1, parts[1].name),
                (lambda: parts[1].write_bytes(contents[2]), 1, "split.no"),
                (lambda: parts[1].write_bytes(contents[0]), 1, "split.no"),
                (lambda: parts[1].write_bytes(TINY.read_bytes()), 1, "split.count"),
                (lambda: parts[0].rename(self.folder / "renamed.gguf"), 3, parts[0].name)):
            damage()
            self.refused(status, "gguf", "merge", parts[-1], "-o", out, says=says)
            self.assertFalse(out.exists())
            for part, content in zip(parts, contents):
                part.write_bytes(content)
        self.refused(1, "gguf", "merge", self.folder / "renamed.gguf", "-o", out, says="file name that ends in")
        self.ok("gguf", "merge", parts[-1], "-o", out)

    def test_an_output_that_is_there_is_replaced_whole_or_stays(self):
        out = self.write("out.gguf", "mine")
        self.refused(1, "gguf", "rm", TINY, "absent", "-o", out, says="'absent'")
        self.refused(1, "gguf", "set", TINY, "general.alignment=u32:7", "-o", out, says="power of two")
        self.assertEqual(out.read_text(), "mine")
        self.ok("gguf", "merge", TINY, "-o", out)
        self.assertEqual(self.hashes(out), self.hashes(TINY))
        self.refused(3, "gguf", "merge", TINY, "-o", self.folder / "no/out.gguf", says="out.gguf")
        self.refused(3, "gguf", "split", TINY, "-o", self.folder / "no/part", says="part-00001")
        self.assertEqual([p.name for p in self.folder.iterdir()], ["out.gguf"])

    def test_bad_edits_are_named(self):
        out = self.folder / "no.gguf"
        for item, says in (("=u8:1", "expected a name"), ("a=u8", "TYPE:VALUE"), ("a=u99:1", "TYPE:VALUE"),
                           ("a=array:1", "TYPE:VALUE"), ("a=u8[]:[1,", "a: "), ("a=u8[]:{}", "JSON array"),
                           ("a=string[]:[1]", "expected texts"), ("a=f32:1e39", "'1e39'"), ("a=bool:1", "true or false"),
                           ("split.count=u16:2", "split"), ("general.alignment=u32:4294967295", "power of two"),
                           ("general.alignment=u32:0", "power of two"), ("general.alignment=string:32", "type u32")):
            self.refused(1, "gguf", "set", TINY, item, "-o", out, says=says)
        self.refused(1, "gguf", "rename", TINY, "general.name=split.no", "-o", out, says="split")
        self.refused(1, "gguf", "rename", TINY, "general.name=general.architecture", "-o", out, says="to be free")
        self.refused(2, "gguf", "split", TINY, "-o", self.folder / "p", "--max-size", "99999999999T", says="--max-size")
        self.refused(2, "gguf", "split", TINY, "-o", self.folder / "p", "--max-tensors", "-1", says="--max-tensors")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_people_read_show_and_hash(self):
        self.assertIn(b"general.architecture", self.ok("gguf", "show", TINY))
        self.assertIn(b"token_embd.weight", self.ok("gguf", "hash", TINY, "--each"))


if __name__ == "__main__":
    test_cli.caracal = str(Path(sys.argv.pop(1)).resolve())
    sys.exit(test_cli.main())
