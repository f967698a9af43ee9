//! Check vectors of published pipelines, and properties of every sampler.

use proptest::prelude::*;

use super::*;
use crate::time::FrameSpan;

fn rate(num: u32, den: u32) -> FrameRate {
    FrameRate::new(num, den).unwrap()
}

fn sampler(text: &str) -> Sampler {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn indices(text: &str, frames: u64, fps: FrameRate) -> Vec<u64> {
    sampler(text).indices(frames, fps).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn check_vectors_hold() {
    let fps = rate(30, 1);
    assert_eq!(indices("linspace(8)", 300, fps), [0, 42, 85, 128, 170, 213, 256, 299]);
    assert_eq!(indices("internvl(4)", 100, fps), [12, 37, 62, 86]);
    assert_eq!(indices("vlmevalkit(3)", 100, fps), [25, 50, 75]);
    assert_eq!(indices("hf-default(4)", 100, fps), [0, 25, 50, 75]);
}

#[test]
fn blind_zones_are_those_published() {
    // 60 s at 30 frames a second, 32 frames.
    let fps = rate(30, 1);
    let zones = |text: &str| {
        let indices = indices(text, 1800, fps);
        (indices[0], guaranteed_frames(&indices, 1800).unwrap(), 1799 - indices[31])
    };
    // None at the ends; the largest gap is 1.97 s.
    assert_eq!(zones("linspace(32)"), (0, 59, 0));
    let (head, _, tail) = zones("internvl(32)");
    // 0.93 s at head and tail.
    assert_eq!((head, tail.abs_diff(28) <= 1), (28, true));
    let (head, _, tail) = zones("vlmevalkit(32)");
    // 1.8 s at head and tail.
    assert_eq!((head, tail), (54, 54));
}

#[test]
fn each_rule_by_hand() {
    let fps = rate(30, 1);
    assert_eq!(indices("linspace(1)", 300, fps), [0]);
    assert_eq!(indices("linspace(4)", 2, fps), [0, 0, 0, 1]);
    assert_eq!(indices("vllm", 10, fps), (0..10).collect::<Vec<_>>());
    assert_eq!(indices("vllm(n=32,fps=1)", 90, fps), [0, 44, 89]);
    // Less than a second at one frame a second: one frame all the same.
    assert_eq!(indices("vllm(fps=1)", 20, fps), [0]);
    assert_eq!(indices("llava-video(fps=1)", 90, fps), [0, 30, 60]);
    assert_eq!(indices("llava-video(fps=1,cap=2)", 90, fps), [0, 89]);
    assert_eq!(indices("llava-video", 90, fps).len(), 64);
    // F / fps = 2.5 rounds half to even: 2.
    assert_eq!(indices("llava-video(10)", 10, rate(25, 1)), [0, 2, 4, 6, 8]);
    assert_eq!(indices("longva-niah", 75, rate(30_000, 1001)), [0, 30, 60]);
    assert_eq!(indices("qwen-vl-utils(nframes=4)", 100, fps), [0, 33, 66, 99]);
    assert_eq!(indices("sglang-qwen(nframes=4)", 99, fps), [0, 32, 65, 98]);
    assert_eq!(indices("hf-qwen2vl(nframes=4)", 99, fps), [0, 24, 49, 74]);
    assert_eq!(indices("hf-qwen3vl(nframes=4)", 99, fps), [0, 33, 65, 98]);
    assert_eq!(indices("hf-internvl(4)", 100, fps), [12, 37, 62, 87]);
    // Products and sums are rounded apart elsewhere, and give 701865.
    assert_eq!(indices("hf-internvl(192)", 1_456_844, rate(10, 1))[92], 701_864);
    // The last frame of each of three whole seconds; the begun fourth gives none.
    assert_eq!(indices("videollama3", 100, fps), [29, 59, 89]);
    assert_eq!(indices("videollama3(max=2)", 100, fps), [29, 89]);
    assert_eq!(indices("vlmevalkit-fps(1)", 100, fps), [0, 30, 60]);
    assert_eq!(indices("hf-default(fps=1)", 100, fps), [0, 33, 66]);
    assert_eq!(indices("uniform:4", 2, fps), [0, 1]);
    assert_eq!(indices("fps:1", 100, fps), [0, 30, 60, 90]);
    assert_eq!(indices("fps:1,max=3", 100, fps), [0, 49, 99]);
    assert_eq!(indices("fps:0.5", 100, fps), [0, 60]);
    assert_eq!(indices("gemini", 75, rate(24_000, 1001)), [0, 23, 47, 71]);
}

#[test]
fn what_a_library_fails_on_is_refused_with_the_reason() {
    let refused = |text: &str, frames, fps| sampler(text).indices(frames, fps).unwrap_err().to_string();
    insta::assert_snapshot!(
        [
            refused("qwen-vl-utils", 1, rate(30, 1)),
            refused("hf-qwen2vl", 1, rate(30, 1)),
            refused("hf-default(8)", 7, rate(30, 1)),
            refused("videollama3", 29, rate(30, 1)),
            refused("longva-niah", 10, rate(1, 2)),
            refused("vlmevalkit-fps(1)", 10, rate(30, 1)),
            refused("linspace(8)", 0, rate(30, 1)),
        ]
        .join("\n"),
        @r"
    `qwen-vl-utils` does not take a video of 1 frame at 30 frames a second: 0 frames are not between 2 and 1
    `hf-qwen2vl` does not take a video of 1 frame at 30 frames a second: no frame would be taken
    `hf-default(8)` does not take a video of 7 frames at 30 frames a second: 8 frames are asked for
    `videollama3` does not take a video of 29 frames at 30 frames a second: it is shorter than one interval of 1 frames a second
    `longva-niah` does not take a video of 10 frames at 1/2 frames a second: 1 frames a second are more than twice its own, and the stride rounds to 0
    `vlmevalkit-fps(1)` does not take a video of 10 frames at 30 frames a second: no frame would be taken
    `linspace(8)` does not take a video of 0 frames at 30 frames a second: it holds no frame
    "
    );
}

#[test]
fn names_are_read_and_wrong_ones_explained() {
    for listed in CATALOGUE {
        let form = sampler(listed.form);
        assert_eq!(form.name(), listed.form);
        assert!(listed.form.starts_with(listed.name));
        assert!(form.count(100_000, rate(25, 1)).unwrap() > 0);
    }
    assert_eq!(
        sampler("qwen-vl-utils"),
        Sampler { text: "qwen-vl-utils".to_owned(), ..sampler("qwen-vl-utils(fps=2,min=4,max=768)") }
    );
    assert_eq!(
        sampler(" linspace( n = 8 ) ").indices(9, rate(1, 1)),
        sampler("linspace(8)").indices(9, rate(1, 1))
    );
    let wrong = [
        "linspace",
        "linspace(0)",
        "linspace(8",
        "linspace(8))",
        "linspace(8,8)",
        "linspace(8,fps=1)",
        "linspce(8)",
        "",
        "uniform",
        "uniform:",
        "uniform:x",
        "fps:0",
        "fps:1,most=3",
        "fps:1/0",
        "fps:2000",
        "qwen",
        "qwen-vl-utils(fps=2,nframes=4)",
        "hf-default(n=3,fps=1)",
        "llava-video(force)",
        "uniform32",
        "32",
    ];
    let messages: Vec<String> =
        wrong.iter().map(|text| text.parse::<Sampler>().unwrap_err().to_string()).collect();
    insta::assert_snapshot!(messages.join("\n"), @r"
    `linspace` is not a sampler: `n` is missing
    `linspace(0)` is not a sampler: `n=0`: not an integer of 1 to 10000000
    `linspace(8` is not a sampler: its brackets do not match
    `linspace(8))` is not a sampler: its brackets do not match
    `linspace(8,8)` is not a sampler: `n` is stated twice
    `linspace(8,fps=1)` is not a sampler: it has no parameter `fps`
    `linspce(8)` is not a sampler: no sampler has this name; the nearest is `linspace`
    `` is not a sampler: no sampler has this name; there are linspace, vllm, llava-video, qwen-vl-utils, sglang-qwen, hf-qwen2vl, hf-qwen3vl, internvl, hf-internvl, videollama3, vlmevalkit, vlmevalkit-fps, hf-default, longva-niah, gemini, uniform, recent, fps
    `uniform` is not a sampler: `n` is missing
    `uniform:` is not a sampler: `n` is missing
    `uniform:x` is not a sampler: `n=x`: not an integer of 1 to 10000000
    `fps:0` is not a sampler: `fps=0`: not frames a second such as `2`, `0.5` or `1/3`
    `fps:1,most=3` is not a sampler: it has no parameter `most`
    `fps:1/0` is not a sampler: `fps=1/0`: not frames a second such as `2`, `0.5` or `1/3`
    `fps:2000` is not a sampler: `fps=2000`: above 1000 frames a second
    `qwen` is not a sampler: no sampler has this name; there are linspace, vllm, llava-video, qwen-vl-utils, sglang-qwen, hf-qwen2vl, hf-qwen3vl, internvl, hf-internvl, videollama3, vlmevalkit, vlmevalkit-fps, hf-default, longva-niah, gemini, uniform, recent, fps
    `qwen-vl-utils(fps=2,nframes=4)` is not a sampler: `nframes` stands alone
    `hf-default(n=3,fps=1)` is not a sampler: it has either `n` or `fps`
    `llava-video(force)` is not a sampler: `force` needs `cap`, the number of frames that it forces
    `uniform32` is not a sampler: write `uniform(32)`
    `32` is not a sampler: write `linspace(32)`
    ");
}

#[test]
fn lists_are_split_between_samplers_alone() {
    assert_eq!(
        split_list("linspace(8), qwen-vl-utils(fps=2,max=64),fps:1,max=64,uniform:3"),
        ["linspace(8)", "qwen-vl-utils(fps=2,max=64)", "fps:1,max=64", "uniform:3"]
    );
    assert!(split_list(" , ").is_empty());
}

#[test]
fn resizes_are_qwens() {
    // Values of qwen-vl-utils 0.0.14 and transformers 5.23.0; tests/samplers compares thousands.
    assert_eq!(Resize::HF_QWEN2VL.size(1920, 1080, 8), (1008, 560));
    assert_eq!(Resize::HF_QWEN2VL.size(64, 64, 8), (336, 336));
    assert_eq!(Resize::Square(448).size(1920, 1080, 8), (448, 448));
    assert_eq!(Resize::None.size(1920, 1080, 8), (1920, 1080));
    for text in
        ["none", "square(448)", "smart(28,3136,12845056)", "qwen-vl-utils(28)", "video(32,4096,25165824)"]
    {
        assert_eq!(text.parse::<Resize>().unwrap().to_string(), text);
    }
    for text in ["", "square", "square(0)", "smart(28,9,8)", "smart(28)", "round(3)"] {
        assert!(text.parse::<Resize>().is_err(), "{text}");
    }
}

/// A sampler with random parameters.
fn any_sampler() -> impl Strategy<Value = String> {
    let pace = prop::sample::select(vec!["1", "2", "0.5", "1/3", "4", "0.1"]);
    (0..17_usize, 1_u64..200, pace, 2_u64..40, 40_u64..900).prop_map(|(kind, n, fps, min, max)| match kind {
        0 => format!("linspace({n})"),
        1 => format!("vllm(n={n},fps={fps})"),
        2 => format!("llava-video(fps={fps},cap={n})"),
        3 => format!("qwen-vl-utils(fps={fps},min={min},max={max})"),
        4 => format!("sglang-qwen(fps={fps},min={min},max={max})"),
        5 => format!("hf-qwen2vl(fps={fps},min={min},max={max})"),
        6 => format!("hf-qwen3vl(fps={fps},min={min},max={max})"),
        7 => format!("internvl({n})"),
        8 => format!("hf-internvl({n})"),
        9 => format!("videollama3(fps={fps},max={n})"),
        10 => format!("vlmevalkit({n})"),
        11 => format!("vlmevalkit-fps({fps})"),
        12 => format!("hf-default({n})"),
        13 => "longva-niah".to_owned(),
        14 => format!("gemini(fps={fps})"),
        15 => format!("uniform:{n}"),
        _ => format!("fps:{fps},max={n}"),
    })
}

proptest! {
    #[test]
    fn indices_lie_in_the_video_and_ascend(
        text in any_sampler(),
        frames in 1_u64..2_000_000,
        fps in prop::sample::select(vec![(25, 1), (30, 1), (24_000, 1001), (30_000, 1001), (60, 1), (10, 1)]),
    ) {
        let fps = rate(fps.0, fps.1);
        if let Ok(indices) = sampler(&text).indices(frames, fps) {
            prop_assert!(!indices.is_empty());
            prop_assert!(indices.iter().all(|&index| index < frames), "{} of {frames}", indices[indices.len() - 1]);
            prop_assert!(indices.windows(2).all(|pair| pair[0] <= pair[1]));
            prop_assert_eq!(sampler(&text).count(frames, fps).unwrap(), indices.len() as u64);
        }
    }

    #[test]
    fn the_guaranteed_length_is_seen_everywhere_and_no_shorter_one_is(
        text in any_sampler(),
        frames in 1_u64..3_000,
    ) {
        let Ok(indices) = sampler(&text).indices(frames, rate(25, 1)) else { return Ok(()) };
        let guaranteed = guaranteed_frames(&indices, frames).unwrap();
        let seen_everywhere = |length: u64| {
            (0..=frames - length)
                .all(|at| saw(&indices, FrameSpan::new(at, at + length).unwrap(), None) == Sight::Seen)
        };
        if guaranteed <= frames {
            prop_assert!(seen_everywhere(guaranteed));
        }
        if guaranteed > 1 {
            prop_assert!(!seen_everywhere((guaranteed - 1).min(frames)));
        }
    }

    #[test]
    fn more_frames_of_video_give_no_fewer(text in any_sampler(), frames in 1_u64..500_000, more in 0_u64..5_000) {
        let (sampler, fps) = (sampler(&text), rate(30_000, 1001));
        // Single precision may give these one frame too many of one video and not of the next.
        prop_assume!(!text.starts_with("hf-qwen2vl") && !text.starts_with("hf-internvl"));
        if let (Ok(few), Ok(many)) = (sampler.count(frames, fps), sampler.count(frames + more, fps)) {
            prop_assert!(few <= many);
        }
    }
}
