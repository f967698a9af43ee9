//! Soft subtitles: tracks of lines beside videos, questions about them, and what `ask` sends of them.

use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use vniah::dataset::Row;
use vniah::subtitle;

use super::ask::{ask, behave, lines, rows};
use super::bench::{Bench, assert_same, said};
use super::server::Server;

/// Scenes that look like footage, long enough for lines beside those of the needles.
const SCENES: &str = "[[haystack]]\nid = \"bay\"\nlicence = \"CC0-1.0\"\n\
    scene = { name = \"harbour\", seed = 1, width = 192, height = 108, fps = \"30000/1001\", frames = 420 }\n\
    [[haystack]]\nid = \"wood\"\nlicence = \"CC0-1.0\"\n\
    scene = { name = \"forest\", seed = 2, width = 192, height = 108, fps = 25, frames = 400 }\n";

fn has_extension(name: &str, extension: &str) -> bool {
    std::path::Path::new(name).extension().is_some_and(|found| found == extension)
}

fn bench(more: &str) -> Bench {
    let tasks = ["sub_ret1", "sub_bind1", "sub_conflict1"]
        .map(|kind| format!("[[tasks]]\nduration = \"1s\"\ntype = \"{kind}\"\n"));
    let bench = Bench::new(&(tasks.concat() + more));
    bench.write("haystacks.toml", SCENES);
    bench
}

/// The content of the one message of a request.
fn content(request: &Value) -> Vec<Value> {
    request["messages"][0]["content"].as_array().unwrap().clone()
}

#[test]
fn lines_stand_in_a_file_beside_the_video_and_the_oracle_reads_them() {
    let bench = bench(
        "[controls]\nmake = [\"subtitles-only\", \"no-needle\", \"shuffled\", \"one-frame\", \"text-only\"]\n",
    );
    let tree = bench.made("set");
    let rows = rows(&bench);
    for row in &rows {
        assert_eq!(row.subtitle_path, row.video_path.replace(".mp4", ".srt"));
        let text = std::str::from_utf8(&tree[&row.subtitle_path]).unwrap();
        let found = subtitle::parse(text).unwrap();
        assert!(found.windows(2).all(|pair| pair[0].end_millis <= pair[1].start_millis), "{text}");
        let needles: Vec<_> = row.needles.iter().filter(|needle| needle.kind == "subtitle-caption").collect();
        assert_eq!(needles.len(), if row.kind == "sub_bind1" { 4 } else { 1 }, "{}", row.id);
        // Four needles may leave no other line room in a short video.
        let has_others = found.len() > needles.len();
        assert!(has_others || row.kind == "sub_bind1", "other lines stand beside them: {text}");
        for needle in needles {
            let line = found.iter().find(|line| line.text.contains(&needle.label)).unwrap();
            let span = line.span(row.fps()).unwrap();
            assert_eq!((span.start(), span.end()), (needle.start_frame, needle.end_frame), "{}", row.id);
            assert_eq!((needle.x, needle.y, needle.w, needle.h), (0, 0, 0, 0));
        }
    }
    let evidence = |kind: &str| rows.iter().find(|row| row.kind == kind).unwrap().evidence.clone();
    assert_eq!(evidence("sub_ret1")[0].samples, 0, "no frame shows a line");
    assert_eq!(evidence("sub_bind1")[0].samples, 1);
    // Two questions about one video, scored together.
    let both: Vec<&Row> =
        rows.iter().filter(|row| row.kind == "sub_conflict1" && row.rotation == 0).collect();
    assert_eq!(both.len(), 4);
    for pair in both.chunks(2) {
        assert_eq!((&pair[0].group_id, &pair[0].video_id), (&pair[1].group_id, &pair[1].video_id));
        assert_eq!(pair[0].options, pair[1].options);
        assert_ne!(pair[0].gt, pair[1].gt);
        assert_eq!([&pair[0].query.things[0], &pair[1].query.things[0]], ["seen", "read"]);
        // Both can be read: players show lines at the bottom.
        let drawn = pair[0].needles.iter().find(|needle| needle.kind == "overlay-text").unwrap();
        assert!(drawn.y + drawn.h < pair[0].height / 2, "{drawn:?}");
    }
    bench.solved("set");
    bench.done(&["verify", "set", "--solve", "--cache", "cache"]);
    // Lines alone tell what they say, and nothing of the picture.
    bench.done(&[
        "baseline",
        "oracle",
        "set/controls/subtitles-only",
        "-o",
        "read.jsonl",
        "--cache",
        "cache",
    ]);
    for answer in lines(&bench, "read.jsonl") {
        let row = rows.iter().find(|row| answer["id"] == row.id).unwrap();
        let is_read = row.kind == "sub_ret1" || row.query.things.first().is_some_and(|sense| sense == "read");
        assert_eq!(answer["response"], if is_read { &row.gt_option } else { "" }, "{}", row.id);
    }
    // What a control leaves of the lines.
    let says = |control: &str, row: &Row| {
        let text = tree.get(&format!("controls/{control}/{}", row.subtitle_path)).map(Vec::as_slice);
        text.map(|text| String::from_utf8(text.to_vec()).unwrap())
    };
    let row = rows.iter().find(|row| row.kind == "sub_ret1").unwrap();
    let own = String::from_utf8(tree[&row.subtitle_path].clone()).unwrap();
    assert_eq!(says("subtitles-only", row).as_deref(), Some(own.as_str()));
    assert!(!says("no-needle", row).unwrap().contains("secret word"));
    assert!(says("shuffled", row).unwrap().contains(&row.gt));
    assert_eq!((says("one-frame", row), says("text-only", row)), (None, None));
    assert!(
        !tree.keys().any(|name| name.starts_with("controls/subtitles-only/") && has_extension(name, "mp4"))
    );
}

#[test]
fn files_of_lines_are_part_of_a_dataset() {
    let bench = bench("");
    let whole = bench.made("set");
    let manifest: Value = serde_json::from_slice(&whole["manifest.json"]).unwrap();
    let outputs: Vec<&str> = manifest["outputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|output| output["name"].as_str().unwrap())
        .collect();
    let file = rows(&bench)[0].subtitle_path.clone();
    assert!(outputs.contains(&file.as_str()), "{outputs:?}");
    // Parts make the same dataset, whatever they were made with.
    for part in ["0/2", "1/2"] {
        let out = format!("part{}", &part[..1]);
        bench.done(&[
            "generate",
            "spec.toml",
            "-o",
            &out,
            "--cache",
            "cache",
            "--shard",
            part,
            "--jobs",
            "1",
        ]);
    }
    bench.done(&["merge", "-o", "merged", "part0", "part1"]);
    assert_same(&whole, &bench.tree("merged"));
    // One that is lost or was changed is a difference, and is made again.
    let text = String::from_utf8(whole[&file].clone()).unwrap();
    bench.write(&format!("set/{file}"), &text.replacen("00:00:0", "00:00:1", 1));
    let output = bench.run(&["verify", "set", "--cache", "cache"]);
    assert_eq!(output.status.code(), Some(5));
    let told = String::from_utf8_lossy(&output.stdout).into_owned() + &said(&output);
    assert!(told.contains("subtitle 1 is `00:00:1"), "{told}");
    assert!(told.contains("its bytes are not those in the manifest"), "{told}");
    bench.write(&format!("set/{file}"), "no subtitles");
    let output = bench.run(&["verify", "set", "--cache", "cache"]);
    let told = String::from_utf8_lossy(&output.stdout).into_owned() + &said(&output);
    assert!(told.contains("line 1: expected the number of a subtitle"), "{told}");
    std::fs::remove_file(bench.path(&format!("set/{file}"))).unwrap();
    assert_same(&whole, &bench.made("set"));
    // Exports bring the files, and ask with the lines.
    bench.done(&["export", "set", "--to", "lmms-eval", "-o", "lmms"]);
    let lmms = bench.tree("lmms");
    assert_eq!(lmms[&file], whole[&file]);
    let prompts: Value = serde_json::from_slice(&lmms["lmms_eval_task/prompts.json"]).unwrap();
    let row = rows(&bench).into_iter().find(|row| row.kind == "sub_bind1").unwrap();
    let prompt = prompts[&row.id].as_str().unwrap();
    assert!(prompt.starts_with("This video's subtitles are listed below: \n["), "{prompt}");
    assert!(prompt.ends_with(&row.prompt_text), "{prompt}");
    bench.done(&["export", "set", "--to", "vlmevalkit", "-o", "kit", "--name", "subs"]);
    let kit = bench.tree("kit");
    let table = kit.iter().find(|(name, _)| has_extension(name, "tsv")).unwrap().1;
    assert!(String::from_utf8_lossy(table).contains("This video's subtitles are listed below: "));
    // Kept as a recipe, the video is none yet, and its lines are there.
    bench.done(&["generate", "spec.toml", "-o", "kept", "--cache", "cache", "--store", "recipe"]);
    assert_eq!(bench.tree("kept")[&file], whole[&file]);
}

#[test]
fn lines_are_a_track_of_the_video_too_where_a_spec_wants_that() {
    let bench = bench("[video]\nsubtitle_track = true\n");
    let whole = bench.made("set");
    bench.done(&["verify", "set", "--cache", "cache"]);
    for row in rows(&bench).iter().filter(|row| row.rotation == 0) {
        // FFmpeg's own reading of the track, to the millisecond.
        let other = Command::new("ffmpeg")
            .args(["-v", "error", "-i"])
            .arg(bench.path("set").join(&row.video_path))
            .args(["-map", "0:s", "-f", "srt", "-"])
            .output()
            .unwrap();
        assert!(other.status.success(), "{}", said(&other));
        let other = subtitle::parse(std::str::from_utf8(&other.stdout).unwrap()).unwrap();
        let file = subtitle::parse(std::str::from_utf8(&whole[&row.subtitle_path]).unwrap()).unwrap();
        assert_eq!(other.len(), file.len());
        for (other, line) in other.iter().zip(&file) {
            assert_eq!(other.text, line.text);
            // FFmpeg rounds to the nearest.
            assert!(other.start_millis - line.start_millis <= 1 && other.end_millis - line.end_millis <= 1);
        }
    }
    // The frames are the same as without the track, and so is a recipe's video.
    bench.done(&["generate", "spec.toml", "-o", "kept", "--cache", "cache", "--store", "recipe"]);
    bench.done(&["materialize", "kept", "--cache", "cache"]);
    let kept = bench.tree("kept");
    for row in rows(&bench) {
        assert_eq!(kept[&row.video_path], whole[&row.video_path], "{}", row.id);
    }
}

/// The texts of the parts of a request.
fn texts(parts: &[Value]) -> Vec<String> {
    parts.iter().filter_map(|part| part["text"].as_str().map(str::to_owned)).collect()
}

#[test]
fn lines_are_asked_with_before_the_question_or_between_the_frames() {
    let bench = bench("");
    bench.made("set");
    let server = Server::start(|_| "A".to_owned(), behave);
    let sampled = ["--sampler", "linspace(8)"];
    let send = |name: &str, more: &[&str]| {
        let before = server.seen.lock().unwrap().requests.len();
        let output = ask(&bench, &server, &[&["-o", name, "--concurrency", "1"][..], more].concat());
        assert!(output.status.success(), "{}", said(&output));
        server.seen.lock().unwrap().requests[before..].to_vec()
    };
    let rows = rows(&bench);
    let at = rows.iter().position(|row| row.kind == "sub_bind1").unwrap();
    let file = std::fs::read_to_string(bench.path("set").join(&rows[at].subtitle_path)).unwrap();
    let said_lines = subtitle::parse(&file).unwrap();
    // By default all before the question, and as this type sets lines against frames, both with their times.
    let block = content(&send("block.jsonl", &sampled)[at]);
    let prompt = texts(&block).pop().unwrap();
    assert!(prompt.starts_with("This video's subtitles are listed below: \n["), "{prompt}");
    assert!(said_lines.iter().all(|line| prompt.contains(&format!(" s] {}\n", line.text))), "{prompt}");
    assert_eq!(texts(&block).len(), 8 + 1);
    let plain = content(&send("plain.jsonl", &[&sampled[..], &["--no-times"]].concat())[at]);
    let prompt = texts(&plain).pop().unwrap();
    let listed: Vec<&str> = said_lines.iter().map(|line| line.text.as_str()).collect();
    assert!(
        prompt.starts_with(&format!("This video's subtitles are listed below: \n{}\n", listed.join("\n")))
    );
    assert!(prompt.ends_with(&rows[at].prompt_text), "{prompt}");
    // Between the frames, each by its middle.
    let more = [&sampled[..], &["--subtitles", "interleaved"]].concat();
    let parts = content(&send("interleaved.jsonl", &more)[at]);
    let mut secs = 0.0;
    let mut found = Vec::new();
    for part in &parts[..parts.len() - 1] {
        match part["text"].as_str() {
            Some(time) if time.starts_with('[') => {
                secs = time.trim_start_matches('[').split(' ').next().unwrap().parse::<f64>().unwrap();
            }
            Some(line) => {
                let is_new = |of: &&subtitle::TimedLine| of.text == line && !found.contains(&of.start_millis);
                let of = said_lines.iter().find(is_new).unwrap();
                let middle = (of.start_millis + of.end_millis) as f64 / 2000.0;
                assert!(secs <= middle + 0.01, "{line} at {middle} after {secs}");
                found.push(of.start_millis);
            }
            None => {}
        }
    }
    assert_eq!(found.len(), said_lines.len());
    assert_eq!(texts(&parts).pop().unwrap(), rows[at].prompt_text);
    // Not at all; and with the text alone only where that is asked for.
    let more = [&sampled[..], &["--subtitles", "none"]].concat();
    let none = content(&send("none.jsonl", &more)[at]);
    assert!(
        !none
            .iter()
            .any(|part| part["text"].as_str().is_some_and(|text| text.contains("subtitles are listed")))
    );
    let text = content(&send("text.jsonl", &["--mode", "text"])[at]);
    assert_eq!(texts(&text), [rows[at].prompt_text.clone()]);
    // What was sent is on record, and another setting is another run.
    let of = |name: &str| lines(&bench, name)[at].clone();
    assert_eq!(of("block.jsonl")["parameters"]["subtitles"], "block");
    assert_eq!(of("block.jsonl")["subtitle_lines"], said_lines.len());
    assert_eq!(
        (&of("none.jsonl")["subtitle_lines"], &of("none.jsonl")["parameters"]["subtitles"]),
        (&json!(0), &json!("none"))
    );
    assert_eq!(of("interleaved.jsonl")["parameters"]["times"], "needed");
    let again =
        ask(&bench, &server, &[&["-o", "block.jsonl", "--subtitles", "interleaved"][..], &sampled].concat());
    assert_eq!(again.status.code(), Some(2), "{}", said(&again));
    assert!(said(&again).contains("--subtitles was block, is interleaved"), "{}", said(&again));
    let wrong = ask(&bench, &server, &["-o", "x.jsonl", "--mode", "video-url", "--subtitles", "interleaved"]);
    assert!(said(&wrong).contains("puts lines between frames, and --mode video-url"), "{}", said(&wrong));
}

/// A dataset whose questions are said to be about something that is heard.
fn heard() -> Bench {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n");
    let made = Command::new("ffmpeg")
        .args("-v error -f lavfi -i testsrc2=s=128x72:r=25:d=6 -f lavfi -i".split(' '))
        .arg("sine=f=440:d=3,apad=whole_dur=6")
        .args("-c:v libx264 -c:a aac -ar 44100 -shortest tone.mp4".split(' '))
        .current_dir(bench.dir.path())
        .status();
    assert!(made.unwrap().success());
    bench
        .write("haystacks.toml", "[[haystack]]\nid = \"tone\"\nlicence = \"CC0-1.0\"\npath = \"tone.mp4\"\n");
    bench.made("set");
    let text = std::fs::read_to_string(bench.path("set/metadata.jsonl")).unwrap();
    let text = text.replace("\"kind\":\"overlay-text\"", "\"kind\":\"mix-sound\"");
    bench.write("set/metadata.jsonl", &text.replace("\"audio_needed\":false", "\"audio_needed\":true"));
    bench
}

#[test]
fn sound_goes_with_frames_as_the_samples_that_other_programs_decode() {
    let bench = heard();
    let server = Server::start(|_| "A".to_owned(), behave);
    let rows = rows(&bench);
    let output = ask(&bench, &server, &["-o", "a.jsonl", "--sampler", "linspace(4)", "--limit", "1"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("--sound none leaves it out"), "{}", said(&output));
    let parts = content(&server.seen.lock().unwrap().requests[0]);
    let part = &parts[parts.len() - 2];
    assert_eq!((&part["type"], &part["input_audio"]["format"]), (&json!("input_audio"), &json!("wav")));
    let bytes = BASE64.decode(part["input_audio"]["data"].as_str().unwrap()).unwrap();
    assert_eq!((&bytes[..4], &bytes[8..16], &bytes[36..40]), (&b"RIFF"[..], &b"WAVEfmt "[..], &b"data"[..]));
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    assert_eq!(
        (number(4), number(24), number(40)),
        (bytes.len() as u32 - 8, 16_000, bytes.len() as u32 - 44)
    );
    let count = rows[0].fps().audio_sample(rows[0].ask_frame, 16_000) as usize;
    let sent = samples(&bytes[44..]);
    assert_eq!(sent.len(), count, "as long as the video, to the sample");
    let other = Command::new("ffmpeg")
        .args("-v error -i".split(' '))
        .arg(bench.path("set").join(&rows[0].video_path))
        .args("-ac 1 -ar 16000 -f s16le -".split(' '))
        .output()
        .unwrap();
    let other = samples(&other.stdout);
    let loud = |part: &[i16]| {
        part.iter().map(|&sample| f64::from(sample) * f64::from(sample)).sum::<f64>() / part.len() as f64
    };
    let differ: Vec<i16> = sent.iter().zip(&other).map(|(one, other)| one.saturating_sub(*other)).collect();
    assert!(loud(&differ) < loud(&other) / 1000.0, "{} of {}", loud(&differ), loud(&other));
    assert!(loud(&sent[8000..40_000]) > 10_000.0 * loud(&sent[64_000..88_000]), "a tone for three seconds");
    let line = &lines(&bench, "a.jsonl")[0];
    assert_eq!(
        (&line["sound"], &line["parameters"]["sound"]),
        (&json!("input-audio"), &json!("input-audio"))
    );
    // Left out, in the video itself, and where it cannot be.
    let more = ["--sampler", "linspace(4)", "--limit", "1", "--sound", "none"];
    assert!(ask(&bench, &server, &[&["-o", "b.jsonl"][..], &more].concat()).status.success());
    let parts = content(&server.seen.lock().unwrap().requests[1]);
    assert!(parts.iter().all(|part| part["type"] != "input_audio"));
    assert_eq!(lines(&bench, "b.jsonl")[0]["sound"], "none");
    assert!(ask(&bench, &server, &["-o", "c.jsonl", "--mode", "video-url", "--limit", "1"]).status.success());
    assert_eq!(lines(&bench, "c.jsonl")[0]["sound"], "in-video");
    let wrong = ask(&bench, &server, &["-o", "d.jsonl", "--mode", "video-url", "--sound", "input-audio"]);
    assert!(said(&wrong).contains("sends the sound in the video"), "{}", said(&wrong));
    let again = ask(&bench, &server, &["-o", "a.jsonl", "--sampler", "linspace(4)", "--sound", "none"]);
    assert!(said(&again).contains("--sound was input-audio, is none"), "{}", said(&again));
}

pub(super) fn samples(bytes: &[u8]) -> Vec<i16> {
    bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}
