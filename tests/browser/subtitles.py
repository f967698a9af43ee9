#!/usr/bin/env python3
"""Plays finished videos with their lines of subtitles in a real browser: is each line drawn on its frames, and on no others?

    VNIAH=target/debug/vniah .venv/bin/python tests/browser/subtitles.py [--keep DIR]

In: the vniah binary; chromium and chromedriver on the path; what `tests/decoders/requirements.txt` lists. Out: exit code 0 if the browser
draws each needle's line on its frames alone; as the last line how many frames were looked at. --keep leaves what it shows in DIR.
"""

import argparse
import base64
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import av
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parent))

from report import Browser  # noqa: E402

VNIAH = pathlib.Path(os.environ.get("VNIAH", "target/debug/vniah")).resolve()
SPEC = """seed = 1
[haystacks]
catalogue = "haystacks.toml"
[[tasks]]
type = "sub_ret1"
samples = 2
"""
HAYSTACKS = """[[haystack]]
id = "bay"
scene = { name = "harbour", seed = 1, width = 256, height = 144, fps = "30000/1001", frames = 400 }
[[haystack]]
id = "town"
scene = { name = "city", seed = 2, width = 256, height = 144, fps = 25, frames = 350 }
"""
# Browsers read WebVTT: the same lines with a head, and a point before the milliseconds.
LOAD = """
const [data, lines, done] = arguments;
document.body.style.margin = 0;
document.body.innerHTML = '<video muted style="width: 512px"></video>';
const video = window.video = document.querySelector('video');
const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
const track = document.createElement('track');
track.src = URL.createObjectURL(new Blob([lines], {type: 'text/vtt'}));
video.append(track);
track.track.mode = 'showing';
track.onload = () => { video.onloadeddata = () => done(track.track.cues.length);
    video.src = URL.createObjectURL(new Blob([bytes], {type: 'video/mp4'})); };
track.onerror = () => done('no lines');
video.onerror = () => done(video.error.message);
"""
SEEK = """
const [time, mode, done] = arguments;
const video = window.video, track = video.textTracks[0];
track.mode = mode;
const settled = () => requestAnimationFrame(() => requestAnimationFrame(() =>
    done([...(track.activeCues ?? [])].map(cue => cue.text))));
video.onseeked = settled;
if (Math.abs(video.currentTime - time) < 1e-9) settled(); else video.currentTime = time;
"""


def asked(browser, script, *arguments):
    return browser.do("POST", "/execute/async", {"script": script, "args": list(arguments)})


def pixels(picture):
    with av.open(io.BytesIO(picture)) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24").astype(np.int16)


def faults_of(row, out, browser, kept):
    """Frames on which the line is not as the row says, and how many were looked at."""
    data = base64.b64encode((out / row["video_path"]).read_bytes()).decode()
    lines = (out / row["subtitle_path"]).read_text()
    vtt = "WEBVTT\n\n" + "\n".join(line.replace(",", ".") if " --> " in line else line for line in lines.splitlines()) + "\n"
    loaded = asked(browser, LOAD, data, vtt)
    assert loaded == lines.count(" --> "), loaded
    (start, end), = row["needle_frames"]
    faults, looked = [], 0
    for frame in (start - 1, start, (start + end) // 2, end - 1, end):
        if not 0 <= frame < row["num_frames"]:
            continue
        time = (frame + 0.5) * row["fps_den"] / row["fps_num"]
        said = asked(browser, SEEK, time, "showing")
        drawn = browser.shot("video")
        asked(browser, SEEK, time, "hidden")
        bare = browser.shot("video")
        is_shown = np.abs(pixels(drawn) - pixels(bare)).max() > 60
        looked += 1
        if is_shown != (start <= frame < end) or any(row["answer"] in line for line in said) != is_shown:
            faults.append(f"{row['id']}: frame {frame} of {start}-{end}: {'shown' if is_shown else 'not shown'}, {said}")
        if kept and frame in (start, end):
            (kept / f"{row['sample_id']}-{frame}.png").write_bytes(drawn)
    return faults, looked


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep", type=pathlib.Path)
    kept = parser.parse_args().keep
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
    faults, frames = [], 0
    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(directory)
        (root / "spec.toml").write_text(SPEC)
        (root / "haystacks.toml").write_text(HAYSTACKS)
        subprocess.run([VNIAH, "generate", "spec.toml", "-o", "set", "--cache", "cache"], cwd=root, check=True, stdout=subprocess.DEVNULL)
        browser = Browser(root / "profile")
        try:
            browser.do("POST", "/timeouts", {"script": 60000})
            browser.do("POST", "/url", {"url": "data:text/html,<body></body>"})
            for line in (root / "set" / "metadata.jsonl").read_text().splitlines():
                row = json.loads(line)
                if row["try"] == 0:
                    found, looked = faults_of(row, root / "set", browser, kept)
                    faults, frames = faults + found, frames + looked
        finally:
            browser.close()
    print("\n".join(faults))
    print(f"{frames} frames looked at, {len(faults)} differ")
    return 1 if faults or not frames else 0


if __name__ == "__main__":
    sys.exit(main())
