"""Runs inside a fresh root file system, with the wheel installed: inside.py WORK.

In: WORK with spec.toml and its haystacks. Out: WORK/out, a dataset; WORK/demo, what `vniah demo` makes; one line of JSON on
stdout: seconds and processor seconds of each step, the digest of both datasets, and the size of the demo's report. It is an
error where a step ends with another exit code than the program's documented one.
"""

import hashlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

VNIAH = Path(sys.executable).with_name("vniah")
REPORT_LIMIT = 5_000_000
seconds = {}
processor_seconds = {}


def vniah(*arguments, code=0):
    run = subprocess.run([VNIAH, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if run.returncode != code:
        sys.exit(f"vniah {' '.join(arguments)}: exit code {run.returncode}, not {code}\n{run.stdout}{run.stderr}")
    return run.stdout


def timed(step, *arguments):
    start, worked = time.monotonic(), children_worked()
    told = vniah(*arguments)
    seconds[step] = round(time.monotonic() - start, 2)
    processor_seconds[step] = round(children_worked() - worked, 2)
    return told


def children_worked():
    """Processor seconds of the commands that have ended: other work on the machine adds little to them."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def digest(directory):
    total = hashlib.sha256()
    for path in sorted(path for path in directory.rglob("*") if path.is_file()):
        total.update(f"{path.relative_to(directory)} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def loop(directory):
    """A stub model in the caller's own loop: it sees frames and always answers the first option."""
    import vniah as package

    dataset = package.open(directory)
    for row in dataset:
        frames = row.frames("linspace(4)")
        assert frames.pixels.shape[0] == len(frames.seconds) == 4 and frames.pixels.dtype == "uint8"
        dataset.answer(row.id, "A")
    return dataset.score().overall["per_try"]


def interrupt(spec):
    """Ctrl-C ends the program within a second or so, with the exit code that says: run again to finish."""
    running = subprocess.Popen([VNIAH, "generate", spec, "-o", "stopped"], stderr=subprocess.DEVNULL)
    time.sleep(2)
    start = time.monotonic()
    running.send_signal(signal.SIGINT)
    code = running.wait(timeout=60)
    assert code == 6, f"an interrupt ends with exit code {code}"
    seconds["interrupt"] = round(time.monotonic() - start, 2)


def demo():
    """The demonstration, which needs nothing but the wheel: a dataset, answers, scores and a report."""
    report = Path(timed("demo", "demo", "--no-open").splitlines()[-1])
    size = report.stat().st_size
    page = report.read_text(encoding="utf-8")
    assert size < REPORT_LIMIT, f"{report} has {size:,} bytes, of at most {REPORT_LIMIT:,}"
    assert page.lstrip().lower().startswith("<!doctype html>") and page.rstrip().endswith("</html>"), f"{report} is no whole page"
    return size


def main():
    os.chdir(sys.argv[1])
    out = Path("out")
    timed("version", "--version")
    timed("generate", "generate", "spec.toml", "-o", "out")
    timed("verify", "verify", "out")
    timed("oracle", "baseline", "oracle", "out", "-o", "oracle.jsonl")
    timed("score", "score", "out", "oracle.jsonl", "-o", "oracle.json")
    start = time.monotonic()
    loop(out)
    seconds["loop"] = round(time.monotonic() - start, 2)
    vniah("generate", code=2)
    vniah("generate", "nowhere.toml", "-o", "nowhere", code=3)
    interrupt("long.toml")
    report = demo()
    files = sum(1 for path in out.rglob("*") if path.is_file())
    told = {"seconds": seconds, "processor": processor_seconds, "digest": digest(out), "files": files}
    print(json.dumps({**told, "demo": digest(Path("demo/dataset")), "report": report}))


if __name__ == "__main__":
    main()
