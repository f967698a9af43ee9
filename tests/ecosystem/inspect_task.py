#!/usr/bin/env python3
"""inspect_ai on an exported directory with its mock model, and its log imported and scored to the figures that it has.

    python3 tests/ecosystem/inspect_task.py target/release/vniah

In: the vniah binary; the packages of requirements-inspect.txt. Out: exit code 0 if every figure agrees. A dataset of every kind of
answer is made and exported. The mock model gives each row a reply that is right, wrong, verbose or unreadable. It is asked with the
sound beside the video, too, and is given that of the questions that need it. (The file is not called inspect.py: Python has a module of
this name.)
"""

import base64
import hashlib
import importlib.metadata
import io
import json
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import on_path
from grounding import LONG
from lmms_check import compare_figures
from sounds import samples_needed, samples_of

SPEC = """\
seed = 5
[haystacks]
catalogue = "haystacks.toml"
[needles]
duration = "6 frames"
gap = "4 frames"
"""
TASKS = {
    "ret_edit1": "choice",
    "ord_edit1": "choice",
    "ext_edit1": "choice",
    "cnt_edit1": "open",
    "ret_insert1": "open",
    "key_edit2": "open",
    "key_edit3": "open",
    "spa_patch1": "open",
    "when_edit1": "open",
}
SOUNDS = {"snd_count1": "choice", "snd_word1": "open", "onl_seen1": "choice"}
KINDS = {"choice", "number", "label", "set", "list", "point", "spans"}


def middle(answer):
    """The middle of the part of the picture that `x 0.333334 - 0.666667, y 0 - 0.333334` names."""
    sides = (side.split(" ", 1)[1].split(" - ") for side in answer.split(", "))
    return "({})".format(", ".join(f"{(float(low) + float(high)) / 2:.4f}" for low, high in sides))


def right(row):
    if row["answer_kind"] == "choice":
        return row["gt_option"]
    return middle(row["answer"]) if row["answer_kind"] == "point" else row["answer"]


def reply_of(row, others, draw):
    """What the model says: mostly right or another row's answer, in few words or many, and sometimes nothing that can be read."""
    roll = draw.random()
    if roll < 0.1:
        return draw.choice(["I cannot tell.", "", "Failed to obtain answer via API."])
    answer = right(row if roll < 0.75 else draw.choice(others))
    if row["answer_kind"] == "choice" and roll < 0.3:
        # VNBench's rule reads these as another letter, or as none.
        text = row["options"]["ABCD".index(row["gt_option"])]
        return draw.choice([f"Answer: {row['gt_option']}", f"After All, the answer is {row['gt_option']}.", text])
    if row["answer_kind"] == "spans" and roll > 0.5:
        # A part of the time is a part of the credit.
        start, end = map(float, answer.split(" - "))
        answer = f"{start + (end - start) * draw.choice([0.2, 0.4, 0.6]):.2f} - {end:.2f}"
    return draw.choice(["{}", "The answer is {}.", "**{}**"]).format(answer)


def heard_samples(sound):
    """How many samples the sound in a message has."""
    head, content = sound.audio[:22], base64.b64decode(sound.audio.split(",", 1)[1])
    assert sound.type == "audio" and head.startswith("data:audio/"), head
    return samples_of(io.BytesIO(content))


def run_inspect(out, said, logs, epochs=1, sounds=None):
    """The task in inspect, asked what the table says: its log. `sounds` says how long the sound beside a video is."""
    import inspect_ai
    from inspect_ai.model import ModelOutput, ModelUsage, get_model

    def reply(messages, *_):
        video, *heard, text = messages[0].content
        # inspect hands the bytes of the video on.
        head, content = video.video[:40], base64.b64decode(video.video.split(",", 1)[1])
        assert video.type == "video" and head.startswith("data:video/mp4;base64,"), head
        key = hashlib.sha256(content).hexdigest(), text.text
        needed = (sounds or {}).get(key)
        assert list(map(heard_samples, heard)) == ([needed] if needed else []), (len(heard), needed)
        output = ModelOutput.from_content("mockllm/model", said[key])
        # Without it the mock counts tokens, for which it asks the network for a vocabulary.
        output.usage = ModelUsage()
        return output

    model = get_model("mockllm/model", custom_outputs=reply)
    # It takes a path from where it runs, and no other.
    os.chdir(out)
    [log] = inspect_ai.eval("inspect_task/task.py", model=model, display="none", log_dir=str(logs), log_images=False, epochs=epochs,
                            task_args={"sound": sounds is not None})
    assert log.status == "success", log.error.message[-1000:]
    return log


def check_sounds(vniah, here):
    """Questions about sounds, asked with the track alone and with the sound beside it: the figures are the same, and are vniah's."""
    here.mkdir()
    tasks = (f'[[tasks]]\ntype = "{kind}"\nform = "{form}"\nsamples = 4\n' for kind, form in SOUNDS.items())
    (here / "spec.toml").write_text(SPEC.split("[needles]")[0] + "".join(tasks))
    (here / "haystacks.toml").write_text(LONG)
    run = lambda *words: subprocess.run([vniah, *map(str, words)], cwd=here, check=True, capture_output=True, text=True)
    run("generate", "spec.toml", "-o", "set", "--cache", "cache")
    rows = [json.loads(line) for line in (here / "set/metadata.jsonl").read_text().splitlines()]
    run("export", "set", "--to", "inspect", "-o", "out")
    draw, of_kind = random.Random(8), {}
    for row in rows:
        of_kind.setdefault(row["type"], []).append(row)
    # Several questions about one video are asked of its part before them.
    exported = map(json.loads, (here / "out/inspect_task/samples.jsonl").read_text().splitlines())
    shown = {line["id"]: here / "out" / line["video"] for line in exported}
    said, sounds = {}, {}
    for row in rows:
        digest = hashlib.sha256(shown[row["id"]].read_bytes()).hexdigest()
        said[digest, row["prompt"]] = reply_of(row, of_kind[row["type"]], draw)
        if row["audio_needed"]:
            sounds[digest, row["prompt"]] = samples_needed(row)
    assert len(said) == len(rows) and 0 < len(sounds) < len(rows), (len(rows), len(said), len(sounds))
    values = []
    for name, beside in (("track", None), ("beside", sounds)):
        log = run_inspect(here / "out", said, here / name, sounds=beside)
        values.append({name: metric.value for name, metric in log.results.scores[0].metrics.items()})
    assert values[0] == values[1], values
    run("import", "set", log.location, "-o", "imported.jsonl")
    run("score", "set", "imported.jsonl", "-o", "scores.json", "--model", "mock")
    compared = compare_figures(rows, json.loads((here / "scores.json").read_text()), values[0])
    return f"{len(rows)} rows with {len(sounds)} sounds beside videos, {compared} figures as vniah's"


def check(vniah, here):
    tasks = (f'[[tasks]]\ntype = "{kind}"\nform = "{form}"\nsamples = 6\n' for kind, form in TASKS.items())
    (here / "spec.toml").write_text(SPEC + "".join(tasks))
    (here / "haystacks.toml").write_text(LONG)
    run = lambda *words: subprocess.run([vniah, *map(str, words)], cwd=here, check=True, capture_output=True, text=True)
    run("generate", "spec.toml", "-o", "set", "--cache", "cache")
    rows = [json.loads(line) for line in (here / "set/metadata.jsonl").read_text().splitlines()]
    assert {row["answer_kind"] for row in rows} == KINDS, {row["answer_kind"] for row in rows}
    run("export", "set", "--to", "inspect", "-o", "out")
    draw, of_kind = random.Random(7), {}
    for row in rows:
        of_kind.setdefault(row["type"], []).append(row)
    replies = {row["id"]: reply_of(row, of_kind[row["type"]], draw) for row in rows}
    said = {(row["sha256"], row["prompt"]): replies[row["id"]] for row in rows}
    assert len(said) == len(rows)
    log = run_inspect(here / "out", said, here / "logs")
    figures = {name: metric.value for name, metric in log.results.scores[0].metrics.items()}
    # The same replies as a file of answers, and as `import` reads them from the log.
    lines = (json.dumps({"id": key, "response": reply}) for key, reply in replies.items() if not reply.startswith("Failed"))
    (here / "answers.jsonl").write_text("\n".join(lines) + "\n")
    account = json.loads(run("import", "set", log.location, "-o", "imported.jsonl", "--json").stdout)
    assert account["unjoined"] == account["absent"] == 0 and account["failed"] > 0, account
    for answers in ("answers.jsonl", "imported.jsonl"):
        run("score", "set", answers, "-o", "scores.json", "--model", "mock")
        compared = compare_figures(rows, json.loads((here / "scores.json").read_text()), figures)
    assert 0 < figures["circular"] < figures["per_try"] < 1 and 0 < figures["parse_fail"] < 1, figures
    assert figures["main"] != figures["circular"], figures
    assert figures["official_per_try"] < figures["per_try"], figures
    graded = {sample.id: next(iter(sample.scores.values())) for sample in log.samples}
    assert len(graded) == len(rows)
    # Asked twice and answered alike, the figures are the same.
    twice = run_inspect(here / "out", said, here / "twice", 2)
    for name, metric in twice.results.scores[0].metrics.items():
        assert math.isclose(metric.value, figures[name], abs_tol=1e-9), (name, metric.value, figures[name])
    told = ", ".join(f"{name} {figures[name]:.4f}" for name in ("main", "circular", "per_try", "official_circular", "mIoU", "exact"))
    return f"{len(rows)} rows of {len(KINDS)} kinds, {told}; {compared} figures as vniah's"


def main():
    vniah = pathlib.Path(sys.argv[1]).resolve()
    on_path.put(vniah)
    with tempfile.TemporaryDirectory() as folder:
        here = pathlib.Path(folder)
        told = f"{check(vniah, here)}; {check_sounds(vniah, here / 'sounds')}"
    print(f"inspect_ai {importlib.metadata.version('inspect_ai')}: {told}", flush=True)


if __name__ == "__main__":
    main()
