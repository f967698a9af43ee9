"""Datasets that the tests share: of real footage as files and as recipes, and of a drawn scene with questions of every form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import vniah

FOOTAGE = Path(__file__).parents[1] / ".cache"

#: Real footage, used as it is: 25 frames a second.
SPEC: dict[str, Any] = {
    "seed": 1,
    "name": "films",
    "haystacks": {"paths": [FOOTAGE / "bikes.mp4"]},
    "tasks": [{"type": "ret_edit1"}, {"type": "ret_insert1"}],
}

#: Drawn, so that it takes no time to prepare.
DRAWN = """
seed = 1
name = "drawn"
[haystacks]
catalogue = "haystacks.toml"
[needles]
duration = "6 frames"
gap = "4 frames"
[[tasks]]
type = "ret_edit1"
[[tasks]]
type = "when_edit1"
form = "open"
durations = ["1s", "2s"]
[[tasks]]
type = "cnt_edit1"
form = "open"
"""

HAYSTACK = """
[[haystack]]
id = "bay"
licence = "CC0-1.0"
scene = { name = "harbour", seed = 1, width = 128, height = 72, fps = "30000/1001", frames = 191 }
"""


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> vniah.Dataset:
    """A dataset of real footage."""
    out = tmp_path_factory.mktemp("films") / "out"
    return vniah.generate(SPEC, out, cache=cache, progress=False)


@pytest.fixture(scope="session")
def recipes(tmp_path_factory: pytest.TempPathFactory, cache: Path, films: vniah.Dataset) -> vniah.Dataset:
    """The same, kept as recipes."""
    out = tmp_path_factory.mktemp("recipes") / "out"
    return vniah.generate(SPEC, out, cache=cache, store="recipe", progress=False)


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> vniah.Dataset:
    """A dataset of a drawn scene."""
    directory = tmp_path_factory.mktemp("drawn")
    (directory / "haystacks.toml").write_text(HAYSTACK)
    return vniah.generate(DRAWN, directory / "out", base=directory, cache=cache, progress=False)
