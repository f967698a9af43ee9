"""Shards, training records and tables, read by the tools that they are for.

In: the vniah binary, a dataset. Out: an account of what was read; an assertion fails where it is not what the rows say.
"""

import hashlib
import json
import os
import pathlib
import subprocess


def export(vniah, here, kind, *more):
    out = here / f"for-{kind}"
    subprocess.run([vniah, "export", "set", "--to", kind, "-o", out, *more], cwd=here, check=True, capture_output=True)
    return out


def prompt(row):
    options = [f"{letter}. {option}" for letter, option in zip("ABCD", row["options"])]
    return "\n".join([row["question"], *options, "Answer with the option's letter from the given choices directly."])


def check_webdataset(vniah, here, rows):
    import webdataset

    out = export(vniah, here, "webdataset", "--shard-size", "1")
    shards = sorted(map(str, (out / "webdataset").glob("*.tar")))
    read = list(webdataset.WebDataset(shards, shardshuffle=False).decode())
    by_sample = {}
    for row in rows:
        by_sample.setdefault(row["sample_id"], []).append(row)
    assert [one["__key__"] for one in read] == list(by_sample), [one["__key__"] for one in read]
    for one in read:
        own = by_sample[one["__key__"]]
        assert one["json"] == {"sample_id": one["__key__"], "rows": own}
        assert hashlib.sha256(one["mp4"]).hexdigest() == own[0]["sha256"], one["__key__"]
    return f"{len(read)} samples of {len(shards)} shards, each video by its digest"


def check_llava(vniah, here, rows):
    """LLaVA's own loader is no package: the keys that it takes, and `datasets` as the Qwen-VL scripts use it."""
    import datasets

    out = export(vniah, here, "llava")
    records = datasets.load_dataset("json", data_files=str(out / "llava.json"), split="train")
    for record, row in zip(records, rows, strict=True):
        assert sorted(record) == ["conversations", "id", "video"]
        assert (out / record["video"]).is_file() and not os.path.isabs(record["video"])
        human, gpt = record["conversations"]
        assert (human["from"], gpt["from"], gpt["value"]) == ("human", "gpt", row["gt_option"])
        # The tag stands for the video, once, before the text.
        assert human["value"] == f"<video>\n{prompt(row)}" and human["value"].count("<video>") == 1
    return f"{len(records)} records in the documented schema"


def check_swift(vniah, here, rows):
    """The documented schema: ms-swift itself needs older versions of `datasets` and `transformers` than these tools."""
    out = export(vniah, here, "swift")
    records = [json.loads(line) for line in (out / "swift.jsonl").read_text().splitlines()]
    for record, row in zip(records, rows, strict=True):
        assert sorted(record) == ["messages", "videos"]
        user, assistant = record["messages"]
        assert user == {"role": "user", "content": f"<video>\n{prompt(row)}"}, user
        assert assistant == {"role": "assistant", "content": row["gt_option"]}, assistant
        assert [(out / video).is_file() for video in record["videos"]] == [True] == [user["content"].count("<video>") == 1]
    return f"{len(records)} records in the documented schema"


def check_vnbench(vniah, here, rows):
    out = export(vniah, here, "vnbench")
    tries = json.loads((out / "VNBench-main-4try.json").read_text())
    for one, row in zip(tries, rows, strict=True):
        assert (out / one["video"]).is_file() and one["video"] == f"./VNBench/{pathlib.Path(row['video_path']).name}"
        assert one["options"]["ABCD".index(one["gt_option"])] == one["gt"]
    return f"{len(tries)} tries"
