"""Times the frames that a sampler takes, written as JPEG, against PyAV and decord doing the same, in one run on one machine.

In: the release binary (VNIAH); av, decord and OpenCV of tests/decoders/requirements.txt. Out: a Markdown table of wall time,
CPU time and peak memory for each length, sampler and way, and the ratios to ours; exit code 1 if a way takes other frames.

    python3 benches/frames.py [--lengths 1m,10m,60m] [--samplers 'linspace(64)'] [--size 640x360] [--work DIR]

PyAV seeks to the keyframe before each frame and decodes on from it, skipping the seek where the next frame follows in the same
group of pictures; decord takes the frames in one batch, as the pipelines do. Both encode with OpenCV, and have as many
threads as there are cores. "all" decodes the whole video with PyAV and keeps the frames.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from engine import ROOT, VNIAH, run
from pyav import FRAMES_AT

QUALITY = 90

PYAV = f"""
import sys, cv2, json
video, out, indices = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
{FRAMES_AT}
for index, frame in frames_at(indices):
    cv2.imwrite(f"{{out}}/{{index:08}}.jpg", frame.to_ndarray(format="bgr24"), [cv2.IMWRITE_JPEG_QUALITY, 90])
"""
ALL = """
import sys, av, cv2, json
video, out, indices = sys.argv[1], sys.argv[2], set(json.loads(sys.argv[3]))
container = av.open(video)
stream = container.streams.video[0]
stream.thread_type = "AUTO"
for index, frame in enumerate(container.decode(stream)):
    if index in indices:
        cv2.imwrite(f"{out}/{index:08}.jpg", frame.to_ndarray(format="bgr24"), [cv2.IMWRITE_JPEG_QUALITY, 90])
"""
DECORD = """
import sys, cv2, decord, json
video, out, indices = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
reader = decord.VideoReader(video, num_threads=0)
indices = sorted(set(indices))
for index, frame in zip(indices, reader.get_batch(indices).asnumpy()):
    cv2.imwrite(f"{out}/{index:08}.jpg", frame[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
"""


def make(work, lengths, size):
    """One sample of each length, of drawn scenes."""
    width, height = size
    shutil.copy(ROOT / "haystacks.example/haystacks.toml", work)
    (work / "spec.toml").write_text(
        f"seed = 1\n[haystacks]\ncatalogue = \"haystacks.toml\"\n[video]\nwidth = {width}\nheight = {height}\nfps = 25\n"
        f"audio = false\n[[tasks]]\ntype = \"ord_insert1\"\n[grid]\nlengths = {json.dumps(lengths)}\n")
    run([VNIAH, "generate", "spec.toml", "-o", "set", "--cache", "cache"], work)
    rows = [json.loads(line) for line in (work / "set/metadata.jsonl").read_text().splitlines()]
    return {row["cell_length"]: row for row in rows}


def difference(ours, theirs):
    """The largest mean difference of a picture from ours: the same frames, decoded and encoded by others, are alike."""
    import cv2
    names = sorted(path.name for path in ours.glob("*.jpg"))
    if names != sorted(path.name for path in theirs.glob("*.jpg")):
        sys.exit(f"{theirs} holds other frames")
    worst = 0.0
    for name in names:
        one, other = (cv2.imread(str(path / name), cv2.IMREAD_GRAYSCALE) for path in (ours, theirs))
        worst = max(worst, float(cv2.absdiff(one, other).mean()))
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lengths", default="1m,10m,60m")
    parser.add_argument("--samplers", nargs="+", default=["linspace(64)", "qwen-vl-utils(fps=1)"])
    parser.add_argument("--size", default="640x360")
    parser.add_argument("--work", type=Path)
    parser.add_argument("--runs", type=int, default=3, help="of which the fastest counts")
    args = parser.parse_args()
    work = args.work or Path(tempfile.mkdtemp(prefix="vniah-frames-"))
    work.mkdir(parents=True, exist_ok=True)
    rows = make(work, args.lengths.split(","), tuple(int(side) for side in args.size.split("x")))
    print("| length | sampler | way | frames | wall s | CPU s | peak MB | wall, ours = 1 | target |\n|---|---|---|--:|--:|--:|--:|--:|--:|")
    for length, row in rows.items():
        video = work / "set" / row["file_name"]
        for sampler in args.samplers:
            text = subprocess.run(
                [VNIAH, "sampler", sampler, "--frames", str(row["num_frames"]), "--fps", "25", "--json"],
                check=True, capture_output=True, text=True).stdout
            indices = json.dumps(json.loads(text)["samplers"][sampler]["indices"])
            ways = {"vniah frames": None, "PyAV, seeking": PYAV, "decord": DECORD, "PyAV, all": ALL}
            first = None
            for way, script in ways.items():
                best = None
                for _ in range(1 if way == "PyAV, all" else args.runs):
                    out = work / "frames"
                    shutil.rmtree(out, ignore_errors=True)
                    if script is None:
                        command = [VNIAH, "frames", "set", "--sampler", sampler, "-o", out, "--sample", row["sample_id"],
                                   "--quality", QUALITY]
                    else:
                        out.mkdir()
                        command = [sys.executable, "-c", script, video, out, indices]
                    best = min(filter(None, [best, run(command, work)]))
                kept = work / ("ours" if script is None else "theirs")
                shutil.rmtree(kept, ignore_errors=True)
                (out / row["sample_id"] if script is None else out).rename(kept)
                first = first or best
                apart = 0.0 if script is None else difference(work / "ours", kept)
                if apart > 6.0:
                    sys.exit(f"{way} shows something else: {apart:.1f} of 255 apart")
                wall, cpu, peak = best
                count = len(list(kept.glob("*.jpg")))
                print(f"| {length} | `{sampler}` | {way} | {count} | {wall:.2f} | {cpu:.2f} | {peak / 1024:.0f} | {wall / first[0]:.1f} | "
                      f"{'' if script is None else 'at least 2'} |",
                      flush=True)
    if not args.work:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
