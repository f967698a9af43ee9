//! Difficulty that is real: each key changes what is drawn or planned, at every size, and settings that come to the same are
//! refused.

use std::sync::Arc;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::tests::{checked, haystack};
use super::*;
use crate::haystack::Haystack;
use crate::media::colour::{Layer, Matrix};
use crate::media::yuv::Yuv;
use crate::spec::{AXES, CheckedSpec, Screen};

/// Sizes of frames: 180, 360 and 720 lines.
const SIZES: [(u32, u32); 3] = [(320, 180), (640, 360), (1280, 720)];

/// A haystack of this size.
fn sized((width, height): (u32, u32)) -> Haystack {
    let mut haystack = haystack("bay", 1000);
    (haystack.form.width, haystack.form.height) = (width, height);
    haystack
}

/// What needles are drawn on: colours and edges of all sorts.
fn background((width, height): (u32, u32)) -> Yuv {
    let mut frame = Yuv::filled(width, height, [0, 110, 140]);
    for (at, luma) in (0_u32..).zip(&mut frame.y) {
        let (x, y) = (at % width, at / width);
        *luma = (40 + x * 120 / width + (x / 7 + y / 5) % 2 * 30 + y * 20 / height) as u8;
    }
    frame
}

/// Sum of absolute differences of luma and chroma.
fn difference(one: &Yuv, other: &Yuv) -> u64 {
    let planes = [(&one.y, &other.y), (&one.u, &other.u), (&one.v, &other.v)];
    let sum = |(one, other): (&Vec<u8>, &Vec<u8>)| -> u64 {
        one.iter().zip(other).map(|(one, other)| u64::from(one.abs_diff(*other))).sum()
    };
    planes.into_iter().map(sum).sum()
}

/// The first sample of a type whose needles have these settings.
fn sample(kind: &str, settings: &str, size: (u32, u32)) -> (Arc<CheckedSpec>, VideoPlan) {
    let spec = checked(&format!("[[tasks]]\ntype = \"{kind}\"\n{settings}\n"));
    let sample = Planner::new(&spec, &[sized(size)]).unwrap_or_else(|error| panic!("{error}")).video(0);
    (spec, sample)
}

/// The frames of a sample's first needle on `bare`, drawn as the renderer draws them, each with the number of times that it is
/// shown.
fn drawn(kind: &str, settings: &str, bare: &Yuv) -> Vec<(u64, Yuv)> {
    let (width, height) = (bare.width, bare.height);
    let (spec, sample) = sample(kind, settings, (width, height));
    let needle = &sample.video.needles[0];
    let drawing = spec.library().draw(&needle.look, needle.place, width, height).unwrap();
    let drawing = needle.effects.apply(drawing, height);
    let layer = Layer::new(&drawing, needle.place.x, needle.place.y, Matrix::Bt709);
    let mut levels: BTreeMap<u16, u64> = BTreeMap::new();
    for at in 0..needle.span.count() {
        *levels.entry(needle.effects.level(at, needle.span.count())).or_default() += 1;
    }
    let frame = |(level, times)| {
        let mut frame = bare.clone();
        layer.apply(&mut frame, level, needle.effects.tint_permille);
        (times, frame)
    };
    levels.into_iter().map(frame).collect()
}

/// How far all frames of a needle are from `frame`.
fn distance(kind: &str, settings: &str, bare: &Yuv, frame: &Yuv) -> u64 {
    drawn(kind, settings, bare).iter().map(|(times, drawn)| times * difference(drawn, frame)).sum()
}

/// Each key with values of which the later make a needle harder to see, and a type whose needles it concerns.
const FAINTER: [(&str, &str, &[&str]); 10] = [
    ("duration", "ret_edit1", &["1s", "400ms", "80ms", "1 frame"]),
    ("fade_in", "ret_edit1", &["\"none\"", "2 frames", "400ms", "2s"]),
    ("fade_out", "ret_edit1", &["\"none\"", "2 frames", "400ms", "2s"]),
    ("text_size", "ret_edit1", &["12", "9", "7.5", "6"]),
    ("box_opacity", "ret_edit1", &["60", "40", "39.5", "10", "0"]),
    ("picture_size", "ret_insert1", &["100", "60", "58", "20", "5"]),
    ("patch_size", "cnt_edit2", &["28", "22", "20", "10", "4"]),
    ("opacity", "ret_edit1", &["100", "60", "59.5", "20", "5"]),
    ("opacity", "cnt_edit2", &["100", "60", "20", "5"]),
    ("opacity", "ret_insert1", &["100", "60", "20", "5"]),
];

/// The same for what changes a needle without making it less.
const CHANGED: [(&str, &str, &[&str]); 7] = [
    ("blur", "ret_edit1", &["0", "0.1", "0.2", "0.3", "0.5", "1", "2", "5"]),
    ("blur", "cnt_edit2", &["0", "0.1", "0.2", "0.3", "0.5", "1", "2", "5"]),
    ("blur", "ret_insert1", &["0", "0.1", "0.3", "1", "5", "10"]),
    ("noise", "cnt_edit2", &["0", "0.4%", "0.8%", "2", "10", "40"]),
    ("noise", "ret_edit1", &["0", "0.8%", "2", "10", "40"]),
    ("tint", "cnt_edit2", &["0", "1", "10", "50", "95"]),
    ("tint", "ret_edit1", &["0", "1", "10", "50", "95"]),
];

fn setting(key: &str, value: &str) -> String {
    let is_bare = value.starts_with('"') || value.parse::<f64>().is_ok();
    if is_bare { format!("{key} = {value}") } else { format!("{key} = \"{value}\"") }
}

#[test]
fn each_key_makes_needles_fainter_step_by_step_at_every_size() {
    for size in SIZES {
        let bare = background(size);
        for (key, kind, values) in FAINTER {
            let of = |value: &&str| distance(kind, &setting(key, value), &bare, &bare);
            let all: Vec<u64> = values.iter().map(of).collect();
            assert!(all.windows(2).all(|pair| pair[0] > pair[1]), "{key} of {kind} at {size:?}: {all:?}");
        }
        for (key, kind, values) in CHANGED {
            let clear = drawn(kind, "", &bare).remove(0).1;
            let of = |value: &&str| distance(kind, &setting(key, value), &bare, &clear);
            let all: Vec<u64> = values.iter().map(of).collect();
            assert!(
                all[0] == 0 && all.windows(2).all(|pair| pair[0] < pair[1]),
                "{key} of {kind} at {size:?}: {all:?}"
            );
        }
    }
}

#[test]
fn each_key_without_a_strength_changes_the_plan() {
    let values: [(&str, &str, &[&str]); 14] = [
        ("count", "ord_edit1", &["4", "5", "6"]),
        ("count", "chn_edit1", &["4", "5"]),
        ("each", "chn_edit1", &["2", "3", "5"]),
        ("each", "key_edit2", &["2", "3", "4"]),
        ("distractors", "ret_edit1", &["0", "1", "3"]),
        ("similarity", "ret_edit1", &["\"any\"", "\"near\"", "\"far\""]),
        ("gap", "ord_edit1", &["\"1s\"", "\"5s\"", "\"7s\""]),
        ("distance", "ord_edit1", &["\"1s\"", "\"1.1s\"", "\"4s\""]),
        ("age", "onl_seen1", &["\"1s\"", "\"2s\"", "\"3s\""]),
        ("place", "ret_edit1", &["\"usual\"", "\"top\"", "\"left\""]),
        ("place", "ret_insert1", &["\"usual\"", "\"top\"", "\"left\""]),
        ("period", "mot_ring1", &["\"2s\"", "\"1500ms\"", "\"30 frames\""]),
        ("snr_db", "snd_word1", &["-6", "0", "12"]),
        ("ground", "ret_insert1", &["\"plain\"", "\"blur\""]),
    ];
    let mut tested: BTreeSet<&str> = FAINTER.iter().chain(&CHANGED).map(|(key, ..)| *key).collect();
    // What a key is called in the question: `bindings_tests`.
    tested.insert("hints");
    for size in SIZES {
        for (key, kind, values) in values {
            tested.insert(key);
            let more = if key == "similarity" { "distractors = 4\n" } else { "" };
            let videos: Vec<PlannedVideo> = values
                .iter()
                .map(|value| sample(kind, &format!("{more}{}", setting(key, value)), size).1.video)
                .collect();
            for (at, video) in videos.iter().enumerate() {
                assert!(
                    videos[..at].iter().all(|other| other.needles != video.needles),
                    "{key} {}",
                    values[at]
                );
            }
        }
    }
    assert_eq!(tested, AXES.iter().map(|axis| axis.key).collect(), "each key is tested");
}

/// What a planner says of a spec over one haystack of this size.
fn problems(grid: &str, size: (u32, u32)) -> Vec<String> {
    let spec = checked(grid);
    Planner::new(&spec, &[sized(size)]).err().map_or_else(Vec::new, |error| error.problems)
}

#[test]
fn settings_that_come_to_the_same_are_refused() {
    let task = "[[tasks]]\ntype = \"ret_edit1\"\n[grid]\n";
    assert_eq!(problems(&format!("{task}blur = [0, 0.1, 0.3, 0.5]"), SIZES[0]), [] as [&str; 0]);
    assert_eq!(
        problems(&format!("{task}noise = [0, \"0.5%\", \"0.6%\", 2]\nopacity = [50, 50.1]"), SIZES[0]),
        [
            "ret_edit1: noise 0.5% and 0.6% both come to 1 level in 320x180 at 25 frames a second",
            "ret_edit1: opacity 50% and 50.1% both come to 50.2% in 320x180 at 25 frames a second",
        ]
    );
    assert_eq!(
        problems(&format!("{task}text_size = [6, 6.5, 6.6]\nvary = \"one at a time\""), SIZES[1]),
        ["ret_edit1: text_size 6.5% and 6.6% both come to 23 px in 640x360 at 25 frames a second"]
    );
    // What is heard differs by its level alone.
    let heard = "[[tasks]]\ntype = \"snd_word1\"\n[grid]\nsnr_db = [-6, 0, 12]";
    assert_eq!(problems(heard, SIZES[0]), [] as [&str; 0]);
    // Half a pixel more is not the same at twice the size.
    assert_eq!(problems(&format!("{task}text_size = [6.5, 6.6]"), (2560, 1440)), [] as [&str; 0]);
    assert_eq!(
        problems(
            "[[tasks]]\ntype = \"cnt_edit2\"\n[grid]\npatch_size = [5.2, 5.4]\nplace = [\"usual\", \"random\"]",
            SIZES[1]
        ),
        [
            "cnt_edit2: place usual and random both come to random in 640x360 at 25 frames a second",
            "cnt_edit2: patch_size 5.2% and 5.4% both come to 18 px in 640x360 at 25 frames a second",
        ]
    );
    assert_eq!(
        problems("[[tasks]]\ntype = \"ord_edit1\"\n[grid]\nduration = [\"1s\", \"1.01s\"]", SIZES[1]),
        ["ord_edit1: duration 1s and 1.01s both come to 25 frames in 640x360 at 25 frames a second"]
    );
}

#[test]
fn settings_that_come_to_nothing_or_cannot_be_read_are_refused() {
    let task = "[[tasks]]\ntype = \"ret_edit1\"\n";
    assert_eq!(
        problems(&format!("{task}noise = \"0.3%\"\ntint = \"0.1%\"\ntext_size = 5"), SIZES[0]),
        [
            "ret_edit1: text_size 5% is 9 px in a frame 180 px high, and letters below 10 px cannot be read: from 5.6%",
            "ret_edit1: noise 0.3% comes to 0 levels in 320x180 and changes nothing",
            "ret_edit1: tint 0.1% comes to 0 levels in 320x180 and changes nothing",
        ]
    );
    assert_eq!(problems(&format!("{task}text_size = 5.6"), SIZES[0]), [] as [&str; 0]);
    // The size that nobody asked for is as small as can be read, and the row says so.
    let (_, sample) = sample("ret_edit1", "", (128, 72));
    assert_eq!(sample.difficulty.text_size_permille, 60);
    assert_eq!(sample.difficulty_effective.text_px, 10);
}

#[test]
fn rows_state_what_difficulty_comes_to() {
    let settings =
        "blur = 0.3\nnoise = 5\nopacity = 50\ntint = 20\nfade_in = \"100ms\"\nduration = \"1.01s\"";
    let (_, sample) = sample("ord_edit1", settings, SIZES[0]);
    let of = &sample.difficulty_effective;
    assert_eq!(
        serde_json::to_value(of).unwrap(),
        serde_json::json!({
            "duration_frames": 25,
            "longest_frames": 0, "gap_frames": 25, "distance_frames": 0, "fade_in_frames": 3, "fade_out_frames": 0,
            "text_px": 10, "box_alpha": 153, "picture_px": 0, "patch_px": 0, "period_frames": 0, "opacity_alpha": 128, "blur_px": 0.54,
            "noise_levels": 12, "tint_levels": 51
        })
    );
    assert_eq!(&serde_json::from_value::<Effective>(serde_json::to_value(of).unwrap()).unwrap(), of);
}

#[test]
fn a_long_text_states_the_size_in_which_it_is_set() {
    let long = "Bartholomew ".repeat(12);
    let mut pack = "id = \"long\"\nlicence = \"CC0-1.0\"\ncredit = \"nobody\"\n".to_owned();
    for (id, label) in [("eve", "Eve"), ("joy", "Joy"), ("sam", "Sam"), ("max", "Max"), ("bar", long.trim())]
    {
        writeln!(pack, "[[items]]\nid = \"{id}\"\nlabel = \"{label}\"").unwrap();
    }
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("long")).unwrap();
    std::fs::write(dir.path().join("long/pack.toml"), pack).unwrap();
    std::fs::write(dir.path().join("a.mp4"), "").unwrap();
    let path = dir.path().join("spec.toml");
    let text = "seed = 1\n[haystacks]\npaths = [\"a.mp4\"]\n[needles]\npacks = [\"long\"]\ntext_size = 12\n[[tasks]]\n\
                type = \"ret_edit1\"\npack = \"long\"\nsamples = 40\n";
    std::fs::write(&path, text).unwrap();
    let spec = Arc::new(crate::spec::read(&path).unwrap_or_else(|error| panic!("{error}")));
    let planner = Planner::new(&spec, &[sized(SIZES[0])]).unwrap();
    let warning = planner.warnings().first().map_or("", String::as_str);
    assert!(
        warning.starts_with("ret_edit1: 1 of its 5 texts are too long for lines of 21 px in 320x180"),
        "{warning}"
    );
    let sizes: BTreeSet<(bool, u32)> = planner
        .videos()
        .map(|sample| (sample.video.needles[0].label.len() > 20, sample.difficulty_effective.text_px))
        .collect();
    let sizes: Vec<(bool, u32)> = sizes.into_iter().collect();
    assert_eq!(sizes.len(), 2, "{sizes:?}");
    assert!(sizes[0] == (false, 21) && sizes[1].0 && sizes[1].1 < 21, "{sizes:?}");
}

#[test]
fn needles_are_clear_by_what_is_shown() {
    let is_clear = |settings: &str, (width, height): (u32, u32)| {
        let spec = checked(&format!("[[tasks]]\ntype = \"ret_edit1\"\n{settings}\n"));
        let fps = FrameRate::new(25, 1).unwrap();
        spec.tasks()[0].is_clear(Screen { width, height, fps })
    };
    assert!(
        is_clear("", SIZES[0])
            && is_clear("opacity = 99.9", SIZES[0])
            && is_clear("text_size = 5.6", SIZES[0])
    );
    assert!(!is_clear("text_size = 5.6", SIZES[1]) && !is_clear("blur = 0.1", SIZES[0]));
    assert!(!is_clear("opacity = 99", SIZES[0]) && !is_clear("noise = 2", SIZES[0]));
}

#[test]
fn the_size_of_a_patch_is_the_one_that_is_drawn() {
    for size in SIZES {
        for permille in [20, 52, 54, 220, 280] {
            let (_, sample) =
                sample("cnt_edit2", &format!("patch_size = {}", f64::from(permille) / 10.0), size);
            assert_eq!(sample.difficulty_effective.patch_px, patch_sizes((1, 1), permille, size)[1].0);
        }
    }
}
