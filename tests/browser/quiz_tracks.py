#!/usr/bin/env python3
"""Asks a quiz about sounds, subtitle tracks and moments in a real browser.

    VNIAH=target/debug/vniah .venv/bin/python tests/browser/quiz_tracks.py [--keep DIR]

In: the vniah binary; chromium and chromedriver on the path. Out: exit code 0 if the page shows each line of a subtitle track at its time and
nowhere else, plays the sound where a question takes it and is silent elsewhere, stops where a question is asked before the end, and reads
and refuses answers that are moments. --keep leaves screenshots in DIR.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).parent))

from report import Browser  # noqa: E402

VNIAH = pathlib.Path(os.environ.get("VNIAH", "target/debug/vniah")).resolve()
TYPES = ["sub_ret1", "snd_count1", "onl_seen1", "onl_say1"]
SPEC = 'seed = 4\n[haystacks]\ncatalogue = "haystacks.toml"\n' + "".join(f'[[tasks]]\ntype = "{kind}"\nsamples = 1\n' for kind in TYPES)
CATALOGUE = """[[haystack]]
id = "bay"
licence = "CC0-1.0"
scene = { name = "harbour", seed = 1, width = 256, height = 144, fps = 25, frames = 500 }
"""


class Quiz:
    """A quiz about one type, on the page of a browser."""

    def __init__(self, root, browser, kind):
        self.answers = root / f"{kind}.jsonl"
        command = [VNIAH, "quiz", root / "set", "--port", "0", "--cache", root / "cache", "-o", self.answers, "--type", kind]
        self.log = open(root / "quiz.log", "w+")
        self.process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=self.log, text=True)
        base = self.process.stdout.readline().strip()
        assert base.startswith("http://127.0.0.1:"), base
        browser.do("POST", "/url", {"url": base})
        browser.wait("return document.querySelector('#start') && !document.querySelector('#start').hidden || !document.querySelector('#ask').hidden", "the page")
        if browser.run("return !document.querySelector('#start').hidden"):
            browser.click("#people button, #start button")
        browser.wait("return !document.querySelector('#ask').hidden && document.querySelector('video').readyState >= 2", "the video")

    def end(self):
        self.process.terminate()
        self.process.wait(timeout=20)


def rows_of(root, kind):
    rows = [json.loads(line) for line in (root / "set/metadata.jsonl").read_text().splitlines()]
    return [row for row in rows if row["type"] == kind]


def millis(text):
    hours, minutes, secs = text.replace(",", ".").split(":")
    return round(1000 * (3600 * int(hours) + 60 * int(minutes) + float(secs)))


def lines_of(path):
    for block in path.read_text().strip().split("\n\n"):
        _, times, *text = block.splitlines()
        start, end = map(millis, times.split(" --> "))
        yield start, end, "\n".join(text)


def seek(browser, secs):
    browser.run("const v = document.querySelector('video'); v.pause(); v.currentTime = arguments[0]", secs)
    browser.wait("return !document.querySelector('video').seeking", "the seek")


def check_lines(root, browser, keep):
    quiz = Quiz(root, browser, "sub_ret1")
    [path] = {row["subtitle_path"] for row in rows_of(root, "sub_ret1")}
    lines = list(lines_of(root / "set" / path))
    browser.wait(f"return document.querySelector('video').textTracks[0].cues.length === {len(lines)}", "the lines")
    active = "return [...document.querySelector('video').textTracks[0].activeCues].map(cue => cue.text)"
    for start, end, text in lines:
        seek(browser, (start + end) / 2000)
        browser.wait(f"return [...document.querySelector('video').textTracks[0].activeCues].length === 1", text)
        assert browser.run(active) == [text], (browser.run(active), text)
    keep("lines.png")
    before = lines[0][0]
    if before > 200:
        seek(browser, (before - 100) / 1000)
        browser.wait("return [...document.querySelector('video').textTracks[0].activeCues].length === 0", "no line")
    assert browser.run("return document.querySelector('video').muted"), "nothing is asked about the sound"
    quiz.end()
    return f"{len(lines)} lines, each at its time"


def check_sound(root, browser, keep):
    quiz = Quiz(root, browser, "snd_count1")
    assert browser.run("return !document.querySelector('video').muted && document.querySelector('#sound').getAttribute('aria-pressed') === 'true'")
    browser.click("#begin")
    browser.wait("const v = document.querySelector('video'); return !v.paused && v.currentTime > 1", "the video plays")
    decoded = browser.run("return document.querySelector('video').webkitAudioDecodedByteCount")
    assert decoded > 0, decoded
    assert browser.run("return !document.querySelector('video').muted"), "it plays with its sound"
    keep("sound.png")
    assert browser.run("return document.querySelector('video').textTracks[0].cues.length") == 0
    quiz.end()
    return f"{decoded} bytes of sound decoded"


def check_end(root, browser):
    quiz = Quiz(root, browser, "onl_seen1")
    asked = {row["ask_frame"] for row in rows_of(root, "onl_seen1")}
    question = browser.run("return document.querySelector('#text').textContent")
    [row] = {row["sample_id"]: row for row in rows_of(root, "onl_seen1") if row["question"] == question}.values()
    last = row["ask_frame"] / 25
    assert row["ask_frame"] in asked and row["ask_frame"] < row["num_frames"]
    browser.click("#begin")
    browser.wait("return !document.querySelector('video').paused", "the video plays")
    seek(browser, last - 1.0)
    browser.run("document.querySelector('video').play()")
    browser.wait("return document.querySelector('video').paused", "the stop")
    stopped = browser.run("return document.querySelector('video').currentTime")
    # A frame is drawn at a time of the screen's: the stop is at the last frame that may be seen, or a frame of the screen after.
    assert last - 0.08 <= stopped < last + 0.04, (stopped, last)
    browser.run("const v = document.querySelector('#seek'); v.value = '1000'; v.dispatchEvent(new Event('input'))")
    browser.wait("return !document.querySelector('video').seeking", "the seek")
    assert browser.run("return document.querySelector('video').currentTime") < last
    quiz.end()
    return f"stopped at {stopped:.3f} s of {last:.2f}"


def check_moment(root, browser, keep):
    quiz = Quiz(root, browser, "onl_say1")
    write = "const r = document.querySelector('#reply'); r.value = arguments[0]; r.dispatchEvent(new Event('input', { bubbles: true }))"
    browser.run(write, "12 - 15")
    browser.click("#submit")
    browser.wait("return document.querySelector('#error').textContent.includes('neither a time nor never')", "the refusal")
    keep("moment.png")
    browser.run(write, "12.40")
    browser.click("#submit")
    browser.wait("return !document.querySelector('#error').textContent", "the answer")
    for _ in range(100):
        if quiz.answers.exists() and quiz.answers.read_text().strip():
            break
        browser.run("return 0")
    [first, *_] = [json.loads(line) for line in quiz.answers.read_text().splitlines()]
    assert first["response"] == "12.40" and first["mode"] == "quiz", first
    quiz.end()
    return "two times refused, one taken"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep", type=pathlib.Path)
    kept = parser.parse_args().keep
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "spec.toml").write_text(SPEC)
        (root / "haystacks.toml").write_text(CATALOGUE)
        subprocess.run([VNIAH, "generate", "spec.toml", "-o", "set", "--cache", "cache"], cwd=root, check=True, capture_output=True)
        browser = Browser(root / "profile")
        browser.emulate(1280, 800, False)

        def keep(name):
            if kept:
                kept.mkdir(parents=True, exist_ok=True)
                (kept / name).write_bytes(browser.shot())

        try:
            print(f"subtitles: {check_lines(root, browser, keep)}", flush=True)
            print(f"sound: {check_sound(root, browser, keep)}", flush=True)
            print(f"moments: {check_end(root, browser)}", flush=True)
            print(f"say when: {check_moment(root, browser, keep)}", flush=True)
        finally:
            browser.close()


if __name__ == "__main__":
    main()
