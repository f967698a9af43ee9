"""Datasets in torch, where it is installed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import vniah

torch = pytest.importorskip("torch")


def texts(item: dict[str, Any]) -> tuple[str, tuple[int, ...]]:
    return item["id"], tuple(item["pixels"].shape)


def test_items_are_rows_with_their_frames(drawn: vniah.Dataset) -> None:
    items = drawn.to_torch("linspace(4)")
    assert len(items) == len(drawn) and isinstance(items, torch.utils.data.Dataset)
    item, row = items[1], drawn[1]
    assert (item["id"], item["prompt"]) == (row.id, row.prompt)
    assert item["pixels"].dtype == torch.uint8 and item["seconds"].dtype == torch.float64
    assert np.array_equal(item["pixels"].numpy(), row.frames("linspace(4)").pixels)


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_workers_read_side_by_side(drawn: vniah.Dataset, start: str) -> None:
    # Frames that were decoded before a fork do not hold up what is decoded after it.
    drawn[0].frames("linspace(4)")
    items = drawn.to_torch("linspace(4)", transform=texts)
    loader = torch.utils.data.DataLoader(
        items, batch_size=None, num_workers=2, multiprocessing_context=start, timeout=60
    )
    assert [id for id, _ in loader] == [row.id for row in drawn]
