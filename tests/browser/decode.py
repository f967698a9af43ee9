#!/usr/bin/env python3
"""Plays finished videos in a real browser: their size, their length, and frames by seeking, read off their barcodes.

    VNIAH=target/debug/vniah .venv/bin/python tests/browser/decode.py

In: the vniah binary; chromium and chromedriver on the path; what `tests/decoders/requirements.txt` lists. Out: exit code 0
if every frame that is sought shows what the plan says, and as the last line how many frames those were.
"""

import base64
import pathlib
import sys
import tempfile

import numpy as np

sys.path += [str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).parent.parent / "decoders")]

import barcode  # noqa: E402
import compare  # noqa: E402
import run  # noqa: E402
import sound  # noqa: E402
from cases import BEEPS, Case  # noqa: E402
from expected import Expected, within  # noqa: E402
from footage import Encoded, Scene  # noqa: E402
from readers import shuffled  # noqa: E402
from report import Browser  # noqa: E402

CASES = [
    Case("prepared", (Scene(1, 130),), depths=(0, 50)),
    Case("prepared, 23.976 fps, portrait", (Scene(2, 90, "24000/1001", (144, 256)),), depths=(100,)),
    Case("as is, B-frames, sound", (Encoded(3, 130, "30000/1001", b_frames=3, gop=60, sound=48000),), as_is=True, depths=(0, 50)),
    Case("tones mixed into sound", (Encoded(4, 130, "30000/1001", b_frames=2, gop=60, sound=48000),), tasks=("hear_tones",), as_is=True,
         needles=BEEPS),
]
# Frames of each video that are sought.
FRAMES = 40
# Frames that one call of the browser seeks, so that none takes long.
AT_ONCE = 10

# Shows the video at `url`, and tells `done` what it is.
SHOW = """
const video = document.createElement('video');
window.video?.remove();
window.video = video;
document.body.prepend(video);
video.muted = true;
video.preload = 'auto';
video.onloadeddata = () => done([video.videoWidth, video.videoHeight, video.duration]);
video.onerror = () => done(video.error.message);
video.src = url;
"""
# The bytes come along, so that the page may read the pixels of a video of its own.
LOAD = """
const [data, done] = arguments;
const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
const url = URL.createObjectURL(new Blob([bytes], {type: 'video/mp4'}));
""" + SHOW
SEEK = """
const [times, done] = arguments;
const video = window.video, canvas = document.createElement('canvas'), found = [];
[canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
const context = canvas.getContext('2d', {willReadFrequently: true});
const next = () => {
    if (found.length === times.length) return done(found);
    // The frame is presented some time after the seek has ended.
    video.requestVideoFrameCallback((_, frame) => {
        context.drawImage(video, 0, 0);
        const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
        let green = '';
        for (let at = 1; at < pixels.length; at += 4) green += String.fromCharCode(pixels[at]);
        found.push([frame.mediaTime, btoa(green)]);
        next();
    });
    video.currentTime = times[found.length];
};
next();
"""


# Decodes the sound of a file at a rate, and tells `done` the samples of its first channel.
LISTEN = """
const [data, rate, done] = arguments;
const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
new OfflineAudioContext(1, 1, rate).decodeAudioData(bytes.buffer).then(sound => {
    const samples = new Uint8Array(sound.getChannelData(0).buffer);
    let text = '';
    for (let at = 0; at < samples.length; at += 4096) text += String.fromCharCode(...samples.subarray(at, at + 4096));
    done(btoa(text));
}, error => done('!' + error));
"""


def wait_for(browser, script, *arguments):
    return browser.do("POST", "/execute/async", {"script": script, "args": list(arguments)})


def check_video(browser, path, expected):
    """Seeks to the middle of frames in a jumping order. Returns how many there were."""
    loaded = wait_for(browser, LOAD, base64.b64encode(path.read_bytes()).decode())
    assert isinstance(loaded, list), f"{path.name}: {loaded}"
    width, height, duration = loaded
    assert (width, height) == (expected.width, expected.height), f"{path.name}: {width}x{height}"
    secs = float(expected.frames / expected.fps)
    assert abs(duration - secs) < 0.001, f"{path.name}: {duration} s, not {secs} s"
    order = shuffled(expected.indices(path, seed=1), seed=1)[:FRAMES]
    for start in range(0, len(order), AT_ONCE):
        indices = order[start:start + AT_ONCE]
        times = [float((at + 0.5) / expected.fps) for at in indices]
        for at, (time, green) in zip(indices, wait_for(browser, SEEK, times)):
            assert abs(time - at / expected.fps) < 0.001, f"{path.name}: frame {at} is shown at {time} s"
            picture = np.frombuffer(base64.b64decode(green), np.uint8).reshape(height, width)
            check_frame(path, at, barcode.read(picture), expected)
    return len(order)


def check_sound(browser, path, video):
    """Each tone begins at its sample in what the browser plays."""
    _, rate = sound.packets(path)
    said = wait_for(browser, LISTEN, base64.b64encode(path.read_bytes()).decode(), rate)
    assert not said.startswith("!"), f"{path.name}: {said}"
    samples = np.frombuffer(base64.b64decode(said), np.float32)
    result = compare.Result()
    for item, place in sound.places(video, rate):
        sound.hear(samples, item, rate, place, "the browser", result)
    assert not result.differences, f"{path.name}: {result.differences}"
    return result.compared


def check_frame(path, at, said, expected):
    origin = expected.origin[at]
    wanted = origin and (int(origin[0][1:]), origin[1])
    hidden = said is None and within(expected.overlays, at)
    assert said == wanted or hidden, f"{path.name}: frame {at} shows {said}, not {wanted}"


def main():
    sought = heard = 0
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(scratch)
        browser = Browser(root / "profile")
        # A blank page has no origin, and may therefore load nothing.
        page = root / "page.html"
        page.write_text("<!doctype html><title>frames</title>")
        try:
            browser.do("POST", "/url", {"url": page.as_uri()})
            for number, case in enumerate(CASES):
                samples, files = run.make(case, root / str(number))
                for sample in samples:
                    path = root / str(number) / "out" / "videos" / f"{sample['video']['name']}.mp4"
                    sought += check_video(browser, path, Expected(sample["video"], files))
                    heard += check_sound(browser, path, sample["video"]) if any(sound.places(sample["video"], 1)) else 0
                print(f"ok: {case.name}: {len(samples)} videos")
        finally:
            browser.close()
    print(f"the browser plays each of {heard} tones at its sample, and shows each of {sought} frames that it seeks")


if __name__ == "__main__":
    sys.exit(main())
