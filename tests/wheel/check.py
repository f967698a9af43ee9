"""Tests a wheel where it will be used: check.py WHEEL [--roots NAME...] [--work DIR] [--emulate].

It looks through the file (size, auditwheel's verdict, the newest symbol of glibc, the libraries it loads, words that name this
machine), then installs it in fresh root file systems with Python alone and no network, makes a dataset in each, verifies,
scores and reads it, runs `vniah demo`, and compares the datasets byte for byte. The libraries inside then work on sound as
processors of other generations would, and have to give the same bytes; with --emulate, so does the wheel as a whole, which takes
long. Needs root, debootstrap, ffmpeg, binutils and, for the last part, qemu-user-static.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPO = HERE.parent.parent
FOOTAGE = REPO / "tests/.cache"
LIMIT = 45_000_000
NEWEST_GLIBC = (2, 28)
# Debian 11, 12 and 13, Ubuntu 22.04.
ROOTS = ["bullseye", "bookworm", "trixie", "jammy"]
# x86-64 of 2008 (SSE4.2), of 2011 (AVX), and of 2013 (AVX2, FMA) as far as the emulator knows it.
PROCESSORS = ["Nehalem", "SandyBridge", "Haswell"]
# glibc's own, and none else.
SYSTEM_LIBRARIES = {"libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}
# The same and what all of x86-64 has (SSE2), in FFmpeg's flags; fewer than the machine's own make it choose as they do.
FEATURES = {"SSE2": 0x1B, "SSE4.2": 0x3DB, "AVX": 0x43DB, "AVX2 and FMA": 0x1C3DB}
SOUNDS = {"mp3": "libmp3lame", "opus": "libopus", "ogg": "libvorbis", "m4a": "aac", "ac3": "ac3", "wma": "wmav2"}
# Sound whose AAC is known to differ where floats do: few differences in a last bit change what is written.
SWEEP = "aevalsrc=sin(2*PI*t*(200+40*t))*0.5+random(0)*0.2|cos(2*PI*t*(300+25*t))*0.5+random(1)*0.2:s=44100:d=60"
TASKS = ["ret_edit1", "cnt_edit2", "ret_insert1", "ord_insert1"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--roots", nargs="*", default=ROOTS)
    parser.add_argument("--work", type=Path, default=REPO / "target/wheel")
    parser.add_argument("--emulate", action="store_true")
    arguments = parser.parse_args()
    wheel, work = arguments.wheel.resolve(), arguments.work.resolve()
    tools = next(iter(sorted(work.glob("tools-*"))), None)
    if tools is None:
        sys.exit(f"{work} has no tools: make the wheel first, with `make wheel`")
    look_through(wheel, work, tools)
    inputs = work / "inputs"
    make_inputs(inputs)
    systems = {suite: in_root(suite, wheel, work, tools, inputs) for suite in arguments.roots}
    sound_of_processors(work, tools)
    processors = {}
    if arguments.emulate:
        root = work / "roots" / arguments.roots[-1]
        processors = {processor: on_processor(processor, root) for processor in ["this one", *PROCESSORS]}
    for digests in [systems, processors]:
        if len(set(digests.values())) > 1:
            sys.exit(f"The datasets differ: {json.dumps(digests, indent=1)}")
    print(f"{len(systems) + len(SOUNDS) + len(processors)} passed, 0 failed")


def run(*command: object) -> str:
    words = [str(word) for word in command]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(words)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def look_through(wheel: Path, work: Path, tools: Path) -> None:
    size = wheel.stat().st_size
    print(f"{wheel.name}: {size:,} bytes")
    assert size <= LIMIT, f"larger than {LIMIT:,} bytes"
    verdict = " ".join(run(tools / "bin/auditwheel", "show", wheel).split())
    print(verdict)
    assert re.search(r'consistent with the following platform tag: "manylinux_2_(\d+)_', verdict), "auditwheel says no"
    out = work / "unpacked"
    shutil.rmtree(out, ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(out)
    modules = list(out.rglob("*.so"))
    assert len(modules) == 1, f"one extension module, not {modules}"
    needed = set(re.findall(r"NEEDED.*\[(.*)\]", run("readelf", "-d", modules[0])))
    print(f"{modules[0].name}: {modules[0].stat().st_size:,} bytes, needs {' '.join(sorted(needed))}")
    assert needed <= SYSTEM_LIBRARIES, f"needs {needed - SYSTEM_LIBRARIES}"
    versions = {tuple(map(int, found.split("."))) for found in re.findall(r"GLIBC_([0-9.]+)", run("readelf", "-VW", modules[0]))}
    print("newest symbol: GLIBC_" + ".".join(map(str, max(versions))))
    assert max(versions) <= NEWEST_GLIBC, "newer than what the wheel's name says"
    # Functions whose last bit differs between versions of glibc and between processors.
    borrowed = set(re.findall(r"UND (exp|exp2|log|log2|log10|pow|sin|cos|tan|atan2?|cbrt|hypot)f?@", run("readelf", "--dyn-syms", "-W", modules[0])))
    assert not borrowed, f"takes {borrowed} from the system's glibc"
    names = {f"{REPO}/", f"{work}/", f"{Path.home()}/"}
    for path in (path for path in out.rglob("*") if path.is_file()):
        content = path.read_bytes()
        found = [name for name in names if name.encode() in content]
        found += re.findall(rb"index\.crates\.io[^\s\"]*|/rustlib/toolchains[^\s\"]*", content)[:3] if path.suffix == ".so" else []
        assert not found, f"{path.relative_to(out)} says {found}"
    licences = sorted(str(path.relative_to(out)) for path in out.glob("*.dist-info/licenses/**/*") if path.is_file())
    for name in ["ffmpeg/COPYING.GPLv2", "x264/COPYING", "dav1d/COPYING", "zlib/zlib.h", "musl/COPYRIGHT", "RUST-CRATES.txt", "SOURCES.txt", "NOTICE"]:
        assert any(licence.endswith(f"licenses/{name}") for licence in licences), f"{name} is missing among the licences"
    print(f"licences: {len(licences)} files")


def make_inputs(inputs: Path) -> None:
    """A spec, and haystacks of which each has to be decoded, filtered and encoded again: H.264, MPEG-4 and AV1; AAC, MP3, Opus."""
    shutil.rmtree(inputs, ignore_errors=True)
    (inputs / "footage").mkdir(parents=True)
    ffmpeg = ["ffmpeg", "-v", "error", "-y"]
    sound = ["-f", "lavfi", "-i", "anoisesrc=d=10:c=pink:r=44100:a=0.4:seed=16"]
    # Without names and numbers that FFmpeg draws: two runs make the same inputs, so their datasets can be compared.
    exact = ["-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"]
    small = ["-s", "320x180", "-t", "4", *exact]
    run(*ffmpeg, "-i", FOOTAGE / "hello.avi", "-t", "3", "-c", "copy", *exact, inputs / "footage/h264.avi")
    run(*ffmpeg, "-i", FOOTAGE / "hello.mp4", *small, "-c:v", "mpeg4", "-q:v", "4", "-c:a", "libmp3lame", inputs / "footage/mpeg4.avi")
    av1 = ["-c:v", "libaom-av1", "-cpu-used", "8", "-crf", "40", "-c:a", "libopus"]
    run(*ffmpeg, "-i", FOOTAGE / "bikes.mp4", *sound, *small, *av1, inputs / "footage/av1.webm")
    # Few frames, since emulators are slow.
    few = ["-f", "lavfi", "-i", "testsrc2=s=160x90:r=2:d=60", "-f", "lavfi", "-i", SWEEP]
    run(*ffmpeg, *few, "-c:v", "mpeg4", "-q:v", "4", "-c:a", "libmp3lame", *exact, inputs / "minute.avi")
    tasks = "".join(f'\n[[tasks]]\ntype = "{task}"\n' for task in TASKS)
    head = "seed = 16\n[haystacks]\n"
    needles = '[needles]\nduration = "160ms"\ngap = "80ms"\n'
    (inputs / "spec.toml").write_text(f'{head}paths = ["footage"]\ncatalogue = "scenes.toml"\n{needles}{tasks}')
    (inputs / "scenes.toml").write_text(scene("harbour", 4))
    few_tasks = '[[tasks]]\ntype = "ret_edit1"\n[[tasks]]\ntype = "ret_insert1"\n'
    paths = 'paths = ["minute.avi"]\n'
    (inputs / "processors.toml").write_text(f"{head}{paths}{needles}{few_tasks}")
    # Long enough to be interrupted.
    (inputs / "long.toml").write_text(f'{head}catalogue = "long-scenes.toml"\n')
    (inputs / "long-scenes.toml").write_text(scene("city", 600))


def scene(name: str, seconds: int) -> str:
    size = "width = 640, height = 360, fps = 25"
    return f'[[haystack]]\nid = "{name}"\nscene = {{ name = "{name}", seed = 1, {size}, seconds = {seconds} }}\n'


def in_root(suite: str, wheel: Path, work: Path, tools: Path, inputs: Path) -> str:
    """Installs the wheel in one root file system, uses it, and gives the digests of its datasets."""
    root = work / "roots" / suite
    run(HERE / "root.sh", suite, root)
    version = run("chroot", root, "python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])").strip()
    glibc = run("chroot", root, "ldd", "--version").split("\n")[0].split()[-1]
    wheels = work / "numpy" / version
    # numpy for the root's Python: the root itself has no network.
    run(tools / "bin/python", "-m", "pip", "download", "-q", "--only-binary=:all:", "--python-version", version, "--dest", wheels, "numpy>=1.21")
    place = root / "w"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(inputs, place / "made")
    shutil.copytree(wheels, place / "wheels")
    shutil.copy(wheel, place / "wheels")
    shutil.copy(HERE / "inside.py", place)
    inside = ["unshare", "--net", "chroot", root, "/usr/bin/env", "-i", "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "HOME=/w"]
    run(*inside, "python3", "-m", "venv", "/w/venv")
    start = time.monotonic()
    run(*inside, "/w/venv/bin/python", "-m", "pip", "install", "-q", "--no-index", "--find-links", "/w/wheels", "vniah")
    install = time.monotonic() - start
    told = json.loads(run(*inside, "/w/venv/bin/python", "/w/inside.py", "/w/made").splitlines()[-1])
    steps, work = (" ".join(f"{step} {seconds}" for step, seconds in told[kind].items()) for kind in ["seconds", "processor"])
    print(f"{suite}: Python {version}, glibc {glibc}; seconds: install {install:.2f} {steps}; {told['files']} files, {told['digest']}", flush=True)
    print(f"{suite}: processor seconds: {work}")
    print(f"{suite}: the demo's report has {told['report']:,} bytes, its dataset {told['demo']}", flush=True)
    return f"{told['digest']} {told['demo']}"


def sound_of_processors(work: Path, tools: Path) -> None:
    """The libraries that are inside give the same sound whatever the processor can do."""
    zig = next(tools.glob("lib/python3*/site-packages/ziglang")) / "zig"
    libraries = max((work / "native").glob("x86_64-*"), key=lambda path: path.stat().st_mtime) / "vniah/ffmpeg"
    out = work / "sound"
    out.mkdir(exist_ok=True)
    names = ["avformat", "avcodec", "swresample", "avutil", "x264", "dav1d", "z", "vniah_math", "m", "pthread", "dl"]
    links = [f"-l{name}" for name in names]
    compiler = [zig, "cc", "-target", "x86_64-linux-gnu.2.28", "-O1"]
    run(*compiler, f"-I{libraries}/include", HERE / "sound.c", "-o", out / "sound", f"-L{libraries}/lib", *links)
    for kind, codec in SOUNDS.items():
        file = out / f"sound.{kind}"
        run("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", SWEEP, "-c:a", codec, file)
        told = {"this one": run(out / "sound", file)}
        told |= {name: run(out / "sound", file, hex(flags)) for name, flags in FEATURES.items()}
        if len(set(told.values())) > 1:
            sys.exit(f"The sound of {kind} follows the processor: {json.dumps(told, indent=1)}")
        print(f"{kind}: {told['this one'].strip()} on {', '.join(told)}", flush=True)


def on_processor(processor: str, root: Path) -> str:
    """Makes a smaller dataset in a root that has the wheel, as another processor would, and gives its digest."""
    emulator = shutil.which("qemu-x86_64-static")
    if emulator is None:
        sys.exit("qemu-x86_64-static is missing: apt-get install qemu-user-static")
    shutil.copy(emulator, root / "w/qemu")
    shutil.rmtree(root / "w/made/processors", ignore_errors=True)
    site = next((root / "w/venv/lib").glob("python3*/site-packages")).relative_to(root)
    run_it = f"import sys; sys.path.insert(0, '/{site}'); from vniah.__main__ import main; main()"
    python = ["/usr/bin/python3"] if processor == "this one" else ["/w/qemu", "-cpu", processor, "/usr/bin/python3"]
    inside = ["unshare", "--net", "chroot", root, "/usr/bin/env", "-i", "LC_ALL=C.UTF-8", f"HOME=/w/{processor}"]
    start = time.monotonic()
    arguments = ["/w/made/processors.toml", "-o", "/w/made/processors", "--cache", f"/w/cache of {processor}"]
    run(*inside, *python, "-c", run_it, "generate", *arguments)
    videos = sorted((root / "w/made/processors/videos").iterdir())
    digest = hashlib.sha256(b"".join(hashlib.sha256(video.read_bytes()).digest() for video in videos)).hexdigest()
    print(f"{processor}: {len(videos)} videos in {time.monotonic() - start:.1f} s, {digest}", flush=True)
    return digest


if __name__ == "__main__":
    main()
