"""Datasets: their rows and samples, what models answer, and what comes of it."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Callable, Iterable, Iterator, Mapping, NamedTuple, Optional, Union, cast, overload

from . import _answers, _sampler, _vniah
from ._answers import AnswersLike, Reading, StrPath
from ._errors import warn
from ._progress import ProgressOption, listener
from ._reports import Audit, Scores, Verification
from ._sampler import Sampler, SamplerLike
from ._video import VideoFile

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from .torch import VideoQuestions


class Needle(NamedTuple):
    """What is hidden in a video."""

    #: What it shows, in the words of the options.
    label: str
    #: What it is shown for; empty where there is no such thing.
    key: str
    #: How it enters and what it is, such as ``overlay-text``.
    kind: str
    #: Its first frame.
    start_frame: int
    #: The frame after its last.
    end_frame: int
    #: Left edge, upper edge, width and height in pixels.
    x: int
    y: int
    w: int
    h: int
    #: Whether it is shown, but not asked for.
    is_distractor: bool
    #: How it moves, as ``metadata.jsonl`` states it; empty where it does not.
    motion: str = ""


class Frames(NamedTuple):
    """Decoded frames of one video."""

    #: Of shape (frames, height, width, 3): red, green and blue.
    pixels: npt.NDArray[np.uint8]
    #: When each is shown.
    seconds: npt.NDArray[np.float64]


class Row(Mapping[str, Any]):
    """A question as it is asked once: with its options in one order.

    It maps the columns of ``metadata.jsonl`` to their values. The most used have attributes.
    """

    __slots__ = ("_dataset", "_at", "_fields")

    def __init__(self, dataset: _vniah.Dataset, at: int) -> None:
        self._dataset = dataset
        self._at = at
        self._fields: dict[str, Any] = json.loads(dataset.row(at))

    def __getitem__(self, column: str) -> Any:
        return self._fields[column]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __repr__(self) -> str:
        return f"Row({self.id!r}, {self.question!r})"

    @property
    def id(self) -> str:
        """Key of the row: what answers name."""
        return cast(str, self["id"])

    @property
    def sample_id(self) -> str:
        """Key of the question. Its tries, which differ in the order of the options, share it."""
        return cast(str, self["sample_id"])

    @property
    def type(self) -> str:
        """Type of the question, such as ``ret_edit1``."""
        return cast(str, self["type"])

    @property
    def task(self) -> str:
        """Task of the type, such as ``retrieval``."""
        return cast(str, self["task"])

    @property
    def question(self) -> str:
        """The question, without its options."""
        return cast(str, self["question"])

    @property
    def options(self) -> list[str]:
        """The options in the order in which they are shown; empty where the question is open."""
        return cast("list[str]", self["options"])

    @property
    def prompt(self) -> str:
        """The whole text for a model: the question, its options, and what the answer is to look like."""
        return cast(str, self["prompt"])

    @property
    def answer(self) -> str:
        """The right answer in its canonical text."""
        return cast(str, self["answer"])

    @property
    def answer_kind(self) -> str:
        """What the answer is: ``choice``, ``number``, ``label``, ``set``, ``list``, ``spans``, ``point`` or ``moment``."""
        return cast(str, self["answer_kind"])

    @property
    def num_frames(self) -> int:
        """Length of the video in frames."""
        return cast(int, self["num_frames"])

    @property
    def fps(self) -> Fraction:
        """Frames a second."""
        return Fraction(self["fps_num"], self["fps_den"])

    @property
    def needles(self) -> list[Needle]:
        """What is hidden in the video."""
        # Rows of earlier versions state no motion.
        return [Needle(**{field: needle[field] for field in Needle._fields if field in needle}) for needle in self["needles"]]

    @property
    def video(self) -> Union[Path, BinaryIO]:
        """The video: the path of a file, or of a dataset of recipes an open file, which ends where the path would.

        The open file is put together from the haystacks as it is read. Nothing is written. PyAV and others read it as a file.
        """
        path, video = self._dataset.video(self._at)
        if path is not None:
            return path
        assert video is not None
        return io.BufferedReader(VideoFile(video), 1 << 20)

    def open_video(self) -> BinaryIO:
        """The video as an open file, whether it is a file or a recipe."""
        video = self.video
        return io.open(video, "rb") if isinstance(video, Path) else video

    def indices(self, sampler: SamplerLike) -> list[int]:
        """The frames that a sampler takes, in its order. All lie before the question is asked."""
        return self._dataset.indices(self._at, *_sampler.taken(sampler))

    def frames(self, sampler: SamplerLike) -> Frames:
        """The frames that a sampler takes, decoded, and their times. ``sampler`` may be the numbers of frames, too."""
        return Frames(*self._dataset.frames(self._at, *_sampler.taken(sampler)))

    def extract(self, reply: str, *, rule: str = "robust") -> Reading:
        """Read what a reply answers, and whether that is right."""
        return _answers.reading(self._dataset.grade(self._at, reply, rule))

    def to_dict(self) -> dict[str, Any]:
        """All columns, as a plain dictionary."""
        return cast("dict[str, Any]", json.loads(self._dataset.row(self._at)))


class Sample:
    """A question with all its tries. Its frames and its video are those of every try."""

    __slots__ = ("rows",)

    def __init__(self, rows: Sequence[Row]) -> None:
        #: Its tries: the options of each are those of the first, shifted.
        self.rows = list(rows)

    def __repr__(self) -> str:
        return f"Sample({self.id!r}, {self.question!r}, {len(self.rows)} rows)"

    @property
    def id(self) -> str:
        """Key of the question: its ``sample_id``."""
        return self.rows[0].sample_id

    @property
    def type(self) -> str:
        """Type of the question, such as ``ret_edit1``."""
        return self.rows[0].type

    @property
    def task(self) -> str:
        """Task of the type, such as ``retrieval``."""
        return self.rows[0].task

    @property
    def question(self) -> str:
        """The question, without its options."""
        return self.rows[0].question

    @property
    def options(self) -> list[str]:
        """The options of the first try."""
        return self.rows[0].options

    @property
    def prompt(self) -> str:
        """The prompt of the first try."""
        return self.rows[0].prompt

    @property
    def answer(self) -> str:
        """The right answer in its canonical text."""
        return self.rows[0].answer

    @property
    def needles(self) -> list[Needle]:
        """What is hidden in the video."""
        return self.rows[0].needles

    @property
    def video(self) -> Union[Path, BinaryIO]:
        """The video, as :attr:`Row.video`."""
        return self.rows[0].video

    def open_video(self) -> BinaryIO:
        """The video as an open file."""
        return self.rows[0].open_video()

    def indices(self, sampler: SamplerLike) -> list[int]:
        """The frames that a sampler takes."""
        return self.rows[0].indices(sampler)

    def frames(self, sampler: SamplerLike) -> Frames:
        """The frames that a sampler takes, decoded once for all tries."""
        return self.rows[0].frames(sampler)


class Dataset(Sequence[Row]):
    """A dataset on disk: a sequence of its rows, each a question asked once."""

    def __init__(self, dataset: _vniah.Dataset) -> None:
        self._dataset = dataset

    def __repr__(self) -> str:
        return f"vniah.open({str(self.path)!r})"

    def __reduce__(self) -> tuple[Callable[..., Dataset], tuple[Any, ...]]:
        return (_reopened, self._dataset.opened)

    def __len__(self) -> int:
        return len(self._dataset)

    def __iter__(self) -> Iterator[Row]:
        return (Row(self._dataset, at) for at in range(len(self)))

    @overload
    def __getitem__(self, at: Union[int, str]) -> Row: ...

    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...

    def __getitem__(self, at: Union[int, str, slice]) -> Union[Row, list[Row]]:
        """The row at a place or with an id; rows of a slice."""
        if isinstance(at, str):
            return Row(self._dataset, self._dataset.position(at))
        places = range(len(self))[at]
        return [Row(self._dataset, place) for place in places] if isinstance(places, range) else Row(self._dataset, places)

    @property
    def path(self) -> Path:
        """Its directory."""
        return self._dataset.opened[0]

    @property
    def samples(self) -> list[Sample]:
        """Its questions, each with all its tries."""
        return [Sample([Row(self._dataset, at) for at in places]) for places in self._dataset.samples()]

    @property
    def manifest(self) -> dict[str, Any]:
        """What made it: ``manifest.json``."""
        return cast("dict[str, Any]", json.loads(self._dataset.manifest()))

    def to_dataframe(self) -> pd.DataFrame:
        """All rows as a table. It needs pandas."""
        import pandas as pd

        return pd.DataFrame([row.to_dict() for row in self])

    def to_torch(
        self, sampler: SamplerLike, transform: Optional[Callable[[dict[str, Any]], Any]] = None
    ) -> VideoQuestions:
        """A map-style dataset of torch: each item a row with its frames. It needs torch."""
        from .torch import VideoQuestions

        return VideoQuestions(self, sampler, transform)

    def answer(
        self,
        id: str,
        text: Optional[str],
        *,
        model: Optional[str] = None,
        sampler: Union[str, Sampler, None] = None,
        indices: Optional[Iterable[int]] = None,
        status: Optional[str] = None,
    ) -> None:
        """Record a reply to the row ``id``, for :meth:`score` and :meth:`write_answers`. A later reply to a row replaces the earlier one.

        ``text`` is the reply as it came; ``None`` counts as missing. ``indices`` are the frames that the model was shown.
        """
        line: dict[str, Any] = {"id": id, "response": text}
        optional = {
            "model": model,
            "sampler": None if sampler is None else _sampler.name_of(sampler),
            "indices": None if indices is None else [int(frame) for frame in indices],
            "status": status,
        }
        line.update((key, value) for key, value in optional.items() if value is not None)
        self._dataset.record(json.dumps(line))

    @property
    def answers(self) -> dict[str, Optional[str]]:
        """The recorded replies, by the id of their row."""
        return {line["id"]: line["response"] for line in json.loads(self._dataset.answers())}

    def clear_answers(self) -> None:
        """Forget the recorded replies."""
        self._dataset.clear()

    def write_answers(self, path: StrPath) -> None:
        """Write the recorded replies as ``answers.jsonl``, which every command of vniah reads."""
        warning = self._dataset.write_answers(path)
        if warning is not None:
            warn(warning)

    def score(
        self,
        answers: Optional[AnswersLike] = None,
        *,
        model: Optional[str] = None,
        rule: str = "robust",
        sampler: Union[str, Sampler, None] = None,
        threshold: Optional[float] = None,
        seed: int = 0,
    ) -> Scores:
        """Score the recorded replies, or ``answers``: a dictionary of replies by id, a list of answers, or files of them.

        ``sampler`` is the one through which the model saw the videos, for answers that do not say which frames were shown.
        """
        taken = _answers.given(answers)
        text = self._dataset.score(
            answers=taken.answers,
            files=taken.files,
            model=model,
            fallback_model=taken.model,
            rule=rule,
            sampler=None if sampler is None else _sampler.name_of(sampler),
            threshold=threshold,
            seed=seed,
        )
        return Scores(text)

    def coverage(
        self,
        samplers: Union[str, Sampler, Iterable[Union[str, Sampler]]],
        *,
        resize: Optional[str] = None,
        indices: bool = False,
    ) -> dict[str, dict[str, Any]]:
        """What each sampler sees, and what a perfect model reaches that sees no more: by the sampler's name."""
        listed = [samplers] if isinstance(samplers, (str, Sampler)) else list(samplers)
        names = [_sampler.name_of(sampler) for sampler in listed]
        text = self._dataset.coverage(names, resize=resize, indices=indices)
        return cast("dict[str, dict[str, Any]]", json.loads(text)["samplers"])

    def audit(self, *, needles: Iterable[StrPath] = ()) -> Audit:
        """Attack the questions without looking at a video. ``needles`` are directories of your own needle packs."""
        return Audit(self._dataset.audit(list(needles)))

    def verify(
        self, samples: Iterable[str] = (), *, solve: bool = False, progress: ProgressOption = None
    ) -> Verification:
        """Decode every video, or those of ``samples``, and compare it with the plan. ``solve`` answers each question from its frames, too."""
        return Verification(
            *self._dataset.verify(list(samples), solve=solve, progress=listener(progress))
        )

    def oracle(
        self, *, sampler: Union[str, Sampler, None] = None, progress: ProgressOption = None
    ) -> list[dict[str, Any]]:
        """Answers of a solver that looks at pixels alone: at all frames, or at those that a sampler takes."""
        name = None if sampler is None else _sampler.name_of(sampler)
        text = self._dataset.oracle(sampler=name, progress=listener(progress))
        return cast("list[dict[str, Any]]", json.loads(text))

    def blind(self, *, seed: int = 0) -> list[dict[str, Any]]:
        """Answers of somebody who does not look."""
        return cast("list[dict[str, Any]]", json.loads(self._dataset.blind(seed)))

    def materialize(self, samples: Iterable[str] = (), *, progress: ProgressOption = None) -> None:
        """Write the videos of a dataset of recipes as files: all, or those of ``samples``."""
        self._dataset.materialize(list(samples), progress=listener(progress))

    def export(
        self,
        formats: Union[str, Iterable[str]],
        out: Optional[StrPath] = None,
        *,
        name: Optional[str] = None,
        sampler: Union[str, Sampler, None] = None,
        progress: ProgressOption = None,
    ) -> None:
        """Write the dataset in formats of other tools, such as ``lmms-eval``: to ``out``, or beside itself."""
        listed = [formats] if isinstance(formats, str) else list(formats)
        sampler_name = None if sampler is None else _sampler.name_of(sampler)
        self._dataset.export(listed, out, name=name, sampler=sampler_name, progress=listener(progress))


def _reopened(
    out: Path,
    spec: Optional[Path],
    haystacks: Optional[Path],
    cache: Optional[Path],
    cache_limit: Optional[int],
    threads: Optional[int],
) -> Dataset:
    return open(
        out, spec=spec, haystacks=haystacks, cache=cache, cache_limit=cache_limit, threads=threads
    )


def open(
    out: StrPath,
    *,
    spec: Optional[StrPath] = None,
    haystacks: Optional[StrPath] = None,
    cache: Optional[StrPath] = None,
    cache_limit: Optional[int] = None,
    threads: Optional[int] = None,
) -> Dataset:
    """Open the dataset in the directory ``out``.

    ``spec`` and ``haystacks`` (the directory of the source videos) are looked for where they were when the dataset was made, or in
    the dataset itself. ``cache`` is the directory of prepared haystacks, which recipes need, ``cache_limit`` its size in bytes. ``threads``
    is how many work at once; by default, one a core.
    """
    dataset = Dataset(
        _vniah.Dataset(
            out, spec=spec, haystacks=haystacks, cache=cache, cache_limit=cache_limit, threads=threads
        )
    )
    # A directory that holds no dataset is told now, not at the first use.
    len(dataset)
    return dataset


def generate(
    spec: Union[StrPath, Mapping[str, Any]],
    out: StrPath,
    *,
    base: Optional[StrPath] = None,
    store: str = "file",
    cache: Optional[StrPath] = None,
    cache_limit: Optional[int] = None,
    threads: Optional[int] = None,
    progress: ProgressOption = None,
) -> Dataset:
    """Make the dataset of a spec in the directory ``out``, and open it. Called again, it resumes where it stopped.

    ``spec`` is the path of a spec, the text of one (a string of several lines), or a dictionary. Paths in a text or a dictionary start
    at ``base``, by default the working directory. ``store`` is how videos are kept: as ``file`` or as ``recipe``.
    """
    is_text = isinstance(spec, str) and "\n" in spec
    is_value = isinstance(spec, Mapping)
    made = _vniah.generate(
        path=None if is_text or is_value else cast("StrPath", spec),
        text=cast(str, spec) if is_text else None,
        value=json.dumps(spec, default=os.fspath) if is_value else None,
        base=os.getcwd() if base is None else base,
        out=out,
        store=store,
        cache=cache,
        cache_limit=cache_limit,
        threads=threads,
        progress=listener(progress),
    )
    return Dataset(made)
