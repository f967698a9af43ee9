#!/usr/bin/env python3
"""Plays finished videos in mpv: is each line of subtitles on screen on its frames alone, and does each tone begin at its sample?

    VNIAH=target/debug/vniah .venv/bin/python tests/decoders/player.py [--keep DIR]

In: the vniah binary; mpv on the path; what `requirements.txt` lists. Out: exit code 0 if mpv shows the lines of the track and of the .srt on their frames and on no
others, and plays the tones where the rows say; as the last line how many frames and tones that were. --keep leaves what mpv shows in DIR.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import av
import numpy as np

VNIAH = pathlib.Path(os.environ.get("VNIAH", "target/debug/vniah")).resolve()
RATE = 48000
# Hertz of the tone that is looked for, and its length.
HERTZ, SECS = 1760, 0.5
# Samples by which it may begin elsewhere.
FURTHEST = 2
SPEC = """seed = 1
[haystacks]
catalogue = "haystacks.toml"
[video]
subtitle_track = true
[templates]
paths = ["families"]
[needles]
packs = ["packs/beeps"]
[controls]
make = ["muted"]
[[tasks]]
type = "sub_ret1"
samples = 2
[[tasks]]
type = "hear"
samples = 2
"""
HAYSTACKS = """[[haystack]]
id = "bay"
scene = { name = "harbour", seed = 1, width = 256, height = 144, fps = "30000/1001", frames = 400 }
[[haystack]]
id = "town"
scene = { name = "city", seed = 2, width = 256, height = 144, fps = 25, frames = 350 }
"""
FAMILY = """type = "hear"
kind = "count"
task = "counting"
question = "How many tones?"
[needle]
mode = "mix"
look = "sound"
pack = "beeps"
count = [1, 4]
[options]
number = 4
"""
PACK = f"""id = "beeps"
licence = "CC0-1.0"
credit = "made by the program"
[[items]]
label = "beep"
sound = {{ millis = {int(SECS * 1000)}, parts = [{{ hz = {HERTZ} }}] }}
"""


def vniah(directory, *arguments):
    subprocess.run([VNIAH, *arguments], cwd=directory, check=True, stdout=subprocess.DEVNULL)


def mpv(*arguments):
    subprocess.run(["mpv", "--no-config", "--really-quiet", "--sub-auto=no", *map(str, arguments)], check=True)


def shown(video, time, subtitles, directory):
    """What mpv draws at a time: with subtitles of the track, of a file, or none."""
    shutil.rmtree(directory, ignore_errors=True)
    mpv("--no-audio", "--hr-seek=yes", "--vo=image", "--vo-image-format=png", f"--vo-image-outdir={directory}", f"--start={time:.6f}",
        "--frames=1", *subtitles, video)
    (picture,) = directory.iterdir()
    with av.open(str(picture)) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24").astype(np.int16)


def lines_of(row, out, kept, work):
    """Frames at which mpv shows a line where it should not, or does not where it should; and how many were looked at."""
    video, rate = out / row["video_path"], row["fps_num"] / row["fps_den"]
    (start, end), = row["needle_frames"]
    faults, looked = [], 0
    for name, subtitles in (("track", ["--sid=1"]), ("srt", [f"--sub-file={out / row['subtitle_path']}", "--sid=2"])):
        for frame in (start - 1, start, (start + end) // 2, end - 1, end):
            if not 0 <= frame < row["num_frames"]:
                continue
            # A little before the frame, since mpv shows the first one that begins at the time or after it.
            time = max(frame - 0.25, 0) / rate
            bare, drawn = (shown(video, time, which, work / "shot") for which in (["--sid=no"], subtitles))
            is_shown = np.abs(drawn - bare).max() > 60
            looked += 1
            if is_shown != (start <= frame < end):
                faults.append(f"{row['id']}: frame {frame} of {start}-{end}: {name} {'shown' if is_shown else 'not shown'}")
            if kept and frame in (start, end):
                shutil.copy(work / "shot" / "00000001.png", kept / f"{row['sample_id']}-{name}-{frame}.png")
    return faults, looked


def played(video, work):
    """The sound that mpv plays, in mono."""
    mpv("--no-video", "--untimed", "--ao=pcm", f"--ao-pcm-file={work / 'sound.raw'}", "--ao-pcm-waveheader=no", "--audio-format=float",
        f"--audio-samplerate={RATE}", "--audio-channels=mono", video)
    return np.fromfile(work / "sound.raw", np.float32)


def tones_of(row, out, work):
    """Tones that mpv plays elsewhere, and how many were looked for."""
    beside = played(out / row["video_path"], work)
    without = played(out / "controls" / "muted" / row["video_path"], work)
    count = min(len(beside), len(without))
    added = beside[:count] - without[:count]
    at = np.arange(int(SECS * RATE))
    tone = np.sin(2 * np.pi * HERTZ * at / RATE) * np.minimum(1, np.minimum(at, len(at) - at) / (0.01 * RATE))
    faults, looked = [], 0
    for start, _ in row["needle_frames"]:
        place = round(start * RATE * row["fps_den"] / row["fps_num"])
        first = max(place - 1500, 0)
        heard = first + int(np.argmax(np.correlate(added[first:place + 1500 + len(tone)], tone, "valid")))
        looked += 1
        if abs(heard - place) > FURTHEST:
            faults.append(f"{row['id']}: a tone is played at sample {heard}, not {place}")
    return faults, looked


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep", type=pathlib.Path)
    kept = parser.parse_args().keep
    if not shutil.which("mpv"):
        print("No mpv here: left out.")
        return 0
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
    faults, frames, tones = [], 0, 0
    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(directory)
        for name, text in {"spec.toml": SPEC, "haystacks.toml": HAYSTACKS, "families/hear.toml": FAMILY, "packs/beeps/pack.toml": PACK}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        vniah(root, "generate", "spec.toml", "-o", "out", "--cache", "cache")
        rows = [json.loads(line) for line in (root / "out" / "metadata.jsonl").read_text().splitlines()]
        for row in rows:
            if row["try"] != 0:
                continue
            if row["type"] == "hear":
                found, looked = tones_of(row, root / "out", root)
                tones += looked
            else:
                found, looked = lines_of(row, root / "out", kept, root)
                frames += looked
            faults += found
    print("\n".join(faults))
    print(f"{frames} frames and {tones} tones played, {len(faults)} differ")
    return 1 if faults or not frames or not tones else 0


if __name__ == "__main__":
    sys.exit(main())
