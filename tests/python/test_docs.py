"""Every block of Python in docs/python.md runs, in order, as a reader's program."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import vniah

ROOT = Path(__file__).parents[2]


def test_the_blocks_of_the_page_run(
    tmp_path: Path, films: vniah.Dataset, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "videos").mkdir()
    shutil.copy(ROOT / "tests/.cache/bikes.mp4", tmp_path / "videos")
    shutil.copytree(films.path, tmp_path / "dataset")

    def model(pixels: npt.NDArray[np.uint8], prompt: str) -> str:
        assert pixels.shape[0] == 8 and prompt.endswith("directly.")
        return "A"

    text = (ROOT / "docs/python.md").read_text()
    blocks = re.findall(r"```python\n(.*?)```", text, re.S)
    assert len(blocks) >= 10
    names: dict[str, Any] = {"model": model}
    for block in blocks:
        # The lines of an error are those of the page.
        line = text[: text.index(block)].count("\n")
        exec(compile("\n" * line + block, "docs/python.md", "exec"), names)
    said = capsys.readouterr().out
    # "A" is right in one of the four orders.
    assert said.startswith("0.0\n")
    assert said.endswith("tasks[0].type the nearest type to `ret_edit9` is `ret_edit1`\n"), said[-200:]


def test_six_lines_score_a_model() -> None:
    text = (ROOT / "docs/python.md").read_text()
    block = text.split("## Score your model")[1].split("```python\n")[1].split("```")[0]
    assert len([line for line in block.splitlines() if line]) == 6
