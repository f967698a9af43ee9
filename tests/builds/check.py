"""Compares what two builds of vniah make with their FFmpeg: check.py PROGRAM OTHER [--work DIR].

It makes a dataset of footage and of drawn scenes with PROGRAM. OTHER then verifies it, answers its questions from its frames and
lines, and makes it again from the same sources; and the other way round. Out: by haystack, how many frames are equal, and the worst
PSNR of those that are not. It fails if a dataset does not verify, if the other program plans other rows, or if a frame is further off than
LEAST_PSNR. Needs ffmpeg and the footage of `make footage`.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent.parent
FOOTAGE = REPO / "tests/.cache"
# Decibels of a frame, over all of its samples, between what the two builds encode of it.
LEAST_PSNR = 35.0
TASKS = ["ret_edit1", "ret_insert1", "cnt_edit2", "ord_insert1", "mot_dir1", "sub_ret1"]
# Which footage each source is, and what FFmpeg makes of it.
AS_IT_IS = {"h264.mp4": "bikes.mp4", "h264_51.mp4": "bunny.mp4", "h264.avi": "hello.avi", "phone.mp4": "phone.mp4"}
MADE_SMALLER = {
    "mpeg4.avi": ("hello.mp4", "-s 320x180 -t 5 -c:v mpeg4 -q:v 4 -c:a libmp3lame"),
    "av1.webm": ("bunny.mp4", "-s 320x180 -t 5 -ac 2 -c:v libaom-av1 -cpu-used 8 -crf 40 -c:a libopus"),
    "vp9.webm": ("bikes.mp4", "-s 320x136 -t 5 -c:v libvpx-vp9 -cpu-used 8 -deadline realtime"),
    "mpeg2.mpg": ("hello.mp4", "-s 352x288 -t 5 -r 25 -c:v mpeg2video -q:v 4 -c:a mp2"),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("programs", type=Path, nargs=2)
    parser.add_argument("--work", type=Path, default=REPO / "target/builds/compared")
    arguments = parser.parse_args()
    programs, work = [program.resolve() for program in arguments.programs], arguments.work.resolve()
    shutil.rmtree(work, ignore_errors=True)
    make_inputs(work)
    makers = []
    faults = []
    for at, (maker, other) in enumerate([programs, programs[::-1]]):
        out = work / f"dataset{at}"
        run(maker, "generate", work / "spec.toml", "-o", out, "--cache", work / f"cache{at}")
        manifest = json.loads((out / "manifest.json").read_text())
        makers.append({"ffmpeg": manifest["ffmpeg"], "encoder": manifest["encoder"]})
        faults += checked(other, out, work / f"cache{1 - at}", f"{at + 1} by {2 - at}")
    print(json.dumps(makers, indent=1))
    told = "\n".join(faults)
    sys.exit(f"{len(faults)} failed:\n{told}" if faults else None)


def run(*command: object, codes: tuple[int, ...] = (0,)) -> str:
    words = [str(word) for word in command]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode not in codes:
        sys.exit(f"{' '.join(words)}: exit code {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def make_inputs(work: Path) -> None:
    (work / "footage").mkdir(parents=True)
    for name, source in AS_IT_IS.items():
        shutil.copy(FOOTAGE / source, work / "footage" / name)
    for name, (source, options) in MADE_SMALLER.items():
        run("ffmpeg", "-v", "error", "-i", FOOTAGE / source, *options.split(), work / "footage" / name)
    tasks = "".join(f'[[tasks]]\ntype = "{task}"\n' for task in TASKS)
    head = '[haystacks]\npaths = ["footage"]\ncatalogue = "scenes.toml"\ntoo_short = "skip"\n'
    (work / "spec.toml").write_text(f"seed = 27\n{head}{tasks}")
    scene = 'scene = { name = "harbour", seed = 1, width = 640, height = 360, fps = 25, seconds = 8 }'
    (work / "scenes.toml").write_text(f'[[haystack]]\nid = "drawn"\n{scene}\n')


def checked(program: Path, dataset: Path, cache: Path, name: str) -> list[str]:
    """What is wrong with a dataset for a program that did not make it."""
    made_of = ["--haystacks", dataset.parent / "footage", "--cache", cache]
    verified = json.loads(run(program, "verify", dataset, "--solve", "--text", "template", *made_of, "--json"))
    print(f"{name}: verified {json.dumps({key: verified[key] for key in verified if not isinstance(verified[key], (list, dict))})}")
    faults = [f"{name}: {difference}" for difference in verified["differences"]]
    again = run(program, "reproduce", dataset, *made_of, "--json", codes=(0, 5))
    by_haystack: dict[str, list[dict]] = {}
    for video in json.loads(again):
        # A member of a pair ends with a letter.
        name_of = re.fullmatch(r"[^-]*-(.*)-\d+(-[a-z])?", Path(video["file_name"]).stem)
        by_haystack.setdefault(name_of[1], []).append(video)
        told = {field["field"] for row in video["rows"] for field in row["fields"]}
        faults += [f"{name}: rows of {video['file_name']} differ in {sorted(told)}"] if told - {"sha256"} else []
    for haystack, videos in sorted(by_haystack.items()):
        differences = [video["video"]["difference"] for video in videos]
        frames = [difference["frames"] for difference in differences if difference and difference["frames"]]
        unequal = [found for found in frames if found["different"]]
        worst = min((found["worst_psnr"] for found in unequal), default=None)
        print(
            f"{name}: {haystack}: {len(videos)} videos, {differences.count(None)} equal to the byte; of "
            f"{sum(found['compared'] for found in frames)} frames of the others {sum(found['different'] for found in frames)} differ, "
            f"worst PSNR {'-' if worst is None else f'{worst:.1f} dB'}",
            flush=True,
        )
        faults += [f"{name}: {haystack}: {found}" for found in unequal if found["worst_psnr"] < LEAST_PSNR or found["beyond"]]
    return faults


if __name__ == "__main__":
    main()
