//! What a haystack shows by itself is left out of questions about it.

use super::tests::{drawn_at_once, material, names, own, pool};
use super::*;
use crate::language::Language;
use crate::seed::Seed;

#[test]
fn what_is_left_out_is_never_shown_and_moves_no_question_without_it() {
    let pool = names();
    let left_out = pool.named(["EVE", "Jos", "nobody"]);
    assert_eq!((left_out.as_slice(), pool.distinct_without(&left_out)), (&[4, 9][..], 9));
    let with_distractors = |(kind, family): (String, Family)| {
        let distractors = Variation { distractors: Some(2), ..Variation::default() };
        let other = family.with(distractors).ok().filter(|family| family.labels_shown() <= 7);
        [Some((kind.clone(), family)), other.map(|family| (kind, family))].into_iter().flatten()
    };
    let families: Vec<(String, Family)> = drawn_at_once().into_iter().flat_map(with_distractors).collect();
    assert!(families.iter().filter(|(_, family)| family.distractors() == 2).count() > 3);
    for (kind, family) in families {
        let mut same = 0;
        for index in 0..200 {
            let own = own(&family, &pool);
            let drawn = |left_out: &[usize]| {
                let stream = &mut Seed::new(11).stream(&kind, index);
                draw(material(&family, &pool, own.as_ref(), left_out), stream)
            };
            let (before, question) = (drawn(&[]), drawn(&left_out));
            let shown = |drawn: &Drawn, at: usize| {
                drawn.clips.iter().any(|clip| clip.candidates.contains(&at))
                    || drawn.asks[0].options.iter().any(|text| text.contains(&pool.candidates()[at].label))
            };
            assert!(left_out.iter().all(|&at| !shown(&question, at)));
            if left_out.iter().all(|&at| !shown(&before, at)) {
                assert_eq!(question, before);
                same += 1;
            }
        }
        assert!(same > 0, "{kind}");
    }
}

#[test]
fn a_distractor_that_is_left_out_gives_its_place_to_what_was_alike_to_it() {
    // A chain of look-alikes: the first is shown by the haystack, and the last is alike to the second alone.
    let of = pool(&["a", "b", "c", "d", "e"]);
    let mut candidates = of.candidates().to_vec();
    candidates[0].alike = vec!["b".to_owned()];
    candidates[1].alike = vec!["c".to_owned()];
    let pool = Pool::new(candidates);
    let distractors = Variation { distractors: Some(2), ..Variation::default() };
    let family = embedded(Language::En)["cnt_insert1"].with(distractors).unwrap();
    let left_out = [0, 1];
    assert_eq!((pool.distinct(), pool.distinct_without(&left_out)), (3, 3));
    for index in 0..200 {
        let own = own(&family, &pool);
        let drawn =
            draw(material(&family, &pool, own.as_ref(), &left_out), &mut Seed::new(3).stream("alike", index));
        let shown = drawn.clips.iter().flat_map(|clip| clip.candidates.iter().copied());
        let shown: std::collections::BTreeSet<usize> = shown.collect();
        assert_eq!(shown, [2, 3, 4].into());
    }
}
