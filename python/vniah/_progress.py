"""Progress of long calls: bars of tqdm, a function of the caller's, or nothing."""

from __future__ import annotations

from typing import Any, Callable, NamedTuple, Optional, Union


class Progress(NamedTuple):
    """How far a call is."""

    #: What is going on, such as ``rendering``.
    stage: str
    #: Units that are done.
    done: int
    #: Units that there are.
    total: int
    #: What is counted, such as ``videos``.
    unit: str
    #: What was worked on last.
    item: str


#: ``None``: bars if tqdm is installed. ``True``: bars. ``False``: nothing. Or a function that takes a :class:`Progress`.
ProgressOption = Union[bool, None, Callable[[Progress], object]]
#: What the extension module calls: kind, stage, unit, number, text.
Listener = Callable[[str, str, str, int, str], None]


def listener(progress: ProgressOption) -> Optional[Listener]:
    """What the extension module is to call."""
    if callable(progress):
        return _Calls(progress)
    if progress is False:
        return None
    try:
        from tqdm.auto import tqdm
    except ImportError:
        if progress:
            raise
        return None
    return _Bars(tqdm)


class _Calls:
    """Tells a function of the caller's."""

    def __init__(self, function: Callable[[Progress], object]) -> None:
        self._function = function
        self._stages: dict[str, Progress] = {}

    def __call__(self, kind: str, stage: str, unit: str, number: int, text: str) -> None:
        if kind == "started":
            self._stages[stage] = Progress(stage, 0, number, unit, "")
        elif kind == "advanced" and stage in self._stages:
            last = self._stages[stage]
            self._stages[stage] = last._replace(done=last.done + number, item=text)
        else:
            return
        self._function(self._stages[stage])


class _Bars:
    """Draws bars, one a stage, where somebody watches."""

    def __init__(self, tqdm: Any) -> None:
        self._tqdm = tqdm
        # In a notebook stderr is no terminal, and the bar is drawn all the same.
        is_notebook = any("notebook" in base.__module__ for base in tqdm.__mro__)
        self._disable = False if is_notebook else None
        self._bars: dict[str, Any] = {}

    def __call__(self, kind: str, stage: str, unit: str, number: int, text: str) -> None:
        if kind == "started":
            bar = self._tqdm(total=number, desc=stage, unit=f" {unit}", leave=False, disable=self._disable)
            self._bars[stage] = bar
        elif kind == "advanced" and stage in self._bars:
            self._bars[stage].update(number)
        elif kind in ("finished", "failed") and stage in self._bars:
            self._bars.pop(stage).close()

    def __del__(self) -> None:
        for bar in self._bars.values():
            bar.close()
