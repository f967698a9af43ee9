"""A video that is no file, as a file that can be read."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import _vniah


class VideoFile(io.RawIOBase):
    """The bytes of a video that a dataset keeps as a recipe.

    They are put together from the recipe and the haystacks as they are read. Nothing is written to disk, and memory does not grow with the video.
    """

    def __init__(self, video: _vniah.Video) -> None:
        super().__init__()
        self._video = video
        self._at = 0
        #: Where the file would be.
        self.name = video.name

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        bytes_read = self._video.read(self._at, len(buffer))
        buffer[: len(bytes_read)] = bytes_read
        self._at += len(bytes_read)
        return len(bytes_read)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if self.closed:
            raise ValueError("I/O operation on closed file")
        starts = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._video.size}
        at = starts[whence] + offset
        if at < 0:
            raise ValueError(f"negative seek position {at}")
        self._at = at
        return at

    def tell(self) -> int:
        return self._at
