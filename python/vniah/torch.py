"""A dataset as torch takes it. It needs torch."""

from __future__ import annotations

from typing import Any, Callable, Optional, Protocol

import torch
import torch.utils.data

from ._sampler import SamplerLike


class Rows(Protocol):
    """What is taken of a dataset: its rows by position."""

    def __len__(self) -> int: ...

    def __getitem__(self, at: int, /) -> Any: ...


class VideoQuestions(torch.utils.data.Dataset[Any]):  # type: ignore[misc, unused-ignore]
    """The rows of a dataset with the frames that a sampler takes.

    An item is a dictionary: ``id``, ``prompt``, ``pixels`` (uint8, frames x height x width x 3) and ``seconds`` (float64), or what
    ``transform`` makes of it. Worker processes open the dataset by themselves.
    """

    def __init__(
        self,
        dataset: Rows,
        sampler: SamplerLike,
        transform: Optional[Callable[[dict[str, Any]], Any]] = None,
    ) -> None:
        self.dataset = dataset
        self.sampler = sampler
        self.transform = transform

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, at: int) -> Any:
        row = self.dataset[at]
        pixels, seconds = row.frames(self.sampler)
        item = {
            "id": row.id,
            "prompt": row.prompt,
            "pixels": torch.from_numpy(pixels),
            "seconds": torch.from_numpy(seconds),
        }
        return item if self.transform is None else self.transform(item)
