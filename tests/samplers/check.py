#!/usr/bin/env python3
"""Compares `vniah sampler` with the libraries whose samplers it names, on random videos.

    python3 tests/samplers/check.py target/release/vniah [--videos 3000] [--seed 1]

In: the vniah binary; the packages of requirements.txt, of which numpy is needed and each other is left out, by name, where
it does not import. Out: how many videos were compared with each library, every difference with its video, and exit code 0
if there is none. Libraries that read a video first are given one of the right length that holds no picture. Pipelines that
no package brings (LLaVA-NeXT, VLMEvalKit, InternVL's own script, vLLM, LongVA) are compared with their published
expressions in numpy.
"""

import argparse
import collections
import concurrent.futures
import contextlib
import fractions
import io
import json
import logging
import math
import os
import random
import subprocess
import sys
import types
import warnings

import numpy as np

RATES = [(24, 1), (25, 1), (30, 1), (50, 1), (60, 1), (10, 1), (15, 1), (24000, 1001), (30000, 1001), (60000, 1001), (2997, 100)]
LISTED = 10


class Refused(Exception):
    """The library fails on a video."""


def linspace(frames, n):
    return np.linspace(0, frames - 1, n, dtype=int).tolist()


def vllm(frames, fps, n, own):
    """vllm/multimodal/video.py, OpenCVVideoBackend.load_bytes."""
    count = frames
    if n > 0:
        count = min(n, frames)
    if own > 0:
        count = min(count, math.floor(frames / fps * own))
    count = max(1, count)
    return list(range(frames)) if count == frames else linspace(frames, count)


def llava_video(frames, fps, own, cap, force):
    """LLaVA-NeXT, llava/utils.py, process_video_with_decord."""
    step = round(fps / own)
    if step == 0:
        raise Refused
    indices = list(range(0, frames, step))
    return linspace(frames, cap) if cap and (len(indices) > cap or force) else indices


def internvl(frames, n):
    """InternVL's README, get_index without bounds."""
    segment = float(frames - 1) / n
    return [int(0 + (segment / 2) + np.round(segment * index)) for index in range(n)]


def vlmevalkit(frames, n):
    """VLMEvalKit, vlmeval/dataset/video_base.py, save_video_frames."""
    step = frames / (n + 1)
    return [int(index * step) for index in range(1, n + 1)]


def vlmevalkit_fps(frames, fps, own):
    required = int(frames / fps * own)
    if required == 0:
        raise Refused
    step = fps / own
    return [int(index * step) for index in range(required)]


def longva(frames, fps):
    step = round(fps)
    return list(range(0, frames, step))


class Qwen:
    """qwen-vl-utils reads a video through decord: here, through one that holds no picture."""

    def __init__(self):
        from qwen_vl_utils import vision_process
        self.module = vision_process
        reader = types.ModuleType("decord")

        class VideoReader:
            def __init__(self, video, **_):
                self.frames, self.fps = video

            def __len__(self):
                return self.frames

            def get_avg_fps(self):
                return self.fps

            def get_batch(self, indices):
                empty = types.SimpleNamespace()
                empty.asnumpy = lambda: np.zeros((len(indices), 1, 1, 3), np.uint8)
                return empty

        reader.VideoReader = VideoReader
        sys.modules["decord"] = reader

    def __call__(self, frames, rate, **settings):
        try:
            _, metadata, _ = self.module._read_video_decord({"video": (frames, rate), **settings})
        except ValueError:
            raise Refused from None
        return metadata["frames_indices"]

    def sglang(self, frames, rate, **settings):
        """SGLang, multimodal/processors/qwen_vl.py: qwen-vl-utils' count, numpy's indices."""
        try:
            n = self.module.smart_nframes(settings, frames, rate)
        except ValueError:
            raise Refused from None
        return np.unique(np.linspace(0, frames - 1, n, dtype=np.int64)).tolist()

    def size(self, width, height, n):
        """fetch_video's own arithmetic with its own smart_resize."""
        factor = 28
        least = self.module.VIDEO_MIN_TOKEN_NUM * factor * factor
        most = self.module.VIDEO_MAX_TOKEN_NUM * factor * factor
        total = self.module.MODEL_SEQ_LEN * factor * factor * 0.9
        most = max(min(most, total / n * self.module.FRAME_FACTOR), int(least * 1.05))
        height, width = self.module.smart_resize(height, width, factor=factor, min_pixels=least, max_pixels=most)
        return [width, height]


class Transformers:
    """The video processors and samplers of transformers."""

    def __init__(self):
        from transformers import video_utils
        from transformers.models.internvl.video_processing_internvl import InternVLVideoProcessor
        from transformers.models.qwen2_vl.image_processing_qwen2_vl import smart_resize
        from transformers.models.qwen2_vl.video_processing_qwen2_vl import Qwen2VLVideoProcessor
        from transformers.models.qwen3_vl import video_processing_qwen3_vl
        self.utils, self.resize = video_utils, smart_resize
        self.resize3 = video_processing_qwen3_vl.smart_resize
        self.qwen2, self.qwen3 = Qwen2VLVideoProcessor(), video_processing_qwen3_vl.Qwen3VLVideoProcessor()
        self.intern = InternVLVideoProcessor()

    def sample(self, sampler, frames, rate, **settings):
        metadata = self.utils.VideoMetadata(total_num_frames=frames, fps=rate)
        try:
            return [int(index) for index in sampler(metadata, **settings)]
        except (ValueError, ZeroDivisionError):
            raise Refused from None


def videollama3(frames, rate, own, most):
    """FFmpeg's own filter `fps=...:round=down`, then numpy, as VideoLLaMA3's load_video."""
    import av
    graph = av.filter.Graph()
    time_base = fractions.Fraction(rate[1], rate[0])
    source = graph.add_buffer(width=2, height=2, format="gray", time_base=time_base)
    chosen = graph.add("fps", f"fps={own}:round=down")
    sink = graph.add("buffersink")
    source.link_to(chosen)
    chosen.link_to(sink)
    graph.configure()
    taken = []

    def pull():
        with contextlib.suppress(av.BlockingIOError, av.EOFError):
            while True:
                plane = np.frombuffer(bytes(sink.pull().planes[0])[:2], np.uint8)
                taken.append(int(plane[0]) + 256 * int(plane[1]))

    for index in range(frames):
        frame = av.VideoFrame(2, 2, "gray")
        row = frame.planes[0].line_size
        frame.planes[0].update(bytes([index % 256, index // 256]) + bytes(2 * row - 2))
        # A decoder states durations; at the end, what the filter still gives depends on the last one.
        frame.pts, frame.duration, frame.time_base = index, 1, time_base
        source.push(frame)
        pull()
    source.push(None)
    pull()
    if not taken:
        raise Refused
    return [taken[at] for at in linspace(len(taken), most)] if len(taken) > most else taken


def optional(make, left_out):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return make()
        except ImportError as error:
            left_out.append(f"{make.__name__}: {error}")
            return None


def references(frames, rate, pick, qwen, hugging):
    """For each sampler by its name: the library, and what it takes of the video."""
    fps = rate[0] / rate[1]
    n = pick.randint(1, 200)
    own = pick.choice(["1", "2", "0.5", "4", "0.1", "3"])
    pace = float(own)
    least, most = pick.randint(1, 40), pick.randint(41, 900)
    found = {
        f"linspace({n})": ("numpy", lambda: linspace(frames, n)),
        f"vllm(n={n},fps={own})": ("numpy: vLLM", lambda: vllm(frames, fps, n, pace)),
        "vllm": ("numpy: vLLM", lambda: vllm(frames, fps, 32, -1)),
        f"llava-video(fps={own},cap={n})": ("numpy: LLaVA-NeXT", lambda: llava_video(frames, fps, pace, n, False)),
        f"llava-video(fps={own},cap={n},force)": ("numpy: LLaVA-NeXT", lambda: llava_video(frames, fps, pace, n, True)),
        f"internvl({n})": ("numpy: InternVL", lambda: internvl(frames, n)),
        f"vlmevalkit({n})": ("numpy: VLMEvalKit", lambda: vlmevalkit(frames, n)),
        f"vlmevalkit-fps({own})": ("numpy: VLMEvalKit", lambda: vlmevalkit_fps(frames, fps, pace)),
        "longva-niah": ("numpy: LongVA", lambda: longva(frames, fps)),
    }
    if qwen:
        settings = {"fps": pace, "min_frames": least, "max_frames": most}
        text = f"fps={own},min={least},max={most}"
        found |= {
            "qwen-vl-utils": ("qwen-vl-utils", lambda: qwen(frames, fps)),
            f"qwen-vl-utils({text})": ("qwen-vl-utils", lambda: qwen(frames, fps, **settings)),
            f"qwen-vl-utils(nframes={n})": ("qwen-vl-utils", lambda: qwen(frames, fps, nframes=n)),
            f"sglang-qwen({text})": ("qwen-vl-utils: SGLang", lambda: qwen.sglang(frames, fps, **settings)),
        }
    if hugging:
        sample = hugging.sample
        qwen2, qwen3 = hugging.qwen2.sample_frames, hugging.qwen3.sample_frames
        intern, default = hugging.intern.sample_frames, hugging.utils.default_sample_indices_fn
        limits = {"min_frames": least, "max_frames": most}
        found |= {
            f"hf-qwen2vl(fps={own},min={least},max={most})": (
                "transformers: Qwen2-VL", lambda: sample(qwen2, frames, fps, fps=pace, **limits)),
            f"hf-qwen2vl(fps={own})": (
                "transformers: Qwen2-VL", lambda: sample(qwen2, frames, fps, fps=pace)),
            f"hf-qwen3vl(fps={own})": ("transformers: Qwen3-VL", lambda: sample(qwen3, frames, fps, fps=pace)),
            f"hf-internvl(n={n})": (
                "transformers: InternVL", lambda: sample(intern, frames, fps, num_frames=n, initial_shift=True)),
            f"hf-default({n})": ("transformers: video_utils", lambda: sample(default, frames, fps, num_frames=n)),
            f"hf-default(fps={own})": ("transformers: video_utils", lambda: sample(default, frames, fps, fps=pace)),
        }
    return found


def vniah(binary, samplers, frames, rate, *more):
    arguments = [binary, "sampler", *samplers, "--frames", str(frames), "--fps", f"{rate[0]}/{rate[1]}", "--json", *more]
    return json.loads(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout)["samplers"]


def expected(take):
    try:
        return take()
    except Refused:
        return None


def sizes(binary, pick, qwen, hugging, count):
    """Sizes after resizing, compared for random frames."""
    compared, wrong = collections.Counter(), []
    for _ in range(count):
        width, height, n = pick.randint(16, 4096), pick.randint(16, 2304), pick.randint(2, 768)
        if max(width, height) / min(width, height) > 190:
            continue
        size = f"{width}x{height}"
        want = {}
        if qwen:
            want["qwen-vl-utils(28)"] = ("qwen-vl-utils", qwen.size(width, height, n))
        if hugging:
            small = hugging.resize(height, width, factor=28, min_pixels=128 * 784, max_pixels=768 * 784)
            want[f"smart(28,{128 * 784},{768 * 784})"] = ("transformers: Qwen2-VL", [small[1], small[0]])
            all_frames = hugging.resize3(n, height, width, 2, 32, 4096, 25165824)
            want["video(32,4096,25165824)"] = ("transformers: Qwen3-VL", [all_frames[1], all_frames[0]])
        for resize, (library, size_wanted) in want.items():
            own = vniah(binary, [f"linspace({n})"], 1000, (25, 1), "--size", size, "--resize", resize)
            found = own[f"linspace({n})"]["resized"]
            compared[f"{library}: resize"] += 1
            if [found["width"], found["height"]] != size_wanted:
                wrong.append(f"{resize} of {size}, {n} frames: {found} for {size_wanted}")
    return compared, wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("vniah")
    parser.add_argument("--videos", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    logging.disable(logging.WARNING)
    left_out = []
    qwen, hugging = optional(Qwen, left_out), optional(Transformers, left_out)
    pick = random.Random(args.seed)
    compared, wrong = collections.Counter(), []
    cases = []
    for _ in range(args.videos):
        rate = pick.choice(RATES)
        frames = pick.choice([pick.randint(1, 60), pick.randint(1, 3000), pick.randint(1, 200_000), pick.randint(1, 2_000_000)])
        cases.append((frames, rate, references(frames, rate, pick, qwen, hugging)))
    def own(case):
        frames, rate, found = case
        return vniah(args.vniah, [*found], frames, rate)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (frames, rate, found), answers in zip(cases, pool.map(own, cases)):
            for name, (library, take) in found.items():
                want = expected(take)
                answer = answers[name]
                compared[library] += 1
                # Single precision may give a last index of N; the library then fails to read that frame.
                if want and want[-1] >= frames:
                    want = None
                if (None if answer["refused"] else answer["indices"]) != want:
                    wrong.append(f"{name} of {frames} frames at {rate[0]}/{rate[1]}: {str(answer)[:200]} for {str(want)[:200]}")
    try:
        import av  # noqa: F401
        for _ in range(args.videos // 10):
            rate, frames = pick.choice(RATES), pick.randint(1, 3000)
            own_pace, most = pick.choice(["1", "2", "0.5", "3", "40"]), pick.choice([180, 7])
            name = f"videollama3(fps={own_pace},max={most})"
            answer = vniah(args.vniah, [name], frames, rate)[name]
            want = expected(lambda: videollama3(frames, rate, own_pace, most))
            compared["FFmpeg: VideoLLaMA3"] += 1
            if (None if answer["refused"] else answer["indices"]) != want:
                wrong.append(f"{name} of {frames} frames at {rate[0]}/{rate[1]}: {str(answer)[:200]} for {str(want)[:200]}")
    except ImportError as error:
        left_out.append(f"FFmpeg: {error}")
    resized, bad = sizes(args.vniah, pick, qwen, hugging, args.videos // 3)
    compared += resized
    wrong += bad
    for library in sorted(compared):
        print(f"{compared[library]:>7}  {library}")
    for text in left_out:
        print(f"left out: {text}")
    for text in wrong[:LISTED]:
        print(f"wrong: {text}")
    print(f"{sum(compared.values())} comparisons, {len(wrong)} differences")
    sys.exit(1 if wrong or not compared else 0)


if __name__ == "__main__":
    main()
