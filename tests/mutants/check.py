"""Damaged media files through `haystacks list`, `generate` and `verify`: nothing panics, nothing runs on, nothing wrong passes.

usage: check.py VNIAH [--each N] [--jobs N] [--only CONTAINER] [--seed N] [--keep DIR]

Makes a short clip in each of eight containers with ffmpeg, damages N copies of each, and runs the program on every copy.
A copy may be refused, with one of the documented exit codes and a reason, or used; what is made of it has to pass `verify`,
or it has to be said what is wrong with the source: by the manifest beforehand, or by `verify` itself. The last line counts what became of the copies;
the exit code is 1 if one of them broke a rule.
"""

import argparse
import collections
import concurrent.futures
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

VIDEO = "-f lavfi -i testsrc2=s=160x120:r=25:d=3"
SOUND = "-f lavfi -i sine=440:r=48000:d=3"
H264 = "-pix_fmt yuv420p -c:v libx264 -g 25"
CONTAINERS = {
    "mp4": f"{VIDEO} {SOUND} {H264} -c:a aac",
    "fragmented.mp4": f"{VIDEO} {SOUND} {H264} -c:a aac -movflags frag_keyframe+empty_moov",
    "mov": f"{VIDEO} {SOUND} {H264} -bf 2 -c:a pcm_s16le",
    "mkv": f"{VIDEO} {SOUND} {H264} -c:a libopus",
    "webm": f"{VIDEO} {SOUND} -c:v libvpx-vp9 -deadline realtime -c:a libopus",
    "avi": f"{VIDEO} {SOUND} -c:v mpeg4 -c:a libmp3lame",
    "ts": f"{VIDEO} {SOUND} {H264} -c:a aac",
    "flv": f"{VIDEO} {SOUND} {H264} -c:a aac",
}
SPEC = """seed = 1
[haystacks]
paths = ["{name}"]
[needles]
duration = "200ms"
gap = "80ms"
[[tasks]]
type = "ret_edit1"
samples = 1
"""
SECONDS = 60
REFUSALS = {3, 4}


def clip(container, path):
    command = ["ffmpeg", "-y", "-v", "error", *CONTAINERS[container].split(), str(path)]
    subprocess.run(command, check=True)


def damage(good, stream):
    """One of several kinds of damage, at places that are drawn."""
    data = bytearray(good)
    # Headers are short and matter most.
    head = stream.random() < 0.5
    place = lambda: stream.randrange(min(len(data), 2000) if head else len(data))
    kind = stream.choice(["bits", "bytes", "zeros", "cut", "drop", "twice", "extreme", "swap"])
    if kind == "bits":
        for _ in range(stream.choice([1, 3, 30])):
            data[place()] ^= 1 << stream.randrange(8)
    elif kind == "bytes":
        at = place()
        data[at:at + stream.randrange(1, 64)] = stream.randbytes(stream.randrange(1, 64))
    elif kind == "zeros":
        at, size = place(), stream.choice([4, 188, 1000, 5000])
        data[at:at + size] = bytes(len(data[at:at + size]))
    elif kind == "cut":
        del data[place():]
    elif kind == "drop":
        at = place()
        del data[at:at + stream.choice([1, 4, 188, 2000])]
    elif kind == "twice":
        at = place()
        data[at:at] = data[at:at + stream.choice([188, 2000, 20000])]
    elif kind == "extreme":
        at = place()
        data[at:at + 4] = stream.choice([b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\0\0\0\0"])
    else:
        one, other = place(), stream.randrange(len(data))
        data[one:one + 16], data[other:other + 16] = data[other:other + 16], data[one:one + 16]
    return kind, bytes(data)


def run(vniah, directory, *arguments):
    began = time.monotonic()
    try:
        done = subprocess.run([vniah, *arguments], cwd=directory, capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return None, "", SECONDS
    said = (done.stdout + done.stderr).decode(errors="replace")
    return done.returncode, said, time.monotonic() - began


def judge(vniah, directory, name):
    """What became of a copy, and the rule that it broke, if any."""
    (directory / "s.toml").write_text(SPEC.format(name=name))
    where = ["--cache", "c"]
    steps = {
        "list": ["haystacks", "list", "s.toml", *where],
        "generate": ["generate", "s.toml", "-o", "o", "--jobs", "1", *where],
    }
    for step, arguments in steps.items():
        code, said, _ = run(vniah, directory, *arguments)
        if code is None:
            return step, f"{step} ran for over {SECONDS} s"
        if "panicked" in said or code < 0 or code not in {0, *REFUSALS}:
            return step, f"{step} ended with {code}: {said.strip()[-300:]}"
        if code in REFUSALS:
            return f"refused by {step}", None if "error: " in said else f"{step} gave no reason"
    code, said, _ = run(vniah, directory, "verify", "o", "--jobs", "1", *where)
    if code == 0:
        return "used", None
    # A flipped bit in a picture that is copied is found when everything is decoded, and put down to the source.
    if code == 5 and "is damaged, its frame" in said:
        return "used, and verify names the damage of the source", None
    told = json.loads((directory / "o/manifest.json").read_text())["warnings"]
    if code == 5 and told:
        return "used with a warning, and refused by verify", None
    return "verify", f"verify ended with {code}, and the manifest had no warning: {said.strip()[-300:]}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("vniah")
    parser.add_argument("--each", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", choices=CONTAINERS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path, help="directory for the copies that broke a rule")
    args = parser.parse_args()
    vniah = str(pathlib.Path(args.vniah).resolve())
    broken, total = 0, collections.Counter()
    with tempfile.TemporaryDirectory() as root:
        root = pathlib.Path(root)
        for container in [args.only] if args.only else CONTAINERS:
            ending = container.rsplit(".", 1)[-1]
            good = root / f"good.{ending}"
            clip(container, good)
            content = good.read_bytes()

            def one(index, container=container, content=content, ending=ending):
                stream = random.Random(f"{args.seed} {container} {index}")
                kind, data = damage(content, stream)
                directory = root / f"{container}-{index}"
                directory.mkdir()
                (directory / f"clip.{ending}").write_bytes(data)
                outcome, fault = judge(vniah, directory, f"clip.{ending}")
                if fault and args.keep:
                    args.keep.mkdir(parents=True, exist_ok=True)
                    (args.keep / f"{container}-{index}.{ending}").write_bytes(data)
                shutil.rmtree(directory)
                return index, kind, outcome, fault

            outcomes = collections.Counter()
            with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
                for index, kind, outcome, fault in pool.map(one, range(args.each)):
                    outcomes[outcome] += 1
                    if fault:
                        broken += 1
                        print(f"FAULT {container} {index} ({kind}): {fault}", flush=True)
            total += outcomes
            print(container, dict(outcomes), flush=True)
    print(f"{sum(total.values())} copies, {broken} broke a rule:", dict(total))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
