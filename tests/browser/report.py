#!/usr/bin/env python3
"""Opens a report in a real browser and checks that it does what a reader needs.

    cargo build && python3 tests/browser/report.py [--keep DIR]

In: the vniah binary, which VNIAH names if it is not target/debug/vniah; chromium, chromedriver and ffmpeg on the path.
Out: exit code 0 if every check holds. It makes a dataset whose needles have known colours, scores two made-up runs, opens
the report from the disk, clicks needles and reads the colour that the video element then shows. --keep leaves the
dataset, the report and screenshots in DIR.
Nothing but Python's standard library is used.
"""

import argparse
import base64
import json
import os
import pathlib
import random
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zlib

WIDTH, HEIGHT, FPS = 640, 360, 25
COLOURS = {"magenta": (230, 0, 120), "lime": (60, 220, 40), "blue": (20, 60, 230), "orange": (250, 140, 0)}
NAMES = ["magenta", "lime", "blue", "orange"]
TYPES = [(task, task[:3] + kind) for task in ("retrieval", "ordering", "counting") for kind in ("_edit1", "_insert1", "_insert2")]
LENGTHS = {"20s": 20, "1m": 60, "3m": 180, "10m": 600, "1h": 3600}
DEPTHS = [0, 250, 500, 750, 1000]


# ---- a dataset ----

def needle(label, start, box, distractor=False):
    x, y, w, h = box
    return {"label": label, "kind": "overlay-patch", "start_frame": start, "end_frame": start + FPS, "x": x, "y": y, "w": w,
            "h": h, "is_distractor": distractor}


def needles_of(task, length, depth, target):
    frames = LENGTHS[length] * FPS
    start = (frames - FPS) * depth // 1000
    boxes = [(240, 130, 160, 100), (40, 30, 120, 80), (480, 30, 120, 80), (40, 240, 120, 80)]
    if task == "retrieval":
        return [needle(NAMES[target], start, boxes[0])]
    if task == "ordering":
        rest = [name for name in NAMES if name != NAMES[target]]
        starts = sorted({start, frames // 5, frames // 2, frames * 7 // 10})
        return [needle(name, at, boxes[0]) for name, at in zip([NAMES[target], *rest], starts)]
    found = [needle(NAMES[target], start, boxes[index]) for index in range(1 + target)]
    return found + [needle("grey", frames // 3, (300, 260, 60, 60), distractor=True)]


def video(path, needles, secs):
    draw = [f"drawbox=x={n['x']}:y={n['y']}:w={n['w']}:h={n['h']}:t=fill:color=0x%02x%02x%02x:enable='between(n,{n['start_frame']},{n['end_frame'] - 1})'"
            % COLOURS.get(n["label"], (128, 128, 128)) for n in needles]
    # A plain, slowly changing ground, so that a needle's colour cannot come from it.
    source = f"gradients=s={WIDTH}x{HEIGHT}:r={FPS}:d={secs}:c0=0x20303a:c1=0x50606a:speed=0.01:seed=1"
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, "-vf", ",".join(draw + ["format=yuv420p"]),
                    "-frames:v", str(secs * FPS), "-c:v", "libx264", "-preset", "ultrafast", "-g", "50", path], check=True)


def dataset(root):
    out = root / "data set"
    (out / "videos").mkdir(parents=True)
    rows = []
    for task, kind in TYPES:
        for length, secs in LENGTHS.items():
            for depth in DEPTHS:
                for repeat in range(3):
                    target = (len(rows) // 4 * 7 + repeat) % 4
                    sample = f"{kind}_{length}_d{depth}_{repeat}"
                    needles = needles_of(task, length, depth, target)
                    if length == "20s" and depth == 500 and repeat == 0:
                        video(out / f"videos/{sample}.mp4", needles, secs)
                    frames = secs * FPS
                    for rotation in range(4):
                        options = NAMES[rotation:] + NAMES[:rotation]
                        rows.append({
                            "id": f"{sample}_{rotation}", "sample_id": sample, "file_name": f"videos/{sample}.mp4",
                            "video_path": f"videos/{sample}.mp4", "type": kind, "task": task,
                            "question": "Which colour is <b>hidden</b> in this video?", "options": options, "gt": NAMES[target],
                            "gt_option": "ABCD"[options.index(NAMES[target])], "try": rotation, "length": float(secs),
                            "num_frames": frames, "fps_num": FPS, "fps_den": 1, "width": WIDTH, "height": HEIGHT,
                            "haystack_ids": [f"h{repeat}{depth}{length}"], "cell_length": length, "cell_depth_permille": depth,
                            "depth_permille": [n["start_frame"] * 1000 // (frames - FPS) for n in needles],
                            "needle_time": [n["start_frame"] / FPS for n in needles],
                            "needle_frames": [[n["start_frame"], n["end_frame"]] for n in needles], "needles": needles,
                            "sha256": "0" * 64})
    (out / "metadata.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return out, rows


def answers(path, model, rows, skill):
    """Longer videos and middle depths are harder; a few replies are wordy, unreadable or missing."""
    draw = random.Random(model)
    lines, hard = [], {}
    for row in rows:
        middle = 1 - abs(row["cell_depth_permille"] - 500) / 500
        chance = skill - 0.09 * list(LENGTHS).index(row["cell_length"]) - 0.15 * middle
        knows = hard.setdefault(row["sample_id"], draw.random() < chance)
        letter = row["gt_option"] if knows else draw.choice("ABCD")
        kind = draw.random()
        reply = letter if kind < 0.8 else f"The answer is **{letter}**, because the frame shows it.\nIt lasts a second."
        reply = None if kind > 0.995 else "It could be A or B." if kind > 0.985 else reply
        lines.append(json.dumps({"id": row["id"], "response": reply, "model": model}) + "\n")
    path.write_text("".join(lines))


# ---- a browser ----

class Browser:
    def __init__(self, profile, *flags):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        self.driver = subprocess.Popen([shutil.which("chromedriver"), f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            try:
                self.call("GET", "/status")
                break
            except urllib.error.URLError:
                time.sleep(0.1)
        options = {"binary": shutil.which("chromium"), "args": [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", f"--user-data-dir={profile}", "--hide-scrollbars", *flags]}
        wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        self.session = "/session/" + self.call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def call(self, method, path, body=None):
        data = None if body is None and method == "GET" else json.dumps(body or {}).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return json.load(reply)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from error

    def do(self, method, path, body=None):
        return self.call(method, self.session + path, body)

    def run(self, script, *arguments):
        return self.do("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def find(self, css):
        return next(iter(self.do("POST", "/element", {"using": "css selector", "value": css}).values()))

    def click(self, css):
        element = self.find(css)
        self.run("document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", css)
        self.do("POST", f"/element/{element}/click")

    def keys(self, text):
        self.do("POST", "/actions", {"actions": [{"type": "key", "id": "k", "actions": [
            step for key in text for step in ({"type": "keyDown", "value": key}, {"type": "keyUp", "value": key})]}]})

    def shot(self, css=None):
        path = f"/element/{self.find(css)}/screenshot" if css else "/screenshot"
        return base64.b64decode(self.do("GET", path))

    def emulate(self, width, height, dark, mobile=False):
        self.do("POST", "/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile}})
        self.do("POST", "/goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia", "params": {
            "features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]}})

    def wait(self, script, what, *arguments):
        for _ in range(150):
            if self.run(script, *arguments):
                return
            time.sleep(0.1)
        raise AssertionError(f"waited in vain for {what}")

    def close(self):
        try:
            self.do("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()


def pixels(png):
    """The rows of a PNG as lists of RGB triples (8 bits, not interlaced: what browsers write)."""
    at, data = 8, b""
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        body = png[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height, _, colour = struct.unpack(">IIBB", body[:10])
        if kind == b"IDAT":
            data += body
        at += 12 + length
    step = {2: 3, 6: 4}[colour]
    raw, before, rows = zlib.decompress(data), bytes(width * step), []
    for y in range(height):
        start = y * (width * step + 1)
        method, line = raw[start], bytearray(raw[start + 1:start + 1 + width * step])
        for x in range(len(line)):
            left, up, corner = (line[x - step] if x >= step else 0), before[x], (before[x - step] if x >= step else 0)
            guess = left + up - corner
            paeth = min((left, up, corner), key=lambda value: abs(guess - value))
            line[x] = (line[x] + (0, left, up, (left + up) // 2, paeth)[method]) & 255
        rows.append([tuple(line[x:x + 3]) for x in range(0, len(line), step)])
        before = bytes(line)
    return rows


def colour_at(browser, box):
    """The colour that the page shows in the middle of a needle's box."""
    x, y, w, h = box
    left, top = browser.run(
        "const s = document.getElementById('stage'); s.scrollIntoView({block: 'center'}); const r = s.getBoundingClientRect();"
        "return [r.left + scrollX + r.width * arguments[0], r.top + scrollY + r.height * arguments[1]]",
        (x + w / 2) / WIDTH, (y + h / 2) / HEIGHT)
    shot = browser.do("POST", "/goog/cdp/execute", {"cmd": "Page.captureScreenshot", "params": {
        "format": "png", "clip": {"x": int(left) - 2, "y": int(top) - 2, "width": 4, "height": 4, "scale": 1}}})
    return pixels(base64.b64decode(shot["data"]))[2][2]


def is_near(colour, wanted):
    return all(abs(one - other) < 40 for one, other in zip(colour, wanted))


# ---- the checks ----

def check_needles(browser, rows, sample):
    needles = next(row for row in rows if row["sample_id"] == sample)["needles"]
    browser.run("location.hash = 'sample=' + arguments[0]", sample)
    browser.wait("return document.getElementById('s-id').textContent === arguments[0] && document.getElementById('video').readyState >= 2",
                 f"the video of {sample}", sample)
    for index, one in enumerate(needles):
        # Away from every needle first, so that what is seen after the click comes from the click.
        browser.run("const v = document.getElementById('video'); v.currentTime = arguments[0]", (LENGTHS["20s"] * FPS - 2) / FPS)
        browser.wait("const v = document.getElementById('video'); return !v.seeking && v.readyState >= 2", "a seek")
        time.sleep(0.3)
        wanted = COLOURS.get(one["label"], (128, 128, 128))
        box = (one["x"], one["y"], one["w"], one["h"])
        assert not is_near(colour_at(browser, box), wanted), f"{sample}: the ground looks like needle {index + 1}"
        browser.click(f"#timeline button:nth-of-type({index + 1})")
        middle = (one["start_frame"] + one["end_frame"] - 1) // 2
        browser.wait("const v = document.getElementById('video'); return !v.seeking && Math.floor(v.currentTime * 25) === arguments[0]",
                     f"the seek to frame {middle}", middle)
        # The frame is drawn some time after the seek has ended.
        for _ in range(20):
            seen = colour_at(browser, box)
            if is_near(seen, wanted):
                break
            time.sleep(0.2)
        assert is_near(seen, wanted), f"{sample}: needle {index + 1} ({one['label']}) shows {seen}, expected {wanted}"
    scale = browser.run("const t = document.getElementById('timeline').getBoundingClientRect(), b = document.querySelector('#timeline button')"
                        ".getBoundingClientRect(); return [(b.left - t.left) / t.width, b.width / t.width]")
    frames = LENGTHS["20s"] * FPS
    assert abs(scale[0] - needles[0]["start_frame"] / frames) < 0.01 and abs(scale[1] - FPS / frames) < 0.01, scale
    print(f"ok: {sample}: {len(needles)} needles seek to their colours, drawn to scale")


def check_navigation(browser, samples):
    current = "return document.getElementById('s-id').textContent"
    count = "return document.querySelectorAll('#list button').length"
    assert browser.run(count) == samples
    browser.run("document.activeElement.blur()")
    first = browser.run(current)
    browser.keys("\ue014")
    second = browser.run(current)
    browser.keys("\ue012")
    assert second != first and browser.run(current) == first, "arrow keys go forth and back"
    browser.run("const s = document.getElementById('f-type'); s.value = 'ord_edit1'; s.dispatchEvent(new Event('change'))")
    assert browser.run(count) == samples // 9
    browser.run("const s = document.getElementById('f-verdict'); s.value = 'U'; s.dispatchEvent(new Event('change'))")
    assert 0 < browser.run(count) < samples // 9
    set_to = "const f = document.getElementById(arguments[0]); f.value = arguments[1]; f.dispatchEvent(new Event(f.type === 'search' ? 'input' : 'change'))"
    for field, value, left in (("f-type", "", samples), ("f-verdict", "", samples), ("f-length", "1m", samples // len(LENGTHS)),
                               ("f-depth", "500", samples // len(LENGTHS) // len(DEPTHS)), ("f-text", "RET_EDIT1_1M", 3), ("f-text", "", 27)):
        browser.run(set_to, field, value)
        if field in ("f-length", "f-depth", "f-text"):
            assert browser.run(count) == left, f"{field} {value}: {browser.run(count)}"
    browser.click(".map .heat button")
    assert browser.run(count) == samples // len(LENGTHS) // len(DEPTHS), "a square shows its samples"
    browser.click("#f-cell")
    assert browser.run(count) == samples
    assert browser.run("return document.querySelector('#question b') === null"), "foreign text stays text"
    print("ok: keys, filters, squares")


def check_overview(browser):
    bars = browser.run("return [...document.querySelectorAll('#overview .bar')].map(bar => bar.getBoundingClientRect().width)")
    assert len(bars) == 2 * 4 and min(bars) > 0, f"a bar for each of two models, overall and in three tasks: {bars}"
    lines = browser.run("return document.querySelectorAll('#overview .reference').length")
    assert lines == 4, f"people are a line across the bars of each task: {lines}"
    frames = browser.run("const f = [...document.querySelectorAll('.shot img')]; f.forEach(i => { i.loading = 'eager'; });"
                         "return Promise.all(f.map(i => i.decode().then(() => i.naturalWidth)))")
    assert len(frames) >= len(TYPES) and min(frames) > 100, frames
    browser.click("#overview .tasks a")
    kind = browser.run("return document.querySelector('.example:target h4').textContent")
    browser.click(".example:target h4 a")
    browser.wait("return document.getElementById('s-id').textContent.startsWith(arguments[0])", f"a sample of {kind}", kind)
    print(f"ok: overview, {len(frames)} frames of examples, links to a type and on to its sample")


def check_page(browser, page):
    size = page.stat().st_size
    assert size < 5_000_000, f"{size} bytes"
    requests = browser.run("return performance.getEntriesByType('resource').map(e => e.name).filter(n => !n.startsWith('file:') && !n.startsWith('data:'))")
    assert requests == [], requests
    severe = [entry["message"] for entry in browser.do("POST", "/se/log", {"type": "browser"}) if entry["level"] == "SEVERE" and ".mp4" not in entry["message"]]
    assert severe == [], severe
    print(f"ok: one page of {size // 1000} kB, no request beyond the disk, no error in the log")


def screenshots(browser, page, keep):
    for name, width, height, dark, mobile in [("light", 1280, 900, False, False), ("dark", 1280, 900, True, False),
                                              ("phone", 390, 844, False, True), ("phone-dark", 390, 844, True, True)]:
        browser.emulate(width, height, dark, mobile)
        browser.do("POST", "/url", {"url": "about:blank"})
        browser.do("POST", "/url", {"url": page.as_uri() + "#sample=ord_insert1_20s_d500_0"})
        browser.wait("return document.getElementById('video')?.readyState >= 2", "the video")
        browser.click("#timeline button:nth-of-type(2)")
        time.sleep(0.6)
        overflow = browser.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{name}: the page is {overflow} pixels too wide"
        if keep:
            for part in ("overview", "scores", "examples", "heatmaps", "curves", "viewer"):
                browser.run("document.getElementById(arguments[0]).scrollIntoView()", part)
                time.sleep(0.2)
                (keep / f"{name}-{part}.png").write_bytes(browser.shot())
            browser.run("document.querySelector('#needles').scrollIntoView({block: 'start'})")
            time.sleep(0.2)
            (keep / f"{name}-answers.png").write_bytes(browser.shot())
            browser.run("scrollTo(0, 0)")
            time.sleep(0.2)
            (keep / f"{name}-top.png").write_bytes(browser.shot())
    print("ok: light, dark and phone widths fit")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep", type=pathlib.Path)
    arguments = parser.parse_args()
    vniah = pathlib.Path(os.environ.get("VNIAH", "target/debug/vniah")).resolve()
    with tempfile.TemporaryDirectory() as scratch:
        root = arguments.keep.resolve() if arguments.keep else pathlib.Path(scratch)
        shutil.rmtree(root / "data set", ignore_errors=True)
        root.mkdir(parents=True, exist_ok=True)
        out, rows = dataset(root)
        scores = []
        for model, skill in (("large-model", 1.05), ("small-model", 0.7), ("human-1", 1.4)):
            answers(root / f"{model}.jsonl", model, rows, skill)
            scores.append(root / f"{model}.scores.json")
            subprocess.run([vniah, "score", out, root / f"{model}.jsonl", "-o", scores[-1]], check=True, stdout=subprocess.DEVNULL)
        page = root / "report.html"
        subprocess.run([vniah, "report", out, *scores, "-o", page], check=True)
        browser = Browser(pathlib.Path(scratch) / "profile")
        try:
            browser.emulate(1280, 900, False)
            browser.do("POST", "/url", {"url": page.as_uri()})
            check_navigation(browser, len(rows) // 4)
            for sample in ("ret_edit1_20s_d500_0", "ord_insert1_20s_d500_0", "cou_edit1_20s_d500_0"):
                check_needles(browser, rows, sample)
            check_overview(browser)
            check_page(browser, page)
            screenshots(browser, page, root if arguments.keep else None)
        finally:
            browser.close()
    print("the report holds")


if __name__ == "__main__":
    sys.exit(main())
