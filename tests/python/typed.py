"""An example of a user's, which mypy checks against the package's types. It is checked, and not run."""

from pathlib import Path
from typing import Optional

import numpy as np
import numpy.typing as npt
from typing_extensions import assert_type

import vniah


def model(pixels: npt.NDArray[np.uint8], prompt: str) -> str:
    return "A"


def evaluate(out: Path) -> float:
    dataset = vniah.open(out, threads=2)
    assert_type(dataset, vniah.Dataset)
    for row in dataset:
        assert_type(row, vniah.Row)
        pixels, seconds = row.frames("linspace(8)")
        assert_type(pixels, npt.NDArray[np.uint8])
        assert_type(seconds, npt.NDArray[np.float64])
        dataset.answer(row.id, model(pixels, row.prompt))
    for sample in dataset.samples:
        assert_type(sample, vniah.Sample)
        assert_type(sample.options, list[str])
        assert_type([needle.start_frame for needle in sample.needles], list[int])
    scores = dataset.score(sampler=vniah.sampler("linspace(8)"))
    assert_type(scores, vniah.Scores)
    reading = vniah.extract("B", ["apple", "pear"])
    assert_type(reading.letter, Optional[str])
    try:
        vniah.generate({"seed": 1}, out)
    except vniah.InputError as error:
        assert_type(error.file, Optional[Path])
        assert_type(error.key, Optional[str])
    circular = scores.overall["circular"]
    assert isinstance(circular, float)
    return circular
