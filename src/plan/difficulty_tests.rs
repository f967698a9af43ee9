//! Difficulty as planned: what is varied changes nothing else.

use std::collections::{BTreeMap, BTreeSet};

use super::tests::{checked, plan, three};
use super::*;

#[test]
fn what_is_varied_one_at_a_time_changes_nothing_else() {
    let spec = checked(
        "[[tasks]]\ntype = \"ret_edit1\"\n[[tasks]]\ntype = \"cnt_edit2\"\n[grid]\nvary = \"one at a time\"\n\
         opacity = { from = 20, to = 100, steps = 3 }\ntext_size = [8, 6]\nduration = [\"1 frame\", \"400ms\"]",
    );
    let samples = plan(&spec, &three());
    // The type's own, two opacities beside it, one size of text and two durations; three haystacks each.
    let count = |kind: &str| samples.iter().filter(|sample| sample.questions[0].kind == kind).count();
    assert_eq!((count("ret_edit1"), count("cnt_edit2")), (18, 15));
    let ids: BTreeSet<&str> = samples.iter().map(|sample| sample.video.name.as_str()).collect();
    assert!(ids.len() == samples.len() && ids.contains("ret_edit1-opacity-20-bay-0"), "{ids:?}");
    let mut shown: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for sample in &samples {
        let labels = sample.video.needles.iter().map(|needle| needle.label.as_str()).collect();
        let of = (sample.questions[0].kind.as_str(), sample.video.parts[0].haystack.as_str());
        assert_eq!(shown.entry(of).or_insert_with(|| Vec::clone(&labels)), &labels, "{}", sample.video.name);
        let frames = match sample.difficulty.duration.as_str() {
            "1 frame" => 1,
            "400ms" => 10,
            _ => 25,
        };
        assert!(sample.video.needles.iter().all(|needle| needle.span.count() == frames));
        let opacity = sample.video.needles[0].effects.opacity_permille;
        assert_eq!(sample.difficulty.opacity_permille, opacity);
        assert_eq!(sample.difficulty.varied == "opacity", opacity != 1000);
    }
}

#[test]
fn a_value_that_a_type_has_anyway_is_its_own_setting() {
    let spec = checked(
        "[[tasks]]\ntype = \"ret_edit1\"\n[[tasks]]\ntype = \"ord_edit1\"\n[grid]\nvary = \"one at a time\"\ndistractors = [0, 2]\n\
         count = [4, 5]\nopacity = [50, 100]\ngap = [\"1000ms\", \"2s\"]",
    );
    let settings: Vec<(&str, &str)> =
        spec.tasks().iter().map(|task| (task.family.kind(), task.setting.as_str())).collect();
    let of = |kind: &str| -> Vec<&str> {
        settings.iter().filter(|(own, _)| *own == kind).map(|(_, setting)| *setting).collect()
    };
    assert_eq!(of("ord_edit1"), ["", "count-5", "distractors-2", "gap-2s", "opacity-50"]);
    assert_eq!(of("ret_edit1"), ["", "count-4", "count-5", "distractors-2", "opacity-50"]);
}

#[test]
fn needles_at_an_exact_distance_move_as_one() {
    for depths in ["", "depths = [0, 40, 100]"] {
        let spec = checked(&format!(
            "[[tasks]]\ntype = \"ord_insert1\"\ngap = \"3s\"\n[[tasks]]\ntype = \"ret_multikey1\"\n\
             [grid]\nlengths = [\"30s\"]\ndistance = [\"400ms\", \"2s\"]\nrepeats = 5\n{depths}"
        ));
        for sample in plan(&spec, &three()) {
            let apart = if sample.difficulty.distance == "2s" { 50 } else { 10 };
            for pair in sample.video.needles.windows(2) {
                assert_eq!(pair[0].span.end() + apart, pair[1].span.start(), "{}", sample.video.name);
            }
            assert!(sample.video.needles.last().unwrap().span.end() <= sample.video.num_frames);
        }
    }
}

#[test]
fn distractors_are_near_or_far_and_never_what_is_asked_for() {
    let spec = checked(
        "[[tasks]]\ntype = \"cnt_insert1\"\n[[tasks]]\ntype = \"ret_insert2\"\n[[tasks]]\ntype = \"ord_edit1\"\n\
         [grid]\nlengths = [\"1m\"]\nrepeats = 4\ndistractors = [0, 3]\nsimilarity = [\"near\", \"far\"]",
    );
    let library = spec.library();
    let mut distances: BTreeMap<(&str, String), u32> = BTreeMap::new();
    let samples = plan(&spec, &three());
    for sample in &samples {
        let (shown, asked): (Vec<_>, Vec<_>) =
            sample.video.needles.iter().partition(|needle| needle.is_distractor);
        assert_eq!(shown.len() as u32, sample.difficulty.distractors);
        assert!(!asked.is_empty());
        for needle in &shown {
            match (&needle.look, &asked[0].look) {
                (Look::Picture { pack, item, .. }, Look::Picture { pack: own, item: of, .. }) => {
                    assert!((pack, item) != (own, of));
                    assert_eq!(pack == own, sample.questions[0].kind == "cnt_insert1");
                    let key = (sample.questions[0].kind.as_str(), sample.difficulty.similarity.clone());
                    *distances.entry(key).or_default() += library.distance((own, of), (pack, item)).unwrap();
                }
                (Look::Text { text, .. }, Look::Text { text: own, .. }) => {
                    assert!(text.starts_with("The magic") && own.starts_with("The secret"));
                    assert!(asked.iter().all(|asked| asked.label != needle.label));
                }
                other => panic!("{other:?}"),
            }
        }
    }
    for kind in ["cnt_insert1", "ret_insert2"] {
        let of = |similarity: &str| distances[&(kind, similarity.to_owned())];
        assert!(of("near") < of("far"), "{kind}: {distances:?}");
    }
    // A similarity says nothing where there are no distractors: then there is one setting, not two.
    let without = samples.iter().filter(|sample| sample.difficulty.distractors == 0).count();
    assert_eq!((samples.len(), without), (3 * 4 * 3, 3 * 4));
}
