#!/usr/bin/env python3
"""Reads a generated dataset with the tools that users read it with.

    python3 tests/ecosystem/check.py target/release/vniah

In: the vniah binary; the packages of requirements.txt. Out: exit code 0 if every check holds. A tiny dataset is made,
loaded with `datasets` (rows, columns, types, videos, decoded and not), its croissant.json is checked and read with
`mlcroissant`, and its exports are read, and the first of them evaluated, by their tools.
"""

import importlib.metadata
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile


SPEC = """\
seed = 1
[haystacks]
catalogue = "haystacks.toml"
[needles]
duration = "6 frames"
gap = "4 frames"
[controls]
make = ["no-needle", "shuffled", "one-frame", "text-only", "no-times"]
"""
CATALOGUE = """\
[[haystack]]
id = "harbour"
licence = "CC0-1.0"
credit = "The vniah contributors"
scene = { name = "harbour", seed = 1, width = 128, height = 72, fps = 25, frames = 120 }

[[haystack]]
id = "night"
licence = "CC0-1.0"
scene = { name = "night", seed = 1, width = 128, height = 72, fps = "30000/1001", frames = 130 }
"""
TEXT, INTEGER, FLOAT = "string", "int64", "float64"
# `datasets` gives lists that are empty in every row no type: here, what only open questions and those about named things state.
NULL = "null"
COLUMNS = {
    "id": TEXT, "sample_id": TEXT, "video_path": TEXT, "type": TEXT, "task": TEXT, "language": TEXT, "question": TEXT, "options": [TEXT],
    "query": {"things": [NULL], "steps": INTEGER, "cells": INTEGER, "direction": TEXT}, "prompt": TEXT,
    "question_kind": TEXT, "form": TEXT, "answer_kind": TEXT, "answer": TEXT, "vocabulary": [NULL], "chance": FLOAT,
    "video_id": TEXT, "group_id": TEXT, "ask_frame": INTEGER,
    "evidence": [{"start_frame": INTEGER, "end_frame": INTEGER, "samples": INTEGER, "closer_than": INTEGER}],
    "gt": TEXT, "gt_option": TEXT, "try": INTEGER, "length": FLOAT, "num_frames": INTEGER, "fps_num": INTEGER,
    "fps_den": INTEGER, "width": INTEGER, "height": INTEGER, "haystack_ids": [TEXT], "cell_length": TEXT,
    "cell_depth_permille": INTEGER, "cell_depth_of": TEXT, "cell_window_start": INTEGER, "cell_window_end": INTEGER,
    "depth_permille": [INTEGER], "needle_time": [FLOAT], "needle_frames": [[INTEGER]],
    "needles": [{"label": TEXT, "key": TEXT, "kind": TEXT, "start_frame": INTEGER, "end_frame": INTEGER, "x": INTEGER, "y": INTEGER,
                 "w": INTEGER, "h": INTEGER, "is_distractor": "bool"}],
    "difficulty": {
        "varied": TEXT, "count": TEXT, "each": TEXT, "distractors": INTEGER, "similarity": TEXT, "hints": TEXT, "duration": TEXT, "gap": TEXT, "distance": TEXT,
        "fade_in": TEXT, "fade_out": TEXT, "text_size_permille": INTEGER, "box_opacity_permille": INTEGER,
        "picture_size_permille": INTEGER, "patch_size_permille": INTEGER, "opacity_permille": INTEGER, "blur_permille": INTEGER,
        "noise_permille": INTEGER, "tint_permille": INTEGER, "place": TEXT, "ground": TEXT,
    },
    "difficulty_effective": {
        "duration_frames": INTEGER, "longest_frames": INTEGER, "gap_frames": INTEGER, "distance_frames": INTEGER, "fade_in_frames": INTEGER,
        "fade_out_frames": INTEGER, "text_px": INTEGER, "box_alpha": INTEGER, "picture_px": INTEGER, "patch_px": INTEGER,
        "opacity_alpha": INTEGER, "blur_px": FLOAT, "noise_levels": INTEGER, "tint_levels": INTEGER,
    },
    "sha256": TEXT,
}
# Controls that have videos, and so are configurations of their dataset.
CONTROLS = ("no-needle", "shuffled", "one-frame", "no-times")


def plain(feature):
    """A feature of `datasets` as the table above writes it."""
    import datasets

    if isinstance(feature, datasets.List):
        return [plain(feature.feature)]
    if isinstance(feature, dict):
        return {name: plain(inner) for name, inner in feature.items()}
    return feature.dtype


def check_datasets(out, rows):
    import datasets

    loaded = datasets.load_dataset(str(out))
    assert list(loaded) == ["test"], list(loaded)
    split = loaded["test"]
    features = dict(split.features)
    assert isinstance(features.pop("video"), datasets.Video), "the videos are no column of videos"
    found = {name: plain(feature) for name, feature in features.items()}
    assert found == COLUMNS, {name: kind for name, kind in found.items() if COLUMNS.get(name) != kind}
    assert len(split) == len(rows), (len(split), len(rows))
    # Rows keep their order, and each names its own video; nothing is decoded.
    bare = split.cast_column("video", datasets.Video(decode=False))
    for got, row in zip(bare, rows):
        video = got.pop("video")
        assert pathlib.Path(video["path"]).resolve() == (out / row["video_path"]).resolve(), (video, row["video_path"])
        assert got == {name: row[name] for name in COLUMNS}, got["id"]
    # The first and the last frame are there and have the size that the row says.
    for got, row in list(zip(split, rows))[:: len(rows) // 4]:
        decoder = got["video"]
        assert len(decoder) == row["num_frames"], (len(decoder), row["num_frames"])
        for frame in (decoder[0], decoder[row["num_frames"] - 1]):
            assert tuple(frame.shape) == (3, row["height"], row["width"]), frame.shape
    # Rows alone, without any video.
    alone = datasets.load_dataset("json", data_files=str(out / "metadata.jsonl"), split="train")
    assert len(alone) == len(rows)
    return f"{len(rows)} rows, {len(COLUMNS) + 1} columns"


def check_controls(out, rows):
    """Each control with videos is a configuration beside the dataset, and each is a dataset by itself."""
    import datasets

    for name in CONTROLS:
        own = out / "controls" / name
        written = [json.loads(line) for line in (own / "metadata.jsonl").read_text().splitlines()]
        for split in (datasets.load_dataset(str(out), name, split="test"), datasets.load_dataset(str(own), split="test")):
            bare = split.cast_column("video", datasets.Video(decode=False))
            assert [got["id"] for got in bare] == [row["id"] for row in rows]
            for got, row in zip(bare, written):
                video = pathlib.Path(got["video"]["path"])
                assert video.resolve() == (own / row["video_path"]).resolve(), (video, row["video_path"])
                assert got["num_frames"] == row["num_frames"]
            assert len(split[0]["video"]) == written[0]["num_frames"]
    alone = datasets.load_dataset(str(out / "controls/text-only"), split="test")
    assert [got["id"] for got in alone] == [row["id"] for row in rows]
    return f"{len(CONTROLS)} configurations, and rows without videos"


def check_croissant(out, rows):
    import mlcroissant

    tool = pathlib.Path(sys.executable).with_name("mlcroissant")
    said = subprocess.run([tool, "validate", "--jsonld", out / "croissant.json"], capture_output=True, text=True)
    text = said.stdout + said.stderr
    assert said.returncode == 0 and text.rstrip().endswith("Done."), text
    assert "not standard" not in text, text
    records = list(mlcroissant.Dataset(jsonld=str(out / "croissant.json")).records("rows"))
    assert len(records) == len(rows), (len(records), len(rows))

    def is_same(value, written):
        # A list arrives as a list or an array; `tolist` is what only arrays have.
        value = value.tolist() if hasattr(value, "tolist") else value
        if isinstance(written, list):
            return len(value) == len(written) and all(map(is_same, value, written))
        if isinstance(written, float):
            # Its parser of numbers is off by some last digits.
            return math.isclose(value, written, rel_tol=1e-12)
        return (value.decode() if isinstance(value, bytes) else value) == written

    for record, row in zip(records, rows):
        for name, value in record.items():
            column = name.split("/")[1]
            assert is_same(value, row[column]), (name, value, row[column])
    return f"{len(records)} records of {len(records[0])} fields; " + text.rstrip().splitlines()[-1].split("] ")[-1]


def make(vniah, here):
    """Makes the dataset in `here`, and gives its rows."""
    (here / "spec.toml").write_text(SPEC)
    (here / "haystacks.toml").write_text(CATALOGUE)
    command = [vniah, "generate", "spec.toml", "-o", "set", "--cache", "cache"]
    subprocess.run(command, cwd=here, check=True, capture_output=True)
    return [json.loads(line) for line in (here / "set/metadata.jsonl").read_text().splitlines()]


def main():
    import lmms_check
    import on_path
    import loaders

    vniah = pathlib.Path(sys.argv[1]).resolve()
    on_path.put(vniah)
    with tempfile.TemporaryDirectory() as made:
        here = pathlib.Path(made)
        # What the tools keep goes where the dataset goes, and nothing is asked of the network.
        os.environ.update(HF_HOME=str(here / "hf"), HF_HUB_OFFLINE="1", HF_DATASETS_DISABLE_PROGRESS_BARS="1")
        rows = make(vniah, here)
        out = here / "set"
        for tool, check in (("datasets", check_datasets), ("mlcroissant", check_croissant)):
            print(f"{tool} {importlib.metadata.version(tool)}: {check(out, rows)}", flush=True)
        print(f"controls: {check_controls(out, rows)}", flush=True)
        exports = (("webdataset", loaders.check_webdataset), ("lmms_eval", lmms_check.check))
        for tool, check in exports:
            print(f"{tool} {importlib.metadata.version(tool)}: {check(vniah, here, rows)}", flush=True)
        for name, check in (("llava", loaders.check_llava), ("swift", loaders.check_swift), ("vnbench", loaders.check_vnbench)):
            print(f"{name}: {check(vniah, here, rows)}", flush=True)


if __name__ == "__main__":
    main()
