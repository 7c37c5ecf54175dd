#!/usr/bin/env python3
"""Writes docs/techniques.md from `caracal inspect techniques --json` and docs/results/*.json.

    tools/gen_techniques.py [--caracal BINARY]           write the page
    tools/gen_techniques.py [--caracal BINARY] --check   exit 1 when the page is stale

docs/results/README.md describes the result files; one that does not fit is an error."""
import argparse
import datetime
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "techniques.md"
RESULTS = ROOT / "docs" / "results"

SPEED_KEYS = ("prefill_tokens_per_s", "decode_tokens_per_s", "bytes")
QUALITY_KEYS = ("mean_kl", "top1")
TEXT_KEYS = ("id", "date", "cpu", "command", "numerics", "verdict")

HEADER = """# Techniques

<!-- Written by tools/gen_techniques.py; do not edit by hand. -->

Every acceleration technique that this version has, from the tables of the seams (`caracal inspect techniques`). *Guarantee*: `lossless`
gives the same tokens and logits bit for bit as without it; `exact distribution` draws from the same distribution; `approximate` differs
within the bound named, and a test holds it to that. *Verdict* is what was measured ([results](results/README.md)), or "not measured".

"""


def read_techniques(binary):
    out = subprocess.run([binary, "inspect", "techniques", "--json"], capture_output=True, text=True)
    if out.returncode != 0:
        sys.exit(f"{binary} inspect techniques --json failed: {out.stderr.strip()}")
    return json.loads(out.stdout)["techniques"]


def check_numbers(where, group, keys, extra=()):
    if not isinstance(group, dict) or set(group) != set(keys) | set(extra):
        sys.exit(f"{where}: expected the keys {', '.join([*extra, *keys])}")
    for key in keys:
        value = group[key]
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if value is not None and not (number and 0 <= value < float("inf")):
            sys.exit(f"{where}: {key}: expected a number that is not negative, or null, found {value!r}")


def check_result(path, result, known_ids):
    where = path.relative_to(ROOT)
    expected = {*TEXT_KEYS, "baseline", "technique", "quality"}
    if not isinstance(result, dict) or set(result) != expected:
        sys.exit(f"{where}: expected the keys {', '.join(sorted(expected))}")
    for key in TEXT_KEYS:
        if not isinstance(result[key], str) or not result[key].strip() or "\n" in result[key]:
            sys.exit(f"{where}: {key}: expected one line of text, found {result[key]!r}")
    if result["id"] != path.stem or result["id"] not in known_ids:
        sys.exit(f"{where}: id: expected the file's name, and a technique of the register, found {result['id']!r}")
    try:
        datetime.date.fromisoformat(result["date"])
    except ValueError:
        sys.exit(f"{where}: date: expected YYYY-MM-DD, found {result['date']!r}")
    for side in ("baseline", "technique"):
        check_numbers(f"{where}: {side}", result[side], SPEED_KEYS, extra=("what",))
        if not isinstance(result[side]["what"], str):
            sys.exit(f"{where}: {side}: what: expected text")
    check_numbers(f"{where}: quality", result["quality"], QUALITY_KEYS)


def read_results(known_ids):
    results = {}
    for path in sorted(RESULTS.glob("*.json")):
        try:
            result = json.loads(path.read_text())
        except ValueError as error:
            sys.exit(f"{path.relative_to(ROOT)}: not JSON: {error}")
        check_result(path, result, known_ids)
        results[path.stem] = result
    return results


def cell(text):
    return " ".join(str(text).split()).replace("|", "\\|")


def code(text):
    return f"`{cell(text)}`" if text else ""


def table(columns, rows):
    lines = ["| " + " | ".join(columns) + " |", "| " + " | ".join("---" for _ in columns) + " |"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def register_row(technique, result):
    guarantee = technique["guarantee"] + (f": {technique['bound']}" if technique["bound"] else "")
    verdict = "not measured"
    if result:
        verdict = f"{cell(result['verdict'])} ([data](results/{technique['id']}.json))"
    return [f"{cell(technique['name'])} (`{technique['id']}`)", cell(technique["paper"]), code(technique["seam"]),
            cell(technique["flag"]), cell(guarantee), cell(technique["state"]), verdict]


def change(result, key):
    """"12.5 → 20.1", or empty where neither side was measured."""
    pair = [result[side][key] for side in ("baseline", "technique")]
    if pair == [None, None]:
        return ""
    return " → ".join("?" if value is None else f"{value:.4g}" if key != "bytes" else f"{value:,}" for value in pair)


def measurement_row(result):
    quality = [f"{name} {result['quality'][key]:.4g}" for key, name in (("mean_kl", "KL"), ("top1", "top-1"))
               if result["quality"][key] is not None]
    return [code(result["id"]), f"{cell(result['baseline']['what'])} → {cell(result['technique']['what'])}",
            *(change(result, key) for key in SPEED_KEYS), ", ".join(quality), cell(result["numerics"]),
            f"{cell(result['cpu'])}, {result['date']}", code(result["command"])]


def render(techniques, results):
    page = HEADER + table(["technique", "paper", "seam", "flag", "guarantee", "state", "verdict"],
                          [register_row(t, results.get(t["id"])) for t in techniques])
    if results:
        page += "\n## Measurements\n\n" + table(
            ["technique", "compared", "prefill tok/s", "decode tok/s", "bytes", "quality", "numerics", "machine", "command"],
            [measurement_row(results[t["id"]]) for t in techniques if t["id"] in results])
    return page


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--caracal", default=ROOT / "build/release/bin/caracal", help="the binary to ask")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the page is stale")
    options = parser.parse_args()
    if not pathlib.Path(options.caracal).is_file():
        sys.exit(f"{options.caracal}: no such binary; build it, or name one with --caracal")
    techniques = read_techniques(options.caracal)
    page = render(techniques, read_results({t["id"] for t in techniques}))
    current = PAGE.read_text() if PAGE.exists() else ""
    if not options.check:
        PAGE.write_text(page)
    elif page != current:
        sys.exit("docs/techniques.md is stale: run tools/gen_techniques.py")


if __name__ == "__main__":
    main()
