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
        # In floats, as there: of 122 frames, the seventh of 13 is int(7 * (122 / 14)), which is 60, and not the exact 61.
        step = float(rate) / self.fps if self.fps > 0 else frames / (count + 1)
        first = 0 if self.fps > 0 else 1
        times = ", ".join(f"{_seconds(int((at + first) * step), rate)}s" for at in range(count))
        text = f"A total of {count} frames are sampled. Their corresponding timestamps are: {times}."
        return [{"type": "text", "value": text}]

    @classmethod
    def evaluate(cls, eval_file, **judge_kwargs):
        replies = _replies(eval_file)
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


def _replies(path):
    """Replies by the id of their row. An empty cell is an empty reply; a word that pandas takes for an empty cell, such as None, is not."""
    as_text = {"dtype": str, "keep_default_na": False}
    ending = Path(path).suffix.lower()
    if ending in (".xlsx", ".xls"):
        answered = pandas.read_excel(path, **as_text)
    elif ending in (".tsv", ".csv"):
        answered = pandas.read_csv(path, sep="\t" if ending == ".tsv" else ",", **as_text)
    else:
        # The null of JSON is no word.
        answered = pandas.DataFrame(load(path))
    texts = ["" if pandas.isna(reply) else str(reply) for reply in answered["prediction"]]
    return dict(zip(answered["id"].astype(str), texts))


def _seconds(frame, rate):
    """The seconds at which a frame is shown."""
    # As vniah writes times: exact and rounded half up, with a third decimal where two would not tell neighbouring frames apart.
    digits = 3 if rate > 100 else 2
    units = int(frame / rate * 10**digits + Fraction(1, 2))
    return f"{units // 10**digits}.{units % 10**digits:0{digits}}"


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
