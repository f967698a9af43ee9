//! Properties of plans, over fabricated haystacks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::haystack::{Form, Haystack};
use crate::id;
use crate::spec::{self, CheckedSpec};

pub(super) fn checked(text: &str) -> Arc<CheckedSpec> {
    checked_with("", text)
}

/// A spec with these keys of `[haystacks]` beside its paths.
pub(super) fn checked_with(haystacks: &str, text: &str) -> Arc<CheckedSpec> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.mp4"), "").unwrap();
    let path = dir.path().join("spec.toml");
    std::fs::write(&path, format!("seed = 7\n{text}\n[haystacks]\npaths = [\"a.mp4\"]\n{haystacks}\n"))
        .unwrap();
    Arc::new(spec::read(&path).unwrap_or_else(|error| panic!("{error}")))
}

pub(super) fn haystack(id: &str, frames: u64) -> Haystack {
    let fps = FrameRate::new(25, 1).unwrap();
    Haystack {
        id: id.to_owned(),
        sha256: String::new(),
        form: Form { width: 320, height: 180, fps, frames, gop: 50, audio: None },
        licence: None,
        credit: None,
        shows: Vec::new(),
        warnings: Vec::new(),
    }
}

pub(super) fn three() -> Vec<Haystack> {
    vec![haystack("bay", 251), haystack("city", 1000), haystack("desert", 499)]
}

pub(super) fn plan(spec: &Arc<CheckedSpec>, haystacks: &[Haystack]) -> Vec<VideoPlan> {
    Planner::new(spec, haystacks).unwrap_or_else(|error| panic!("{error}")).videos().collect()
}

/// Everything that holds for any sample of haystacks of 25 frames a second.
fn check(sample: &VideoPlan, gap: u64, haystacks: &[Haystack]) {
    let video = &sample.video;
    let mut frames = 0;
    for part in &video.parts {
        let haystack = haystacks.iter().find(|haystack| haystack.id == part.haystack).unwrap();
        assert!(part.span.end() <= haystack.form.frames);
        frames += part.span.count();
    }
    let mut spans: Vec<(FrameSpan, WayIn)> = Vec::new();
    for needle in &video.needles {
        assert!(needle.place.x + needle.place.w <= video.width);
        assert!(needle.place.y + needle.place.h <= video.height);
        assert!(needle.span.end() <= video.num_frames);
        if spans.last() != Some(&(needle.span, needle.mode)) {
            spans.push((needle.span, needle.mode));
        }
    }
    let inserted: u64 =
        spans.iter().filter(|(_, mode)| *mode == WayIn::Insert).map(|(span, _)| span.count()).sum();
    assert_eq!(video.num_frames, frames + inserted);
    for pair in spans.windows(2) {
        assert!(pair[0].0.end() + gap <= pair[1].0.start(), "{} and {}", pair[0].0, pair[1].0);
    }
    assert!(id::is_valid(&sample.video.name));
    assert!(sample.questions[0].target < sample.questions[0].options.len());
    assert_eq!(sample.video.name, video.name);
    let asked = video.needles.iter().filter(|needle| !needle.is_distractor);
    let labels: Vec<&str> = asked.map(|needle| needle.label.as_str()).collect();
    let answer = match sample.questions[0].task.as_str() {
        "retrieval" => labels[0].to_owned(),
        "ordering" => labels.join(", "),
        _ => labels.len().to_string(),
    };
    assert_eq!(answer, sample.questions[0].options[sample.questions[0].target]);
}

#[test]
fn a_seed_and_haystacks_give_one_sample_a_type_and_haystack() {
    let samples = plan(&checked(""), &three());
    assert_eq!(samples.len(), 27);
    for sample in &samples {
        check(sample, 6, &three());
        assert_eq!(
            sample.cell,
            Cell { length: None, depth_permille: None, depth_of: None, window: None, repeat: 0 }
        );
    }
    let ids: BTreeSet<&String> = samples.iter().map(|sample| &sample.video.name).collect();
    assert_eq!(ids.len(), 27);
    assert!(ids.contains(&"cnt_edit2-desert-0".to_owned()));
}

#[test]
fn other_tasks_haystacks_samples_and_orders_move_nothing() {
    let by_id = |samples: Vec<VideoPlan>| -> BTreeMap<String, VideoPlan> {
        samples.into_iter().map(|sample| (sample.video.name.clone(), sample)).collect()
    };
    let all = by_id(plan(&checked(""), &three()));
    let mut other = three();
    other.push(haystack("alps", 700));
    other.reverse();
    let spec = checked("[[tasks]]\ntype = \"cnt_edit2\"\nsamples = 10\n[[tasks]]\ntype = \"ord_insert1\"");
    let some = by_id(plan(&spec, &other));
    assert_eq!(some.len(), 14);
    let mut same = 0;
    for (id, sample) in &some {
        if let Some(before) = all.get(id) {
            assert_eq!(before, sample);
            same += 1;
        }
    }
    assert_eq!(same, 6);
}

#[test]
fn fewer_samples_than_haystacks_are_a_part_of_all() {
    let all: BTreeSet<String> =
        plan(&checked(""), &three()).into_iter().map(|sample| sample.video.name).collect();
    let spec = checked("[[tasks]]\ntype = \"ret_edit1\"\nsamples = 2");
    let two = plan(&spec, &three());
    assert_eq!(two.len(), 2);
    assert!(two.iter().all(|sample| all.contains(&sample.video.name)));
    assert_ne!(two[0].video.parts[0].haystack, two[1].video.parts[0].haystack);
}

#[test]
fn a_question_is_the_same_at_every_length() {
    let spec = checked(
        "[grid]\nlengths = [\"10s\", \"60s\", \"252 frames\", \"10m\"]\ndepths = [0, \"50%\", 100]\nrepeats = 2",
    );
    let planner = Planner::new(&spec, &three()).unwrap();
    assert_eq!((planner.len(), planner.cells()), (9 * 4 * 3 * 2, 9 * 4 * 3));
    assert_eq!(planner.warnings().len(), 1, "{:?}", planner.warnings());
    let mut questions: BTreeMap<(String, u16, u64), Vec<VideoPlan>> = BTreeMap::new();
    for sample in planner.videos() {
        check(&sample, 6, &three());
        let want = match sample.cell.length.as_deref() {
            Some("60s") => 1500,
            Some("10m") => 15_000,
            Some("252 frames") => 252,
            _ => 250,
        };
        assert_eq!(sample.video.num_frames, want);
        let depth = sample.cell.depth_permille.unwrap();
        if sample.cell.depth_of == Some(DepthOf::Needle) {
            let needle = &sample.video.needles[0];
            // The nearest frame of 225 lies within 2 per-mille.
            assert!(needle.depth.permille().abs_diff(depth.permille()) <= 2);
        }
        if want == 15_000 {
            // The window begins where its depth says, and is a fifth of the haystack.
            let start = depth.permille() / 10 * 8;
            let window = start.saturating_sub(3)..=start + 203;
            assert!(sample.video.needles.iter().all(|needle| window.contains(&needle.depth.permille())));
        }
        let key = (sample.questions[0].kind.clone(), depth.permille(), sample.cell.repeat);
        questions.entry(key).or_default().push(sample);
    }
    for samples in questions.values() {
        assert_eq!(samples.len(), 4);
        for sample in samples {
            assert_eq!(
                (&sample.questions[0].options, sample.questions[0].target),
                (&samples[0].questions[0].options, samples[0].questions[0].target)
            );
            let shown = |sample: &VideoPlan| -> Vec<(Look, PixelBox)> {
                sample.video.needles.iter().map(|needle| (needle.look.clone(), needle.place)).collect()
            };
            assert_eq!(shown(sample), shown(&samples[0]));
        }
    }
}

#[test]
fn frames_of_any_shape_have_room_for_every_type() {
    for (width, height) in [(128, 72), (176, 144), (360, 640), (1920, 800)] {
        let mut haystack = haystack("odd", 400);
        (haystack.form.width, haystack.form.height) = (width, height);
        haystack.form.fps = FrameRate::new(30000, 1001).unwrap();
        for sample in plan(&checked(""), &[haystack.clone()]) {
            check(&sample, 7, &[haystack.clone()]);
        }
    }
}

#[test]
fn distractors_are_written_in_other_words() {
    let samples = plan(&checked("[[tasks]]\ntype = \"ret_multikey1\""), &three());
    for sample in &samples {
        check(sample, 25, &three());
        for needle in &sample.video.needles {
            let Look::Text { text, .. } = &needle.look else { panic!("a subtitle") };
            let start = if needle.is_distractor { "The magic word is " } else { "The secret word is " };
            assert_eq!(text, &format!("{start}{}.", needle.label));
            assert!(sample.questions[0].options.contains(&needle.label));
        }
    }
}

#[test]
fn depths_touch_both_ends() {
    for kind in ["ret_insert1", "ret_edit1"] {
        let spec = checked(&format!("[[tasks]]\ntype = \"{kind}\"\n[grid]\ndepths = [0, 100]"));
        for sample in plan(&spec, &three()) {
            let needle = &sample.video.needles[0];
            if sample.cell.depth_permille.unwrap().permille() == 0 {
                assert_eq!(needle.span.start(), 0);
            } else {
                assert_eq!(needle.span.end(), sample.video.num_frames);
            }
        }
    }
}

#[test]
fn all_that_is_impossible_is_said_at_once() {
    let mut haystacks = vec![haystack("a", 30), haystack("a", 60), haystack("b", 100), haystack("c", 20)];
    haystacks[2].form.width = 640;
    let spec = checked(
        "[[tasks]]\ntype = \"cnt_edit1\"\n[[tasks]]\ntype = \"ret_insert1\"\n[grid]\nlengths = [\"5s\"]",
    );
    let error = Planner::new(&spec, &haystacks).unwrap_err();
    insta::assert_snapshot!(error, @r"
    plan has 3 impossible requests
      two haystacks have the id `a`
      cnt_edit1: 6 needles of 1s, 250ms apart, need 180 frames; length `5s` has 125 at 25 frames a second (1 of 1 length)
      haystacks that are joined have to agree in size and frame rate: 320x180 at 25 (a, a, c); 640x180 at 25 (b)
    ");
    let spec = checked("[[tasks]]\ntype = \"cnt_edit1\"\n[[tasks]]\ntype = \"ord_insert1\"");
    let error = Planner::new(&spec, &haystacks[1..]).unwrap_err();
    insta::assert_snapshot!(error, @r"
    plan has 2 impossible requests
      cnt_edit1: 6 needles of 1s, 250ms apart, need 180 frames; haystack `a` has 60, haystack `b` has 100, haystack `c` has 20 (3 of 3 haystacks)
      ord_insert1: 4 needles of 1s, 1s apart, need 75 frames; haystack `a` has 60, haystack `c` has 20 (2 of 3 haystacks)
    ");
}

/// Whether any needle or question of a sample is about one of these.
fn is_about(sample: &VideoPlan, labels: &[&str]) -> bool {
    sample.video.needles.iter().any(|needle| labels.contains(&needle.label.as_str()))
        || sample.questions[0]
            .options
            .iter()
            .any(|option| option.split(", ").any(|part| labels.contains(&part)))
}

#[test]
fn what_a_haystack_shows_is_no_needle_of_its_videos() {
    let repeats = "[grid]\nrepeats = 30";
    let bare = plan(&checked(repeats), &three());
    let mut haystacks = three();
    // A plural, an alias and a label, in any case.
    haystacks[1].shows = ["Cars", "AIRPLANE", "apple", "nothing of any pack"].map(str::to_owned).to_vec();
    let samples = plan(&checked(repeats), &haystacks);
    let shown = ["car", "aeroplane", "apple"];
    let mut moved = 0;
    for (sample, before) in samples.iter().zip(&bare) {
        check(sample, 6, &haystacks);
        let is_text = sample.video.needles.iter().all(|needle| matches!(needle.look, Look::Text { .. }));
        if sample.video.parts[0].haystack != "city" || is_text || !is_about(before, &shown) {
            // Other haystacks, subtitles, and questions that were about something else all along stay as they are.
            assert_eq!(sample, before);
        } else {
            assert!(!is_about(sample, &shown), "{sample:?}");
            moved += 1;
        }
    }
    assert!(moved > 5, "{moved}");
}

#[test]
fn at_a_length_no_needle_shows_what_any_haystack_does() {
    let spec = checked("[grid]\nlengths = [\"10s\", \"40s\"]\nrepeats = 20");
    let mut haystacks = three();
    haystacks[0].shows = vec!["car".to_owned(), "boat".to_owned()];
    haystacks[2].shows = vec!["bird".to_owned(), "apple".to_owned()];
    let samples = plan(&spec, &haystacks);
    let pictures = |sample: &&VideoPlan| {
        sample.video.needles.iter().any(|needle| !matches!(needle.look, Look::Text { .. }))
    };
    assert!(samples.iter().filter(pictures).count() > 100);
    assert!(
        samples.iter().filter(pictures).all(|sample| !is_about(sample, &["car", "boat", "bird", "apple"]))
    );
    let (short, long): (Vec<_>, Vec<_>) =
        samples.iter().partition(|sample| sample.cell.length.as_deref() == Some("10s"));
    for (short, long) in short.iter().zip(long) {
        assert_eq!(
            (&short.questions[0].options, short.questions[0].target, &short.questions[0].question),
            (&long.questions[0].options, long.questions[0].target, &long.questions[0].question)
        );
    }
}

#[test]
fn too_few_labels_that_are_not_shown_are_a_problem() {
    let mut haystacks = three();
    let text = "[[tasks]]\ntype = \"ord_insert2\"\npack = \"fruits\"\n[[tasks]]\ntype = \"cnt_insert1\"\n\
        [[tasks]]\ntype = \"ret_edit1\"\n";
    let fruits: Vec<String> =
        checked(text).library().pack("fruits").unwrap().items.iter().map(|item| item.label.clone()).collect();
    haystacks[0].shows = fruits[1..].to_vec();
    haystacks[2].shows = fruits.clone();
    let error = Planner::new(&checked(text), &haystacks).unwrap_err();
    insta::assert_snapshot!(error, @r"
    plan has 2 impossible requests
      ord_insert2: needs 4 distinct labels, pack `fruits` has 0 besides those shown by haystack `desert`
      ord_insert2: needs 4 distinct labels, pack `fruits` has 1 besides those shown by haystack `bay`
    ");
    assert_eq!(error.hints.len(), 1);
    let error = Planner::new(&checked(&format!("{text}[grid]\nlengths = [\"10s\", \"20s\"]")), &haystacks)
        .unwrap_err();
    insta::assert_snapshot!(error, @r"
    plan has 1 impossible request
      ord_insert2: needs 4 distinct labels, pack `fruits` has 0 besides those shown by all haystacks together
    ");
}

#[test]
fn a_tiny_plan_is_fixed_for_ever() {
    let spec = checked(
        "[[tasks]]\ntype = \"ret_insert2\"\n[[tasks]]\ntype = \"cnt_edit2\"\nsamples = 1\n[grid]\ndepths = [50]",
    );
    let lines: Vec<String> =
        plan(&spec, &three()[..1]).iter().map(|sample| serde_json::to_string(sample).unwrap()).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_plan_holds(
        frames in prop::collection::vec(200_u64..3000, 1..5),
        length in 260_u64..4000,
        duration in 1_u64..26,
        gap in 1_u64..12,
        with_lengths in any::<bool>(),
        depth in prop::option::of(0_u16..=1000),
    ) {
        let haystacks: Vec<Haystack> =
            frames.iter().enumerate().map(|(at, &frames)| haystack(&format!("h{at}"), frames)).collect();
        let lengths = if with_lengths { format!("lengths = [\"{length} frames\"]") } else { String::new() };
        let depths = depth.map_or_else(String::new, |depth| format!("depths = [\"{}.{}%\"]", depth / 10, depth % 10));
        let spec = checked(&format!(
            "[needles]\nduration = \"{duration} frames\"\ngap = \"{gap} frames\"\n[grid]\n{lengths}\n{depths}\n"
        ));
        let samples = plan(&spec, &haystacks);
        for sample in &samples {
            check(sample, gap, &haystacks);
            if with_lengths {
                prop_assert_eq!(sample.video.num_frames, length);
            }
        }
        let reversed: Vec<Haystack> = haystacks.iter().rev().cloned().collect();
        prop_assert_eq!(samples, plan(&spec, &reversed));
    }
}
