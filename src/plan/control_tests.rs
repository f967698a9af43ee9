//! Controls as planned: the same questions, and of their videos exactly what each leaves.

use std::collections::{BTreeMap, BTreeSet};

use super::tests::{checked, haystack, three};
use super::*;
use crate::haystack::Haystack;
use crate::needle::WayIn;
use crate::question::Control;

/// A dataset and a control of it, sample by sample.
fn pairs(text: &str, haystacks: &[Haystack], control: Control) -> Vec<(VideoPlan, VideoPlan)> {
    let spec = checked(text);
    let planner = Planner::new(&spec, haystacks).unwrap_or_else(|error| panic!("{error}"));
    let pairs: Vec<_> = planner.videos().zip(planner.under(Some(control)).videos()).collect();
    assert_eq!(planner.under(Some(control)).under(None).video(0), pairs[0].0);
    for (own, left) in &pairs {
        let asked = |of: &VideoPlan| {
            let PlannedQuestion { sample_id, question, options, target, .. } = of.questions[0].clone();
            (sample_id, question, options, target, of.difficulty.clone())
        };
        assert_eq!(asked(own), asked(left));
        assert_eq!(own.cell.length, left.cell.length);
        assert_eq!(own.cell.depth_permille, left.cell.depth_permille);
    }
    pairs
}

/// Haystack frames in order.
fn frames(video: &PlannedVideo) -> Vec<(&str, u64)> {
    let of = |part: &HaystackPart| part.span.start()..part.span.end();
    video.parts.iter().flat_map(|part| of(part).map(move |at| (part.haystack.as_str(), at))).collect()
}

/// A frame's haystack frame, and the labels on it.
type Made<'a> = (Option<(&'a str, u64)>, Vec<&'a str>);

/// What each frame of a video is made of: its haystack frame, none where it is inserted, and the labels on it.
fn made_of(video: &PlannedVideo) -> Vec<Made<'_>> {
    let mut haystacks = frames(video).into_iter();
    let frame = |at: u64| {
        let on = || video.needles.iter().filter(move |needle| needle.span.contains(at));
        let inserted = on().any(|needle| needle.mode == WayIn::Insert);
        let labels = on().map(|needle| needle.label.as_str()).collect();
        (if inserted { None } else { haystacks.next() }, labels)
    };
    (0..video.num_frames).map(frame).collect()
}

const GRID: &str = "[grid]\nlengths = [\"20s\", \"50s\"]\ndepths = [0, 100]\n";

#[test]
fn without_needles_nothing_tells_how_many_there_were() {
    for (own, left) in pairs("", &three(), Control::NoNeedle) {
        assert!(left.video.needles.is_empty());
        let whole = three().into_iter().find(|one| one.id == own.video.parts[0].haystack).unwrap();
        assert_eq!(left.video.num_frames, whole.form.frames);
        assert_eq!(frames(&left.video).len() as u64, left.video.num_frames);
    }
    for (own, left) in pairs(GRID, &three(), Control::NoNeedle) {
        assert!(left.video.needles.is_empty() && left.cell.window.is_none());
        assert_eq!(left.video.num_frames, own.video.num_frames);
        assert_eq!(frames(&left.video).len() as u64, left.video.num_frames);
    }
}

#[test]
fn shuffling_moves_frames_and_keeps_needles_whole() {
    for text in ["", GRID] {
        let mut moved = 0;
        let pairs = pairs(text, &three(), Control::Shuffled);
        for (own, left) in &pairs {
            let (before, after) = (made_of(&own.video), made_of(&left.video));
            let count = |of: &[Made<'_>]| {
                let mut counts: BTreeMap<String, u64> = BTreeMap::new();
                for frame in of {
                    *counts.entry(format!("{frame:?}")).or_default() += 1;
                }
                counts
            };
            assert_eq!(count(&before), count(&after), "{}: the frames are the same", own.video.name);
            let clips = |video: &PlannedVideo| -> BTreeSet<FrameSpan> {
                video.needles.iter().map(|needle| needle.span).collect()
            };
            let (whole, gap) = (clips(&left.video), 6);
            assert_eq!(whole.len(), clips(&own.video).len());
            let spans: Vec<FrameSpan> = whole.into_iter().collect();
            assert!(spans.windows(2).all(|pair| pair[0].end() + gap <= pair[1].start()), "{spans:?}");
            assert!(left.video.needles.is_sorted_by_key(|needle| needle.span.start()));
            moved += u64::from(before != after);
        }
        // Of the many pieces of a video, hardly any order is the first one.
        assert!(moved as usize >= pairs.len() - 1, "{moved} of {}", pairs.len());
    }
}

#[test]
fn a_video_of_rare_keyframes_is_shuffled_too() {
    let mut rare = haystack("rare", 1000);
    rare.form.gop = 1000;
    let text = "[[tasks]]\ntype = \"ord_insert1\"\n[grid]\nrepeats = 40";
    let mut orders: BTreeSet<Vec<String>> = BTreeSet::new();
    for (own, left) in pairs(text, &[rare], Control::Shuffled) {
        assert!(left.video.parts.len() >= 8, "{:?}", left.video.parts);
        let labels = |video: &PlannedVideo| -> Vec<String> {
            video.needles.iter().map(|needle| needle.label.clone()).collect()
        };
        let first = labels(&own.video);
        let after = labels(&left.video);
        let order =
            after.iter().map(|label| first.iter().position(|other| other == label).unwrap().to_string());
        orders.insert(order.collect());
    }
    // Of 24 orders, 40 draws leave no more than half out but once in a million.
    assert!(orders.len() > 12, "{}", orders.len());
}

#[test]
fn one_frame_is_one_of_the_videos_with_what_is_on_it() {
    let text = "[needles]\nduration = \"8s\"\nfade_in = \"1s\"\n[[tasks]]\ntype = \"ret_edit1\"\n[[tasks]]\ntype = \
                \"ret_insert1\"\n[grid]\nrepeats = 30";
    let mut seen = BTreeMap::new();
    for (own, left) in pairs(text, &[haystack("bay", 400)], Control::OneFrame) {
        let shown = made_of(&left.video);
        assert_eq!((left.video.num_frames, shown.len(), left.video.audio), (1, 1, false));
        assert!(made_of(&own.video).contains(&shown[0]), "{shown:?}");
        assert!(left.video.needles.iter().all(|needle| needle.effects.is_still()));
        let (all, with) = seen.entry(own.questions[0].kind.clone()).or_insert((0, 0));
        *all += 1;
        *with += u64::from(!shown[0].1.is_empty());
    }
    // A subtitle is on half of the frames; 5 standard deviations of 30 draws are 13.7. An insert is on no haystack frame.
    assert!(matches!(seen["ret_edit1"], (30, 2..=28)), "{seen:?}");
    assert_eq!(seen["ret_insert1"], (30, 0));
}

#[test]
fn text_alone_has_no_video() {
    for (_, left) in pairs("", &three(), Control::TextOnly) {
        assert!(left.video.is_none() && left.video.parts.is_empty() && left.video.needles.is_empty());
    }
}
