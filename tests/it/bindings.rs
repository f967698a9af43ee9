//! Keys of a task that say how many values, links and changes there are, and whether hints name keys: through the real program.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use super::audit::catalogue;
use super::bench::{Bench, said};

/// A font with Chinese characters, of the package `fonts-droid-fallback`.
const FONT: &str = "font = \"Droid Sans Fallback\"\n";

/// The videos of a plan, by name.
fn planned(tasks: &str) -> BTreeMap<String, Value> {
    let bench = Bench::new(tasks);
    bench.write("haystacks.toml", &catalogue(60, (320, 180)));
    bench.done(&["plan", "spec.toml", "-o", "plan.jsonl", "--cache", "cache"]);
    let text = fs::read_to_string(bench.path("plan.jsonl")).unwrap();
    let videos = text.lines().skip(1).map(|line| serde_json::from_str::<Value>(line).unwrap());
    videos.map(|video| (video["video"]["name"].as_str().unwrap().to_owned(), video)).collect()
}

/// What `plan` says of a spec that it refuses.
fn refused(tasks: &str) -> String {
    let bench = Bench::new(tasks);
    bench.write("haystacks.toml", &catalogue(60, (320, 180)));
    let output = bench.run(&["plan", "spec.toml", "--cache", "cache"]);
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    said(&output)
}

fn keys(video: &Value) -> BTreeSet<&str> {
    video["video"]["needles"].as_array().unwrap().iter().map(|of| of["key"].as_str().unwrap()).collect()
}

#[test]
fn numbers_of_keys_values_links_and_changes_are_axes() {
    let videos = planned(
        "[[tasks]]\ntype = \"key_edit1\"\nsamples = 1\n[[tasks]]\ntype = \"key_edit2\"\nsamples = 1\n[[tasks]]\n\
         type = \"chn_edit1\"\nsamples = 1\n[grid]\nvary = \"one at a time\"\ncount = [4, 5]\neach = [2, 3, 4]\n",
    );
    let mut all = videos.clone();
    all.extend(planned(
        "[[tasks]]\ntype = \"trk_edit1\"\nsamples = 1\n[grid]\ncount = [5, 6]\neach = [5, 6]\n",
    ));
    let videos = all;
    let settings: BTreeSet<String> = videos
        .keys()
        .filter_map(|name| name.split_once("-h"))
        .map(|(setting, _)| setting.to_owned())
        .collect();
    let of = |kind: &str| -> Vec<&str> {
        let start = format!("{kind}-");
        settings.iter().filter_map(|setting| setting.strip_prefix(&start)).collect()
    };
    // What a type has anyway is its own setting.
    assert_eq!(of("key_edit1"), ["count-4", "count-5"]);
    assert_eq!(of("key_edit2"), ["count-4", "count-5", "each-2", "each-3", "each-4"]);
    assert_eq!(of("chn_edit1"), ["count-5", "each-2", "each-4"]);
    assert_eq!(of("trk_edit1"), ["count-5-each-5", "count-5-each-6", "count-6-each-5", "count-6-each-6"]);
    assert!(videos.values().all(|video| {
        let (count, each) = (&video["difficulty"]["count"], &video["difficulty"]["each"]);
        let number = |text: &Value| text.as_str().and_then(|text| text.parse::<usize>().ok());
        let needles = video["video"]["needles"].as_array().unwrap().len();
        match video["questions"][0]["question_kind"].as_str().unwrap() {
            "chain" => needles == number(count).unwrap() * number(each).unwrap(),
            _ => keys(video).len() == number(count).unwrap() && needles % keys(video).len() == 0,
        }
    }));
}

#[test]
fn hops_that_exist_are_asked_for() {
    let videos = planned("[[tasks]]\ntype = \"chn_edit1\"\nsamples = 2\neach = 5\n");
    for video in videos.values() {
        let questions = video["questions"].as_array().unwrap();
        let steps: Vec<i64> = questions.iter().map(|of| of["query"]["steps"].as_i64().unwrap()).collect();
        assert_eq!(steps, [1, 2, 3, 4, 5]);
        assert_eq!(video["difficulty"]["each"], "5");
        assert_eq!(video["difficulty"]["count"], "4");
    }
}

#[test]
fn hints_name_keys_in_both_languages_and_change_nothing_else() {
    for (language, font) in [("en", ""), ("zh", FONT)] {
        let videos = planned(&format!(
            "{font}[templates]\nlanguage = \"{language}\"\n[[tasks]]\ntype = \"key_edit1\"\nsamples = 5\n[[tasks]]\n\
             type = \"key_edit3\"\nsamples = 5\n[grid]\nhints = [false, true]\n"
        ));
        assert_eq!(videos.len(), 20);
        for (name, plain) in videos.iter().filter(|(name, _)| name.contains("hints-false")) {
            let hinted = &videos[&name.replace("hints-false", "hints-true")];
            assert_eq!(plain["video"]["needles"], hinted["video"]["needles"], "{name}");
            let (one, other) = (&plain["questions"][0], &hinted["questions"][0]);
            assert_eq!((&one["options"], &one["query"]), (&other["options"], &other["query"]));
            for key in one["query"]["things"].as_array().unwrap() {
                let key = key.as_str().unwrap();
                assert!(one["question"].as_str().unwrap().contains(key), "{one}");
                assert!(!other["question"].as_str().unwrap().contains(key), "{other}");
            }
            assert_eq!(plain["difficulty"]["hints"], "false");
            assert_eq!(hinted["difficulty"]["hints"], "true");
        }
    }
}

#[test]
fn what_a_type_cannot_have_is_refused_with_its_key_all_at_once() {
    let text = refused(
        "[[tasks]]\ntype = \"chn_edit1\"\nhints = true\n[[tasks]]\ntype = \"ord_next1\"\neach = 2\n[[tasks]]\n\
         type = \"key_edit1\"\neach = 2\n[[tasks]]\ntype = \"key_edit2\"\neach = 1\ncount = 1\n[[tasks]]\n\
         type = \"trk_edit1\"\neach = 4\ncount = 4\n[[tasks]]\ntype = \"chn_ring1\"\neach = 4\n[[tasks]]\n\
         type = \"key_edit3\"\nhints = 1\n",
    );
    for line in [
        "tasks[0].hints: says nothing of the needles of `chn_edit1`: its questions name no key, as those of `kind = \"key\"` do",
        "tasks[1].each: says nothing of the needles of `ord_next1`: its file states no several values",
        "tasks[2].each: says nothing of the needles of `key_edit1`: its file states no several values",
        "tasks[3]: key_edit2: each: from 2 on, as the question asks for several values; ",
        "tasks[4]: trk_edit1: needle.count: has to be 5 or more",
        "; each: has to be 5 or more: every box takes the 4 states that are options, and one more",
        "tasks[5]: chn_ring1: each: makes a ring of 4, which has no 4 options beside its start; write 5 or more",
        "tasks[6].hints: `1` is not `true` or `false`",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    // More links than there are names.
    let few = refused("[[tasks]]\ntype = \"chn_edit1\"\neach = 6\n");
    assert!(few.contains("pack `names` has 26 distinct labels, `chn_edit1` needs 28"), "{few}");
}

#[test]
fn keys_without_hints_are_named_with_their_pack_and_language() {
    let text = |language: &str, hints: &str| {
        let bench = Bench::new(&format!(
            "{}packs = [\"metals\"]\n[templates]\npaths = [\"own\"]\nlanguage = \"{language}\"\n[[tasks]]\n\
             type = \"key_metal\"\nhints = {hints}\n",
            if language == "zh" { FONT } else { "" }
        ));
        bench.write("haystacks.toml", &catalogue(60, (320, 180)));
        let names =
            [("gold", "金"), ("iron", "铁"), ("lead", "铅"), ("zinc", "锌"), ("tin", "锡"), ("copper", "铜")];
        let items = names.map(|(metal, chinese)| {
            format!(
                "[[items]]\nid = \"{metal}\"\nlabel = \"{metal}\"\nhints = [\"what it is like\"]\nnames.zh = {{ label = \"{chinese}\" }}\n"
            )
        });
        fs::create_dir(bench.path("metals")).unwrap();
        fs::create_dir(bench.path("own")).unwrap();
        bench.write(
            "metals/pack.toml",
            &format!("id = \"metals\"\nlicence = \"CC0-1.0\"\ncredit = \"nobody\"\n{}", items.concat()),
        );
        let own = if language == "zh" { "templates/zh" } else { "templates" };
        let own = format!("{}/{own}/key_edit1.toml", env!("CARGO_MANIFEST_DIR"));
        let own = fs::read_to_string(own).unwrap();
        bench.write(
            "own/key.toml",
            &own.replace("key_edit1", "key_metal").replace("\"colours\"", "\"metals\""),
        );
        let output = bench.run(&["plan", "spec.toml", "--cache", "cache"]);
        (output.status.code(), said(&output))
    };
    for (language, hints) in [("en", "true"), ("zh", "false")] {
        let (code, said) = text(language, hints);
        assert_eq!(code, Some(0), "{said}");
    }
    let (code, said) = text("zh", "true");
    assert_eq!(code, Some(3));
    assert!(
        said.contains(
            "tasks[0]: key_metal: pack `metals` has 0 distinct keys with hints in `zh`, `key_metal` needs 6; give its items \
             `names.zh.hints`, or set `hints = false`"
        ),
        "{said}"
    );
}
