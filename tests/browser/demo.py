#!/usr/bin/env python3
"""Opens the report of a generated dataset in a real browser and checks that a click on a needle shows the needle.

    cargo build && python3 tests/browser/demo.py [DATASET REPORT] [--types N]

In: a dataset and its report, such as `make demo` leaves; without them a small dataset of all nine types is generated.
For one sample a type, each needle's mark is clicked, and what the video element then shows is compared with the frame
that ffmpeg decodes at the needle's middle. Out: exit code 0 if they are the same picture. VNIAH names the binary.
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

from report import Browser

# Both pictures are compared at this size: a browser's scaling and colours differ a little from ffmpeg's.
SMALL = (160, 90)
# Mean difference of a channel in levels of 8 bits: pictures that are the same stay below the first, and a needle makes
# more than the second of difference in its box.
SAME, OTHER = 6, 12
SPEC = """seed = 5
[haystacks]
catalogue = "haystacks.toml"
"""
CATALOGUE = """[[haystack]]
id = "harbour"
scene = { name = "harbour", seed = 1, width = 320, height = 180, fps = 25, seconds = 14 }
"""


def generate(vniah, root):
    """A small dataset and its report."""
    (root / "spec.toml").write_text(SPEC)
    (root / "haystacks.toml").write_text(CATALOGUE)
    out, page = root / "dataset", root / "report.html"
    for command in (["generate", root / "spec.toml", "-o", out, "--cache", root / "cache"],
                    ["baseline", "blind", out, "-o", root / "blind.jsonl"],
                    ["score", out, root / "blind.jsonl", "-o", root / "blind.json"],
                    ["report", out, root / "blind.json", "-o", page]):
        subprocess.run([vniah, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return out, page


def small(*source, pick="null"):
    """One picture at the size of comparison, as bytes, three a pixel."""
    command = ["ffmpeg", "-v", "error", *source, "-vf", f"{pick},scale={SMALL[0]}:{SMALL[1]}:flags=area", "-frames:v", "1",
               "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    picture = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    assert len(picture) == SMALL[0] * SMALL[1] * 3, f"{len(picture)} bytes of {source}"
    return picture


def difference(one, other, box=(0.0, 0.0, 1.0, 1.0)):
    """Mean difference of two pictures within a box, in levels."""
    x, y, w, h = box
    columns = range(int(x * SMALL[0]), max(int((x + w) * SMALL[0]), int(x * SMALL[0]) + 1))
    rows = range(int(y * SMALL[1]), max(int((y + h) * SMALL[1]), int(y * SMALL[1]) + 1))
    at = [(row * SMALL[0] + column) * 3 + channel for row in rows for column in columns for channel in range(3)]
    return sum(abs(one[i] - other[i]) for i in at) / len(at)


def shown(browser, path):
    """What the video element shows, without the marks that lie over it."""
    left, top, width, height = browser.run(
        "const s = document.getElementById('stage'); s.scrollIntoView({block: 'center'}); const r = s.getBoundingClientRect();"
        "document.getElementById('boxes').style.visibility = 'hidden'; return [r.left + scrollX, r.top + scrollY, r.width, r.height]")
    shot = browser.do("POST", "/goog/cdp/execute", {"cmd": "Page.captureScreenshot", "params": {
        "format": "png", "clip": {"x": left, "y": top, "width": width, "height": height, "scale": 1}}})
    path.write_bytes(base64.b64decode(shot["data"]))
    return small("-i", path)


def check(browser, row, video, shot):
    sample, size = row["sample_id"], (row["width"], row["height"])
    browser.run("location.hash = 'sample=' + arguments[0]", sample)
    browser.wait("return document.getElementById('s-id').textContent === arguments[0] && document.getElementById('video').readyState >= 2",
                 f"the video of {sample}", sample)
    frame = lambda index: small("-i", video, pick=f"select=eq(n\\,{index})")
    taken = {at for one in row["needles"] for at in range(one["start_frame"], one["end_frame"])}
    for index, one in enumerate(row["needles"]):
        middle = (one["start_frame"] + one["end_frame"] - 1) // 2
        # The nearest frame without any needle is what a seek that misses would show.
        away = min((at for at in range(row["num_frames"]) if at not in taken), key=lambda at: abs(at - middle))
        wanted, missed = frame(middle), frame(away)
        box = (one["x"] / size[0], one["y"] / size[1], one["w"] / size[0], one["h"] / size[1])
        browser.run("document.getElementById('video').currentTime = arguments[0]", (away + 0.5) * row["fps_den"] / row["fps_num"])
        browser.wait("const v = document.getElementById('video'); return !v.seeking && v.readyState >= 2", "a seek")
        browser.click(f"#timeline button:nth-of-type({index + 1})")
        browser.wait("const v = document.getElementById('video'); return !v.seeking && Math.floor(v.currentTime * arguments[1] / arguments[2]) === arguments[0]",
                     f"the seek to frame {middle}", middle, row["fps_num"], row["fps_den"])
        # The frame is drawn some time after the seek has ended.
        for _ in range(20):
            seen = shown(browser, shot)
            if difference(seen, wanted) < SAME and difference(seen, wanted, box) < SAME:
                break
            time.sleep(0.2)
        whole, inside, other = difference(seen, wanted), difference(seen, wanted, box), difference(seen, missed, box)
        name = f"{sample}: needle {index + 1} ({one['label']}, frame {middle})"
        assert whole < SAME and inside < SAME, f"{name} differs from the decoded frame by {whole:.1f}, in its box by {inside:.1f}"
        assert other > OTHER, f"{name} cannot be told from frame {away}, which has none: they differ by {other:.1f}"
    print(f"ok: {sample}: {len(row['needles'])} needles shown as ffmpeg decodes them")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dataset", type=pathlib.Path, nargs="?")
    parser.add_argument("report", type=pathlib.Path, nargs="?")
    parser.add_argument("--types", type=int, default=99, help="how many types to look at")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        if arguments.dataset and arguments.report:
            out, page = arguments.dataset.resolve(), arguments.report.resolve()
        else:
            vniah = pathlib.Path(os.environ.get("VNIAH", "target/debug/vniah")).resolve()
            out, page = generate(vniah, scratch)
        rows = [row for row in map(json.loads, (out / "metadata.jsonl").read_text().splitlines()) if row["try"] == 0]
        # Another haystack for each type, so that all are looked at.
        kinds = sorted({row["type"] for row in rows})[:arguments.types]
        own = [[row for row in rows if row["type"] == kind] for kind in kinds]
        browser = Browser(scratch / "profile")
        try:
            browser.emulate(1280, 900, False)
            browser.do("POST", "/url", {"url": page.as_uri()})
            for at, group in enumerate(own):
                row = group[at % len(group)]
                check(browser, row, out / row["video_path"], scratch / "shot.png")
        finally:
            browser.close()
    print("needles are where the report says")


if __name__ == "__main__":
    sys.exit(main())
