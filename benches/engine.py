"""Times one sample of four inserted pictures against the other ways of making the same video, in one run on one machine.

In: real footage in tests/.cache (`make footage`), the release binary, the ffmpeg program, moviepy where it is installed.
Out: a Markdown table of wall time, CPU time, peak memory and file size for each way, their ratios to ours, and the quality
of what each wrote. Absolute times differ from machine to machine and from minute to minute; ratios of one run hold better.

    python3 benches/engine.py [--minutes 1,10,60] [--sizes 640x360,1280x720] [--presets veryfast,medium]
                              [--prepared-until 10] [--medium-until 10] [--moviepy-until 1]
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VNIAH = os.environ.get("VNIAH", str(ROOT / "target/release/vniah"))
FOOTAGE = ["bunny.mp4", "bikes.mp4", "hello.mp4"]
FPS = 25
CRF = 20
# How many times our wall time one ffmpeg command of this preset takes, at least, by minutes.
AGAINST_VERYFAST = {1: 15, 10: 100, 60: 400}
# Frames of footage that are compared with the source's.
STRETCH = 250
MOVIEPY = """
import sys
from moviepy import ImageClip, VideoFileClip, concatenate_videoclips
source, output, *cuts = sys.argv[1:]
clip, parts, at = VideoFileClip(source, audio=False), [], 0.0
for cut in cuts:
    start, length, picture = cut.split(",")
    if float(start) > at:
        parts.append(clip.subclipped(at, float(start)))
    parts.append(ImageClip(picture, duration=float(length)).with_fps(clip.fps))
    at = float(start)
parts.append(clip.subclipped(at))
concatenate_videoclips(parts).write_videofile(output, fps=clip.fps, audio=False, logger=None)
"""


def run(command, cwd, fine=(0,)):
    """Wall seconds, CPU seconds and peak kilobytes of a command and its children, which may end with these exit codes."""
    start = time.monotonic()
    process = subprocess.Popen([str(part) for part in command], cwd=cwd, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    message = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in fine:
        sys.exit(f"failed: {' '.join(map(str, command))}\n{message.decode()}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def scaled(size):
    """The filter that brings footage to this size and to the benches' frame rate."""
    width, height = size
    return f"scale={width}:{height}:force_original_aspect_ratio=increase,crop={width}:{height},fps={FPS},setsar=1"


def make_sources(work, size, minutes):
    """A minute of real footage at x264's default GOPs, and copies of it in a row for longer ones: as MP4, which is
    spliced as it is, and as Matroska, which is prepared first."""
    parts = work / "parts.txt"
    with parts.open("w") as listing:
        for name in FOOTAGE:
            part = work / f"{name}.mkv"
            run(["ffmpeg", "-v", "error", "-y", "-i", ROOT / "tests/.cache" / name, "-an", "-vf", scaled(size), "-t", "20",
                 "-c:v", "libx264", "-preset", "veryfast", "-crf", "14", part], work)
            listing.write(f"file {part.name}\n")
    run(["ffmpeg", "-v", "error", "-y", "-f", "concat", "-i", parts, "-c:v", "libx264", "-crf", "14", "all.mkv"], work)
    run(["ffmpeg", "-v", "error", "-y", "-stream_loop", "9", "-i", "all.mkv", "-t", "60", "-c:v", "libx264",
         "-preset", "veryfast", "-crf", CRF, "minute.mp4"], work)
    for count in minutes:
        listing = work / f"{count}.txt"
        listing.write_text("file minute.mp4\n" * count)
        for name in (f"m{count}.mp4", f"m{count}.mkv"):
            run(["ffmpeg", "-v", "error", "-y", "-f", "concat", "-i", listing, "-c", "copy", "-movflags", "+faststart",
                 name], work)


def ours(work, source, quality=CRF, times=3):
    """Generates the sample from a haystack that is probed and prepared, as it is for every sample but the first. The
    median of several runs, since ours last so short that one hiccup would count double; the sample's row; the file."""
    spec, out = f"{source}.{quality}.toml", f"{source}.{quality}.out"
    (work / spec).write_text(f'seed = 1\n[haystacks]\npaths = ["{source}"]\n[video]\nquality = {quality}\n'
                             '[[tasks]]\ntype = "ord_insert1"\n')
    prepared = run([VNIAH, "haystacks", "prepare", spec, "--cache", "cache"], work)
    runs = []
    for _ in range(times):
        shutil.rmtree(work / out, ignore_errors=True)
        runs.append(run([VNIAH, "generate", spec, "-o", out, "--cache", "cache"], work))
    row = json.loads((work / out / "metadata.jsonl").read_text().splitlines()[0])
    return sorted(runs)[times // 2], row, work / out / row["file_name"], prepared


def cuts(spans):
    """Source frame, output frame and length in frames of each insert."""
    inserted = 0
    for start, end in spans:
        yield start - inserted, start, end - start
        inserted += end - start


def picture(work, video, frame, path, crop=""):
    """A frame of a rendering as PNG; `crop` is a filter before that."""
    run(["ffmpeg", "-v", "error", "-y", "-i", video, "-vf", f"{crop}select=eq(n\\,{frame})", "-frames:v", "1", path], work)
    return path


def pictures(work, best, row):
    """The needles as PNG, from a rendering that is all but lossless."""
    return [picture(work, best, start, work / f"needle{number}.png")
            for number, (_, start, _) in enumerate(cuts(row["needle_frames"]))]


def concatenation(source, spans, paths):
    """Inputs, their number, and the filter that puts the pictures between frames of the source; what comes out is [v]."""
    inputs, pieces, at = [], 0, 0
    for (position, _, length), path in zip(cuts(spans), paths):
        if position > at:
            inputs += ["-ss", at / FPS, "-t", (position - at) / FPS, "-i", source]
            pieces += 1
        inputs += ["-loop", "1", "-framerate", FPS, "-t", length / FPS, "-i", path]
        pieces, at = pieces + 1, position
    inputs += ["-ss", at / FPS, "-i", source]
    pieces += 1
    chain = "".join(f"[{n}:v]format=yuv420p,setsar=1[v{n}];" for n in range(pieces))
    chain += "".join(f"[v{n}]" for n in range(pieces)) + f"concat=n={pieces}:v=1[v]"
    return inputs, pieces, chain


def encoding(inputs, chain, last, preset, output):
    """The command that encodes what the filter gives as [last]."""
    return ["ffmpeg", "-v", "error", "-y", *inputs, "-filter_complex", chain, "-map", f"[{last}]", "-c:v", "libx264",
            "-preset", preset, "-crf", CRF, output]


def ffmpeg_command(count, row, paths, preset):
    """The best single command that inserts the same pictures at the same frames and encodes once."""
    inputs, _, chain = concatenation(f"m{count}.mp4", row["needle_frames"], paths)
    return encoding(inputs, chain, "v", preset, f"ffmpeg-{preset}.mp4")


def psnr(one, frames, other, others):
    """PSNR in decibels, over all planes, between frames [a, b) of two files; `inf` where they are equal. Without frames
    of the other, it is a picture."""
    pick = [f"select=between(n\\,{a}\\,{b - 1})," for a, b in filter(None, (frames, others))]
    select = [f"{chosen}setpts=N/{FPS}/TB,format=yuv420p" for chosen in (*pick, "")]
    loop = [] if others else ["-loop", "1", "-framerate", FPS]
    command = ["ffmpeg", "-hide_banner", "-i", one, *loop, "-i", other, "-lavfi",
               f"[0:v]{select[0]}[a];[1:v]{select[1]}[b];[a][b]psnr", "-frames:v", frames[1] - frames[0], "-f", "null", "-"]
    said = subprocess.run([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    average = re.search(r"average:(\S+)", said.stderr).group(1)
    return f"{float(average):.1f}"


def quality(path, row, ideal, source):
    """How close the first needle's frames are to the ideal, which is a rendering or the picture that was inserted, and
    up to ten seconds of footage before the second needle to the source."""
    needle = row["needle_frames"][0]
    position, start, length = list(cuts(row["needle_frames"]))[1]
    inserted = start - position
    after = (max(needle[1], start - STRETCH), start)
    before = tuple(frame - inserted for frame in after)
    return psnr(path, needle, ideal, needle if ideal.suffix == ".mp4" else None), psnr(path, after, source, before)


def measure(work, count, options):
    """One line a way, ours first."""
    best = ours(work, f"m{count}.mp4", quality=1, times=1)[2]
    as_is, row, path, _ = ours(work, f"m{count}.mp4")
    source = work / f"m{count}.mp4"
    yield "vniah, source as it is", as_is, path, quality(path, row, best, source)
    if count <= options.prepared_until:
        figures, own, path, prepared = ours(work, f"m{count}.mkv")
        haystack = next((work / "cache/prepared").glob("*.mp4"))
        # An ideal of its own takes another preparation, so the longer ones go without.
        looks = ("", "")
        if count == 1:
            looks = quality(path, own, ours(work, f"m{count}.mkv", quality=1, times=1)[2], haystack)
        yield "vniah, source prepared", figures, path, looks
        yield "(preparing it, once)", prepared, haystack, ("", "")
        shutil.rmtree(work / "cache/prepared")
    paths = pictures(work, best, row)
    for preset in options.presets.split(","):
        if preset == "veryfast" or count <= options.medium_until:
            figures = run(ffmpeg_command(count, row, paths, preset), work)
            path = work / f"ffmpeg-{preset}.mp4"
            yield f"ffmpeg {preset}", figures, path, quality(path, row, paths[0], source)
    if count <= options.moviepy_until:
        places = [f"{position / FPS},{length / FPS},{picture}" for (position, _, length), picture in zip(cuts(row["needle_frames"]), paths)]
        command = [options.python, "-c", MOVIEPY, source, "moviepy.mp4", *places]
        path = work / "moviepy.mp4"
        yield "moviepy", run(command, work), path, quality(path, row, paths[0], source)
    copy = ["ffmpeg", "-v", "error", "-y", "-i", source, "-c", "copy", "-movflags", "+faststart", "copy.mp4"]
    yield "ffmpeg -c copy", run(copy, work), work / "copy.mp4", ("", "")
    plain = run(["cp", source, "cp.mp4"], work)
    yield "cp", plain, work / "cp.mp4", ("", "")
    frames = sum(length for _, _, length in cuts(row["needle_frames"]))
    encoded = run(["ffmpeg", "-v", "error", "-y", "-i", source, "-frames:v", frames, "-c:v", "libx264", "-preset",
                    "veryfast", "-crf", CRF, "frames.mp4"], work)
    both = plain[0] + encoded[0], plain[1] + encoded[1], max(plain[2], encoded[2])
    yield f"cp, and ffmpeg veryfast of {frames} frames", both, work / "cp.mp4", ("", "")


def target_rows(size, walls, cpus):
    """Targets beside what was measured, a line each: `walls` and `cpus` are seconds by minutes and way."""
    forms = ["vniah, source as it is", "vniah, source prepared"]

    def line(minutes, what, target, figures):
        cells = [f"{figure:.2f}" if figure else "" for figure in figures]
        return f"| {size} | {minutes} | {what} | {target} | {cells[0]} | {cells[1]} |"

    def ratios(minutes, way, turned=False):
        found = walls[minutes]
        pairs = [(found.get(way), found.get(form)) for form in forms]
        return [(theirs / own if turned else own / theirs) if own and theirs else None for theirs, own in pairs]

    for minutes in walls:
        if minutes in AGAINST_VERYFAST:
            yield line(minutes, "ffmpeg veryfast, times our wall time", f"at least {AGAINST_VERYFAST[minutes]}",
                       ratios(minutes, "ffmpeg veryfast", turned=True))
        if minutes == 60:
            yield line(minutes, "our wall time, times `ffmpeg -c copy`", "below 1", ratios(minutes, "ffmpeg -c copy"))
            both = next(way for way in walls[minutes] if way.startswith("cp, and"))
            yield line(minutes, "our wall time, times `cp` and encoding the needles' frames", "at most 1.3", ratios(minutes, both))
    if {1, 60} <= set(cpus):
        pairs = [(cpus[60].get(form), cpus[1].get(form)) for form in forms]
        growth = [long / short if long and short else None for long, short in pairs]
        yield line("1 to 60", "growth of our CPU time, copying included", "", growth)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", default="1,10,60")
    parser.add_argument("--sizes", default="640x360,1280x720")
    parser.add_argument("--presets", default="veryfast,medium")
    parser.add_argument("--prepared-until", type=int, default=10, help="minutes up to which a source is prepared")
    parser.add_argument("--medium-until", type=int, default=10, help="minutes up to which slower presets run")
    parser.add_argument("--moviepy-until", type=int, default=1, help="minutes up to which moviepy runs; 0 leaves it out")
    parser.add_argument("--python", default=sys.executable, help="an interpreter that has moviepy")
    parser.add_argument("--work", default=str(ROOT / "target/bench"))
    options = parser.parse_args()
    minutes = [int(count) for count in options.minutes.split(",")]
    for size in options.sizes.split(","):
        work = Path(options.work) / size
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        make_sources(work, tuple(int(side) for side in size.split("x")), minutes)
        print(f"\nOne sample of 4 inserted pictures, {size} at {FPS} frames a second, constant rate factor {CRF}\n")
        print("| minutes | way | wall s | CPU s | peak MB | file MB | wall / ours | CPU / ours | needle dB | footage dB |")
        print("|---|---|---|---|---|---|---|---|---|---|")
        walls, cpus = {}, {}
        for count in minutes:
            base = None
            for name, (wall, cpu, peak), path, (needle, footage) in measure(work, count, options):
                base = base or (wall, cpu)
                walls.setdefault(count, {})[name], cpus.setdefault(count, {})[name] = wall, cpu
                megabytes = f"{path.stat().st_size / 1e6:.1f}" if path.exists() else ""
                print(f"| {count} | {name} | {wall:.2f} | {cpu:.2f} | {peak / 1024:.0f} | {megabytes} "
                      f"| {wall / base[0]:.2f} | {cpu / base[1]:.2f} | {needle} | {footage} |", flush=True)
        print("\n| size | minutes | what | target | source as it is | source prepared |\n|---|---|---|---|---|---|")
        print("\n".join(target_rows(size, walls, cpus)), flush=True)
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
