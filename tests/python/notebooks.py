"""The notebooks of docs/notebooks: run as a reader runs them, and committed with what they print.

``make notebooks`` runs this file, which writes their outputs again.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

DIRECTORY = Path(__file__).parents[2] / "docs/notebooks"
NAMES = ["length-sweep", "own-model"]


def read(name: str) -> Any:
    """A notebook as it is committed."""
    return nbformat.read(DIRECTORY / f"{name}.ipynb", as_version=4)


def run(book: Any, directory: Path) -> None:
    """Runs all cells in a directory, which takes the files that they write. A cell that fails raises an error that shows it."""
    resources = {"metadata": {"path": str(directory)}}
    NotebookClient(book, timeout=300, kernel_name="python3", resources=resources, record_timing=False).execute()


def printed(book: Any) -> list[str]:
    """What the cells print and show as text, in order. Pictures are left out: their bytes depend on fonts."""
    outputs = [output for cell in book.cells for output in cell.get("outputs", [])]
    return [output.text if output.output_type == "stream" else output.data["text/plain"] for output in outputs]


def write() -> None:
    """Runs every notebook and writes it with its outputs."""
    for name in NAMES:
        book = read(name)
        with tempfile.TemporaryDirectory() as directory:
            os.environ["XDG_CACHE_HOME"] = str(Path(directory) / "cache")
            run(book, Path(directory))
        nbformat.write(book, DIRECTORY / f"{name}.ipynb")


if __name__ == "__main__":
    write()
