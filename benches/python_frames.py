"""Times frames as arrays in Python: vniah against PyAV and torchcodec doing the same, in one run on one machine.

In: the package vniah, built with optimisation, and av in this Python; torchcodec, if it is installed. Out: a Markdown table of the
time and the processor time of one call (the median of several, in a process that has opened the video before), of peak memory, and
of how much of it the calls added to what the libraries have, for each video, sampler and way; exit code 1 if a way takes other
frames.

    python benches/python_frames.py [--samplers 'linspace(8) linspace(64)'] [--repeats N] [--work DIR]

All give uint8 arrays of RGB, and have as many threads as there are cores. PyAV seeks to the keyframe before each frame, and decodes
on from it where the next frame follows in the same group of pictures.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from pyav import FRAMES_AT

ROOT = Path(__file__).resolve().parent.parent
FOOTAGE = ["bikes.mp4", "bunny.mp4", "hello.mp4"]

HEAD = """
import json, statistics, sys, time
import numpy as np
out, video, row_id, sampler, indices, repeats = json.loads(sys.argv[1])
"""
TAIL = """
def peak():
    return next(int(line.split()[1]) / 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
libraries = peak()
times, works = [], []
for _ in range(repeats):
    begun, worked = time.perf_counter(), time.process_time()
    pixels = take()
    times.append(time.perf_counter() - begun)
    works.append(time.process_time() - worked)
whole = peak()
small = pixels[:, ::8, ::8].astype(int)
found = {"secs": statistics.median(times), "work": statistics.median(works), "peak": whole, "added": whole - libraries}
print(json.dumps({**found, "shape": list(pixels.shape), "small": small.ravel()[::7].tolist()}))
"""
WAYS = {
    "vniah": """
import vniah
row = vniah.open(out)[row_id]
take = lambda: row.frames(sampler).pixels
""",
    "PyAV": FRAMES_AT + """
def take():
    found = {index: frame.to_ndarray(format="rgb24") for index, frame in frames_at(indices)}
    return np.stack([found[index] for index in indices])
""",
    "torchcodec": """
from torchcodec.decoders import VideoDecoder
decoder = VideoDecoder(video, dimension_order="NHWC", num_ffmpeg_threads=0, seek_mode="approximate")
take = lambda: decoder.get_frames_at(indices).data.numpy()
""",
}


def make(work):
    """A question about each video of the footage, which is used as it is."""
    import vniah

    spec = {
        "seed": 1,
        "haystacks": {"paths": [ROOT / "tests/.cache" / name for name in FOOTAGE]},
        "tasks": [{"type": "ret_edit1"}],
    }
    return vniah.generate(spec, work / "set", cache=work / "cache")


def measured(code, arguments):
    """What a way takes; nothing where its library is absent."""
    done = subprocess.run([sys.executable, "-c", HEAD + code + TAIL, json.dumps(arguments)], capture_output=True, text=True)
    if done.returncode:
        print(done.stderr.strip().splitlines()[-1], file=sys.stderr)
        return None
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--samplers", default="linspace(8) linspace(64)", help="separated by blanks")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--work", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        dataset = make(work)
        columns = ["video", "sampler", "frames", "way", "ms a call", "CPU ms", "peak MB", "of the calls", "time to vniah's", "CPU to vniah's"]
        print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
        failed = False
        for sample in dataset.samples:
            row = sample.rows[0]
            for sampler in options.samplers.split():
                indices = row.indices(sampler)
                arguments = [str(dataset.path), str(row.video), row.id, sampler, indices, options.repeats]
                ours = None
                for way, code in WAYS.items():
                    found = measured(code, arguments)
                    if found is None:
                        continue
                    ours = ours or found
                    difference = sum(abs(a - b) for a, b in zip(found["small"], ours["small"])) / len(ours["small"])
                    failed |= found["shape"] != ours["shape"] or difference > 3
                    print(f"| {row['haystack_ids'][0]} {row['width']}x{row['height']}, {row['num_frames']} frames | {sampler} | {len(indices)} | {way} | "
                          f"{found['secs'] * 1000:.0f} | {found['work'] * 1000:.0f} | {found['peak']:.0f} | {found['added']:.0f} | "
                          f"{found['secs'] / ours['secs']:.2f} | {found['work'] / ours['work']:.2f} |", flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
