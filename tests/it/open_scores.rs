//! Open questions and choices in one dataset, through the real program: made, answered, scored, compared, reported.

use std::fs;

use serde_json::{Value, json};

use super::bench::{Bench, said};

/// Haystacks of eight seconds, and every kind of question that has an open form.
fn bench() -> Bench {
    let bench = Bench::new("");
    let scene = |name: &str, at: u64| {
        format!(
            "[[haystack]]\nid = \"{name}\"\nscene = {{ name = \"{name}\", seed = {at}, width = 320, height = 180, fps = 25, \
             frames = 200 }}\n"
        )
    };
    bench.write("haystacks.toml", &(scene("harbour", 1) + &scene("city", 2)));
    bench.spec(
        "spec.toml",
        3,
        "[[tasks]]\ntype = \"when_edit1\"\nform = \"open\"\ndurations = [\"400ms\", \"1s\"]\n\
         [[tasks]]\ntype = \"when_edit1\"\nform = \"choice\"\ndurations = [\"400ms\", \"1s\"]\n\
         [[tasks]]\ntype = \"ret_edit1\"\nform = [\"choice\", \"open\"]\n\
         [[tasks]]\ntype = \"cnt_edit1\"\nform = \"open\"\n\
         [[tasks]]\ntype = \"ord_edit1\"\nform = \"open\"\n",
    );
    bench
}

fn scores(bench: &Bench, who: &str) -> Value {
    let answers = format!("{who}.jsonl");
    let file = format!("{who}.json");
    bench.done(&["baseline", who, "set", "-o", &answers]);
    bench.done(&["score", "set", &answers, "--model", who, "-o", &file]);
    serde_json::from_str(&fs::read_to_string(bench.path(&file)).unwrap()).unwrap()
}

const TYPES: [(&str, &str); 6] = [
    ("cnt_edit1", "exact"),
    ("ord_edit1", "exact"),
    ("ret_edit1", "circular"),
    ("ret_edit1 (open)", "exact"),
    ("when_edit1", "circular"),
    ("when_edit1 (open)", "mIoU"),
];

#[test]
fn all_kinds_of_answers_are_scored_through_the_program() {
    let bench = bench();
    bench.made("set");
    let oracle = scores(&bench, "oracle");
    let types: Vec<&String> = oracle["types"].as_object().unwrap().keys().collect();
    assert_eq!(types, TYPES.map(|(kind, _)| kind));
    for (kind, measure) in TYPES {
        let main = &oracle["types"][kind]["main"];
        assert_eq!(main["measure"], measure, "{kind}");
        let least = if measure == "mIoU" { 0.97 } else { 1.0 };
        assert!(main["value"].as_f64().unwrap() >= least, "{kind}: {main}");
    }
    assert_eq!(oracle["overall"]["main"]["measure"], "mean");
    assert_eq!(oracle["types"]["when_edit1 (open)"]["measures"]["R@0.7"], 1.0);
    let groups = &oracle["groups"];
    // Two videos with a question in both forms each.
    assert_eq!((&groups["overall"]["groups"], &groups["overall"]["right"]), (&json!(2), &json!(1.0)));
    assert_eq!(groups["types"]["ret_edit1"]["groups"], 2);

    let blind = scores(&bench, "blind");
    for (kind, _) in TYPES {
        let main = &blind["types"][kind]["main"];
        let [low, high] = [0, 1].map(|end| main["interval"][end].as_f64().unwrap());
        let chance = main["chance"].as_f64().unwrap();
        assert!(low <= chance && chance <= high, "{kind}: {main}");
    }

    let table = bench.done(&["score", "set", "oracle.jsonl"]);
    assert!(
        table.contains("main %") && table.contains("mIoU ") && table.contains("groups: of 2 groups"),
        "{table}"
    );
    let compared = bench.done(&["compare", "oracle.json", "blind.json"]);
    assert!(compared.contains("when_edit1 (open)") && compared.contains("mean IoU"), "{compared}");
    bench.done(&["report", "set", "oracle.json", "blind.json", "-o", "report.html"]);
    let page = fs::read_to_string(bench.path("report.html")).unwrap();
    assert!(page.contains("<section id=\"spans\">") && page.contains("of 2 groups of questions"));
    // Every check holds of open rows, too; so few samples beat no chance.
    let audit = bench.run(&["audit", "set"]);
    assert_eq!(audit.status.code(), Some(0), "{}{}", String::from_utf8_lossy(&audit.stdout), said(&audit));
}

#[test]
fn answers_to_rows_without_options_are_imported_as_they_stand() {
    let bench = bench();
    bench.made("set");
    let rows: Vec<Value> = fs::read_to_string(bench.path("set/metadata.jsonl"))
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let replies: Vec<String> = rows
        .iter()
        .filter(|row| row["form"] == "open")
        .map(|row| json!({"id": row["id"], "response": format!("I think it is {}.", row["answer"].as_str().unwrap())}))
        .map(|reply| format!("{reply}\n"))
        .collect();
    bench.write("replies.jsonl", &replies.concat());
    bench.done(&["import", "set", "replies.jsonl", "-o", "answers.jsonl"]);
    let text = bench.done(&["score", "set", "answers.jsonl", "--json"]);
    let scores: Value = serde_json::from_str(&text).unwrap();
    for (kind, _) in TYPES.into_iter().filter(|(_, measure)| *measure != "circular") {
        assert_eq!(scores["types"][kind]["main"]["value"], 1.0, "{kind}");
    }
}
