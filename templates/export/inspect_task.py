"""A task of inspect_ai, which needs no change for it:

    inspect eval inspect_task/task.py --model MODEL --no-log-images [-T sound=true]

The track of a video holds its sound. `-T sound=true` sends the sound beside it, too, where a question needs it: for models that take no track.

In: samples.jsonl beside this file, and the videos. Out: inspect's log, which `vniah import` joins by the samples' ids, and the
figures of `vniah score`; `official_*` are those of VNBench's letter rule.
"""

import importlib.util
import json
from pathlib import Path

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageUser, ContentAudio, ContentText, ContentVideo
from inspect_ai.scorer import SampleScore, Score, Target, Value, metric, scorer
from inspect_ai.solver import TaskState, generate

HERE = Path(__file__).resolve().parent
NAME = "{name}"

# Loaded by its path: another task may have a module of this name.
_spec = importlib.util.spec_from_file_location("vniah_scoring", HERE / "scoring.py")
scoring = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(scoring)

# Fails here, before a model is asked, where replies could not be read.
GRADER = scoring.Grader(HERE.parent)


def _samples(sound):
    lines = (HERE / "samples.jsonl").read_text(encoding="utf-8").splitlines()
    for row in map(json.loads, lines):
        video = ContentVideo(video=str(HERE.parent / row["video"]), format="mp4")
        path = row.get("sound")
        heard = [ContentAudio(audio=str(HERE.parent / path), format="wav")] if sound and path else []
        message = ChatMessageUser(content=[video, *heard, ContentText(text=row["prompt"])])
        yield Sample(id=row["id"], input=[message], target=row["target"], metadata=row["metadata"])


@metric(scores="unreduced")
def figures():
    """The figures of `vniah score`; with several epochs, the mean over them."""

    # inspect tells by the annotation that it is to give scores with their samples.
    def of(scores: list[SampleScore]) -> Value:
        epochs = {}
        for score in scores:
            epochs.setdefault(score.score.metadata["epoch"], []).append(score.score.metadata)
        listed = [scoring.figures(items) for items in epochs.values()]
        names = dict.fromkeys(name for found in listed for name in found)
        values = {name: [found[name] for found in listed if name in found] for name in names}
        return {name: sum(own) / len(own) for name, own in values.items()}

    return of


@scorer(metrics=[figures()])
def vniah():
    """Grades a reply as `vniah score` does: its value is the credit, 0 to 1."""

    async def score(state: TaskState, target: Target) -> Score:
        graded = GRADER.grade(state.sample_id, state.output.completion)
        read = graded["letter"] or graded["answer"]
        metadata = {**graded, "epoch": state.epoch}
        return Score(value=graded["credit"], answer=read, explanation=graded["reason"], metadata=metadata)

    return score


# inspect reads the name without running this file, so it stands here.
@task(name="{name}")
def dataset(sound: bool = False):
    """One sample a row: the video, and the whole prompt."""
    return Task(dataset=MemoryDataset(list(_samples(sound)), name=NAME), solver=generate(), scorer=vniah())
