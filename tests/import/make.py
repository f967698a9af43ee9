#!/usr/bin/env python3
"""Makes the result files of this directory, each with the tool whose layout it has where that installs in minutes.

    pip install inspect_ai openpyxl pandas && python3 tests/import/make.py
    .venv-ecosystem/bin/python tests/import/make.py target/release/vniah    (lmms_*.jsonl)

In: nothing, or the vniah binary where lmms-eval is installed. Out: files with replies to the 36 rows that `tests/it/score.rs` makes of one haystack: right for retrieval, a
failed request for `ord_edit1`, always A elsewhere. inspect.eval and inspect.json are written by inspect_ai running its own
mock model; lmms_*.jsonl by lmms-eval 0.7.3 running the task that `vniah export` writes; vlmevalkit.xlsx, .tsv and .json by
pandas in the columns that VLMEvalKit saves; vnbench_*.jsonl in the layouts of VNBench's scripts, which are not published as
a package.
"""

import contextlib
import getpass
import json
import pathlib
import shutil
import socket
import subprocess
import sys
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


def full(row):
    """A row of metadata.jsonl, with as much as an export needs."""
    sample = f"h0_{row['kind']}"
    task = {"ret": "retrieval", "ord": "ordering", "cnt": "counting"}[row["kind"][:3]]
    return {"id": row["id"], "sample_id": sample, "file_name": f"videos/{sample}.mp4", "video_path": f"videos/{sample}.mp4",
            "type": row["kind"], "task": task, "question": QUESTION, "options": row["options"],
            "gt": row["options"]["ABCD".index(row["letter"])], "gt_option": row["letter"], "try": row["try"], "length": 12.0,
            "num_frames": 300, "fps_num": 25, "fps_den": 1, "width": 320, "height": 180, "haystack_ids": ["h0"],
            "cell_length": "", "cell_depth_permille": -1, "depth_permille": [], "needle_time": [], "needle_frames": [],
            "needles": [], "sha256": ""}


def lmms(vniah):
    """Rows as lmms-eval logs them. A line that holds a path of this machine ends the run: nothing is scrubbed by hand."""
    failed = "[LMMS_EVAL_REQUEST_FAILED after 5 retries] Connection error."
    with tempfile.TemporaryDirectory() as made:
        here = pathlib.Path(made)
        (here / "set").mkdir()
        lines = "".join(json.dumps(full(row)) + "\n" for row in rows())
        (here / "set/metadata.jsonl").write_text(lines)
        subprocess.run([vniah, "export", "set", "--to", "lmms-eval"], cwd=here, check=True)
        (here / "replies.json").write_text(json.dumps({row["id"]: row["reply"] or failed for row in rows()}))
        tool = HERE.parent / "ecosystem/lmms.py"
        subprocess.run([sys.executable, tool, here / "set", "vniah", here / "replies.json", here / "out"], check=True)
        [log] = here.glob("out/**/*_samples_vniah.jsonl")
        text = log.read_text()
    for word in (str(here), str(HERE.parent.parent), socket.gethostname(), getpass.getuser()):
        assert f"/{word.lstrip('/')}" not in text and f'"{word}"' not in text, f"the log holds `{word}`"
    (HERE / "lmms_samples.jsonl").write_text(text)
    # As a task logs that returns nothing of the row: the position counts.
    ours = {"circular", "circular_error", "per_try"} | {f"task_{row['task']}" for row in map(full, rows())} | {
        f"type_{kind}" for kind in TYPES}
    write("lmms_by_position.jsonl", ({key: value for key, value in json.loads(line).items() if key not in ours}
                                     for line in text.splitlines()))


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
    if len(sys.argv) > 1:
        lmms(pathlib.Path(sys.argv[1]).resolve())
    else:
        vnbench()
        vlmevalkit()
        plain()
        inspect()
