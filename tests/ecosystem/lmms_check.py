"""lmms-eval on an exported directory, and its log imported and scored to the figures that it printed.

In: the vniah binary, a dataset. Out: an account of what agreed; an assertion fails where a figure does not.
"""

import json
import math
import pathlib
import random
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TASK = "vniah"
# Replies as models write them; the rule of VNBench's scripts reads some of them wrongly, and has to in the same way.
FORMS = ["{}", "({})", "{}. {text}", "Answer: {}", "The answer is {}.", "**{}**", "I think {text}", ""]


def python(*words, cwd):
    done = subprocess.run([sys.executable, *map(str, words)], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return done


def replies(rows):
    """Right in all tries of most samples, wrong or unreadable in some, failed in a few."""
    draw = random.Random(1)
    said = {}
    for at, row in enumerate(rows):
        letter = row["gt_option"] if draw.random() < 0.9 else draw.choice("ABCD")
        text = row["options"]["ABCD".index(letter)]
        form = draw.choice(FORMS) if draw.random() < 0.3 else "{}"
        failed = at % 25 == 24
        said[row["id"]] = "[LMMS_EVAL_REQUEST_FAILED after 5 retries] Connection error." if failed else form.format(
            letter, text=text)
    return said


def compare_figures(rows, scores, figures):
    """Compares every figure of an exported task, by its name there, with that of `vniah score`. Gives how many there are."""
    wanted = {"main": scores["overall"]["main"]["value"]}
    wanted |= {name: scores["overall"][name] for name in ("circular", "per_try")}
    wanted |= {f"task_{task}": group["main"]["value"] for task, group in scores["tasks"].items()}
    names = {row["type"]: set() for row in rows}
    for row in rows:
        names[row["type"]].add(row["form"])
    for kind, forms in names.items():
        for form in forms:
            group = scores["types"][f"{kind} (open)" if form == "open" and len(forms) == 2 else kind]
            wanted[f"{'open' if form == 'open' else 'type'}_{kind}"] = group["main"]["value"]
    official = scores["letter_rules"]["official"]["types"]
    choices = {row["type"]: row["task"] for row in rows if row["form"] == "choice"}
    for name in ("circular", "per_try") if choices else ():
        tasks = {}
        for kind, task in choices.items():
            tasks.setdefault(task, []).append(official[kind][name])
        wanted[f"official_{name}"] = sum(sum(own) / len(own) for own in tasks.values()) / len(tasks)
    for name, figure in wanted.items():
        assert math.isclose(figures[name], figure, abs_tol=1e-6), (name, figures[name], figure)
    others = set(figures) - set(wanted)
    assert others <= {"circular_error", "parse_fail", "exact", "mIoU", "IOU@3", "IOU@5", "IOU@7"}, others
    return len(wanted)


def compare(vniah, here, samples, figures, name, rows):
    """Imports and scores a log, and compares each figure that lmms-eval has."""
    answers, scores = here / f"{name}.jsonl", here / f"{name}.json"
    run = lambda *words: subprocess.run([vniah, *map(str, words)], cwd=here, check=True, capture_output=True, text=True)
    account = json.loads(run("import", "set", samples, "-o", answers, "--json").stdout)
    assert account["unjoined"] == account["absent"] == account["contradicting"] == 0, account
    run("score", "set", answers, "-o", scores, "--model", name)
    own = {metric.removesuffix(",none"): value for metric, value in figures.items() if metric.endswith(",none") and "_stderr" not in metric}
    compare_figures(rows, json.loads(scores.read_text()), own)
    return own, account


def check(vniah, here, rows):
    out = here / "for-lmms-eval"
    subprocess.run([vniah, "export", "set", "--to", "lmms-eval", "-o", out], cwd=here, check=True, capture_output=True)
    for name in ("scoring.py", "utils.py"):
        python("-m", "ruff", "check", "--line-length", "120", "--no-cache", out / "lmms_eval_task" / name, cwd=here)
    results = here / "lmms-results"
    # Every video is opened, which shows that the task finds them from wherever lmms-eval is started.
    command = ["-m", "lmms_eval", "eval", "--model", "dummy", "--model_args", "response=B,read_bytes=64", "--tasks", TASK,
               "--include_path", out / "lmms_eval_task", "--batch_size", "1", "--log_samples", "--output_path", results]
    printed = python(*command, cwd=here).stdout
    [samples] = results.glob(f"**/*_samples_{TASK}.jsonl")
    [figures] = results.glob("**/*_results.json")
    figures = json.loads(figures.read_text())["results"][TASK]
    always, account = compare(vniah, here, samples, figures, "dummy", rows)
    always = {metric: value for metric, value in always.items() if isinstance(value, float)}
    cells = [[cell.strip() for cell in line.split("|")] for line in printed.splitlines() if line.startswith("|")]
    table = {cell: row[at + 2] for row in cells for at, cell in enumerate(row[:-2]) if cell in always}
    assert sorted(table) == sorted(always), printed
    assert all(math.isclose(float(table[metric]), figure, abs_tol=5e-5) for metric, figure in always.items()), (always, table)
    logged = [json.loads(line) for line in samples.read_text().splitlines()]
    for line, row in zip(logged, rows, strict=True):
        options = [f"{letter}. {option}" for letter, option in zip("ABCD", row["options"])]
        end = "Answer with the option's letter from the given choices directly."
        assert line["input"] == "\n".join([row["question"], *options, end]), line["input"]
    mixed = here / "replies.json"
    mixed.write_text(json.dumps(replies(rows)))
    done = python(HERE / "lmms.py", out, TASK, mixed, here / "lmms-mixed", cwd=here)
    [samples] = (here / "lmms-mixed").glob(f"**/*_samples_{TASK}.jsonl")
    figures = json.loads(done.stdout.splitlines()[-1])
    half, failed = compare(vniah, here, samples, figures, "mixed", rows)
    assert 0 < half["circular"] < half["per_try"] < 1 and failed["failed"] > 0, (half, failed)
    # What VNBench's rule misreads, the robust rule reads.
    assert half["official_per_try"] < half["per_try"], half
    errors = figures["circular_error,none"], figures["per_try_stderr_clustered,none"]
    assert all(0 < error < 0.5 for error in errors), errors
    return (f"{account['answered']} rows; always B: circular {always['circular']:.4f}, per try {always['per_try']:.4f}, "
            f"{len(always)} figures as printed; mixed replies: circular {half['circular']:.4f} (error {errors[0]:.4f}), per try "
            f"{half['per_try']:.4f} (error {errors[1]:.4f}), {failed['failed']} failed, official {half['official_circular']:.4f}, as vniah's")
