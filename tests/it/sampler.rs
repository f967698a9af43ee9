//! `vniah sampler` and `vniah coverage` through the real program.

use std::collections::BTreeMap;

use serde_json::Value;

use super::bench::{Bench, said};

const GRID: &str = "[[tasks]]\ntype = \"ret_insert1\"\n[[tasks]]\ntype = \"ord_edit1\"\n\
    [grid]\nlengths = [\"3s\", \"12s\", \"1m\"]\ndepths = { from = 0, to = 100, steps = 3 }\nrepeats = 2\n\
    [video]\nfps = 25\nwidth = 128\nheight = 72\n";

#[test]
fn indices_are_printed_as_text_and_json() {
    let bench = Bench::new("");
    let text = bench.done(&["sampler", "linspace(8)", "--frames", "300", "--fps", "30"]);
    assert_eq!(text, "0 42 85 128 170 213 256 299\n");
    let two = bench.done(&[
        "sampler",
        "vlmevalkit(3),fps:1,max=64",
        "hf-default(4)",
        "--frames",
        "100",
        "--fps",
        "29.97",
    ]);
    assert_eq!(two, "vlmevalkit(3): 25 50 75\nfps:1,max=64: 0 29 59 89\nhf-default(4): 0 25 50 75\n");
    let json = bench.done(&[
        "sampler",
        "hf-qwen2vl",
        "--frames",
        "300",
        "--fps",
        "30",
        "--size",
        "1920x1080",
        "--json",
    ]);
    let json: Value = serde_json::from_str(&json).unwrap();
    let own = &json["samplers"]["hf-qwen2vl"];
    assert_eq!(own["indices"].as_array().unwrap().len(), 20);
    assert_eq!(
        (&own["resized"]["width"], &own["resized"]["height"]),
        (&Value::from(1008), &Value::from(560))
    );
    assert_eq!(own["resized"]["tokens_per_frame"], Value::from(360.0));
    assert!(bench.done(&["sampler"]).contains("qwen-vl-utils(fps=2,min=4,max=768)"));
    let wrong = bench.run(&["sampler", "linspce(8)", "--frames", "9", "--fps", "1"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(said(&wrong).contains("the nearest is `linspace`"), "{}", said(&wrong));
    let refused = bench.run(&["sampler", "hf-default(8)", "--frames", "7", "--fps", "25"]);
    assert_eq!(refused.status.code(), Some(3));
    let endless = bench.run(&["sampler", "fps:1000", "--frames", "10000000000", "--fps", "1"]);
    assert_eq!(endless.status.code(), Some(3));
    assert!(said(&endless).contains("at most 100000000 fit"), "{}", said(&endless));
    let bare = bench.run(&["sampler", "linspace(8)"]);
    assert_eq!(bare.status.code(), Some(2));
}

/// Rows by sample: the first of each.
fn rows(bench: &Bench, set: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(bench.path(set).join("metadata.jsonl")).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.filter(|row| row["try"] == 0).collect()
}

#[test]
fn coverage_says_which_needles_are_seen_and_what_that_leaves_to_score() {
    let bench = Bench::new(GRID);
    bench.made("set");
    let samplers = "linspace(8),fps:1,gemini";
    let text = bench.done(&["coverage", "set", "--sampler", samplers, "--json", "--indices"]);
    let json: Value = serde_json::from_str(&text).unwrap();
    for name in ["linspace(8)", "fps:1"] {
        let own = &json["samplers"][name];
        let (mut seen, mut samples) = (0, 0);
        for row in rows(&bench, "set") {
            let video = &own["videos"][row["file_name"].as_str().unwrap()];
            let indices: Vec<u64> =
                video["indices"].as_array().unwrap().iter().map(|index| index.as_u64().unwrap()).collect();
            let mut all = true;
            for (needle, told) in
                row["needles"].as_array().unwrap().iter().zip(video["seen"].as_array().unwrap())
            {
                let (from, to) =
                    (needle["start_frame"].as_u64().unwrap(), needle["end_frame"].as_u64().unwrap());
                let found = indices.iter().any(|index| (from..to).contains(index));
                assert_eq!(told, &Value::from(found), "{name} {row}");
                all &= found;
            }
            seen += u64::from(all);
            samples += 1;
        }
        assert_eq!((own["seen"].as_u64(), own["samples"].as_u64()), (Some(seen), Some(samples)));
        // Each task has one type of equally many samples.
        let share = seen as f64 / samples as f64;
        assert!((own["ceiling"].as_f64().unwrap() - (share + (1.0 - share) / 4.0)).abs() < 1e-6);
    }
    assert_eq!(json["samplers"]["gemini"]["unknown"], json["samplers"]["gemini"]["samples"]);
    let table = bench.done(&["coverage", "set", "--sampler", samplers, "-o", "coverage.html"]);
    assert!(table.contains("questions seen, ceiling"), "{table}");
    let page = std::fs::read_to_string(bench.path("coverage.html")).unwrap();
    assert!(page.contains("Where it looks") && page.contains("<svg") && !page.contains("http"));
    bench.done(&["coverage", "set", "--sampler", "hf-default(400)", "-o", "refused.html"]);
    let page = std::fs::read_to_string(bench.path("refused.html")).unwrap();
    assert!(page.contains("400 frames are asked for") && !page.contains(", 0 frames taken"));
    bench.write("mine.html", "mine");
    let mine = bench.run(&["coverage", "set", "--sampler", "fps:1", "-o", "mine.html"]);
    assert_eq!(mine.status.code(), Some(2));
    // A manifest that cannot be read may be that of a control, whose videos show nothing.
    bench.write("set/manifest.json", "{");
    let damaged = bench.run(&["coverage", "set", "--sampler", "fps:1"]);
    assert_eq!(damaged.status.code(), Some(3));
    assert!(said(&damaged).contains("set/manifest.json"), "{}", said(&damaged));
}

#[test]
fn metadata_shows_that_questions_are_the_same_at_every_length() {
    let bench = Bench::new(&GRID.replace("repeats = 2", "repeats = 1"));
    bench.made("set");
    let mut questions: BTreeMap<(String, i64), Vec<Value>> = BTreeMap::new();
    for row in rows(&bench, "set") {
        let key = (row["type"].as_str().unwrap().to_owned(), row["cell_depth_permille"].as_i64().unwrap());
        questions.entry(key).or_default().push(row);
    }
    assert_eq!(questions.len(), 2 * 3);
    for ((kind, depth), rows) in &questions {
        let lengths: Vec<&str> = rows.iter().map(|row| row["cell_length"].as_str().unwrap()).collect();
        assert_eq!(lengths, ["3s", "12s", "1m"]);
        let shown = |row: &Value| -> Vec<Value> {
            let needle = |needle: &Value| {
                let mut needle = needle.clone();
                for key in ["start_frame", "end_frame"] {
                    needle.as_object_mut().unwrap().remove(key);
                }
                needle
            };
            row["needles"].as_array().unwrap().iter().map(needle).collect()
        };
        for row in rows {
            for key in ["question", "options", "gt", "gt_option", "cell_depth_of"] {
                assert_eq!(row[key], rows[0][key], "{kind} {depth} {key}");
            }
            assert_eq!(shown(row), shown(&rows[0]));
            let (start, end) =
                (row["cell_window_start"].as_i64().unwrap(), row["cell_window_end"].as_i64().unwrap());
            let frames = row["num_frames"].as_i64().unwrap();
            // The depth acts: at 0 the window or needle begins the video, at 1000 it ends it, at 500 it stands in the middle.
            match depth {
                0 => assert_eq!(start, 0),
                1000 => assert_eq!(end, frames),
                _ => assert!((start + end - frames).abs() <= 2, "{row}"),
            }
            for needle in row["needles"].as_array().unwrap() {
                assert!(start <= needle["start_frame"].as_i64().unwrap());
                assert!(needle["end_frame"].as_i64().unwrap() <= end);
            }
            let of = if kind == "ret_insert1" { "needle" } else { "window" };
            assert_eq!(row["cell_depth_of"], of);
        }
    }
}

#[test]
fn what_is_required_to_be_seen_is_seen_and_what_cannot_be_is_refused() {
    let required = "[visibility]\nrequire_visible = [\"linspace(16)\", \"linspace(31)\"]\n";
    let bench =
        Bench::new(&GRID.replace("ord_edit1", "ret_edit1").replace("[grid]", &format!("{required}[grid]")));
    bench.made("set");
    bench.done(&["verify", "set", "--cache", "cache"]);
    let text =
        bench.done(&["coverage", "set", "--sampler", "linspace(16)", "--sampler", "linspace(31)", "--json"]);
    let json: Value = serde_json::from_str(&text).unwrap();
    for name in ["linspace(16)", "linspace(31)"] {
        assert_eq!(json["samplers"][name]["ceiling"], Value::from(1.0), "{name}");
    }
    bench.spec("spec.toml", 1, &format!("{GRID}[visibility]\nrequire_visible = [\"linspace(3)\"]\n"));
    let refused = bench.run(&["plan", "spec.toml", "--cache", "cache"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(said(&refused).contains("have no places that `linspace(3)` sees"), "{}", said(&refused));
}
