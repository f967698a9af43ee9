//! Suites of a spec, what `families` shows of a type, and the baseline of single frames.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use vniah::language::Language;
use vniah::question::{self, Form};
use vniah::spec::{self, CheckedSpec, SUITES};

use super::bench::{Bench, said};

fn read(tasks: &str) -> Result<CheckedSpec, spec::Error> {
    let bench = Bench::new(tasks);
    spec::read(&bench.path("spec.toml"))
}

/// Types and their forms.
fn types(tasks: &str) -> Vec<(String, Vec<Form>)> {
    let spec = read(tasks).unwrap_or_else(|error| panic!("{error}"));
    spec.tasks().iter().map(|task| (task.family.kind().to_owned(), task.forms.clone())).collect()
}

fn names(suite: &str) -> Vec<String> {
    types(&format!("[suite]\nname = \"{suite}\"\n")).into_iter().map(|(name, _)| name).collect()
}

#[test]
fn suites_stand_for_their_types() {
    assert_eq!(names("vnbench"), question::VNBENCH);
    let embedded: Vec<String> = question::embedded(Language::En).into_keys().collect();
    assert_eq!(names("all"), embedded);
    let reasoning = names("reasoning");
    let is_of = |name: &&String| {
        ["ext_", "key_", "chn_", "spa_", "trk_edit"].iter().any(|start| name.starts_with(start))
            || *name == "ord_next1"
    };
    let mut wanted: Vec<&String> = embedded.iter().filter(is_of).collect();
    let mut found: Vec<&String> = reasoning.iter().collect();
    wanted.sort();
    found.sort();
    assert_eq!(found, wanted);
    let is_of =
        |name: &&String| ["mot_", "chg_", "clp_", "trk_cups"].iter().any(|start| name.starts_with(start));
    let mut found = names("motion");
    found.sort();
    assert_eq!(found.iter().collect::<Vec<_>>(), embedded.iter().filter(is_of).collect::<Vec<_>>());
    let mut found = names("sound");
    found.sort();
    let is_of = |name: &&String| name.starts_with("snd_");
    assert_eq!(found.iter().collect::<Vec<_>>(), embedded.iter().filter(is_of).collect::<Vec<_>>());
    // One type of each task that there is, but for those of the suites `motion`, `moments` and `sound`.
    let families = question::embedded(Language::En);
    let mut tasks: Vec<&str> = names("core").iter().map(|name| families[name].task()).collect();
    tasks.sort_unstable();
    let mut all: Vec<&str> = families.values().map(question::Family::task).collect();
    all.sort_unstable();
    all.dedup();
    all.retain(|task| !["change", "motion", "online"].contains(task));
    assert_eq!(tasks, all);
    // In Chinese as in English.
    let zh = types("[suite]\nname = \"reasoning\"\n[templates]\nlanguage = \"zh\"\n");
    assert_eq!(zh.len(), reasoning.len());
}

#[test]
fn a_suite_has_a_form_and_a_number_of_samples() {
    let spec = read("[suite]\nname = \"all\"\nform = \"open\"\nsamples = 3\n").unwrap();
    assert!(spec.tasks().iter().all(|task| task.forms == [Form::Open] && task.samples == Some(3)));
    // What has no choice keeps its own form; times are asked for in one form a task.
    let forms: Vec<(String, Vec<Form>)> = types("[suite]\nname = \"all\"\nform = [\"choice\", \"open\"]\n");
    let of = |name: &str| -> Vec<&[Form]> {
        forms.iter().filter(|(kind, _)| kind == name).map(|(_, forms)| forms.as_slice()).collect()
    };
    assert_eq!(of("key_edit1"), [[Form::Choice, Form::Open].as_slice()]);
    assert_eq!(of("when_edit1"), [[Form::Choice].as_slice(), &[Form::Open]]);
    assert_eq!(of("when_multi1"), [[Form::Open].as_slice()]);
    let chosen = types("[suite]\nname = \"all\"\nform = \"choice\"\n");
    let other: Vec<&String> =
        chosen.iter().filter(|(_, forms)| forms != &[Form::Choice]).map(|(name, _)| name).collect();
    assert_eq!(other, ["onl_say1", "when_multi1"]);
}

#[test]
fn a_suite_that_is_wrong_is_named_with_its_key() {
    let bench = Bench::new("[suite]\nname = \"resoning\"\nkind = 1\n[[tasks]]\ntype = \"ret_edit1\"\n");
    let output = bench.run(&["plan", "spec.toml"]);
    assert_eq!(output.status.code(), Some(3));
    let text = said(&output);
    for line in [
        "suite: stands beside `tasks`, which names types too",
        "suite.name: no suite `resoning`, only `\"core\"`, `\"vnbench\"`, `\"reasoning\"`, `\"motion\"`, `\"moments\"`, `\"sound\"`, `\"subtitles\"`, `\"all\"`",
        "suite.kind: unknown key",
        "the nearest suite to `resoning` is `reasoning`",
    ] {
        assert!(text.contains(line), "{text}");
    }
    let missing = Bench::new("[suite]\nform = \"open\"\n").run(&["plan", "spec.toml"]);
    assert!(said(&missing).contains("suite.name: missing"), "{}", said(&missing));
}

#[test]
fn suites_are_documented_as_they_are() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/spec.md")).unwrap();
    for suite in &SUITES {
        let listed: Vec<String> = names(suite.name).iter().map(|name| format!("`{name}`")).collect();
        let types = if suite.name == "all" { "all of them".to_owned() } else { listed.join(", ") };
        let line = format!("| `{}` | {} | {types} |", suite.name, suite.meaning);
        assert!(page.contains(&line), "docs/spec.md lacks the line\n{line}");
    }
}

#[test]
fn each_type_is_shown_with_an_example_in_both_languages() {
    let bench = Bench::new("");
    for language in Language::ALL {
        for (kind, family) in question::embedded(language) {
            let code = language.code();
            // The text says what the JSON says.
            if language == Language::En {
                let shown = bench.done(&["families", "show", &kind]);
                assert!(shown.contains("example ("), "{kind}: {shown}");
            }
            let full: Value =
                serde_json::from_str(&bench.done(&["families", "show", &kind, "--language", code, "--json"]))
                    .unwrap();
            assert_eq!(full["needs_order"], family.question_kind().needs_order());
            let examples = full["examples"].as_array().unwrap();
            let forms: usize = examples.iter().map(|of| of["forms"].as_array().unwrap().len()).sum();
            assert_eq!(forms, family.forms().len(), "{kind}");
            for example in examples {
                assert!(!example["shown"].as_array().unwrap().is_empty(), "{kind}");
                for asked in example["questions"].as_array().unwrap() {
                    let question = asked["question"].as_str().unwrap();
                    let answer = asked["answer"].as_str().unwrap();
                    assert!(!question.contains('{') && !answer.is_empty(), "{kind}: {asked}");
                    let options = asked["options"].as_array().unwrap();
                    let is_there = options.iter().any(|option| option == answer);
                    assert_eq!(is_there, !options.is_empty(), "{kind}: {asked}");
                }
            }
        }
    }
    let shown = bench.done(&["families", "show", "key_edit1"]);
    assert!(shown.contains("  shows   The secret word of "), "{shown}");
    assert!(shown.contains("single frames tell"), "{shown}");
    assert!(bench.done(&["families", "list"]).contains("1/2, the row's"));
}

/// What a family's comment says of single frames is what its kind says.
#[test]
fn templates_say_whether_single_frames_tell() {
    for dir in ["templates", "templates/zh"] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(dir);
        let mut seen = 0;
        for path in vniah::files::sorted_dir(&root).unwrap() {
            if path.extension().is_none_or(|extension| extension != "toml") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let family = question::parse(&path.display().to_string(), &text).unwrap();
            let needs_order = family.question_kind().needs_order();
            let says =
                |phrase: &str| text.lines().any(|line| line.starts_with("# ") && line.contains(phrase));
            let name = path.display();
            assert_eq!(says("Needs order in time."), needs_order, "{name}");
            let is_beside = family.mode().is_beside();
            assert_eq!(says("Single frames tell."), !needs_order && !is_beside, "{name}");
            assert_eq!(says("No frame shows it."), !needs_order && is_beside, "{name}");
            seen += 1;
        }
        assert!(seen >= 24, "{dir}");
    }
}

const LONG: &str = "[[haystack]]\nid = \"bay\"\nlicence = \"CC0-1.0\"\n\
     scene = { name = \"harbour\", seed = 1, width = 256, height = 144, fps = 10, seconds = 14 }\n";

#[test]
fn single_frames_of_videos_solve_what_needs_no_order() {
    let kinds = ["key_edit1", "ext_insert1", "cnt_insert1", "spa_patch1", "ord_next1", "ord_insert1"];
    let tasks = kinds.map(|kind| format!("[[tasks]]\ntype = \"{kind}\"\nsamples = 4\n")).concat();
    let bench = Bench::new(&tasks);
    bench.write("haystacks.toml", LONG);
    bench.made("set");
    let args = ["baseline", "frames-only", "set", "-o", "answers.jsonl", "--cache", "cache"];
    let table = bench.done(&args);
    let solved: BTreeMap<String, (u32, u32)> = table
        .lines()
        .skip(1)
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            (words[0].to_owned(), (words[3].parse().unwrap(), words[4].parse().unwrap()))
        })
        .collect();
    for kind in kinds {
        let (questions, right) = solved[kind];
        if kind.starts_with("ord_") {
            assert!(right < questions, "{table}");
        } else {
            assert_eq!(right, questions, "{table}");
        }
    }
    // The same questions, the same guesses.
    let first = fs::read(bench.path("answers.jsonl")).unwrap();
    assert_eq!(bench.done(&args), table);
    assert_eq!(fs::read(bench.path("answers.jsonl")).unwrap(), first);
    let scores: Value =
        serde_json::from_str(&bench.done(&["score", "set", "answers.jsonl", "--json"])).unwrap();
    assert_eq!(scores["model"], "frames-only");
}
