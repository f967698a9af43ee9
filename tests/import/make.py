#!/usr/bin/env python3
"""Makes the result files of this directory, each with the tool whose layout it has where that installs in minutes.

    pip install inspect_ai openpyxl pandas && python3 tests/import/make.py

In: nothing. Out: files with replies to the 36 rows that `tests/it/score.rs` makes of one haystack: right for retrieval, a
failed request for `ord_edit1`, always A elsewhere. inspect.eval and inspect.json are written by inspect_ai running its own
mock model; vlmevalkit.xlsx, .tsv and .json by pandas in the columns that VLMEvalKit saves; lmms_samples.jsonl and
vnbench_*.jsonl in the layouts of lmms-eval 0.7.3's `save_results_samples` and of VNBench's scripts, which need gigabytes or
are not published as a package.
"""

import contextlib
import json
import pathlib
import shutil
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TYPES = [f"{task}_{kind}" for task in ("ret", "ord") for kind in ("edit1", "insert1", "insert2")] + [
    "cnt_edit1", "cnt_insert1", "cnt_edit2"]
NAMES = ["Alice", "Bob", "Carol", "Dave"]
QUESTION = "What is the secret word?"


def rows():
    for index, kind in enumerate(TYPES):
        gt = NAMES[index * 3 % 4]
        for rotation in range(4):
            options = NAMES[rotation:] + NAMES[:rotation]
            letter = "ABCD"[options.index(gt)]
            reply = letter if kind.startswith("ret") else None if kind == "ord_edit1" else "A"
            yield {"id": f"h0_{kind}_{rotation}", "kind": kind, "try": rotation, "options": options, "letter": letter, "reply": reply}


def prompt(row):
    listed = "\n".join(f"{letter}. {option}" for letter, option in zip("ABCD", row["options"]))
    return f"{QUESTION}\n{listed}\nAnswer with the option's letter from the given choices directly."


def write(name, lines):
    (HERE / name).write_text("".join(json.dumps(line) + "\n" for line in lines))


def vnbench():
    write("vnbench_a.jsonl", ({"question_id": f"h0_{r['kind']}_{r['try']}", "pred": r["reply"], "gt": r["letter"], "type": r["kind"],
                               "try": r["try"], "prompt": prompt(r)} for r in rows()))
    write("vnbench_b.jsonl", ({"video_path": f"/data/VNBench/h0_{r['kind']}.mp4", "prompt": prompt(r), "pred": r["reply"],
                               "gt": "ABCD".index(r["letter"]), "task_type": r["kind"], "try": r["try"], "model_id": "m"} for r in rows()))


def lmms():
    failed = "[LMMS_EVAL_REQUEST_FAILED after 5 retries] Connection error."
    write("lmms_samples.jsonl", ({"doc_id": at, "target": r["letter"], "filtered_resps": r["reply"] or failed, "doc_hash": "74234e98",
                                  "vniah": {"id": r["id"], "pred": r["reply"]}, "input": prompt(r)} for at, r in enumerate(rows())))
    # A task that does not return the id: the position counts.
    write("lmms_by_position.jsonl", ({"doc_id": at, "target": r["letter"], "resps": [[r["reply"] or failed]], "filtered_resps":
                                      [r["reply"] or failed], "input": prompt(r)} for at, r in enumerate(rows())))


def vlmevalkit():
    import pandas

    failed = "Failed to obtain answer via API."
    table = pandas.DataFrame({"index": at, "id": r["id"], "video": f"h0_{r['kind']}", "question": QUESTION,
                              **dict(zip("ABCD", r["options"])), "answer": r["letter"], "category": r["kind"],
                              "prediction": r["reply"] or failed} for at, r in enumerate(rows()))
    # As vlmeval/smp/file.py dumps a table.
    table.to_excel(HERE / "vlmevalkit.xlsx", index=False, engine="openpyxl")
    table.to_csv(HERE / "vlmevalkit.tsv", sep="\t", index=False, encoding="utf-8")
    (HERE / "vlmevalkit.json").write_text(json.dumps(table.to_dict(orient="records"), indent=4, ensure_ascii=False))


def plain():
    import csv

    write("plain.jsonl", ({"id": r["id"], "response": r["reply"], "model": "m"} for r in rows()))
    with open(HERE / "plain.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "response"])
        table.writerows([r["id"], r["reply"] or ""] for r in rows())


def inspect():
    from inspect_ai import Task, eval
    from inspect_ai.dataset import Sample
    from inspect_ai.model import ModelOutput, get_model
    from inspect_ai.scorer import choice
    from inspect_ai.solver import Generate, TaskState, generate, solver

    replies = {r["id"]: r["reply"] for r in rows()}

    @solver
    def answer():
        async def solve(state: TaskState, generate: Generate):
            reply = replies[state.sample_id]
            state.output = (ModelOutput(model="mockllm/model", error="Connection error.") if reply is None
                            else ModelOutput.from_content("mockllm/model", reply))
            return state
        return solve

    samples = [Sample(id=r["id"], input=prompt(r), target=r["letter"]) for r in rows()]
    for kind in ("eval", "json"):
        # Outside of a repository, so that the log names none.
        with tempfile.TemporaryDirectory() as logs, contextlib.chdir(logs):
            eval(Task(dataset=samples, solver=answer(), name="vniah"), model="mockllm/model", log_dir=logs, log_format=kind,
                 display="none", max_samples=1)
            shutil.copy(next(pathlib.Path(logs).glob(f"*.{kind}")), HERE / f"inspect.{kind}")


if __name__ == "__main__":
    vnbench()
    lmms()
    vlmevalkit()
    plain()
    inspect()
