"""Functions of the lmms-eval task beside this file.

In: a row of metadata.jsonl. Out: its video, its prompt, and what of a reply goes into the metrics and the samples log.
`vniah import` joins the samples log by the `id` that `process_results` returns.
"""

import importlib.util
import json
import string
from pathlib import Path

HERE = Path(__file__).resolve().parent

# Loaded by its path: another task may have a module of this name.
_spec = importlib.util.spec_from_file_location("vniah_scoring", HERE / "scoring.py")
scoring = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(scoring)

# Fails here, when the task is loaded, where replies could not be read.
GRADER = scoring.Grader(HERE.parent)

# Whole prompts by id, of the rows that are not asked as VNBench asks: open questions, and those about times.
_prompts = HERE / "prompts.json"
PROMPTS = json.loads(_prompts.read_text(encoding="utf-8")) if _prompts.exists() else {}


def seen(doc):
    """The path of what may be seen of the video: of its start, where the question is asked before its end."""
    path = Path(doc["video_path"])
    # Rows of earlier versions do not state it: they ask about whole videos.
    ask_frame = doc.get("ask_frame") or 0
    if 0 < ask_frame < doc["num_frames"]:
        return Path("prefixes") / f"{path.stem}@{ask_frame}.mp4"
    return path


def doc_to_visual(doc, lmms_eval_specific_kwargs=None):
    """The video, found from this file's place: its track holds the sound. For models with the keyword `sound: wav`, which take frames of
    a video without its track, the sound follows, where the question needs it and the video has one."""
    wav = HERE.parent / "sounds" / f"{seen(doc).stem}.wav"
    is_apart = doc.get("audio_needed") and (lmms_eval_specific_kwargs or {}).get("sound") == "wav" and wav.is_file()
    return [str(HERE.parent / seen(doc)), *([str(wav)] if is_apart else [])]


def doc_to_text(doc, lmms_eval_specific_kwargs=None):
    """The question and its lettered options; with the task's own keywords, VNBench's prompt to the letter."""
    words = lmms_eval_specific_kwargs or {}
    if doc["id"] in PROMPTS:
        return f"{words.get('pre_prompt', '')}{PROMPTS[doc['id']]}"
    options = "\n".join(f"{letter}. {option}" for letter, option in zip(string.ascii_uppercase, doc["options"]))
    return f"{words.get('pre_prompt', '')}{doc['question']}\n{options}{words.get('post_prompt', '')}"


def doc_to_target(doc):
    """The letter of the right option; of an open question the answer: of one span [start, end] in seconds, else its text."""
    if doc["options"]:
        return doc["gt_option"]
    times = doc["answer"].split(" - ")
    # Neither several spans nor `none` are one start and one end.
    if doc.get("answer_kind") == "spans" and len(times) == 2:
        return [float(time) for time in times]
    return doc["answer"]


def process_results(doc, results):
    """The same verdict on a reply for each metric that it counts in."""
    item = {**GRADER.grade(doc["id"], results[0]), "video": str(seen(doc))}
    return scoring.counts(item)
