//! A file of answers: one writer at a time, resumed after a kill and elsewhere, and nothing of the user's lost.

use std::fs;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::ask::{ask, behave, command, lines, rows, small};
use super::bench::{Bench, said};
use super::server::{Server, prompt};

const MORE: [&str; 6] = ["-o", "a.jsonl", "--mode", "text", "--concurrency", "1"];

fn read(bench: &Bench, name: &str) -> Vec<u8> {
    fs::read(bench.path(name)).unwrap()
}

#[test]
fn two_runs_on_one_file_ask_once() {
    let bench = small();
    let rows = rows(&bench).len();
    // Nothing is answered until the others have tried.
    let is_released = Arc::new(AtomicBool::new(false));
    let released = Arc::clone(&is_released);
    let server = Server::start(
        move |_| {
            while !released.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(10));
            }
            "A".to_owned()
        },
        behave,
    );
    let mut first =
        command(&bench, &server, &MORE).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while server.requests() == 0 {
        std::thread::sleep(Duration::from_millis(2));
    }
    // Every command that writes answers keeps away.
    bench.write("theirs.jsonl", "{\"id\": \"x\", \"response\": \"A\"}\n");
    let second = ask(&bench, &server, &MORE);
    for output in [
        second,
        bench.run(&["baseline", "blind", "set", "-o", "a.jsonl", "--force"]),
        bench.run(&["import", "set", "theirs.jsonl", "-o", "a.jsonl", "--force"]),
    ] {
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains("`a.jsonl` is being written by another process"), "{}", said(&output));
    }
    is_released.store(true, Ordering::Relaxed);
    assert!(first.wait().unwrap().success());
    assert_eq!((lines(&bench, "a.jsonl").len(), server.requests()), (rows, rows));
}

#[test]
fn a_line_that_is_torn_within_a_character_is_asked_again() {
    let bench = small();
    let rows = rows(&bench).len();
    let reply = "答案是B。Réponse: 😀";
    let server = Server::start(move |_| reply.to_owned(), behave);
    assert!(ask(&bench, &server, &MORE).status.success());
    let whole = read(&bench, "a.jsonl");
    let last = whole[..whole.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    let within = |text: &str, more: usize| {
        let at = whole[last..].windows(text.len()).position(|bytes| bytes == text.as_bytes()).unwrap();
        last + at + more
    };
    for end in
        [within("答", 1), within("答", 2), within("😀", 3), within("é", 1), last + 1, last + 4, last + 9]
    {
        for zeros in [0, 7] {
            let torn = [&whole[..end], &vec![0; zeros]].concat();
            fs::write(bench.path("a.jsonl"), torn).unwrap();
            let asked = server.requests();
            let output = ask(&bench, &server, &MORE);
            assert!(output.status.success(), "{end}: {}", said(&output));
            assert!(
                said(&output).contains("warning: removed an unfinished answer at the end of `a.jsonl` ("),
                "{}",
                said(&output)
            );
            assert_eq!((lines(&bench, "a.jsonl").len(), server.requests()), (rows, asked + 1), "{end}");
            assert_eq!(read(&bench, "a.jsonl")[..last], whole[..last]);
        }
    }
    // The first line of all may be torn, too.
    fs::write(bench.path("a.jsonl"), &whole[..30]).unwrap();
    assert!(ask(&bench, &server, &MORE).status.success());
    assert_eq!(lines(&bench, "a.jsonl").len(), rows);
}

#[test]
fn a_last_line_without_its_line_feed_is_kept() {
    let bench = small();
    let rows = rows(&bench).len();
    let server = Server::start(|_| "A".to_owned(), behave);
    assert!(ask(&bench, &server, &[&MORE[..], &["--limit", "3"]].concat()).status.success());
    let whole = read(&bench, "a.jsonl");
    fs::write(bench.path("a.jsonl"), &whole[..whole.len() - 1]).unwrap();
    let output = ask(&bench, &server, &MORE);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!((lines(&bench, "a.jsonl").len(), server.requests()), (rows, rows));
    assert_eq!(read(&bench, "a.jsonl")[..whole.len()], whole);
    // As an editor on Windows leaves it.
    let text = String::from_utf8(read(&bench, "a.jsonl")).unwrap();
    fs::write(bench.path("a.jsonl"), format!("\u{feff}{}", text.replace('\n', "\r\n"))).unwrap();
    assert!(ask(&bench, &server, &MORE).status.success());
    assert_eq!(server.requests(), rows);
}

#[test]
fn what_is_not_ours_is_refused_and_stays() {
    let bench = small();
    let server = Server::start(|_| "A".to_owned(), behave);
    assert!(ask(&bench, &server, &["-o", "own.jsonl", "--mode", "text", "--limit", "2"]).status.success());
    let own = String::from_utf8(read(&bench, "own.jsonl")).unwrap();
    let asked = server.requests();
    let row = "{\"id\": \"x\", \"response\": \"paid answer\"}";
    for text in [
        "my only notes".to_owned(),
        row.to_owned(),
        format!("{row}\n"),
        format!("{own}{row}\n"),
        format!("{own}{row}"),
        format!("{own}my notes"),
        format!("my notes\n{own}"),
        "{".repeat(3),
        "\0\0\0".to_owned(),
    ] {
        bench.write("a.jsonl", &text);
        let output = ask(&bench, &server, &MORE);
        assert_eq!(output.status.code(), Some(2), "{text}: {}", said(&output));
        assert!(said(&output).contains("was not written by `ask`"), "{}", said(&output));
        assert_eq!(read(&bench, "a.jsonl"), text.as_bytes());
    }
    assert_eq!(server.requests(), asked);
    // Nor do baselines replace anything but answers, and the rows of a dataset are none.
    for name in ["set/metadata.jsonl", "spec.toml", "own.jsonl"] {
        let before = read(&bench, name);
        let output = bench.run(&["baseline", "blind", "set", "-o", name]);
        assert_eq!(output.status.code(), Some(2), "{name}: {}", said(&output));
        assert_eq!(read(&bench, name), before);
    }
    bench.write("theirs.jsonl", &own);
    let import = ["import", "set", "theirs.jsonl", "-o", "own.jsonl"];
    let output = bench.run(&import);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("`own.jsonl` holds answers that `ask` wrote"), "{}", said(&output));
    assert!(said(&output).contains("--force"), "{}", said(&output));
    bench.done(&[&import[..], &["--force"]].concat());
    assert_ne!(read(&bench, "own.jsonl"), own.as_bytes());
    // What a baseline wrote costs nothing, and is replaced.
    bench.done(&["baseline", "blind", "set", "-o", "blind.jsonl"]);
    bench.done(&["baseline", "blind", "set", "-o", "blind.jsonl", "--seed", "1"]);
}

#[test]
fn a_run_goes_on_where_the_server_has_moved() {
    let bench = small();
    let rows = rows(&bench).len();
    let [first, second] = ["A", "B"].map(|reply| Server::start(move |_| reply.to_owned(), behave));
    assert!(ask(&bench, &first, &[&MORE[..], &["--limit", "3"]].concat()).status.success());
    let output = ask(&bench, &second, &MORE);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!((first.requests(), second.requests()), (3, rows - 3));
    let lines = lines(&bench, "a.jsonl");
    let of = |server: &Server| lines.iter().filter(|line| line["base_url"] == json!(server.url)).count();
    assert_eq!((of(&first), of(&second)), (3, rows - 3));
    assert!(lines.iter().all(|line| line["settings_sha256"] == lines[0]["settings_sha256"]));
}

#[test]
fn settings_that_differ_are_named() {
    let bench = small();
    let server = Server::start(|_| "A".to_owned(), behave);
    assert!(ask(&bench, &server, &[&MORE[..], &["--limit", "1"]].concat()).status.success());
    for (more, want) in [
        (&["--temperature", "0.5"][..], "--temperature was 0, is 0.5"),
        (
            &["--temperature", "none", "--max-tokens", "7"],
            "--temperature was 0, is not set; --max-tokens was 1024, is 7",
        ),
        (&["--system", "Be brief."], "other settings: --system differs"),
        (&["--prompt", "{question} {options}"], "other settings: --prompt differs"),
        (&["--extra-body", "{\"top_k\": 1}"], "other settings: --extra-body differs"),
    ] {
        let output = ask(&bench, &server, &[&MORE[..], more].concat());
        assert_eq!(output.status.code(), Some(2), "{more:?}");
        assert!(said(&output).contains(want), "{}", said(&output));
    }
    let output = ask(&bench, &server, &["-o", "a.jsonl", "--mode", "video-url", "--sampler", "fps(1)"]);
    assert!(
        said(&output).contains("--mode was text, is video-url; --sampler was not set, is fps(1)"),
        "{}",
        said(&output)
    );
}

#[test]
fn a_video_that_cannot_be_read_keeps_no_other_row_from_being_asked() {
    let bench = small();
    let rows = rows(&bench);
    let name = rows[0].file_name.clone();
    let lost = rows.iter().filter(|row| row.file_name == name).count();
    assert!(lost < rows.len());
    let path = bench.path("set").join(&name);
    let whole = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let server = Server::start(|_| "A".to_owned(), behave);
    // Nor do rows that cannot be shown count as errors of the server.
    let more = ["-o", "a.jsonl", "--concurrency", "1", "--mode", "video-url", "--max-errors", "1"];
    let output = ask(&bench, &server, &more);
    assert_eq!(output.status.code(), Some(6), "{}", said(&output));
    let told = format!("{lost} rows ended in an error");
    assert!(said(&output).contains(&told) && said(&output).contains(&name), "{}", said(&output));
    let of = |status: &str| lines(&bench, "a.jsonl").iter().filter(|line| line["status"] == status).count();
    assert_eq!((of("error"), of("ok"), server.requests()), (lost, rows.len() - lost, rows.len() - lost));
    let failed = lines(&bench, "a.jsonl").into_iter().find(|line| line["status"] == "error").unwrap();
    assert!(failed["error"].as_str().unwrap().contains(&name) && failed["attempts"] == 0, "{failed}");
    assert_eq!(
        (&failed["request_sha256"], failed["row_sha256"].as_str().map(str::len)),
        (&json!(""), Some(64))
    );
    // Nothing is asked again but what is wished to be, once it is there.
    assert_eq!(ask(&bench, &server, &more).status.code(), Some(6));
    assert_eq!(server.requests(), rows.len() - lost);
    fs::write(&path, whole).unwrap();
    let output = ask(&bench, &server, &[&more[..], &["--retry-errors"]].concat());
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!((server.requests(), of("ok")), (rows.len(), rows.len()));
}

#[test]
fn a_dataset_that_asks_something_else_under_the_same_ids_is_not_taken_for_answered() {
    let bench = small();
    let server = Server::start(|_| "A".to_owned(), behave);
    assert!(ask(&bench, &server, &[&MORE[..], &["--limit", "2"]].concat()).status.success());
    let answers = read(&bench, "a.jsonl");
    let metadata = fs::read_to_string(bench.path("set/metadata.jsonl")).unwrap();
    let first = lines(&bench, "set/metadata.jsonl").remove(0);
    let changed = |key: &str| {
        let value = first[key].as_str().unwrap();
        metadata.replace(
            &format!("\"{key}\":\"{value}\""),
            &format!("\"{key}\":\"{}\"", value.replace(char::is_alphanumeric, "a")),
        )
    };
    for text in [changed("sha256"), changed("question"), changed("id")] {
        assert_ne!(text, metadata);
        bench.write("set/metadata.jsonl", &text);
        let output = ask(&bench, &server, &MORE);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        let told = "`a.jsonl`:1: ";
        assert!(
            said(&output).contains(told) && said(&output).contains("was asked of another dataset or control")
        );
        assert_eq!((read(&bench, "a.jsonl"), server.requests()), (answers.clone(), 2));
    }
    bench.write("set/metadata.jsonl", &metadata);
    assert!(ask(&bench, &server, &MORE).status.success());
}

/// Makes of a file what the version before wrote: its lines state no address, and their settings hold it.
fn as_before(bench: &Bench, url: &str) {
    let old: Vec<String> = lines(bench, "a.jsonl")
        .into_iter()
        .map(|mut line| {
            let fields = line.as_object_mut().unwrap();
            fields.remove("base_url");
            fields.remove("row_sha256");
            fields.insert("settings_sha256".to_owned(), json!(earlier(url)));
            let parameters = fields["parameters"].as_object_mut().unwrap();
            parameters.retain(|name, _| !name.ends_with("_sha256"));
            line.to_string()
        })
        .collect();
    // Keys of a value are sorted; the program does not mind.
    bench.write("a.jsonl", &(old.join("\n") + "\n"));
}

/// The settings of such a run, written as that version did.
fn earlier(url: &str) -> String {
    let prompt = vniah::ask::body::prompt(vniah::language::Language::default());
    let prompt = serde_json::to_string(&prompt).unwrap();
    let text = format!(
        "{{\"base_url\":\"{url}\",\"model\":\"test\",\"mode\":\"text\",\"sampler\":null,\"image_size\":null,\
         \"jpeg_quality\":null,\"prompt\":{prompt},\"system\":null,\"temperature\":0.0,\"max_tokens\":1024,\"extra_body\":{{}}}}"
    );
    vniah::digest::of_bytes(text.as_bytes())
}

#[test]
fn a_file_of_the_version_before_is_gone_on_with_or_says_why_not() {
    let bench = small();
    let rows = rows(&bench).len();
    let server = Server::start(|_| "A".to_owned(), behave);
    let other = Server::start(|_| "A".to_owned(), behave);
    assert!(ask(&bench, &server, &[&MORE[..], &["--limit", "3"]].concat()).status.success());
    as_before(&bench, &server.url);
    let moved = ask(&bench, &other, &MORE);
    assert_eq!((moved.status.code(), other.requests()), (Some(2), 0));
    assert!(said(&moved).contains("an earlier version wrote this file"), "{}", said(&moved));
    let same = ask(&bench, &server, &MORE);
    assert!(same.status.success(), "{}", said(&same));
    assert_eq!((server.requests(), lines(&bench, "a.jsonl").len()), (rows, rows));
}

#[test]
fn a_full_run_of_media_is_sent_as_it_was() {
    let bench = small();
    let server = Server::start(|_| "A".to_owned(), behave);
    let more = ["-o", "v.jsonl", "--sampler", "linspace(3)", "--limit", "1", "--concurrency", "1"];
    assert!(ask(&bench, &server, &more).status.success());
    let seen = server.seen.lock().unwrap();
    let body: &Value = &seen.requests[0];
    let parts = body["messages"][0]["content"].as_array().unwrap();
    assert_eq!(
        parts.iter().map(|part| part["type"].as_str().unwrap()).collect::<Vec<_>>(),
        ["image_url", "image_url", "image_url", "text"]
    );
    assert!(parts[0]["image_url"]["url"].as_str().unwrap().starts_with("data:image/jpeg;base64,/9j/"));
    assert!(prompt(body).starts_with("What is the secret word?"));
}
