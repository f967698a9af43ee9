"""Grades replies with vniah itself, and averages the verdicts as `vniah score` does.

In: the directory that holds metadata.jsonl, and replies by the id of their row. Out: verdicts, and shares from 0 to 1. What a
reply says is read by the program `vniah`, by the rules of `vniah score`. A sample is right only if all of its tries are. A type
is the share of its samples, a task the mean of its types, and the whole the mean of its tasks.
"""

import importlib.util
import json
import math
import os
import shutil
import subprocess
import sys
import threading

INSTALL = "install its wheel into this Python (`pip install vniah-*.whl`), or put the directory of the program `vniah` on PATH"


def _ways():
    """How vniah can be started here: as the installed package, and as the program on PATH."""
    package = importlib.util.find_spec("vniah")
    if package is not None and package.origin:
        yield [sys.executable, "-m", "vniah"]
    program = shutil.which("vniah")
    if program:
        yield [program]


def _command(dataset):
    """The command that grades replies. Fails now, before a model is asked, where there is none."""
    refused = []
    for way in _ways():
        command = [*way, "grade", os.fspath(dataset)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return command
        refused.append(f"\n`{' '.join(command)}` failed:\n{done.stderr.strip()}")
    if not refused:
        raise RuntimeError(f"this task reads replies with vniah, which is not installed: {INSTALL}")
    raise RuntimeError(f"this task reads replies with a vniah that has the command `grade`: {INSTALL}{''.join(refused)}")


class Grader:
    """Grades replies. `vniah grade` runs beside this process as long as it does."""

    def __init__(self, dataset):
        self._command = _command(dataset)
        self._lock = threading.Lock()
        self._running = None
        self._process = None

    def grade(self, row_id, reply):
        """What a reply reads as and whether it is right. `None` is a reply that never came."""
        if reply is not None:
            # Half of a surrogate pair is no text.
            reply = str(reply).encode("utf-8", "replace").decode("utf-8")
        with self._lock:
            return self._asked(json.dumps({"id": row_id, "response": reply}))

    def _asked(self, line):
        # A fork of this process needs a program of its own.
        if self._running is None or self._process != os.getpid():
            self._process = os.getpid()
            pipe = subprocess.PIPE
            self._running = subprocess.Popen(self._command, stdin=pipe, stdout=pipe, stderr=pipe, encoding="utf-8")
        try:
            self._running.stdin.write(line + "\n")
            self._running.stdin.flush()
            verdict = self._running.stdout.readline()
        except BrokenPipeError:
            verdict = ""
        if not verdict:
            running, self._running = self._running, None
            raise RuntimeError(f"`{' '.join(self._command)}` ended: {running.stderr.read().strip()}")
        return json.loads(verdict)


def counts(item):
    """The metrics that a verdict counts in, each with the verdict as it is averaged there."""
    right = float(item["correct"])
    found = dict.fromkeys(("main", "circular", "circular_error", f"task_{item['task']}"), item)
    # lmms-eval takes its own standard errors of `hit`, by video: they are those of single tries.
    found["per_try"] = {**item, "hit": right}
    if item["form"] == "choice":
        official = {**item, "correct": item["official"]["correct"]}
        return found | {f"type_{item['type']}": item, "official_circular": official, "official_per_try": official}
    share, own = (item["credit"] if item["measure"] == "mIoU" else right), f"open_{item['type'].removesuffix(' (open)')}"
    found[own] = item
    values = {"parse_fail": float(item["answer"] is None)}
    if item["measure"] == "mIoU":
        values |= {f"IOU@{tenths}": float(share >= tenths / 10) for tenths in (3, 5, 7)}
    found |= {name: {**item, "value": value} for name, value in values.items()}
    found["mIoU" if item["measure"] == "mIoU" else "exact"] = {**item, "value": share, "hit": share}
    return found


def figures(items):
    """All figures of these verdicts, by the name of their metric."""
    metrics = {}
    for item in items:
        for name, counted in counts(item).items():
            metrics.setdefault(name, []).append(counted)
    return {name: average(name)(counted) for name, counted in metrics.items()}


def average(name):
    """The function that averages a metric."""
    fixed = {
        "circular": circular,
        "circular_error": circular_stderr,
        "per_try": per_try,
        "official_circular": circular,
        "official_per_try": per_try,
    }
    if name in fixed:
        return fixed[name]
    return main if name == "main" or name.startswith(("task_", "type_", "open_")) else mean_value


def main(items):
    """The main figure: mean overlap of types of spans, and of other types the share of samples that are right in every try."""
    types, shares = {}, {}
    for item in items:
        types.setdefault((item["task"], item["type"]), []).append(item)
    for key, samples in _samples(items).items():
        rows = types[key]
        by_credit = rows[0]["measure"] == "mIoU"
        shares[key] = _mean([item["credit"] for item in rows] if by_credit else samples.values())
    return _mean_of_tasks(shares)


def circular(items):
    """Share of samples that are right in every try: the mean over tasks of the mean over their types."""
    return _mean_of_tasks({key: _mean(samples.values()) for key, samples in _samples(items).items()})


def per_try(items):
    """Share of tries that are right: the mean over tasks of the mean over their types."""
    return _mean_of_types(items, lambda item: float(item["correct"]))


def mean_value(items):
    """The mean of `value`: the mean over tasks of the mean over their types."""
    return _mean_of_types(items, lambda item: item["value"])


def circular_stderr(items):
    """Standard error of `circular`, clustered by haystack: samples about one haystack vary together.

    Each sample's distance from the share of its type, with its weight in the mean, is summed within its cluster; the
    sums are taken as independent. Not a number where there is one cluster.
    """
    groups = _samples(items)
    clusters = {item["sample_id"]: item["cluster"] for item in items}
    types_of = {}
    for task, kind in groups:
        types_of.setdefault(task, set()).add(kind)
    sums = dict.fromkeys(clusters.values(), 0.0)
    for (task, _), samples in groups.items():
        share = _mean(samples.values())
        weight = 1.0 / (len(types_of) * len(types_of[task]) * len(samples))
        for sample, right in samples.items():
            sums[clusters[sample]] += weight * (right - share)
    count = len(sums)
    if count < 2:
        return math.nan
    return math.sqrt(count / (count - 1) * sum(own * own for own in sums.values()))


def _samples(items):
    """Whether each sample is right in all of its tries, by task and type. A try that was not asked is not right."""
    tries = {}
    for item in items:
        group = tries.setdefault((item["task"], item["type"]), {})
        group.setdefault(item["sample_id"], []).append(item)
    return {
        key: {
            sample: int(len(rows) == rows[0]["tries"] and all(row["correct"] for row in rows))
            for sample, rows in group.items()
        }
        for key, group in tries.items()
    }


def _mean_of_types(items, measure):
    types = {}
    for item in items:
        types.setdefault((item["task"], item["type"]), []).append(measure(item))
    return _mean_of_tasks({key: _mean(values) for key, values in types.items()})


def _mean_of_tasks(shares):
    tasks = {}
    for (task, _), share in shares.items():
        tasks.setdefault(task, []).append(share)
    return _mean(_mean(types) for types in tasks.values())


def _mean(values):
    values = list(values)
    return sum(values) / len(values)
