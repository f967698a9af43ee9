//! `vniah audit` on planned questions that name what they ask about: fair ones are at chance, and of leaky ones the leak is named.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use serde_json::{Value, json};

use super::audit::{catalogue, report};
use super::bench::{Bench, said};

const TYPES: [&str; 11] = [
    "ext_edit1",
    "ext_insert1",
    "key_edit1",
    "key_edit2",
    "key_edit3",
    "chn_edit1",
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

/// Places at which each thing that an option names is shown first.
fn starts(option: &str, needles: &[Value]) -> Vec<u64> {
    let start =
        |needle: &Value| needle["span"]["start"].as_u64().or_else(|| needle["span"][0].as_u64()).unwrap();
    let first = |thing: &str| needles.iter().filter(|needle| needle["label"] == thing).map(start).min();
    option.split(", ").map(|thing| first(thing).unwrap_or(u64::MAX)).collect()
}

/// Makes a planned question leaky, each type in its own way.
fn leak(question: &mut Value, needles: &[Value]) {
    let options: Vec<String> = question["options"]
        .as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap().to_owned())
        .collect();
    let starts = |at: &usize| starts(&options[*at], needles);
    let all = 0..options.len();
    let in_time = |at: &usize| {
        let starts = starts(at);
        (0..starts.len())
            .map(|late| starts[..late].iter().filter(|early| **early < starts[late]).count())
            .sum::<usize>()
    };
    let target = question["target"].as_u64().unwrap() as usize;
    let right = match question["type"].as_str().unwrap() {
        "ext_edit1" => all.into_iter().find(|&at| options[at] == "Yes").unwrap(),
        "ext_insert1" => all.into_iter().find(|&at| options[at] == "No").unwrap(),
        "key_edit1" | "chn_ring1" => all.min_by_key(starts).unwrap(),
        "chn_edit1" | "trk_edit1" => all.max_by_key(starts).unwrap(),
        "key_edit3" => all.max_by_key(in_time).unwrap(),
        "key_edit2" => {
            let first = options[target].split(", ").next().unwrap();
            let near =
                |at: usize| if at == target { options[at].clone() } else { format!("{first}, other{at}") };
            question["options"] = json!(all.map(near).collect::<Vec<_>>());
            return;
        }
        _ => {
            question["question"] =
                json!(format!("{} It is {}.", question["question"].as_str().unwrap(), options[target]));
            return;
        }
    };
    question["target"] = json!(right);
    question["answer"] = json!(options[right]);
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
    let mut leaky = String::new();
    for line in fs::read_to_string(bench.path("plan.jsonl")).unwrap().lines() {
        let mut video: Value = serde_json::from_str(line).unwrap();
        let needles = video["video"]["needles"].as_array().cloned().unwrap_or_default();
        for question in video.get_mut("questions").and_then(Value::as_array_mut).into_iter().flatten() {
            leak(question, &needles);
        }
        writeln!(leaky, "{video}").unwrap();
    }
    bench.write("leaky.jsonl", &leaky);
    assert_eq!(bench.run(&["audit", "leaky.jsonl", "--json", "audit.json"]).status.code(), Some(5));
    let leaky = report(&bench);
    let beaten: BTreeSet<(&str, &str)> = leaky
        .beaten()
        .into_iter()
        .filter_map(|figure| Some((figure.kind.as_deref()?, figure.attack.as_str())))
        .collect();
    for named in [
        ("ext_edit1", "always yes"),
        ("ext_insert1", "always no"),
        ("key_edit1", "shown first"),
        ("key_edit2", "overlap of sets"),
        ("key_edit3", "order of time"),
        ("chn_edit1", "shown last"),
        ("chn_ring1", "shown first"),
        ("ord_next1", "words of the question"),
        ("spa_patch1", "words of the question"),
        ("spa_patch2", "words of the question"),
        ("trk_edit1", "shown last"),
    ] {
        assert!(beaten.contains(&named), "{named:?}: {beaten:?}");
    }
}
