"""Times needles that move against ffmpeg's overlay filter with an expression, which draws the same picture.

In: real footage in tests/.cache (`make footage`), the release binary, the ffmpeg program. Out: a Markdown table of the time of one
`mot_ring1` sample a length: ours with an empty cache, and one ffmpeg veryfast command that moves the same two pictures on the same
circles over the same frames. They are cut out of our first frame with the ground around them, which ffmpeg moves along: its PSNR
against ours, where the shapes move, is that ground's.

    python3 benches/motion.py [--minutes 1,10]
"""

import argparse
import json
import re
import shutil
import subprocess
from pathlib import Path

from engine import CRF, FOOTAGE, ROOT, VNIAH, run, scaled

SIZE = (640, 360)
# Parts of a turn in which rows state angles.
ROUND = 65536


def sample(work, minutes):
    """A source of this length, and the spec of one sample of it."""
    run(["ffmpeg", "-v", "error", "-y", "-stream_loop", "-1", "-i", ROOT / "tests/.cache" / FOOTAGE[0], "-an", "-vf", scaled(SIZE),
         "-t", minutes * 60, "-c:v", "libx264", "-preset", "veryfast", "-crf", CRF, "source.mp4"], work)
    (work / "spec.toml").write_text(
        f'seed = 1\n[haystacks]\npaths = ["source.mp4"]\n[video]\nquality = {CRF}\n[[tasks]]\ntype = "mot_ring1"\nsamples = 1\n')


def picture(work, video, needle, mover, number):
    """A mover as it is on its first frame, cut out of our own video to the pixel."""
    x, y = (round(value) // 2 * 2 for value in corner(needle, mover, 0))
    crop = f"select=eq(n\\,{needle['start_frame']}),crop={mover['w']}:{mover['h']}:{x}:{y}"
    run(["ffmpeg", "-v", "error", "-y", "-i", video, "-vf", crop, "-frames:v", "1", f"mover{number}.png"], work)


def circle(needle, mover):
    """Middle, radius, first angle and angle a frame, in radians, of a mover's corner."""
    area, path = mover["area"], mover["path"]
    count = needle["end_frame"] - needle["start_frame"]
    radius = min(area["w"] - mover["w"], area["h"] - mover["h"]) / 2
    middle = area["x"] + (area["w"] - mover["w"]) / 2, area["y"] + (area["h"] - mover["h"]) / 2
    turn = 6.283185307179586 / ROUND
    step = path["legs"][0]["by"][0] * turn / count
    first = path["start"][0] * turn
    return middle, radius, *((first + step * (count - 1), -step) if path["is_reversed"] else (first, step))


def corner(needle, mover, at):
    from math import cos, sin
    (x, y), radius, first, step = circle(needle, mover)
    return x + radius * cos(first + step * at), y + radius * sin(first + step * at)


def ffmpeg_command(needle, movers):
    start, end = needle["start_frame"], needle["end_frame"]
    command, chain, last = ["ffmpeg", "-v", "error", "-y", "-i", "source.mp4"], "", "0:v"
    for number, mover in enumerate(movers):
        (x, y), radius, first, step = circle(needle, mover)
        angle = f"({first:.6f}+{step:.8f}*(n-{start}))"
        command += ["-i", f"mover{number}.png"]
        chain += (f"[{last}][{number + 1}:v]overlay=x='{x}+{radius}*cos({angle})':y='{y}+{radius}*sin({angle})'"
                  f":enable='between(n,{start},{end - 1})'[c{number}];")
        last = f"c{number}"
    return command + ["-filter_complex", chain.rstrip(";"), "-map", f"[{last}]", "-c:v", "libx264", "-preset", "veryfast", "-crf",
                      CRF, "ffmpeg.mp4"]


def psnr(work, ours, needle):
    """PSNR of ffmpeg's frames against ours while the shapes move."""
    cut = f"select=between(n\\,{needle['start_frame']}\\,{needle['end_frame'] - 1})"
    chain = f"[0:v]{cut}[a];[1:v]{cut}[b];[a][b]psnr"
    done = subprocess.run(["ffmpeg", "-i", str(ours), "-i", "ffmpeg.mp4", "-filter_complex", chain, "-f", "null", "-"], cwd=work,
                          stderr=subprocess.PIPE, text=True, check=True)
    return float(re.search(r"average:([0-9.]+|inf)", done.stderr)[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", default="1,10")
    parser.add_argument("--work", default=str(ROOT / "target/bench/motion"))
    options = parser.parse_args()
    work = Path(options.work)
    print("| minutes | way | wall s | CPU s | peak MB | wall / ours | CPU / ours | dB against ours |\n|---|---|---|---|---|---|---|---|")
    for minutes in map(int, options.minutes.split(",")):
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        sample(work, minutes)
        wall, cpu, peak = run([VNIAH, "generate", "spec.toml", "-o", "out", "--cache", "cache"], work)
        row = json.loads((work / "out/metadata.jsonl").read_text().splitlines()[0])
        needle, video = row["needles"][0], work / "out" / row["video_path"]
        movers = json.loads(needle["motion"])["movers"]
        for number, mover in enumerate(movers):
            picture(work, video, needle, mover, number)
        print(f"| {minutes} | vniah | {wall:.2f} | {cpu:.2f} | {peak / 1024:.0f} | 1.00 | 1.00 | |", flush=True)
        their_wall, their_cpu, their_peak = run(ffmpeg_command(needle, movers), work)
        print(f"| {minutes} | ffmpeg overlay with an expression, veryfast | {their_wall:.2f} | {their_cpu:.2f} | {their_peak / 1024:.0f} | "
              f"{their_wall / wall:.2f} | {their_cpu / cpu:.2f} | {psnr(work, video, needle):.1f} |", flush=True)
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
