"""The part of ``vniah`` that is written in Rust. What is read and not worked on is JSON."""

from os import PathLike
from pathlib import Path
from typing import Final, Optional, Sequence, Union

import numpy as np
import numpy.typing as npt

from ._progress import Listener

_Path = Union[str, PathLike[str]]

VERSION: Final[str]

def main(argv: Sequence[_Path]) -> int: ...
def samplers() -> str: ...
def extract(
    reply: str,
    *,
    kind: str,
    options: Sequence[str],
    vocabulary: Sequence[Sequence[str]],
    num_frames: int,
    fps: str,
    rule: str,
) -> str: ...
def write_scores(path: _Path, scores: str) -> None: ...
def generate(
    *,
    path: Optional[_Path],
    text: Optional[str],
    value: Optional[str],
    base: _Path,
    out: _Path,
    store: str,
    cache: Optional[_Path],
    cache_limit: Optional[int],
    threads: Optional[int],
    progress: Optional[Listener],
) -> Dataset: ...

class Sampler:
    def __new__(cls, name: str) -> Sampler: ...
    @property
    def name(self) -> str: ...
    def indices(self, num_frames: int, fps: str) -> list[int]: ...

class Video:
    @property
    def name(self) -> str: ...
    @property
    def size(self) -> int: ...
    def read(self, start: int, length: int) -> bytes: ...

class Dataset:
    def __new__(
        cls,
        dir: _Path,
        *,
        spec: Optional[_Path],
        haystacks: Optional[_Path],
        cache: Optional[_Path],
        cache_limit: Optional[int],
        threads: Optional[int],
    ) -> Dataset: ...
    @property
    def opened(
        self,
    ) -> tuple[Path, Optional[Path], Optional[Path], Optional[Path], Optional[int], Optional[int]]: ...
    def __len__(self) -> int: ...
    def row(self, at: int) -> str: ...
    def position(self, id: str) -> int: ...
    def samples(self) -> list[list[int]]: ...
    def manifest(self) -> str: ...
    def indices(self, at: int, sampler: Optional[str], frames: Optional[Sequence[int]]) -> list[int]: ...
    def frames(
        self, at: int, sampler: Optional[str], frames: Optional[Sequence[int]]
    ) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]]: ...
    def video(self, at: int) -> tuple[Optional[Path], Optional[Video]]: ...
    def grade(self, at: int, reply: str, rule: str) -> str: ...
    def record(self, answer: str) -> None: ...
    def clear(self) -> None: ...
    def answers(self) -> str: ...
    def write_answers(self, path: _Path) -> Optional[str]: ...
    def score(
        self,
        *,
        answers: Optional[str],
        files: Optional[Sequence[_Path]],
        model: Optional[str],
        fallback_model: str,
        rule: str,
        sampler: Optional[str],
        threshold: Optional[float],
        seed: int,
    ) -> str: ...
    def coverage(self, samplers: Sequence[str], *, resize: Optional[str], indices: bool) -> str: ...
    def audit(self, needles: Sequence[_Path]) -> str: ...
    def verify(
        self, samples: Sequence[str], *, solve: bool, progress: Optional[Listener]
    ) -> tuple[str, int, list[str]]: ...
    def oracle(self, *, sampler: Optional[str], progress: Optional[Listener]) -> str: ...
    def blind(self, seed: int) -> str: ...
    def materialize(self, samples: Sequence[str], *, progress: Optional[Listener]) -> None: ...
    def export(
        self,
        formats: Sequence[str],
        out: Optional[_Path],
        *,
        name: Optional[str],
        sampler: Optional[str],
        progress: Optional[Listener],
    ) -> None: ...
