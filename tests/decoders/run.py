#!/usr/bin/env python3
"""Reads what vniah writes with every library that video models read videos with, and compares frame by frame.

    VNIAH=target/debug/vniah .venv/bin/python tests/decoders/run.py [--case WORD] [--few] [--keep DIR]

In: the vniah binary (VNIAH, or target/debug/vniah). Out: a table of readers and cases, each difference with its file,
reader and frame, and as the last line the number of comparisons. Exit code 0 if nothing differs.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import compare
import sound
from cases import CASES, FAMILIES, PACKS
from expected import Expected
from readers import READERS

# Differences of one reader in one case that are listed.
LISTED = 12
VNIAH = pathlib.Path(os.environ.get("VNIAH", "target/debug/vniah")).resolve()


def vniah(directory, *arguments):
    done = subprocess.run([VNIAH, *arguments], cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise RuntimeError(f"vniah {' '.join(arguments)} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def make(case, directory):
    """Writes a case's spec and haystacks and generates its dataset. Returns its planned samples and haystack files."""
    (directory / "families").mkdir(parents=True)
    for name, text in FAMILIES.items():
        (directory / "families" / f"{name}.toml").write_text(text)
    for name, text in PACKS.items():
        (directory / "packs" / name).mkdir(parents=True)
        (directory / "packs" / name / "pack.toml").write_text(text)
    (directory / "catalogue.toml").write_text("".join(haystack.entry(directory) for haystack in case.haystacks))
    (directory / "spec.toml").write_text(case.spec())
    listed = json.loads(vniah(directory, "haystacks", "list", "spec.toml", "--cache", "cache", "--json"))
    vniah(directory, "plan", "spec.toml", "--cache", "cache", "-o", "plan.jsonl")
    vniah(directory, "generate", "spec.toml", "-o", "out", "--cache", "cache", "--jobs", "1")
    samples = [json.loads(line) for line in (directory / "plan.jsonl").read_text().splitlines()[1:]]
    return samples, haystack_files(case, directory, listed)


def haystack_files(case, directory, listed):
    """The file whose packets are copied, for each haystack: the source, or its prepared form."""
    as_is = {haystack["haystack"]["id"]: haystack["as_is"] for haystack in listed}
    for haystack in listed:
        if haystack["as_is"] != case.as_is:
            raise AssertionError(f"{haystack['haystack']['id']}: as it is: {haystack['as_is']}, {haystack['reasons']}")
    prepared = sorted((directory / "cache" / "prepared").glob("*.mp4"))
    if len(case.haystacks) == 1:
        only = case.haystacks[0]
        return {only.id: only.file(directory) if as_is[only.id] else prepared[0]}
    if case.as_is:
        return {haystack.id: haystack.file(directory) for haystack in case.haystacks}
    # Prepared files are named by digests: each barcode says which haystack it is.
    return {f"h{number_of(path)}": path for path in prepared}


def number_of(path):
    with compare.readers.av.open(str(path)) as container:
        frame = next(container.decode(video=0))
    return compare.barcode.read(frame.to_ndarray()[:frame.height])[0]


def check_rows(sample, rows):
    """What the dataset says of a video is what was planned."""
    row = next(row for row in rows if row["video_id"] == sample["video"]["name"])
    video = sample["video"]
    found = (row["num_frames"], [row["fps_num"], row["fps_den"]], row["width"], row["height"], row["needle_frames"])
    wanted = (video["num_frames"], video["fps"], video["width"], video["height"], [n["span"] for n in video["needles"]])
    differences = [] if found == wanted else [f"metadata.jsonl says {found}, the plan {wanted}"]
    secs = video["num_frames"] * video["fps"][1] / video["fps"][0]
    return differences if abs(row["length"] - secs) < 1e-6 else [*differences, f"length {row['length']}, not {secs}"]


def run_case(number, directory, few):
    """Makes a case and compares all of its videos, or `few` of their frames by index. Returns results by reader, differences and traits."""
    case = CASES[number]
    totals, traits = collections.defaultdict(compare.Result), set()
    samples, files = make(case, directory)
    rows = [json.loads(line) for line in (directory / "out" / "metadata.jsonl").read_text().splitlines()]
    for sample in samples:
        path = directory / "out" / "videos" / f"{sample['video']['name']}.mp4"
        used = {part["haystack"]: files[part["haystack"]] for part in sample["video"]["parts"]}
        expected = Expected(sample["video"], used)
        traits |= set(expected.traits())
        totals["dataset"].differences += [f"{path.name}: {what}" for what in check_rows(sample, rows)]
        is_barcode = case.haystacks[0].id[1:].isdigit()
        wanted = []
        for reader in READERS:
            result, found = compare.compare(reader, path, expected, is_barcode, wanted, seed=number, few=few)
            wanted = wanted or found
            total = totals[reader.name]
            total.compared += result.compared
            total.differences += [f"{path.name}: {what}" for what in result.differences[:compare.MOST]]
        if any(needle["mode"] == "mix" for needle in sample["video"]["needles"]):
            source = next(iter(used.values())) if case.as_is else None
            result = compare.Result()
            sound.check(path, sample["video"], source, result)
            totals["sound"].compared += result.compared
            totals["sound"].differences += [f"{path.name}: {what}" for what in result.differences[:compare.MOST]]
    lacking = set(case.traits) - traits
    totals["dataset"].differences += [f"no video has: {trait}" for trait in sorted(lacking)]
    return dict(totals), len(samples)


def attempt(number, directory, few):
    try:
        return run_case(number, directory, few)
    except Exception as error:  # One case that cannot be made leaves the others to be told of.
        return {"dataset": compare.Result(differences=[f"{type(error).__name__}: {error}"])}, 0


def print_case(case, videos, results):
    columns = []
    for name in [*(reader.name for reader in READERS), "sound"]:
        if result := results.get(name):
            columns.append(f"{name} {'FAILED' if result.differences else result.compared}")
    print(f"{case} ({videos} videos): {'; '.join(columns)}", flush=True)
    for reader, result in results.items():
        for difference in result.differences[:LISTED]:
            print(f"    {reader}: {difference[:300]}")
        if len(result.differences) > LISTED:
            print(f"    {reader}: and {len(result.differences) - LISTED} more")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--case", default="", help="only cases whose names contain one of these words, separated by commas")
    parser.add_argument("--few", action="store_true", help="ask for fewer frames by their index; all are read in order")
    parser.add_argument("--keep", type=pathlib.Path, help="leave the files here")
    arguments = parser.parse_args()
    numbers = [number for number, case in enumerate(CASES) if any(word in case.name for word in arguments.case.split(","))]
    compared = differences = videos = 0
    with tempfile.TemporaryDirectory() as scratch, concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        root = (arguments.keep or pathlib.Path(scratch)).resolve()
        tasks = [(number, pool.submit(attempt, number, root / str(number), arguments.few)) for number in numbers]
        for number, task in tasks:
            results, made = task.result()
            print_case(CASES[number].name, made, results)
            videos += made
            compared += sum(result.compared for result in results.values())
            differences += sum(len(result.differences) for result in results.values())
    names = "; ".join(reader.name for reader in READERS)
    print(f"Readers: {names}.")
    print(f"{videos} videos in {len(numbers)} cases: {compared} frames compared, {differences} differences.")
    return 1 if differences or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
