//! What servers do to `vniah ask`: keys, replies kept as they come, redirects, certificates, and words instead of a reply.

use std::fs;
use std::process::{Command, Output};

use serde_json::{Value, json};

use super::ask::{KEY, ask, behave, command, lines, rows, small};
use super::bench::{Bench, said};
use super::server::{Mischief, Server, completion, typed};

const ONE: [&str; 8] = ["-o", "a.jsonl", "--mode", "text", "--concurrency", "1", "--limit", "1"];

/// Asks with another key than the usual one.
fn ask_with(bench: &Bench, server: &Server, key: &str, more: &[&str]) -> Output {
    command(bench, server, more).env("OPENAI_API_KEY", key).output().unwrap()
}

fn error_of(bench: &Bench, name: &str) -> String {
    lines(bench, name)[0]["error"].as_str().unwrap().to_owned()
}

#[test]
fn a_dummy_key_alters_no_reply() {
    let bench = small();
    for (key, reply) in
        [("EMPTY", "The room was EMPTY. B"), ("A", "A or A: \u{1b}[1mANSWER\u{1b}[0m A\r\n"), ("B", " B ")]
    {
        let server = Server::start(move |_| reply.to_owned(), behave);
        let output = ask_with(&bench, &server, key, &ONE);
        assert!(output.status.success(), "{}", said(&output));
        let lines = lines(&bench, "a.jsonl");
        assert_eq!(lines[0]["response"], reply);
        assert_eq!(server.seen.lock().unwrap().keys, [format!("Bearer {key}")]);
        fs::remove_file(bench.path("a.jsonl")).unwrap();
    }
    // A dummy is taken out of an error where it is a word of its own.
    let server = Server::start(
        |_| String::new(),
        |_, _| {
            Some(Mischief::Status(
                400,
                String::new(),
                "{\"error\": {\"message\": \"A bad key A, All\"}}".to_owned(),
            ))
        },
    );
    ask_with(&bench, &server, "A", &ONE);
    assert_eq!(error_of(&bench, "a.jsonl"), "status 400: [key] bad key [key], All");
}

#[test]
fn a_real_key_is_in_no_field_and_no_message() {
    let bench = small();
    let far = "x".repeat(290);
    let answers = [
        // As the reason of the end, in the reasoning, in the reply itself.
        completion("B", KEY).to_string(),
        json!({"choices": [{"message": {"content": "B", "reasoning": KEY}, "finish_reason": "stop"}]})
            .to_string(),
        completion(&format!("Your key is {KEY}"), "stop").to_string(),
    ];
    let errors = [
        json!({"error": {"message": format!("{far} {KEY}")}}).to_string(),
        json!({"error": {"message": format!("{}\u{1b}[0m{}", &KEY[..9], &KEY[9..])}}).to_string(),
        json!({"weird": {"key": KEY}}).to_string(),
    ];
    let server = Server::start(
        |_| "A".to_owned(),
        move |number, _| {
            let answer = answers.get(number).map(|body| Mischief::Body(body.clone()));
            let error = || Some(Mischief::Status(400, String::new(), errors.get(number - 3)?.clone()));
            answer.or_else(error).or_else(|| {
                let headers = format!("Content-Type: text/{KEY}\r\n");
                (number == 6).then(|| typed(418, &headers, b"teapot"))
            })
        },
    );
    let output = ask(&bench, &server, &["-o", "a.jsonl", "--mode", "text", "--concurrency", "1"]);
    assert_eq!(output.status.code(), Some(6), "{}", said(&output));
    // `ask` and `lines` look for the key in everything.
    let lines = lines(&bench, "a.jsonl");
    assert_eq!((&lines[0]["response"], &lines[0]["finish_reason"]), (&json!("B"), &json!("[key]")));
    for line in &lines[1..3] {
        assert_eq!((&line["response"], line.get("reasoning")), (&Value::Null, None));
        assert!(line["error"].as_str().unwrap().contains("the reply contains the key"), "{line}");
    }
    let text = fs::read_to_string(bench.path("a.jsonl")).unwrap();
    assert!(!text.contains(&KEY[..9]), "no part of the key stays: {text}");
    assert_eq!(lines[4]["error"], "status 400: [key]");
    assert_eq!(lines[6]["error"], "status 418 (text/[key]): teapot");
}

#[test]
fn a_key_that_cannot_be_sent_is_told_at_once() {
    let bench = small();
    let server = Server::start(|_| "A".to_owned(), behave);
    for (key, what) in [
        ("sk-not-shown\n", "character 13 of 13 is a line feed"),
        ("sk-not-\rshown", "a carriage return"),
        ("sk-not-shown-\u{e9}", "no ASCII character"),
    ] {
        let output = ask_with(&bench, &server, key, &ONE);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        let told = said(&output);
        assert!(
            told.contains("`OPENAI_API_KEY` holds no key that can be sent") && told.contains(what),
            "{told}"
        );
        assert!(!told.contains("not-shown"), "{told}");
    }
    assert_eq!((server.requests(), bench.path("a.jsonl").exists()), (0, false));
}

#[test]
fn what_came_instead_of_a_reply_is_told_on_one_line() {
    let bench = small();
    let html = "Content-Type: text/html; charset=utf-8\r\n";
    let cases: [(Mischief, &str, u64); 6] = [
        (
            typed(413, html, b"<html>\n<h1>\x1b[31mToo\x1b[0m large</h1>"),
            "status 413 (text/html; charset=utf-8): <html> <h1>Too large</h1>",
            1,
        ),
        (typed(200, html, b"<html>Please log in"), "status 200 (text/html; charset=utf-8), not JSON", 2),
        (
            typed(200, "Content-Type: text/event-stream\r\n", b"data: {\"choices\": []}\n\ndata: [DONE]\n\n"),
            "status 200 (text/event-stream): a stream of events instead of one reply",
            1,
        ),
        (
            typed(200, "", b"{\"choices\": [NaN]}"),
            "status 200, not JSON (expected value at line 1 column 14): {",
            1,
        ),
        (
            typed(200, "", b"{\"choices\": [{\"message\": {\"content\": \"A \xe9\"}}]}"),
            "status 200, not UTF-8: {",
            1,
        ),
        (
            Mischief::Body(
                "{\"error\": {\"message\": \"\\u001b]0;title\\u0007flagged\", \"code\": 400}}".to_owned(),
            ),
            "error 400: flagged",
            1,
        ),
    ];
    for (mischief, want, attempts) in cases {
        let shown = format!("{mischief:?}");
        let server = Server::start(|_| "A".to_owned(), move |_, _| Some(mischief.clone()));
        let output = ask(&bench, &server, &[&ONE[..], &["--attempts", "2"]].concat());
        assert_eq!(output.status.code(), Some(6), "{shown}");
        let line = &lines(&bench, "a.jsonl")[0];
        let error = line["error"].as_str().unwrap();
        assert!(error.starts_with(want), "{shown}: {error}");
        assert_eq!(line["attempts"], attempts, "{shown}");
        // The reason is on the terminal, too, and does nothing to it.
        assert!(said(&output).contains(&format!("ended in an error: {error}")), "{}", said(&output));
        assert!(!said(&output).contains('\u{1b}'), "{shown}");
        fs::remove_file(bench.path("a.jsonl")).unwrap();
    }
}

#[test]
fn a_reply_without_end_is_paid_for_once() {
    let bench = small();
    let body = format!("{{\"choices\": [{{\"message\": {{\"content\": \"{}\"}}}}]}}", "A ".repeat(17 << 20));
    let server = Server::start(|_| "A".to_owned(), move |_, _| Some(Mischief::Body(body.clone())));
    let output = ask(&bench, &server, &[&ONE[..], &["--attempts", "3"]].concat());
    assert_eq!(output.status.code(), Some(6), "{}", said(&output));
    let line = &lines(&bench, "a.jsonl")[0];
    assert_eq!(
        (&line["error"], &line["attempts"]),
        (&json!("the reply is longer than 32 MiB"), &json!(1)),
        "{line}"
    );
}

#[test]
fn a_reasoning_is_kept_beside_an_empty_reply() {
    let bench = small();
    let bodies = [
        json!({"choices": [{"message": {"content": null, "reasoning_content": " So: A.\n"}, "finish_reason": "stop"}]}),
        json!({"choices": [{"message": {"content": null, "reasoning": "The answer is A"}, "finish_reason": "length"}]}),
        json!({"choices": [{"message": {"content": "A", "reasoning": "hm"}, "finish_reason": "stop"}]}),
    ];
    let server = Server::start(
        |_| "A".to_owned(),
        move |number, _| bodies.get(number).map(|body| Mischief::Body(body.to_string())),
    );
    let output = ask(&bench, &server, &["-o", "a.jsonl", "--mode", "text", "--concurrency", "1"]);
    assert!(output.status.success(), "{}", said(&output));
    let lines = lines(&bench, "a.jsonl");
    let of = |at: usize| {
        (lines[at]["status"].clone(), lines[at]["response"].clone(), lines[at]["reasoning"].clone())
    };
    assert_eq!(of(0), (json!("empty"), json!(""), json!(" So: A.\n")));
    assert_eq!(of(1), (json!("truncated"), json!(""), json!("The answer is A")));
    assert_eq!(of(2), (json!("ok"), json!("A"), json!("hm")));
    assert_eq!(lines[3].get("reasoning"), None);
    let scores: Value = serde_json::from_str(&bench.done(&["score", "set", "a.jsonl", "--json"])).unwrap();
    // A reasoning is no reply: what is empty cannot be read, and is there.
    assert_eq!((&scores["overall"]["unreadable"], &scores["overall"]["missing"]), (&json!(2), &json!(0)));
}

#[test]
fn redirects_keep_the_question_and_lose_no_key() {
    let bench = small();
    let other = Server::start(|_| "B".to_owned(), behave);
    let away = format!("{}/chat/completions", other.url);
    for status in [307, 308] {
        // Within the host: with the key.
        let near = Server::start(
            |_| "A".to_owned(),
            move |number, _| {
                let header = "Location: /v2/chat/completions\r\n".to_owned();
                (number == 0).then(|| Mischief::Status(status, header, String::new()))
            },
        );
        let output = ask(&bench, &near, &ONE);
        assert!(output.status.success(), "{status}: {}", said(&output));
        {
            let seen = near.seen.lock().unwrap();
            assert_eq!(seen.targets, ["POST /v1/chat/completions", "POST /v2/chat/completions"]);
            assert_eq!(seen.requests[0], seen.requests[1]);
            assert_eq!(seen.keys[1], format!("Bearer {KEY}"));
        }
        fs::remove_file(bench.path("a.jsonl")).unwrap();
        // To another host: without it.
        let header = format!("Location: {away}\r\n");
        let far = Server::start(
            |_| "A".to_owned(),
            move |_, _| Some(Mischief::Status(status, header.clone(), String::new())),
        );
        let output = ask(&bench, &far, &ONE);
        assert!(output.status.success(), "{status}: {}", said(&output));
        assert_eq!(lines(&bench, "a.jsonl")[0]["response"], "B");
        assert_eq!(other.seen.lock().unwrap().keys.last().unwrap(), "");
        fs::remove_file(bench.path("a.jsonl")).unwrap();
    }
    let before = other.requests();
    for status in [301, 302, 303] {
        let header = format!("Location: {away}\r\n");
        let moved = Server::start(
            |_| "A".to_owned(),
            move |_, _| Some(Mischief::Status(status, header.clone(), String::new())),
        );
        let output = ask(&bench, &moved, &ONE);
        assert_eq!((output.status.code(), moved.requests()), (Some(6), 1), "{}", said(&output));
        let want = format!("answers with status {status}, which does not send a question on");
        assert!(said(&output).contains(&want), "{}", said(&output));
        assert!(said(&output).contains(&format!("use --base-url {}", other.url)), "{}", said(&output));
    }
    assert_eq!(other.requests(), before);
    let endless = Server::start(
        |_| "A".to_owned(),
        |_, _| Some(Mischief::Status(307, "Location: /v1/chat/completions\r\n".to_owned(), String::new())),
    );
    let output = ask(&bench, &endless, &ONE);
    assert!(said(&output).contains("sends requests on more than 5 times"), "{}", said(&output));
}

#[test]
fn a_filter_that_forbids_one_row_does_not_end_the_run() {
    let bench = small();
    let rows = rows(&bench).len();
    let forbid =
        || Mischief::Status(403, String::new(), "{\"error\": {\"message\": \"flagged\"}}".to_owned());
    let filter = Server::start(|_| "A".to_owned(), move |number, _| (number == 2).then(forbid));
    let more = ["-o", "a.jsonl", "--mode", "text", "--concurrency", "1"];
    let output = ask(&bench, &filter, &more);
    assert_eq!((output.status.code(), filter.requests()), (Some(6), rows), "{}", said(&output));
    assert_eq!(lines(&bench, "a.jsonl")[2]["error"], "status 403: flagged");
    // As the first reply it means all. The row is recorded, so that a run after it does not begin with it again.
    let first = Server::start(|_| "A".to_owned(), move |number, _| (number == 0).then(forbid));
    let more = ["-o", "b.jsonl", "--mode", "text", "--concurrency", "1"];
    let output = ask(&bench, &first, &more);
    assert_eq!((output.status.code(), first.requests()), (Some(6), 1), "{}", said(&output));
    assert!(said(&output).contains("refuses the requests with status 403: flagged"), "{}", said(&output));
    let again = ask(&bench, &first, &more);
    assert_eq!(again.status.code(), Some(6), "one row is still without an answer: {}", said(&again));
    assert_eq!(first.requests(), rows);
    let retried = ask(&bench, &first, &[&more[..], &["--retry-errors"]].concat());
    assert!(retried.status.success(), "{}", said(&retried));
}

#[test]
fn an_account_without_money_ends_the_run_and_a_pause_does_not() {
    let bench = small();
    let spent = "{\"error\": {\"message\": \"You exceeded your quota\", \"code\": \"insufficient_quota\"}}";
    for (status, body, want) in [
        (402, "{\"error\": {\"message\": \"Insufficient credits\"}}", "status 402: Insufficient credits"),
        (429, spent, "status 429: You exceeded your quota"),
        (404, "{\"error\": {\"message\": \"no such model\"}}", "status 404: no such model"),
    ] {
        let body = body.to_owned();
        let server = Server::start(
            |_| "A".to_owned(),
            move |_, _| Some(Mischief::Status(status, String::new(), body.clone())),
        );
        let output = ask(&bench, &server, &ONE);
        assert_eq!((output.status.code(), server.requests()), (Some(6), 1), "{}", said(&output));
        assert!(said(&output).contains(&format!("refuses the requests with {want}")), "{}", said(&output));
    }
    let slow = Server::start(
        |_| "A".to_owned(),
        |number, _| {
            (number == 0).then(|| Mischief::Status(429, "Retry-After: 1.5\r\n".to_owned(), "{}".to_owned()))
        },
    );
    let start = std::time::Instant::now();
    let output = ask(&bench, &slow, &ONE);
    assert!(output.status.success(), "{}", said(&output));
    assert!(start.elapsed() >= std::time::Duration::from_millis(1500));
}

fn openssl(bench: &Bench, args: &[&str]) {
    let output = Command::new("openssl").args(args).current_dir(bench.dir.path()).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

/// Certificates: one that signs itself, and one of an authority of the user's own.
fn certificates(bench: &Bench) {
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    let itself = |name: &str, more: &[&str]| {
        let (private, public) = (format!("{name}.key"), format!("{name}.pem"));
        let args = [&["req", "-x509"][..], &key, &["-keyout", &private, "-out", &public], more].concat();
        openssl(bench, &args);
    };
    itself("own", &["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]);
    itself("bare", &["-days", "2", "-subj", "/CN=localhost"]);
    itself("foreign", &["-days", "2", "-subj", "/CN=elsewhere"]);
    itself("ca", &["-days", "2", "-subj", "/CN=Test CA"]);
    openssl(
        bench,
        &[&["req"][..], &key, &["-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=localhost"]]
            .concat(),
    );
    bench.write("authority", "basicConstraints=CA:TRUE\n");
    let expired = ["-signkey", "leaf.key", "-days", "-1", "-extfile", "authority", "-out", "old.pem"];
    openssl(bench, &[&["x509", "-req", "-in", "leaf.csr"][..], &expired].concat());
    fs::copy(bench.path("leaf.key"), bench.path("old.key")).unwrap();
    bench.write("names", "subjectAltName=DNS:localhost\n");
    let sign = ["x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
    openssl(bench, &[&sign[..], &["-out", "leaf.pem", "-days", "2", "-extfile", "names"]].concat());
}

#[test]
fn certificates_are_those_that_the_user_names() {
    let bench = small();
    certificates(&bench);
    let run = |server: &Server, trusted: Option<&str>| {
        let mut command = command(&bench, server, &[&ONE[..], &["--attempts", "1"]].concat());
        if let Some(name) = trusted {
            command.env("SSL_CERT_FILE", bench.path(name));
        }
        let output = command.output().unwrap();
        drop(fs::remove_file(bench.path("a.jsonl")));
        output
    };
    for (name, trusted, is_right) in [
        ("leaf", Some("ca.pem"), true),
        ("own", Some("own.pem"), true),
        ("bare", Some("bare.pem"), true),
        ("own", None, false),
        ("own", Some("ca.pem"), false),
        ("leaf", None, false),
        ("foreign", Some("foreign.pem"), false),
        ("old", Some("old.pem"), false),
    ] {
        let (public, private) = (format!("{name}.pem"), format!("{name}.key"));
        let server = Server::start_tls(&bench.path(&public), &bench.path(&private), |_| "A".to_owned());
        let output = run(&server, trusted);
        let told = said(&output);
        assert_eq!(output.status.success(), is_right, "{name} {trusted:?}: {told}");
        assert_eq!(server.requests(), usize::from(is_right), "{name} {trusted:?}");
        if !is_right {
            assert_eq!(output.status.code(), Some(6), "{told}");
            assert!(
                told.contains("its certificate is not trusted") && told.contains("SSL_CERT_FILE"),
                "{told}"
            );
        }
    }
    let server = Server::start_tls(&bench.path("own.pem"), &bench.path("own.key"), |_| "A".to_owned());
    for name in ["nowhere.pem", "own.key"] {
        let output = run(&server, Some(name));
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains("names no certificate in PEM form"), "{}", said(&output));
    }
}

#[test]
fn a_proxy_is_left_out_for_networks_that_need_none() {
    let bench = small();
    let server = Server::start(|_| "A".to_owned(), behave);
    let run = |excepted: &str| {
        let mut command = command(&bench, &server, &[&ONE[..], &["--attempts", "1"]].concat());
        // Nobody listens there.
        command.env("http_proxy", "http://127.0.0.1:9").env("no_proxy", excepted).env_remove("NO_PROXY");
        let output = command.output().unwrap();
        drop(fs::remove_file(bench.path("a.jsonl")));
        output
    };
    assert!(run("10.0.0.0/8,127.0.0.0/8").status.success());
    assert_eq!(run("10.0.0.0/8").status.code(), Some(6));
    assert_eq!(server.requests(), 1);
}
