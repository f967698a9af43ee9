"""Haystacks for the decoder tests: drawn scenes, conforming MP4 files of every kind, real footage.

In: what a haystack should be like. Out: its entry in a catalogue, and the file where there is one.
"""

import dataclasses
import pathlib
import subprocess

import barcode

CACHE = pathlib.Path(__file__).parent.parent / ".cache"


@dataclasses.dataclass(frozen=True)
class Scene:
    """A scene that vniah draws and prepares."""

    number: int
    frames: int
    fps: str = "25"
    size: tuple = (256, 144)
    name: str = "barcode"

    @property
    def id(self):
        return f"h{self.number}"

    def entry(self, _directory):
        width, height = self.size
        return (f'[[haystack]]\nid = "{self.id}"\nscene = {{ name = "{self.name}", seed = {self.number}, width = {width}, '
                f'height = {height}, fps = "{self.fps}", frames = {self.frames} }}\n')


@dataclasses.dataclass(frozen=True)
class Encoded:
    """A barcode as a file that the ffmpeg program encodes, by default one that conforms."""

    number: int
    frames: int
    fps: str = "25"
    size: tuple = (256, 144)
    b_frames: int = 0
    gop: int = 50
    x264: str = ""
    options: tuple = ()
    codec: tuple = ("-c:v", "libx264", "-preset", "fast")
    sound: int = 0
    suffix: str = "mp4"

    @property
    def id(self):
        return f"h{self.number}"

    def entry(self, directory):
        self.make(self.file(directory))
        return f'[[haystack]]\nid = "{self.id}"\npath = "{self.file(directory).name}"\n'

    def file(self, directory):
        return directory / f"{self.id}.{self.suffix}"

    def make(self, path):
        width, height = self.size
        picture = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{width}x{height}", "-r", self.fps, "-i", "pipe:0"]
        sound = ["-f", "lavfi", "-i", f"sine=frequency=330:sample_rate={self.sound}:duration=60", "-c:a", "aac", "-shortest"]
        codec = list(self.codec)
        if "libx264" in codec:
            codec += ["-bf", str(self.b_frames), "-x264-params", f"keyint={self.gop}:min-keyint=2:open-gop=0{self.x264}"]
        command = ["ffmpeg", "-v", "error", "-y", *picture, *(sound if self.sound else []), *codec, *self.options, str(path)]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
            for index in range(self.frames):
                for plane in barcode.draw(self.number, index, width, height):
                    process.stdin.write(plane.tobytes())
            process.stdin.close()
        if process.returncode:
            raise RuntimeError(f"ffmpeg could not make {path.name}")


@dataclasses.dataclass(frozen=True)
class Real:
    """A file that `tests/footage.sh` has fetched."""

    name: str

    @property
    def id(self):
        return self.name.split(".")[0]

    def entry(self, directory):
        return f'[[haystack]]\nid = "{self.id}"\npath = "{self.file(directory)}"\n'

    def file(self, _directory):
        return (CACHE / self.name).resolve()
