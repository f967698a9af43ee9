//! Ceilings of times beside the oracle that looks through the same sampler.

use std::fs;

use serde_json::Value;

use super::bench::Bench;

const SAMPLER: &str = "linspace(16)";

#[test]
fn the_oracle_through_a_sampler_reaches_its_ceiling() {
    let bench = Bench::new("");
    bench.write(
        "haystacks.toml",
        "[[haystack]]\nid = \"harbour\"\nscene = { name = \"harbour\", seed = 1, width = 320, height = 180, fps = 25, frames = 300 }\n",
    );
    bench.spec(
        "spec.toml",
        3,
        "[[tasks]]\ntype = \"when_edit1\"\ndurations = [\"400ms\", \"2s\"]\nsamples = 30\n",
    );
    bench.made("set");
    let sampled = ["baseline", "oracle", "set", "-o", "a.jsonl", "--sampler", SAMPLER, "--cache", "cache"];
    bench.done(&sampled);
    bench.done(&["score", "set", "a.jsonl", "--model", "oracle", "-o", "a.json"]);
    let scores: Value = serde_json::from_str(&fs::read_to_string(bench.path("a.json")).unwrap()).unwrap();
    let coverage = bench.done(&["coverage", "set", "--sampler", SAMPLER, "--json"]);
    let coverage: Value = serde_json::from_str(&coverage).unwrap();
    let ceiling = &coverage["samplers"][SAMPLER]["types"]["when_edit1"]["ceiling"];
    assert_eq!(ceiling["measure"], "mIoU");
    let expected = ceiling["value"].as_f64().unwrap();
    // Gaps of 20 frames: the ceiling lies well between that of nothing seen and that of all.
    assert!((0.4..0.8).contains(&expected), "{expected}");
    let credits: Vec<f64> = scores["verdicts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|sample| sample["credit"][0].as_f64().unwrap())
        .collect();
    let count = credits.len() as f64;
    let mean = credits.iter().sum::<f64>() / count;
    let squares: f64 = credits.iter().map(|credit| (credit - mean) * (credit - mean)).sum();
    let error = (squares / (count - 1.0) / count).sqrt();
    assert!((mean - expected).abs() < 4.0 * error, "{mean} beside {expected}, standard error {error}");
    assert!((scores["types"]["when_edit1"]["main"]["value"].as_f64().unwrap() - mean).abs() < 1e-4);
    // The same by length, of all that there is one; under the names that scores have.
    let by_length = &coverage["samplers"][SAMPLER]["spans"];
    assert_eq!(by_length.as_array().unwrap().len(), 1);
    assert_eq!(by_length[0]["type"], "when_edit1");
    assert_eq!(by_length[0]["mIoU"], ceiling["value"]);
    assert_eq!(by_length[0]["is_bound"], true);
    for at in ["0.3", "0.5", "0.7"] {
        let name = format!("R@{at}");
        assert_eq!(by_length[0]["recall"][&name], ceiling["recall"][at]);
        assert!(scores["types"]["when_edit1"]["measures"][&name].is_number(), "{name}");
    }
    // The page has the table of the text.
    bench.done(&["coverage", "set", "--sampler", SAMPLER, "-o", "coverage.html"]);
    let page = fs::read_to_string(bench.path("coverage.html")).unwrap();
    assert!(page.contains("<th scope=\"col\">R@0.3 %</th><th scope=\"col\">R@0.5 %</th>"), "no heads");
    let row =
        format!("<th scope=\"row\">when_edit1</th><td>{}</td>", by_length[0]["length"].as_str().unwrap());
    let (_, cells) = page.split_once(&row).expect("a row of the length");
    assert!(cells.starts_with(&format!("<td>30</td><td>{:.1}</td>", expected * 100.0)), "{}", &cells[..80]);
    // R@k falls as k rises.
    let recall: Vec<f64> =
        ["0.3", "0.5", "0.7"].iter().map(|at| ceiling["recall"][at].as_f64().unwrap()).collect();
    assert!(recall[0] > recall[1] && recall[1] > recall[2], "{recall:?}");
}

#[test]
fn ceilings_of_times_are_printed_by_length() {
    let bench = Bench::new("");
    bench.write(
        "haystacks.toml",
        "[[haystack]]\nid = \"harbour\"\nscene = { name = \"harbour\", seed = 1, width = 320, height = 180, fps = 25, frames = 700 }\n",
    );
    let task =
        |kind: &str| format!("[[tasks]]\ntype = \"{kind}\"\ndurations = [\"400ms\", \"2s\"]\nsamples = 2\n");
    let spec =
        format!("[grid]\nlengths = [\"10s\", \"20s\"]\n\n{}{}", task("when_edit1"), task("when_multi1"));
    bench.spec("spec.toml", 3, &spec);
    bench.made("set");
    let text = bench.done(&["coverage", "set", "--sampler", SAMPLER]);
    let (_, table) = text.split_once("\ntimes ").unwrap();
    let (table, after) = table.split_once("\n(").unwrap();
    let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    let head = ["length", "questions", "mIoU", "%", "R@0.3", "%", "R@0.5", "%", "R@0.7", "%"];
    assert_eq!(lines[0], head, "{text}");
    let named: Vec<&[&str]> = lines[1..].iter().map(|line| &line[..2]).collect();
    let due = [["when_edit1", "10s"], ["when_edit1", "20s"], ["when_multi1", "10s"], ["when_multi1", "20s"]];
    assert_eq!(named, due, "{text}");
    let share = |line: usize, column: usize| lines[line][column].parse::<f64>().unwrap();
    for line in [1, 2] {
        // The best estimates for R@0.3 find more than those for R@0.7.
        assert!(share(line, 4) > share(line, 6), "{text}");
    }
    assert!(share(1, 3) > share(2, 3), "more is seen of short videos: {text}");
    assert!(after.contains("a model that sees only\nthese frames can pass one only by luck"), "{text}");
    assert!(after.contains("(when_multi1: shown several times"), "{text}");
}
