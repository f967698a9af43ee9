"""Listening: does a needle's tone begin at its sample in every library that reads sound, and is all else the haystack's?

In: a finished video with tones mixed in, its planned sample, the haystack's file. Out: the number of comparisons and a list of
differences. The tones are made here a second time, and found by correlation; nothing of vniah's own is used.
"""

import functools
import subprocess

import numpy as np

import readers

try:
    from torchcodec.decoders import AudioDecoder
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
    if source is not None:
        wanted = packets(source)[0]
        touched = {at for item, first in heard for at in range(first // PACKET, (first + int(SECS * rate)) // PACKET + 2)}
        for at, (one, other) in enumerate(zip(found, wanted)):
            near = any(at + by in touched for by in range(-2, 3))
            result.same(one == other or near, True, f"packet {at} is not the haystack's")
    for name, listen in LISTENERS.items():
        sound = listen(path, rate)
        silent = result.same if source is None else None
        for item, place in heard:
            hear(sound, item, rate, place, name, result)
        if silent:
            quiet = np.ones(len(sound), bool)
            for _, first in heard:
                quiet[max(first - 3 * PACKET, 0):first + int(SECS * rate) + 3 * PACKET] = False
            silent(float(np.abs(sound[quiet]).max(initial=0)), 0.0, f"{name} hears something in silence")


def hear(sound, item, rate, place, name, result):
    at, alike = begins(sound, tone(item, rate), place)
    result.same(abs(at - place) <= FURTHEST and alike > ALIKE, True,
                f"{name} hears {item} at sample {at}, not {place}, {alike:.3f} alike")
