"""Runs VLMEvalKit on the videos of this dataset.

    python register.py --data {name}_16frame --model MODEL [whatever else VLMEvalKit's run.py takes]

`{name}_16frame` takes 16 frames of each video, `{name}_1fps` one frame a second; any other number may stand there. In: the
table beside this file and the videos. Out: VLMEvalKit's result file, which `vniah import` joins by its column `id`, and the
figures of `vniah score`; `official_*` are those of VNBench's letter rule.
"""

import importlib.util
import re
import runpy
import string
import sys
from fractions import Fraction
from functools import partial
from pathlib import Path

import pandas
import scoring
import vlmeval
import vlmeval.dataset
from vlmeval.dataset.video_base import VideoBaseDataset
from vlmeval.dataset.video_dataset_config import supported_video_datasets
from vlmeval.smp import dump, load

HERE = Path(__file__).resolve().parent
NAME = "{name}"
TABLE = HERE / "video" / f"{NAME}.tsv"
PROMPT = "{instruction}"
# Fails here, before a model is asked, where replies could not be read.
GRADER = scoring.Grader(HERE.parent)


class Vniah(VideoBaseDataset):
    """One row a try; options in the columns A, B, C, ..., of which those that a row does not have are empty.

    Rows that are not asked as VNBench asks have their whole `prompt`: open questions, and those about times."""

    TYPE = "{type}"

    def __init__(self, dataset=NAME, nframe=0, fps=-1, **_):
        # Some versions of run.py hand all of their own arguments on, hence the last parameter.
        super().__init__(dataset=dataset, nframe=nframe, fps=fps)
        self.data = _table()

    @classmethod
    def supported_datasets(cls):
        return [NAME]

    def prepare_dataset(self, dataset):
        return {"root": str(HERE.parent), "data_file": str(TABLE)}

    def build_prompt(self, line, video_llm):
        if isinstance(line, int):
            line = self.data.iloc[line]
        if video_llm:
            shown = [{"type": "video", "value": str(HERE.parent / f"{line['video']}.mp4")}]
        else:
            shown = [{"type": "image", "value": path} for path in self.save_video_frames(line["video"])]
        # The track of a video holds its sound; frames have it beside them, where the question needs it.
        if line.get("sound", "") and not video_llm:
            heard = [{"type": "audio", "value": str(HERE.parent / line["sound"])}]
        else:
            heard = []
        if line.get("prompt", ""):
            times = [] if video_llm else self._times(line, len(shown))
            return [*times, *shown, *heard, {"type": "text", "value": line["prompt"]}]
        options = [f"{letter}. {line[letter]}" for letter in _letters(line)]
        return [*shown, *heard, {"type": "text", "value": "\n".join([line["question"], *options, PROMPT])}]

    def _times(self, line, count):
        """When the frames are shown, by the rule that VLMEvalKit takes them by; nothing for rows that are not to know."""
        if not line["times"]:
            return []
        frames, rate = int(line["num_frames"]), Fraction(line["fps"])
        step = rate / Fraction(str(self.fps)) if self.fps > 0 else Fraction(frames, count + 1)
        first = 0 if self.fps > 0 else 1
        times = ", ".join(f"{float(int((at + first) * step) / rate):.2f}s" for at in range(count))
        text = f"A total of {count} frames are sampled. Their corresponding timestamps are: {times}."
        return [{"type": "text", "value": text}]

    @classmethod
    def evaluate(cls, eval_file, **judge_kwargs):
        # An empty reply is an empty cell, which is read as not a number.
        answered = load(eval_file).fillna("")
        replies = dict(zip(answered["id"].astype(str), answered["prediction"].astype(str)))
        items = [GRADER.grade(row_id, replies.get(row_id)) for row_id in _table()["id"]]
        result = scoring.figures(items)
        result = {"overall": result.pop("main"), "error": result.pop("circular_error"), **result}
        dump(result, str(Path(eval_file).with_suffix("")) + "_acc.json")
        return result


def _table():
    """The rows as text alone: read otherwise, numbers beside empty cells are fractions, and the word None is no word."""
    table = pandas.read_csv(TABLE, sep="\t", dtype=str, keep_default_na=False)
    table["index"] = table["index"].astype(int)
    return table


def _letters(row):
    return [letter for letter in string.ascii_uppercase if row.get(letter, "")]


def register(names):
    """Makes VLMEvalKit know those of `names` that are this dataset with a way to take frames."""
    vlmeval.dataset.Vniah = Vniah
    for name in names:
        match = re.fullmatch(rf"{re.escape(NAME)}_(\d+)frame|{re.escape(NAME)}_([\d.]+)fps", name)
        if match and match[1]:
            supported_video_datasets[name] = partial(Vniah, nframe=int(match[1]))
        elif match:
            supported_video_datasets[name] = partial(Vniah, fps=float(match[2]))


if __name__ == "__main__":
    register(sys.argv[1:])
    # A checkout has run.py beside the package, an installed package has it inside.
    if importlib.util.find_spec("vlmeval.run"):
        runpy.run_module("vlmeval.run", run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(str(Path(vlmeval.__file__).parents[1] / "run.py"), run_name="__main__")
