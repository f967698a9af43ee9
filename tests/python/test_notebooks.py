"""The notebooks run from the first cell to the last, and come to the figures that they are committed with."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

import notebooks


def results(name: str, directory: Path, expressions: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Runs a notebook in a directory of its own and gives the values of expressions over its variables."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(directory / "cache"))
    committed = notebooks.read(name)
    book = notebooks.read(name)
    fields = ", ".join(f"{key!r}: {expression}" for key, expression in expressions.items())
    book.cells.append(nbformat.v4.new_code_cell(f"import json\nprint(json.dumps({{{fields}}}))"))
    notebooks.run(book, directory)
    last = book.cells.pop()
    assert notebooks.printed(book) == notebooks.printed(committed), "outputs changed: `make notebooks` writes them again"
    values: dict[str, Any] = json.loads(last.outputs[0].text)
    return values


def test_the_sweep_falls_with_its_ceiling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expressions = {
        "samples": "len(dataset.samples)",
        "seen": "list(map(int, lengths['seen']))",
        "ceiling": "list(lengths['ceiling.circular_content'])",
        "chance": "chance",
        "accuracy": "{name: list(accuracy[name]) for name in ['ret_insert1', 'cnt_insert1']}",
        "cells": "len(cells)",
        "shown": "scores['visible']['seen']",
        "unreadable": "scores.overall['unreadable']",
        "effective": "effective['length']",
    }
    found = results("length-sweep", tmp_path, expressions, monkeypatch)
    assert (found["samples"], found["cells"], found["chance"]) == (80, 80, 0.25)
    # Frames a second apart see all; 8 seconds apart, they see pictures of a second rarely.
    assert found["seen"][0] == 20 and sorted(found["seen"], reverse=True) == found["seen"]
    assert found["seen"][-1] <= 4
    assert found["ceiling"][0] == 1.0 and found["ceiling"][-1] < 0.4
    for curve in found["accuracy"].values():
        assert len(curve) == 4 and curve[0] == 1.0 and curve[-1] < 0.5
    # The model is right wherever it is shown the pictures, and always answers.
    assert found["shown"]["correct"] == found["shown"]["samples"] == sum(found["seen"])
    assert (found["unreadable"], found["effective"]) == (0, "15s")
    assert json.loads((tmp_path / "sweep.json").read_text())["model"] == "colours"
    for picture in ["curve.png", "heatmap.png"]:
        assert (tmp_path / picture).read_bytes().startswith(b"\x89PNG")


def test_an_own_model_is_asked_in_a_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expressions = {
        "overall": "{name: scores.overall for name, scores in runs.items()}",
        "visible": "runs['by_colour']['visible']",
        "coverage": "{key: coverage[key] for key in ['seen', 'samples', 'ceiling']}",
        # `json` takes no numbers of NumPy.
        "failed": "{key: int(count) for key, count in failed['verdicts'].value_counts().items()}",
        "blunders": "[[sample.answer, answers[sample.id]] for sample in blunders]",
    }
    found = results("own-model", tmp_path, expressions, monkeypatch)
    overall = found["overall"]
    # "A" is right in one of four orders.
    assert (overall["stub"]["circular"], overall["stub"]["per_try"]) == (0.0, 0.25)
    assert overall["blind"]["circular"] < 0.2 and abs(overall["blind"]["per_try"] - 0.25) < 0.15
    assert overall["blind"]["chance"] == {"per_try": 0.25, "circular_letters": 0.003906, "circular_content": 0.25}
    # The model answers what it saw; what it did not see it gets right in one order of four.
    seen, samples = found["coverage"]["seen"], found["coverage"]["samples"]
    assert found["coverage"]["ceiling"] == pytest.approx((seen + (samples - seen) / 4) / samples, abs=1e-6)
    assert found["visible"]["unseen"]["circular"] == 0.0 and found["visible"]["unseen"]["per_try"] == 0.25
    right = found["visible"]["seen"]["correct"]
    assert right >= 5 and overall["by_colour"]["circular"] == pytest.approx(right / samples, abs=1e-6)
    # What the prose says of failures: some name two, some mistake an apple.
    unreadable, wrong = found["failed"]["UUUU"], found["failed"]["IIII"]
    assert overall["by_colour"]["unreadable"] == 4 * unreadable
    assert len(found["blunders"]) == unreadable + wrong == seen - right
    assert [answer for answer, reply in found["blunders"] if " or " not in reply] == ["apple"] * wrong
    for name in ["stub", "by_colour", "blind"]:
        assert json.loads((tmp_path / f"{name}.json").read_text())["overall"] == overall[name]
    assert len((tmp_path / "by_colour.jsonl").read_text().splitlines()) == 4 * samples


@pytest.mark.parametrize("name", notebooks.NAMES)
def test_committed_notebooks_are_small_and_lead_somewhere(name: str) -> None:
    path = notebooks.DIRECTORY / f"{name}.ipynb"
    assert path.stat().st_size < 200_000
    book = notebooks.read(name)
    assert all(cell.execution_count and not cell.metadata for cell in book.cells if cell.cell_type == "code")
    outputs = json.dumps([cell.outputs for cell in book.cells if cell.cell_type == "code"])
    assert "image/png" in outputs and "stderr" not in outputs
    assert not re.search(r"/(tmp|home|root|work|Users)/", outputs)
    text = "\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    links = re.findall(r"\]\((?![a-z]+:)([^)#]+)", text)
    assert links
    for link in links:
        assert (notebooks.DIRECTORY / link).exists(), link
