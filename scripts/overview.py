#!/usr/bin/env python3
"""Draws docs/images/overview.png from what `make demo` leaves in demo/.

    python3 scripts/overview.py

In: demo/dataset and demo/report.html; chromium, chromedriver and ffmpeg on the path. Out: frames with needles, above the
report's timeline, question and scores.
"""

import base64
import json
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/browser"))
from report import Browser  # noqa: E402

# One frame a kind of needle; the last is of the video whose timeline is shown below.
FRAMES = ["ord_edit1-harbour-0", "ret_insert2-city-0", "ord_insert1-meadow-0", "cnt_edit2-desert-0"]
PAGE = """<!doctype html><style>
body { margin: 0; width: 1200px; background: #fff }
div { display: flex; gap: 8px; padding: 8px 8px 0 }
.strip img { width: 290px; border-radius: 4px }
.below { align-items: flex-start; gap: 16px }
</style><div class="strip">%s</div><div class="below">%s</div>"""


def clip(browser, first, last):
    """A screenshot from the top of one element to the bottom of another."""
    box = browser.run(
        "const [a, b] = [...arguments].map(css => document.querySelector(css).getBoundingClientRect());"
        "return {x: a.left + scrollX - 6, y: a.top + scrollY - 6, width: a.width + 12, height: b.bottom - a.top + 12, scale: 1}", first, last)
    shot = browser.do("POST", "/goog/cdp/execute", {"cmd": "Page.captureScreenshot", "params": {
        "format": "png", "clip": box, "captureBeyondViewport": True}})
    return base64.b64decode(shot["data"])


def frame(rows, sample, path):
    row = rows[sample]
    needle = row["needles"][0]
    middle = (needle["start_frame"] + needle["end_frame"] - 1) // 2
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", ROOT / "demo/dataset" / row["video_path"], "-vf",
                    f"select=eq(n\\,{middle}),scale=290:-1:flags=area", "-frames:v", "1", path], check=True)


def main():
    lines = (ROOT / "demo/dataset/metadata.jsonl").read_text().splitlines()
    rows = {row["sample_id"]: row for row in map(json.loads, lines)}
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        for at, sample in enumerate(FRAMES):
            frame(rows, sample, scratch / f"{at}.png")
        browser = Browser(scratch / "profile")
        try:
            browser.emulate(960, 1000, False)
            browser.do("POST", "/url", {"url": (ROOT / "demo/report.html").as_uri() + f"#sample={FRAMES[-1]}"})
            browser.wait("return document.getElementById('video')?.readyState >= 2", "the video")
            browser.click("#timeline button")
            time.sleep(1)
            (scratch / "sample.png").write_bytes(clip(browser, "#timeline", "#options"))
            (scratch / "scores.png").write_bytes(clip(browser, "table.groups", "table.groups"))
            strip = "".join(f"<img src={at}.png>" for at in range(len(FRAMES)))
            (scratch / "page.html").write_text(PAGE % (strip, "<img src=sample.png width=580><img src=scores.png width=580>"))
            browser.emulate(1200, 400, False)
            browser.do("POST", "/url", {"url": (scratch / "page.html").as_uri()})
            (scratch / "overview.png").write_bytes(clip(browser, "body", "body"))
        finally:
            browser.close()
        # Few colours: a picture of a README is loaded by everyone who looks at it.
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", scratch / "overview.png", "-vf",
                        "split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=sierra2_4a", ROOT / "docs/images/overview.png"], check=True)


if __name__ == "__main__":
    sys.exit(main())
