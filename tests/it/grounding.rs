//! Questions about times, and open ones: what models are sent, what frames and exports hold. That lmms-eval runs an exported task to
//! the same figures, `tests/ecosystem` shows.

use std::collections::BTreeMap;
use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use vniah::answers::kind::{Asked, Reading, read};
use vniah::dataset::Row;
use vniah::media::decode::FileReader;
use vniah::media::input::Input;
use vniah::question::AnswerKind;
use vniah::time::FrameRate;

use super::ask::{ask, behave, lines, rows};
use super::bench::{Bench, said};
use super::server::Server;

/// Long enough for what lasts a second or two.
const HAYSTACKS: &str = "[[haystack]]\nid = \"bay\"\nlicence = \"CC0-1.0\"\n\
     scene = { name = \"harbour\", seed = 1, width = 128, height = 72, fps = \"30000/1001\", frames = 431 }\n";
const OPEN: &str = "form = \"open\"\ndurations = [\"1s\", \"2s\"]\n";

/// A dataset of spans to be named and chosen, and of a word.
fn dataset(more: &str) -> Bench {
    let chosen = OPEN.replace("open", "choice");
    let bench = Bench::new(&format!(
        "[[tasks]]\ntype = \"when_edit1\"\n{OPEN}[[tasks]]\ntype = \"when_edit1\"\n{chosen}\
         [[tasks]]\ntype = \"when_multi1\"\n{OPEN}[[tasks]]\ntype = \"ret_edit1\"\nform = \"open\"\n\
         [[tasks]]\ntype = \"cnt_edit1\"\n{more}"
    ));
    bench.write("haystacks.toml", HAYSTACKS);
    bench.made("set");
    bench
}

/// The content of each request, by the question's last text, in the order in which they came.
fn contents(server: &Server) -> Vec<Vec<Value>> {
    let seen = server.seen.lock().unwrap();
    seen.requests.iter().map(|body| body["messages"][0]["content"].as_array().unwrap().clone()).collect()
}

fn texts(content: &[Value]) -> Vec<&str> {
    content.iter().filter_map(|part| part["text"].as_str()).collect()
}

const SAMPLED: [&str; 6] = ["--sampler", "linspace(3)", "--image-size", "16", "--concurrency", "1"];

#[test]
fn frames_come_with_their_times_where_the_answer_is_a_time() {
    let bench = dataset("");
    let rows = rows(&bench);
    let server = Server::start(|_| "1.00 - 2.00".to_owned(), behave);
    let asked = |more: &[&str]| ask(&bench, &server, &[&SAMPLED[..], more].concat());
    let done = asked(&["-o", "a.jsonl"]);
    assert!(done.status.success(), "{}", said(&done));
    for (row, content) in rows.iter().zip(contents(&server)) {
        let texts = texts(&content);
        let frames = content.iter().filter(|part| part["type"] == "image_url").count();
        assert_eq!(frames, 3);
        let is_timed = row.kind.starts_with("when");
        assert_eq!(row.needs_times(), is_timed);
        assert_eq!(texts.len(), if is_timed { 4 } else { 1 }, "{}", row.id);
        let prompt = *texts.last().unwrap();
        assert_eq!(prompt, row.prompt().text());
        let lasts = format!("\nThe video lasts {} seconds.", row.duration());
        assert_eq!(prompt.contains(&lasts), is_timed, "{prompt}");
        if is_timed {
            let last = vniah::question::seconds(row.num_frames - 1, row.fps());
            assert_eq!((texts[0], texts[2]), ("[0.00 s]", format!("[{last} s]").as_str()));
            assert_eq!(
                (&content[1]["type"], &content[5]["type"]),
                (&json!("image_url"), &json!("image_url"))
            );
        }
    }
    let recorded: Vec<Value> =
        lines(&bench, "a.jsonl").iter().map(|line| line["parameters"]["times"].clone()).collect();
    assert!(recorded.iter().all(|times| times == "needed"), "{recorded:?}");
    // Resumed, it asks nothing; with other times it is another run.
    let before = server.requests();
    assert!(asked(&["-o", "a.jsonl"]).status.success());
    let other = asked(&["-o", "a.jsonl", "--no-times"]);
    assert_eq!(other.status.code(), Some(2));
    assert!(said(&other).contains("--times was needed, is none"), "{}", said(&other));
    assert_eq!(server.requests(), before);
    // Without times no frame has one, and the prompt says how long the video is all the same.
    assert!(asked(&["-o", "b.jsonl", "--no-times", "--limit", "1"]).status.success());
    let content = contents(&server).pop().unwrap();
    assert_eq!(texts(&content), [rows[0].prompt().text()]);
    // A prompt of the user's own has the same to say.
    let own = "{question}|{options}|{duration}|{instruction}";
    assert!(asked(&["-o", "c.jsonl", "--times", "--prompt", own, "--limit", "1"]).status.success());
    let content = contents(&server).pop().unwrap();
    let row = &rows[0];
    let wanted = format!("{}||{}|{}", row.question, row.duration(), row.prompt().instruction());
    assert_eq!(texts(&content).last(), Some(&wanted.as_str()));
    for (more, wanted) in [
        (&["--mode", "video-url", "--times"][..], "sends no frames that --times could stand before"),
        (&["--prompt", "{question}"][..], "--prompt lacks the placeholder `{options}`"),
    ] {
        let refused = asked(&[&["-o", "d.jsonl"], more].concat());
        assert_eq!(refused.status.code(), Some(2));
        assert!(said(&refused).contains(wanted), "{}", said(&refused));
    }
}

#[test]
fn the_control_no_times_is_the_dataset_without_times() {
    let bench = dataset("[controls]\nmake = [\"no-times\"]\n");
    let tree = bench.tree("set");
    // Its rows are those of the dataset, but that no prompt says how long the video is.
    let rows_in = |name: &str| -> Vec<Value> {
        let text = String::from_utf8_lossy(&tree[name]).into_owned();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let (mut told, mut untold) = (rows_in("metadata.jsonl"), rows_in("controls/no-times/metadata.jsonl"));
    let prompts = |rows: &mut [Value]| -> Vec<String> {
        rows.iter_mut().map(|row| row["prompt"].take().as_str().unwrap().to_owned()).collect()
    };
    assert!(prompts(&mut told).iter().any(|prompt| prompt.contains("The video lasts")));
    assert!(prompts(&mut untold).iter().all(|prompt| !prompt.contains("lasts")));
    assert_eq!(told, untold);
    let videos: Vec<&String> = tree.keys().filter(|name| name.starts_with("videos/")).collect();
    assert_eq!(videos.len(), 5);
    assert!(videos.iter().all(|name| tree[*name] == tree[&format!("controls/no-times/{name}")]));
    let card = std::str::from_utf8(&tree["controls/no-times/README.md"]).unwrap();
    assert!(card.contains("of its videos all, but no times"), "{card}");
    bench.done(&["verify", "set", "--cache", "cache"]);
    let url = ["--base-url", "http://localhost:1/v1", "--model", "m", "--dry-run"];
    let dry =
        |more: &[&str]| bench.run(&[&["ask", "set/controls/no-times"], &url[..], &SAMPLED, more].concat());
    let asked = dry(&[]);
    let body: Value = serde_json::from_slice(&asked.stdout).unwrap();
    let content = body["messages"][0]["content"].as_array().unwrap();
    let row = &rows(&bench)[0];
    let untold = row.prompt_without_times().text();
    assert_eq!(texts(content), [untold.as_str()]);
    assert!(!untold.contains("lasts"), "{untold}");
    for (more, what) in [(&["--times"][..], "--times"), (&["--mode", "video-jpeg"], "--mode video-jpeg")] {
        let refused = dry(more);
        assert_eq!(refused.status.code(), Some(2));
        let wanted = format!("is the control `no-times`, and {what} sends times");
        assert!(said(&refused).contains(&wanted), "{}", said(&refused));
    }
    let prompt = ["--prompt", "{question} {duration} {options}"];
    let refused = dry(&prompt);
    assert!(
        refused.status.code() == Some(2) && said(&refused).contains("states a time"),
        "{}",
        said(&refused)
    );
    // Where a text says how long the video is, answers to both are told apart.
    bench.done(&["baseline", "blind", "set/controls/no-times", "-o", "untold.jsonl"]);
    let scored = |more: &[&str]| bench.run(&[&["score"], more].concat());
    assert!(scored(&["set/controls/no-times", "untold.jsonl"]).status.success());
    assert_eq!(scored(&["set", "untold.jsonl"]).status.code(), Some(3));
    // Exports of it say no more.
    bench.done(&["export", "set/controls/no-times", "--to", "llava,lmms-eval", "-o", "out"]);
    let out = bench.tree("out");
    for name in ["llava.json", "lmms_eval_task/prompts.json"] {
        assert!(!String::from_utf8_lossy(&out[name]).contains("lasts"), "{name}");
    }
}

/// The dataset with a question that is asked before its video ends, and the row.
fn early(bench: &Bench) -> Row {
    let mut rows = rows(bench);
    let at = rows.iter().position(|row| row.kind == "ret_edit1").unwrap();
    let row = &mut rows[at];
    row.ask_frame = row.evidence[0].span.end() + 2;
    assert!(row.ask_frame < row.num_frames);
    let row = row.clone();
    let lines: Vec<String> = rows.iter().map(|row| serde_json::to_string(row).unwrap() + "\n").collect();
    bench.write("set/metadata.jsonl", &lines.concat());
    row
}

#[test]
fn what_comes_after_the_question_is_not_shown() {
    let bench = dataset("");
    let row = early(&bench);
    bench.done(&["frames", "set", "--sampler", "linspace(7)", "-o", "frames"]);
    let mut last: BTreeMap<String, u64> = BTreeMap::new();
    for line in fs::read_to_string(bench.path("frames/index.jsonl")).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let frame = line["frame"].as_u64().unwrap();
        assert_eq!(line["time_secs"], vniah::question::seconds(frame, row.fps()));
        last.insert(line["sample_id"].as_str().unwrap().to_owned(), frame);
    }
    for row in rows(&bench) {
        assert_eq!(last[&row.sample_id], row.ask_frame - 1, "{}", row.id);
    }
    let server = Server::start(|_| "x".to_owned(), behave);
    let jpeg = [&["--mode", "video-jpeg", "-o", "a.jsonl"][..], &SAMPLED].concat();
    let asked = ask(&bench, &server, &jpeg);
    assert!(asked.status.success(), "{}", said(&asked));
    let rows = rows(&bench);
    for (row, body) in rows.iter().zip(&server.seen.lock().unwrap().requests) {
        let video = &body["media_io_kwargs"]["video"];
        assert_eq!(video["total_num_frames"], row.ask_frame);
        let duration = video["duration"].as_f64().unwrap();
        assert!((duration - row.fps().secs(row.ask_frame)).abs() < 1e-9, "{duration}");
        assert_eq!(video["frames_indices"][2], row.ask_frame - 1);
    }
    // Whole videos end where the question is asked, too.
    let before = server.seen.lock().unwrap().requests.len();
    let whole = ask(&bench, &server, &["--mode", "video-url", "-o", "b.jsonl"]);
    assert!(whole.status.success(), "{}", said(&whole));
    let requests = server.seen.lock().unwrap().requests.split_off(before);
    let video = |body: &Value| {
        let parts = body["messages"][0]["content"].as_array().unwrap();
        let url = parts.iter().find_map(|part| part["video_url"]["url"].as_str()).unwrap();
        BASE64.decode(url.strip_prefix("data:video/mp4;base64,").unwrap()).unwrap()
    };
    let sent: Vec<Vec<u8>> = requests.iter().map(video).collect();
    let (name, _) = row.video_path["videos/".len()..].rsplit_once('.').unwrap();
    let start = format!("prefixes/{name}@{}.mp4", row.ask_frame);
    for format in ["lmms-eval", "vlmevalkit", "inspect", "llava", "swift"] {
        bench.done(&["export", "set", "--to", format, "-o", format]);
        let tree = bench.tree(format);
        assert!(sent.contains(&tree[&start]), "{format}");
    }
    let mut reader = FileReader::open(&Input::file(bench.path(&format!("llava/{start}")))).unwrap();
    let frames = std::iter::from_fn(|| reader.skip_frame().unwrap().then_some(())).count();
    assert_eq!(frames as u64, row.ask_frame);
    bench.done(&["export", "set", "--to", "webdataset", "-o", "webdataset"]);
}

/// A table of tab-separated columns: its heads, and its rows by id.
fn table(bytes: &[u8]) -> (Vec<String>, BTreeMap<String, BTreeMap<String, String>>) {
    let mut reader = csv::ReaderBuilder::new().delimiter(b'\t').from_reader(bytes);
    let heads: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |cells: csv::StringRecord| -> BTreeMap<String, String> {
        heads.iter().cloned().zip(cells.iter().map(str::to_owned)).collect()
    };
    let rows =
        reader.records().map(|cells| row(cells.unwrap())).map(|row| (row["id"].clone(), row)).collect();
    (heads, rows)
}

#[test]
fn exports_ask_open_questions_as_ask_does() {
    let bench = dataset("");
    let rows = rows(&bench);
    bench.done(&["export", "set", "--to", "lmms-eval,llava,swift", "-o", "out"]);
    bench.done(&["export", "set", "--to", "vlmevalkit", "-o", "out", "--sampler", "linspace(2)"]);
    let tree = bench.tree("out");
    let prompts: BTreeMap<String, String> =
        serde_json::from_slice(&tree["lmms_eval_task/prompts.json"]).unwrap();
    let llava: Vec<Value> = serde_json::from_slice(&tree["llava.json"]).unwrap();
    let (_, videos) = table(&tree["vlmevalkit/video/vniah.tsv"]);
    let (_, choices) = table(&tree["vlmevalkit/vniah_frames.tsv"]);
    let (heads, open) = table(&tree["vlmevalkit/vniah_frames_open.tsv"]);
    assert_eq!(heads, ["index", "image_path", "question", "answer", "category", "id"]);
    for (row, record) in rows.iter().zip(&llava) {
        let (prompt, is_open) = (row.prompt().text(), !row.has_options());
        let is_own = is_open || row.needs_times();
        assert_eq!(prompts.get(&row.id), is_own.then_some(&prompt));
        assert_eq!(videos[&row.id]["prompt"], if is_own { prompt.as_str() } else { "" });
        assert_eq!(record["conversations"][0]["value"], format!("<video>\n{prompt}"));
        let reply = if is_open { &row.answer } else { &row.gt_option };
        assert_eq!(record["conversations"][1]["value"], *reply);
        assert_eq!(videos[&row.id]["answer"], *reply);
        let pictured = if is_open { &open } else { &choices };
        let question = &pictured[&row.id]["question"];
        let timed = "A total of 2 frames are sampled. Their corresponding timestamps are: 0.00s, ";
        assert_eq!(question.starts_with(timed), row.needs_times(), "{question}");
        assert!(question.contains(&row.question), "{question}");
        assert!(!is_open || question.ends_with(&prompt), "{question}");
    }
    assert_eq!(open.len() + choices.len(), rows.len());
    let register = std::str::from_utf8(&tree["vlmevalkit/register.py"]).unwrap();
    assert!(register.contains("    TYPE = \"Video-MCQ\"\n"));
    let task = std::str::from_utf8(&tree["lmms_eval_task/vniah.yaml"]).unwrap();
    for metric in [
        "circular",
        "mIoU",
        "\"IOU@3\"",
        "\"IOU@5\"",
        "\"IOU@7\"",
        "exact",
        "\"open_when_multi1\"",
        "parse_fail",
    ] {
        assert!(task.contains(&format!("  - metric: {metric}\n")), "{metric}");
    }
    let vnbench = bench.run(&["export", "set", "--to", "vnbench", "-o", "vnbench"]);
    assert!(
        vnbench.status.success() && said(&vnbench).contains("left out 3 of 11 rows"),
        "{}",
        said(&vnbench)
    );
    let annotation: Vec<Value> =
        serde_json::from_slice(&bench.tree("vnbench")["VNBench-main-4try.json"]).unwrap();
    assert_eq!(annotation.len(), 8);
}

/// The forms of spans that models reply with.
#[test]
fn spans_are_read_in_every_form() {
    let asked = Asked {
        kind: AnswerKind::Spans,
        options: &[],
        vocabulary: &[],
        num_frames: 500,
        fps: FrameRate::new(25, 1).unwrap(),
    };
    for reply in [
        "12.40 - 15.00",
        "From 12.40 to 15.00 seconds.",
        "[12.40, 15.00]",
        "It is shown from 12.40 s until 15.00 s",
        "12.40s–15.00s",
        "<time>12.40</time> - <time>15.00</time>",
    ] {
        let Reading::Value { value, .. } = read(&asked, reply) else { panic!("{reply}") };
        assert_eq!(vniah::answers::kind::text(&asked, &value), "12.40 - 15.00", "{reply}");
    }
}

#[test]
fn what_has_no_room_for_times_says_what_it_counts() {
    let spec = |form: &str| {
        format!("[[tasks]]\ntype = \"when_edit1\"\nform = \"{form}\"\ndurations = [\"1s\", \"5s\"]\n")
    };
    let bench = Bench::new(&spec("choice"));
    bench.write("haystacks.toml", HAYSTACKS);
    let output = bench.run(&["plan", "spec.toml"]);
    assert_eq!(output.status.code(), Some(3));
    // Four options of 150 frames and three gaps do not fit; one needle does.
    let told = said(&output);
    assert!(told.contains("when_edit1: 4 options of 1s-5s,") && told.contains(" apart, need "), "{told}");
    let open = Bench::new(&spec("open"));
    open.write("haystacks.toml", HAYSTACKS);
    open.done(&["plan", "spec.toml"]);
}
