"""Times one sample of four needles against the other ways of making the same video, in one run on one machine.

In: real footage in tests/.cache (`make footage`), the release binary, the ffmpeg program. Out: a Markdown table of wall
time, CPU time, peak memory and file size for each way, and the ratios to ours. Absolute times differ from machine to
machine and from minute to minute; ratios of one run hold better.

    python3 benches/engine.py [--minutes 1,10,60] [--size 640x360] [--presets veryfast,medium]
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VNIAH = os.environ.get("VNIAH", str(ROOT / "target/release/vniah"))
FOOTAGE = ["bunny.mp4", "bikes.mp4", "hello.mp4"]
FPS = 25


def run(command, cwd):
    """Wall seconds, CPU seconds and peak kilobytes of a command and its children."""
    start = time.monotonic()
    process = subprocess.Popen([str(part) for part in command], cwd=cwd, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    message = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"failed: {' '.join(map(str, command))}\n{message.decode()}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def make_sources(work, size, minutes):
    """A minute of real footage at x264's default GOPs, and copies of it in a row for longer ones."""
    width, height = size
    parts = work / "parts.txt"
    scale = f"scale={width}:{height}:force_original_aspect_ratio=increase,crop={width}:{height},fps={FPS},setsar=1"
    with parts.open("w") as listing:
        for name in FOOTAGE:
            part = work / f"{name}.mkv"
            run(["ffmpeg", "-v", "error", "-y", "-i", ROOT / "tests/.cache" / name, "-an", "-vf", scale, "-t", "20",
                 "-c:v", "libx264", "-preset", "veryfast", "-crf", "14", part], work)
            listing.write(f"file {part.name}\n")
    run(["ffmpeg", "-v", "error", "-y", "-f", "concat", "-i", parts, "-c:v", "libx264", "-crf", "14", "all.mkv"], work)
    run(["ffmpeg", "-v", "error", "-y", "-stream_loop", "9", "-i", "all.mkv", "-t", "60", "-c:v", "libx264",
         "-preset", "veryfast", "-crf", "20", "minute.mp4"], work)
    for count in minutes:
        listing = work / f"{count}.txt"
        listing.write_text("file minute.mp4\n" * count)
        run(["ffmpeg", "-v", "error", "-y", "-f", "concat", "-i", listing, "-c", "copy", "-movflags", "+faststart",
             f"m{count}.mp4"], work)


def ours(work, count):
    """Generates the sample, with the haystack probed before, as it is for every sample but the first."""
    (work / f"m{count}.toml").write_text(
        f'seed = 1\n[haystacks]\npaths = ["m{count}.mp4"]\n[[tasks]]\ntype = "ord_insert1"\n')
    command = [VNIAH, "generate", f"m{count}.toml", "-o", "out", "--cache", "cache"]
    run([VNIAH, "haystacks", "prepare", f"m{count}.toml", "--cache", "cache"], work)
    shutil.rmtree(work / "out", ignore_errors=True)
    figures = run(command, work)
    row = json.loads((work / "out/metadata.jsonl").read_text().splitlines()[0])
    shutil.copy(work / "out" / row["file_name"], work / f"ours{count}.mp4")
    return figures, row


def ffmpeg_command(work, count, row, preset):
    """The best single command that inserts the same pictures at the same frames and encodes once."""
    inputs, pieces, at = [], 0, 0
    for number, needle in enumerate(row["needles"]):
        picture = work / f"needle{number}.png"
        select = f"select=eq(n\\,{needle['start_frame']})"
        run(["ffmpeg", "-v", "error", "-y", "-i", work / f"ours{count}.mp4", "-vf", select, "-frames:v", "1", picture], work)
        inserted = sum(n["end_frame"] - n["start_frame"] for n in row["needles"][:number])
        position = needle["start_frame"] - inserted
        if position > at:
            inputs += ["-ss", at / FPS, "-t", (position - at) / FPS, "-i", f"m{count}.mp4"]
            pieces += 1
        length = (needle["end_frame"] - needle["start_frame"]) / FPS
        inputs += ["-loop", "1", "-framerate", FPS, "-t", length, "-i", picture]
        pieces, at = pieces + 1, position
    inputs += ["-ss", at / FPS, "-i", f"m{count}.mp4"]
    pieces += 1
    chain = "".join(f"[{n}:v]format=yuv420p,setsar=1[v{n}];" for n in range(pieces))
    chain += "".join(f"[v{n}]" for n in range(pieces)) + f"concat=n={pieces}:v=1[v]"
    return ["ffmpeg", "-v", "error", "-y", *inputs, "-filter_complex", chain, "-map", "[v]", "-c:v", "libx264",
            "-preset", preset, "-crf", "20", f"ffmpeg-{preset}.mp4"]


def measure(work, count, presets):
    """One line a way, ours first."""
    figures, row = ours(work, count)
    lines = [("vniah", figures, work / f"ours{count}.mp4")]
    for preset in presets:
        lines.append((f"ffmpeg {preset}", run(ffmpeg_command(work, count, row, preset), work), work / f"ffmpeg-{preset}.mp4"))
    copy = ["ffmpeg", "-v", "error", "-y", "-i", f"m{count}.mp4", "-c", "copy", "-movflags", "+faststart", "copy.mp4"]
    lines.append(("ffmpeg -c copy", run(copy, work), work / "copy.mp4"))
    lines.append(("cp", run(["cp", f"m{count}.mp4", "cp.mp4"], work), work / "cp.mp4"))
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", default="1,10")
    parser.add_argument("--size", default="640x360")
    parser.add_argument("--presets", default="veryfast")
    parser.add_argument("--work", default=str(ROOT / "target/bench"))
    options = parser.parse_args()
    minutes = [int(count) for count in options.minutes.split(",")]
    size = tuple(int(side) for side in options.size.split("x"))
    work = Path(options.work) / options.size
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    make_sources(work, size, minutes)
    print(f"One sample of 4 inserted pictures, {options.size} at {FPS} frames/s\n")
    print("| minutes | way | wall s | CPU s | peak MB | file MB | wall / ours | CPU / ours |")
    print("|---|---|---|---|---|---|---|---|")
    for count in minutes:
        lines = measure(work, count, options.presets.split(","))
        base = lines[0][1]
        for name, (wall, cpu, peak), path in lines:
            megabytes = path.stat().st_size / 1e6
            print(f"| {count} | {name} | {wall:.2f} | {cpu:.2f} | {peak / 1024:.0f} | {megabytes:.1f} "
                  f"| {wall / base[0]:.2f} | {cpu / base[1]:.2f} |", flush=True)


main()
