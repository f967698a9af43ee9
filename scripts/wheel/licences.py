"""Puts the licences of what is inside a wheel into the wheel: licences.py WHEEL DIST --target TARGET --sources DIR.

In: the wheel as maturin wrote it, the tarballs of the libraries, cargo's word on which crates are linked for this target.
Out: DIST/WHEEL with their texts in its licenses directory and with all licences in its metadata; its path on stdout. The
same input gives the same bytes. A crate that states no licence, and a library without its text, are errors.
"""

import argparse
import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import textwrap
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPO = HERE.parent.parent

# What the libraries are under, and the files of their sources that say so. musl is here for its mathematical functions.
LIBRARIES = {
    "ffmpeg": ("GPL-2.0-or-later", ["COPYING.GPLv2", "COPYING.LGPLv2.1", "LICENSE.md"]),
    "x264": ("GPL-2.0-or-later", ["COPYING"]),
    "dav1d": ("BSD-2-Clause", ["COPYING"]),
    "zlib": ("Zlib", ["zlib.h"]),
    "musl": ("MIT", ["COPYRIGHT"]),
}
# vniah's own, of its pictures and of its font.
OWN = ["MIT OR Apache-2.0", "CC-BY-4.0", "Bitstream-Vera"]
OWN_FILES = ["LICENSE", "LICENSE-MIT", "LICENSE-APACHE", "NOTICE", "needles/fonts/LICENSE-DejaVu.txt"]

LICENCE_FILE = re.compile(r"(licen[cs]e|copying|copyright|notice|unlicense)", re.IGNORECASE)
SOURCE_FILE = re.compile(r"\.(rs|c|h|py|toml|json|html|js|md5|sh)$", re.IGNORECASE)

SUMMARY = """\
This wheel holds vniah and, inside its extension module, the libraries below.

vniah's own source is under MIT or Apache-2.0, as you like. x264 and FFmpeg, as it is configured here, are under the GNU
General Public License, version 2 or any later one, and some of the other parts are under Apache-2.0, which goes together
with version 3. So who passes on the wheel as a whole passes it on under the GPL, version 3. What vniah makes (videos,
questions, scores) is not covered by these licences; pictures and fonts that it draws are, see NOTICE.

Sources. SOURCES.txt names the exact source of every library, with its digest and a permanent address; RUST-CRATES.txt the
version of every crate, each of which is on crates.io under that version; the Rust standard library is that of the compiler.
vniah's own source of this version has the scripts that built the libraries and the wheel (scripts/wheel). The archive
vniah-{version}-sources.tar.xz, published beside the wheel, holds all of it.

Libraries:
{libraries}
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("wheel", type=Path)
    parser.add_argument("dist", type=Path)
    parser.add_argument("--target", required=True)
    parser.add_argument("--sources", type=Path, required=True)
    arguments = parser.parse_args()
    crates = linked_crates(arguments.target)
    files = {name: (REPO / name).read_bytes() for name in OWN_FILES}
    files |= library_texts(arguments.sources)
    files["SOURCES.txt"] = (HERE / "sources.txt").read_bytes()
    files["RUST-CRATES.txt"] = crate_texts(crates).encode()
    version = next(crate["version"] for crate in crates if crate["name"] == "vniah")
    rows = [f"  {name:7} {licence}" for name, (licence, _) in LIBRARIES.items()]
    files["README.txt"] = SUMMARY.format(version=version, libraries="\n".join(rows)).encode()
    expressions = {licence for licence, _ in LIBRARIES.values()} | set(OWN) | {spdx(crate) for crate in crates}
    print(rewrite(arguments.wheel, arguments.dist, files, conjunction(expressions)))


def linked_crates(target: str) -> list:
    """The crates whose code is in the extension module: what its package needs, without what only builds it."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", target]
    command += ["--manifest-path", REPO / "python/Cargo.toml", "--features", "vniah/static-ffmpeg"]
    told = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    packages = {package["id"]: package for package in told["packages"]}
    nodes = {node["id"]: node for node in told["resolve"]["nodes"]}
    root = next(i for i, package in packages.items() if Path(package["manifest_path"]) == REPO / "python/Cargo.toml")
    waiting, seen = [root], {root}
    while waiting:
        for dependency in nodes[waiting.pop()]["deps"]:
            name = dependency["pkg"]
            is_linked = any(kind["kind"] is None for kind in dependency["dep_kinds"])
            if is_linked and name not in seen and not is_macro(packages[name]):
                seen.add(name)
                waiting.append(name)
    return sorted((packages[name] for name in seen), key=lambda crate: (crate["name"], crate["version"]))


def is_macro(crate: dict) -> bool:
    return any("proc-macro" in target["kind"] for target in crate["targets"])


def spdx(crate: dict) -> str:
    """What a crate is under; in old crates, a slash is an `OR`."""
    if not crate["license"]:
        sys.exit(f"{crate['name']} {crate['version']} states no licence")
    return re.sub(r"\s*/\s*", " OR ", crate["license"])


def crate_texts(crates: list) -> str:
    """A list of the crates, then each licence text once, with the crates that carry it."""
    out = ["The Rust crates inside, and what each is under:\n"]
    carriers = {}
    for crate in crates:
        name = f"{crate['name']} {crate['version']}"
        out.append(f"  {name:38} {spdx(crate)}  {crate['repository'] or ''}".rstrip())
        if crate["source"] is None:
            continue
        for text in licence_texts(Path(crate["manifest_path"]).parent):
            carriers.setdefault(text, []).append(name)
    out.append("\nTheir licence texts. A crate without a file of its own is under the standard texts of what the list says.")
    for text, names in carriers.items():
        out.append("\n" + "=" * 80 + "\n" + textwrap.fill(", ".join(names), 100) + "\n" + "-" * 80 + "\n" + text.rstrip())
    return "\n".join(out) + "\n"


def licence_texts(directory: Path) -> list:
    files = [
        path
        for path in sorted(directory.rglob("*"))
        if path.is_file()
        and not SOURCE_FILE.search(path.name)
        and (LICENCE_FILE.search(path.name) or path.parent.name == "LICENSES")
        and "tests" not in path.relative_to(directory).parts
    ]
    texts = [path.read_text("utf-8", "replace").replace("\r\n", "\n") for path in files]
    return [text for text in dict.fromkeys(texts) if text.strip()]


def library_texts(sources: Path) -> dict:
    """The licence files of each library, out of its tarball."""
    out = {}
    for line in (HERE / "sources.txt").read_text().splitlines():
        if line.startswith("#") or ".orig." not in line:
            continue
        library, _, file = line.split()[:3]
        wanted = set(LIBRARIES[library][1])
        with tarfile.open(sources / file) as tarball:
            for member in tarball:
                name = member.name.removeprefix("./").partition("/")[2]
                if name in wanted:
                    text = tarball.extractfile(member).read()
                    # zlib's licence is the first comment of its header.
                    out[f"{library}/{name}"] = text.partition(b"*/")[0] + b"*/\n" if name == "zlib.h" else text
                    wanted.discard(name)
        if wanted:
            sys.exit(f"{file} has no {', '.join(sorted(wanted))}")
    return out


def conjunction(expressions: set) -> str:
    """All of them at once. A choice that holds a licence which applies anyway is no choice, vniah's own aside."""
    parts = set()
    for expression in expressions:
        parts |= set(required(expression))
    single = {part for part in parts if " OR " not in part}
    choices = {" OR ".join(sorted(part.split(" OR "))) for part in parts - single}
    kept = {choice for choice in choices if not single & set(choice.split(" OR "))} | {OWN[0]}
    return " AND ".join(sorted(single) + [f"({choice})" for choice in sorted(kept)])


def required(expression: str) -> list:
    """The parts of an expression that `AND` joins: each one licence, or a choice of several."""
    parts, depth, start = [], 0, 0
    for match in re.finditer(r"[()]| AND ", expression + " AND "):
        depth += {"(": 1, ")": -1}.get(match.group(), 0)
        if match.group() == " AND " and depth == 0:
            parts.append(expression[start : match.start()])
            start = match.end()
    if len(parts) == 1:
        bare = parts[0].strip()
        return required(bare[1:-1]) if bare.startswith("(") and bare.endswith(")") else [bare]
    return [each for part in parts for each in required(part)]


def rewrite(wheel: Path, dist: Path, files: dict, expression: str) -> Path:
    """Copies a wheel, with these files in its licenses directory, and with its metadata and its record as they then are."""
    with zipfile.ZipFile(wheel) as archive:
        entries = {info: archive.read(info) for info in archive.infolist() if not info.is_dir()}
    info_dir = next(i.filename for i in entries if i.filename.endswith(".dist-info/METADATA")).rpartition("/")[0]
    out = {}
    for info, content in entries.items():
        if info.filename == f"{info_dir}/METADATA":
            content = metadata(content.decode(), expression, files).encode()
        # maturin's list of crates names this machine and this minute; RUST-CRATES.txt is in its place.
        is_replaced = info.filename.startswith((f"{info_dir}/licenses/", f"{info_dir}/sboms/", f"{info_dir}/RECORD"))
        if not is_replaced:
            out[info.filename] = (info.external_attr, content)
    for name, content in files.items():
        out[f"{info_dir}/licenses/{name}"] = (0o100644 << 16, content)
    record = "".join(f"{name},sha256={digest(content)},{len(content)}\n" for name, (_, content) in sorted(out.items()))
    out[f"{info_dir}/RECORD"] = (0o100644 << 16, f"{record}{info_dir}/RECORD,,\n".encode())
    path = dist / wheel.name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, (attributes, content) in sorted(out.items(), key=lambda entry: (".dist-info/" in entry[0], entry[0])):
            info = zipfile.ZipInfo(name)
            info.external_attr = attributes
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return path


def metadata(text: str, expression: str, files: dict) -> str:
    head, blank, body = text.partition("\n\n")
    kept = [line for line in head.splitlines() if not re.match(r"License(-Expression|-File)?:", line)]
    kept = ["Metadata-Version: 2.4" if line.startswith("Metadata-Version:") else line for line in kept]
    kept.append(f"License-Expression: {expression}")
    kept += [f"License-File: {name}" for name in files]
    return "\n".join(kept) + blank + body


def digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


if __name__ == "__main__":
    main()
