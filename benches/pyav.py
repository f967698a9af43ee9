"""How PyAV takes single frames: text that a process of its own runs, so that its memory is its own."""

# In: `video`, a path. Out: `frames_at(indices)`, each index once and its frame, in order. It seeks to the keyframe before each frame, and
# decodes on from it where the next frame follows in the same group of pictures; PyAV has as many threads as there are cores.
FRAMES_AT = """
import av, bisect
container = av.open(video)
stream = container.streams.video[0]
stream.thread_type = "AUTO"
rate, base = stream.average_rate, stream.time_base
keys = [entry.timestamp for entry in stream.index_entries if entry.is_keyframe]
number = lambda frame: round(frame.pts * base * rate)
key_of = lambda index: bisect.bisect_right(keys, int(index / rate / base)) - 1

def frames_at(indices):
    frames, key = None, None
    for index in sorted(set(indices)):
        if frames is None or key_of(index) != key:
            key = key_of(index)
            container.seek(keys[key], stream=stream)
            frames = container.decode(stream)
        for frame in frames:
            if number(frame) == index:
                break
        else:
            raise SystemExit(f"no frame {index}")
        yield index, frame
"""
