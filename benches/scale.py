"""Times the commands that grow with a dataset's rows: plan, audit, score, report, merge; each beside its target.

In: the release binary (VNIAH). Out: a Markdown table of wall time, CPU time and peak memory; exit code 1 if a target is missed.
Rows are those of a small dataset of drawn scenes, again and again under other ids, so that no video is made for them; answers are
random letters.

    python3 benches/scale.py [--only score,audit] [--share 0.1] [--work DIR]

`--share` makes all of it smaller, and the targets of time with it. Targets hold for wall time, so the machine has to be quiet, and for
memory.
"""

import argparse
import hashlib
import json
import random
import re
import shutil
import sys
import tempfile
from pathlib import Path

from engine import VNIAH, run

SCENES = ["harbour", "city", "meadow", "night"]
TYPES = ["ret_edit1", "ret_insert1", "ret_insert2", "ord_edit1", "ord_insert1", "ord_insert2", "cnt_edit1", "cnt_edit2",
         "cnt_insert1"]
# What is measured: how much of it, and at most how many seconds and megabytes.
TARGETS = {
    "plan": (1_000_000, 15, 200),
    "score": (1_000_000, 10, 1500),
    "audit, few": (1_350, 20, None),
    "audit": (100_000, 300, None),
    "report": (100_000, 10, None),
}
TRIES = 4
# Videos of the smaller of two merges; the larger has twice as many, and may take this much more time.
MERGED = 450
MERGE_GROWTH = 2.4


def catalogue(path, count):
    """So many drawn haystacks."""
    path.write_text("".join(
        f'[[haystack]]\nid = "s{number:05}"\nlicence = "CC0-1.0"\ncredit = "vniah"\nscene = {{ name = "{SCENES[number % 4]}", '
        f'seed = {number}, width = 160, height = 96, fps = 10, seconds = {12 + number % 5} }}\n' for number in range(count)))


def spec(path, haystacks, samples, more=""):
    """A spec of all nine types, with so many samples each."""
    catalogue(path.with_suffix(".haystacks.toml"), haystacks)
    tasks = "".join(f'[[tasks]]\ntype = "{kind}"\nsamples = {samples}\n' for kind in TYPES)
    path.write_text(f'seed = 1\n[haystacks]\ncatalogue = "{path.with_suffix(".haystacks.toml").name}"\n[video]\naudio = false\n{more}{tasks}')


def enlarged(work, rows, count, name):
    """The small dataset with `count` rows: its own, again and again, each time as other samples of other videos."""
    out = work / name
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    digest, written = hashlib.sha256(), 0
    parts = [re.split(r"(?<=-s\d{5}-)0(?=[_.\"])", row) for row in rows]
    with open(out / "metadata.jsonl", "w") as file:
        while written < count:
            turn = str(written // len(rows))
            lines = [turn.join(part) + "\n" for part in parts[:count - written]]
            text = "".join(lines)
            digest.update(text.encode())
            file.write(text)
            written += len(lines)
    manifest = json.loads((work / "small/manifest.json").read_text())
    for output in manifest["outputs"]:
        if output["name"] == "metadata.jsonl":
            output |= {"sha256": digest.hexdigest(), "bytes": (out / "metadata.jsonl").stat().st_size}
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    shutil.copytree(work / "small/spec", out / "spec")
    return out


def answer(out, seed=1):
    """A random letter to every row."""
    draw = random.Random(seed)
    with open(out / "metadata.jsonl") as rows, open(out.with_suffix(".answers.jsonl"), "w") as answers:
        for row in rows:
            name = row[len('{"id":"'):row.index('"', len('{"id":"'))]
            answers.write(f'{{"id":"{name}","response":"{draw.choice("ABCD")}"}}\n')
    return out.with_suffix(".answers.jsonl")


def merged(work, videos):
    """What merging two shards of so many videos takes."""
    name = f"merge{videos}"
    spec(work / f"{name}.toml", 10, videos // len(TYPES))
    for shard in range(2):
        run([VNIAH, "generate", f"{name}.toml", "-o", f"{name}-{shard}", "--shard", f"{shard}/2", "--store", "recipe", "--cache",
             "cache"], work)
    return run([VNIAH, "merge", "-o", name, f"{name}-0", f"{name}-1"], work)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(["plan", "score", "audit", "report", "merge"]))
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--work", type=Path)
    options = parser.parse_args()
    work = (options.work or Path(tempfile.mkdtemp(prefix="vniah-scale-"))).resolve()
    work.mkdir(parents=True, exist_ok=True)
    only = options.only.split(",")
    missed = []

    def told(what, count, used, most_wall=None, most_memory=None):
        wall, cpu, peak = used
        most_wall = most_wall and most_wall * options.share
        limits = [f"{most_wall:g} s" if most_wall else "", f"{most_memory} MB" if most_memory else ""]
        is_met = (not most_wall or wall <= most_wall) and (not most_memory or peak / 1024 <= most_memory)
        if not is_met:
            missed.append(what)
        print(f"| {what} | {count:,} | {wall:.1f} | {cpu:.1f} | {peak / 1024:.0f} | {', '.join(filter(None, limits))} | "
              f"{'met' if is_met else 'missed'} |", flush=True)

    print("| command | of | wall s | CPU s | peak MB | target | |\n|---|---|---|---|---|---|---|", flush=True)
    if "plan" in only:
        count, wall, memory = TARGETS["plan"]
        samples = round(count * options.share)
        spec(work / "plan.toml", round(10_000 * options.share), -(-samples // len(TYPES)))
        run([VNIAH, "haystacks", "list", "plan.toml", "--cache", "cache"], work)
        told("plan, 10,000 haystacks", samples,
             run([VNIAH, "plan", "plan.toml", "-o", "plan.jsonl", "--cache", "cache"], work), wall, memory)
        (work / "plan.jsonl").unlink()
    if {"score", "audit", "report"} & set(only):
        spec(work / "small.toml", 8, 8)
        run([VNIAH, "generate", "small.toml", "-o", "small", "--cache", "cache"], work)
        rows = (work / "small/metadata.jsonl").read_text().splitlines()
    for what in ["audit, few", "audit"]:
        if "audit" in only:
            count, wall, memory = TARGETS[what]
            samples = round(count * options.share)
            out = enlarged(work, rows, TRIES * samples, "audited")
            # Questions that come again and again are no good ones, which the audit says (5).
            told("audit", samples, run([VNIAH, "audit", out], work, fine=(0, 5)), wall, memory)
    for what in ["score", "report"]:
        if what in only:
            count, wall, memory = TARGETS[what]
            count = round(count * options.share)
            out = enlarged(work, rows, count, "scored")
            answers = answer(out)
            used = run([VNIAH, "score", out, answers, "-o", "scores.json"], work)
            if what == "report":
                used = run([VNIAH, "report", out, "scores.json", "-o", "report.html"], work)
            told(what, count, used, wall, memory)
    if "merge" in only:
        few = round(MERGED * options.share)
        used = [merged(work, few), merged(work, 2 * few)]
        told("merge", few, used[0])
        told("merge", 2 * few, used[1], used[0][0] * MERGE_GROWTH / options.share)
    if not options.work:
        shutil.rmtree(work)
    sys.exit(f"missed: {', '.join(missed)}" if missed else 0)


if __name__ == "__main__":
    main()
