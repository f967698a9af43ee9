#!/usr/bin/env python3
"""Asks a real server of chat completions, `transformers serve`, in every mode that it supports, and scores the replies.

    .venv-serving/bin/python tests/serving/check.py VNIAH [--keep DIR]

In: the vniah binary; an environment with requirements.txt; ffmpeg on the path. Out: exit code 0 if every check holds. The model is tiny and random
(model.py), so its replies mean nothing; what is checked is that each request is understood, that frames and videos reach the
model (its count of tokens says so), that every reply is recorded and scored, and that a judge is asked over the same protocol.
What the server does not support is asked for too, and its own message is shown.
"""

import argparse
import functools
import http.server
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

SPEC = """seed = 3
[haystacks]
paths = ["{haystack}.mp4"]
[[tasks]]
type = "ret_edit1"
[[tasks]]
type = "cnt_edit1"
"""
# The server of this version takes the sound of each video, and fails on a video that has none.
SOUND = {"sound": ["-f", "lavfi", "-i", "sine=d=8:r=16000"], "silent": []}
# Loading torch and the model on a small machine.
START_SECS = 300


def free_port():
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        return own.getsockname()[1]


def files(root):
    """Serves a dataset's files on loopback; gives its address."""
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(root)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"


def start(model, log):
    """The server, once it says that it is well."""
    port = free_port()
    command = [pathlib.Path(sys.executable).parent / "transformers", "serve", model, "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=os.environ | {"HF_HUB_OFFLINE": "1"})
    for _ in range(START_SECS * 2):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5)
            return server, f"http://127.0.0.1:{port}/v1"
        except (urllib.error.URLError, OSError):
            assert server.poll() is None, "the server ended by itself"
            time.sleep(0.5)
    raise AssertionError(f"the server is not up after {START_SECS} s")


class Run:
    def __init__(self, vniah, root, url, model):
        self.vniah, self.root, self.url, self.model = vniah, root, url, str(model)
        self.rows = [json.loads(line) for line in (root / "sound/metadata.jsonl").read_text().splitlines()]

    def vniah_run(self, *arguments, fails=False):
        done = subprocess.run([self.vniah, *map(str, arguments)], cwd=self.root, capture_output=True, text=True)
        assert (done.returncode != 0) == fails, f"{arguments}: exit code {done.returncode}\n{done.stderr}"
        return done

    def ask(self, name, *more):
        """Asks every row, and gives the lines."""
        self.vniah_run("ask", "sound", "--base-url", self.url, "--model", self.model, "-o", f"{name}.jsonl", "--max-tokens", "6", "--concurrency", "2", *more)
        lines = [json.loads(line) for line in (self.root / f"{name}.jsonl").read_text().splitlines()]
        assert sorted(line["id"] for line in lines) == sorted(row["id"] for row in self.rows), f"{name}: one line a row"
        for line in lines:
            assert line["status"] in ("ok", "truncated", "empty") and line["attempts"] == 1, line
            assert line["usage"]["completion_tokens"] <= 6, line
        tokens = {line["id"]: line["usage"]["prompt_tokens"] for line in lines}
        statuses = {status: sum(line["status"] == status for line in lines) for status in sorted({line["status"] for line in lines})}
        scores = json.loads(self.vniah_run("score", "sound", f"{name}.jsonl", "--json", "-o", f"{name}.json").stdout)
        assert scores["overall"]["missing"] == 0 and scores["overall"]["tries"] == len(self.rows)
        print(f"ok: {name}: {len(lines)} rows, {min(tokens.values())} to {max(tokens.values())} tokens a request, {statuses}, "
              f"replies such as {lines[0]['response']!r}; {scores['overall']['unreadable']} unreadable")
        return lines, tokens

    def refused(self, name, dataset, *more):
        """What the server says to a request that it does not support, and what stands last in its log."""
        done = self.vniah_run("ask", dataset, "--base-url", self.url, "--model", self.model, "-o", f"{name}.jsonl", "--attempts", "1",
                              "--max-errors", "1", "--limit", "1", "--concurrency", "1", *more, fails=True)
        line = json.loads((self.root / f"{name}.jsonl").read_text().splitlines()[0])
        assert line["status"] == "error" and line["response"] is None and line["error"] in done.stderr
        log = [text for text in (self.root / "server.log").read_text().splitlines() if "Error: " in text]
        print(f"not supported: {name}: {line['error']}" + (f" ({log[-1].strip()})" if "status 500" in line["error"] and log else ""))


def checks(run):
    few, few_tokens = run.ask("frames-2", "--sampler", "linspace(2)", "--image-size", "112")
    many, many_tokens = run.ask("frames-6", "--sampler", "linspace(6)", "--image-size", "112")
    # 112x63 is fitted to 4 x 2 merged patches of 28 pixels; a frame more is these tokens, and its two marks.
    per_frame = {(many_tokens[one] - few_tokens[one]) / 4 for one in few_tokens}
    assert per_frame == {10}, f"{per_frame} tokens a frame"
    again, _ = run.ask("frames-2-again", "--sampler", "linspace(2)", "--image-size", "112")
    said = lambda lines: {line["id"]: line["response"] for line in lines}
    assert said(few) == said(again), "a temperature of 0 says the same twice"
    digests = lambda lines: {line["id"]: line["request_sha256"] for line in lines}
    assert digests(few) == digests(again) and not set(digests(few).values()) & set(digests(many).values())
    videos = files(run.root)
    whole = ["--mode", "video-url", "--video"]
    _, video_tokens = run.ask("video-url", *whole, f"{videos}/sound")
    text = min(few_tokens.values()) - 20
    assert min(video_tokens.values()) > text + 50, "the video reaches the model"
    run.refused("video-url without sound", "silent", *whole, f"{videos}/silent")
    run.refused("video-url as data", "sound", *whole, "data")
    run.refused("video-url by file", "sound", *whole, "file")
    run.refused("video-jpeg", "sound", "--mode", "video-jpeg", "--sampler", "linspace(2)")
    judged = json.loads(run.vniah_run("score", "sound", "frames-2.jsonl", "--json", "--judge", run.model, "--base-url", run.url, "--max-tokens", "6").stdout)
    own = judged["judge"]
    assert own["not_judged"] == 0 and own["replies"] == own["named"] + own["none"] + own["unreadable"] > 0, own
    print(f"ok: judge: {own}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("vniah", type=pathlib.Path)
    parser.add_argument("--keep", type=pathlib.Path, help="leave everything in this directory")
    arguments = parser.parse_args()
    import model
    with tempfile.TemporaryDirectory() as scratch:
        root = (arguments.keep or pathlib.Path(scratch)).resolve()
        root.mkdir(parents=True, exist_ok=True)
        vniah = arguments.vniah.resolve()
        for name, sound in SOUND.items():
            subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "mandelbrot=s=192x108:r=25", *sound, "-t", "8", "-pix_fmt", "yuv420p",
                            root / f"{name}.mp4"], check=True)
            (root / f"{name}.toml").write_text(SPEC.format(haystack=name))
            subprocess.run([vniah, "generate", root / f"{name}.toml", "-o", root / name, "--cache", root / "cache"], check=True, stderr=subprocess.DEVNULL)
        model.make(root / "model")
        with open(root / "server.log", "wb") as log:
            server, url = start(root / "model", log)
            try:
                checks(Run(vniah, root, url, root / "model"))
            except BaseException:
                print((root / "server.log").read_text()[-6000:], file=sys.stderr)
                raise
            finally:
                server.terminate()
                server.wait()
    print("a real server is asked, and its replies are scored")


if __name__ == "__main__":
    sys.exit(main())
