//! `vniah report` through the real program. What the page does in a browser is checked by `tests/browser/report.py`.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails its test by panicking")]

use std::collections::BTreeSet;
use std::fs;

use vniah::dataset::Row;

use super::score::{answers, dataset, stderr, vniah};

/// The data that the viewer draws from.
fn data(page: &str) -> serde_json::Value {
    let (_, rest) = page.split_once("<script type=\"application/json\" id=\"data\">").unwrap();
    let (json, _) = rest.split_once("</script>").unwrap();
    serde_json::from_str(json).unwrap()
}

#[test]
fn a_page_holds_everything_and_refers_to_nothing_outside() {
    let dir = tempfile::tempdir().unwrap();
    let rows = dataset(dir.path(), 12);
    answers(dir.path().join("good.jsonl"), &rows, |row| Some(row.gt_option.clone()));
    answers(dir.path().join("odd.jsonl"), &rows, |row| {
        Some(format!("</script><b>{}</b> {{{{data}}}}", row.gt))
    });
    for name in ["good", "odd"] {
        let output = vniah(
            dir.path(),
            &["score", "set", &format!("{name}.jsonl"), "-o", &format!("{name}.json"), "--model", name],
        );
        assert!(output.status.success(), "{}", stderr(&output));
    }
    let output = vniah(dir.path(), &["report", "set", "good.json", "odd.json", "-o", "page.html"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let page = fs::read_to_string(dir.path().join("page.html")).unwrap();
    assert!(!page.contains("http:") && !page.contains("https:") && !page.contains("src="));
    assert_eq!(page.matches("</script>").count(), 2);
    let data = data(&page);
    assert_eq!(data["samples"].as_array().unwrap().len(), 108);
    assert_eq!(data["samples"][0]["video"], "set/videos/h0_ret_edit1.mp4");
    assert_eq!(data["samples"][0]["tries"][1], serde_json::json!([1, 2, 3, 0]));
    assert_eq!(data["runs"][1]["name"], "odd");
    assert_eq!(data["runs"][1]["answers"][0][2][0], "</script><b>Alice</b> {{data}}");
    for part in ["leaderboard", "heatmaps", "curves", "bias", "failures"] {
        assert!(page.contains(&format!("id=\"{part}\"")), "{part}");
    }
    assert!(page.contains("<h3>Samples that no run has right in every try: 0 of 108</h3>"));
    let again = vniah(dir.path(), &["report", "set", "good.json", "odd.json", "-o", "page.html"]);
    assert!(again.status.success(), "a report may be written over a report");
    assert_eq!(fs::read_to_string(dir.path().join("page.html")).unwrap(), page);
}

#[test]
fn p_of_a_leaderboard_is_corrected_for_the_number_of_runs() {
    let dir = tempfile::tempdir().unwrap();
    let rows = dataset(dir.path(), 12);
    // The exact test of 10 samples against 0 gives 2 / 2^10, that of 8 against 0 gives 2 / 2^8.
    for (name, wrong) in [("best", 0), ("ten", 10), ("eight", 8)] {
        let missed: BTreeSet<&str> =
            rows.iter().step_by(4).take(wrong).map(|row| row.sample_id.as_str()).collect();
        let reply = |row: &Row| {
            let other = if row.gt_option == "A" { "B" } else { "A" };
            if missed.contains(row.sample_id.as_str()) { other.to_owned() } else { row.gt_option.clone() }
        };
        answers(dir.path().join(format!("{name}.jsonl")), &rows, |row| Some(reply(row)));
        let (replies, scores) = (format!("{name}.jsonl"), format!("{name}.json"));
        let output = vniah(dir.path(), &["score", "set", &replies, "-o", &scores, "--model", name]);
        assert!(output.status.success(), "{}", stderr(&output));
    }
    let p = |runs: &[&str]| -> Vec<String> {
        let output = vniah(dir.path(), &[&["report", "set"], runs, &["-o", "page.html"]].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        let page = fs::read_to_string(dir.path().join("page.html")).unwrap();
        let (_, board) = page.split_once("id=\"leaderboard\"").unwrap();
        let (board, _) = board.split_once("</table>").unwrap();
        let cells = |row: &str| row.split("<td>").nth(3).unwrap().split_once('<').unwrap().0.to_owned();
        board.split("<tr>").skip(3).map(cells).collect()
    };
    assert_eq!(p(&["best.json", "ten.json"]), ["0.0020"]);
    assert_eq!(p(&["ten.json", "eight.json", "best.json"]), ["0.0078", "0.0039"]);
}

#[test]
fn scores_are_optional_and_all_of_vnbench_fits_in_5_mb() {
    let dir = tempfile::tempdir().unwrap();
    let rows = dataset(dir.path(), 150);
    let plain = vniah(dir.path(), &["report", "set", "-o", "set/report.html"]);
    assert!(plain.status.success(), "{}", stderr(&plain));
    let page = fs::read_to_string(dir.path().join("set/report.html")).unwrap();
    assert_eq!(data(&page)["samples"][0]["video"], "videos/h0_ret_edit1.mp4");
    assert!(page.contains("No scores were given"));
    let wordy = "The frames show a street and then a subtitle. ".repeat(40);
    answers(dir.path().join("a.jsonl"), &rows, |row| Some(format!("{wordy}Answer: {}", row.gt_option)));
    vniah(dir.path(), &["score", "set", "a.jsonl", "-o", "s.json"]);
    let output = vniah(dir.path(), &["report", "set", "s.json", "s.json", "s.json", "-o", "page.html"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let bytes = fs::metadata(dir.path().join("page.html")).unwrap().len();
    assert!(bytes < 5_000_000, "{bytes}");
}

#[test]
fn foreign_scores_and_foreign_files_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let rows = dataset(dir.path(), 2);
    answers(dir.path().join("a.jsonl"), &rows, |row| Some(row.gt_option.clone()));
    vniah(dir.path(), &["score", "set", "a.jsonl", "-o", "s.json"]);
    dataset(dir.path(), 3);
    let other = vniah(dir.path(), &["report", "set", "s.json", "-o", "page.html"]);
    assert_eq!(other.status.code(), Some(3));
    assert!(stderr(&other).contains("the scores of `toy` are of another dataset"), "{}", stderr(&other));
    let wrong = vniah(dir.path(), &["report", "set", "a.jsonl", "-o", "page.html"]);
    assert_eq!(wrong.status.code(), Some(3));
    assert!(
        stderr(&wrong).contains("`a.jsonl` is an answers file, not scores; run `vniah score` first"),
        "{}",
        stderr(&wrong)
    );
    fs::write(dir.path().join("mine.html"), "mine").unwrap();
    let mine = vniah(dir.path(), &["report", "set", "-o", "mine.html"]);
    assert_eq!(mine.status.code(), Some(2));
    assert_eq!(fs::read_to_string(dir.path().join("mine.html")).unwrap(), "mine");
}

#[test]
fn a_sampler_adds_its_ceiling_and_accuracy_of_what_was_seen() {
    let dir = tempfile::tempdir().unwrap();
    let rows = dataset(dir.path(), 12);
    answers(dir.path().join("good.jsonl"), &rows, |row| Some(row.gt_option.clone()));
    vniah(dir.path(), &["score", "set", "good.jsonl", "-o", "good.json", "--model", "good"]);
    let plain = vniah(dir.path(), &["report", "set", "good.json", "-o", "plain.html"]);
    assert!(plain.status.success());
    assert!(!fs::read_to_string(dir.path().join("plain.html")).unwrap().contains("given that all was seen"));
    let arguments =
        ["report", "set", "good.json", "-o", "page.html", "--sampler", "linspace(8)", "--plots", "plots"];
    let output = vniah(dir.path(), &arguments);
    assert!(output.status.success(), "{}", stderr(&output));
    let page = fs::read_to_string(dir.path().join("page.html")).unwrap();
    // Overall, and nine types.
    assert_eq!(page.matches("the sampler’s ceiling").count(), 10);
    assert_eq!(page.matches("given that all was seen").count(), 10);
    assert!(page.contains("Effective length"));
    let json = |name: &str| -> serde_json::Value {
        serde_json::from_slice(&fs::read(dir.path().join("plots").join(name)).unwrap()).unwrap()
    };
    let index = json("plots.json");
    assert_eq!((&index["sampler"], &index["threshold"]), (&"linspace(8)".into(), &0.85.into()));
    let files = index["files"].as_array().unwrap();
    // Heatmaps, curves and the overview.
    assert_eq!(files.len(), 2 * (10 + 4 + 1) + 1);
    for name in files.iter().map(|name| name.as_str().unwrap()) {
        let bytes = fs::read(dir.path().join("plots").join(name)).unwrap();
        match name.rsplit_once('.').unwrap().1 {
            "png" => {
                let picture = image::load_from_memory(&bytes).unwrap().into_rgb8();
                let ink = picture.pixels().filter(|pixel| pixel.0 != [255; 3]).count();
                assert!(ink > 5000, "{name} is all but empty");
            }
            "svg" => assert!(String::from_utf8(bytes).unwrap().starts_with("<svg xmlns")),
            _ => {}
        }
    }
    // A run that is right everywhere is so at its longest length, and in each square.
    let effective = &index["effective_lengths"]["good"]["overall"];
    assert_eq!(effective["accuracy"], serde_json::json!(1.0));
    let squares = json("vniah-good.json");
    assert!(
        squares
            .as_array()
            .unwrap()
            .iter()
            .all(|square| square["Score"] == 1.0 && square["Num. Frame"].is_u64())
    );
    // What the last report drew and this one does not is removed, and nothing else.
    let mut earlier = index.clone();
    earlier["files"].as_array_mut().unwrap().extend([
        "old.svg".into(),
        "../set/metadata.jsonl".into(),
        "..".into(),
    ]);
    fs::write(dir.path().join("plots/plots.json"), earlier.to_string()).unwrap();
    for name in ["old.svg", "mine.svg"] {
        fs::write(dir.path().join("plots").join(name), "").unwrap();
    }
    assert!(vniah(dir.path(), &arguments).status.success(), "plots may be written over plots");
    let exists = |name: &str| dir.path().join("plots").join(name).exists();
    assert!(!exists("old.svg") && exists("mine.svg") && exists("../set/metadata.jsonl"));
    assert_eq!(json("plots.json"), index);
    fs::create_dir(dir.path().join("mine")).unwrap();
    fs::write(dir.path().join("mine/notes.txt"), "mine").unwrap();
    // A file of this name alone does not make a directory ours.
    fs::create_dir(dir.path().join("theirs")).unwrap();
    fs::write(dir.path().join("theirs/plots.json"), "{\"files\": []}").unwrap();
    let theirs = vniah(dir.path(), &["report", "set", "good.json", "-o", "page.html", "--plots", "theirs"]);
    assert_eq!(theirs.status.code(), Some(2), "{}", stderr(&theirs));
    let mine = vniah(dir.path(), &["report", "set", "good.json", "-o", "page.html", "--plots", "mine"]);
    assert_eq!(mine.status.code(), Some(2), "{}", stderr(&mine));
}

#[test]
fn what_is_varied_has_a_curve_a_key() {
    let dir = tempfile::tempdir().unwrap();
    let mut rows = dataset(dir.path(), 12);
    // Every other haystack has faint needles, of which none is found.
    for row in &mut rows {
        let faint = row.haystack_ids[0].trim_start_matches('h').parse::<u32>().unwrap() % 2 == 1;
        row.difficulty.duration = "1s".to_owned();
        row.difficulty.place = "usual".to_owned();
        row.difficulty.opacity_permille = if faint { 125 } else { 1000 };
    }
    vniah::files::write_json_lines(&dir.path().join("set/metadata.jsonl"), rows.iter()).unwrap();
    answers(dir.path().join("a.jsonl"), &rows, |row| {
        (row.difficulty.opacity_permille == 1000).then(|| row.gt_option.clone())
    });
    let table = vniah(dir.path(), &["score", "set", "a.jsonl", "-o", "s.json"]);
    let table = String::from_utf8(table.stdout).unwrap();
    let (_, axis) = table.split_once("by difficulty, circular % (samples)\n").unwrap();
    let lines: Vec<Vec<&str>> = axis.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["opacity", "12.5%", "100%"]);
    assert_eq!(lines[1], ["cnt_edit1", "0.0", "(6)", "100.0", "(6)"]);
    assert_eq!(lines[10], ["all", "of", "these", "0.0", "(54)", "100.0", "(54)"]);
    let output = vniah(dir.path(), &["report", "set", "s.json", "-o", "page.html", "--plots", "plots"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let page = fs::read_to_string(dir.path().join("page.html")).unwrap();
    let (_, section) = page.split_once("<section id=\"difficulty\">").unwrap();
    let (section, _) = section.split_once("</section>").unwrap();
    assert_eq!(section.matches("<figure").count(), 1);
    assert!(section.contains("opacity<small>of the needle</small>"));
    assert!(section.contains("12.5%: 0%, n 54, 0–") && section.contains("100%: 100%, n 54, "), "{section}");
    let drawn = fs::read_to_string(dir.path().join("plots/difficulty-opacity.svg")).unwrap();
    assert!(drawn.contains("12.5%: 0%, n 54"));
    assert!(dir.path().join("plots/difficulty-opacity.png").exists());
}
