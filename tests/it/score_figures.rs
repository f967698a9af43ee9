//! Figures of `score`, `compare` and `report` that have to agree, and what these commands say of files that are no scores.

use std::fs;
use std::path::Path;

use super::score::{answers, dataset, stderr, vniah};

fn done(dir: &Path, arguments: &[&str]) -> String {
    let output = vniah(dir, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// Scores of a run, in `dir/a.json`.
fn scored(dir: &Path, haystacks: usize) {
    let rows = dataset(dir, haystacks);
    answers(dir.join("a.jsonl"), &rows, |row| Some(row.gt_option.clone()));
    done(dir, &["score", "set", "a.jsonl", "-o", "a.json"]);
}

#[test]
fn joins_that_share_clips_are_one_cluster_in_score_compare_and_report() {
    let dir = tempfile::tempdir().unwrap();
    let mut rows = dataset(dir.path(), 13);
    // Twelve videos are joins of four clips; the thirteenth is of footage of its own.
    for row in &mut rows {
        let number: usize = row.haystack_ids[0][1..].parse().unwrap();
        if number < 12 {
            row.haystack_ids = vec![format!("clip{}", number % 4), format!("clip{}", (number + 1) % 4)];
        }
    }
    vniah::files::write_json_lines(&dir.path().join("set/metadata.jsonl"), rows.iter()).unwrap();
    answers(dir.path().join("a.jsonl"), &rows, |row| Some(row.gt_option.clone()));
    let table = done(dir.path(), &["score", "set", "a.jsonl", "-o", "a.json"]);
    assert!(table.contains("haystack clusters: 2;"), "{table}");
    assert!(
        table.contains("With fewer than 10 haystack clusters, differences between source videos"),
        "{table}"
    );
    let compared = done(dir.path(), &["compare", "a.json", "a.json"]);
    assert!(compared.contains("none with fewer than 10 haystack clusters; here are 2"), "{compared}");
    done(dir.path(), &["report", "set", "a.json", "-o", "page.html"]);
    let page = fs::read_to_string(dir.path().join("page.html")).unwrap();
    assert!(page.contains("<dt>haystacks</dt><dd>5</dd>"));
    assert!(page.contains("<dt>haystack clusters</dt><dd>2</dd>"));
}

#[test]
fn what_is_no_scores_file_says_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    scored(dir.path(), 2);
    let refused = |arguments: &[&str]| {
        let output = vniah(dir.path(), arguments);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {}", stderr(&output));
        stderr(&output)
    };
    let said = refused(&["compare", "a.jsonl", "a.jsonl"]);
    assert!(said.contains("`a.jsonl` is an answers file, not scores; run `vniah score` first"), "{said}");
    let text = fs::read_to_string(dir.path().join("a.json")).unwrap();
    for (version, age) in [(5, "an older"), (99, "a newer")] {
        let other = text.replacen("\"format_version\": 6", &format!("\"format_version\": {version}"), 1);
        fs::write(dir.path().join("other.json"), other).unwrap();
        let said = refused(&["compare", "other.json", "a.json"]);
        assert!(
            said.contains(&format!("has format version {version}, and this program reads version 6: {age}"))
        );
        assert!(said.contains("run `vniah score` on the answers again"), "{said}");
        assert_eq!(refused(&["report", "set", "other.json", "-o", "page.html"]), said);
    }
    fs::write(dir.path().join("x.json"), "{\"a\": 1}\n").unwrap();
    assert!(
        refused(&["compare", "x.json", "a.json"]).contains("`x.json` is not a scores file: missing field")
    );
}

#[test]
fn one_run_has_a_leaderboard_whose_heads_say_what_they_are() {
    let dir = tempfile::tempdir().unwrap();
    scored(dir.path(), 12);
    let board = done(dir.path(), &["compare", "a.json", "--leaderboard", "markdown"]);
    let heads = "| run | all tries right % | 95% low % | 95% high % | per-try % | corrected % | complete % | samples | counting % |";
    assert!(board.starts_with(heads), "{board}");
    assert!(board.contains("| toy | 100.0 |") && board.contains("a random letter for each try"), "{board}");
    let csv = done(dir.path(), &["compare", "a.json", "--leaderboard", "csv"]);
    assert!(
        csv.starts_with("run,all tries right,95% low,95% high,per-try,corrected,complete,samples,counting,")
    );
    assert_eq!(csv.lines().count(), 2, "{csv}");
    let alone = vniah(dir.path(), &["compare", "a.json"]);
    assert_eq!(alone.status.code(), Some(2));
    assert!(
        stderr(&alone).contains("needs the scores of two runs") && stderr(&alone).contains("--leaderboard")
    );
}

#[test]
fn curves_name_their_axis_and_chance() {
    let dir = tempfile::tempdir().unwrap();
    scored(dir.path(), 12);
    done(dir.path(), &["report", "set", "a.json", "-o", "page.html", "--plots", "plots"]);
    for text in [
        fs::read_to_string(dir.path().join("page.html")).unwrap(),
        fs::read_to_string(dir.path().join("plots/curve-overall.svg")).unwrap(),
    ] {
        assert!(
            text.contains(">right in every try, %</text>")
                && text.contains(">chance</text>")
                && text.contains(">25%</text>")
        );
    }
}
