"""The cases: which haystacks, which needles, and what must then occur in the finished videos.

In: nothing. Out: `CASES`. A case that says `as_is` must be spliced without transcoding; the traits that it names must be
found in its plan, so that a change of the planner cannot leave a case without what it is there for.
"""

import dataclasses

from footage import Encoded, Real, Scene

# Question families whose needles lie as close as a spec can have them: one frame apart. Needles that touch are tested
# through the library, in `tests/it/splice.rs`.
FAMILIES = {
    "ord_close_inserts": """type = "ord_close_inserts"
kind = "order"
task = "ordering"
question = "In which order did these appear?"
[needle]
mode = "insert"
look = "picture"
pack = "fruits"
count = 4
labels = "distinct"
gap_millis = 0
[options]
number = 4
""",
    "hear_tones": """type = "hear_tones"
kind = "order"
task = "ordering"
question = "In which order did you hear these?"
[needle]
mode = "mix"
look = "sound"
pack = "beeps"
count = 2
labels = "distinct"
gap_millis = 0
[options]
number = 2
""",
    "bind_tones": """type = "bind_tones"
kind = "during"
task = "binding"
question = "Which of these is shown while this is heard: {first}?"
[needle]
mode = "insert"
look = "picture"
pack = "fruits"
count = 2
labels = "distinct"
duration_millis = 1000
[cue]
look = "sound"
pack = "beeps"
[options]
number = 2
""",
    "ord_close_overlays": """type = "ord_close_overlays"
kind = "order"
task = "ordering"
question = "In which order did these appear?"
[needle]
mode = "overlay"
look = "text"
text = "The secret word is {label}."
pack = "names"
count = 4
labels = "distinct"
gap_millis = 0
[options]
number = 4
""",
}

# Tones, of which a test in another language makes the same samples again.
PACKS = {
    "beeps": """id = "beeps"
licence = "CC0-1.0"
credit = "made by the program"
[[items]]
label = "low"
sound = { millis = 500, parts = [{ hz = 220, harmonics = [1000, 300, 100] }] }
[[items]]
label = "high"
sound = { millis = 500, parts = [{ hz = 1760 }] }
""",
}
# The keys of a case whose needles are those tones, loud enough to be found in what else sounds.
BEEPS = 'packs = ["packs/beeps"]\nsnr_db = 12\ngap = "300ms"'


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    haystacks: tuple
    tasks: tuple = ("ret_insert1", "ret_edit1")
    as_is: bool | None = False
    depths: tuple = ()
    lengths: tuple = ()
    needles: str = ""
    video: str = ""
    traits: tuple = ()

    def spec(self):
        lines = ["seed = 1", "[haystacks]", 'catalogue = "catalogue.toml"', "[templates]", 'paths = ["families"]', "[needles]",
                 self.needles, "[video]", self.video]
        for task in self.tasks:
            lines += ["[[tasks]]", f'type = "{task}"']
        lines += ["[grid]"]
        if self.depths:
            lines += [f"depths = {list(self.depths)}"]
        if self.lengths:
            lines += [f"lengths = {list(self.lengths)}".replace("'", '"')]
        return "\n".join(lines) + "\n"


ENDS = (0, 100)
EDGES = ("insert at the start", "insert at the end", "overlay across a GOP border")
MANY = ("cnt_edit1", "ord_insert1")


def prepared():
    """Haystacks that vniah transcodes or draws: without B-frames, one parameter set."""
    yield Case("25 fps", (Scene(1, 230),), depths=(0, 37.5, 100), traits=EDGES)
    yield Case("25 fps, many needles", (Scene(2, 300),), tasks=MANY, needles='gap = "3 frames"')
    yield Case("23.976 fps", (Scene(3, 160, "24000/1001"),), depths=ENDS, traits=EDGES[:2])
    yield Case("29.97 fps", (Scene(4, 170, "30000/1001"),), depths=ENDS, traits=EDGES[:2])
    yield Case("60 fps", (Scene(5, 200, "60"),), depths=ENDS, traits=EDGES[:2])
    yield Case("portrait", (Scene(6, 110, size=(144, 256)),), traits=("overlay across a GOP border",), depths=(50,))
    yield Case("not a multiple of 16", (Scene(7, 110, size=(270, 146)),), depths=(50,))
    odd = Encoded(8, 90, size=(255, 143), codec=("-c:v", "ffv1"), suffix="mkv")
    yield Case("odd size", (odd,), depths=(50,))
    yield Case("close inserts", (Scene(9, 4),), tasks=("ord_close_inserts",), traits=("a frame apart",))
    yield Case("close overlays", (Scene(10, 104),), tasks=("ord_close_overlays",), traits=("a frame apart",))
    moving = ("mot_dir1", "mot_ring1", "trk_cups1", "clp_ret1")
    yield Case("needles that move", (Scene(12, 300),), tasks=moving, depths=(50,))
    longer = ("needle longer than a GOP",)
    yield Case("long needles", (Scene(11, 150),), needles='duration = "2.6s"', depths=(50,), traits=longer)
    short = ("shorter than a GOP", "insert at the start", "insert at the end")
    yield Case("short", (Scene(12, 7),), needles='duration = "3 frames"', depths=(0, 50, 100), traits=short)
    yield Case("one frame", (Scene(13, 1),), needles='duration = "1 frames"', depths=ENDS)
    parts = (Scene(14, 100), Scene(15, 61), Scene(16, 30))
    yield Case("joined and trimmed", parts, lengths=("3s", "9s"), traits=("joined", "trimmed"))
    sounding = Encoded(17, 130, "30000/1001", codec=("-c:v", "mpeg4"), sound=22050, suffix="mkv")
    yield Case("sound, transcoded", (sounding,), depths=ENDS, traits=EDGES[:2] + ("sound",))


def used_as_they_are():
    """Sources whose packets are copied: the segments between them carry parameter sets of their own."""
    rates = {0: "25", 2: "30000/1001", 3: "24000/1001"}
    for at, (b_frames, fps) in enumerate(rates.items()):
        for seconds in (2, 10):
            number = 20 + 2 * at + (seconds == 10)
            source = Encoded(number, 280, fps, b_frames=b_frames, gop=24 * seconds, sound=48000 if seconds == 2 else 0)
            depths, traits = (ENDS, (*EDGES[:2], "sound")) if seconds == 2 else ((37.5,), ())
            yield Case(f"as is, {b_frames} B-frames, {seconds} s", (source,), as_is=True, depths=depths, traits=traits)
    source = Encoded(30, 300, "60", b_frames=3, gop=120, sound=44100)
    yield Case("as is, 60 fps, sound", (source,), as_is=True, tasks=MANY, needles='duration = "0.5s"\ngap = "2 frames"', traits=("sound",))
    source = Encoded(31, 120, b_frames=2, gop=50, size=(144, 256))
    yield Case("as is, portrait", (source,), as_is=True, depths=(50,))
    source = Encoded(32, 120, b_frames=2, gop=50, size=(270, 146))
    yield Case("as is, not a multiple of 16", (source,), as_is=True, depths=(50,))
    # What the file says of itself collides with what segments bring along.
    source = Encoded(33, 120, b_frames=2, gop=50, x264=":sps-id=3")
    yield Case("as is, its id is ours", (source,), as_is=True, depths=ENDS)
    source = Encoded(34, 120, gop=50, options=("-profile:v", "baseline"))
    yield Case("as is, baseline", (source,), as_is=True, depths=(50,))
    source = Encoded(35, 120, b_frames=3, gop=50, x264=":ref=5:b-pyramid=strict", options=("-profile:v", "main"))
    yield Case("as is, main, 5 references", (source,), as_is=True, depths=(50,))
    colours = ("-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv")
    source = Encoded(36, 120, b_frames=2, gop=50, options=colours)
    yield Case("as is, BT.709", (source,), as_is=True, depths=(50,))
    source = Encoded(37, 20, b_frames=2, gop=50)
    yield Case("as is, short", (source,), as_is=True, needles='duration = "5 frames"', depths=(0, 50, 100),
               traits=("shorter than a GOP",))
    source = Encoded(38, 120, b_frames=3, gop=250)
    yield Case("as is, close needles", (source,), as_is=True, tasks=("ord_close_overlays", "ord_close_inserts"))
    source = Encoded(39, 200, b_frames=3, gop=50)
    yield Case("as is, long needles", (source,), as_is=True, needles='duration = "2.6s"', depths=(50,),
               traits=("needle longer than a GOP",))
    parts = (Encoded(40, 100, b_frames=2, gop=40), Encoded(41, 70, b_frames=2, gop=40))
    yield Case("as is, joined and trimmed", parts, as_is=True, lengths=("2s", "6s"), traits=("joined", "trimmed"))


def mixed():
    """Tones that are mixed into sound: high above it, so that they can be found in it."""
    loud = 'snr_db = 12\ngap = "300ms"'
    for number, rate, fps in [(50, 48000, "30000/1001"), (51, 44100, "30000/1001"), (52, 22050, "25")]:
        source = Encoded(number, 130, fps, b_frames=2, gop=60, sound=rate)
        yield Case(f"as is, tones mixed into sound of {rate} Hz", (source,), tasks=("hear_tones",), as_is=True, needles=BEEPS, traits=("sound",))
    source = Encoded(54, 130, "30000/1001", b_frames=2, gop=60, sound=48000)
    yield Case("as is, tones while pictures are shown", (source,), tasks=("bind_tones",), as_is=True, needles=BEEPS, traits=("sound",))
    yield Case("tones mixed into silence", (Scene(53, 130),), tasks=("hear_tones",), needles=BEEPS, traits=("sound",))


def real():
    """Footage as it is filmed: film, phone, sound."""
    yield Case("film, no sound", (Real("bikes.mp4"),), as_is=True, tasks=("ord_insert1", "cnt_edit1"), needles='gap = "5 frames"')
    yield Case("29.97 fps, 176x144", (Real("carphone.mp4"),), depths=(50,))
    yield Case("film, sound", (Real("bunny.mp4"),), as_is=True, depths=(100,), traits=("sound",))
    yield Case("phone", (Real("phone.mp4"),), tasks=("ret_edit1",), video="height = 270", needles='duration = "20 frames"')


CASES = [*prepared(), *used_as_they_are(), *mixed(), *real()]
