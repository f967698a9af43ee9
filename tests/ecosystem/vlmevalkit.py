#!/usr/bin/env python3
"""Runs VLMEvalKit on an exported directory with a model that replies what a table says, and compares the figures.

    python tests/ecosystem/vlmevalkit.py target/release/vniah

In: the vniah binary; the packages of requirements-vlmevalkit.txt, among them ms-vlmeval, which is VLMEvalKit as it is
published on PyPI. Out: exit code 0 if VLMEvalKit reads the videos through register.py and the pictures through the table
alone, and if its result files are imported and scored to the figures that register.py has. The same with questions about sounds, of
which the model is given the sound beside the frames.
"""

import importlib.metadata
import json
import math
import os
import pathlib
import runpy
import subprocess
import sys
import tempfile

import lmms_check
import on_path
from sounds import CATALOGUE, samples_needed, samples_of

HERE = pathlib.Path(__file__).resolve().parent
FAILED = "Failed to obtain answer via API."
SOUNDS = """\
seed = 6
[haystacks]
catalogue = "haystacks.toml"
""" + "".join(f'[[tasks]]\ntype = "{kind}"\nsamples = 4\n' for kind in ("snd_count1", "snd_bind1", "ret_edit1"))


class Table:
    """A model of VLMEvalKit's: it tells rows apart by the video and the options in their order."""

    is_api = False
    replies = {}
    # How many samples the sound has, by the video and the options of each question that needs it.
    sounds = {}

    def set_dump_image(self, dump_image):
        """Asked for by VLMEvalKit of what it hands pictures to."""

    def generate(self, message, dataset=None):
        media = [pathlib.Path(part["value"]) for part in message if part["type"] in ("image", "video")]
        assert media and all(path.is_file() for path in media), media
        sample = media[0].stem if message[0]["type"] == "video" else media[0].parent.name
        lines = message[-1]["value"].splitlines()
        options = tuple(line[3:] for line in lines if line[:1] in "ABCD" and line[1:3] == ". ")
        heard = [part["value"] for part in message if part["type"] == "audio"]
        needed = self.sounds.get((sample, options))
        assert list(map(samples_of, heard)) == ([needed] if needed else []), (heard, needed)
        return self.replies[sample, options]


def evaluate(script, data, folder):
    """Runs VLMEvalKit's own command line in this process, so that it knows the model."""
    import vlmeval.config

    vlmeval.config.supported_VLM["table"] = Table
    sys.argv = [script, "--data", data, "--model", "table", "--work-dir", "outputs", "--judge", "exact_matching"]
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    if script == "register.py":
        runpy.run_path(script, run_name="__main__")
    else:
        runpy.run_module("vlmeval.run", run_name="__main__", alter_sys=True)


def worker(data, folder, replies):
    rows = json.loads(pathlib.Path(replies).read_text())
    Table.replies = {(row["sample_id"], tuple(row["options"])): row["reply"] for row in rows}
    Table.sounds = {(row["sample_id"], tuple(row["options"])): samples_needed(row) for row in rows if row["audio_needed"]}
    evaluate("register.py" if data != "vniah_frames" else "run.py", data, pathlib.Path(folder))


def compare(vniah, here, predictions):
    run = lambda *words: subprocess.run([vniah, *map(str, words)], cwd=here, check=True, capture_output=True, text=True)
    account = json.loads(run("import", "set", predictions, "-o", "answers.jsonl", "--json").stdout)
    assert account["unjoined"] == account["absent"] == 0, account
    run("score", "set", "answers.jsonl", "-o", "scores.json", "--model", "table")
    return json.loads((here / "scores.json").read_text()), account


def asked(here, rows, data):
    """The result file of VLMEvalKit, asked for `data`, and the figures that register.py has."""
    folder = here / "out/vlmevalkit"
    env = {**os.environ, "LMUData": str(folder), "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(HERE)}
    (here / "replies.json").write_text(json.dumps(rows))
    command = [sys.executable, __file__, "--worker", data, folder, here / "replies.json"]
    done = subprocess.run(list(map(str, command)), env=env, capture_output=True, text=True)
    found = list(folder.glob(f"outputs/**/table_{data}.xlsx"))
    assert done.returncode == 0 and len(found) == 1, (found, done.stdout[-3000:], done.stderr[-6000:])
    figures = list(folder.glob(f"outputs/**/table_{data}_acc.json"))
    return found[0], json.loads(figures[0].read_text()) if figures else {}


def compare_all(rows, scores, figures):
    """Compares what register.py prints with `vniah score`, and gives it by the names there."""
    errors = {"circular_error": figures.pop("error"), "main": figures.pop("overall")}
    lmms_check.compare_figures(rows, scores, {**figures, **errors})
    return {**figures, **errors}


def said_by(rows):
    """The rows, each with its reply."""
    said = lmms_check.replies(rows)
    for row in rows:
        row["reply"] = FAILED if said[row["id"]].startswith("[LMMS") else said[row["id"]]
    return rows


def with_sounds(vniah, here):
    """Questions about sounds: frames with the sound beside them."""
    here.mkdir()
    (here / "spec.toml").write_text(SOUNDS)
    (here / "haystacks.toml").write_text(CATALOGUE)
    run = lambda *words: subprocess.run([vniah, *map(str, words)], cwd=here, check=True, capture_output=True)
    run("generate", "spec.toml", "-o", "set", "--cache", "cache")
    rows = said_by([json.loads(line) for line in (here / "set/metadata.jsonl").read_text().splitlines()])
    assert {row["audio_needed"] for row in rows} == {True, False}
    run("export", "set", "--to", "vlmevalkit", "--sampler", "linspace(2)", "-o", "out")
    found, figures = asked(here, rows, "vniah_2frame")
    scores, _ = compare(vniah, here, found)
    figures = compare_all(rows, scores, figures)
    return f"{len(rows)} rows with sounds beside frames, circular {figures['circular']:.4f} as vniah's"


def main():
    from check import make

    vniah = pathlib.Path(sys.argv[1]).resolve()
    on_path.put(vniah)
    with tempfile.TemporaryDirectory() as made:
        here = pathlib.Path(made)
        rows = said_by(make(vniah, here))
        subprocess.run([vniah, "export", "set", "--to", "vlmevalkit", "--sampler", "linspace(2)", "-o", "out"], cwd=here, check=True,
                       capture_output=True)
        circular = {}
        for data in ("vniah_2frame", "vniah_frames"):
            found, figures = asked(here, rows, data)
            scores, account = compare(vniah, here, found)
            circular[data] = scores["overall"]["circular"]
            assert account["answered"] == len(rows) and account["failed"] > 0, account
            if data == "vniah_2frame":
                own = compare_all(rows, scores, figures)
        assert 0 < circular["vniah_2frame"] == circular["vniah_frames"] < 1, circular
        version = importlib.metadata.version("ms-vlmeval")
        print(f"VLMEvalKit (ms-vlmeval {version}): {len(rows)} rows as videos and as pictures, circular {own['circular']:.4f} (error "
              f"{own['circular_error']:.4f}), per try {own['per_try']:.4f}, official {own['official_circular']:.4f}, as vniah's, {account['failed']} "
              f"failed; {with_sounds(vniah, here / 'sounds')}")
        if len(sys.argv) > 2:
            keep = pathlib.Path(sys.argv[2])
            keep.mkdir(parents=True, exist_ok=True)
            (keep / found.name).write_bytes(found.read_bytes())


if __name__ == "__main__":
    if sys.argv[1] == "--worker":
        worker(*sys.argv[2:])
    else:
        main()
