"""Scores and other reports: what the JSON files of the command line hold, as mappings."""

from __future__ import annotations

import json
from os import PathLike
from typing import TYPE_CHECKING, Any, Iterator, Mapping, Sequence, Union, cast

from . import _vniah

if TYPE_CHECKING:
    import pandas as pd


class Report(Mapping[str, Any]):
    """A report. Its keys are those of its JSON, as docs/formats.md lists them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._fields: dict[str, Any] = json.loads(text)

    def __getitem__(self, key: str) -> Any:
        return self._fields[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def to_dict(self) -> dict[str, Any]:
        """A copy, as a plain dictionary."""
        return cast("dict[str, Any]", json.loads(self._text))

    def to_json(self) -> str:
        """Its JSON."""
        return self._text


class Scores(Report):
    """The scores of one run: ``scores.json``."""

    @property
    def model(self) -> str:
        """Whose answers were scored."""
        return cast(str, self["model"])

    @property
    def overall(self) -> dict[str, Any]:
        """All types together: ``circular``, ``interval``, ``per_try``, ``main``, ``samples``, ``unreadable``, ``missing``, ..."""
        return cast("dict[str, Any]", self["overall"])

    @property
    def tasks(self) -> dict[str, dict[str, Any]]:
        """The same for each task."""
        return cast("dict[str, dict[str, Any]]", self["tasks"])

    @property
    def types(self) -> dict[str, dict[str, Any]]:
        """The same for each type of question."""
        return cast("dict[str, dict[str, Any]]", self["types"])

    def to_dataframe(self, what: str = "types") -> pd.DataFrame:
        """A table of ``types`` or ``tasks`` (a row each), or of ``cells`` or ``verdicts`` (a row each sample). It needs pandas."""
        import pandas as pd

        content = self[what]
        if isinstance(content, dict):
            table = pd.json_normalize([{"name": name, **group} for name, group in content.items()])
            return table.set_index("name")
        return pd.json_normalize(content)

    def write(self, path: Union[str, PathLike[str]]) -> None:
        """Write ``scores.json``. A file of scores that is there is replaced, and nothing else is."""
        _vniah.write_scores(path, self._text)

    def __repr__(self) -> str:
        overall = self.overall
        return f"Scores(model={self.model!r}, circular={overall['circular']}, samples={overall['samples']})"


class Audit(Report):
    """Whether questions can be answered without their videos."""

    @property
    def ok(self) -> bool:
        """Whether no attack beats chance, and no check found anything."""
        beaten = any(figure["beats_chance"] for figure in self["figures"])
        return not beaten and not any(check["found"] for check in self["checks"])

    def __repr__(self) -> str:
        return f"Audit(ok={self.ok}, samples={self['samples']})"


class Verification(Report):
    """Whether every video is what the plan says."""

    def __init__(self, text: str, count: int, unsolved: Sequence[str]) -> None:
        super().__init__(text)
        self._count = count
        #: Samples that have to be solved from their frames, and were not.
        self.unsolved = list(unsolved)

    @property
    def differences(self) -> list[dict[str, str]]:
        """What is not as planned: ``file`` and ``what``."""
        return cast("list[dict[str, str]]", self["differences"])

    @property
    def ok(self) -> bool:
        """Whether there is no difference, in controls too, and what has to be solved was."""
        return self._count == 0 and not self.unsolved

    def __repr__(self) -> str:
        return f"Verification(ok={self.ok}, videos={self['videos']}, differences={self._count})"
