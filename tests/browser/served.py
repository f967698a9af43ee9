#!/usr/bin/env python3
"""Reads videos that exist as recipes alone, over HTTP, with PyAV and in a real browser, and looks through them on the front page.

    VNIAH=target/debug/vniah .venv/bin/python tests/browser/served.py [--dataset OUT --cache DIR --sample ID...] [--keep DIR]

In: the vniah binary; chromium and chromedriver on the path; what `tests/decoders/requirements.txt` lists; a dataset of recipes,
or none to make a small one. Out: exit code 0 if what each reader shows over HTTP is what `vniah frames` takes from the recipe,
and as the last line how many frames were compared. --keep leaves what the browser shows of each video's first needle, and of the
front page, in DIR.
"""

import argparse
import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import av
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parent))

from decode import SEEK, SHOW, wait_for  # noqa: E402
from report import Browser  # noqa: E402

VNIAH = pathlib.Path(os.environ.get("VNIAH", "target/debug/vniah")).resolve()
SAMPLER = "linspace(8)"
# Two ways from 4:2:0 to RGB differ by this at most, in decibels; another frame of footage is below 25.
LEAST_PSNR = 30
SPEC = """seed = 1
[haystacks]
catalogue = "haystacks.toml"
[[tasks]]
type = "ord_insert1"
[[tasks]]
type = "cnt_edit1"
"""
HAYSTACKS = """[[haystack]]
id = "bay"
scene = { name = "harbour", seed = 1, width = 256, height = 144, fps = "30000/1001", frames = 400 }
[[haystack]]
id = "town"
scene = { name = "city", seed = 2, width = 256, height = 144, fps = 25, frames = 300 }
"""
# The page comes from the server, so that it may read the pixels of the server's videos.
LOAD = "const [url, done] = arguments;" + SHOW


def vniah(*arguments):
    subprocess.run([VNIAH, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


def make(root):
    (root / "spec.toml").write_text(SPEC)
    (root / "haystacks.toml").write_text(HAYSTACKS)
    vniah("generate", root / "spec.toml", "-o", root / "set", "--cache", root / "cache", "--store", "recipe")
    return root / "set", root / "cache"


def picture(path):
    with av.open(str(path)) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24")


def psnr(one, other):
    error = np.mean((one.astype(float) - other.astype(float)) ** 2)
    return 99 if error == 0 else 10 * np.log10(255 ** 2 / error)


def read_with_pyav(url, row, wanted):
    """Opens a video by its address and seeks to each frame."""
    with av.open(url) as container:
        stream = container.streams.video[0]
        assert stream.frames == row["num_frames"], f"{url}: {stream.frames} frames"
        rate = row["fps_num"] / row["fps_den"]
        for at, expected in sorted(wanted.items(), reverse=True):
            container.seek(round(at / rate / stream.time_base), stream=stream)
            frame = next(frame for frame in container.decode(stream) if round(frame.time * rate) >= at)
            assert round(frame.time * rate) == at, f"{url}: frame {at} is not found"
            found = psnr(frame.to_ndarray(format="rgb24"), expected)
            assert found > LEAST_PSNR, f"{url}: PyAV shows another frame {at} ({found:.1f} dB)"
    return len(wanted)


def read_in_browser(browser, url, row, wanted, keep):
    loaded = wait_for(browser, LOAD, url)
    assert isinstance(loaded, list), f"{url}: {loaded}"
    width, height, duration = loaded
    assert (width, height) == (row["width"], row["height"]) and abs(duration - row["length"]) < 0.001, f"{url}: {loaded}"
    times = [(at + 0.5) * row["fps_den"] / row["fps_num"] for at in wanted]
    for at, (time, green) in zip(wanted, wait_for(browser, SEEK, times)):
        assert abs(time - at * row["fps_den"] / row["fps_num"]) < 0.001, f"{url}: frame {at} is shown at {time} s"
        plane = np.frombuffer(base64.b64decode(green), np.uint8).reshape(height, width)
        found = psnr(plane, wanted[at][:, :, 1])
        assert found > LEAST_PSNR, f"{url}: the browser shows another frame {at} ({found:.1f} dB)"
    if keep:
        start, end = row["needle_frames"][0]
        wait_for(browser, SEEK, [(start + end) / 2 * row["fps_den"] / row["fps_num"]])
        keep.mkdir(parents=True, exist_ok=True)
        shot = browser.do("GET", "/screenshot")
        (keep / f"{row['sample_id']}.png").write_bytes(base64.b64decode(shot))
    return len(wanted)


def choose(browser, field, value):
    browser.run("const f = document.getElementById(arguments[0]); f.value = arguments[1]; "
                "f.dispatchEvent(new Event(f.type === 'search' ? 'input' : 'change'))", field, value)


def check_front_page(browser, base, rows, keep):
    """Every sample is there, filters leave what they name, and a recipe plays."""
    names = "return [...document.querySelectorAll('#list button')].map(b => b.querySelector('span').textContent)"
    assert sorted(browser.run(names)) == sorted(rows), browser.run(names)
    # Each sample that is in view has its picture.
    pictures = "return [...document.querySelectorAll('#list img')].map(i => [i.complete && i.naturalWidth, i.naturalHeight])"
    browser.wait(f"{pictures}.every(([width]) => width > 0)", "the pictures of the samples")
    assert browser.run(pictures) == [[160, 90]] * len(rows), browser.run(pictures)
    kinds = sorted({row["type"] for row in rows.values()})
    for kind in kinds:
        choose(browser, "f-type", kind)
        assert sorted(browser.run(names)) == sorted(name for name, row in rows.items() if row["type"] == kind)
    choose(browser, "f-type", "")
    depths = browser.run("return [...document.querySelectorAll('#f-depth option')].map(o => o.value)")
    assert depths[0] == "" and len(depths) > 2, depths
    found = set()
    for depth in depths[1:]:
        choose(browser, "f-depth", depth)
        shown = set(browser.run(names))
        assert shown and not shown & found, f"{depth}: {shown}"
        found |= shown
    assert found == set(rows), "each sample has one depth"
    choose(browser, "f-depth", "")
    # A label is found in the samples that show it or offer it.
    label = next(iter(rows.values()))["needles"][0]["label"]
    choose(browser, "f-text", label.upper())
    holds = {name for name, row in rows.items()
             if label.lower() in "\n".join([name, row["question"], *row["options"], *(n["label"] for n in row["needles"])]).lower()}
    assert set(browser.run(names)) == holds, browser.run(names)
    choose(browser, "f-text", "no such thing")
    assert browser.run("return document.getElementById('f-count').textContent").startswith("0 of ")
    choose(browser, "f-text", "")
    browser.wait("return document.getElementById('video').readyState >= 2", "a video of the front page")
    browser.click("#timeline button")
    browser.wait("return !document.getElementById('video').seeking && document.querySelectorAll('#boxes i').length === 1", "its needle")
    requests = browser.run("return performance.getEntriesByType('resource').map(e => e.name)")
    assert all(name.startswith(base + "/") for name in requests), requests
    for name, width, height, dark, mobile in [("light", 1280, 900, False, False), ("dark", 1280, 900, True, False), ("phone", 390, 844, False, True)]:
        browser.emulate(width, height, dark, mobile)
        browser.run("scrollTo(0, 0)")
        time.sleep(0.5)
        overflow = browser.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{name}: the page is {overflow} pixels too wide"
        if keep:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"front-{name}.png").write_bytes(base64.b64decode(browser.do("GET", "/screenshot")))
    browser.emulate(1280, 900, False)
    print(f"ok: the front page shows {len(rows)} samples, {len(kinds)} types, {len(depths) - 1} depths")


def check(root, dataset, cache, samples, keep):
    chosen = [argument for sample in samples for argument in ("--sample", sample)]
    vniah("frames", dataset, "--sampler", SAMPLER, "-o", root / "frames", "--format", "png", "--cache", cache, *chosen)
    rows = {}
    for line in (dataset / "metadata.jsonl").read_text().splitlines():
        row = json.loads(line)
        rows.setdefault(row["sample_id"], row)
    wanted = {}
    for line in (root / "frames/index.jsonl").read_text().splitlines():
        line = json.loads(line)
        wanted.setdefault(line["sample_id"], {})[line["frame"]] = picture(root / "frames" / line["file"])
    server = subprocess.Popen([VNIAH, "serve", str(dataset), "--port", "0", "--cache", str(cache)], stdout=subprocess.PIPE, text=True)
    try:
        base = server.stdout.readline().strip()
        browser = Browser(root / "profile")
        compared = 0
        try:
            browser.emulate(1280, 900, False)
            browser.do("POST", "/url", {"url": base + "/"})
            if not samples:
                check_front_page(browser, base, rows, keep)
            # A page without a video of its own.
            browser.do("POST", "/url", {"url": base + "/list"})
            for sample, frames in wanted.items():
                url, row = f"{base}/{rows[sample]['file_name']}", rows[sample]
                assert not (dataset / row["file_name"]).exists(), f"{sample} is a file, which proves nothing"
                compared += read_with_pyav(url, row, frames)
                compared += read_in_browser(browser, url, row, frames, keep)
                print(f"ok: {sample}: {row['num_frames']} frames")
        finally:
            browser.close()
    finally:
        server.terminate()
        server.wait()
    print(f"over HTTP, PyAV and the browser show each of {compared} frames as the recipe gives it")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", type=pathlib.Path)
    parser.add_argument("--cache", type=pathlib.Path)
    parser.add_argument("--sample", action="append", default=[])
    parser.add_argument("--keep", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(scratch)
        dataset, cache = (options.dataset, options.cache) if options.dataset else make(root)
        check(root, dataset, cache, options.sample, options.keep)


if __name__ == "__main__":
    sys.exit(main())
