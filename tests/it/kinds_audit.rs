//! `vniah audit` on planned questions that name what they ask about: fair ones are at chance, and of leaky ones the leak is named.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use serde_json::{Value, json};
use vniah::audit::Report;

use super::audit::{catalogue, report};
use super::bench::{Bench, said};

const TYPES: [&str; 12] = [
    "ext_edit1",
    "ext_insert1",
    "key_edit1",
    "key_edit2",
    "key_edit3",
    "chn_edit1",
    "chn_insert1",
    "chn_ring1",
    "ord_next1",
    "spa_patch1",
    "spa_patch2",
    "trk_edit1",
];

/// 150 samples of each type, of which nothing need be rendered.
fn planned() -> Bench {
    let bench = Bench::new(&TYPES.map(|kind| format!("[[tasks]]\ntype = \"{kind}\"\n")).concat());
    bench.write("haystacks.toml", &catalogue(40, (320, 180)));
    bench.done(&["plan", "spec.toml", "-o", "plan.jsonl", "--cache", "cache"]);
    bench
}

fn start(needle: &Value) -> u64 {
    needle["span"]["start"].as_u64().or_else(|| needle["span"][0].as_u64()).unwrap()
}

/// When a thing is shown, each time.
fn times<'a>(thing: &'a str, needles: &'a [Value]) -> impl Iterator<Item = u64> + 'a {
    needles.iter().filter(move |needle| needle["label"] == thing).map(start)
}

/// Pairs of things that an option names in the order in which they are shown.
fn in_time(option: &str, needles: &[Value]) -> usize {
    let starts: Vec<u64> =
        option.split(", ").map(|thing| times(thing, needles).min().unwrap_or(u64::MAX)).collect();
    (0..starts.len()).map(|late| starts[..late].iter().filter(|early| **early < starts[late]).count()).sum()
}

/// The text of the right option, and all.
fn options(question: &Value) -> (String, Vec<String>) {
    let all: Vec<String> = question["options"]
        .as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap().to_owned())
        .collect();
    (all[question["target"].as_u64().unwrap() as usize].clone(), all)
}

/// Makes this option right.
fn set_right(question: &mut Value, option: &str) {
    let at = options(question).1.iter().position(|other| other == option).unwrap();
    question["target"] = json!(at);
    question["answer"] = json!(option);
}

/// One more needle: the copy of one at the same time, with another key or label.
fn show_again(needles: &mut Vec<Value>, label: &str, change: impl Fn(&mut Value)) {
    let mut again = needles.iter().find(|needle| needle["label"] == label).unwrap().clone();
    change(&mut again);
    needles.insert(0, again);
}

/// A way in which a question can be leaky.
#[derive(Clone, Copy)]
enum Leak {
    /// The option says yes, or no.
    Says(&'static str),
    /// It is the first of all in the alphabet.
    Alphabet,
    /// It shares a word with all others, which share none with each other.
    Overlap,
    /// It is shown first, or last.
    First,
    Last,
    /// It is shown last before the moment that is asked about.
    MostRecent,
    /// It names things in the order of time.
    InTime,
    /// Its key has changed once more than the others.
    Updated,
    /// Its chain is longer than the others.
    Chain,
    /// The question names it.
    Named,
}

/// Each type, how it leaks, and what finds it.
const LEAKS: [(&str, Leak, &str); 12] = [
    ("ext_edit1", Leak::Says("Yes"), "always yes"),
    ("ext_insert1", Leak::Says("No"), "always no"),
    ("key_edit1", Leak::First, "shown first"),
    ("key_edit2", Leak::Overlap, "overlap of sets"),
    ("key_edit3", Leak::InTime, "order of time"),
    ("chn_edit1", Leak::Chain, "longest chain"),
    ("chn_insert1", Leak::Last, "shown last"),
    ("chn_ring1", Leak::First, "shown first"),
    ("ord_next1", Leak::Named, "words of the question"),
    ("spa_patch1", Leak::Alphabet, "text right before"),
    ("spa_patch2", Leak::Named, "words of the question"),
    ("trk_edit1", Leak::Last, "shown last"),
];

/// Other leaks, for attacks that the first do not show.
const MORE: [(&str, Leak, &str); 4] = [
    ("key_edit1", Leak::Updated, "most updated"),
    ("key_edit2", Leak::Last, "shown last"),
    ("trk_edit1", Leak::MostRecent, "most recent before the moment"),
    ("ord_next1", Leak::Last, "shown last"),
];

/// When an option was shown last before the moment that the question names.
fn before_the_moment(option: &str, question: &Value, needles: &[Value]) -> Option<u64> {
    let things = question["query"]["things"].as_array()?;
    let [_, key, label] = things.as_slice() else { return None };
    let moment = needles.iter().find(|needle| needle["key"] == *key && needle["label"] == *label)?;
    times(option, needles).filter(|time| *time < start(moment)).max()
}

/// Makes a planned question leaky.
fn spoil(leak: Leak, question: &mut Value, needles: &mut Vec<Value>) {
    let (right, all) = options(question);
    let last =
        |option: &&String| option.split(", ").filter_map(|thing| times(thing, needles).max()).sum::<u64>();
    let first = |option: &&String| times(option, needles).min();
    let leaky = match leak {
        Leak::Says(word) => all.iter().find(|option| *option == word),
        Leak::Alphabet => all.iter().min(),
        Leak::First => all.iter().min_by_key(first),
        Leak::Last => all.iter().max_by_key(last),
        Leak::MostRecent => all
            .iter()
            .max_by_key(|option| before_the_moment(option, question, needles))
            .filter(|option| before_the_moment(option, question, needles).is_some()),
        Leak::InTime => all.iter().max_by_key(|option| in_time(option, needles)),
        Leak::Overlap => {
            let shared = right.split(", ").next().unwrap();
            let near = |(at, option): (usize, &String)| {
                if *option == right { right.clone() } else { format!("{shared}, other{at}") }
            };
            question["options"] = json!(all.iter().enumerate().map(near).collect::<Vec<_>>());
            None
        }
        Leak::Updated => {
            show_again(needles, &right, |_| ());
            None
        }
        Leak::Chain => {
            // Of the questions about one chain the last asks for its end.
            if question["query"]["steps"] == 3 {
                show_again(needles, &right, |again| {
                    again["key"] = json!(right);
                    again["label"] = json!("the end of all");
                });
            }
            None
        }
        Leak::Named => {
            question["question"] =
                json!(format!("{} It is {right}.", question["question"].as_str().unwrap()));
            None
        }
    };
    if let Some(option) = leaky {
        set_right(question, option);
    }
}

/// The audit of a plan's copy in which these types are leaky.
fn leaky(bench: &Bench, leaks: &[(&str, Leak, &str)]) -> Report {
    let mut leaky = String::new();
    for line in fs::read_to_string(bench.path("plan.jsonl")).unwrap().lines() {
        let mut video: Value = serde_json::from_str(line).unwrap();
        if let Some(kind) = video["questions"][0]["type"].as_str()
            && let Some((_, leak, _)) = leaks.iter().find(|(of, ..)| *of == kind)
        {
            let mut needles = video["video"]["needles"].as_array().unwrap().clone();
            for question in video["questions"].as_array_mut().unwrap() {
                spoil(*leak, question, &mut needles);
            }
            video["video"]["needles"] = json!(needles);
        }
        writeln!(leaky, "{video}").unwrap();
    }
    bench.write("leaky.jsonl", &leaky);
    let output = bench.run(&["audit", "leaky.jsonl", "--json", "audit.json"]);
    assert_eq!(output.status.code(), Some(5), "{}", said(&output));
    report(bench)
}

#[test]
fn fair_questions_are_at_chance_and_of_leaky_ones_the_leak_is_named() {
    let bench = planned();
    let table = bench.run(&["audit", "plan.jsonl", "--json", "audit.json"]);
    let fair = report(&bench);
    assert_eq!(fair.beaten(), Vec::<&vniah::audit::Figure>::new(), "{}", said(&table));
    assert_eq!(fair.failed().count(), 0, "{:?}", fair.checks);
    let tried: BTreeSet<&str> = fair.figures.iter().map(|figure| figure.attack.as_str()).collect();
    for attack in
        ["always yes", "shown first", "shown last", "most recent before the moment", "order of time"]
    {
        assert!(tried.contains(attack), "{attack}: {tried:?}");
    }
    for leaks in [&LEAKS[..], &MORE] {
        let found = leaky(&bench, leaks);
        let beaten: BTreeSet<(&str, &str)> = found
            .beaten()
            .into_iter()
            .filter_map(|figure| Some((figure.kind.as_deref()?, figure.attack.as_str())))
            .collect();
        for (kind, _, attack) in leaks {
            assert!(beaten.contains(&(*kind, *attack)), "{kind}, {attack}: {beaten:?}");
        }
        // Nothing is found where nothing leaks.
        let is_leaky = |kind: &str| leaks.iter().any(|(of, ..)| *of == kind);
        assert!(beaten.iter().all(|(kind, _)| is_leaky(kind)), "{beaten:?}");
    }
}

/// What is asked openly has no options, and can be guessed by what is shown, or by what was right in other samples.
#[test]
fn open_questions_are_at_chance_and_of_leaky_ones_the_leak_is_named() {
    let tasks = TYPES.map(|kind| format!("[[tasks]]\ntype = \"{kind}\"\nform = \"open\"\n")).concat();
    let bench = Bench::new(&tasks);
    bench.write("haystacks.toml", &catalogue(40, (320, 180)));
    bench.done(&["plan", "spec.toml", "-o", "plan.jsonl", "--cache", "cache"]);
    bench.done(&["audit", "plan.jsonl", "--json", "audit.json"]);
    let fair = report(&bench);
    assert_eq!(fair.beaten(), Vec::<&vniah::audit::Figure>::new());
    let attacks = |kind: &str| -> Vec<&str> {
        let of = |figure: &&vniah::audit::Figure| figure.kind.as_deref() == Some(kind);
        fair.figures.iter().filter(of).map(|figure| figure.attack.as_str()).collect()
    };
    for kind in TYPES {
        assert!(attacks(kind).contains(&"answer right before"), "{kind}");
        let by_sight = ["key_edit1", "chn_edit1", "chn_insert1", "chn_ring1", "trk_edit1"].contains(&kind);
        assert_eq!(attacks(kind).contains(&"shown last"), by_sight, "{kind}");
        assert_eq!(attacks(kind).contains(&"shown first"), by_sight, "{kind}");
    }
    let mut leaky = String::new();
    for line in fs::read_to_string(bench.path("plan.jsonl")).unwrap().lines() {
        let mut video: Value = serde_json::from_str(line).unwrap();
        let needles = video["video"]["needles"].as_array().cloned().unwrap_or_default();
        for question in video.get_mut("questions").and_then(Value::as_array_mut).into_iter().flatten() {
            let labels = || needles.iter().map(|needle| needle["label"].clone());
            match question["type"].as_str().unwrap() {
                "ext_edit1" => question["answer"] = json!("Yes"),
                "spa_patch1" => question["answer"] = json!("centre"),
                "key_edit1" | "chn_insert1" => question["answer"] = labels().next().unwrap(),
                "chn_edit1" | "trk_edit1" => question["answer"] = labels().next_back().unwrap(),
                _ => {}
            }
        }
        writeln!(leaky, "{video}").unwrap();
    }
    bench.write("leaky.jsonl", &leaky);
    assert_eq!(bench.run(&["audit", "leaky.jsonl", "--json", "audit.json"]).status.code(), Some(5));
    let found = report(&bench);
    let beaten: BTreeSet<(&str, &str)> = found
        .beaten()
        .into_iter()
        .filter_map(|figure| Some((figure.kind.as_deref()?, figure.attack.as_str())))
        .collect();
    for named in [
        ("ext_edit1", "answer right before"),
        ("spa_patch1", "answer right before"),
        ("key_edit1", "shown first"),
        ("chn_insert1", "shown first"),
        ("chn_edit1", "shown last"),
        ("trk_edit1", "shown last"),
    ] {
        assert!(beaten.contains(&named), "{named:?}: {beaten:?}");
    }
}
