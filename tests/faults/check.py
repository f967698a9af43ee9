"""Faults, injected for real: kills, full disks, descriptors, failed reads, sources that change, clocks, users, two at once.

usage: check.py VNIAH [--only COMMAND;...] [--faults FAULT,...] [--most N] [--jobs N] [--keep DIR] [--json FILE]

Each command that writes runs once undisturbed, and its system calls are counted. Then it runs again and again, each time disturbed at
another of them (tests/faults/inject.c), and then once more undisturbed. After each try:

- no file under a final name is half-written: it is the file of the undisturbed run;
- nothing of the user's has changed;
- the exit code is a documented one that fits;
- the run after it succeeds and gives the bytes of the undisturbed run, with nothing left over.

With --most, so many calls of each kind are disturbed, spread evenly; without, all. The exit code is 1 if a try broke a rule. As root,
another user's cache and directories that cannot be written are tried, too.
"""

import argparse
import collections
import concurrent.futures
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = 180
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
HAYSTACKS = """
[[haystack]]
id = "bar"
licence = "CC0-1.0"
scene = { name = "barcode", seed = 3, width = 128, height = 72, fps = 25, frames = 60 }
[[haystack]]
id = "tone"
licence = "CC0-1.0"
path = "tone.mp4"
"""
SPEC = """seed = 1
name = "tiny"
[haystacks]
catalogue = "haystacks.toml"
[needles]
duration = "6 frames"
gap = "4 frames"
[[tasks]]
type = "ret_edit1"
samples = 2
"""
# Calls after which the disk holds something else: whoever is killed at one of them leaves what the one before has made.
STEPS = "rename,renameat,renameat2,link,linkat,symlink,fsync,fdatasync,ftruncate,unlink,unlinkat,rmdir,mkdir"
WRITES = "write,pwrite64,writev,copy_file_range,sendfile,write-open,mkdir,link,linkat,rename,renameat2,fsync"
FAULTS = {
    "kill at a step": dict(calls=STEPS, how=["-k"], codes={137}),
    "kill at a write": dict(calls="write,pwrite64,writev,copy_file_range,sendfile", how=["-k"], codes={137}),
    "full disk from a write on": dict(calls=WRITES, how=["-a", "-e", "ENOSPC"], codes={0, 6}),
    "one write fails, disk full": dict(calls=WRITES, how=["-e", "ENOSPC"], codes={0, 6}),
    "a write fails, I/O error": dict(calls=WRITES, how=["-e", "EIO"], codes={0, 4}),
    "no more descriptors": dict(calls="openat", how=["-a", "-e", "EMFILE"], codes={0, 3, 4}),
    "a read fails, I/O error": dict(calls="read,pread64,copy_file_range", how=["-e", "EIO"], codes={0, 3, 4}),
}


class Answers(http.server.BaseHTTPRequestHandler):
    """A model that says something else to each prompt, and always the same."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        text = f"({'ABCD'[sum(body) % 4]}) é 是"
        said = {"id": "x", "model": "m", "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
                "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}
        data = json.dumps(said, ensure_ascii=False).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


class Command:
    """A command line, what it needs, and where its outputs lie."""

    def __init__(self, name, words, needs=(), outputs=(), lines=(), warm=True, once=False):
        self.name, self.words, self.needs, self.outputs, self.lines, self.warm, self.once = name, words, needs, outputs, lines, warm, once


def commands(port):
    generate = "generate spec.toml --cache cache --jobs 1"
    url = f"http://127.0.0.1:{port}/v1"
    return [
        Command("generate", f"{generate} -o out", outputs=["out"]),
        Command("generate, nothing prepared", f"{generate} -o out", outputs=["out"], warm=False),
        Command("generate, recipes", f"{generate} -o out --store recipe", outputs=["out"]),
        Command("generate, a part", f"{generate} -o out --shard 0/2", outputs=["out"]),
        Command("merge", "merge -o out part0 part1", needs=["part0", "part1"], outputs=["out"]),
        Command("materialize", "materialize recipes --cache cache --jobs 1", needs=["recipes"], outputs=["recipes"]),
        Command("ask", f"ask set --base-url {url} --model m --mode text --concurrency 1 -o out.jsonl", needs=["set"],
                outputs=["out.jsonl"], lines=["out.jsonl"]),
        Command("score", "score set answers.jsonl -o out.json", needs=["set", "answers.jsonl"], outputs=["out.json"]),
        Command("report", "report set scores.json -o out.html", needs=["set", "scores.json"], outputs=["out.html"]),
        Command("needles import", "needles import pictures --as imagefolder --id mine --licence CC0-1.0 --credit me -o out", needs=["pictures"], outputs=["out"], once=True),
        Command("reproduce", "reproduce set -o out --cache cache --jobs 1", needs=["set"], outputs=["out"]),
        Command("export", "export set --to vnbench,webdataset -o out", needs=["set"], outputs=["out"]),
        Command("frames", "frames set --sampler linspace(3) -o out --cache cache --jobs 1", needs=["set"], outputs=["out"]),
        Command("baseline", "baseline blind set -o out.jsonl", needs=["set"], outputs=["out.jsonl"]),
        Command("import", "import set replies.csv -o out.jsonl", needs=["set", "replies.csv"], outputs=["out.jsonl"]),
    ]


def tree(root, names=None):
    """Bytes by path of every file below a directory, links as what they lead to."""
    found = {}
    for top in names if names is not None else [""]:
        path = root / top
        if path.is_file():
            found[top] = path.read_bytes()
        for base, dirs, files in os.walk(path):
            for name in files:
                file = pathlib.Path(base) / name
                found[str(file.relative_to(root))] = file.read_bytes()
    return found


def is_unfinished(name):
    """Whether a name is not a final one."""
    parts = pathlib.PurePath(name).parts
    return name.endswith((".partial", ".lock", ".tar.new")) or any(part in {".vniah", ".vniah-unfinished"} or part.startswith((".tmp", ".pack-")) for part in parts)


class Bench:
    """What all commands start from, made once."""

    def __init__(self, vniah, root, port):
        self.vniah, self.root, self.port = str(pathlib.Path(vniah).resolve()), root, port
        self.base = root / "base"
        self.base.mkdir()
        self.inject = root / "inject"
        subprocess.run(["gcc", "-O1", "-o", self.inject, HERE / "inject.c"], check=True)
        (self.base / "haystacks.toml").write_text(HAYSTACKS)
        (self.base / "spec.toml").write_text(SPEC)
        tone = "-f lavfi -i testsrc2=s=128x72:r=25:d=3 -f lavfi -i sine=440:r=48000:d=3 -pix_fmt yuv420p -c:v libx264 -g 25 -c:a aac"
        subprocess.run(["ffmpeg", "-y", "-v", "error", *tone.split(), self.base / "tone.mp4"], check=True)
        pictures = self.base / "pictures"
        other = tone.replace("testsrc2", "testsrc").replace("440", "660")
        subprocess.run(["ffmpeg", "-y", "-v", "error", *other.split(), root / "other.mp4"], check=True)
        for label in ["ant", "bee"]:
            (pictures / label).mkdir(parents=True)
            for at in range(2):
                colour = f"color=0x{'a0' if label == 'ant' else '10'}{at}0{at}0:s=96x96,format=rgb24"
                subprocess.run(["ffmpeg", "-y", "-v", "error", "-f", "lavfi", "-i", colour, "-frames:v", "1", pictures / label / f"{at}.png"], check=True)
        generate = ["generate", "spec.toml", "--cache", "cache", "--jobs", "1", "-o"]
        for words in [[*generate, "set"], [*generate, "part0", "--shard", "0/2"], [*generate, "part1", "--shard", "1/2"],
                      [*generate, "recipes", "--store", "recipe"], ["baseline", "blind", "set", "-o", "answers.jsonl"],
                      ["score", "set", "answers.jsonl", "-o", "scores.json"]]:
            self.done(self.base, words)
        rows = [json.loads(line) for line in (self.base / "set/metadata.jsonl").read_text().splitlines()]
        (self.base / "replies.csv").write_text("id,response\n" + "".join(f"{row['id']},A\n" for row in rows))

    def run(self, directory, words, before=(), timeout=SECONDS):
        environment = {**os.environ, "HOME": str(directory / "home"), "OPENAI_API_KEY": "k", "TMPDIR": str(directory / "tmp")}
        try:
            return subprocess.run([*map(str, before), self.vniah, *words], cwd=directory, env=environment, capture_output=True, timeout=timeout)
        except subprocess.TimeoutExpired:
            return None

    def done(self, directory, words, before=()):
        (directory / "tmp").mkdir(exist_ok=True)
        done = self.run(directory, words, before)
        if done is None or done.returncode:
            raise SystemExit(f"{' '.join(words)}: {done and done.stderr.decode()}")

    def fresh(self, command, name):
        """A directory that holds what a command needs."""
        directory = self.root / name
        directory.mkdir()
        (directory / "tmp").mkdir()
        for file in ["spec.toml", "haystacks.toml", "tone.mp4", *command.needs]:
            source = self.base / file
            (shutil.copytree if source.is_dir() else shutil.copy2)(source, directory / file)
        if command.warm:
            shutil.copytree(self.base / "cache", directory / "cache")
        return directory


class Undisturbed:
    """A command that has run without a fault: what it made, and which calls it made meanwhile."""

    def __init__(self, bench, command):
        self.bench, self.command, self.words = bench, command, command.words.split()
        directory = bench.fresh(command, f"whole-{re.sub('[^a-z]', '', command.name)}")
        self.inputs = {name: data for name, data in tree(directory).items() if not name.startswith(("cache/", "tmp/"))}
        bench.done(directory, self.words)
        self.outputs = tree(directory, command.outputs)
        self.cache = {name: data for name, data in tree(directory, ["cache"]).items() if not is_unfinished(name)}
        shutil.rmtree(directory)

    def calls(self, calls):
        directory = self.bench.fresh(self.command, "counted")
        log = self.bench.root / "calls"
        done = self.bench.run(directory, self.words, [self.bench.inject, "-p", directory, "-l", log, calls, "--"])
        assert done.returncode == 0, done.stderr
        shutil.rmtree(directory)
        return log.read_text().splitlines()

    def right(self, name, data):
        """Whether an output that a disturbed run has left may be there."""
        if name in self.command.lines:
            # Lines are appended, each whole; what follows the last newline is cut by the next run.
            return same_lines(data[: data.rfind(b"\n") + 1], self.outputs[name])
        # A file of answers is claimed by making it, empty; its lines come all at once.
        is_claim = name.endswith(".jsonl") and "/" not in name and not data
        return is_claim or self.outputs.get(name) == data

    def look(self, directory, is_ended):
        """What is wrong with what lies there."""
        faults = []
        found = tree(directory)
        for name, data in self.inputs.items():
            if found.get(name) != data and not self.is_output(name):
                faults.append(f"the user's {name} has changed")
        for name, data in found.items():
            if name in self.inputs and not self.is_output(name) or name.startswith(("tmp/", "home/")):
                continue
            if is_unfinished(name):
                # Pruning clears the cache of what kills have left there, once it is old.
                if is_ended and not name.endswith(".lock") and not name.startswith("cache/"):
                    faults.append(f"{name} is left over")
            elif name.startswith("cache/"):
                if name.startswith("cache/specs/"):
                    continue
                if name in self.cache and volatile(name, data) != volatile(name, self.cache[name]):
                    faults.append(f"{name} is not that of an undisturbed run")
            elif not self.is_output(name):
                faults.append(f"{name} was made")
            elif is_ended and name in self.command.lines:
                if not same_lines(data, self.outputs[name], is_whole=True):
                    faults.append(f"{name} has other lines than that of an undisturbed run")
            elif not self.right(name, data):
                faults.append(f"{name} is not that of an undisturbed run")
        if is_ended:
            faults += [f"{name} is missing" for name in self.outputs if name not in found]
        return faults

    def is_output(self, name):
        return any(name == top or name.startswith(top + "/") for top in self.command.outputs) and not (
            name in self.inputs and self.outputs.get(name) == self.inputs[name])


def volatile(name, data):
    """A record of the cache without what tells of the machine: places and times of files."""
    directory = name.split("/")[1]
    return b"" if directory in {"probed", "digests"} or name.endswith((".sha256", ".json")) else data


def same_lines(data, wanted, is_whole=False):
    """Whether all lines of a file of answers are among those of another, but for the time that each took."""
    def lines(data):
        found = []
        for line in data.decode().splitlines():
            record = json.loads(line)
            found.append(json.dumps({key: value for key, value in record.items()
                                     if key not in {"latency_ms", "attempts"}}, sort_keys=True))
        return found
    try:
        ours, theirs = lines(data), lines(wanted)
    except ValueError:
        return False
    if is_whole:
        return sorted(ours) == sorted(theirs)
    return all(line in theirs for line in ours)


def disturbed(whole, fault, number, name):
    """One try: what broke a rule, if anything did."""
    bench = whole.bench
    directory = bench.fresh(whole.command, name)
    inject = [bench.inject, "-p", directory, "-n", number, *fault["how"], fault["calls"], "--"]
    done = bench.run(directory, whole.words, inject)
    if done is None:
        return f"it ran for over {SECONDS} s", directory
    code, said = done.returncode, (done.stderr + done.stdout).decode(errors="replace")
    faults = []
    if code not in fault["codes"] and not (code == 0 and 137 in fault["codes"]):
        faults.append(f"exit code {code}: {said.strip()[-300:]}")
    elif "panicked" in said:
        faults.append(f"it panicked: {said.strip()[-300:]}")
    faults += whole.look(directory, code == 0)
    again = bench.run(directory, whole.words)
    # What is whole is not made twice.
    is_there = code == 0 and whole.command.once and again is not None and again.returncode == 2
    if not is_there and (again is None or again.returncode):
        faults.append(f"run again: {again and again.stderr.decode(errors='replace').strip()[-300:]}")
    faults += [f"after the next run {fault}" for fault in whole.look(directory, True)]
    if not faults:
        shutil.rmtree(directory)
    return "; ".join(faults), directory


def two_at_once(whole):
    """Two processes on one output: each succeeds or says why not, and what is there in the end is right."""
    bench, faults = whole.bench, []
    directory = bench.fresh(whole.command, "two")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: bench.run(directory, whole.words), range(2)))
    codes = [done and done.returncode for done in both]
    if 0 not in codes or not set(codes) <= {0, 2, 3, 6}:
        faults.append(f"exit codes {codes}: {[done and done.stderr.decode()[-200:] for done in both]}")
    faults += whole.look(directory, True)
    shutil.rmtree(directory)
    return "; ".join(faults)


def changed_meanwhile(whole, number, other):
    """A source is written over at the Nth read of it: what is made is of one of the two, or nothing; with the old one back, as if
    nothing had been."""
    bench, faults = whole.bench, []
    directory = bench.fresh(whole.command, "changed")
    source = directory / "tone.mp4"
    kept = source.read_bytes()
    other_file = bench.root / "other.mp4"
    command = f"cat {other_file} > {source}"
    done = bench.run(directory, whole.words, [bench.inject, "-p", source, "-n", number, "-x", command, "read,pread64,copy_file_range,sendfile", "--"])
    if done is None or done.returncode not in {0, 3, 4}:
        faults.append(f"exit code {done and done.returncode}: {done and done.stderr.decode()[-300:]}")
    elif done.returncode == 0:
        if tree(directory, whole.command.outputs) not in (whole.outputs, other):
            faults.append("it ended well, with files of neither source")
    else:
        for name, data in tree(directory, whole.command.outputs).items():
            if not is_unfinished(name) and data not in (whole.outputs.get(name), other.get(name)):
                faults.append(f"{name} is of neither source")
        source.write_bytes(kept)
        again = bench.run(directory, whole.words)
        if again.returncode:
            faults.append(f"run again: {again.stderr.decode()[-300:]}")
        elif tree(directory, whole.command.outputs) != whole.outputs:
            faults.append("run again, with the source as it was, it makes other files")
    shutil.rmtree(directory)
    return "; ".join(faults)


def clock_set_back(whole):
    """A run is killed, and goes on three years earlier; its files are from the future then."""
    bench = whole.bench
    directory = bench.fresh(whole.command, "clock")
    steps = len(whole.calls(STEPS))
    bench.run(directory, whole.words, [bench.inject, "-p", directory, "-n", 1 + steps // 2, "-k", STEPS, "--"])
    again = bench.run(directory, whole.words, ["faketime", "-f", "-3y"])
    faults = [] if again.returncode == 0 else [f"exit code {again.returncode}: {again.stderr.decode()[-300:]}"]
    faults += whole.look(directory, True)
    shutil.rmtree(directory)
    return "; ".join(faults)


def own(directory, user):
    for path in [directory, *directory.rglob("*")]:
        os.chown(path, user, user, follow_symlinks=False)


def read_only(whole):
    """Another user may write nothing where the output is to lie."""
    bench, faults = whole.bench, []
    directory = bench.fresh(whole.command, "locked")
    (directory / "tmp").chmod(0o777)
    before = tree(directory)
    done = bench.run(directory, whole.words, NOBODY)
    if done.returncode not in {3, 4} or b"ermission denied" not in done.stderr:
        faults.append(f"exit code {done.returncode}: {done.stderr.decode()[-300:]}")
    if tree(directory) != before:
        faults.append("something was written")
    shutil.rmtree(directory)
    return "; ".join(faults)


def shared_cache(whole, may_write):
    """Another user takes a cache that root has filled: one that is everybody's, or one that is only read."""
    bench, faults = whole.bench, []
    directory = bench.fresh(whole.command, "shared")
    own(directory, 65534)
    own(directory / "cache", 0)
    for path in [directory / "cache", *(directory / "cache").rglob("*")]:
        path.chmod((0o777 if path.is_dir() else 0o644) if may_write else (0o755 if path.is_dir() else 0o644))
    # Where the spec of a plan lies is remembered of whoever made it last.
    before = {name: data for name, data in tree(directory, ["cache"]).items() if not is_unfinished(name) and not name.startswith("cache/specs/")}
    done = bench.run(directory, whole.words, NOBODY)
    if done.returncode:
        faults.append(f"exit code {done.returncode}: {done.stderr.decode()[-300:]}")
    faults += whole.look(directory, True)
    after = tree(directory, ["cache"])
    faults += [f"{name} of the other's has changed" for name, data in before.items() if after.get(name) != data]
    shutil.rmtree(directory)
    return "; ".join(faults)


def situations(bench, whole, most):
    """What is tried beside single calls: a name, and one function a try."""
    name = whole.command.name
    yield "two at once", [lambda: two_at_once(whole)] * 3
    makes = name in {"generate", "generate, nothing prepared", "generate, recipes"}
    if makes:
        directory = bench.fresh(whole.command, "other")
        shutil.copy(bench.root / "other.mp4", directory / "tone.mp4")
        bench.done(directory, whole.words)
        other = tree(directory, whole.command.outputs)
        shutil.rmtree(directory)
        directory = bench.fresh(whole.command, "counted")
        log = bench.root / "calls"
        bench.run(directory, whole.words, [bench.inject, "-p", directory / "tone.mp4", "-l", log, "read,pread64,copy_file_range,sendfile", "--"])
        shutil.rmtree(directory)
        numbers = spread(len(log.read_text().splitlines()), most or 40)
        yield "source changes", [lambda number=number: changed_meanwhile(whole, number, other) for number in numbers]
    if shutil.which("faketime"):
        yield "clock set back", [lambda: clock_set_back(whole)]
    if os.geteuid() == 0 and not name.startswith("needles"):
        yield "directory that cannot be written", [lambda: read_only(whole)]
        if makes and whole.command.warm:
            yield "another user's cache", [lambda: shared_cache(whole, True), lambda: shared_cache(whole, False)]


def spread(count, most):
    if not most or count <= most:
        return range(1, count + 1)
    return sorted({1 + at * (count - 1) // (most - 1) for at in range(most)}) if most > 1 else [1]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("vniah")
    parser.add_argument("--only", default="")
    parser.add_argument("--faults", default="")
    parser.add_argument("--most", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=pathlib.Path, help="directory for what broke a rule")
    parser.add_argument("--json", type=pathlib.Path, help="file for the counts")
    args = parser.parse_args()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    began, table, broken = time.monotonic(), [], 0
    with tempfile.TemporaryDirectory() as root:
        root = pathlib.Path(root).resolve()
        # Other users look into it, too.
        root.chmod(0o755)
        bench = Bench(args.vniah, root, server.server_address[1])
        for command in commands(bench.port):
            if args.only and command.name not in args.only.split(";"):
                continue
            whole = Undisturbed(bench, command)
            for name, fault in FAULTS.items():
                if args.faults and not any(word in name for word in args.faults.split(",")):
                    continue
                calls = whole.calls(fault["calls"])
                numbers = spread(len(calls), args.most)

                def one(number, name=name, fault=fault, calls=calls):
                    what, directory = disturbed(whole, fault, number, f"try-{number}")
                    if what and args.keep:
                        shutil.copytree(directory, args.keep / f"{command.name}-{name}-{number}".replace(" ", "-"), dirs_exist_ok=True)
                    shutil.rmtree(directory, ignore_errors=True)
                    if what:
                        place = calls[number - 1].replace(str(root / "counted"), "")
                        print(f"FAULT {command.name}, {name} {number} ({place}): {what}", flush=True)
                    return bool(what)

                with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
                    failed = sum(pool.map(one, numbers))
                broken += failed
                table.append((command.name, name, len(calls), len(numbers), failed))
                print(f"{command.name}: {name}: {len(numbers)} tries at {len(calls)} calls, {failed} broke a rule", flush=True)
            if not args.faults or "situations" in args.faults:
                for name, all_tries in situations(bench, whole, args.most):
                    failed = 0
                    for at, one_try in enumerate(all_tries):
                        what = one_try()
                        failed += bool(what)
                        if what:
                            print(f"FAULT {command.name}, {name} {at + 1}: {what}", flush=True)
                    broken += failed
                    table.append((command.name, name, len(all_tries), len(all_tries), failed))
                    print(f"{command.name}: {name}: {len(all_tries)} tries, {failed} broke a rule", flush=True)
    tries = sum(row[3] for row in table)
    print(f"{tries} tries, {broken} broke a rule, {time.monotonic() - began:.0f} s")
    if args.json:
        args.json.write_text(json.dumps(table, indent=1) + "\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
