//! `vniah score --judge` through the real program, against a server that reads the replies it is sent.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;
use vniah::answers::judged::NONE;
use vniah::dataset::Row;

use super::score::{answers, dataset, stderr, vniah};
use super::server::{Mischief, Server, prompt};

const KEY: &str = "sk-not-to-be-seen-anywhere";
/// Rows of the dataset: twelve haystacks, nine types, four tries.
const ROWS: usize = 12 * 9 * 4;

/// A run of which three haystacks get replies that no rule reads: one names the right option in its own words, one gives up, one
/// contradicts itself.
fn run() -> (TempDir, Vec<Row>) {
    let dir = tempfile::tempdir().unwrap();
    let rows = dataset(dir.path(), 12);
    answers(dir.path().join("a.jsonl"), &rows, |row| match row.haystack_ids[0].as_str() {
        "h9" => Some(format!("the one whose name begins with {}", &row.gt[..2])),
        "h10" => Some("I cannot tell from these frames.".to_owned()),
        "h11" => Some(format!("{} or {}", row.options[0], row.options[1])),
        _ => Some(row.gt_option.clone()),
    });
    (dir, rows)
}

/// A judge that reads what stands between the marks, and names an option by what it begins with.
fn judge(body: &Value) -> String {
    let prompt = prompt(body);
    let (_, rest) = prompt.split_once("<reply>\n").unwrap();
    let (reply, _) = rest.split_once("\n</reply>").unwrap();
    let begins = reply.strip_prefix("the one whose name begins with ");
    let mut lines = prompt.lines().filter_map(|line| line.split_once(". "));
    let found = lines.find(|(letter, text)| {
        letter.len() == 1 && begins.map_or(*text == NONE, |begins| text.starts_with(begins))
    });
    found.unwrap().0.to_owned()
}

fn command(dir: &Path, server: &Server, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vniah"));
    command
        .args(["score", "set", "a.jsonl", "--json", "--judge", "reader", "--base-url", &server.url])
        .args(more)
        .current_dir(dir)
        .env("OPENAI_API_KEY", KEY);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
        command.env_remove(name);
    }
    command
}

fn score(dir: &Path, server: &Server, more: &[&str]) -> Output {
    let output = command(dir, server, more).output().unwrap();
    assert!(!stderr(&output).contains(KEY), "the key is shown: {}", stderr(&output));
    output
}

fn parsed(output: &Output) -> Value {
    assert!(output.status.success(), "{}", stderr(output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn lines(dir: &Path, name: &str) -> Vec<Value> {
    let text = fs::read_to_string(dir.join(name)).unwrap();
    assert!(!text.contains(KEY), "the key is in {name}");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_judge_reads_what_the_rules_cannot_and_stands_apart() {
    let (dir, rows) = run();
    let plain: Value =
        serde_json::from_slice(&vniah(dir.path(), &["score", "set", "a.jsonl", "--json"]).stdout).unwrap();
    assert_eq!((&plain["judge"], plain["letter_rules"].get("judged")), (&Value::Null, None));
    let server = Server::start(judge, |_, _| None);
    let scores = parsed(&score(dir.path(), &server, &["-o", "scores.json"]));
    // Three haystacks of 36 tries.
    assert_eq!(server.requests(), 108);
    assert_eq!(
        scores["judge"],
        json!({"models": ["reader"], "replies": 108, "named": 36, "correct": 36, "none": 72, "unreadable": 0,
               "not_judged": 0, "unused": 0})
    );
    for field in
        ["overall", "tasks", "types", "cells", "slices", "letters", "replies", "rule", "effective_length"]
    {
        assert_eq!(scores[field], plain[field], "{field} is the robust rule's");
    }
    for rule in ["robust", "official"] {
        assert_eq!(scores["letter_rules"][rule], plain["letter_rules"][rule]);
    }
    assert_eq!(plain["overall"]["circular"], 0.75);
    let judged = &scores["letter_rules"]["judged"]["overall"];
    assert_eq!((&judged["circular"], &judged["unreadable"]), (&json!(0.833_333), &json!(72)));
    let of = |sample: &str| {
        let all = scores["verdicts"].as_array().unwrap();
        all.iter().find(|own| own["sample_id"] == sample).unwrap().clone()
    };
    let (own, given_up) = (of("h9_ret_edit1"), of("h10_ret_edit1"));
    assert_eq!((&own["verdicts"], &own["read"]), (&json!("UUUU"), &json!("----")));
    let letters: String =
        rows.iter().filter(|row| row.sample_id == "h9_ret_edit1").map(|row| row.gt_option.as_str()).collect();
    assert_eq!((&own["judged"], &given_up["judged"]), (&json!(letters), &json!("----")));
    assert_eq!(of("h0_ret_edit1")["judged"], "....");
    // Scored again, with a judge or with its file alone: nothing is asked, the same comes out.
    assert_eq!(parsed(&score(dir.path(), &server, &[])), scores);
    assert_eq!(server.requests(), 108);
    let alone = vniah(dir.path(), &["score", "set", "a.jsonl", "--json", "--judged", "a.judged.jsonl"]);
    assert_eq!(parsed(&alone), scores);
    // Only by request is the judge's reading the main one.
    let main = parsed(&score(dir.path(), &server, &["--rule", "judged"]));
    assert_eq!(main["overall"], *judged);
    assert_eq!((&main["rule"], &main["replies"]["readings"]["judge"]), (&json!("judged"), &json!(36)));
    let table = vniah(dir.path(), &["score", "set", "a.jsonl", "--judged", "a.judged.jsonl"]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(table.contains("official %  judged %"), "{table}");
    assert!(table.contains(
        "judge reader: of 108 replies that the robust rule cannot read, 36 name an option (36 the right one)"
    ));
    let page = vniah(dir.path(), &["report", "set", "scores.json", "-o", "page.html"]);
    assert!(page.status.success(), "{}", stderr(&page));
    let page = fs::read_to_string(dir.path().join("page.html")).unwrap();
    assert!(
        page.contains("Robust and judge")
            && page.contains("the judge reader reads an option in 36 (the right one in 36)")
    );
}

#[test]
fn a_judge_never_sees_which_option_is_right() {
    let (dir, mut rows) = run();
    let server = Server::start(judge, |_, _| None);
    parsed(&score(dir.path(), &server, &["--concurrency", "1"]));
    let first = server.seen.lock().unwrap().requests.clone();
    let keys = server.seen.lock().unwrap().keys.clone();
    assert!(keys.iter().all(|key| *key == format!("Bearer {KEY}")));
    // Another right option, the same requests.
    for row in &mut rows {
        let at = row.options.iter().position(|option| *option == row.gt).unwrap();
        row.gt = row.options[(at + 1) % 4].clone();
        row.answer.clone_from(&row.gt);
        row.gt_option = vniah::dataset::letter((at + 1) % 4);
    }
    vniah::files::write_json_lines(&dir.path().join("set/metadata.jsonl"), &rows).unwrap();
    parsed(&score(dir.path(), &server, &["--concurrency", "1", "--judged", "other.jsonl"]));
    let all = server.seen.lock().unwrap().requests.clone();
    assert_eq!(all.len(), 216);
    assert_eq!(all[108..], first);
    let dry = score(dir.path(), &server, &["--dry-run"]);
    assert!(dry.status.success());
    assert_eq!(serde_json::from_slice::<Value>(&dry.stdout).unwrap(), first[0]);
    assert_eq!(server.requests(), 216);
}

#[test]
fn a_verdict_holds_for_its_reply_alone() {
    let (dir, rows) = run();
    let server = Server::start(judge, |_, _| None);
    parsed(&score(dir.path(), &server, &[]));
    // Another run of the model: the replies about one haystack differ, and two haystacks need no judge any more.
    answers(dir.path().join("a.jsonl"), &rows, |row| match row.haystack_ids[0].as_str() {
        "h9" => Some(format!("that whose name begins with {}", &row.gt[..2])),
        _ => Some(row.gt_option.clone()),
    });
    let arguments = ["score", "set", "a.jsonl", "--json", "--judged", "a.judged.jsonl"];
    let scores = parsed(&vniah(dir.path(), &arguments));
    let judge = &scores["judge"];
    assert_eq!(
        (&judge["replies"], &judge["not_judged"], &judge["unused"]),
        (&json!(36), &json!(36), &json!(108))
    );
    assert_eq!(scores["letter_rules"]["judged"], scores["letter_rules"]["robust"]);
}

#[test]
fn a_judge_that_fails_is_asked_again_and_pays_for_nothing_twice() {
    let (dir, _) = run();
    let server = Server::start(judge, |number, _| match number {
        0 => Some(Mischief::Status(429, "Retry-After: 0\r\n".to_owned(), "{}".to_owned())),
        1 => Some(Mischief::Cut),
        5 => Some(Mischief::Status(400, String::new(), format!("bad, key {KEY}"))),
        _ => None,
    });
    let more = ["--concurrency", "1", "-o", "scores.json"];
    let output = score(dir.path(), &server, &more);
    assert_eq!(output.status.code(), Some(6), "{}", stderr(&output));
    assert!(stderr(&output).contains("1 request to the judge ended in an error"), "{}", stderr(&output));
    let scores: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(scores["judge"]["not_judged"], 1, "what is known is scored");
    assert!(dir.path().join("scores.json").exists());
    let lines = lines(dir.path(), "a.judged.jsonl");
    assert_eq!((lines.len(), server.requests()), (108, 110));
    assert_eq!((&lines[0]["attempts"], &lines[0]["mode"]), (&json!(3), &json!("judge")));
    assert_eq!(lines.iter().filter(|line| line["error"] == "status 400: bad, key [key]").count(), 1);
    assert_eq!(
        score(dir.path(), &server, &more).status.code(),
        Some(6),
        "an error is asked again on demand alone"
    );
    assert_eq!(server.requests(), 110);
    // What is said of a judge needs one.
    for alone in [&["--retry-errors"][..], &["--concurrency", "8"], &["--temperature", "1"]] {
        let output = vniah(dir.path(), &[&["score", "set", "a.jsonl"], alone].concat());
        assert_eq!(output.status.code(), Some(2), "{alone:?}");
        assert!(stderr(&output).contains("--judge"), "{}", stderr(&output));
    }
    let again = parsed(&score(dir.path(), &server, &["--retry-errors"]));
    assert_eq!((&again["judge"]["not_judged"], server.requests()), (&json!(0), 111));
    // Another judge has a file of its own; this one's is no answers, and answers are no verdicts.
    let other = score(dir.path(), &server, &["--temperature", "1"]);
    assert_eq!(other.status.code(), Some(2));
    assert!(stderr(&other).contains("name another file with --judged"), "{}", stderr(&other));
    let swapped = vniah(dir.path(), &["score", "set", "a.jsonl", "--judged", "a.jsonl"]);
    assert_eq!(swapped.status.code(), Some(3));
    assert!(stderr(&swapped).contains("`a.jsonl`:1: is not a verdict of a judge"), "{}", stderr(&swapped));
    let as_answers = vniah(dir.path(), &["score", "set", "a.judged.jsonl"]);
    assert_eq!(as_answers.status.code(), Some(3), "{}", stderr(&as_answers));
}

#[test]
fn what_cannot_be_scored_is_not_judged() {
    let (dir, rows) = run();
    let server = Server::start(judge, |_, _| None);
    let mut text = fs::read_to_string(dir.path().join("a.jsonl")).unwrap();
    text.push_str("{\"id\": \"nobody\", \"response\": \"A\"}\n");
    fs::write(dir.path().join("a.jsonl"), text).unwrap();
    assert_eq!(score(dir.path(), &server, &[]).status.code(), Some(3));
    answers(dir.path().join("a.jsonl"), &rows, |row| Some(row.gt_option.clone()));
    let scores = parsed(&score(dir.path(), &server, &[]));
    assert_eq!((&scores["judge"]["replies"], rows.len()), (&json!(0), ROWS));
    assert_eq!(server.requests(), 0);
    for (more, wanted) in [
        (&["--rule", "judged"][..], "--rule judged needs --judge MODEL, or --judged FILE"),
        (&["--judge", "x"], "--base-url <URL>"),
        (&["--judge", "x", "--base-url", "http://u@h/v1"], "may be secret"),
        (
            &["--judge", "x", "--base-url", &server.url, "--judge-prompt", "{question} {options} {none}"],
            "--judge-prompt lacks the placeholder `{reply}`",
        ),
    ] {
        let output = vniah(dir.path(), &[&["score", "set", "a.jsonl"], more].concat());
        assert_eq!(output.status.code(), Some(2), "{more:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(wanted), "{}", stderr(&output));
    }
}

#[test]
fn a_dummy_key_alters_no_verdict() {
    let (dir, _) = run();
    let server = Server::start(judge, |_, _| None);
    // The letter of "none of these", which the judge says 72 times.
    let output = command(dir.path(), &server, &[]).env("OPENAI_API_KEY", "E").output().unwrap();
    let scores = parsed(&output);
    assert_eq!((&scores["judge"]["none"], &scores["judge"]["unreadable"]), (&json!(72), &json!(0)));
    let illegal = command(dir.path(), &server, &[]).env("OPENAI_API_KEY", "E\n").output().unwrap();
    assert_eq!((illegal.status.code(), server.requests()), (Some(2), 108), "{}", stderr(&illegal));
}

#[test]
fn verdicts_resume_elsewhere_and_their_file_is_safe() {
    let (dir, _) = run();
    let failing = Server::start(judge, |number, _| {
        (number == 5).then(|| Mischief::Status(400, String::new(), "\u{1b}[2Jno".to_owned()))
    });
    let output = score(dir.path(), &failing, &["--concurrency", "1", "--max-errors", "1"]);
    assert_eq!((output.status.code(), failing.requests()), (Some(6), 6), "{}", stderr(&output));
    assert!(stderr(&output).contains("ended in an error: status 400: no\n"), "{}", stderr(&output));
    // The file lost its last line feed, and the judge has moved.
    let path = dir.path().join("a.judged.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.trim_end()).unwrap();
    let server = Server::start(judge, |_, _| None);
    let scores = parsed(&score(dir.path(), &server, &["--retry-errors"]));
    assert_eq!((&scores["judge"]["not_judged"], server.requests()), (&json!(0), 103));
    let whole = fs::read_to_string(&path).unwrap();
    assert!(whole.starts_with(&text) && lines(dir.path(), "a.judged.jsonl").len() == 109);
    let output = score(dir.path(), &server, &["--judge-prompt", "{question} {options} {none} {reply}"]);
    assert!(stderr(&output).contains("other settings: --judge-prompt differs"), "{}", stderr(&output));
    let file = fs::File::open(&path).unwrap();
    file.lock().unwrap();
    let output = score(dir.path(), &server, &[]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("is being written by another process"), "{}", stderr(&output));
    file.unlock().unwrap();
    for foreign in ["my notes".to_owned(), format!("{whole}my notes")] {
        fs::write(&path, &foreign).unwrap();
        let output = score(dir.path(), &server, &[]);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert_eq!(fs::read_to_string(&path).unwrap(), foreign);
    }
    assert_eq!(server.requests(), 103);
}
