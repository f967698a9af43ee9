"""Exceptions, one class for each whose fault an error can be."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import ClassVar, Optional, Sequence


class VniahError(Exception):
    """An error of vniah.

    Its text says what is wrong and what to do. The attributes say it to programs.
    """

    #: Exit code with which the command line ends at such an error.
    exit_code: ClassVar[int] = 1
    #: What is wrong, without the hint.
    message: str
    #: The file or directory that the error is about, if it is about one.
    file: Optional[Path]
    #: The line of that file, from 1.
    line: Optional[int]
    #: The key path within that file, such as ``tasks[0].type``. Of several problems, it is that of the first.
    key: Optional[str]
    #: All problems of the input, one sentence each; empty where the message is the only one.
    problems: list[str]
    #: What can be done about it.
    hint: Optional[str]

    def __init__(
        self,
        message: str,
        file: Optional[Path] = None,
        line: Optional[int] = None,
        key: Optional[str] = None,
        problems: Sequence[str] = (),
        hint: Optional[str] = None,
    ) -> None:
        super().__init__(message, file, line, key, problems, hint)
        self.message = message
        self.file = None if file is None else Path(file)
        self.line = line
        self.key = key
        self.problems = list(problems)
        self.hint = hint

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message}\nhint: {self.hint}"


class UsageError(VniahError, ValueError):
    """A call asks for something that does not exist or does not fit."""

    exit_code = 2


class InputError(VniahError, ValueError):
    """A file says something that cannot be: a spec, a dataset, answers."""

    exit_code = 3


class MediaError(VniahError, OSError):
    """A file cannot be read or written, or the machine is at fault."""

    exit_code = 4

    # OSError makes its text of its arguments.
    __str__ = VniahError.__str__


class CheckError(VniahError):
    """A check found a difference."""

    exit_code = 5


class StoppedError(VniahError):
    """The work stopped before its end, as on a full disk. The same call resumes it."""

    exit_code = 6


class InternalError(VniahError, RuntimeError):
    """A bug of vniah."""

    exit_code = 1


class VniahWarning(UserWarning):
    """Something is not as it should be, and the work goes on."""


def warn(message: str) -> None:
    """Tell the caller of this package of something."""
    warnings.warn(message, VniahWarning, stacklevel=3)
