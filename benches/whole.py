"""Times a whole benchmark, everything included, against one ffmpeg command a sample.

In: real footage in tests/.cache (`make footage`), the release binary, the ffmpeg program. Out: a Markdown table of the CPU
time of nine types over a number of haystacks: ours with an empty cache, from sources that are used as they are and from
sources that are all prepared, and the ffmpeg commands that make the same videos from the same sources. Of these, those of the
first haystacks are run and scaled by the number of frames, since all of them take hours.

    python3 benches/whole.py [--haystacks 20] [--seconds 54] [--ffmpeg-haystacks 1]
"""

import argparse
import json
import shutil
from pathlib import Path

from engine import CRF, FOOTAGE, ROOT, VNIAH, concatenation, encoding, picture, run, scaled

SIZE = (640, 360)
TYPES = ["ret_edit1", "ret_insert1", "ret_insert2", "ord_edit1", "ord_insert1", "ord_insert2", "cnt_edit1", "cnt_edit2",
         "cnt_insert1"]


def make_sources(work, count, seconds):
    """Haystacks of real footage, each with its own part of it first, as MP4 and as Matroska."""
    for number in range(count):
        name = FOOTAGE[number % len(FOOTAGE)]
        run(["ffmpeg", "-v", "error", "-y", "-stream_loop", "-1", "-i", ROOT / "tests/.cache" / name, "-an", "-vf",
             f"{scaled(SIZE)},hue=h={7 * number}", "-t", seconds, "-c:v", "libx264", "-preset", "veryfast", "-crf", CRF,
             f"h{number:03}.mp4"], work)
        run(["ffmpeg", "-v", "error", "-y", "-i", f"h{number:03}.mp4", "-c", "copy", f"h{number:03}.mkv"], work)


def ours(work, extension):
    """CPU seconds, wall seconds and peak kilobytes of the whole, with an empty cache; and where it lies."""
    tasks = "".join(f'[[tasks]]\ntype = "{kind}"\n' for kind in TYPES)
    (work / f"{extension}.toml").write_text(f'seed = 1\n[haystacks]\npaths = ["*.{extension}"]\n[video]\nquality = {CRF}\n{tasks}')
    wall, cpu, peak = run([VNIAH, "generate", f"{extension}.toml", "-o", extension, "--cache", f"cache-{extension}"], work)
    return wall, cpu, peak, work / extension


def ffmpeg_command(work, row, source, video):
    """The best single command that makes the same video: inserts by concatenation, overlays in one chain."""
    is_insert = lambda needle: needle["kind"].startswith("insert")
    span = lambda needle: (needle["start_frame"], needle["end_frame"])
    # Needles that are inserted together are one picture.
    inserts = sorted({span(needle) for needle in row["needles"] if is_insert(needle)})
    shown = [picture(work, video, start, work / f"insert{number}.png") for number, (start, _) in enumerate(inserts)]
    inputs, pieces, chain = concatenation(source, inserts, shown)
    last = "v"
    for number, needle in enumerate(needle for needle in row["needles"] if not is_insert(needle)):
        start, end = span(needle)
        x, y, w, h = (needle[key] for key in ("x", "y", "w", "h"))
        inputs += ["-i", picture(work, video, start, work / f"overlay{number}.png", f"crop={w}:{h}:{x}:{y},")]
        chain += f";[{last}][{pieces + number}:v]overlay={x}:{y}:enable=between(n\\,{start}\\,{end - 1})[c{number}]"
        last = f"c{number}"
    return encoding(inputs, chain, last, "veryfast", "ffmpeg.mp4")


def theirs(work, out, count):
    """CPU and wall seconds of one command a sample, scaled from the first `count` haystacks to all frames."""
    rows = [json.loads(line) for line in (out / "metadata.jsonl").read_text().splitlines()]
    rows = [row for row in rows if row["try"] == 0]
    wall = cpu = frames = 0
    for row in rows:
        haystack = row["haystack_ids"][0]
        if int(haystack[1:]) < count:
            used = run(ffmpeg_command(work, row, work / f"{haystack}.mp4", out / row["file_name"]), work)
            wall, cpu, frames = wall + used[0], cpu + used[1], frames + row["num_frames"]
    scale = sum(row["num_frames"] for row in rows) / frames
    return wall * scale, cpu * scale


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--haystacks", type=int, default=20)
    parser.add_argument("--seconds", type=int, default=54, help="length of each; VNBench's videos last 54 on average")
    parser.add_argument("--ffmpeg-haystacks", type=int, default=1, help="haystacks whose ffmpeg commands are run")
    parser.add_argument("--work", default=str(ROOT / "target/bench/whole"))
    options = parser.parse_args()
    work = Path(options.work)
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    make_sources(work, options.haystacks, options.seconds)
    print(f"\nNine types over {options.haystacks} haystacks of {options.seconds} s, {SIZE[0]}x{SIZE[1]}\n")
    print("| way | wall s | CPU s | peak MB | CPU of ffmpeg / ours | target |\n|---|---|---|---|---|---|")
    wall, cpu, peak, out = ours(work, "mp4")
    their_wall, their_cpu = theirs(work, out, options.ffmpeg_haystacks)
    print(f"| vniah, sources as they are | {wall:.1f} | {cpu:.1f} | {peak / 1024:.0f} | {their_cpu / cpu:.1f} | at least 12 |", flush=True)
    wall, cpu, peak, _ = ours(work, "mkv")
    print(f"| vniah, all sources prepared | {wall:.1f} | {cpu:.1f} | {peak / 1024:.0f} | {their_cpu / cpu:.1f} | at least 6 |")
    print(f"| one ffmpeg veryfast command a sample | {their_wall:.1f} | {their_cpu:.1f} |  | 1.0 | |")
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
