"""Listening: does a needle's tone begin at its sample in every library that reads sound, is all else the haystack's, do all libraries
read the same samples, and is the frame that a library shows when the tone begins the frame that is planned?

In: a finished video with tones mixed in, its planned sample, the haystack's file. Out: the number of comparisons and a list of
differences. The tones are made here a second time, and found by correlation; nothing of vniah's own is used.
"""

import functools
import subprocess

import numpy as np

import readers

try:
    from torchcodec.decoders import AudioDecoder, VideoDecoder
except ImportError:
    AudioDecoder = None

# Of the pack `beeps`: hertz, and the heights of its harmonics.
TONES = {"low": (220, (1, 0.3, 0.1)), "high": (1760, (1,))}
SECS = 0.5
FADE = 0.01
# Samples by which a tone may begin elsewhere, and around its place in which it is looked for.
FURTHEST = 2
REACH = 1500
# Least correlation with a tone.
ALIKE = 0.9
PACKET = 1024
# Of full scale: what decoders of several versions of FFmpeg may differ by in a sample.
ROUNDING = 1e-3


def tone(item, rate):
    hertz, harmonics = TONES[item]
    at = np.arange(int(SECS * rate))
    wave = sum(height * np.sin(2 * np.pi * hertz * (multiple + 1) * at / rate) for multiple, height in enumerate(harmonics))
    return wave * np.minimum(1, np.minimum(at, len(at) - at) / (FADE * rate))


def by_ffmpeg(program):
    def read(path, rate):
        command = [program, "-v", "error", "-nostdin", "-i", str(path), "-map", "0:a", "-f", "f32le", "-ac", "1", "-ar", str(rate), "pipe:1"]
        return np.frombuffer(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout, np.float32)
    return read


def by_pyav(path, rate):
    """Samples by the times of their frames, counted from that of the first picture."""
    with readers.av.open(str(path)) as container:
        frames = list(container.decode(audio=0))
    start = round(frames[0].pts * frames[0].time_base * rate)
    sound = np.concatenate([frame.to_ndarray() for frame in frames], axis=1).mean(axis=0)
    return np.concatenate([np.zeros(start), sound]) if start >= 0 else sound[-start:]


def by_torchcodec(path, _rate):
    samples = AudioDecoder(str(path)).get_all_samples()
    return samples.data.numpy().mean(axis=0)


LISTENERS = {"ffmpeg": by_ffmpeg("ffmpeg"), "ffmpeg of imageio": by_ffmpeg(readers.BundledFfmpeg.program), "PyAV": by_pyav}
if AudioDecoder is not None:
    LISTENERS["torchcodec"] = by_torchcodec


def begins(sound, template, place):
    """The sample at which a tone begins near `place`, and how alike it is there."""
    first = max(place - REACH, 0)
    part = sound[first:place + REACH + len(template)]
    product = np.correlate(part, template, "valid")
    power = np.convolve(part ** 2, np.ones(len(template)), "valid")
    alike = product / np.sqrt(np.maximum(power * (template ** 2).sum(), 1e-12))
    best = int(np.argmax(product))
    return first + best, float(alike[best])


@functools.lru_cache(maxsize=32)
def packets(path):
    """The bytes of each packet of a file's sound, and its rate."""
    with readers.av.open(str(path)) as container:
        stream = container.streams.audio[0]
        return [bytes(packet) for packet in container.demux(stream) if packet.size], stream.rate


def places(video, rate):
    """Item and first sample of each tone."""
    num, den = video["fps"]
    for needle in video["needles"]:
        if needle["mode"] == "mix":
            yield needle["look"]["item"], round(needle["span"][0] * den * rate / num)


def check(path, video, source, result):
    """Compares the packets with the source's, and looks for each tone in every listener's samples."""
    found, rate = packets(path)
    heard = list(places(video, rate))
    # What is inserted has silence of its own.
    if source is not None and not any(needle["mode"] == "insert" for needle in video["needles"]):
        wanted = packets(source)[0]
        touched = {at for item, first in heard for at in range(first // PACKET, (first + int(SECS * rate)) // PACKET + 2)}
        for at, (one, other) in enumerate(zip(found, wanted)):
            near = any(at + by in touched for by in range(-2, 3))
            result.same(one == other or near, True, f"packet {at} is not the haystack's")
    if AudioDecoder is not None:
        in_step(path, video, result)
    wanted = None
    for name, listen in LISTENERS.items():
        sound = listen(path, rate)
        wanted = sound if wanted is None else wanted
        count = min(len(sound), len(wanted))
        result.same(abs(len(sound) - len(wanted)) <= PACKET, True, f"{name} reads {len(sound)} samples, ffmpeg {len(wanted)}")
        most = float(np.abs(sound[:count] - wanted[:count]).max())
        result.same(most <= ROUNDING, True, f"{name} reads other samples than ffmpeg: they differ by up to {most:.4f}")
        silent = result.same if source is None else None
        for item, place in heard:
            hear(sound, item, rate, place, name, result)
        if silent:
            quiet = np.ones(len(sound), bool)
            for _, first in heard:
                quiet[max(first - 3 * PACKET, 0):first + int(SECS * rate) + 3 * PACKET] = False
            silent(float(np.abs(sound[quiet]).max(initial=0)), 0.0, f"{name} hears something in silence")


def in_step(path, video, result):
    """When a tone begins, torchcodec shows the frame on which it is planned to begin, and before that the frame before it."""
    pictures, sounds = VideoDecoder(str(path)), AudioDecoder(str(path))
    result.same(float(sounds.metadata.begin_stream_seconds), float(pictures.metadata.begin_stream_seconds), "starts of picture and sound")
    rate = sounds.metadata.sample_rate
    for needle in video["needles"]:
        if needle["mode"] != "mix":
            continue
        frame = needle["span"][0]
        [(item, place)] = places({**video, "needles": [needle]}, rate)
        for by in (1, -1):
            # A few samples from there: what is shown changes with the frame, and samples fall between frames.
            time = (place + by * 40) / rate
            index = frame if by > 0 else frame - 1
            if index < 0:
                continue
            shown = pictures.get_frame_played_at(time).data
            result.same(bool((shown == pictures[index]).all()), True, f"torchcodec shows another frame than {index} at {time:.4f} s")
        part = sounds.get_samples_played_in_range(place / rate, place / rate + SECS)
        heard = part.data.numpy().mean(axis=0)
        whole = LISTENERS["torchcodec"](path, rate)[place:place + len(heard)]
        first = round(part.pts_seconds * rate)
        result.same(abs(first - place) <= 1, True, f"torchcodec's samples from {item} on begin at {first}, not {place}")
        result.same(float(np.abs(heard[:len(whole)] - whole[:len(heard)]).max()) <= ROUNDING, True, f"torchcodec's samples of {item} in a range")


def hear(sound, item, rate, place, name, result):
    at, alike = begins(sound, tone(item, rate), place)
    result.same(abs(at - place) <= FURTHEST and alike > ALIKE, True,
                f"{name} hears {item} at sample {at}, not {place}, {alike:.3f} alike")
