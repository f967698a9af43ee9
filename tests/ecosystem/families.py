#!/usr/bin/env python3
"""Families of choices, sets, lists and points through lmms-eval's own `--model dummy`, to the figures that vniah scores.

    python3 tests/ecosystem/families.py target/release/vniah

In: the vniah binary; lmms-eval is installed. Out: exit code 0 if every figure agrees. One tiny dataset a family is made and
exported. The dummy replies to all rows what is right for one of them, so its figures are neither 0 nor 1 but where a letter has
to be right in every try. They are worked out here a second time, from the rows.
"""

import json
import math
import pathlib
import subprocess
import sys
import tempfile

import on_path
from grounding import LONG, run_dummy

SPEC = """\
seed = 4
[haystacks]
catalogue = "haystacks.toml"
[needles]
duration = "6 frames"
gap = "4 frames"
[[tasks]]
type = "{type}"
form = "{form}"
samples = 8
"""
FAMILIES = {
    "key_edit1": ("choice", "choice"),
    "key_edit2": ("open", "set"),
    "key_edit3": ("open", "list"),
    "trk_edit1": ("open", "label"),
    "spa_patch1": ("open", "point"),
}


def region(answer):
    """The part of the picture that `x 0.333334 - 0.666667, y 0 - 0.333334` names."""
    sides = (side.split(" ", 1)[1].split(" - ") for side in answer.split(", "))
    return [(float(low), float(high)) for low, high in sides]


def reply_of(row):
    """What is right for a row, as a model says it. lmms-eval takes no comma in the arguments of a model."""
    if row["answer_kind"] == "choice":
        return row["gt_option"]
    if row["answer_kind"] == "point":
        return '<point x="{:.1f}" y="{:.1f}">'.format(*((low + high) * 50 for low, high in region(row["answer"])))
    return row["answer"].replace(", ", " and ")


def is_right(row, reply):
    """Whether a reply that is right for some row is right for this one. A set has no order."""
    if row["answer_kind"] == "point":
        point = [float(number) / 100 for number in reply.split('"')[1::2]]
        return all(low <= at < high for at, (low, high) in zip(point, region(row["answer"])))
    if row["answer_kind"] == "choice":
        return reply == row["gt_option"]
    said, wanted = (text.replace(" and ", ", ").split(", ") for text in (reply, row["answer"]))
    return sorted(said) == sorted(wanted) if row["answer_kind"] == "set" else said == wanted


def wanted_of(rows, reply):
    """The main figure: of choices, samples that are right in every try; of others, rows that are right."""
    samples = {}
    for row in rows:
        samples.setdefault(row["sample_id"], []).append(is_right(row, reply))
    return sum(map(all, samples.values())) / len(samples)


def check(vniah, here, family, form, kind):
    here.mkdir()
    (here / "spec.toml").write_text(SPEC.format(type=family, form=form))
    (here / "haystacks.toml").write_text(LONG)
    run = lambda *words: subprocess.run([vniah, *map(str, words)], cwd=here, check=True, capture_output=True, text=True)
    run("generate", "spec.toml", "-o", "set", "--cache", "cache")
    rows = [json.loads(line) for line in (here / "set/metadata.jsonl").read_text().splitlines()]
    assert {row["answer_kind"] for row in rows} == {kind}, rows[0]["answer_kind"]
    run("export", "set", "--to", "lmms-eval", "-o", "task")
    reply = reply_of(rows[0])
    log, printed = run_dummy(here, here / "task", reply)
    account = json.loads(run("import", "set", log, "-o", "answers.jsonl", "--json").stdout)
    assert account["answered"] == len(rows) and account["unjoined"] == 0, account
    run("score", "set", "answers.jsonl", "-o", "scores.json", "--model", "dummy")
    scores = json.loads((here / "scores.json").read_text())["types"][family]
    wanted, right = wanted_of(rows, reply), sum(is_right(row, reply) for row in rows)
    scored = scores["main"]["value"]
    assert math.isclose(scored, wanted, abs_tol=1e-6), (family, scored, wanted)
    assert 0 < right < len(rows), (family, right)
    metric = f"open_{family}" if form == "open" else f"type_{family}"
    assert metric in printed, (metric, printed)
    assert math.isclose(printed[metric], wanted, abs_tol=5e-5), (metric, printed, wanted)
    if form == "choice":
        # One letter for all is right in one try of each sample, and in all tries of none.
        for figure in (printed["per_try"], scores["per_try"]):
            assert math.isclose(figure, right / len(rows), abs_tol=5e-5), (figure, right)
    return f"{family} ({kind}): {right} of {len(rows)} rows right, {metric} {printed[metric]:.4f} as printed, worked out and scored"


def main():
    vniah = pathlib.Path(sys.argv[1]).resolve()
    on_path.put(vniah)
    with tempfile.TemporaryDirectory() as folder:
        for family, (form, kind) in FAMILIES.items():
            print(check(vniah, pathlib.Path(folder) / family, family, form, kind), flush=True)


if __name__ == "__main__":
    main()
