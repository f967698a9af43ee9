//! Servers that drop the sound, and one that listens to it: what `ask` records, what `score` and `report` say of it.

use std::fs;
use std::process::Output;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use vniah::files;

use super::ask::{KEY, command};
use super::bench::{Bench, said};
use super::server::{Mischief, Server, completion, prompt};
use super::subtitle_cases::samples;

const SPEC: &str = "seed = 5\nname = \"tiny\"\n[haystacks]\ncatalogue = \"haystacks.toml\"\n[[tasks]]\ntype = \"snd_count1\"\n\
                    samples = 3\n[controls]\nmake = [\"muted\", \"deaf\"]\n";
const SCENE: &str = "[[haystack]]\nid = \"bay\"\nlicence = \"CC0-1.0\"\nscene = { name = \"harbour\", seed = 1, width = 160, height = 90, \
                     fps = 25, frames = 350 }\n";

/// The samples of the sound that a request holds; none where it holds none.
fn heard(body: &Value) -> Vec<i16> {
    let parts = body["messages"][0]["content"].as_array().unwrap();
    let Some(sound) = parts.iter().find(|part| part["type"] == "input_audio") else { return Vec::new() };
    assert_eq!(sound["input_audio"]["format"], "wav");
    let bytes = BASE64.decode(sound["input_audio"]["data"].as_str().unwrap()).unwrap();
    assert_eq!((&bytes[..4], &bytes[36..40]), (&b"RIFF"[..], &b"data"[..]));
    samples(&bytes[44..])
}

/// How many sounds there are in silence.
fn bursts(samples: &[i16]) -> usize {
    let loud: Vec<bool> =
        samples.chunks(1600).map(|part| part.iter().any(|sample| sample.unsigned_abs() > 40)).collect();
    let begins = loud.windows(2).filter(|pair| !pair[0] && pair[1]).count();
    begins + usize::from(loud.first() == Some(&true))
}

/// The letter of the option that is this number; A where none is.
fn letter(prompt: &str, number: usize) -> String {
    let wanted = format!(". {number}");
    prompt.lines().find_map(|line| line.strip_suffix(&wanted)).unwrap_or("A").to_owned()
}

/// A server whose model is played the sound if `hears`, and answers by chance from the letters of the prompt if not. Tokens are as real
/// servers count them: so many a picture, and 25 a second of sound that the model is played.
fn server(hears: bool) -> Server {
    Server::start(
        |_| unreachable!("every reply is made by hand"),
        move |_, body| {
            let prompt = prompt(body);
            let samples = if hears { heard(body) } else { Vec::new() };
            let blind = prompt.bytes().map(usize::from).sum::<usize>() % 4;
            let reply =
                if hears { letter(&prompt, bursts(&samples)) } else { "ABCD"[blind..=blind].to_owned() };
            let mut body = completion(&reply, "stop");
            body["usage"]["prompt_tokens"] = json!(4 * 85 + samples.len() / 640);
            Some(Mischief::Body(body.to_string()))
        },
    )
}

const FRAMES: &[&str] = &["--mode", "frames", "--sampler", "linspace(4)"];

fn asked(bench: &Bench, server: &Server, dataset: &str, file: &str, mode: &[&str]) -> Vec<Value> {
    let args = [&["-o", file], mode].concat();
    let mut own = command(bench, server, &args);
    let output = if dataset == "set" {
        own.output().unwrap()
    } else {
        let mut other = std::process::Command::new(env!("CARGO_BIN_EXE_vniah"));
        other.args(["ask", dataset, "--base-url", &server.url, "--model", "test"]).args(&args);
        other.current_dir(bench.dir.path()).env("OPENAI_API_KEY", KEY).output().unwrap()
    };
    assert!(output.status.success(), "{}", said(&output));
    let text = fs::read_to_string(bench.path(file)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn unheard(bench: &Bench, args: &[&str], scores: &str) -> (Output, Value) {
    let output = bench.run(&[&["score", "set"], args, &["-o", scores]].concat());
    assert!(output.status.success(), "{}", said(&output));
    let scores: Value = serde_json::from_str(&fs::read_to_string(bench.path(scores)).unwrap()).unwrap();
    (output, scores)
}

fn exports_hold_what_is_sent(bench: &Bench, seen: &[Value]) {
    // Exports hold the very sound that is sent, and the control without a track none.
    for format in ["lmms-eval", "vlmevalkit", "inspect"] {
        bench.done(&["export", "set", "--to", format, "-o", format]);
        bench.done(&["export", "set/controls/deaf", "--to", format, "-o", &format!("deaf-{format}")]);
        assert!(!bench.path(&format!("deaf-{format}")).join("sounds").exists());
        let sounds = files::sorted_dir(&bench.path(format).join("sounds")).unwrap();
        assert_eq!(sounds.len(), 3, "one a video");
    }
    let wav = bench.path("lmms-eval").join("sounds");
    let files: Vec<Vec<u8>> =
        files::sorted_dir(&wav).unwrap().iter().map(|path| fs::read(path).unwrap()).collect();
    let sent = seen.iter().map(heard).filter(|samples| !samples.is_empty());
    assert_eq!(files.iter().filter(|file| sent.clone().any(|own| own == samples(&file[44..]))).count(), 3);
}

/// In the video itself: where that has no sound, none was sent.
fn videos_without_sound_are_sent_as_such(bench: &Bench) {
    let watching = server(false);
    for (dataset, sound) in
        [("set", "in-video"), ("set/controls/muted", "in-video"), ("set/controls/deaf", "none")]
    {
        let lines = asked(
            bench,
            &watching,
            dataset,
            &format!("watching-{sound}-{}.jsonl", dataset.len()),
            &["--mode", "video-url"],
        );
        assert!(
            lines.len() == 12 && lines.iter().all(|line| line["sound"] == sound),
            "{dataset}: {}",
            lines[0]
        );
    }
    // Recipes that a server reads over HTTP say themselves whether there is sound.
    bench.done(&["generate", "spec.toml", "-o", "kept", "--store", "recipe", "--cache", "cache"]);
    for (dataset, sound) in [("kept", "in-video"), ("kept/controls/deaf", "none")] {
        let served = ["--mode", "video-url", "--video", "http://127.0.0.1:9"];
        let lines = asked(bench, &watching, dataset, &format!("served-{sound}.jsonl"), &served);
        assert!(lines.iter().all(|line| line["sound"] == sound), "{dataset}: {}", lines[0]);
    }
}

#[test]
fn a_server_that_drops_the_sound_is_told_from_one_that_plays_it() {
    let bench = Bench::new("");
    bench.write("spec.toml", SPEC);
    bench.write("haystacks.toml", SCENE);
    bench.made("set");
    let (dropping, hearing) = (server(false), server(true));
    for (name, server) in [("dropping", &dropping), ("hearing", &hearing)] {
        for (control, dataset) in
            [("set", "set"), ("muted", "set/controls/muted"), ("deaf", "set/controls/deaf")]
        {
            let lines = asked(&bench, server, dataset, &format!("{name}-{control}.jsonl"), FRAMES);
            let sound = if control == "deaf" { "none" } else { "input-audio" };
            assert!(lines.iter().all(|line| line["sound"] == sound), "{control}: {}", lines[0]);
        }
        // The sound was sent, whatever became of it.
        let requests = &server.seen.lock().unwrap().requests;
        assert_eq!(requests.iter().filter(|body| !heard(body).is_empty()).count(), 2 * 12);
    }

    let of = |name: &str, control: &str| {
        let (answers, left) = (format!("{name}-set.jsonl"), format!("{control}={name}-{control}.jsonl"));
        unheard(&bench, &[&answers, "--control", &left, "--model", name], &format!("{name}-{control}.json"))
    };
    let (output, scores) = of("dropping", "muted");
    let found = &scores["unheard"][0];
    assert_eq!((&found["type"], &found["because"]), (&json!("snd_count1"), &json!("no-better")));
    assert_eq!(
        (&found["control"], &found["answers"], &found["same"]),
        (&json!("muted"), &json!(12), &json!(12))
    );
    assert!(said(&output).contains("the model was probably never played the sound"), "{}", said(&output));
    let (output, scores) = of("dropping", "deaf");
    assert_eq!(scores["unheard"][0]["because"], "no-tokens");
    assert!(said(&output).contains("it probably dropped the sound"), "{}", said(&output));

    for control in ["muted", "deaf"] {
        let (output, scores) = of("hearing", control);
        assert_eq!(scores["types"]["snd_count1"]["circular"], 1.0, "all bursts are counted");
        assert_eq!(scores.get("unheard"), None, "{}", said(&output));
        assert!(!said(&output).contains("the sound"), "{}", said(&output));
    }

    videos_without_sound_are_sent_as_such(&bench);

    exports_hold_what_is_sent(&bench, &hearing.seen.lock().unwrap().requests);

    // Who leaves the sound out knows it from the answers alone.
    asked(&bench, &server(true), "set", "silent.jsonl", &[FRAMES, &["--sound", "none"]].concat());
    let (output, scores) = unheard(&bench, &["silent.jsonl", "--model", "silent"], "silent.json");
    let found = &scores["unheard"][0];
    assert_eq!(
        (&found["because"], &found["same"], found.get("control")),
        (&json!("not-sent"), &json!(12), None)
    );
    assert!(said(&output).contains("12 of 12 questions that need the sound were asked without it"));

    bench.done(&[
        "report",
        "set",
        "dropping-muted.json",
        "hearing-muted.json",
        "silent.json",
        "-o",
        "page.html",
    ]);
    let page = fs::read_to_string(bench.path("page.html")).unwrap();
    let boxes: Vec<&str> = page.split("<aside class=\"unheard\">").skip(1).collect();
    assert_eq!(boxes.len(), 2, "one of each run that was not played the sound");
    assert!(boxes[0].contains("<b>dropping</b>") && boxes[1].contains("<b>silent</b>"));
    assert!(boxes[0].contains("12 of 12 replies the same"));
}
