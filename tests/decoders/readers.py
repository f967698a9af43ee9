"""The libraries that read videos for models, each used in the way that its documentation shows.

In: a path. Out: through one interface, what a reader says of a file, its frames in order with their times, and any frame
by its index. A reader's pictures are compared with its own, and those of PyAV and ffmpeg, which give the decoded
planes as they are, with each other too.
"""

import contextlib
import ctypes
import fractions
import json
import os
import random
import subprocess
import sys
import tempfile

# OpenCV reads this when it is loaded: FFmpeg's warnings, not its errors alone.
os.environ["OPENCV_FFMPEG_LOGLEVEL"] = "24"

import av  # noqa: E402
import cv2  # noqa: E402
import decord  # noqa: E402
import imageio_ffmpeg  # noqa: E402
import numpy as np  # noqa: E402

try:
    from torchcodec.decoders import VideoDecoder
except ImportError:
    VideoDecoder = None

av.logging.set_level(av.logging.WARNING)
decord.logging.set_level(decord.logging.WARNING)


@contextlib.contextmanager
def output(said):
    """Collects in `said` what is written to the process's standard output and error, by C code too."""
    with tempfile.TemporaryFile() as file:
        flush()
        kept = [os.dup(number) for number in (1, 2)]
        for number in (1, 2):
            os.dup2(file.fileno(), number)
        try:
            yield
        finally:
            flush()
            for number, original in zip((1, 2), kept):
                os.dup2(original, number)
                os.close(original)
            file.seek(0)
            said.extend(file.read().decode(errors="replace").splitlines())


def flush():
    """Writes out what Python and C hold back: OpenCV prints FFmpeg's messages through C's own buffer."""
    sys.stdout.flush()
    sys.stderr.flush()
    ctypes.CDLL(None).fflush(None)


class Reader:
    """One library on one file. `expected` is what the file should be: `frames`, `fps`, `width`, `height`."""

    # Whether pictures are the decoded planes, which are the same in every reader.
    planes = False
    # Whether a frame by its index costs a process of its own, so that few are asked for.
    costly = False
    # Whether it reads frames in order as the reader before it does, and seeks in another way.
    in_order_as_before = False

    def __init__(self, path, expected):
        self.path, self.expected = str(path), expected
        # What the frames say of their colours.
        self.colours = set()
        self.open()

    def open(self):
        pass

    def close(self):
        pass

    def facts(self):
        """What the reader says of the file: a dictionary of name to (found, wanted)."""
        raise NotImplementedError

    def frames(self):
        """Pairs of time in seconds and picture; the time is None where the library has none."""
        raise NotImplementedError

    def at(self, index):
        raise NotImplementedError

    def batch(self, indices):
        return [self.at(index) for index in indices]

    def luma(self, picture):
        """Luma of a picture, to read the barcode from."""
        return picture[:, :, 1]

    def secs(self):
        return self.expected.frames / self.expected.fps


class PyAv(Reader):
    name = "PyAV"
    planes = True

    def open(self):
        self.container = av.open(self.path)
        self.stream = self.container.streams.video[0]

    def close(self):
        self.container.close()

    def facts(self):
        stream, expected = self.stream, self.expected
        return {
            "frames": (stream.frames, expected.frames),
            "average rate": (stream.average_rate, expected.fps),
            "base rate": (stream.base_rate, expected.fps),
            "start": (stream.start_time, 0),
            "duration": (stream.duration * stream.time_base, self.secs()),
            "file's duration": (self.container.duration, round(self.secs() * av.time_base)),
            "size": ((stream.width, stream.height), (expected.width, expected.height)),
            **sound_facts(self.path, self.secs()),
        }

    def frames(self):
        # A file of its own: the one that seeks keeps its place.
        with av.open(self.path) as container:
            for frame in container.decode(video=0):
                self.colours.add((frame.color_primaries, frame.color_trc, int(frame.colorspace)))
                yield frame.pts * frame.time_base, planes_of(frame)

    def at(self, index):
        wanted = round(index / self.expected.fps / self.stream.time_base)
        self.container.seek(wanted, stream=self.stream, backward=True)
        for frame in self.container.decode(self.stream):
            if frame.pts >= wanted:
                return planes_of(frame)
        raise EOFError(f"no frame {index}")

    def luma(self, picture):
        return picture[:self.expected.height]


class PyAvByTime(PyAv):
    """PyAV that asks for the frame that is shown at a time: the middle of the frame that is wanted."""

    name = "PyAV, by time"
    in_order_as_before = True

    def at(self, index):
        time = fractions.Fraction(2 * index + 1, 2) / self.expected.fps
        self.container.seek(int(time * av.time_base))
        for frame in self.container.decode(self.stream):
            if (frame.pts + frame.duration) * frame.time_base > time:
                return planes_of(frame)
        raise EOFError(f"no frame at {float(time)} s")


def planes_of(frame):
    assert frame.format.name == "yuv420p", frame.format.name
    return frame.to_ndarray()


def sound_facts(path, secs):
    """Sound decodes without a gap, from time 0, and ends with the picture: within one AAC packet."""
    with av.open(path) as container:
        if not container.streams.audio:
            return {}
        end, gaps, rate, start = None, 0, 1, None
        for frame in container.decode(audio=0):
            start = frame.pts * frame.time_base if start is None else start
            gaps += end is not None and frame.pts * frame.time_base != end
            rate = frame.rate
            end = frame.pts * frame.time_base + fractions.Fraction(frame.samples, rate)
    near = abs(end - secs) <= fractions.Fraction(1024, rate)
    return {"gaps in sound": (gaps, 0), "sound's start": (start, 0), "sound ends with the picture": (near, True)}


class Ffmpeg(Reader):
    name = "ffmpeg"
    planes = True
    costly = True
    program = "ffmpeg"

    def facts(self):
        asked = ["ffprobe", "-v", "warning", "-show_entries", "format=start_time:stream", "-of", "json", self.path]
        said = json.loads(subprocess.run(asked, check=True, stdout=subprocess.PIPE).stdout)
        stream, expected = said["streams"][0], self.expected
        if len(said["streams"]) > 1:
            # For the warnings of its decoder.
            sound = [self.program, "-v", "warning", "-nostdin", "-i", self.path, "-map", "0:a", "-f", "null", "-"]
            subprocess.run(sound, check=True)
        return {
            "frames": (int(stream["nb_frames"]), expected.frames),
            "average rate": (fractions.Fraction(stream["avg_frame_rate"]), expected.fps),
            "base rate": (fractions.Fraction(stream["r_frame_rate"]), expected.fps),
            "start": (float(stream["start_time"]), 0.0),
            "file's start": (float(said["format"]["start_time"]), 0.0),
            "duration": (stream["duration"], f"{float(self.secs()):.6f}"),
            "size": ((stream["width"], stream["height"]), (expected.width, expected.height)),
        }

    def run(self, before, after=()):
        """Frames as rawvideo."""
        command = [self.program, "-v", "warning", "-nostdin", *before, "-i", self.path, "-map", "0:v:0", *after,
                   "-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:1"]
        height = self.expected.height * 3 // 2
        size = height * self.expected.width
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            while picture := process.stdout.read(size):
                yield np.frombuffer(picture, np.uint8).reshape(height, self.expected.width)
        if process.returncode:
            raise RuntimeError(f"{self.program} ended with {process.returncode}")

    def frames(self):
        for picture in self.run([]):
            yield None, picture

    def at(self, index):
        return next(self.run(["-ss", seek_time(index, self.expected.fps)], ["-frames:v", "1"]))

    def luma(self, picture):
        return picture[:self.expected.height]


class BundledFfmpeg(Ffmpeg):
    """The program that comes with imageio-ffmpeg, much newer than Debian's."""

    name = "ffmpeg of imageio"
    program = imageio_ffmpeg.get_ffmpeg_exe()

    def facts(self):
        return {}


def seek_time(index, fps):
    """A time shortly before a frame: ffmpeg shows the first frame that is not before the time that it is told, which it
    rounds to microseconds, and then to the file's nearest tick."""
    return f"{max(float((index - fractions.Fraction(1, 4)) / fps), 0):.6f}"


class ImageioFfmpeg(Reader):
    name = "imageio-ffmpeg"
    costly = True

    def facts(self):
        generator = imageio_ffmpeg.read_frames(self.path)
        meta = next(generator)
        generator.close()
        count, _ = imageio_ffmpeg.count_frames_and_secs(self.path)
        expected = self.expected
        return {
            "frames": (count, expected.frames),
            # The library reads both off ffmpeg's words, which have two decimals.
            "rate": (meta["fps"], round(float(expected.fps), 2)),
            "duration is near": (abs(meta["duration"] - float(self.secs())) <= 0.011, True),
            "size": (tuple(meta["size"]), (expected.width, expected.height)),
        }

    def run(self, **options):
        generator = imageio_ffmpeg.read_frames(self.path, **options)
        next(generator)
        for picture in generator:
            yield np.frombuffer(picture, np.uint8).reshape(self.expected.height, self.expected.width, 3)

    def frames(self):
        for picture in self.run():
            yield None, picture

    def at(self, index):
        generator = self.run(input_params=["-ss", seek_time(index, self.expected.fps)])
        picture = next(generator)
        generator.close()
        return picture


class Decord(Reader):
    name = "decord"

    def open(self):
        self.reader = decord.VideoReader(self.path, ctx=decord.cpu(0))

    def facts(self):
        expected = self.expected
        step = 1 / float(expected.fps)
        last = self.reader.get_frame_timestamp(expected.frames - 1)
        return {
            "frames": (len(self.reader), expected.frames),
            "rate is near": (abs(self.reader.get_avg_fps() - float(expected.fps)) < 1e-4, True),
            "start": (float(self.reader.get_frame_timestamp(0)[0]), 0.0),
            "duration is near": (abs(last[1] - float(self.secs())) < step / 10, True),
        }

    def frames(self):
        reader = decord.VideoReader(self.path, ctx=decord.cpu(0))
        for index in range(len(reader)):
            yield float(reader.get_frame_timestamp(index)[0]), reader.next().asnumpy()

    def at(self, index):
        return self.reader[index].asnumpy()

    def batch(self, indices):
        return list(self.reader.get_batch(indices).asnumpy())


class OpenCv(Reader):
    name = "OpenCV"

    def open(self):
        self.capture = cv2.VideoCapture(self.path, cv2.CAP_FFMPEG)

    def close(self):
        self.capture.release()

    def facts(self):
        expected, get = self.expected, self.capture.get
        return {
            "frames": (get(cv2.CAP_PROP_FRAME_COUNT), expected.frames),
            "rate is near": (abs(get(cv2.CAP_PROP_FPS) - float(expected.fps)) < 1e-6, True),
            "size": ((get(cv2.CAP_PROP_FRAME_WIDTH), get(cv2.CAP_PROP_FRAME_HEIGHT)), (expected.width, expected.height)),
        }

    def frames(self):
        capture = cv2.VideoCapture(self.path, cv2.CAP_FFMPEG)
        while True:
            found, picture = capture.read()
            if not found:
                return
            yield capture.get(cv2.CAP_PROP_POS_MSEC) / 1000, picture

    def at(self, index):
        self.capture.set(cv2.CAP_PROP_POS_FRAMES, index)
        found, picture = self.capture.read()
        if not found:
            raise EOFError(f"no frame {index}")
        return picture


class TorchCodec(Reader):
    mode = "exact"
    name = "torchcodec"

    def open(self):
        self.decoder = self.new()

    def new(self):
        return VideoDecoder(self.path, seek_mode=self.mode, dimension_order="NHWC")

    def facts(self):
        expected, meta = self.expected, self.decoder.metadata
        return {
            "frames": ((len(self.decoder), meta.num_frames), (expected.frames, expected.frames)),
            "rate is near": (abs(meta.average_fps - float(expected.fps)) < 1e-3, True),
            "start": (meta.begin_stream_seconds, 0),
            "duration is near": (abs(meta.duration_seconds - float(self.secs())) < 1e-3, True),
            "size": ((meta.width, meta.height), (expected.width, expected.height)),
        }

    def frames(self):
        decoder = self.new()
        for index in range(len(decoder)):
            frame = decoder.get_frame_at(index)
            yield frame.pts_seconds, frame.data.numpy()

    def at(self, index):
        return self.decoder[index].numpy()

    def batch(self, indices):
        return list(self.decoder.get_frames_at(indices=list(indices)).data.numpy())


class TorchCodecApproximate(TorchCodec):
    mode = "approximate"
    name = "torchcodec, approximate"


READERS = [Ffmpeg, BundledFfmpeg, PyAv, PyAvByTime, Decord, OpenCv, ImageioFfmpeg]
if VideoDecoder is not None:
    READERS += [TorchCodec, TorchCodecApproximate]


def shuffled(indices, seed):
    """The indices in an order that jumps to and fro."""
    order = list(indices)
    random.Random(seed).shuffle(order)
    return order
