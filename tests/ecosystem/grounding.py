#!/usr/bin/env python3
"""An exported task of open questions, run, imported and scored to the same figures.

    python3 tests/ecosystem/grounding.py target/release/vniah

In: the vniah binary. Out: exit code 0 if every figure agrees. A tiny dataset of open questions is made and exported. Where
lmms-eval is installed, it runs the task, by itself with `--model dummy` and with a table of replies; else the functions of the
task are called as lmms-eval calls them, and its log is written as it writes it. Overlaps are computed here a second time, from
the numbers that the replies were made of.
"""

import importlib.util
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

import on_path
from check import CATALOGUE

HERE = pathlib.Path(__file__).resolve().parent
TASK = "vniah"
SPEC = """\
seed = 3
[haystacks]
catalogue = "haystacks.toml"
[needles]
duration = "6 frames"
gap = "4 frames"
[[tasks]]
type = "when_edit1"
form = "open"
durations = ["1s", "2s"]
samples = 6
[[tasks]]
type = "when_multi1"
form = "open"
durations = ["1s", "2s"]
samples = 6
[[tasks]]
type = "cnt_edit1"
form = "open"
[[tasks]]
type = "ret_edit1"
form = "open"
[[tasks]]
type = "ord_edit1"
form = "open"
"""
# What is long enough for needles of two seconds, four times.
LONG = CATALOGUE.replace("frames = 120", "frames = 700").replace("frames = 130", "frames = 800")
FORMS = ["{} - {}", "From {} to {} seconds.", "[{}, {}]", "It is shown from {} s until {} s", "{}s–{}s", "<time>{}</time> - <time>{}</time>"]
# What lmms-eval's own dummy replies to every row.
ALIKE = "1.00 - 9.00"
FAILED = "[LMMS_EVAL_REQUEST_FAILED after 5 retries] Connection error."


def iou(given, truth):
    """Milliseconds counted one by one: slow, and nothing like the code that is tested."""
    covered = lambda pairs: {at for start, end in pairs for at in range(start, end)}
    given, truth = covered(given), covered(truth)
    return len(given & truth) / len(given | truth)


def pairs_of(answer):
    return [tuple(round(float(time) * 1000) for time in span.split(" - ")) for span in answer.split(", ")]


def made(row, draw):
    """A reply, and what it is worth: its overlap, or 1 for right and 0 for wrong; none where it cannot be read."""
    roll = draw.random()
    if roll < 0.1:
        return FAILED, None
    if roll < 0.2:
        return "I cannot tell.", None
    if row["answer_kind"] != "spans":
        if roll < 0.7:
            return row["answer"], 1.0
        wrong = {"number": str(int(row["gt"]) + 1) if row["gt"].isdigit() else "", "label": "nobody"}
        text = wrong.get(row["answer_kind"]) or ", ".join(reversed(row["answer"].split(", ")))
        return text, 0.0 if text != "nobody" else None
    truth = pairs_of(row["answer"])
    shift = draw.choice([0, 0, 130, -90, 400, 5000])
    given = [(max(0, start + shift), max(0, start + shift) + end - start) for start, end in truth]
    if row["type"] == "when_multi1":
        given = given[: draw.randrange(1, len(given) + 1)]
    texts = [FORMS[0] if len(given) > 1 else draw.choice(FORMS)] * len(given)
    text = ", ".join(form.format(f"{start / 1000:.2f}", f"{end / 1000:.2f}") for form, (start, end) in zip(texts, given))
    return text, iou(pairs_of(", ".join(f"{a / 1000:.2f} - {b / 1000:.2f}" for a, b in given)), truth)


def run_directly(out, replies, folder):
    """What lmms-eval does with the task: its functions on each row, its metrics, its log."""
    spec = importlib.util.spec_from_file_location("task_utils", out / "lmms_eval_task" / "utils.py")
    utils = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(utils)
    metrics, lines = {}, []
    for at, row in enumerate(json.loads(line) for line in (out / "metadata.jsonl").read_text().splitlines()):
        [video] = utils.doc_to_visual(row)
        assert pathlib.Path(video).is_file(), video
        account = utils.process_results(row, [replies[row["id"]]])
        for metric, item in account.items():
            metrics.setdefault(metric, []).append(item)
        lines.append({"doc_id": at, "target": utils.doc_to_target(row), "input": utils.doc_to_text(row, {"post_prompt": "\nx"}),
                      "resps": [[replies[row["id"]]]], "filtered_resps": [replies[row["id"]]], "doc_hash": "x", **account})
    folder.mkdir()
    log = folder / f"run_samples_{TASK}.jsonl"
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))
    task = (out / "lmms_eval_task" / f"{TASK}.yaml").read_text()
    named = {line.split(": ")[1].strip('"') for line in task.splitlines() if line.startswith("  - metric: ")}
    assert named == set(metrics), (named, set(metrics))
    return log, {metric: utils.scoring.average(metric)(items) for metric, items in metrics.items()}, lines


def run_dummy(here, out, response):
    """The task in lmms-eval with its own dummy, which replies alike to all: its log and the figures that it prints."""
    from lmms_check import python

    command = ["-m", "lmms_eval", "eval", "--model", "dummy", "--model_args", f"response={response},read_bytes=64", "--tasks", TASK,
               "--include_path", out / "lmms_eval_task", "--batch_size", "1", "--log_samples", "--output_path", here / "dummy"]
    done = python(*command, cwd=here)
    logs = list((here / "dummy").glob(f"**/*_samples_{TASK}.jsonl"))
    # It ends with exit code 0 where it fails, too.
    assert len(logs) == 1, done.stderr[-4000:]
    cells = [[cell.strip() for cell in line.split("|")] for line in done.stdout.splitlines() if line.startswith("|")]
    number = lambda text: text.replace(".", "", 1).isdigit()
    printed = {}
    for row in cells:
        # Name, arrow, value: the first row of a task has columns before them.
        arrows = [at for at, cell in enumerate(row) if cell in ("↑", "↓")]
        if arrows and number(row[arrows[0] + 1]):
            printed[row[arrows[0] - 1]] = float(row[arrows[0] + 1])
    return logs[0], printed


def run_in_lmms_eval(here, out, replies, folder):
    """The task in lmms-eval with the table of replies."""
    from lmms_check import python

    table = here / "replies.json"
    table.write_text(json.dumps(replies))
    done = python(HERE / "lmms.py", out, TASK, table, folder, cwd=here)
    [log] = folder.glob(f"**/*_samples_{TASK}.jsonl")
    figures = json.loads(done.stdout.splitlines()[-1])
    figures = {key.removesuffix(",none"): value for key, value in figures.items()}
    return log, figures, [json.loads(line) for line in log.read_text().splitlines()]


def wanted_of(rows, worth):
    """The figures, of the overlaps that were computed here: the mean over tasks of the mean over types."""
    def mean(values):
        values = list(values)
        return sum(values) / len(values)

    def of(is_kind, measure):
        tasks = {}
        for row in filter(is_kind, rows):
            tasks.setdefault(row["task"], {}).setdefault(row["type"], []).append(measure(worth[row["id"]] or 0.0))
        return mean(mean(mean(values) for values in types.values()) for types in tasks.values())

    is_span = lambda row: row["answer_kind"] == "spans"
    wanted = {"mIoU": of(is_span, float), "exact": of(lambda row: not is_span(row), float)}
    for tenths in (3, 5, 7):
        wanted[f"IOU@{tenths}"] = of(is_span, lambda value, least=tenths: float(value >= least / 10))
    for kind in {row["type"] for row in rows}:
        wanted[f"open_{kind}"] = of(lambda row, own=kind: row["type"] == own, float)
    return wanted


def check_dummy(run, here, out, rows):
    """What lmms-eval prints for its dummy, what is worked out here, and what vniah scores of its log."""
    log, printed = run_dummy(here, out, ALIKE)
    of = lambda row: iou(pairs_of(ALIKE), pairs_of(row["answer"])) if row["answer_kind"] == "spans" else 0.0
    worth = {row["id"]: of(row) for row in rows}
    run("import", "set", log, "-o", "alike.jsonl")
    run("score", "set", "alike.jsonl", "-o", "alike.json", "--model", "dummy")
    types = json.loads((here / "alike.json").read_text())["types"]
    for metric, value in wanted_of(rows, worth).items():
        assert math.isclose(printed[metric], value, abs_tol=5e-5), (metric, printed, value)
        if metric.startswith("open_"):
            scored = types[metric.removeprefix("open_")]["main"]["value"]
            assert math.isclose(scored, value, abs_tol=1e-6), (metric, scored, value)
    assert printed["mIoU"] > 0, printed
    return f"; dummy: mIoU {printed['mIoU']:.4f}, IOU@3 {printed['IOU@3']:.4f} as printed, worked out and scored"


def check(vniah, here):
    (here / "spec.toml").write_text(SPEC)
    (here / "haystacks.toml").write_text(LONG)
    run = lambda *words: subprocess.run([vniah, *map(str, words)], cwd=here, check=True, capture_output=True, text=True)
    run("generate", "spec.toml", "-o", "set", "--cache", "cache")
    rows = [json.loads(line) for line in (here / "set/metadata.jsonl").read_text().splitlines()]
    out = here / "task"
    run("export", "set", "--to", "lmms-eval", "-o", out)
    draw = random.Random(5)
    said = {row["id"]: made(row, draw) for row in rows}
    replies, worth = ({key: value[at] for key, value in said.items()} for at in (0, 1))
    is_installed = importlib.util.find_spec("lmms_eval") is not None
    alike = check_dummy(run, here, out, rows) if is_installed else ""
    way = (lambda *words: run_in_lmms_eval(here, *words)) if is_installed else run_directly
    log, figures, lines = way(out, replies, here / "results")
    for line, row in zip(lines, rows, strict=True):
        seconds = f"The video lasts {row['num_frames'] * row['fps_den'] / row['fps_num']:.2f} seconds. "
        assert line["input"].startswith(row["question"] + "\n") and "Answer with" in line["input"], line["input"]
        assert (seconds in line["input"]) == (row["answer_kind"] == "spans"), line["input"]
    wanted = wanted_of(rows, worth)
    for metric, value in wanted.items():
        assert math.isclose(figures[metric], value, abs_tol=1e-6), (metric, figures[metric], value)
    assert 0 < figures["IOU@7"] < figures["IOU@3"] < 1 and 0 < figures["mIoU"] < 1, figures
    account = json.loads(run("import", "set", log, "-o", "answers.jsonl", "--json").stdout)
    assert account["answered"] == len(rows) and account["unjoined"] == 0 and account["failed"] > 0, account
    run("score", "set", "answers.jsonl", "-o", "scores.json", "--model", "m")
    scores = json.loads((here / "scores.json").read_text())
    for kind, group in scores["types"].items():
        measure, value = group["main"]["measure"], group["main"]["value"]
        assert measure == ("mIoU" if kind.startswith("when") else "exact"), (kind, measure)
        assert math.isclose(value, figures[f"open_{kind}"], abs_tol=1e-6), (kind, value, figures[f"open_{kind}"])
    tool = "lmms_eval" if is_installed else "the task's functions, without lmms-eval"
    told = ", ".join(f"{metric} {figures[metric]:.4f}" for metric in ("mIoU", "IOU@3", "IOU@5", "IOU@7", "exact"))
    return f"{tool}: {len(rows)} open rows, {told}, {len(scores['types'])} types scored to the same figures{alike}"


def main():
    vniah = pathlib.Path(sys.argv[1]).resolve()
    on_path.put(vniah)
    with tempfile.TemporaryDirectory() as folder:
        print(f"grounding: {check(vniah, pathlib.Path(folder))}", flush=True)


if __name__ == "__main__":
    main()
