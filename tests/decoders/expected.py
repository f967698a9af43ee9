"""What every frame of a finished video ought to be, worked out from the plan alone.

In: a planned sample and the files of its haystacks. Out: for each frame which haystack frame it shows, which frames are
untouched, where the splices are, and which of the traits that cases ask for occur.
"""

import dataclasses
import fractions
import functools
import random

import av

# Frames on either side of a splice or keyframe that are read by random access.
AROUND = 3
# Frames elsewhere that are read by random access.
ELSEWHERE = 20


@functools.lru_cache(maxsize=64)
def keyframes(path):
    """Indices of the frames of a file that are keyframes, by display time, and the frames by which it reorders."""
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.pts is not None]
    times = sorted(packet.pts for packet in packets)
    rank = {time: at for at, time in enumerate(times)}
    delay = max(at - rank[packet.pts] for at, packet in enumerate(packets))
    return [rank[packet.pts] for packet in packets if packet.is_keyframe], delay


@functools.lru_cache(maxsize=64)
def length(path):
    with av.open(str(path)) as container:
        return container.streams.video[0].frames


@dataclasses.dataclass
class Expected:
    """A video as planned. `files` are those of its haystacks, by id."""

    planned: dict
    files: dict

    def __post_init__(self):
        planned = self.planned
        self.frames = planned["num_frames"]
        self.fps = fractions.Fraction(*planned["fps"])
        self.width, self.height = planned["width"], planned["height"]
        spans = {mode: [needle["span"] for needle in planned["needles"] if needle["mode"] == mode]
                 for mode in ("insert", "overlay")}
        self.inserts, self.overlays = spans["insert"], spans["overlay"]
        haystack = ((part["haystack"], frame) for part in planned["parts"] for frame in range(*part["span"]))
        self.origin = [None if within(self.inserts, at) else next(haystack) for at in range(self.frames)]
        assert next(haystack, None) is None, "haystack frames are left over"

    @functools.cached_property
    def untouched(self):
        """Frames of GOPs that are whole, in one piece and without an overlay: index to haystack and its frame."""
        found = {}
        for at, origin in enumerate(self.origin):
            keys, _ = keyframes(self.files[origin[0]]) if origin else ([], 0)
            if not origin or origin[1] not in keys:
                continue
            gop = self.gop(*origin)
            span = range(at, at + len(gop))
            whole = [origin for origin in self.origin[at:at + len(gop)]] == [(origin[0], frame) for frame in gop]
            if whole and not any(within(self.overlays, frame) for frame in span):
                found |= {frame: self.origin[frame] for frame in span}
        return found

    def gop(self, haystack, key):
        keys, _ = keyframes(self.files[haystack])
        after = keys.index(key) + 1
        return range(key, keys[after] if after < len(keys) else length(self.files[haystack]))

    def borders(self):
        """Frames at which needles start or end, or haystack frames do not follow each other."""
        edges = {edge for span in self.inserts + self.overlays for edge in span}
        return edges | {at for at in range(1, self.frames) if not follows(self.origin[at - 1], self.origin[at])}

    def indices(self, path, seed):
        """Frames to read by random access: around borders and keyframes, the ends, and some elsewhere."""
        keys, _ = keyframes(path)
        near = {at + by for at in [*self.borders(), *keys] for by in range(-AROUND, AROUND + 1)}
        draw = random.Random(seed)
        near |= {0, self.frames - 1, *(draw.randrange(self.frames) for _ in range(ELSEWHERE))}
        return sorted(near & set(range(self.frames)))

    def traits(self):
        spans = sorted(self.inserts + self.overlays)
        longest = max(len(self.gop(haystack, key)) for haystack, file in self.files.items() for key in keyframes(file)[0])
        parts = self.planned["parts"]
        crossed = any(self.is_key(at) for start, end in self.overlays for at in range(start + 1, end))
        yield from (name for name, holds in {
            "insert at the start": any(span[0] == 0 for span in self.inserts),
            "insert at the end": any(span[1] == self.frames for span in self.inserts),
            "overlay across a GOP border": crossed,
            "a frame apart": any(one[1] + 1 == other[0] for one, other in zip(spans, spans[1:])),
            "needle longer than a GOP": any(end - start > longest for start, end in spans),
            "shorter than a GOP": all(len(keyframes(file)[0]) == 1 for file in self.files.values()),
            "joined": len(parts) > 1,
            "trimmed": any(part["span"] != [0, length(self.files[part["haystack"]])] for part in parts),
            "sound": self.planned["audio"],
        }.items() if holds)

    def is_key(self, at):
        origin = self.origin[at]
        return origin is not None and origin[1] in keyframes(self.files[origin[0]])[0]


def within(spans, at):
    return any(start <= at < end for start, end in spans)


def follows(before, after):
    return before is not None and after == (before[0], before[1] + 1)
