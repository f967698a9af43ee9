//! Controls: datasets beside the one that they are made with, proved like it, and scored beside it.

use std::fs;

use serde_json::Value;

use super::bench::{Bench, assert_same, said};

const SPEC: &str = "[[tasks]]\ntype = \"ret_edit1\"\n[[tasks]]\ntype = \"ord_insert1\"\n[controls]\n\
                    make = [\"text-only\", \"one-frame\", \"shuffled\", \"no-needle\"]\n";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Frames in which an oracle reads a subtitle.
const SCENES: &str = "[[haystack]]\nid = \"bay\"\nscene = { name = \"harbour\", seed = 1, width = 256, height = 144, fps = 24, frames = \
                      96 }\n[[haystack]]\nid = \"town\"\nscene = { name = \"city\", seed = 2, width = 256, height = 144, fps = 24, \
                      frames = 90 }\n";

/// Scores what an oracle or a guesser answers to the dataset, or to a control of it.
fn answered(bench: &Bench, of: &str, answers: &str) {
    if of.ends_with("text-only") {
        bench.done(&["baseline", "blind", of, "-o", answers]);
    } else {
        bench.done(&["baseline", "oracle", of, "-o", answers, "--cache", "cache"]);
    }
}

#[test]
fn controls_are_made_proved_and_scored_beside_their_dataset() {
    let bench = Bench::new(SPEC);
    bench.write("haystacks.toml", SCENES);
    let whole = bench.made("set");
    let rows = |dir: &str| -> Vec<Value> {
        fs::read_to_string(bench.path(dir).join("metadata.jsonl")).unwrap().lines().map(json).collect()
    };
    let own = rows("set");
    for name in ["no-needle", "shuffled", "one-frame", "text-only"] {
        let control = rows(&format!("set/controls/{name}"));
        assert_eq!(own.len(), control.len());
        for (one, left) in own.iter().zip(&control) {
            for key in ["id", "question", "options", "gt_option", "difficulty"] {
                assert_eq!(one[key], left[key]);
            }
        }
        let manifest = json(std::str::from_utf8(&whole[&format!("controls/{name}/manifest.json")]).unwrap());
        assert_eq!(manifest["control"], name);
    }
    assert!(
        !json(std::str::from_utf8(&whole["manifest.json"]).unwrap())
            .as_object()
            .unwrap()
            .contains_key("control")
    );
    assert!(!whole.keys().any(|name| name.starts_with("controls/text-only/videos/")));

    let verified = json(&bench.done(&["verify", "set", "--cache", "cache", "--json"]));
    let videos = |name: &str| {
        (verified["controls"][name]["videos"].as_u64(), &verified["controls"][name]["differences"])
    };
    for (name, count) in [("no-needle", 4), ("shuffled", 4), ("one-frame", 4), ("text-only", 0)] {
        assert_eq!(videos(name), (Some(count), &Value::Array(Vec::new())), "{name}");
    }
    // A frame of the haystack in the place of a needle is a difference.
    fs::copy(
        bench.path("set/controls/no-needle/videos/ret_edit1-bay-0.mp4"),
        bench.path("set/controls/shuffled/videos/ret_edit1-bay-0.mp4"),
    )
    .unwrap();
    let output = bench.run(&["verify", "set", "--cache", "cache"]);
    let differences = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(5));
    assert!(differences.contains("videos/ret_edit1-bay-0.mp4: "), "{differences}");
    fs::remove_file(bench.path("set/controls/shuffled/videos/ret_edit1-bay-0.mp4")).unwrap();
    assert!(bench.generate("set").status.success());
    assert_same(&whole, &bench.tree("set"));

    answered(&bench, "set", "own.jsonl");
    let mut args = vec![
        "score".to_owned(),
        "set".to_owned(),
        "own.jsonl".to_owned(),
        "--model".to_owned(),
        "m".to_owned(),
    ];
    for name in ["no-needle", "shuffled", "one-frame", "text-only"] {
        answered(&bench, &format!("set/controls/{name}"), &format!("{name}.jsonl"));
        args.extend(["--control".to_owned(), format!("{name}={name}.jsonl")]);
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let table = bench.done(&args);
    assert!(table.contains("controls: the same questions about less"), "{table}");
    let scores = json(&bench.done(&[&args[..], &["--json", "-o", "scores.json"]].concat()));
    let circular = |group: &Value| group["circular"].as_f64().unwrap();
    assert_eq!(scores["overall"]["circular"], 1.0);
    let of = |name: &str, task: &str| circular(&scores["controls"][name]["tasks"][task]);
    assert_eq!((of("no-needle", "retrieval"), of("no-needle", "ordering")), (0.0, 0.0));
    assert_eq!((of("shuffled", "retrieval"), of("one-frame", "ordering")), (1.0, 0.0));
    bench.done(&["report", "set", "scores.json", "-o", "report.html"]);
    assert!(fs::read_to_string(bench.path("report.html")).unwrap().contains("id=\"control-scores\""));
    told_from_the_dataset(&bench);
    // Answers of another model are no control of this one's.
    let mixed = bench.run(&["score", "set", "own.jsonl", "--control", "text-only=text-only.jsonl"]);
    assert!(mixed.status.code() == Some(3) && said(&mixed).contains("`blind`"), "{}", said(&mixed));
}

/// Scores and answers of a control, and what tells them from those of its dataset.
fn told_from_the_dataset(bench: &Bench) {
    // Scores of a control say so, and stand beside those of that control alone.
    let alone = "set/controls/no-needle";
    let told = bench.done(&["score", alone, "no-needle.jsonl", "-o", "alone.json"]);
    assert!(told.starts_with("oracle on the control `no-needle`, "), "{told}");
    assert_eq!(json(&fs::read_to_string(bench.path("alone.json")).unwrap())["control"], "no-needle");
    bench.done(&["report", alone, "alone.json", "-o", "alone.html"]);
    for (args, wanted) in [
        (&["compare", "scores.json", "alone.json"][..], "or one is of a control"),
        (&["report", "set", "alone.json", "-o", "other.html"], "oracle"),
        (&["report", alone, "alone.json", "-o", "other.html", "--sampler", "linspace(8)"], "no-needle"),
    ] {
        let refused = bench.run(args);
        assert!(refused.status.code() == Some(3) && said(&refused).contains(wanted), "{}", said(&refused));
    }
    assert!(!bench.path("other.html").exists());
    // Where the control's rows are not at hand, answers to the dataset itself are told by what they say.
    fs::rename(bench.path(alone), bench.path("aside")).unwrap();
    let same = bench.run(&["score", "set", "own.jsonl", "--control", "no-needle=own.jsonl"]);
    assert!(
        same.status.code() == Some(3) && said(&same).contains("of the dataset itself"),
        "{}",
        said(&same)
    );
    bench.done(&["score", "set", "own.jsonl", "--control", "no-needle=no-needle.jsonl"]);
    fs::rename(bench.path("aside"), bench.path(alone)).unwrap();
    // Any frame of one is taken by every sampler.
    bench.done(&["frames", "set/controls/one-frame", "--sampler", "qwen-vl-utils", "-o", "taken"]);
}

#[test]
fn parts_and_recipes_of_controls_make_the_same_bytes() {
    let bench = Bench::new(SPEC);
    let whole = bench.made("set");
    for shard in ["0/2", "1/2"] {
        bench.done(&[
            "generate",
            "spec.toml",
            "--shard",
            shard,
            "-o",
            &format!("part{}", &shard[..1]),
            "--cache",
            "cache",
        ]);
    }
    let part = vniah::dataset::read_control(&bench.path("part0/controls/shuffled")).unwrap();
    assert_eq!(part, Some(vniah::question::Control::Shuffled));
    let parts = ["part0/controls/shuffled", "part1/controls/shuffled"];
    bench.done(&["merge", "-o", "shuffled-alone", parts[0], parts[1]]);
    // Parts that were stopped before a control are not whole, even if all of them were.
    let aside = |part: &str| format!("{part}/controls/shuffled/shard.json");
    for part in ["part0", "part1"] {
        fs::rename(bench.path(&aside(part)), bench.path(&format!("{part}.json"))).unwrap();
    }
    let early = bench.run(&["merge", "-o", "merged", "part0", "part1"]);
    assert!(early.status.code() == Some(3) && said(&early).contains(&aside("part0")), "{}", said(&early));
    assert!(!bench.path("merged").exists());
    for part in ["part0", "part1"] {
        fs::rename(bench.path(&format!("{part}.json")), bench.path(&aside(part))).unwrap();
    }
    bench.done(&["merge", "-o", "merged", "part0", "part1"]);
    assert_same(&whole, &bench.tree("merged"));
    assert!(bench.done(&["diff", "set", "merged"]).contains("control shuffled: equal\n"));
    // Neither is a dataset that lacks one.
    fs::rename(bench.path("merged/controls/shuffled"), bench.path("shuffled")).unwrap();
    let lone = bench.run(&["diff", "set", "merged"]);
    let told = String::from_utf8(lone.stdout).unwrap();
    assert!(lone.status.code() == Some(5) && told.contains("control shuffled: only in the first"), "{told}");
    let lacking = bench.run(&["verify", "merged", "--cache", "cache"]);
    let told = String::from_utf8(lacking.stdout).unwrap();
    assert!(
        lacking.status.code() == Some(5) && told.contains("controls/shuffled/manifest.json: is missing"),
        "{told}"
    );
    bench.done(&["generate", "spec.toml", "-o", "kept", "--store", "recipe", "--cache", "cache"]);
    for name in ["no-needle", "shuffled", "one-frame"] {
        let dir = format!("kept/controls/{name}");
        bench.done(&["materialize", &dir, "--cache", "cache"]);
        let tree = bench.tree(&dir);
        let videos: Vec<&String> = tree.keys().filter(|file| file.starts_with("videos/")).collect();
        assert_eq!(videos.len(), 4);
        assert!(videos.iter().all(|file| tree[*file] == whole[&format!("controls/{name}/{file}")]));
    }
}

#[test]
fn black_pictures_have_the_size_of_their_own_haystack() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n[controls]\nmake = [\"audio-only\"]\n");
    let scene = |id: &str, width: u32, height: u32| {
        let scene = format!(
            "name = \"harbour\", seed = 1, width = {width}, height = {height}, fps = 25, frames = 60"
        );
        format!("[[haystack]]\nid = \"{id}\"\nscene = {{ {scene} }}\n")
    };
    bench.write(
        "haystacks.toml",
        &(scene("small", 128, 72) + &scene("wide", 320, 180) + &scene("large", 256, 144)),
    );
    bench.made("set");
    let verified = json(&bench.done(&["verify", "set", "--cache", "cache", "--json"]));
    let black = &verified["controls"]["audio-only"];
    assert_eq!((&black["videos"], &black["differences"]), (&3.into(), &Value::Array(Vec::new())), "{black}");
}

#[test]
fn what_has_no_video_says_so() {
    let bench = Bench::new(&SPEC.replace("\"one-frame\", \"shuffled\", \"no-needle\"", "\"no-needle\""));
    bench.made("set");
    let text = "set/controls/text-only";
    // Where there are no videos, equal questions are not about one.
    bench.done(&["audit", text]);
    for args in [
        &["baseline", "oracle", text, "-o", "a.jsonl", "--cache", "cache"][..],
        &["frames", text, "--sampler", "linspace(4)", "-o", "frames"],
        &["export", text, "--to", "llava"],
        &[
            "ask",
            text,
            "--base-url",
            "http://127.0.0.1:9/v1",
            "--model",
            "m",
            "--sampler",
            "linspace(4)",
            "--dry-run",
        ],
    ] {
        let output = bench.run(args);
        assert_eq!(output.status.code(), Some(3), "{}", said(&output));
        assert!(said(&output).contains("is the dataset of a control without videos"), "{}", said(&output));
    }
    let asked = json(&bench.done(&[
        "ask",
        text,
        "--base-url",
        "http://127.0.0.1:9/v1",
        "--model",
        "m",
        "--mode",
        "text",
        "--dry-run",
    ]));
    let parts = asked["messages"][0]["content"].as_array().unwrap();
    assert!(parts.len() == 1 && parts[0]["type"] == "text");
    let seen = bench.run(&["coverage", "set/controls/no-needle", "--sampler", "linspace(4)"]);
    assert!(
        seen.status.code() == Some(3) && said(&seen).contains("its needles are left out"),
        "{}",
        said(&seen)
    );
    let solved = bench.run(&["verify", "set/controls/no-needle", "--solve", "--cache", "cache"]);
    assert!(
        solved.status.code() == Some(2) && said(&solved).contains("not meant to be solved"),
        "{}",
        said(&solved)
    );
}
