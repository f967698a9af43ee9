#!/usr/bin/env python3
"""Makes what docs/gallery.md shows of each question type: a picture of its needles, a question and the right answer.

    python3 scripts/gallery.py [--all] [VNIAH]

In: the binary (target/release/vniah); ffmpeg on the path. Out: docs/images/families/TYPE.jpg, up to four needles of one
video in order of time, and docs/images/families/examples.json. Only types that have no picture yet are made; --all makes
every one again. `make reference` writes the pages from these files.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs/images/families"
EXAMPLES = PICTURES / "examples.json"
SCENES = ("harbour", "city", "desert", "meadow")
# Subtitles are larger than by default, so that a thumbnail shows what they say.
SPEC = """seed = 11
[haystacks]
catalogue = "haystacks.toml"
[needles]
text_size = "13%"
"""
TILE = (160, 90)
FPS = 25


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, arguments)], check=True)


def picture(video, needles, path):
    """Up to four frames, each the middle of a needle, in two columns; one frame fills the picture. Of one needle that moves, four. Where
    all is heard, a spectrogram: time to the right, up to 6 kHz, from a second before the needles to a second after them."""
    heard = [needle for needle in needles if needle["kind"] == "mix-sound"]
    if needles and heard == needles:
        start, end = max(0, needles[0]["start_frame"] / FPS - 1), needles[-1]["end_frame"] / FPS + 1
        size = f"{2 * TILE[0]}x{2 * TILE[1]}"
        ffmpeg("-ss", start, "-to", end, "-i", video, "-lavfi", f"showspectrumpic=s={size}:legend=0:stop=6000:orientation=0",
               "-frames:v", "1", "-q:v", "4", path)
        return
    needles = [needle for needle in needles if needle not in heard]
    moves = len(needles) == 1 and needles[0]["kind"].endswith(("-mover", "-clip"))
    if moves:
        start, end = needles[0]["start_frame"], needles[0]["end_frame"]
        middles = [start + (end - start) * (2 * part + 1) // 8 for part in range(4)]
    else:
        # Needles may share a frame.
        middles = sorted({(needle["start_frame"] + needle["end_frame"] - 1) // 2 for needle in needles})
    middles = middles[:4] if len(middles) >= 4 else middles[:2]
    columns, rows = {1: (1, 1), 2: (2, 1), 4: (2, 2)}[len(middles)]
    width, height = (2 * TILE[0], 2 * TILE[1]) if len(middles) == 1 else TILE
    chosen = "+".join(f"eq(n\\,{middle})" for middle in middles)
    ffmpeg("-i", video, "-vf", f"select={chosen},scale={width}:{height}:flags=area,tile={columns}x{rows}",
           "-fps_mode", "passthrough", "-frames:v", "1", "-q:v", "4", path)


def example(rows):
    """The first try of a sample, in words."""
    row = rows[0]
    return {"question": row["question"], "options": row["options"], "answer": row["answer"]}


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--all"]
    vniah = pathlib.Path(arguments[0] if arguments else ROOT / "target/release/vniah").resolve()
    families = [family["type"] for family in json.loads(subprocess.run(
        [vniah, "families", "list", "--json"], check=True, stdout=subprocess.PIPE).stdout)]
    examples = json.loads(EXAMPLES.read_text()) if EXAMPLES.exists() else {}
    wanted = [name for name in families
              if "--all" in sys.argv or name not in examples or not (PICTURES / f"{name}.jpg").exists()]
    if not wanted:
        return
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(directory)
        (root / "haystacks.toml").write_text("".join(
            f'[[haystack]]\nid = "{name}"\nscene = {{ name = "{name}", seed = 1, width = 480, height = 270, fps = 25, seconds = 90 }}\n'
            for name in SCENES))
        (root / "spec.toml").write_text(SPEC + "".join(f'[[tasks]]\ntype = "{name}"\nsamples = 1\n' for name in wanted))
        subprocess.run([vniah, "generate", root / "spec.toml", "-o", root / "out", "--cache", root / "cache"], check=True)
        samples = {}
        for line in (root / "out/metadata.jsonl").read_text().splitlines():
            row = json.loads(line)
            samples.setdefault(row["type"], {}).setdefault(row["sample_id"], []).append(row)
        for name in wanted:
            # Of questions about one video the last takes the most steps.
            rows = list(samples[name].values())[-1]
            needles = sorted(rows[0]["needles"], key=lambda needle: needle["start_frame"])
            picture(root / "out" / rows[0]["video_path"], needles, PICTURES / f"{name}.jpg")
            examples[name] = example(rows)
    kept = {name: examples[name] for name in sorted(families)}
    EXAMPLES.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
