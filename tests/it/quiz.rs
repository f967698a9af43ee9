//! People who are asked, through the real program and HTTP: what is sent, what is refused, what is written, and how it scores.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use vniah::dataset::{Row, read_rows};

use super::bench::{Bench, said};
use super::recipes::{Served, get};
use super::signals::signal;

/// Four samples of choices, two of each open kind that scenes of the bench can be asked.
const TASKS: &str = "[[tasks]]\ntype = \"ret_edit1\"\nform = [\"choice\", \"open\"]\n[[tasks]]\ntype = \"cnt_edit1\"\nform = \"open\"\n\
     [[tasks]]\ntype = \"ord_edit1\"\nform = [\"choice\", \"open\"]\n[[tasks]]\ntype = \"when_edit1\"\nform = \"open\"\n\
     durations = [\"400ms\", \"1s\"]\n";
const CHOICES: &str = "[[tasks]]\ntype = \"ret_edit1\"\n[[tasks]]\ntype = \"cnt_edit1\"\n";

fn bench(tasks: &str) -> Bench {
    let bench = Bench::new(tasks);
    bench.made("set");
    bench
}

/// A quiz of `set`, with these further arguments.
fn quiz(bench: &Bench, more: &[&str]) -> (Served, String) {
    let args = [&["quiz", "set", "--port", "0", "--cache", "cache"], more].concat();
    let mut served = Served(bench.begin(&args));
    let mut line = String::new();
    BufReader::new(served.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("http://127.0.0.1:"), "{line}");
    (served, line.trim().to_owned())
}

/// Waits for the end of a quiz, and gives its exit code and what it said.
fn ended(mut served: Served) -> (Option<i32>, String) {
    let start = Instant::now();
    while served.0.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < Duration::from_secs(20), "the quiz does not end");
        sleep(Duration::from_millis(20));
    }
    let mut text = String::new();
    served.0.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    (served.0.wait().unwrap().code(), text)
}

fn read(base: &str, path: &str) -> Value {
    let (status, _, body) = get("GET", &format!("{base}/{path}"), &[]);
    assert_eq!(status, 200, "{path}");
    serde_json::from_slice(&body).unwrap()
}

/// Sends a text with these fields, and gives the status and what is said.
fn send(base: &str, path: &str, text: &str, fields: &[(&str, &str)]) -> (u16, String) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut request = agent.post(&format!("{base}/{path}"));
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    let mut answer = request.send(text).unwrap();
    let status = answer.status().as_u16();
    (status, answer.body_mut().read_to_string().unwrap())
}

fn post(base: &str, path: &str, message: &Value) -> (u16, String) {
    send(base, path, &message.to_string(), &[("Content-Type", "application/json"), ("Origin", base)])
}

/// What an annotator is asked now.
fn question(base: &str, annotator: &str) -> Value {
    read(base, &format!("question?annotator={annotator}"))["question"].clone()
}

/// A message that answers `question`: by the option of this text, or by it.
fn answer(question: &Value, annotator: &str, text: &str) -> Value {
    let options = question["options"].as_array().unwrap();
    let mut message = json!({"annotator": annotator, "key": question["key"], "time_ms": 0});
    match options.iter().position(|option| option == text) {
        Some(place) => message["option"] = json!(place),
        None => message["text"] = json!(text),
    }
    message
}

/// What a person who has the dataset before them answers: rows are told apart by question and options, and by the video.
fn knows(bench: &Bench, base: &str, question: &Value) -> String {
    let (_, _, video) = get("GET", &format!("{base}/{}", question["video"].as_str().unwrap()), &[]);
    let is_it = |row: &Row| {
        json!(row.question) == question["question"]
            && json!(row.options) == question["options"]
            && fs::read(bench.path("set").join(&row.file_name)).unwrap() == video
    };
    read_rows(&bench.path("set")).unwrap().into_iter().find(is_it).unwrap().answer
}

/// Answers `count` questions, each right.
fn answer_rightly(bench: &Bench, base: &str, annotator: &str, count: usize) {
    for _ in 0..count {
        let question = question(base, annotator);
        let right = knows(bench, base, &question);
        let (status, text) = post(base, "answer", &answer(&question, annotator, &right));
        assert_eq!((status, text.as_str()), (200, "{}"), "{question}");
    }
}

fn lines(bench: &Bench, file: &str) -> Vec<Value> {
    let text = fs::read_to_string(bench.path(file)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The rows that were shown, in the order in which they were answered.
fn shown(bench: &Bench, file: &str) -> Vec<String> {
    let mut shown: Vec<String> =
        lines(bench, file).iter().map(|line| line["asked"].as_str().unwrap().to_owned()).collect();
    shown.dedup();
    shown
}

#[test]
fn who_answers_rightly_scores_everything() {
    let bench = bench(TASKS);
    let rows = read_rows(&bench.path("set")).unwrap();
    let samples: BTreeSet<&String> = rows.iter().map(|row| &row.sample_id).collect();
    let (served, base) = quiz(&bench, &["-o", "a.jsonl", "--annotator", "anna"]);
    answer_rightly(&bench, &base, "anna", samples.len());
    assert_eq!(read(&base, "question?annotator=anna")["question"], Value::Null);
    let (code, text) = ended(served);
    let count = samples.len();
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains(&format!("anna: {count} of {count} samples answered")), "{text}");
    assert!(text.ends_with("next: vniah score set a.jsonl\n"), "{text}");
    let lines = lines(&bench, "a.jsonl");
    assert_eq!(lines.len(), rows.len(), "a line for every try");
    for line in &lines {
        assert_eq!(
            (&line["model"], &line["status"], &line["mode"]),
            (&json!("human: anna"), &json!("ok"), &json!("quiz"))
        );
        assert!(line["time_ms"].is_u64() && line["plays"] == 0 && line["watch"] == "free", "{line}");
    }
    let scores: Value = serde_json::from_str(&bench.done(&["score", "set", "a.jsonl", "--json"])).unwrap();
    assert_eq!(scores["model"], "human: anna");
    for (kind, group) in scores["types"].as_object().unwrap() {
        let least = if group["main"]["measure"] == "mIoU" { 0.97 } else { 1.0 };
        assert!(group["main"]["value"].as_f64().unwrap() >= least, "{kind}: {group}");
    }
    // Run again, there is nothing to ask.
    let again = bench.run(&["quiz", "set", "-o", "a.jsonl", "--annotator", "anna", "--port", "0"]);
    assert!(again.status.success() && again.stdout.is_empty(), "{}", said(&again));
}

#[test]
fn nothing_that_is_sent_tells_the_answer() {
    let bench = bench(TASKS);
    let rows = read_rows(&bench.path("set")).unwrap();
    let (_served, base) = quiz(&bench, &["-o", "a.jsonl"]);
    let keys = [
        "format",
        "height",
        "key",
        "kind",
        "language",
        "options",
        "question",
        "rate",
        "several",
        "video",
        "visible_ms",
        "width",
    ];
    let samples: BTreeSet<&String> = rows.iter().map(|row| &row.sample_id).collect();
    let mut tags = BTreeSet::new();
    for _ in 0..samples.len() {
        let (_, _, text) = get("GET", &format!("{base}/question?annotator="), &[]);
        let text = String::from_utf8(text).unwrap();
        let state: Value = serde_json::from_str(&text).unwrap();
        let question = &state["question"];
        let found: BTreeSet<&str> = question.as_object().unwrap().keys().map(String::as_str).collect();
        assert!(found.iter().all(|key| keys.contains(key)), "{found:?}");
        for row in &rows {
            for hidden in
                [&row.id, &row.sample_id, &row.file_name, &row.kind, &row.sha256, &row.haystack_ids[0]]
            {
                assert!(!text.contains(&format!("\"{hidden}")), "{hidden}: {text}");
            }
            if question["options"] == json!([]) && json!(row.question) == question["question"] {
                let is_part = question["question"].as_str().unwrap().contains(&row.answer);
                assert!(is_part || !text.contains(&format!("\"{}\"", row.answer)), "{}: {text}", row.answer);
            }
        }
        assert_eq!(question["video"], format!("video/{}", question["key"]));
        let (status, fields, _) =
            get("HEAD", &format!("{base}/{}", question["video"].as_str().unwrap()), &[]);
        // It tells the video from that of another quiz, and does not say which one it is.
        let tag = fields.iter().find_map(|field| field.strip_prefix("etag: ")).unwrap();
        assert!(status == 200 && tags.insert(tag.to_owned()), "{fields:?}");
        assert!(rows.iter().all(|row| !tag.contains(&row.sha256)), "{tag}");
        post(&base, "later", &json!({"annotator": "", "key": question["key"]}));
    }
    let (_, _, page) = get("GET", &base, &[]);
    let page = String::from_utf8(page).unwrap();
    assert!(rows.iter().all(|row| !page.contains(&row.question) && !page.contains(&row.sample_id)));
    for path in
        ["metadata.jsonl", "manifest.json", "list", &rows[0].file_name, "video/../metadata.jsonl", "video/99"]
    {
        assert_eq!(get("GET", &format!("{base}/{path}"), &[]).0, 404, "{path}");
    }
    // Videos are sent by ranges, as players ask for them.
    let (status, fields, body) = get("GET", &format!("{base}/video/0"), &[("Range", "bytes=4-7")]);
    assert!(status == 206 && body == b"ftyp", "{fields:?}");
}

#[test]
fn orders_follow_the_seed_and_the_annotator() {
    let bench = bench(TASKS);
    let order = |file: &str, more: &[&str], annotator: &str| {
        let (_served, base) = quiz(&bench, &[&["-o", file], more].concat());
        let of = |question: &Value| knows(&bench, &base, question);
        let count = usize::try_from(read(&base, "quiz")["annotators"][0]["total"].as_u64().unwrap()).unwrap();
        for _ in 0..count {
            let question = question(&base, annotator);
            let right = of(&question);
            assert_eq!(post(&base, "answer", &answer(&question, annotator, &right)).0, 200);
        }
        shown(&bench, file)
    };
    let first = order("1.jsonl", &[], "");
    assert_eq!(order("2.jsonl", &[], ""), first);
    let other = order("3.jsonl", &["--seed", "1"], "");
    let anna = order("4.jsonl", &["--annotator", "anna"], "anna");
    assert!(other != first && anna != first && anna != other);
    // Rows are not asked in the dataset's order, and not always with the options of try 0.
    let rows = read_rows(&bench.path("set")).unwrap();
    let place = |id: &String| rows.iter().position(|row| row.id == *id).unwrap();
    assert!(!first.iter().map(place).is_sorted());
    let turned = |ids: &[String]| ids.iter().filter(|id| !id.ends_with("_0")).count();
    assert!(turned(&first) + turned(&other) + turned(&anna) > 0);
}

#[test]
fn a_quiz_resumes_where_it_was_killed() {
    let bench = bench(TASKS);
    let args = ["-o", "a.jsonl"];
    let (served, base) = quiz(&bench, &args);
    answer_rightly(&bench, &base, "", 3);
    let asked = question(&base, "");
    // While it runs, nobody else writes the file.
    let second = bench.run(&["quiz", "set", "-o", "a.jsonl", "--port", "0"]);
    assert_eq!(second.status.code(), Some(2), "{}", said(&second));
    assert!(said(&second).contains("`a.jsonl` is being written by another process"), "{}", said(&second));
    drop(served);
    let before = lines(&bench, "a.jsonl");
    // The machine stops within a line, and within a sample.
    let whole = fs::read_to_string(bench.path("a.jsonl")).unwrap();
    let last =
        before.iter().rposition(|line| line["choice"].is_string()).map(|at| before[at]["asked"].clone());
    let of_last = before.iter().filter(|line| Some(&line["asked"]) == last.as_ref());
    let is_choice_last = before.last().is_some_and(|line| line["choice"].is_string());
    let kept =
        if is_choice_last { whole.lines().count() - of_last.count() + 1 } else { whole.lines().count() };
    let mut torn: Vec<&str> = whole.lines().take(kept).collect();
    torn.push("{\"id\":\"ret_ed");
    bench.write("a.jsonl", &torn.join("\n"));
    let (served, base) = quiz(&bench, &args);
    let mut resumed = lines(&bench, "a.jsonl");
    assert_eq!(resumed.len(), before.len());
    let by_id = |line: &Value| line["id"].to_string();
    let mut sorted = before.clone();
    sorted.sort_by_key(by_id);
    resumed.sort_by_key(by_id);
    assert_eq!(resumed, sorted, "what was not written to its end follows from what was");
    assert_eq!(question(&base, ""), asked);
    let rest = read(&base, "question?annotator=")["rest"].as_u64().unwrap();
    answer_rightly(&bench, &base, "", usize::try_from(rest).unwrap());
    let (code, text) = ended(served);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("warning: removed an unfinished answer at the end of `a.jsonl` ("), "{text}");
    let mut ids: Vec<String> = lines(&bench, "a.jsonl").iter().map(|line| line["id"].to_string()).collect();
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), count), (count, read_rows(&bench.path("set")).unwrap().len()));
}

#[test]
fn what_is_no_answer_is_refused_and_changes_nothing() {
    let bench = bench(CHOICES);
    let (_served, base) = quiz(&bench, &["-o", "a.jsonl"]);
    let first = question(&base, "");
    let key = first["key"].as_u64().unwrap();
    let good = json!({"annotator": "", "key": key, "option": 0, "time_ms": 5});
    let with = |name: &str, value: Value| {
        let mut message = good.clone();
        message[name] = value;
        message
    };
    for (message, status) in [
        (with("key", json!(key + 1)), 409),
        (with("key", json!(99)), 409),
        (with("annotator", json!("ben")), 404),
        (with("option", json!(4)), 422),
        (with("option", Value::Null), 422),
        (with("text", json!("A")), 422),
        (with("time_ms", json!(3_600_000)), 422),
        (with("time_ms", json!(-1)), 400),
        (with("more", json!(1)), 400),
        (json!([]), 400),
        (with("text", json!("x".repeat(20_000))), 413),
    ] {
        let (found, text) = post(&base, "answer", &message);
        assert_eq!(found, status, "{message}: {text}");
        assert!(text.contains("\"error\""), "{text}");
    }
    // Another site's page, and a host that is not this machine's.
    let text = good.to_string();
    let json_type = ("Content-Type", "application/json");
    for fields in [
        &[json_type, ("Origin", "http://evil.example")][..],
        &[json_type, ("Origin", "null")],
        &[json_type, ("Origin", "http://127.0.0.1:1")],
        &[("Content-Type", "text/plain")],
    ] {
        assert_eq!(send(&base, "answer", &text, fields).0, 403, "{fields:?}");
    }
    for host in ["evil.example", "localhost.evil.example"] {
        assert_eq!(get("GET", &format!("{base}/question?annotator="), &[("Host", host)]).0, 421, "{host}");
        assert_eq!(send(&base, "answer", &text, &[json_type, ("Host", host)]).0, 421, "{host}");
    }
    assert_eq!(get("DELETE", &base, &[]).0, 405);
    assert_eq!(fs::read_to_string(bench.path("a.jsonl")).unwrap(), "");
    assert_eq!(post(&base, "answer", &good).0, 200);
    let saved = fs::read_to_string(bench.path("a.jsonl")).unwrap();
    // A second answer to the same question.
    assert_eq!(post(&base, "answer", &with("option", json!(1))).0, 409);
    question(&base, "");
    assert_eq!(post(&base, "answer", &with("option", json!(1))).0, 409);
    assert_eq!(fs::read_to_string(bench.path("a.jsonl")).unwrap(), saved);
}

#[test]
fn each_annotator_is_a_model() {
    let bench = bench(CHOICES);
    let people = ["--annotator", "anna", "--annotator", "ben"];
    let (served, base) = quiz(&bench, &[&["-o", "human.jsonl"][..], &people].concat());
    let names: Vec<Value> =
        read(&base, "quiz")["annotators"].as_array().unwrap().iter().map(|of| of["name"].clone()).collect();
    assert_eq!(names, ["anna", "ben"]);
    // They answer side by side; Ben takes the first option each time.
    let count = usize::try_from(read(&base, "quiz")["annotators"][0]["total"].as_u64().unwrap()).unwrap();
    for _ in 0..count {
        answer_rightly(&bench, &base, "anna", 1);
        let asked = question(&base, "ben");
        let message = json!({"annotator": "ben", "key": asked["key"], "option": 0, "time_ms": 0});
        assert_eq!(post(&base, "answer", &message).0, 200);
    }
    let (code, text) = ended(served);
    assert_eq!(code, Some(0), "{text}");
    assert!(!bench.path("human.jsonl").exists());
    for name in ["anna", "ben"] {
        bench.done(&["score", "set", &format!("human-{name}.jsonl"), "-o", &format!("{name}.json")]);
    }
    let scores: Value = serde_json::from_str(&fs::read_to_string(bench.path("anna.json")).unwrap()).unwrap();
    assert_eq!((&scores["model"], &scores["overall"]["main"]["value"]), (&json!("human: anna"), &json!(1.0)));
    let compared = bench.done(&["compare", "anna.json", "ben.json"]);
    assert!(compared.contains("human: anna") && compared.contains("human: ben"), "{compared}");
    bench.done(&["report", "set", "anna.json", "ben.json", "-o", "report.html"]);
    let report = fs::read_to_string(bench.path("report.html")).unwrap();
    assert!(report.contains("human: anna") && report.contains("human: ben"));
}

#[test]
fn who_may_watch_once_answers_after_the_end() {
    let bench = bench("[[tasks]]\ntype = \"ret_edit1\"\n");
    let (_served, base) = quiz(&bench, &["-o", "a.jsonl", "--watch", "once"]);
    assert_eq!(read(&base, "quiz")["watch"], "once");
    let asked = question(&base, "");
    let right = knows(&bench, &base, &asked);
    let message = answer(&asked, "", &right);
    assert_eq!(post(&base, "answer", &message).0, 425, "before it is played");
    let begin = json!({"annotator": "", "key": asked["key"]});
    assert_eq!(post(&base, "begin", &begin).0, 200);
    assert_eq!(post(&base, "answer", &message).0, 425, "while it is played");
    let length = asked["visible_ms"].as_u64().unwrap();
    assert!((4000..6000).contains(&length), "{length}");
    sleep(Duration::from_millis(length));
    assert_eq!(post(&base, "answer", &message).0, 200);
    let lines = lines(&bench, "a.jsonl");
    assert!(lines.iter().all(|line| line["watch"] == "once" && line["plays"] == 1), "{lines:?}");
}

#[test]
fn types_and_a_limit_choose_what_is_asked() {
    let bench = bench(TASKS);
    let args = ["-o", "a.jsonl", "--type", "cnt_edit1", "--type", "ord_edit1", "--limit", "2"];
    let mut types: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..2 {
        let (served, base) = quiz(&bench, &args);
        answer_rightly(&bench, &base, "", 2);
        let (code, text) = ended(served);
        assert_eq!(code, Some(0), "{text}");
    }
    for id in shown(&bench, "a.jsonl") {
        *types.entry(id.split('-').next().unwrap().to_owned()).or_default() += 1;
    }
    assert!(
        types.keys().all(|kind| kind.starts_with("cnt_edit1") || kind.starts_with("ord_edit1")),
        "{types:?}"
    );
    assert_eq!(types.values().sum::<usize>(), 4);
    let wrong = bench.run(&["quiz", "set", "-o", "b.jsonl", "--type", "none"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(said(&wrong).contains("the dataset has no type `none`; it has cnt_edit1, "), "{}", said(&wrong));
    assert!(!bench.path("b.jsonl").exists());
}

#[test]
fn an_interrupt_says_what_is_left() {
    let bench = bench(CHOICES);
    let (served, base) = quiz(&bench, &["-o", "a.jsonl"]);
    answer_rightly(&bench, &base, "", 1);
    signal(&served.0, "INT");
    let (code, text) = ended(served);
    assert_eq!(code, Some(6), "{text}");
    assert!(text.contains("1 of 4 samples answered; next: vniah score set a.jsonl"), "{text}");
    assert!(text.contains("error: stopped with 3 samples unanswered, which score as missing"), "{text}");
    assert!(text.ends_with("hint: run the same command again to resume\n"), "{text}");
}

#[test]
fn files_of_others_stay_as_they_are() {
    let bench = bench(CHOICES);
    let (served, base) = quiz(&bench, &["-o", "a.jsonl"]);
    answer_rightly(&bench, &base, "", 1);
    drop(served);
    let saved = fs::read_to_string(bench.path("a.jsonl")).unwrap();
    bench.write("options.jsonl", &saved.replace("\"choice\":\"", "\"choice\":\"other "));
    bench.write("oracle.jsonl", "{\"id\":\"x\",\"response\":\"A\"}\n");
    bench.write("other.jsonl", &saved.replace("ret_edit1", "ret_edit2").replace("cnt_edit1", "cnt_edit9"));
    for (args, what) in [
        (
            &["-o", "a.jsonl", "--seed", "1"][..],
            "`a.jsonl`:1: was answered with other settings: --seed was `0`, is `1`",
        ),
        (&["-o", "a.jsonl", "--watch", "once"], "--watch was `free`, is `once`"),
        (&["-o", "a.jsonl", "--annotator", "ben"], "the annotator was `human`, is `human: ben`"),
        (&["-o", "oracle.jsonl"], "`oracle.jsonl`:1: was not written by `quiz`"),
        (&["-o", "options.jsonl"], "`options.jsonl`:1: `"),
        (&["-o", "other.jsonl"], "or that row has another video or other options"),
        (&["-o", "b.jsonl", "--annotator", "a/b"], "`a/b` is not a valid annotator name"),
        (&["-o", "b.jsonl", "--annotator", "ben", "--annotator", "Ben"], "two annotators are called `Ben`"),
    ] {
        let output = bench.run(&[&["quiz", "set", "--port", "0"], args].concat());
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", said(&output));
        assert!(said(&output).contains(what), "{}", said(&output));
    }
    // What a person has answered is not replaced by what costs nothing.
    let output = bench.run(&["baseline", "blind", "set", "-o", "a.jsonl"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(
        said(&output).contains("`a.jsonl` holds answers that a person gave to `quiz`"),
        "{}",
        said(&output)
    );
    assert_eq!(fs::read_to_string(bench.path("a.jsonl")).unwrap(), saved);
}

#[test]
fn recipes_are_watched_too() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n");
    bench.done(&["generate", "spec.toml", "-o", "files", "--cache", "cache"]);
    bench.done(&["generate", "spec.toml", "-o", "set", "--cache", "cache", "--store", "recipe"]);
    let (_served, base) = quiz(&bench, &["-o", "a.jsonl"]);
    let asked = question(&base, "");
    let (status, _, video) = get("GET", &format!("{base}/{}", asked["video"].as_str().unwrap()), &[]);
    let files: Vec<Vec<u8>> = read_rows(&bench.path("files"))
        .unwrap()
        .iter()
        .map(|row| fs::read(bench.path("files").join(&row.file_name)).unwrap())
        .collect();
    assert!(status == 200 && files.contains(&video));
}
