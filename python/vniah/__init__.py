"""Needle-in-a-video-haystack benchmarks: made from any videos, verified, and scored.

Score a model on a dataset::

    import vniah

    dataset = vniah.open("dataset")
    for row in dataset:
        pixels, seconds = row.frames("linspace(8)")
        dataset.answer(row.id, model(pixels, row.prompt))
    print(dataset.score().overall["circular"])
"""

from __future__ import annotations

import atexit as _atexit

from . import _vniah
from ._answers import Reading, extract
from ._dataset import Dataset, Frames, Needle, Row, Sample, generate, open
from ._errors import (
    CheckError,
    InputError,
    InternalError,
    MediaError,
    StoppedError,
    UsageError,
    VniahError,
    VniahWarning,
)
from ._progress import Progress
from ._reports import Audit, Scores, Verification
from ._sampler import Sampler, sampler, samplers
from ._vniah import VERSION as __version__

_atexit.register(_vniah.abandon)

__all__ = [
    "Audit",
    "CheckError",
    "Dataset",
    "Frames",
    "InputError",
    "InternalError",
    "MediaError",
    "Needle",
    "Progress",
    "Reading",
    "Row",
    "Sample",
    "Sampler",
    "Scores",
    "StoppedError",
    "UsageError",
    "Verification",
    "VniahError",
    "VniahWarning",
    "__version__",
    "extract",
    "generate",
    "open",
    "sampler",
    "samplers",
]
