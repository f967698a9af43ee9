"""Samplers: which frames a pipeline takes of a video."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Optional, Sequence, Union, cast

from . import _vniah

#: Frames a second: ``25``, ``29.97``, ``Fraction(30000, 1001)`` or ``"30000/1001"``.
FrameRate = Union[int, float, Fraction, str]


class Sampler:
    """A sampler by its name, such as ``linspace(8)``."""

    __slots__ = ("_sampler",)

    def __init__(self, name: str) -> None:
        self._sampler = _vniah.Sampler(name)

    @property
    def name(self) -> str:
        """Its name with its parameters."""
        return self._sampler.name

    def indices(self, num_frames: int, fps: FrameRate) -> list[int]:
        """The frames that it takes of a video of ``num_frames`` frames, in its order, counted from 0."""
        return self._sampler.indices(num_frames, str(fps))

    def __repr__(self) -> str:
        return f"vniah.sampler({self.name!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sampler) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __reduce__(self) -> tuple[type[Sampler], tuple[str]]:
        return (Sampler, (self.name,))


#: A sampler, its name, or the numbers of the frames themselves.
SamplerLike = Union[str, Sampler, Sequence[int]]


def sampler(name: str) -> Sampler:
    """The sampler of this name. :func:`samplers` lists all."""
    return Sampler(name)


def samplers() -> list[dict[str, str]]:
    """All samplers: ``name``, ``form`` (with parameters), ``rule`` and ``used_by`` of each."""
    return cast("list[dict[str, str]]", json.loads(_vniah.samplers()))


def name_of(sampler: Union[str, Sampler]) -> str:
    """The name of a sampler that is given by its name or itself."""
    return sampler.name if isinstance(sampler, Sampler) else sampler


def taken(sampler: SamplerLike) -> tuple[Optional[str], Optional[list[int]]]:
    """The name of the sampler, or the frames."""
    if isinstance(sampler, (str, Sampler)):
        return name_of(sampler), None
    return None, [int(frame) for frame in sampler]
