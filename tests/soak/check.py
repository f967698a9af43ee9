"""Long runs: many videos, 1,000 requests at once to a server that misbehaves, 200 browsers at once. Memory and descriptors stay flat.

usage: check.py VNIAH [--only generate,ask,serve] [--minutes N] [--videos N] [--work DIR] [--draw PICTURE.svg]

In: the vniah binary, footage in tests/.cache. All parts run side by side. Out: a line for each, a curve of memory and of open descriptors
(`curves.json` in the work directory, and the picture); exit code 1 if something is lost, or grows. `generate` makes so many videos: every file
is there with the digest that its row states. `ask` asks as many questions as keep 1,000 requests busy for so many minutes: every row has one
answer, the one that the server gave to it. `serve` is read for so many minutes by clients that skip, stop and send nonsense: what they read
whole is what the files hold.
"""

import argparse
import asyncio
import hashlib
import itertools
import json
import pathlib
import random
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benches"))
from scale import TYPES, enlarged, spec  # noqa: E402

CLIENTS = 200
REQUESTS = 1000
# Seconds that the server takes for a reply, at most, and the mean of all: what fails, fails sooner.
SLOWEST = 60
MEAN = 30
EVERY = 2
# Memory may grow by this share from the first fifth of a run to the last, and descriptors by so many.
GROWTH = 1.15
DESCRIPTORS = 20


class Watch(threading.Thread):
    """Memory and descriptors of a process, every few seconds."""

    def __init__(self, process):
        super().__init__(daemon=True)
        self.process, self.points, self.start_time = process, [], time.monotonic()
        self.start()

    def run(self):
        home = pathlib.Path("/proc", str(self.process.pid))
        while self.process.poll() is None:
            try:
                pages = int((home / "statm").read_text().split()[1])
                point = [time.monotonic() - self.start_time, pages * 4096 / 1e6, len(list((home / "fd").iterdir()))]
            except OSError:
                break
            self.points.append(point)
            time.sleep(EVERY)

    def grown(self):
        """What grew from the first fifth after the start to the last."""
        points = self.points[len(self.points) // 10:]
        fifth = max(1, len(points) // 5)
        middle = lambda part, at: sorted(point[at] for point in part)[len(part) // 2]
        memory = [middle(part, 1) for part in (points[:fifth], points[-fifth:])]
        files = [middle(part, 2) for part in (points[:fifth], points[-fifth:])]
        problems = []
        if memory[1] > GROWTH * memory[0] + 8:
            problems.append(f"memory grew from {memory[0]:.0f} to {memory[1]:.0f} MB")
        if files[1] > files[0] + DESCRIPTORS:
            problems.append(f"descriptors grew from {files[0]} to {files[1]}")
        most = [max(point[at] for point in self.points) for at in (1, 2)]
        told = (f"{self.points[-1][0] / 60:.0f} min, memory {memory[0]:.0f} to {memory[1]:.0f} MB (at most {most[0]:.0f}), descriptors {files[0]} to "
                f"{files[1]} (at most {most[1]})")
        return told, problems


def start(words, cwd, name):
    log = open(cwd / f"{name}.log", "w")
    return subprocess.Popen(list(map(str, words)), cwd=cwd, stdout=log, stderr=log)


def generate(vniah, work, videos, curves):
    footage = [ROOT / "tests/.cache" / name for name in ("bikes.mp4", "hello.mp4", "bunny.mp4", "carphone.mp4")]
    tasks = "".join(f'[[tasks]]\ntype = "{kind}"\n' for kind in TYPES)
    repeats = -(-videos // len(TYPES))
    (work / "many.toml").write_text(f"seed = 3\n[haystacks]\npaths = {json.dumps(list(map(str, footage)))}\n[video]\nwidth = 160\nheight = 90\n"
                                    f'[grid]\nlengths = ["12s"]\nrepeats = {repeats}\n{tasks}')
    process = start([vniah, "generate", "many.toml", "-o", "many", "--cache", "cache", "--jobs", 1], work, "generate")
    watch = Watch(process)
    curves["generate"] = watch
    problems = [f"exit code {process.returncode}"] if process.wait() else []
    files = {}
    for line in (work / "many/metadata.jsonl").read_text().splitlines():
        row = json.loads(line)
        files[row["file_name"]] = row["sha256"]
    lost = [name for name, digest in files.items() if hashlib.sha256((work / "many" / name).read_bytes()).hexdigest() != digest]
    if lost or len(files) != repeats * len(TYPES):
        problems.append(f"{len(lost)} of {len(files)} videos differ from their rows")
    told, grew = watch.grown()
    return f"{len(files)} videos: {told}", problems + grew


def reply_to(prompt):
    """What the server says: told by the prompt alone, so that each answer can be checked."""
    return hashlib.sha256(prompt.encode()).hexdigest()[:12]


class Server:
    """Replies late, not at all, with errors, with half a reply, with nonsense."""

    def __init__(self):
        self.draw, self.counts = random.Random(5), {}

    async def connection(self, reader, writer):
        try:
            while await self.request(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    async def request(self, reader, writer):
        """Whether the connection goes on."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length:")[1].split("\r\n")[0])
        body = json.loads(await reader.readexactly(length))
        content = body["messages"][-1]["content"]
        prompt = content if isinstance(content, str) else [part["text"] for part in content if part["type"] == "text"][-1]
        reply = json.dumps({"choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": reply_to(prompt)}}],
                            "usage": {"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10}}).encode()
        fate = self.draw.choices(["reply", "500", "429", "hang up", "half", "nonsense", "empty", "drip"], [72, 6, 5, 4, 4, 3, 3, 3])[0]
        self.counts[fate] = self.counts.get(fate, 0) + 1
        await asyncio.sleep(self.draw.uniform(0, SLOWEST if fate in ("reply", "drip") else 5))
        send = lambda status, text, more="": writer.write(
            f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {len(text)}\r\n{more}\r\n".encode() + text)
        if fate == "hang up":
            return False
        if fate == "half":
            writer.write(f"HTTP/1.1 200 OK\r\ncontent-length: {len(reply)}\r\n\r\n".encode() + reply[:len(reply) // 2])
            await writer.drain()
            return False
        if fate == "drip":
            writer.write(f"HTTP/1.1 200 OK\r\ncontent-length: {len(reply)}\r\n\r\n".encode())
            for at in range(0, len(reply), 40):
                writer.write(reply[at:at + 40])
                await writer.drain()
                await asyncio.sleep(0.5)
            return True
        texts = {"reply": ("200 OK", reply), "500": ("500 Internal Server Error", b"oops"), "nonsense": ("200 OK", b"<html>no</html>"),
                 "429": ("429 Too Many Requests", b"{}"), "empty": ("200 OK", b'{"choices": []}')}
        send(*texts[fate], "retry-after: 1\r\n" if fate == "429" else "")
        await writer.drain()
        return True


def with_server(run):
    """Runs the server in a thread while `run` is called with its port."""
    server, loop, ready = Server(), asyncio.new_event_loop(), threading.Event()
    port = []

    def serve():
        asyncio.set_event_loop(loop)
        listening = loop.run_until_complete(asyncio.start_server(server.connection, "127.0.0.1", 0, backlog=2 * REQUESTS, limit=1 << 20))
        port.append(listening.sockets[0].getsockname()[1])
        ready.set()
        loop.run_forever()

    threading.Thread(target=serve, daemon=True).start()
    ready.wait()
    result = run(port[0])
    loop.call_soon_threadsafe(loop.stop)
    return result, server.counts


def small(vniah, work):
    """The rows of a small dataset of drawn scenes, as lines; it is made once."""
    if not (work / "small/metadata.jsonl").exists():
        spec(work / "small.toml", 8, 8)
        process = start([vniah, "generate", "small.toml", "-o", "small", "--cache", "cache"], work, "small")
        assert process.wait() == 0, (work / "small.log").read_text()
    return (work / "small/metadata.jsonl").read_text().splitlines()


def files_of(rows):
    """The names of the videos of rows, each once, in their order."""
    return list(dict.fromkeys(row["file_name"] for row in rows))


def ask(vniah, work, minutes, curves):
    few = small(vniah, work)
    # Each row of another sample, about a video of another name, which is the same file.
    out = enlarged(work, few, int(REQUESTS * minutes * 60 / MEAN), "asked")
    (out / "videos").mkdir()
    rows = [json.loads(line) for line in (out / "metadata.jsonl").open()]
    for name, source in zip(files_of(rows), itertools.cycle(files_of(map(json.loads, few)))):
        (out / name).hardlink_to(work / "small" / source)
    command = [vniah, "ask", out, "--model", "soak", "--prompt", "{prompt}", "--sampler", "linspace(1)", "--concurrency", REQUESTS, "--attempts", 40,
               "-o", "answers.jsonl"]

    def run(port):
        process = start([*command, "--base-url", f"http://127.0.0.1:{port}/v1"], work, "ask")
        curves["ask"] = Watch(process)
        return process.wait()

    code, counts = with_server(run)
    problems = [f"exit code {code}"] if code else []
    said = {}
    for line in (work / "answers.jsonl").open():
        answer = json.loads(line)
        if "response" in answer:
            said.setdefault(answer["id"], []).append(answer["response"])
    lost = [row["id"] for row in rows if said.get(row["id"]) != [reply_to(row["prompt"])]]
    if lost or len(said) != len(rows):
        problems.append(f"{len(lost)} of {len(rows)} rows lost their answer, such as {lost[:3]}")
    told, grew = curves["ask"].grown()
    return f"{len(rows)} rows, {sum(counts.values())} requests ({', '.join(f'{name} {count}' for name, count in sorted(counts.items()))}): {told}", problems + grew


async def browse(port, files, until, draw, counts):
    """One browser: reads parts of videos and whole ones, stops in the middle, reads slowly, sends nonsense."""
    while time.monotonic() < until:
        await asyncio.sleep(draw.uniform(0, 8))
        name, content = draw.choice(files)
        way = draw.choices(["whole", "part", "stop", "slow", "nonsense", "idle"], [30, 40, 12, 6, 6, 6])[0]
        # Rows have no entity tag, so they are always sent whole.
        way = "whole" if name == "metadata.jsonl" and way == "part" else way
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 16)
            try:
                counts[await visited(reader, writer, way, name, content, draw)] += 1
            finally:
                writer.close()
        except (OSError, asyncio.IncompleteReadError) as error:
            counts["refused"] += 1
            print(f"serve: {way} of {name}: {error!r}", flush=True)


async def visited(reader, writer, way, name, content, draw):
    """What became of a visit: its way, or "wrong"."""
    if way == "idle":
        await asyncio.sleep(3)
        return way
    if way == "nonsense":
        writer.write(draw.randbytes(200) + b"\r\n\r\n")
        await asyncio.wait_for(reader.read(100), 60)
        return way
    first = draw.randrange(len(content)) if way == "part" else 0
    last = draw.randrange(first, len(content)) if way == "part" else len(content) - 1
    byte_range = f"Range: bytes={first}-{last}\r\n" if way == "part" else ""
    writer.write(f"GET /{name} HTTP/1.1\r\nHost: localhost\r\n{byte_range}\r\n".encode())
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
    if not head.startswith(b"HTTP/1.1 206" if way == "part" else b"HTTP/1.1 200"):
        return "wrong"
    if way == "stop":
        await reader.read(1000)
        return way
    if way == "slow":
        await asyncio.sleep(2)
    body = await asyncio.wait_for(reader.readexactly(last + 1 - first), 60)
    return way if body == content[first:last + 1] else "wrong"


def serve(vniah, work, minutes, curves):
    names = [*files_of(map(json.loads, small(vniah, work))), "metadata.jsonl"]
    files = [(name, (work / "small" / name).read_bytes()) for name in names]
    process = start([vniah, "serve", "small", "--port", 0], work, "serve")
    curves["serve"] = Watch(process)
    while "http://" not in (printed := (work / "serve.log").read_text()):
        time.sleep(0.1)
    port = int(printed.split("http://")[1].split(":")[1].split("/")[0].split()[0])
    counts = {name: 0 for name in ("whole", "part", "stop", "slow", "nonsense", "idle", "refused", "wrong")}

    async def all_browsers():
        until = time.monotonic() + minutes * 60
        await asyncio.gather(*(browse(port, files, until, random.Random(number), counts) for number in range(CLIENTS)))

    asyncio.run(all_browsers())
    alive = process.poll() is None
    process.terminate()
    process.wait()
    told, grew = curves["serve"].grown()
    problems = [] if alive else ["it ended"]
    if counts["wrong"] or counts["refused"]:
        problems.append(f"{counts['wrong']} visits wrong, {counts['refused']} refused")
    return f"{sum(counts.values())} visits ({', '.join(f'{name} {count}' for name, count in counts.items())}): {told}", problems + grew


def picture(curves):
    """Memory and descriptors over time, a row of two plots for each part, as SVG."""
    wide, high, gap = 380, 130, 62
    parts = []
    for row, (name, points) in enumerate(curves.items()):
        points = points[::-(-len(points) // wide)]
        for column, (at, unit) in enumerate(((1, "MB"), (2, "descriptors"))):
            left, top = 60 + column * (wide + gap + 20), 34 + row * (high + gap)
            longest, most = max(points[-1][0], 1), max(point[at] for point in points) * 1.15
            line = " ".join(f"{left + wide * point[0] / longest:.1f},{top + high * (1 - point[at] / most):.1f}" for point in points)
            parts.append(f'<text x="{left}" y="{top - 10}">{name}: {unit}</text>'
                         f'<rect x="{left}" y="{top}" width="{wide}" height="{high}" fill="none" stroke="#bbb"/>'
                         f'<polyline points="{line}" fill="none" stroke="#1f6fb2" stroke-width="1.5"/>')
            for share in (0, 0.5, 1):
                parts.append(f'<text x="{left - 6}" y="{top + high * (1 - share) + 4:.0f}" text-anchor="end">{most * share:.0f}</text>'
                             f'<text x="{left + wide * share}" y="{top + high + 16}" text-anchor="middle">{longest * share / 60:.0f} min</text>')
    width, height = 60 + 2 * (wide + gap + 20), 34 + len(curves) * (high + gap)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" font-family="sans-serif" '
            f'font-size="12" fill="#333"><rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vniah", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--only", default="generate,ask,serve")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--videos", type=int, default=10_000)
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "target/soak")
    parser.add_argument("--draw", type=pathlib.Path)
    options = parser.parse_args()
    work = options.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    small(options.vniah, work)
    curves, told = {}, {}
    parts = {"generate": lambda: generate(options.vniah, work, options.videos, curves),
             "ask": lambda: ask(options.vniah, work, options.minutes, curves),
             "serve": lambda: serve(options.vniah, work, options.minutes, curves)}
    chosen = options.only.split(",")

    def run(name):
        try:
            told[name] = parts[name]()
        except Exception as error:  # What a part fails by is told below.
            told[name] = f"failed: {error!r}", ["it could not be run to its end"]
        print(f"{name}: {told[name][0]}", *told[name][1], sep="\n  ", flush=True)

    threads = [threading.Thread(target=run, args=(name,)) for name in chosen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    curves = {name: curves[name].points for name in chosen if name in curves}
    (work / "curves.json").write_text(json.dumps(curves))
    if options.draw:
        options.draw.write_text(picture(curves))
    sys.exit(1 if any(problems for _, problems in told.values()) else 0)


if __name__ == "__main__":
    main()
