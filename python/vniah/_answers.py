"""What replies read as, and answers as the extension module takes them."""

from __future__ import annotations

import json
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Iterable, Mapping, NamedTuple, Optional, Sequence, Union

from . import _vniah
from ._sampler import FrameRate


class Reading(NamedTuple):
    """What a reply reads as."""

    #: The answer in its canonical text: of a choice, the text of the option. ``None`` where none can be read.
    answer: Optional[str]
    #: Of a choice, the letter of the option.
    letter: Optional[str]
    #: What in the reply gave the answer, or why none can be read.
    reason: str
    #: Whether it is right, where that is known. A reply that cannot be read is not.
    correct: Optional[bool]
    #: How much of it is right, from 0 to 1, where that is known.
    credit: Optional[float]


def reading(text: str) -> Reading:
    """A reading of its JSON."""
    return Reading(**json.loads(text))


def extract(
    reply: str,
    options: Sequence[str] = (),
    *,
    kind: str = "choice",
    vocabulary: Sequence[Union[str, Sequence[str]]] = (),
    num_frames: int = 0,
    fps: FrameRate = 1,
    rule: str = "robust",
) -> Reading:
    """Read what a reply answers, by the rules of ``score``.

    ``kind`` is the kind of the answer: ``choice`` (with ``options``), ``number``, ``label``, ``set``, ``list`` (these three with a
    ``vocabulary``: names, or lists of a name and its aliases), ``spans``, ``moment`` (these two with ``num_frames`` and ``fps`` if replies
    may name frames) or ``point``.
    ``rule`` is ``robust``, or VNBench's ``official``, for letters.
    """
    labels = [[label] if isinstance(label, str) else list(label) for label in vocabulary]
    text = _vniah.extract(
        reply,
        kind=kind,
        options=list(options),
        vocabulary=labels,
        num_frames=num_frames,
        fps=str(fps),
        rule=rule,
    )
    return reading(text)


#: A path, or part of one.
StrPath = Union[str, "PathLike[str]"]
#: Replies by the id of their row; answers as in ``answers.jsonl``; or files of these.
AnswersLike = Union[Mapping[str, Optional[str]], Iterable[Mapping[str, Any]], StrPath, Iterable[StrPath]]


class Given(NamedTuple):
    """Answers as the extension module takes them."""

    #: A JSON list of answers.
    answers: Optional[str] = None
    files: Optional[list[str]] = None
    #: Name of the model where nothing states one.
    model: str = "model"


def given(answers: Optional[AnswersLike]) -> Given:
    """Answers of any form."""
    if answers is None:
        return Given()
    if isinstance(answers, (str, PathLike)):
        return Given(files=[fspath(answers)], model=Path(answers).stem)
    if isinstance(answers, Mapping):
        lines = [{"id": id, "response": response} for id, response in answers.items()]
        return Given(answers=json.dumps(lines))
    listed = list(answers)
    if listed and all(isinstance(item, (str, PathLike)) for item in listed):
        files = [fspath(item) for item in listed]  # type: ignore[arg-type]
        return Given(files=files, model=Path(files[0]).stem)
    return Given(answers=json.dumps(listed))
