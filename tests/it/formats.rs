//! The formats that others read: fixed to the byte, and as their schemas say.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::bench::Bench;

const SPEC: &str = "[[tasks]]\ntype = \"ret_edit1\"\n[[tasks]]\ntype = \"ret_insert2\"\n[[tasks]]\ntype = \"ord_insert1\"\n\
    [[tasks]]\ntype = \"cnt_edit2\"\nsamples = 1\n[grid]\ndepths = [50]\n";

/// Compares with a golden file. With `VNIAH_BLESS` set, it is written, not compared.
fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("VNIAH_BLESS").is_some() {
        fs::write(&path, text).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap();
    for (at, (line, wanted)) in text.lines().zip(expected.lines()).enumerate() {
        assert_eq!(line, wanted, "{name}:{}", at + 1);
    }
    assert!(text == expected, "{name} has another number of lines");
}

/// Blanks the value of a JSON key that holds no quotes.
fn blanked(text: &str, key: &str) -> String {
    let start = format!("\"{key}\":\"");
    let mut parts = text.split(&start);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |whole, part| whole + &start + &part[part.find('"').unwrap()..])
}

/// Key paths of a JSON value, each with its type; the elements of a list are one.
fn keys(value: &Value, path: &str, found: &mut std::collections::BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(key, value)| keys(value, &format!("{path}.{key}"), found));
        }
        Value::Array(list) => list.iter().for_each(|value| keys(value, &format!("{path}[]"), found)),
        other => {
            let kind = match other {
                Value::String(_) => "string",
                Value::Number(_) => "number",
                Value::Bool(_) => "boolean",
                _ => "null",
            };
            found.insert(format!("{path}: {kind}"));
        }
    }
}

#[test]
fn a_tiny_dataset_is_fixed() {
    let bench = Bench::new(SPEC);
    bench.done(&["plan", "spec.toml", "-o", "plan.jsonl", "--cache", "cache"]);
    let plan = fs::read_to_string(bench.path("plan.jsonl")).unwrap();
    golden("plan.jsonl", &blanked(&plan, "tool_version"));
    let tree = bench.made("set");
    let metadata = String::from_utf8(tree["metadata.jsonl"].clone()).unwrap();
    // The bytes of a video depend on the release of FFmpeg.
    golden("metadata.jsonl", &blanked(&metadata, "sha256"));
    let manifest: Value = serde_json::from_slice(&tree["manifest.json"]).unwrap();
    let mut found = std::collections::BTreeSet::new();
    keys(&manifest, "", &mut found);
    golden("manifest.keys", &(found.into_iter().collect::<Vec<_>>().join("\n") + "\n"));
}

#[test]
fn every_file_is_what_its_schema_says() {
    let bench = Bench::new(SPEC);
    bench.done(&["plan", "spec.toml", "-o", "plan.jsonl", "--cache", "cache"]);
    bench.made("set");
    bench.done(&["baseline", "blind", "set", "-o", "answers.jsonl"]);
    bench.done(&["score", "set", "answers.jsonl", "-o", "scores.json"]);
    let check = |schema: &str, values: Vec<Value>| {
        let schema: Value = serde_json::from_str(&bench.done(&["schema", schema])).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        assert!(!values.is_empty());
        for value in &values {
            let problems: Vec<String> = validator.iter_errors(value).map(|error| error.to_string()).collect();
            assert!(problems.is_empty(), "{problems:?}");
        }
        // A schema that allows everything says nothing: each key that it requires has to be there.
        for key in schema["required"].as_array().unwrap() {
            let mut lacking = values[0].clone();
            lacking.as_object_mut().unwrap().remove(key.as_str().unwrap());
            assert!(!validator.is_valid(&lacking), "{key}");
        }
    };
    let lines = |name: &str| -> Vec<Value> {
        let text = fs::read_to_string(bench.path(name)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let whole = |name: &str| -> Vec<Value> {
        vec![serde_json::from_str(&fs::read_to_string(bench.path(name)).unwrap()).unwrap()]
    };
    check("plan", lines("plan.jsonl").split_off(1));
    check("metadata", lines("set/metadata.jsonl"));
    check("manifest", whole("set/manifest.json"));
    bench.done(&["generate", "spec.toml", "-o", "recipes", "--cache", "cache", "--store", "recipe"]);
    let recipe = vniah::files::sorted_dir(&bench.path("recipes/recipes")).unwrap().remove(0);
    let recipe = fs::read(recipe).unwrap();
    let head = recipe.split(|byte| *byte == b'\n').next().unwrap();
    check("recipe", vec![serde_json::from_slice(head).unwrap()]);
    check("answers", lines("answers.jsonl"));
    check("scores", whole("scores.json"));
}

#[test]
fn the_card_says_what_audit_and_coverage_say() {
    let bench = Bench::new(SPEC);
    let tree = bench.made("set");
    let card = String::from_utf8(tree["README.md"].clone()).unwrap();
    // The card is made from the plan, the commands read the rows of the finished dataset: the figures are the same.
    bench.done(&["audit", "set", "--json", "audit.json"]);
    let audit: Value = serde_json::from_str(&fs::read_to_string(bench.path("audit.json")).unwrap()).unwrap();
    let attacks = audit["figures"].as_array().unwrap().len();
    assert!(card.contains(&format!("{attacks} attacks, counted by type,")), "{card}");
    let checks = audit["checks"].as_array().unwrap().len();
    assert!(card.contains(&format!("All {checks} checks of what the questions say hold")), "{card}");
    let ids = ["linspace(8)", "linspace(32)", "linspace(64)", "linspace(128)", "fps:1"];
    let coverage = bench.done(&["coverage", "set", "--json", "--sampler", &ids.join(",")]);
    let coverage: Value = serde_json::from_str(&coverage).unwrap();
    for id in ids {
        let of = &coverage["samplers"][id];
        let percent = |share: f64| format!("{:.1}", share * 100.0);
        let seen = percent(of["seen"].as_f64().unwrap() / of["samples"].as_f64().unwrap());
        let ceiling = percent(of["ceiling"].as_f64().unwrap());
        let row = card.lines().find(|line| line.starts_with(&format!("| `{id}` |"))).unwrap();
        assert!(row.contains(&format!("| {seen} | {ceiling} |")), "{row}: {seen} {ceiling}");
    }
    assert!(card.contains("@misc{tiny,") && card.contains("arXiv:2406.09367"), "{card}");
    // Each picture that the card names is there, shows its video's frame in its shape, and is listed with its digest.
    let manifest: Value = serde_json::from_slice(&tree["manifest.json"]).unwrap();
    let listed: Vec<&str> =
        manifest["outputs"].as_array().unwrap().iter().filter_map(|output| output["name"].as_str()).collect();
    for kind in ["ret_edit1", "ret_insert2", "ord_insert1", "cnt_edit2"] {
        let path = format!("pictures/{kind}.jpg");
        assert!(card.contains(&format!("]({path})")) && listed.contains(&path.as_str()), "{path}");
        let picture = image::load_from_memory(&tree[&path]).unwrap();
        assert_eq!((picture.width(), picture.height()), (128, 72));
    }
    // One that has changed is found.
    fs::write(bench.path("set/pictures/ret_edit1.jpg"), "other").unwrap();
    let verified = bench.run(&["verify", "set", "--cache", "cache", "--sample", "ret_edit1-bar-d500-0"]);
    assert_eq!(verified.status.code(), Some(5));
    let found = String::from_utf8_lossy(&verified.stdout).into_owned();
    assert!(found.contains("pictures/ret_edit1.jpg: its bytes are not those in the manifest"), "{found}");
}

#[test]
fn vnbench_s_annotation_has_vnbench_s_keys() {
    let bench = Bench::new(SPEC);
    let tree = bench.made("set");
    let rows: Vec<Value> = serde_json::from_slice(&tree["VNBench-main-4try.json"]).unwrap();
    let metadata = String::from_utf8(tree["metadata.jsonl"].clone()).unwrap();
    assert_eq!(rows.len(), metadata.lines().count());
    for row in &rows {
        let keys: Vec<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(
            keys,
            ["gt", "gt_option", "length", "needle_time", "options", "question", "try", "type", "video"]
        );
        let video = row["video"].as_str().unwrap().strip_prefix("./").unwrap();
        assert!(tree.contains_key(video), "{video}");
    }
}
