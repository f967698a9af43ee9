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
    // R@k falls as k rises.
    let recall: Vec<f64> =
        ["0.3", "0.5", "0.7"].iter().map(|at| ceiling["recall"][at].as_f64().unwrap()).collect();
    assert!(recall[0] > recall[1] && recall[1] > recall[2], "{recall:?}");
}
