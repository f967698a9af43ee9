//! Where in the picture, openly: a point is asked for, and a part of the picture is right. Through the real program.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use vniah::answers::kind::{self, Reading, grade, read, truth};
use vniah::dataset::Row;
use vniah::question::AnswerKind;
use vniah::score::asked;

use super::ask::rows;
use super::bench::{Bench, said};

/// What a model says of a point, of its shares of width and height.
type Says<'a> = &'a dyn Fn(f64, f64) -> String;

/// Both forms of `spa_patch1` about the same videos, in a language.
fn dataset(language: &str) -> Bench {
    let bench = Bench::new("");
    let scene = |name: &str, at: u64| {
        format!(
            "[[haystack]]\nid = \"{name}\"\nscene = {{ name = \"{name}\", seed = {at}, width = 320, height = 180, fps = 25, \
             frames = 60 }}\n"
        )
    };
    bench.write("haystacks.toml", &(scene("harbour", 1) + &scene("city", 2)));
    bench.spec(
        "spec.toml",
        5,
        &format!(
            "[templates]\nlanguage = \"{language}\"\n\
             [[tasks]]\ntype = \"spa_patch1\"\nform = [\"choice\", \"open\"]\nsamples = 6\n"
        ),
    );
    bench.made("set");
    bench
}

fn open(bench: &Bench) -> Vec<Row> {
    rows(bench).into_iter().filter(|row| !row.has_options()).collect()
}

fn scored(bench: &Bench, answers: &str) -> Value {
    serde_json::from_str(&bench.done(&["score", "set", answers, "--json"])).unwrap()
}

#[test]
fn rows_state_the_part_and_baselines_reply_with_points() {
    let bench = dataset("en");
    let rows = open(&bench);
    assert_eq!(rows.len(), 6);
    for row in &rows {
        assert_eq!((row.answer_kind, row.query.cells), (AnswerKind::Point, 3), "{}", row.id);
        assert!(row.question.ends_with("Where in the picture is it, as you see it?"), "{}", row.question);
        assert!((row.chance - 1.0 / 9.0).abs() < 1e-9 && row.vocabulary.is_empty());
        let asked = asked(row);
        let region = truth(&asked, &row.answer).unwrap();
        // The needle lies in the part that is right, and in it alone.
        let needle = &row.needles[0];
        for (x, y) in [(needle.x, needle.y), (needle.x + needle.w, needle.y + needle.h)] {
            let corner = format!("({:.6}, {:.6})", f64::from(x) / 320.0, f64::from(y) / 180.0);
            let point = read(&asked, &corner).value().unwrap();
            assert!(grade(&point, &region).is_correct(), "{}: {corner} in {}", row.id, row.answer);
        }
        let prompt = row.prompt().text();
        assert!(
            prompt.contains("each number from 0 to 1") && prompt.ends_with("as in `(0.25, 0.75)`."),
            "{prompt}"
        );
    }
    for (who, least) in [("oracle", 1.0), ("frames-only", 1.0), ("blind", 0.0)] {
        bench.done(&["baseline", who, "set", "-o", "a.jsonl"]);
        let scores = scored(&bench, "a.jsonl");
        let of = &scores["types"]["spa_patch1 (open)"];
        let main = &of["main"];
        assert_eq!((&main["measure"], &of["unreadable"]), (&json!("exact"), &json!(0)), "{who}");
        assert!(main["value"].as_f64().unwrap() >= least, "{who}: {main}");
        let [low, high] = [0, 1].map(|end| main["interval"][end].as_f64().unwrap());
        if who == "blind" {
            assert!(low <= 1.0 / 9.0 && 1.0 / 9.0 <= high, "{main}");
            assert!(of["measures"]["distance"].as_f64().unwrap() > 0.0);
        } else {
            assert_eq!(of["measures"]["distance"], 0.0, "{who}");
        }
        assert!(scores["gap"]["spa_patch1"]["open_chance"].as_f64().is_some(), "{who}");
    }
    // Every check holds of points, too.
    let audit = bench.run(&["audit", "set"]);
    assert_eq!(audit.status.code(), Some(0), "{}{}", String::from_utf8_lossy(&audit.stdout), said(&audit));
    let verified = bench.run(&["verify", "set", "--solve"]);
    assert!(verified.status.success(), "{}", said(&verified));
}

#[test]
fn replies_are_imported_and_read_by_the_scale_that_was_asked_for() {
    let bench = dataset("zh");
    let rows = open(&bench);
    assert!(
        rows[0].question.contains("按所见") && rows[0].prompt().text().contains("两个数都在 0 到 1 之间")
    );
    let middle = |row: &Row| {
        let Ok(kind::Value::Region(region)) = truth(&asked(row), &row.answer) else { panic!("{}", row.id) };
        let point = region.centre();
        (f64::from(point.x) / 1e6, f64::from(point.y) / 1e6)
    };
    let forms: [(Says, &str); 4] = [
        (&|x, y| format!("坐标是({x:.3}，{y:.3})。"), "CCCC"),
        (&|x, y| format!("<point x=\"{:.1}\" y=\"{:.1}\">", 100.0 * x, 100.0 * y), "CCCC"),
        (&|x, y| format!("<point>({:.0},{:.0})</point>", 1000.0 * x, 1000.0 * y), "CCCC"),
        (&|x, y| format!("({:.0}, {:.0})", 320.0 * x, 180.0 * y), "UUUU"),
    ];
    for (form, verdict) in forms {
        let line = |row: &Row| {
            let (x, y) = middle(row);
            format!("{}\n", json!({"id": row.id, "response": form(x, y)}))
        };
        bench.write("replies.jsonl", &rows.iter().map(line).collect::<String>());
        bench.done(&["import", "set", "replies.jsonl", "-o", "answers.jsonl"]);
        let scores = scored(&bench, "answers.jsonl");
        fs::remove_file(bench.path("answers.jsonl")).unwrap();
        let verdicts =
            scores["verdicts"].as_array().unwrap().iter().filter(|of| of["type"] == "spa_patch1 (open)");
        let verdicts: Vec<&str> = verdicts.map(|of| of["verdicts"].as_str().unwrap()).collect();
        assert!(verdicts.iter().all(|of| verdict.starts_with(*of)), "{verdicts:?}");
    }
}

#[test]
fn exports_ask_for_points_and_teach_them() {
    let bench = dataset("en");
    bench.done(&["export", "set", "--to", "lmms-eval,llava,swift", "-o", "out"]);
    let vlmevalkit = ["export", "set", "--to", "vlmevalkit", "-o", "out", "--sampler", "linspace(2)"];
    bench.done(&vlmevalkit);
    let tree = bench.tree("out");
    let prompts: BTreeMap<String, String> =
        serde_json::from_slice(&tree["lmms_eval_task/prompts.json"]).unwrap();
    let task = std::str::from_utf8(&tree["lmms_eval_task/vniah.yaml"]).unwrap();
    assert!(task.contains("  - metric: exact\n") && task.contains("points in the right part"), "{task}");
    let records: Vec<Value> = serde_json::from_slice(&tree["llava.json"]).unwrap();
    let table = std::str::from_utf8(&tree["vlmevalkit/video/vniah.tsv"]).unwrap();
    for row in open(&bench) {
        assert_eq!(prompts[&row.id], row.prompt().text());
        // The column of right answers is what a script grades by, and the record of training a point to learn.
        assert!(table.lines().any(|line| line.contains(&row.id) && line.contains(&row.answer)), "{}", row.id);
        let record = records.iter().find(|record| record["id"] == row.id.as_str()).unwrap();
        let taught = record["conversations"][1]["value"].as_str().unwrap();
        let asked = asked(&row);
        let Reading::Value { value, .. } = read(&asked, taught) else { panic!("{taught}") };
        assert!(
            grade(&value, &truth(&asked, &row.answer).unwrap()).is_correct(),
            "{taught} in {}",
            row.answer
        );
    }
    // What exported tasks have read is read alike here, and graded alike.
    let row = open(&bench).remove(0);
    let answer = "x 0.333334 - 0.666667, y 0 - 0.333334";
    // A dataset of this row alone: it is in no group.
    let (region, group_id) = (answer.to_owned(), String::new());
    let row = Row { gt: region.clone(), answer: region, group_id, ..row };
    fs::create_dir(bench.path("out/one")).unwrap();
    bench.write("out/one/metadata.jsonl", &serde_json::to_string(&row).unwrap());
    let replies = [
        "(0.5, 0.1)",
        "[0.34, 0.3]",
        "50%, 10%",
        "x=0.5, y=0.1",
        "(0.333334, 0)",
        "(0.333333, 0)",
        "(0.666667, 0.1)",
        "(320, 18)",
        r#"<point x="50.0" y="10.0" alt="cup">cup</point>"#,
        "<point>(500,100)</point>",
        r#"{"point": [0.5, 0.1]}"#,
        "top centre",
        r#"<point x="0.5" y="0.1">"#,
        "[0.4, 0.1, 0.6, 0.2]",
        "坐标是(0.5，0.1)",
    ];
    bench.write("replies.json", &serde_json::to_string(&replies).unwrap());
    let program = "import json, scoring\n\
                   row, grader = json.load(open('../one/metadata.jsonl')), scoring.Grader('../one')\n\
                   graded = (grader.grade(row['id'], reply) for reply in json.load(open('../../replies.json')))\n\
                   accounts = [scoring.counts(verdict) for verdict in graded]\n\
                   print(json.dumps([[of['exact']['value'], of['parse_fail']['value']] for of in accounts]))\n";
    let dirs = std::env::var_os("PATH").unwrap();
    let beside = Path::new(env!("CARGO_BIN_EXE_vniah")).parent().unwrap().to_owned();
    let dirs = std::iter::once(beside).chain(std::env::split_paths(&dirs));
    let mut python = Command::new("python3");
    python.args(["-c", program]).current_dir(bench.path("out/lmms_eval_task"));
    let python = python.env("PATH", std::env::join_paths(dirs).unwrap()).output().unwrap();
    assert!(python.status.success(), "{}", said(&python));
    let accounts: Vec<[f64; 2]> = serde_json::from_slice(&python.stdout).unwrap();
    for (reply, account) in replies.iter().zip(accounts) {
        let asked = asked(&row);
        let value = read(&asked, reply).value();
        let is_right =
            value.as_ref().is_some_and(|value| grade(value, &truth(&asked, answer).unwrap()).is_correct());
        assert_eq!(account.map(|share| share > 0.5), [is_right, value.is_none()], "{reply}");
    }
}

#[test]
fn a_family_is_shown_in_both_forms() {
    let bench = Bench::new("");
    let shown = bench.done(&["families", "show", "spa_patch1"]);
    assert!(shown.contains("example (choice)") && shown.contains("example (open)"), "{shown}");
    assert!(shown.contains("  answer  x ") && shown.contains("answer: point; main figure: exact"), "{shown}");
}
