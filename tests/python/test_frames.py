"""Frames as arrays: those of PyAV, from files and from recipes."""

from __future__ import annotations

import hashlib
import io
import threading
import time
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest

import vniah

SAMPLERS = ["linspace(8)", "fps:1"]


def planes(frame: av.VideoFrame) -> list[npt.NDArray[np.int64]]:
    """Luma and both chromas of a 4:2:0 frame, each of the size of the frame."""
    content = frame.reformat(format="yuv420p").to_ndarray()
    height, width = frame.height, frame.width
    luma = content[:height]
    chroma = content[height:].reshape(2, height // 2, width // 2)
    return [plane.astype(np.int64) for plane in (luma, *(c.repeat(2, axis=0).repeat(2, axis=1) for c in chroma))]


def rgb(frame: av.VideoFrame) -> npt.NDArray[np.uint8]:
    """The picture by the definition of Rec. 601 or 709 in limited range, rounded to the nearest."""
    y, u, v = planes(frame)
    kr, kb = {1: (0.2126, 0.0722)}.get(frame.colorspace, (0.299, 0.114))
    kg = 1 - kr - kb
    light = (y - 16) * 255 / 219
    red, blue = [(c - 128) * 255 / 224 * 2 for c in (v, u)]
    channels = [
        light + red * (1 - kr),
        light - red * (1 - kr) * kr / kg - blue * (1 - kb) * kb / kg,
        light + blue * (1 - kb),
    ]
    picture: npt.NDArray[np.uint8] = np.stack(channels, axis=-1).round().clip(0, 255).astype(np.uint8)
    return picture


def decoded(video: Any) -> list[av.VideoFrame]:
    with av.open(video) as container:
        return list(container.decode(video=0))


def test_frames_are_those_that_pyav_decodes(films: vniah.Dataset) -> None:
    for sample in films.samples:
        assert isinstance(sample.video, Path)
        frames = decoded(str(sample.video))
        assert len(frames) == sample.rows[0].num_frames
        for sampler in SAMPLERS:
            indices = sample.indices(sampler)
            pixels, seconds = sample.frames(sampler)
            first = frames[0]
            assert pixels.shape == (len(indices), first.height, first.width, 3)
            assert pixels.dtype == np.uint8 and pixels.flags.c_contiguous and pixels.flags.writeable
            assert seconds.dtype == np.float64
            for index, picture, second in zip(indices, pixels, seconds):
                frame = frames[index]
                assert frame.time == pytest.approx(second, abs=1e-4)
                # The last bit may fall to either side where the factors of integers do.
                difference = np.abs(picture.astype(int) - rgb(frame).astype(int))
                assert difference.max() <= 1 and (difference > 0).mean() < 0.01
                # PyAV's own picture interpolates chroma, and so is near, not equal.
                theirs = frame.to_ndarray(format="rgb24").astype(int)
                assert np.abs(picture.astype(int) - theirs).mean() < 2.0


def test_recipes_give_the_frames_and_the_bytes_of_files(films: vniah.Dataset, recipes: vniah.Dataset) -> None:
    assert not (recipes.path / "videos").exists()
    for file_sample, sample in zip(films.samples, recipes.samples):
        file_row, row = file_sample.rows[0], sample.rows[0]
        video = row.video
        assert isinstance(video, io.BufferedReader) and not (recipes.path / "videos").exists()
        content = video.read()
        assert hashlib.sha256(content).hexdigest() == row["sha256"] == file_row["sha256"]
        assert content == file_row.open_video().read()
        # Any place of it, as of any file.
        assert video.seek(-100, io.SEEK_END) == len(content) - 100
        assert video.read() == content[-100:] and video.read() == b""
        video.seek(1000)
        assert video.read(50) == content[1000:1050]
        assert len(decoded(row.video)) == row.num_frames
        for sampler in SAMPLERS:
            ours, theirs = row.frames(sampler), file_row.frames(sampler)
            assert np.array_equal(ours.pixels, theirs.pixels) and np.array_equal(ours.seconds, theirs.seconds)


def test_frames_by_their_numbers(films: vniah.Dataset) -> None:
    row = films[0]
    all_frames = row.frames(range(20)).pixels
    chosen = row.frames([7, 3, 3, 11]).pixels
    assert np.array_equal(chosen, all_frames[[7, 3, 3, 11]])
    # A sampler of more frames than there are takes some twice.
    many = row.frames("linspace(300)")
    assert many.pixels.shape[0] == 300 and np.array_equal(many.pixels[0], many.pixels[1])
    assert row.frames(np.array([5])).seconds.tolist() == [0.2]  # type: ignore[arg-type]
    assert row.frames([]).pixels.shape == (0, 272, 640, 3)
    with pytest.raises(vniah.UsageError, match="frame 250 of .* cannot be taken: only its first 250 frames may be seen"):
        row.frames([250])


def test_decoding_leaves_the_interpreter_to_others(films: vniah.Dataset) -> None:
    row, ticks, done = films[0], 0, threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not done.is_set():
            ticks += 1
            time.sleep(0.001)

    ticker = threading.Thread(target=tick)
    ticker.start()
    begun = time.monotonic()
    while time.monotonic() < begun + 0.5:
        row.frames("linspace(64)")
    took = time.monotonic() - begun
    done.set()
    ticker.join()
    assert ticks > 100 * took, f"{ticks} ticks in {took} s"


def test_several_threads_read_one_dataset(films: vniah.Dataset) -> None:
    wanted = [row.frames("linspace(4)").pixels for row in films]
    found: list[Any] = [None] * len(wanted)

    def read(at: int) -> None:
        found[at] = films[at].frames("linspace(4)").pixels

    threads = [threading.Thread(target=read, args=(at,)) for at in range(len(wanted))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(ours, theirs) for ours, theirs in zip(found, wanted))
