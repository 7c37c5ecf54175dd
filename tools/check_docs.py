#!/usr/bin/env python3
"""Holds the pages in docs/ and the README files to the code. Prints everything that is not true any more.

- A relative link leads to a file of the repository.
- A block that opens with ```cpp and a first line `// src/some/file.cc` quotes that file: its lines stand there in this
  order, apart from white space; a line `...` leaves lines out.
- A name with `::` or `()` in backticks ends in a word that occurs in src/."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
QUOTE = re.compile(r"^```cpp\n// (src/\S+)\n(.*?)^```", re.M | re.S)
FENCE = re.compile(r"^```.*?^```", re.M | re.S)
NAME = re.compile(r"`(?:[A-Za-z_]\w*(?:::|\.|->))*([A-Za-z_]\w+)(\(\))?`")


def pages():
    found = [*(ROOT / "docs").rglob("*.md"), *(ROOT / "src").rglob("*.md"), *(ROOT / "tests").rglob("README.md")]
    return sorted(p for p in found if "node_modules" not in p.parts)


def squeezed(text):
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def passages(body):
    """The runs of lines between lines that are `...`."""
    runs = [[]]
    for line in squeezed(body):
        if line == "...":
            runs.append([])
        else:
            runs[-1].append(line)
    return [run for run in runs if run]


def wrong_links(page, text):
    for target in LINK.findall(text):
        if "://" not in target and not (page.parent / target).exists():
            yield f"link to {target}, which does not exist"


def wrong_quotes(text):
    for name, body in QUOTE.findall(text):
        if not (ROOT / name).is_file():
            yield f"quotes {name}, which does not exist"
            continue
        lines = squeezed((ROOT / name).read_text())
        at = 0
        for run in passages(body):
            at = next((i + len(run) for i in range(at, len(lines)) if lines[i:i + len(run)] == run), None)
            if at is None:
                yield f"{name} has not, at this place: {run[0]}"
                break


def wrong_names(text, words):
    for match in NAME.finditer(FENCE.sub("", text)):
        qualified = "::" in match.group(0) or match.group(2)
        if qualified and match.group(1) not in words:
            yield f"{match.group(0)} is not in src/"


def main():
    words = set()
    for file in (ROOT / "src").rglob("*"):
        if file.suffix in (".h", ".cc"):
            words.update(re.findall(r"\w+", file.read_text()))
    wrong = []
    for page in pages():
        text = page.read_text()
        for complaint in [*wrong_links(page, text), *wrong_quotes(text), *wrong_names(text, words)]:
            wrong.append(f"{page.relative_to(ROOT)}: {complaint}")
    print("\n".join(wrong) if wrong else "the pages agree with the code")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
