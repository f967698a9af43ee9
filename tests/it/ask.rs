//! `vniah ask` through the real program, against a server that looks at what it is sent.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use vniah::dataset::Row;

use super::bench::{Bench, said};
use super::server::{Mischief, Server, completion, oracle, prompt};
use super::signals::signal;

pub(crate) const KEY: &str = "sk-not-to-be-seen-anywhere";

/// The program with a key, and without a proxy between it and the server.
pub(crate) fn command(bench: &Bench, server: &Server, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vniah"));
    command
        .args(["ask", "set", "--base-url", &server.url, "--model", "test"])
        .args(more)
        .current_dir(bench.dir.path())
        .env("OPENAI_API_KEY", KEY);
    for name in [
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
    ] {
        command.env_remove(name);
    }
    command
}

pub(crate) fn ask(bench: &Bench, server: &Server, more: &[&str]) -> Output {
    let output = command(bench, server, more).output().unwrap();
    let shown = format!("{}{}", said(&output), String::from_utf8_lossy(&output.stdout));
    assert!(!shown.contains(KEY), "the key is shown: {shown}");
    output
}

pub(crate) fn lines(bench: &Bench, name: &str) -> Vec<Value> {
    let text = fs::read_to_string(bench.path(name)).unwrap();
    assert!(!text.contains(KEY), "the key is in {name}");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub(crate) fn rows(bench: &Bench) -> Vec<Row> {
    vniah::dataset::read_rows(&bench.path("set")).unwrap()
}

/// A small dataset of one type; its questions need no video to be told apart.
pub(crate) fn small() -> Bench {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n");
    bench.made("set");
    bench
}

const SAMPLED: [&str; 4] = ["--sampler", "linspace(41)", "--jpeg-quality", "100"];

pub(crate) fn behave(_: usize, _: &Value) -> Option<Mischief> {
    None
}

#[test]
fn the_oracle_over_http_is_always_right_in_all_modes() {
    let bench = Bench::new("");
    // Subtitles and patches over a barcode are too hard for the oracle: it looks at what is like footage.
    let scene = |name: &str, fps: &str| {
        format!(
            "[[haystack]]\nid = \"{name}\"\nlicence = \"CC0-1.0\"\n\
             scene = {{ name = \"{name}\", seed = 1, width = 192, height = 108, fps = {fps}, frames = 120 }}\n"
        )
    };
    bench.write("haystacks.toml", &(scene("harbour", "\"30000/1001\"") + &scene("forest", "25")));
    bench.made("set");
    let rows = rows(&bench);
    let spec = vniah::spec::read(&bench.path("spec.toml")).unwrap();
    let server = Server::start(oracle(rows.clone(), spec), behave);
    for (name, more) in [
        ("frames", [&["--mode", "frames"][..], &SAMPLED].concat()),
        ("jpeg", [&["--mode", "video-jpeg"][..], &SAMPLED].concat()),
        ("data", vec!["--mode", "video-url"]),
        ("file", vec!["--mode", "video-url", "--video", "file"]),
    ] {
        let file = format!("{name}.jsonl");
        let before = server.requests();
        let output = ask(&bench, &server, &[&["-o", &file][..], &more].concat());
        assert!(output.status.success(), "{name}: {}", said(&output));
        assert_eq!(server.requests() - before, rows.len(), "{name}: one request a row");
        let scores: Value = serde_json::from_str(&bench.done(&["score", "set", &file, "--json"])).unwrap();
        let verdicts = scores["verdicts"].as_array().unwrap();
        let wrong: Vec<&Value> = verdicts.iter().filter(|sample| sample["verdicts"] != "CCCC").collect();
        assert!(wrong.is_empty(), "{name}: {wrong:#?}");
        assert_eq!(scores["overall"]["circular"], 1.0, "{name}");
        assert_eq!(scores["types"].as_object().unwrap().len(), 9, "{name}");
        assert_eq!(scores["replies"]["statuses"], json!({"ok": rows.len()}), "{name}");
        let sampled = more.contains(&"--sampler");
        assert_eq!(scores["visible"]["ceiling"], if sampled { json!(1.0) } else { Value::Null }, "{name}");
    }
    let one = &lines(&bench, "frames.jsonl")[0];
    assert_eq!((&one["mode"], &one["sampler"]), (&json!("frames"), &json!("linspace(41)")));
    assert_eq!(one["indices"].as_array().unwrap().len(), 41);
    assert_eq!(one["usage"], json!({"prompt_tokens": 100, "completion_tokens": 2}));
    assert_eq!(one["request_sha256"].as_str().unwrap().len(), 64);
    // Whole videos are digested by what they are, not by how they came.
    let digests = |name: &str| -> BTreeMap<String, String> {
        let lines = lines(&bench, name).into_iter();
        lines.map(|line| (line["id"].to_string(), line["request_sha256"].to_string())).collect()
    };
    assert_eq!(digests("data.jsonl"), digests("file.jsonl"));
    let keys = &server.seen.lock().unwrap().keys;
    assert!(keys.iter().all(|key| *key == format!("Bearer {KEY}")));
}

#[test]
fn a_server_that_misbehaves_is_asked_again() {
    let bench = small();
    let rows = rows(&bench);
    let server = Server::start(
        |_| "A".to_owned(),
        |number, _| match number {
            0 => Some(Mischief::Status(
                429,
                "Retry-After: 1\r\n".to_owned(),
                "{\"error\": {\"message\": \"slow\"}}".to_owned(),
            )),
            1 => Some(Mischief::Status(500, String::new(), "oops".to_owned())),
            2 => Some(Mischief::Cut),
            3 => Some(Mischief::Hang),
            4 => Some(Mischief::Body("{\"choices\": [{\"mess".to_owned())),
            _ => None,
        },
    );
    let more = ["-o", "a.jsonl", "--concurrency", "1", "--timeout", "2", "--mode", "video-url", "--json"];
    let output = ask(&bench, &server, &more);
    assert!(output.status.success(), "{}", said(&output));
    let lines = lines(&bench, "a.jsonl");
    assert_eq!(lines.len(), rows.len());
    assert_eq!((&lines[0]["attempts"], &lines[0]["status"]), (&json!(6), &json!("ok")));
    assert!(lines.iter().all(|line| line["response"] == "A"));
    let sums: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&sums["requests"], &sums["answered"]), (&json!(rows.len() + 5), &json!(rows.len())));
    assert_eq!(server.requests(), rows.len() + 5);
}

#[test]
fn every_status_is_recorded_and_errors_are_asked_again_on_demand() {
    let bench = small();
    let rows = rows(&bench);
    let refusal =
        json!({"choices": [{"message": {"content": null, "refusal": "I can't."}, "finish_reason": "stop"}]});
    let server = Server::start(
        |_| "B".to_owned(),
        move |number, _| match number {
            0 => Some(Mischief::Body(refusal.to_string())),
            1 => Some(Mischief::Body(completion("", "stop").to_string())),
            2 => Some(Mischief::Body(completion("The an", "length").to_string())),
            3 => {
                let text = format!("{{\"error\": {{\"message\": \"bad picture, key {KEY}\"}}}}");
                Some(Mischief::Status(400, String::new(), text))
            }
            _ => None,
        },
    );
    let more = [
        "-o",
        "a.jsonl",
        "--concurrency",
        "1",
        "--mode",
        "video-url",
        "--price-input",
        "10",
        "--price-output",
        "50",
        "--json",
    ];
    let output = ask(&bench, &server, &more);
    assert_eq!(output.status.code(), Some(6), "{}", said(&output));
    assert!(said(&output).contains("--retry-errors asks them again"), "{}", said(&output));
    let first = lines(&bench, "a.jsonl");
    let statuses: Vec<&str> = first.iter().take(5).map(|line| line["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["refused", "empty", "truncated", "error", "ok"]);
    assert_eq!(first[0]["response"], "I can't.");
    assert_eq!(first[3]["response"], Value::Null);
    assert_eq!(
        (&first[3]["error"], &first[3]["attempts"]),
        (&json!("status 400: bad picture, key [key]"), &json!(1))
    );
    // 100 tokens at 10 and 2 at 50 a million.
    assert_eq!(first[4]["cost"], 0.0011);
    let asked = server.requests();
    let resumed = ask(&bench, &server, &more);
    assert_eq!(resumed.status.code(), Some(6), "a row is still without an answer");
    assert!(said(&resumed).contains("1 row ended in an error"), "{}", said(&resumed));
    assert_eq!(server.requests(), asked);
    let again = ask(&bench, &server, &[&more[..], &["--retry-errors"]].concat());
    assert!(again.status.success(), "{}", said(&again));
    assert_eq!(server.requests(), asked + 1);
    assert_eq!(lines(&bench, "a.jsonl").len(), rows.len() + 1);
    let scores: Value = serde_json::from_str(&bench.done(&["score", "set", "a.jsonl", "--json"])).unwrap();
    assert_eq!(scores["overall"]["missing"], 0);
    for wrong in [
        &["--temperature", "nan"][..],
        &["--temperature=-1"],
        &["--max-tokens", "0"],
        &["--price-input", "inf"],
    ] {
        let refused = ask(&bench, &server, &[&["-o", "b.jsonl", "--price-output", "1"], wrong].concat());
        assert_eq!(refused.status.code(), Some(2), "{wrong:?}: {}", said(&refused));
        assert!(said(&refused).contains("expected a number from"), "{wrong:?}: {}", said(&refused));
    }
    let other = ask(&bench, &server, &[&more[..], &["--temperature", "1"]].concat());
    assert_eq!(other.status.code(), Some(2));
    assert!(said(&other).contains("`a.jsonl`:1: was asked with other settings"), "{}", said(&other));
}

#[test]
fn stopped_and_resumed_pays_for_nothing_twice() {
    let bench = Bench::new("");
    bench.made("set");
    let rows = rows(&bench);
    // Slow enough that some requests are under way whenever the run is stopped.
    let server = Server::start(
        |_| {
            std::thread::sleep(std::time::Duration::from_millis(60));
            "A".to_owned()
        },
        behave,
    );
    let more = ["-o", "a.jsonl", "--concurrency", "3", "--mode", "video-url"];
    let mut stops = 0;
    for wanted in [5, 20, 40] {
        let mut child =
            command(&bench, &server, &more).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        while server.requests() < wanted {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        signal(&child, "INT");
        let status = child.wait().unwrap();
        assert_eq!(status.code(), Some(6));
        stops += 1;
        // What was paid for is recorded, all of it.
        assert_eq!(lines(&bench, "a.jsonl").len(), server.requests());
    }
    // The machine stops within a line: what is cut off is removed.
    let mut text = fs::read_to_string(bench.path("a.jsonl")).unwrap();
    text.push_str("{\"id\": \"half");
    fs::write(bench.path("a.jsonl"), text).unwrap();
    let last = ask(&bench, &server, &more);
    assert!(last.status.success(), "{}", said(&last));
    assert_eq!((stops, lines(&bench, "a.jsonl").len(), server.requests()), (3, rows.len(), rows.len()));
    let seen = server.seen.lock().unwrap();
    let paid: u32 = seen.paid.values().sum();
    assert_eq!(paid as usize, rows.len());
}

#[test]
fn a_killed_run_loses_no_more_than_what_was_under_way() {
    let bench = small();
    let rows = rows(&bench);
    let server = Server::start(
        |_| {
            std::thread::sleep(std::time::Duration::from_millis(150));
            "A".to_owned()
        },
        behave,
    );
    let more = ["-o", "a.jsonl", "--concurrency", "2", "--mode", "video-url"];
    let mut child = command(&bench, &server, &more).stderr(Stdio::null()).spawn().unwrap();
    while server.requests() < 3 {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let recorded = lines(&bench, "a.jsonl").len();
    let sent = server.requests();
    assert!(sent - recorded <= 2, "{sent} sent, {recorded} recorded");
    let last = ask(&bench, &server, &more);
    assert!(last.status.success(), "{}", said(&last));
    assert_eq!(lines(&bench, "a.jsonl").len(), rows.len());
    assert_eq!(server.requests(), rows.len() + sent - recorded);
}

#[test]
fn what_cannot_go_on_stops_at_once() {
    let bench = small();
    let wrong_key = Server::start(
        |_| String::new(),
        |_, _| {
            Some(Mischief::Status(
                401,
                String::new(),
                format!("{{\"error\": {{\"message\": \"no such key: {KEY}\"}}}}"),
            ))
        },
    );
    let output = ask(&bench, &wrong_key, &["-o", "a.jsonl", "--concurrency", "1", "--mode", "video-url"]);
    assert_eq!((output.status.code(), wrong_key.requests()), (Some(6), 1));
    assert!(said(&output).contains("with status 401: no such key: [key]"), "{}", said(&output));
    let broken =
        Server::start(|_| String::new(), |_, _| Some(Mischief::Status(400, String::new(), "no".to_owned())));
    let output = ask(
        &bench,
        &broken,
        &["-o", "b.jsonl", "--concurrency", "1", "--mode", "video-url", "--max-errors", "3"],
    );
    assert_eq!((output.status.code(), broken.requests()), (Some(6), 3));
    assert!(
        said(&output).contains("3 consecutive rows ended in an error; the last one: status 400: no"),
        "{}",
        said(&output)
    );
    for (more, wanted) in [
        (&["--mode", "frames", "-o", "c.jsonl"][..], "--mode frames needs a --sampler"),
        (
            &["--mode", "video-url", "-o", "c.jsonl", "--prompt", "{question}"],
            "--prompt lacks the placeholder `{options}`",
        ),
        (
            &["--mode", "video-url", "-o", "c.jsonl", "--extra-body", "[]"],
            "--extra-body is not a JSON object",
        ),
        (&["--mode", "video-url", "-o", "set/metadata.jsonl"], "was not written by `ask`"),
    ] {
        let output = ask(&bench, &broken, more);
        assert_eq!(output.status.code(), Some(2), "{more:?}");
        assert!(said(&output).contains(wanted), "{}", said(&output));
    }
}

#[test]
fn a_request_holds_what_was_asked_for() {
    let bench = small();
    let server = Server::start(|_| "A".to_owned(), behave);
    let more = [
        "--mode",
        "video-jpeg",
        "--sampler",
        "linspace(4)",
        "--image-size",
        "64",
        "--system",
        "Be brief.",
        "--prompt",
        "Q: {question}\n{options}\n{not a place}",
        "--temperature",
        "0.5",
        "--max-tokens",
        "none",
        "--extra-body",
        "{\"top_k\": 3, \"media_io_kwargs\": {\"video\": {\"fps\": 9}}}",
    ];
    let dry = ask(&bench, &server, &[&more[..], &["--dry-run"]].concat());
    assert!(dry.status.success() && server.requests() == 0, "{}", said(&dry));
    let body: Value = serde_json::from_slice(&dry.stdout).unwrap();
    let asked =
        ask(&bench, &server, &[&more[..], &["-o", "a.jsonl", "--limit", "2", "--concurrency", "1"]].concat());
    assert!(asked.status.success(), "{}", said(&asked));
    let seen = server.seen.lock().unwrap();
    assert_eq!(seen.requests.len(), 2);
    assert_eq!(seen.requests[0], body, "a dry run writes what would be sent");
    assert_eq!(body["messages"][0], json!({"role": "system", "content": "Be brief."}));
    assert_eq!((&body["temperature"], &body["top_k"]), (&json!(0.5), &json!(3)));
    assert!(body.get("max_tokens").is_none());
    let video = &body["media_io_kwargs"]["video"];
    assert_eq!((&video["fps"], &video["num_frames"]), (&json!(9), &json!(-1)));
    assert_eq!(video["frames_indices"].as_array().unwrap().len(), 4);
    let text = prompt(&body);
    assert!(
        text.starts_with("Q: What is the secret word?\nA. ") && text.ends_with("\n{not a place}"),
        "{text}"
    );
}
