#!/usr/bin/env python3
"""Runs lmms-eval on an exported task with a model that replies what a table says.

    python tests/ecosystem/lmms.py DIR TASK REPLIES.json OUT

In: a directory that `vniah export --to lmms-eval` filled, the task's name, an object of row id to reply. Out: lmms-eval's own
samples log in OUT, and on stdout its metrics as one JSON object. lmms-eval's own `--model dummy` replies alike to every
row, which no sample survives: this one is it, but for the reply.
"""

import json
import pathlib
import sys

from lmms_eval import evaluator
from lmms_eval.loggers import EvaluationTracker
from lmms_eval.models.simple.dummy import Dummy
from lmms_eval.tasks import TaskManager


class Table(Dummy):
    def __init__(self, replies):
        super().__init__()
        self.replies = replies

    def generate_until(self, requests):
        rows = (self.task_dict[task][split][at] for _, _, _, at, task, split in (one.args for one in requests))
        return [self.replies[row["id"]] for row in rows]


def main():
    folder, task, replies, out = sys.argv[1:]
    model = Table(json.loads(pathlib.Path(replies).read_text()))
    tasks = TaskManager(include_path=str(pathlib.Path(folder) / "lmms_eval_task"), model_name="dummy")
    tracker = EvaluationTracker(output_path=out)
    results = evaluator.simple_evaluate(
        model=model, tasks=[task], task_manager=tasks, batch_size=1, log_samples=True, evaluation_tracker=tracker,
        cli_args=None, bootstrap_iters=0)
    # Named by the first of these calls, and written by the second.
    samples = results.pop("samples")
    tracker.save_results_aggregated(results=results, samples=samples, datetime_str="run")
    tracker.save_results_samples(task_name=task, samples=samples[task])
    print(json.dumps({key: value for key, value in results["results"][task].items() if not isinstance(value, str)}))


if __name__ == "__main__":
    main()
