//! A dataset that asks in Chinese, through the real program: written, verified, solved, and refused without a font.

use serde_json::Value;

use super::bench::{Bench, said};

/// A font with Chinese characters, of the package `fonts-droid-fallback`.
const FONT: &str = "font = \"Droid Sans Fallback\"\n";
/// Larger frames than a bench's: Chinese characters have to be read.
const HAYSTACK: &str = "[[haystack]]\nid = \"bay\"\nlicence = \"CC0-1.0\"\n\
    scene = { name = \"harbour\", seed = 1, width = 480, height = 270, fps = 25, frames = 60 }\n";
const TASKS: &str = "[templates]\nlanguage = \"zh\"\n[[tasks]]\ntype = \"ret_edit1\"\n[[tasks]]\ntype = \"ret_insert1\"\n\
    [[tasks]]\ntype = \"cnt_edit2\"\n";

fn bench(font: &str) -> Bench {
    let bench = Bench::new(&format!("{font}{TASKS}"));
    bench.write("haystacks.toml", HAYSTACK);
    bench
}

#[test]
fn a_chinese_dataset_is_written_verified_and_solved() {
    let bench = bench(FONT);
    let tree = bench.made("set");
    let text = String::from_utf8(tree["metadata.jsonl"].clone()).unwrap();
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 3 * 4);
    let is_chinese = |text: &str| text.chars().all(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter));
    for row in &rows {
        assert_eq!(row["language"], "zh");
        assert!(row["question"].as_str().unwrap().ends_with('？'), "{row}");
        let options = row["options"].as_array().unwrap().iter().filter_map(Value::as_str);
        assert!(options.into_iter().all(|text| is_chinese(text) || text.parse::<u32>().is_ok()), "{row}");
    }
    assert!(String::from_utf8(tree["README.md"].clone()).unwrap().contains("language: [zh]\n"));
    // Subtitles are read twice: by Tesseract, and by comparing with every name.
    bench.done(&["verify", "set", "--cache", "cache", "--solve"]);
    bench.done(&["baseline", "oracle", "set", "-o", "answers.jsonl", "--cache", "cache"]);
    bench.done(&["score", "set", "answers.jsonl", "-o", "scores.json"]);
    let scores = std::fs::read_to_string(bench.path("scores.json")).unwrap();
    let scores: Value = serde_json::from_str(&scores).unwrap();
    assert_eq!(scores["overall"]["circular"], 1.0);
    // Whatever puts a question to a model puts all of it in Chinese.
    let asked = bench.done(&[
        "ask",
        "set",
        "--base-url",
        "http://127.0.0.1:9/v1",
        "--model",
        "m",
        "--cache",
        "cache",
        "--dry-run",
        "--sampler",
        "linspace(2)",
    ]);
    bench.done(&["export", "set", "--to", "swift", "-o", "swift"]);
    bench.done(&["export", "set", "--to", "lmms-eval", "-o", "lmms"]);
    bench.done(&["export", "set", "--to", "vlmevalkit", "-o", "kit"]);
    let file = |name: &str| std::fs::read_to_string(bench.path(name)).unwrap();
    let all = [
        asked,
        file("swift/swift.jsonl"),
        file("lmms/lmms_eval_task/vniah.yaml"),
        file("kit/vlmevalkit/register.py"),
    ];
    for text in all {
        assert!(
            text.contains("请直接用所给选项的字母作答。") && !text.contains("Answer with the option"),
            "{text}"
        );
    }
}

#[test]
fn what_a_chinese_spec_lacks_is_said() {
    let refused = |bench: &Bench, expected: &[&str]| {
        let output = bench.run(&["plan", "spec.toml", "--cache", "cache"]);
        assert_eq!(output.status.code(), Some(3), "{}", said(&output));
        for expected in expected {
            assert!(said(&output).contains(expected), "{expected}: {}", said(&output));
        }
    };
    refused(&bench(""), &["the font has no glyph for `密`", "set `needles.font`"]);
    let typo = bench(&FONT.replace("Fallback", "Falback"));
    refused(
        &typo,
        &["needles.font: no file `Droid Sans Falback`", "is `Droid Sans Fallback`", "fonts-noto-cjk"],
    );
    let other = Bench::new(&TASKS.replace("zh", "xx"));
    refused(&other, &["templates.language: ", "`en` or `zh`"]);
    // A pack of one's own without a Chinese name.
    let nameless = bench(&format!("{FONT}packs = [\"fruits\"]\n"));
    std::fs::create_dir(nameless.path("fruits")).unwrap();
    nameless.write(
        "fruits/pack.toml",
        "id = \"fruits\"\nlicence = \"CC0-1.0\"\ncredit = \"me\"\n[[items]]\nlabel = \"fig\"\n",
    );
    refused(&nameless, &["no item of pack `fruits` has a name in `zh`; give items `names.zh = "]);
}
