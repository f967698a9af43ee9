#!/usr/bin/env python3
"""Questions about sounds and moments through lmms-eval, to the figures that vniah scores; and the sound that its models are given.

    python3 tests/ecosystem/sounds.py target/release/vniah

In: the vniah binary; lmms-eval is installed. Out: exit code 0 if every figure agrees. A tiny dataset of `snd_*` and `onl_*` is made and
exported. lmms-eval's own `--model dummy` replies alike to all rows, and a table of replies is right for some. The figures that lmms-eval
prints are those of `vniah score`. What the task shows to a model is looked at as lmms-eval's models look: the video, whose own track holds
the sound, and for models without the track the sound beside it, sample by sample the one that `vniah ask` sends.
"""

import importlib.util
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile
import wave

import on_path
from grounding import run_dummy, run_in_lmms_eval
from lmms_check import compare_figures

TYPES = {"snd_count1": "choice", "snd_word1": "choice", "onl_seen1": "choice", "onl_say1": "open"}
SPEC = """\
seed = 6
[haystacks]
catalogue = "haystacks.toml"
[controls]
make = ["deaf"]
""" + "".join(f'[[tasks]]\ntype = "{kind}"\nform = "{form}"\nsamples = 4\n' for kind, form in TYPES.items())
CATALOGUE = """\
[[haystack]]
id = "bay"
licence = "CC0-1.0"
scene = { name = "harbour", seed = 1, width = 160, height = 90, fps = 25, frames = 700 }
"""
RATE = 16000
FORMS = ["{}", "Answer: {}", "The answer is {}.", "**{}**"]


def right(row):
    """What is right, as a model says it: of a moment a time that is in time, or never."""
    if row["options"]:
        return row["gt_option"]
    return row["answer"] if row["answer"] == "never" else f"{float(row['answer'].split(' - ')[0]) + 0.5:.2f}"


def wrong(row):
    """What is wrong: another letter, or never of what appears and a time of what does not."""
    if row["options"]:
        return "B" if row["gt_option"] == "A" else "A"
    return "never" if row["answer"] != "never" else "3.20"


def scored(run, here, log, name):
    """The figures of `vniah score` of lmms-eval's own log."""
    account = json.loads(run("import", "set", log, "-o", f"{name}.jsonl", "--json").stdout)
    assert account["unjoined"] == account["absent"] == 0, account
    run("score", "set", f"{name}.jsonl", "-o", f"{name}.json", "--model", name)
    return json.loads((here / f"{name}.json").read_text())


def shown(task, rows):
    """What models are shown: with the keywords of `default`, and with those of models without the track."""
    from lmms_eval.tasks import TaskManager, get_task_dict

    kinds = {}
    for model in ("dummy", "openai"):
        tasks = TaskManager(include_path=str(task / "lmms_eval_task"), model_name=model)
        [own] = get_task_dict(["vniah"], tasks).values()
        for doc, row in zip(own.test_docs(), rows, strict=True):
            visuals = own.doc_to_visual(doc)
            assert all(pathlib.Path(path).is_file() for path in visuals), visuals
            kinds.setdefault((model, row["audio_needed"]), set()).add(tuple(pathlib.Path(path).suffix for path in visuals))
            assert own.doc_to_text(doc).count("Answer with") == 1, own.doc_to_text(doc)
    return kinds


def samples_of(file):
    """How many samples a WAV as `ask` sends it has; it is not silent."""
    with wave.open(file) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, RATE), file
        count = sound.getnframes()
        assert any(sound.readframes(count)), "silence"
    return count


def samples_needed(row):
    """How many samples are as long as a row's video."""
    return round(RATE * row["num_frames"] * row["fps_den"] / row["fps_num"])


def check_sound(run, here, rows):
    """The sound beside a video is what `ask` would send, and the control without a track has none."""
    row = next(row for row in rows if row["audio_needed"])
    found = samples_of(str(here / "task/sounds" / (pathlib.Path(row["video_path"]).stem + ".wav")))
    assert found == samples_needed(row), (found, samples_needed(row))
    run("export", "set/controls/deaf", "--to", "lmms-eval", "-o", "deaf")
    assert not (here / "deaf/sounds").exists()
    spec = importlib.util.spec_from_file_location("deaf_utils", here / "deaf/lmms_eval_task/utils.py")
    utils = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(utils)
    assert len(utils.doc_to_visual(row, {"sound": "wav"})) == 1


def check(vniah, here):
    (here / "spec.toml").write_text(SPEC)
    (here / "haystacks.toml").write_text(CATALOGUE)
    run = lambda *words: subprocess.run([vniah, *map(str, words)], cwd=here, check=True, capture_output=True, text=True)
    run("generate", "spec.toml", "-o", "set", "--cache", "cache")
    rows = [json.loads(line) for line in (here / "set/metadata.jsonl").read_text().splitlines()]
    task = here / "task"
    run("export", "set", "--to", "lmms-eval", "-o", task)
    kinds = shown(task, rows)
    assert kinds == {("dummy", False): {(".mp4",)}, ("dummy", True): {(".mp4",)}, ("openai", False): {(".mp4",)},
                     ("openai", True): {(".mp4", ".wav")}}, kinds
    check_sound(run, here, rows)

    # The reply alike to all: a letter, which is never a time and never "never".
    log, printed = run_dummy(here, task, "A")
    scores = scored(run, here, log, "dummy")
    figures = {name: value for name, value in printed.items() if name != "per_try_stderr_clustered"}
    for kind, form in TYPES.items():
        own, name = scores["types"][kind], f"{'open' if form == 'open' else 'type'}_{kind}"
        assert math.isclose(figures[name], own["main"]["value"], abs_tol=5e-5), (name, figures[name], own["main"])
    for name, value in (("main", scores["overall"]["main"]["value"]), ("per_try", scores["overall"]["per_try"])):
        assert math.isclose(figures[name], value, abs_tol=5e-5), (name, figures[name], value)
    assert 0 < figures["per_try"] < 1

    draw = random.Random(7)
    fates = {row["sample_id"]: draw.random() < 0.7 for row in rows}
    said = {row["id"]: draw.choice(FORMS).format(right(row) if fates[row["sample_id"]] else wrong(row)) for row in rows}
    log, figures, _ = run_in_lmms_eval(here, task, said, here / "table")
    scores = scored(run, here, log, "table")
    figures = {name: value for name, value in figures.items() if "stderr" not in name or name == "circular_error"}
    count = compare_figures(rows, scores, figures)
    share = sum(fates.values()) / len(fates)
    assert 0 < share < 1 and any(0 < group["main"]["value"] < 1 for group in scores["types"].values()), scores["types"]
    say = scores["types"]["onl_say1"]["measures"]
    told = ", ".join(f"{kind} {scores['types'][kind]['main']['value']:.3f}" for kind in TYPES)
    return (f"{len(rows)} rows; always A: main {printed['main']:.4f}, per try {printed['per_try']:.4f} as printed and scored; table: "
            f"{count} figures alike, {told}; say when: {say}")


def main():
    vniah = pathlib.Path(sys.argv[1]).resolve()
    on_path.put(vniah)
    with tempfile.TemporaryDirectory() as folder:
        print(f"sounds: {check(vniah, pathlib.Path(folder))}", flush=True)


if __name__ == "__main__":
    main()
