//! Kinds whose needles have cues: what is heard or read tells with what is seen, and neither tells alone.

use super::tests::{Sample, answered, at_chance, samples};
use super::*;
use crate::question::sense::Sense;
use crate::question::{Evidence, embedded, parse};
use crate::time::FrameSpan;

/// The family of a type, changed.
fn refused(kind: &str, changes: &[(&str, &str)]) -> String {
    let file = format!("{}/templates/{kind}.toml", env!("CARGO_MANIFEST_DIR"));
    let mut text = std::fs::read_to_string(file).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "{kind}: {from}");
        text = text.replace(from, to);
    }
    parse("x.toml", &text).unwrap_err().to_string().replace("question family has ", "")
}

/// The scene without what is taken in by one sense.
fn without(scene: &Scene, sense: Sense) -> Scene {
    scene.sightings().iter().filter(|sighting| sighting.sense != sense).cloned().collect()
}

#[test]
fn things_and_cues_tell_together_and_not_alone() {
    let family = &embedded(Language::En)["sub_bind1"];
    let all = samples(family, 0);
    let mut hits = [0_usize; 2];
    for Sample { drawn, scene } in &all {
        let ask = &drawn.asks[0];
        let named = &ask.query.things[0];
        assert!(ask.question.contains(named.as_str()) && !ask.options.contains(named), "{ask:?}");
        // Every option is shown, and has a cue of its own at the same frames.
        for option in &ask.options {
            let thing = scene.of_label(option).unwrap();
            assert!(
                scene.sightings().iter().any(|other| other.sense == Sense::Read && other.span == thing.span)
            );
        }
        assert_eq!(answered(family, ask, &without(scene, Sense::Read)), "", "no cue is there");
        assert_eq!(answered(family, ask, &without(scene, Sense::Seen)), "", "nothing is seen");
        // Whoever knows the order of the things alone, or that of the cues.
        let place = |label: &String| ask.options.iter().position(|option| option == label);
        let first = scene.sightings().iter().find(|sighting| sighting.sense == Sense::Seen).unwrap();
        let last = scene.sightings().iter().rfind(|sighting| sighting.sense == Sense::Seen).unwrap();
        hits[0] += usize::from(place(&first.label) == Some(ask.target));
        hits[1] += usize::from(place(&last.label) == Some(ask.target));
    }
    for (name, hits) in ["first", "last"].into_iter().zip(hits) {
        at_chance(name, hits, all.len(), 0.25);
    }
}

#[test]
fn what_is_bound_shares_most_frames_with_the_cue() {
    let span = |start, end| FrameSpan::new(start, end).unwrap();
    let read = |label: &str, span| Sighting { sense: Sense::Read, ..Sighting::of(label, span) };
    let scene: Scene = [
        Sighting::of("apple", span(0, 26)),
        read("Alice", span(25, 50)),
        Sighting::of("pear", span(30, 55)),
        read("Bob", span(60, 70)),
        Sighting::of("Alice", span(80, 90)),
    ]
    .into_iter()
    .collect();
    let (kind, about) = (QuestionKind::During, Query::about);
    assert_eq!(kind.answer(&about("Alice"), &scene), Some(Answer::Label("pear".to_owned())));
    assert_eq!(kind.answer(&about("Bob"), &scene), None, "nothing is shown then");
    assert_eq!(kind.answer(&about("apple"), &scene), None, "a thing is no cue");
    assert_eq!(kind.evidence(&about("Alice"), &scene), [Evidence::of(span(30, 50))]);
    // The frames that are sampled thin out what is seen, and not what is read.
    let sampled = scene.sampled(&[10, 40]);
    assert_eq!(kind.answer(&about("Alice"), &sampled), Some(Answer::Label("pear".to_owned())));
    assert_eq!(sampled.sightings().len(), 4);
}

#[test]
fn of_two_tracks_that_disagree_each_is_asked_for() {
    let family = &embedded(Language::En)["sub_conflict1"];
    let mut apart = [0_usize; 3];
    for Sample { drawn, scene } in samples(family, 0) {
        let [seen, read] = drawn.asks.as_slice() else { panic!("two questions") };
        assert_eq!((&seen.name[..], &read.name[..]), ("seen", "read"));
        assert_eq!(seen.options, read.options);
        assert_ne!(seen.target, read.target);
        assert_ne!(seen.question, read.question);
        apart[(read.target + 4 - seen.target) % 4 - 1] += 1;
        let [first, second] = [seen, read].map(|ask| family.question_kind().evidence(&ask.query, &scene));
        assert_eq!((first[0].samples, second[0].samples), (1, 0), "no frame shows what is read");
    }
    for (at, hits) in apart.into_iter().enumerate() {
        at_chance(&format!("{at} places on"), hits, apart.iter().sum(), 1.0 / 3.0);
    }
}

#[test]
fn cues_that_cannot_be_are_refused_with_their_keys() {
    let all = [
        refused(
            "sub_bind1",
            &[("[cue]\nlook = \"caption\"\npack = \"names\"\ntext = \"The code word is {label}.\"\n", "")],
        ),
        refused("ret_edit1", &[("[options]", "[cue]\nlook = \"caption\"\npack = \"names\"\n\n[options]")]),
        refused(
            "sub_bind1",
            &[
                (
                    "look = \"caption\"\npack = \"names\"\ntext = \"The code word is {label}.\"",
                    "look = \"text\"\npack = \"fruits\"\ntext = \"x\"",
                ),
                ("count = 4", "count = 3"),
                ("labels = \"distinct\"\n", ""),
                ("{first}", "it"),
            ],
        ),
        refused(
            "sub_conflict1",
            &[
                ("pack = \"names\"\ntext", "pack = \"a b\"\ntext"),
                ("read = ", "heard = "),
                ("count = 1", "count = 2"),
            ],
        ),
        refused(
            "sub_ret1",
            &[
                ("mode = \"subtitle\"", "mode = \"insert\""),
                ("text = \"The secret word is {label}.\"", "text = \"x\""),
            ],
        ),
        refused("ret_edit1", &[("mode = \"overlay\"", "mode = \"subtitle\"")]),
        refused(
            "sub_bind1",
            &[("mode = \"insert\"\nlook = \"picture\"", "mode = \"subtitle\"\nlook = \"caption\"")],
        ),
    ];
    insta::assert_snapshot!(all.join("\n"), @r#"
    1 problem in x.toml
      cue: missing; `kind = "during"` asks about what is heard or read: write `[cue]` with `look` and `pack`
    1 problem in x.toml
      cue: belongs to `kind = "during"` and `kind = "conflict"`, not to `which`
    6 problems in x.toml
      cue.look: `text` is seen, and a cue is heard or read; the looks for that are `sound`, `caption`
      cue.text: only `look = "caption"` has a text
      options.number: every option is shown; set `needle.count` to 4 or more
      cue.pack: is the needle's own, so a question would name an option; name another pack
      question: nothing stands for what it is about; write `{first}`
      needle.labels: has to be `distinct` where `kind = "during"`
    4 problems in x.toml
      cue.pack: `a b` is not made of up to 80 letters, digits, `_` and `-`
      cue.pack: is not the needle's own, so its labels are no options; name the needle's pack
      wordings.read: missing; the question is worded in its own way there
      needle.count: is 1 where `kind = "conflict"`
    2 problems in x.toml
      needle.text: nothing stands for the label; write `{label}`
      needle.mode: has to be `subtitle` where `look = "caption"`
    1 problem in x.toml
      needle.mode: has to be `insert` or `overlay` where `look = "text"`
    1 problem in x.toml
      needle.look: `caption` is not seen; with `[cue]`, what is hidden is seen, and its cue is not
    "#);
}
