//! States, and what a spec may have otherwise than a family's file: numbers of values, links and changes, and hints.

use std::collections::{BTreeMap, BTreeSet};

use super::tests::{Sample, answered, at_chance, naming, samples};
use super::*;
use crate::question::Variation;
use crate::question::drawn::Ask;

/// The states of all boxes when one is asked for, by box.
fn states_then(ask: &Ask, scene: &Scene) -> BTreeMap<String, String> {
    let end = match ask.query.things.as_slice() {
        [_, box_, state] => {
            let is_moment = |of: &&Sighting| of.key == *box_ && of.label == *state;
            scene.sightings().iter().find(is_moment).unwrap().span.end()
        }
        _ => u64::MAX,
    };
    let before = scene.sightings().iter().filter(|sighting| sighting.span.end() <= end);
    before.map(|sighting| (sighting.key.clone(), sighting.label.clone())).collect()
}

#[test]
fn every_option_is_a_state_now_and_was_in_the_box_that_is_asked_for() {
    let (mut stale_shown, mut moments) = (0, 0);
    let family = &naming()["trk_edit1"];
    let all = samples(family, 0);
    for Sample { drawn, scene } in &all {
        let ask = &drawn.asks[0];
        moments += usize::from(ask.query.things.len() == 3);
        let now = states_then(ask, scene);
        let held: BTreeSet<&str> =
            scene.with_key(&ask.query.things[0]).map(|sighting| sighting.label.as_str()).collect();
        // Every box takes every state once.
        assert_eq!((now.len(), held.len(), scene.sightings().len()), (5, 5, 25));
        for option in &ask.options {
            assert!(held.contains(option.as_str()));
            assert_eq!(now.values().filter(|state| *state == option).count(), 1, "{ask:?}");
            assert_eq!(scene.sightings().iter().filter(|of| of.label == *option).count(), 5);
        }
        // What the question names is no option.
        assert!(ask.query.things.get(2).is_none_or(|named| !ask.options.contains(named)));
        let before = super::stale(&ask.query, scene).expect("a box that is asked for has changed before");
        stale_shown += usize::from(ask.options.iter().any(|option| option == before));
    }
    at_chance("stale states", stale_shown, all.len(), 0.5);
    at_chance("moments", moments, all.len(), 0.5);
}

/// Who knows when each state was shown, and where the question's moment lies, but not in which box.
#[test]
fn no_time_of_a_state_tells_which_box_has_it() {
    let family = &naming()["trk_edit1"];
    let all = samples(family, 0);
    for back in 0..3 {
        let mut hits = 0;
        for Sample { drawn, scene } in &all {
            let ask = &drawn.asks[0];
            let moment =
                |of: &Sighting| ask.query.things.get(1..) == Some(&[of.key.clone(), of.label.clone()]);
            let end = scene.sightings().iter().position(moment).unwrap_or(scene.sightings().len());
            let mut seen: Vec<&str> = Vec::new();
            for sighting in scene.sightings()[..end].iter().rev() {
                if ask.options.contains(&sighting.label) && !seen.contains(&sighting.label.as_str()) {
                    seen.push(&sighting.label);
                }
            }
            hits += usize::from(seen[back] == ask.options[ask.target]);
        }
        at_chance(&format!("the option that was shown last but {back}"), hits, all.len(), 0.25);
    }
}

#[test]
fn a_family_takes_other_numbers_of_values_links_and_changes() {
    let with = |kind: &str, each: (usize, usize), count: Option<usize>| {
        let count = count.map(|count| (count, count));
        naming()[kind].with(Variation { each: Some(each), count, ..Variation::default() })
    };
    for (kind, each, count) in
        [("key_edit2", 3, None), ("chn_edit1", 6, None), ("chn_ring1", 6, None), ("trk_edit1", 6, Some(6))]
    {
        let family = with(kind, (each, each), count).unwrap();
        let boxes = family.count().1;
        for Sample { drawn, scene } in samples(&family, 0).iter().take(200) {
            assert_eq!(scene.sightings().len(), boxes * each, "{kind}");
            for ask in &drawn.asks {
                assert_eq!(answered(&family, ask, scene), ask.options[ask.target], "{kind}: {ask:?}");
            }
        }
    }
    // Every hop that exists is asked for.
    assert_eq!(with("chn_edit1", (6, 6), None).unwrap().ask_steps(), [1, 2, 3, 4, 5, 6]);
    assert_eq!(with("chn_edit1", (2, 2), None).unwrap().ask_steps(), [1, 2]);
    assert_eq!(with("chn_ring1", (12, 12), None).unwrap().ask_steps(), [1, 2, 3, 4]);
    let refused = |kind, each, count| with(kind, each, count).unwrap_err().join("\n");
    insta::assert_snapshot!(
        [
            refused("key_edit2", (1, 1), None),
            refused("chn_edit1", (2, 3), None),
            refused("chn_edit1", (13, 13), Some(3)),
            refused("chn_ring1", (4, 4), None),
            refused("trk_edit1", (2, 2), Some(4)),
            refused("trk_edit1", (11, 11), None),
        ]
        .join("\n"),
        @r"
    needle.each: from 2 on, as the question asks for several values
    needle.each: every chain has as many as the others; write one number
    needle.each: `[13, 13]` is neither a number of 1..=12 nor two of them
    options.number: every option is of another chain; set `needle.count` to 4 or more
    needle.each: makes a ring of 4, which has no 4 options beside its start; write 5 or more
    needle.count: has to be 5 or more, so that there are 4 options
    needle.each: has to be 5 or more: every box takes the 4 states that are options, and one more
    needle.each: makes 55 needles, and 50 are the most
    "
    );
    // What says nothing of a family leaves it as it is.
    let other = naming()["ord_next1"].with(Variation {
        each: Some((3, 3)),
        hints: Some(true),
        ..Variation::default()
    });
    assert_eq!(other.unwrap().totals(), (7, 7));
}

#[test]
fn a_hint_changes_nothing_but_what_a_key_is_called() {
    for kind in ["key_edit1", "key_edit2", "key_edit3"] {
        let plain = &naming()[kind];
        let hinted = plain.with(Variation { hints: Some(true), ..Variation::default() }).unwrap();
        for (one, other) in samples(plain, 0).iter().zip(&samples(&hinted, 0)).take(200) {
            assert_eq!(one.scene, other.scene, "{kind}");
            let (one, other) = (&one.drawn.asks[0], &other.drawn.asks[0]);
            assert_eq!((&one.query, &one.options, one.target), (&other.query, &other.options, other.target));
            assert!(other.query.things.iter().all(|key| !other.question.contains(key)), "{}", other.question);
        }
    }
}
