"""Exceptions, warnings, progress and interrupts."""

from __future__ import annotations

import builtins
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import pytest

import vniah
from conftest import HAYSTACK

#: A scene that takes minutes to draw.
LONG = HAYSTACK.replace("width = 128, height = 72", "width = 640, height = 360").replace("191", "30000")


def long(directory: Path) -> dict[str, Any]:
    (directory / "haystacks.toml").write_text(LONG)
    return {"seed": 1, "haystacks": {"catalogue": "haystacks.toml"}, "tasks": [{"type": "ret_edit1"}]}


def test_errors_name_their_file_and_key(tmp_path: Path, drawn: vniah.Dataset) -> None:
    spec = tmp_path / "spec.toml"
    spec.write_text('seed = 1\n[haystacks]\npaths = ["absent.mp4"]\n[[tasks]]\ntype = "ret_edit9"\n')
    with pytest.raises(vniah.InputError) as caught:
        vniah.generate(spec, tmp_path / "out")
    error = caught.value
    assert (error.file, error.key, error.exit_code) == (spec, "haystacks.paths[0]", 3)
    assert [problem.split(":")[0] for problem in error.problems] == ["haystacks.paths[0]", "tasks[0].type"]
    assert error.hint == "the nearest type to `ret_edit9` is `ret_edit1`"
    assert str(error) == f"{error.message}\nhint: {error.hint}"
    assert isinstance(error, vniah.VniahError) and isinstance(error, ValueError)
    # A dictionary is no file.
    with pytest.raises(vniah.InputError, match="^spec has 2 problems\n  haystacks: no haystacks") as caught:
        vniah.generate({"seed": 1, "sed": 2, "tasks": [{"type": "ret_edit1"}]}, tmp_path / "out")
    assert caught.value.file is None and caught.value.key == "haystacks"
    with pytest.raises(vniah.InputError) as caught:
        vniah.open(tmp_path / "nothing")
    assert caught.value.file == tmp_path / "nothing/metadata.jsonl"
    shutil.copytree(drawn.path, tmp_path / "set")
    with open(tmp_path / "set/metadata.jsonl", "a") as metadata:
        metadata.write("{}\n")
    with pytest.raises(vniah.InputError) as caught:
        vniah.open(tmp_path / "set")
    assert (caught.value.file, caught.value.line) == (tmp_path / "set/metadata.jsonl", len(drawn) + 1)


def test_errors_say_whose_fault_they_are(tmp_path: Path, drawn: vniah.Dataset, films: vniah.Dataset) -> None:
    with pytest.raises(vniah.UsageError):
        drawn[0].frames("linspace(")
    with pytest.raises(vniah.UsageError, match="rule: unknown variant `strict`"):
        drawn.score({}, rule="strict")
    shutil.copytree(drawn.path, tmp_path / "set")
    dataset = vniah.open(tmp_path / "set")
    video = dataset[0].video
    assert isinstance(video, Path)
    video.write_bytes(b"no video")
    with pytest.raises(vniah.MediaError) as caught:
        dataset[0].frames("linspace(4)")
    assert caught.value.file == video and isinstance(caught.value, OSError)
    assert str(video) in str(caught.value)
    with pytest.raises(TypeError):
        drawn[0].frames(3.5)  # type: ignore[arg-type]
    # Hints are in the words of Python.
    moved = tmp_path / "moved"
    shutil.copytree(films.path, moved)
    with pytest.raises(vniah.InputError, match="hint: name the directory that holds them with `haystacks=`"):
        vniah.open(moved, cache=tmp_path).verify(progress=False)


def test_warnings_are_warnings(tmp_path: Path) -> None:
    (tmp_path / "haystacks.toml").write_text(HAYSTACK)
    spec = {
        "seed": 1,
        "haystacks": {"catalogue": "haystacks.toml"},
        "needles": {"duration": "6 frames"},
        "tasks": [{"type": "ret_edit1"}],
    }
    settings: dict[str, Any] = {"base": tmp_path, "cache": tmp_path / "cache", "cache_limit": 1, "progress": False}
    with pytest.warns(vniah.VniahWarning, match="more than the limit of 1 B") as caught:
        vniah.generate(spec, tmp_path / "out", **settings)
    assert len(caught) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error", vniah.VniahWarning)
        with pytest.raises(vniah.VniahWarning):
            vniah.generate(spec, tmp_path / "out2", **settings)


def test_progress_is_told(tmp_path: Path, drawn: vniah.Dataset, capfd: pytest.CaptureFixture[str]) -> None:
    heard: list[vniah.Progress] = []
    drawn.verify(progress=heard.append)
    last = {progress.stage: progress for progress in heard}["verifying"]
    assert last.done == last.total == len({row["video_id"] for row in drawn}) and last.unit == "videos"
    # Nothing is drawn where nobody watches.
    drawn.verify()
    drawn.verify(progress=False)
    assert capfd.readouterr() == ("", "")

    class Odd(Exception):
        pass

    def fail(progress: vniah.Progress) -> None:
        raise Odd

    with pytest.raises(Odd):
        drawn.verify(progress=fail)


def test_tqdm_is_optional(drawn: vniah.Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("tqdm"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    assert drawn.verify().ok
    with pytest.raises(ImportError):
        drawn.verify(progress=True)


def test_an_interrupt_is_raised_within_a_second(tmp_path: Path) -> None:
    spec, cache = long(tmp_path), tmp_path / "cache"
    for stage in ["preparing", "preparing"]:
        interrupted: list[float] = []

        def interrupt(progress: vniah.Progress) -> None:
            if progress.stage == stage and progress.done > 0 and not interrupted:
                interrupted.append(time.monotonic())
                threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()

        with pytest.raises(KeyboardInterrupt):
            vniah.generate(spec, tmp_path / "out", base=tmp_path, cache=cache, progress=interrupt)
        assert time.monotonic() - interrupted[0] < 0.2 + 1.0
    # Nothing half-made is left, and the interpreter is as it was.
    assert not list(cache.rglob("*.partial"))
    assert vniah.sampler("linspace(2)").indices(10, 1) == [0, 9]


def test_the_program_hears_interrupts(tmp_path: Path) -> None:
    (tmp_path / "spec.toml").write_text('seed = 1\n[haystacks]\ncatalogue = "haystacks.toml"\n[[tasks]]\ntype = "ret_edit1"\n')
    long(tmp_path)
    program = Path(sys.executable).with_name("vniah")
    arguments = [str(program), "generate", "spec.toml", "-o", "out", "--cache", "cache"]
    running = subprocess.Popen(arguments, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 30
    while not list(tmp_path.glob("cache/**/*.partial")) and time.monotonic() < deadline:
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    begun = time.monotonic()
    _, said = running.communicate(timeout=10)
    assert time.monotonic() - begun < 1.5
    assert running.returncode == 6
    assert "stopped before the end" in said and "Traceback" not in said and "KeyboardInterrupt" not in said


def test_a_process_that_ends_leaves_nothing_half_made(tmp_path: Path) -> None:
    spec = long(tmp_path)
    code = f"""
import pathlib, threading, time, vniah
work = lambda: vniah.generate({spec!r}, "out", cache="cache", progress=False)
threading.Thread(target=work, daemon=True).start()
while not list(pathlib.Path("cache").rglob("*.partial")):
    time.sleep(0.05)
"""
    ended = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, timeout=60, capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert not list(tmp_path.rglob("*.partial"))
