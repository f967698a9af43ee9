//! Grids as planned: paired over lengths, depths that act, places that samplers see.

use std::collections::{BTreeMap, BTreeSet};

use super::tests::{checked, haystack, plan, three};
use super::*;
use crate::sampler::{Sampler, Sight, saw};

#[test]
fn the_one_that_is_asked_for_lies_at_the_depth_and_its_distractors_at_others() {
    let spec = checked(
        "[[tasks]]\ntype = \"ret_multikey1\"\n[grid]\nlengths = [\"20s\", \"2m\"]\n\
         depths = { from = 0, to = 100, steps = 5 }\nrepeats = 40",
    );
    // By depth: how many needles lie there, and how many of them are asked for.
    let mut shown: BTreeMap<u16, [u32; 2]> = BTreeMap::new();
    for sample in plan(&spec, &three()) {
        let asked: Vec<&PlannedNeedle> =
            sample.video.needles.iter().filter(|needle| !needle.is_distractor).collect();
        let [needle] = asked[..] else { panic!("{asked:?}") };
        let depth = sample.cell.depth_permille.unwrap();
        // The needle is drawn onto the frames: its start is its position among all that it could take.
        let last = sample.video.num_frames - 25;
        assert_eq!(needle.span.start(), depth.position(last));
        assert_eq!((sample.cell.depth_of, sample.cell.window), (Some(DepthOf::Needle), Some(needle.span)));
        for needle in &sample.video.needles {
            let at = [0, 250, 500, 750, 1000];
            let place = |permille: &u16| {
                Depth::from_permille(*permille).unwrap().position(last) == needle.span.start()
            };
            let permille = at.into_iter().find(place).expect("a depth of the grid");
            let count = shown.entry(permille).or_default();
            *count = [count[0] + 1, count[1] + u32::from(!needle.is_distractor)];
        }
    }
    // Wherever a needle lies, it is the one that is asked for in a quarter of the videos.
    for (permille, [all, asked]) in &shown {
        // 80 are asked for at each depth. The others fall on it in three of four of 320 videos: 240, and five standard deviations 39.
        assert!(*asked == 80 && (all - asked).abs_diff(240) <= 39, "{permille}: {asked} of {all}");
    }
}

#[test]
fn where_depths_are_fewer_than_needles_the_others_lie_anywhere() {
    let spec = checked(
        "[[tasks]]\ntype = \"ret_multikey1\"\n[grid]\nlengths = [\"12s\", \"1m\"]\ndepths = [0, 50, 55]\nrepeats = 20",
    );
    let mut places = BTreeSet::new();
    for sample in plan(&spec, &three()) {
        let starts: Vec<u64> = sample.video.needles.iter().map(|needle| needle.span.start()).collect();
        // A second each, and a second apart.
        assert!(starts.len() == 4 && starts.windows(2).all(|pair| pair[0] + 50 <= pair[1]), "{starts:?}");
        assert!(sample.video.needles[3].span.end() <= sample.video.num_frames);
        places.extend(starts);
    }
    assert!(places.len() > 60, "{places:?}");
}

#[test]
fn the_window_of_several_needles_is_stated_and_holds_them() {
    let spec = checked("[grid]\nlengths = [\"1m\", \"10m\"]\ndepths = [0, 30, 100]\nrepeats = 4");
    let mut windows: BTreeMap<(String, u64, u16), (FrameSpan, BTreeSet<usize>)> = BTreeMap::new();
    for sample in plan(&spec, &three()) {
        let window = sample.cell.window.unwrap();
        let depth = sample.cell.depth_permille.unwrap();
        assert!(
            sample
                .video
                .needles
                .iter()
                .all(|needle| { window.start() <= needle.span.start() && needle.span.end() <= window.end() })
        );
        let single = sample.video.needles.windows(2).all(|pair| pair[0].span == pair[1].span);
        // One needle of a type that can have several lies in the same window as these.
        let kind = &sample.questions[0].kind;
        if kind.starts_with("cnt_") {
            assert_eq!(sample.cell.depth_of, Some(DepthOf::Window), "{kind}");
            let of = (kind.clone(), sample.video.num_frames, depth.permille());
            let known = windows.entry(of).or_insert((window, BTreeSet::new()));
            assert_eq!(known.0, window, "{kind}");
            known.1.insert(sample.video.needles.len());
        }
        if sample.cell.depth_of == Some(DepthOf::Needle) {
            assert!(single);
        } else {
            assert!(window.count() >= sample.video.num_frames / 5);
        }
        match depth.permille() {
            0 => assert_eq!(window.start(), 0),
            1000 => assert_eq!(window.end(), sample.video.num_frames),
            _ => assert!(window.start() > 0 && window.end() < sample.video.num_frames),
        }
    }
    let several = windows.values().filter(|(_, numbers)| numbers.len() > 1);
    assert!(several.count() * 2 > windows.len(), "{windows:?}");
}

#[test]
fn required_samplers_see_every_needle_and_pairing_stays() {
    let grid = "[grid]\nlengths = { from = \"30s\", to = \"10m\", steps = 4, scale = \"log\" }\n\
        depths = [0, 50, 100]\nrepeats = 2\n";
    let names = ["linspace(64)", "linspace(127)"];
    let asked = format!("{grid}[visibility]\nrequire_visible = [\"{}\", \"{}\"]", names[0], names[1]);
    let free = plan(&checked(grid), &three());
    let seen = plan(&checked(&asked), &three());
    assert_eq!(seen.len(), free.len());
    let mut moved = 0;
    let mut questions: BTreeMap<(String, u16, u64), Vec<&VideoPlan>> = BTreeMap::new();
    for (sample, other) in seen.iter().zip(&free) {
        let video = &sample.video;
        for name in names {
            let sampler: Sampler = name.parse().unwrap();
            let indices = sampler.indices(video.num_frames, video.fps).unwrap();
            for needle in &video.needles {
                assert_eq!(saw(&indices, needle.span, None), Sight::Seen, "{sample:?}");
            }
        }
        assert_eq!(
            (&sample.questions[0].options, sample.questions[0].target, &sample.cell),
            (&other.questions[0].options, other.questions[0].target, &{
                let mut cell = other.cell.clone();
                if cell.depth_of == Some(DepthOf::Needle) {
                    cell.window = sample.cell.window;
                }
                cell
            })
        );
        moved += u32::from(video.needles != other.video.needles);
        let key = (
            sample.questions[0].kind.clone(),
            sample.cell.depth_permille.unwrap().permille(),
            sample.cell.repeat,
        );
        questions.entry(key).or_default().push(sample);
    }
    assert!(moved > 50, "{moved}");
    for samples in questions.values() {
        assert_eq!(samples.len(), 4);
        assert!(samples.iter().all(|sample| {
            sample.questions[0].options == samples[0].questions[0].options
                && sample.questions[0].target == samples[0].questions[0].target
                && sample.questions[0].question == samples[0].questions[0].question
                && sample.video.needles.len() == samples[0].video.needles.len()
        }));
    }
}

#[test]
fn what_no_sampler_could_see_is_refused_with_the_reason() {
    let error = |text: &str| {
        Planner::new(&checked(text), &[haystack("bay", 251), haystack("city", 1000)]).unwrap_err().to_string()
    };
    let one = "[[tasks]]\ntype = \"ord_edit1\"\n[[tasks]]\ntype = \"ret_insert1\"\n";
    insta::assert_snapshot!(
        [
            error(&format!("{one}[grid]\nlengths = [\"20s\", \"10m\"]\ndepths = [0, 50]\n[visibility]\nrequire_visible = [\"linspace(8)\"]")),
            error(&format!("{one}[visibility]\nrequire_visible = [\"linspace(3)\"]")),
            error("[[tasks]]\ntype = \"ret_insert1\"\nduration = \"500ms\"\n[visibility]\nrequire_visible = [\"gemini\"]"),
            error(&format!("{one}[visibility]\nrequire_visible = [\"hf-default(300)\"]")),
            error(&format!("{one}[grid]\nsampler = \"linspace(8)\"\ntokens_per_frame = 64\nlengths = [\"8k\"]")),
        ]
        .join("\n"),
        @r"
    plan has 1 impossible request
      ord_edit1: length `10m`: 3 needles of 1s at depth 0% have no places that `linspace(8)` sees
    plan has 2 impossible requests
      ord_edit1: haystack `bay`: 4 needles of 1s have no places that `linspace(3)` sees
      ord_edit1: haystack `city`: 4 needles of 1s have no places that `linspace(3)` sees
    plan has 2 impossible requests
      ret_insert1: haystack `bay`: the phase of `gemini` is unpublished, and only needles of 25 frames are surely seen
      ret_insert1: haystack `city`: the phase of `gemini` is unpublished, and only needles of 25 frames are surely seen
    plan has 2 impossible requests
      ord_edit1: haystack `bay`: `hf-default(300)` does not take a video of 251 frames at 25 frames a second: 300 frames are asked for
      ret_insert1: haystack `bay`: `hf-default(300)` does not take a video of 276 frames at 25 frames a second: 300 frames are asked for
    plan has 1 impossible request
      length `8k`: 8000 tokens hold 125 frames, and `linspace(8)` takes 8 however long the video is
    "
    );
}

#[test]
fn the_length_of_a_video_does_not_tell_how_many_needles_are_in_it() {
    let kinds =
        ["cnt_insert1", "cnt_edit1", "cnt_edit2"].map(|kind| format!("[[tasks]]\ntype = \"{kind}\"\n"));
    let samples = plan(&checked(&format!("{}[grid]\nrepeats = 20", kinds.concat())), &three());
    let mut numbers = BTreeSet::new();
    for sample in &samples {
        let haystack = three().into_iter().find(|it| it.id == sample.video.parts[0].haystack).unwrap();
        // One needle is inserted at least; each more takes the place of haystack frames.
        let inserted = if sample.questions[0].kind == "cnt_insert1" { 25 } else { 0 };
        assert_eq!(sample.video.num_frames, haystack.form.frames + inserted);
        if sample.questions[0].kind == "cnt_insert1" {
            numbers.insert(sample.video.needles.len());
            let left = sample.video.parts[0].span;
            assert_eq!(
                (left.start(), left.end()),
                (0, sample.video.num_frames - 25 * sample.video.needles.len() as u64)
            );
        }
    }
    assert_eq!(numbers, (1..=6).collect());
    // Six pictures of a second take five seconds of haystack, and five gaps of 19 frames 95 frames more.
    let spec = checked("[[tasks]]\ntype = \"cnt_insert1\"");
    assert!(Planner::new(&spec, &[haystack("short", 220)]).is_ok());
    let error = Planner::new(&spec, &[haystack("short", 219)]).unwrap_err();
    assert!(
        error.to_string().contains("6 needles of 1s, 750ms apart, need 220 frames; haystack `short` has 219"),
        "{error}"
    );
}
