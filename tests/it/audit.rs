//! `vniah audit` and `vniah verify --solve` through the real program.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use serde_json::{Value, json};
use vniah::audit::Report;
use vniah::seed::{Seed, Stream};

use super::bench::{Bench, said};

/// A catalogue of 150 haystacks of many lengths from `shortest` seconds on, of which a plan needs no frame.
pub(super) fn catalogue(shortest: u32, (width, height): (u32, u32)) -> String {
    let mut text = String::new();
    for at in 0..150 {
        let seconds = shortest + at * 7 % 41;
        write!(
            text,
            "[[haystack]]\nid = \"h{at}\"\nscene = {{ name = \"barcode\", seed = {at}, width = {width}, height = {height}, fps = 25, \
             seconds = {seconds} }}\n"
        )
        .unwrap();
    }
    text
}

/// A plan of VNBench's size: nine types, 150 haystacks.
fn planned() -> Bench {
    let bench = Bench::new("");
    bench.write("haystacks.toml", &catalogue(12, (128, 72)));
    bench.done(&["plan", "spec.toml", "-o", "plan.jsonl", "--cache", "cache"]);
    bench
}

pub(super) fn report(bench: &Bench) -> Report {
    serde_json::from_str(&fs::read_to_string(bench.path("audit.json")).unwrap()).unwrap()
}

#[test]
fn a_default_dataset_is_at_chance_for_every_attack() {
    let bench = planned();
    let table = bench.done(&["audit", "plan.jsonl", "--json", "audit.json"]);
    assert!(table.starts_with("1350 samples, 5400 rows; "), "{table}");
    assert!(!table.contains("beats chance"), "{table}");
    let report = report(&bench);
    assert_eq!((report.samples, report.guessed, report.beaten().len()), (1350, 1350, 0));
    // Pictures that are inserted could tell their number by the length: there is nothing to learn from, as all videos are
    // longer than their haystacks by the same.
    let of_count = |figure: &&vniah::audit::Figure| figure.kind.as_deref() == Some("cnt_insert1");
    let known: BTreeSet<&str> = report.figures.iter().filter(of_count).map(|it| it.knows.as_str()).collect();
    assert!(known.contains("length") && !known.contains("length beyond the haystack's"), "{known:?}");
    // The same again, over the report that is there; but not over anything else.
    bench.done(&["audit", "plan.jsonl", "--json", "audit.json"]);
    let foreign = bench.run(&["audit", "plan.jsonl", "--json", "spec.toml"]);
    assert_eq!(foreign.status.code(), Some(2));
    assert!(said(&foreign).contains("`spec.toml` exists and holds no report of an audit"));
}

#[test]
fn a_biased_dataset_fails_and_the_bias_is_named() {
    let bench = planned();
    let text = fs::read_to_string(bench.path("plan.jsonl")).unwrap();
    let mut biased = String::new();
    for (at, line) in text.lines().enumerate() {
        let mut video: Value = serde_json::from_str(line).unwrap();
        if video.get("questions").is_some_and(|questions| questions[0]["type"] == "cnt_edit2") {
            let sample = &mut video["questions"][0];
            // Options around the answer, two below it and one above: the third smallest is right.
            let target = sample["target"].as_u64().unwrap() as usize;
            let right: i64 = sample["options"][target].as_str().unwrap().parse().unwrap();
            let near = [right - 2, right - 1, right, right + 1];
            let options: Vec<String> =
                (0..4).map(|place| near[(place + 6 - target) % 4].to_string()).collect();
            assert_eq!(options[target], right.to_string());
            if at % 2 == 0 {
                sample["options"] = json!(options);
            }
        }
        writeln!(biased, "{video}").unwrap();
    }
    bench.write("biased.jsonl", &biased);
    let output = bench.run(&["audit", "biased.jsonl", "--json", "audit.json"]);
    assert_eq!(output.status.code(), Some(5));
    assert!(
        said(&output).contains("`3rd smallest number` (knows: options) is right on "),
        "{}",
        said(&output)
    );
    assert!(said(&output).contains("% of cnt_edit2, "), "{}", said(&output));
    let report = report(&bench);
    assert!(report.beaten().iter().all(|figure| figure.kind.as_deref() != Some("cnt_edit1")));
    assert_eq!(report.failed().count(), 0);
}

/// VNBench's annotation as far as its defects are published, made by rule, since the file itself is not here: 150 haystacks
/// with nine types each. In `cnt_edit2` the third smallest option is right on 53% of the samples and the second on 37%. The
/// letters over the tries are CDCB, AADC, DBBA or BCAD: what the other options do is not published, and here they take the
/// other three, which together fill every place of every try. Videos named `ret_insert2` are annotated `ret_insert1` and the
/// other way round. All else is drawn fairly.
fn vnbench() -> Value {
    const LETTERS: [[usize; 4]; 4] = [[2, 3, 2, 1], [0, 0, 3, 2], [3, 1, 1, 0], [1, 2, 0, 3]];
    let mut rows = Vec::new();
    for haystack in 0..150_u64 {
        for kind in vniah::question::VNBENCH {
            let stream = &mut Seed::new(9).stream(kind, haystack);
            let (options, target) = question(kind, stream);
            let named = match kind {
                "ret_insert1" => "ret_insert2",
                "ret_insert2" => "ret_insert1",
                other => other,
            };
            let question =
                if kind == "ret_insert2" { "What is the name of the landmark?" } else { "What is it?" };
            // Each option takes one of the four sequences; which is the target's is drawn.
            let sequences = stream.distinct(4, 4);
            for (at, column) in (0..4).map(|at| (at, LETTERS.map(|letters| letters[at]))) {
                let place = |option: usize| column[sequences[option]];
                let mut shown = vec![""; 4];
                for option in 0..4 {
                    shown[place(option)] = &options[option];
                }
                let place = place(target);
                rows.push(json!({
                    "video": format!("./VNBench/{haystack}_{named}.mp4"), "question": question, "options": shown,
                    "gt": options[target], "gt_option": vniah::dataset::letter(place), "needle_time": [1.5],
                    "length": 10.0 + haystack as f64, "type": kind, "try": at,
                }));
            }
        }
    }
    Value::Array(rows)
}

fn question(kind: &str, stream: &mut Stream) -> (Vec<String>, usize) {
    let texts = |number: usize| format!("word{number}");
    match kind.split('_').next().unwrap() {
        "cnt" => {
            let mut numbers = stream.distinct(4, if kind == "cnt_edit2" { 12 } else { 6 });
            numbers.sort_unstable();
            let target = match stream.below(100) {
                0..53 if kind == "cnt_edit2" => 2,
                53..90 if kind == "cnt_edit2" => 1,
                _ => stream.below(4) as usize,
            };
            (numbers.into_iter().map(|number| (number + 1).to_string()).collect(), target)
        }
        "ord" => {
            let things = stream.distinct(4, 12);
            let mut options: Vec<String> = Vec::new();
            while options.len() < 4 {
                let order: Vec<String> =
                    stream.distinct(4, 4).into_iter().map(|at| texts(things[at])).collect();
                if !options.contains(&order.join(", ")) {
                    options.push(order.join(", "));
                }
            }
            (options, stream.below(4) as usize)
        }
        _ => (stream.distinct(4, 26).into_iter().map(texts).collect(), stream.below(4) as usize),
    }
}

#[test]
fn the_defects_of_vnbench_are_found() {
    let bench = Bench::new("");
    bench.write("vnbench.json", &vnbench().to_string());
    let output = bench.run(&["audit", "--vnbench", "vnbench.json", "--json", "audit.json"]);
    assert_eq!(output.status.code(), Some(5));
    let report = report(&bench);
    let strongest = report.beaten()[0];
    assert_eq!(
        (strongest.attack.as_str(), strongest.kind.as_deref()),
        ("3rd smallest number", Some("cnt_edit2"))
    );
    assert!((0.45..0.65).contains(&strongest.circular.share), "{strongest:?}");
    // Every figure that beats chance is about that rank; the other types are fair.
    for figure in report.beaten() {
        assert!(
            figure.kind.as_deref() == Some("cnt_edit2") || figure.attack.contains("smallest"),
            "{figure:?}"
        );
    }
    let found: Vec<(&str, u64)> = report.failed().map(|check| (check.check.as_str(), check.found)).collect();
    let wanted = [
        ("over the tries the right option stands in each place once", found[0].1),
        ("file names, questions and types agree", 300),
    ];
    assert_eq!(found, wanted);
    // Of the four sequences of letters, BCAD alone goes round.
    assert!((900..1125).contains(&found[0].1), "{found:?}");
    assert!(
        said(&output).contains("the file `0_ret_insert2.mp4` says `ret_insert2`, the row says `ret_insert1`")
    );
}

#[test]
fn our_own_annotation_in_vnbench_s_form_passes() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n[[tasks]]\ntype = \"cnt_insert1\"\n");
    bench.made("set");
    bench.done(&["audit", "set"]);
    bench.done(&["audit", "--vnbench", "set/VNBench-main-4try.json"]);
    let output = bench.run(&["audit", "spec.toml"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(said(&output).contains("`spec.toml` is neither a dataset directory nor a plan"));
}

/// A haystack whose subtitles are as small as can be read: of 11 pixels.
const SMALL: &str = "[[haystack]]\nid = \"bay\"\nscene = { name = \"desert\", seed = 1, width = 320, height = 180, \
    fps = 25, frames = 110 }\n";

#[test]
fn every_question_is_solved_from_its_video_and_subtitles_are_read_by_tesseract() {
    let tasks = ["ret_edit1", "cnt_edit1", "ret_multikey1", "ret_insert1"]
        .map(|kind| format!("[[tasks]]\ntype = \"{kind}\"\n"));
    let bench = Bench::new(&tasks.concat());
    bench.write("haystacks.toml", SMALL);
    bench.made("set");
    let text = bench.done(&["verify", "set", "--solve", "--cache", "cache"]);
    let solved: Vec<&str> = text.lines().filter(|line| line.ends_with("all")).collect();
    assert_eq!(
        solved,
        [
            "ret_edit1      ocr              1        1       100.0  all",
            "cnt_edit1      ocr              1        1       100.0  all",
            "ret_multikey1  ocr              1        1       100.0  all",
            "ret_insert1    picture colours  1        1       100.0  all",
        ],
        "{text}"
    );
    // A row that says otherwise than its video is not solved.
    let path = bench.path("set/metadata.jsonl");
    let rows = fs::read_to_string(&path).unwrap();
    let first: Value = serde_json::from_str(rows.lines().next().unwrap()).unwrap();
    let other = first["options"].as_array().unwrap().iter().position(|it| *it != first["gt"]).unwrap();
    let wrong = first["options"][other].clone();
    let mut changed = String::new();
    for line in rows.lines() {
        let mut row: Value = serde_json::from_str(line).unwrap();
        if row["sample_id"] == first["sample_id"] {
            let at = row["options"].as_array().unwrap().iter().position(|it| *it == wrong).unwrap();
            row["gt"] = wrong.clone();
            row["answer"] = wrong.clone();
            row["gt_option"] = vniah::dataset::letter(at).into();
        }
        writeln!(changed, "{row}").unwrap();
    }
    fs::write(&path, changed).unwrap();
    let sample = first["sample_id"].as_str().unwrap();
    let solve = ["verify", "set", "--solve", "--cache", "cache", "--json", "--sample", sample];
    let output = bench.run(&solve);
    assert_eq!(output.status.code(), Some(5));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["solved"][0]["unsolved"], json!(["ret_edit1-bay-0"]));
}

#[test]
fn without_tesseract_it_is_said_how_to_get_it() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n");
    bench.made("set");
    let run = |more: &[&str]| {
        std::process::Command::new(env!("CARGO_BIN_EXE_vniah"))
            .args(["baseline", "oracle", "set", "-o", "answers.jsonl", "--cache", "cache"])
            .args(more)
            .env("PATH", bench.path(""))
            .current_dir(bench.path(""))
            .output()
            .unwrap()
    };
    let output = run(&["--text", "ocr"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(
        said(&output).contains("error: `tesseract`, which reads subtitles, cannot be run: "),
        "{}",
        said(&output)
    );
    assert!(
        said(&output)
            .contains("hint: `apt-get install tesseract-ocr` installs it; `--text template` does without")
    );
    assert!(!bench.path("answers.jsonl").exists());
    assert!(run(&[]).status.success());
}
