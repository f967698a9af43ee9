"""Comparing: is a finished video read frame for frame the same by a library, in order and by random access?

In: a file, what it should be, a reader. Out: the number of comparisons and a list of differences.
"""

import dataclasses
import functools

import barcode
import expected as planned
import readers

# Frames that are read by a process each.
COSTLY = 4
FEW_COSTLY = 2
# Where few frames are asked for by their index: one of so many.
FEWER = 3
# Differences of one reader on one file that are kept.
MOST = 6


@dataclasses.dataclass
class Result:
    """What one reader made of one file."""

    compared: int = 0
    differences: list = dataclasses.field(default_factory=list)

    def differ(self, what):
        self.differences.append(what)

    def same(self, found, wanted, what):
        self.compared += 1
        if found != wanted:
            self.differ(what)


def digest(picture):
    """64 bits that tell pictures apart within this process; a tenth of the time of a cryptographic digest."""
    return hash(picture.tobytes())


@dataclasses.dataclass
class Size:
    """What a reader needs to know of a haystack's file."""

    frames: int
    fps: object
    width: int
    height: int


@functools.lru_cache(maxsize=64)
def sequence(reader, path, size):
    """Digests of a haystack's frames; `size` is its frames, rate, width and height."""
    opened = reader(path, Size(*size))
    found = [digest(picture) for _, picture in opened.frames()]
    opened.close()
    return found


def compare(reader, path, expected, is_barcode, wanted, seed, few):
    """Compares one file through one reader; `wanted` is the decoded planes' digests, once some reader has found them, and `few` whether
    few frames are asked for by their index."""
    result, said = Result(), []
    found = []
    try:
        with readers.output(said), readers.av.logging.Capture(local=False) as logged:
            opened = reader(path, expected)
            facts(opened, result)
            if reader.in_order_as_before and wanted:
                found = wanted
            else:
                found = in_order(opened, expected, is_barcode, result)
                copies(reader, expected, found, result)
            by_index(opened, path, expected, found, seed, few, result)
            opened.close()
        said += [message for _, _, message in logged]
    except Exception as error:  # Whatever a library throws at a file is what a user would meet.
        result.differ(f"{type(error).__name__}: {error}")
    if reader.planes and wanted and found is not wanted:
        for at, (one, other) in enumerate(zip(found, wanted)):
            result.same(one, other, f"frame {at} differs from ffmpeg's")
    result.differences += [f"says: {line}" for line in said]
    return result, found


def facts(opened, result):
    for name, (found, wanted) in opened.facts().items():
        if found != wanted:
            result.differ(f"{name}: {found}, not {wanted}")


def in_order(opened, expected, is_barcode, result):
    """Reads all frames, checks their times and barcodes, and returns their digests."""
    found = []
    for at, (time, picture) in enumerate(opened.frames()):
        found.append(digest(picture))
        if time is not None and abs(time - at / expected.fps) > 2e-6:
            result.differ(f"frame {at} is at {float(time)} s, not {float(at / expected.fps)} s")
        if is_barcode and at < expected.frames:
            check_barcode(opened.luma(picture), at, expected, result)
    if len(opened.colours) > 1:
        result.differ(f"frames differ in what they say of their colours: {sorted(opened.colours)}")
    if len(found) != expected.frames:
        result.differ(f"{len(found)} frames come out, not {expected.frames}")
    return found


def check_barcode(luma, at, expected, result):
    said, origin = barcode.read(luma), expected.origin[at]
    wanted = origin and (int(origin[0][1:]), origin[1])
    hidden = said is None and planned.within(expected.overlays, at)
    result.compared += 1
    if said != wanted and not hidden:
        result.differ(f"frame {at} reads {said}, not {wanted}")


def copies(reader, expected, found, result):
    """Untouched frames are equal to the haystack's, as this very reader decodes it."""
    for at, (haystack, frame) in expected.untouched.items():
        size = (planned.length(expected.files[haystack]), expected.fps, expected.width, expected.height)
        original = sequence(reader, expected.files[haystack], size)
        if at < len(found):
            result.same(found[at], original[frame], f"frame {at} is not equal to frame {frame} of `{haystack}`")


def by_index(opened, path, expected, found, seed, few, result):
    """Random access gives what reading in order gives."""
    indices = [at for at in expected.indices(path, seed) if at < len(found)]
    order = readers.shuffled(indices, seed)
    # Of few, each reader has its own, so that all together ask for most.
    order = readers.shuffled(order, f"{seed} {opened.name}")[: -(-len(order) // FEWER)] if few else order
    for at in order[:FEW_COSTLY if few else COSTLY] if opened.costly else order:
        result.same(digest(opened.at(at)), found[at], f"frame {at} by random access differs from frame {at} in order")
    if not opened.costly and type(opened).batch is not readers.Reader.batch:
        # Half of them are enough to see whether batches are read as single frames are.
        for at, picture in zip(order[::2], opened.batch(order[::2])):
            result.same(digest(picture), found[at], f"frame {at} in a batch differs from frame {at} in order")
