"""The Python of both READMEs and of docs/score-my-model.md runs as a reader would type it, with a model that always says B."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

import vniah

ROOT = Path(__file__).parents[2]
SPEC = 'seed = 1\n[haystacks]\npaths = ["videos/"]\n[[tasks]]\ntype = "ret_edit1"\n'
#: A block, and the comment before it, if that is one for tests.
BLOCK = re.compile(r"(?:<!-- test: (.*?) -->\n)?```python\n(.*?)```", re.S)


@pytest.mark.parametrize("page", ["README.md", "python/README.md", "docs/score-my-model.md"])
def test_the_blocks_of_the_page_run(
    page: str, tmp_path: Path, films: vniah.Dataset, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "videos").mkdir()
    shutil.copy(ROOT / "tests/.cache/bikes.mp4", tmp_path / "videos")
    (tmp_path / "spec.toml").write_text(SPEC)
    text = (ROOT / page).read_text()
    # Blocks that are files, or that need what a test cannot have, are tests/it/docs_run.rs's.
    blocks = [found for found in BLOCK.finditer(text) if not found[1]]
    assert blocks
    if page.startswith("docs/"):
        shutil.copytree(films.path, tmp_path / "dataset")
    names: dict[str, Any] = {"model": lambda frames, prompt: "B"}
    for block in blocks:
        line = text[: block.start(2)].count("\n")
        exec(compile("\n" * line + block[2], page, "exec"), names)
    assert capsys.readouterr().out
