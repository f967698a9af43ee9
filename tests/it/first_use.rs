//! The first minutes with the program: a dataset of videos without a spec, a spec by answers on a terminal, the demo.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::bench::{Bench, assert_same, said};

/// A bench with films of these names and seconds.
fn films(films: &[(&str, u32)]) -> Bench {
    let bench = Bench { dir: tempfile::tempdir().unwrap() };
    for (name, secs) in films {
        let film = bench.path(name);
        fs::create_dir_all(film.parent().unwrap()).unwrap();
        let source = format!("gradients=s=128x72:r=25:d={secs}:seed={secs}:speed=0.02");
        let mut ffmpeg = Command::new("ffmpeg");
        ffmpeg.args(["-v", "error", "-f", "lavfi", "-i", &source, "-c:v", "libx264", "-g", "25", "-bf", "0"]);
        assert!(ffmpeg.args(["-pix_fmt", "yuv420p"]).arg(film).status().unwrap().success());
    }
    bench
}

/// Runs a command that has to fail, and gives its exit code and what it says.
fn refused(bench: &Bench, args: &[&str]) -> (i32, String) {
    let output = bench.run(args);
    assert!(!output.status.success(), "{args:?}");
    (output.status.code().unwrap(), said(&output))
}

#[test]
fn videos_alone_make_a_dataset_and_the_spec_that_makes_it_again() {
    let bench = films(&[("films/a.mp4", 10), ("films/b.mp4", 3), ("c.mp4", 9)]);
    let types = ["--types", "ret_edit1,cnt_insert1", "--cache", "cache"];
    let command = [&["generate", "films/", "c.mp4", "-o", "sets/first"][..], &types].concat();
    let output = bench.run(&command);
    assert!(output.status.success(), "{}", said(&output));
    let message = said(&output);
    assert!(message.contains("the spec was written to `sets/first.toml`"), "{message}");
    // The film of three seconds has no room for six pictures of a second.
    assert!(message.contains("warning: `cnt_insert1`: 1 of 3 haystacks too short and left out"), "{message}");
    let first = bench.tree("sets/first");
    assert_eq!(first.keys().filter(|name| name.starts_with("videos/")).count(), 5);
    let spec = fs::read_to_string(bench.path("sets/first.toml")).unwrap();
    assert!(spec.contains("too_short = \"skip\"") && spec.contains("type = \"cnt_insert1\""), "{spec}");
    bench.done(&["verify", "sets/first", "--cache", "cache"]);

    // The spec gives the same bytes, and the same command goes on with what is there.
    bench.done(&["generate", "sets/first.toml", "-o", "again", "--cache", "another"]);
    assert_same(&first, &bench.tree("again"));
    bench.done(&command);
    fs::remove_dir_all(bench.path("sets/first")).unwrap();
    bench.done(&command);
    assert_same(&first, &bench.tree("sets/first"));

    // What the user has changed stays, whatever is asked for.
    bench.write("sets/first.toml", &spec.replace("seed = 1", "seed = 2"));
    let (code, message) = refused(&bench, &command);
    assert_eq!(code, 3, "{message}");
    assert!(message.contains("`sets/first.toml` already exists") && message.contains("hint: "), "{message}");
    // What is in `sets/first` was made of the spec as it was.
    assert!(message.contains("vniah generate sets/first.toml -o OUT"), "{message}");
    assert!(fs::read_to_string(bench.path("sets/first.toml")).unwrap().contains("seed = 2"));
    assert_same(&first, &bench.tree("sets/first"));
}

#[test]
fn without_any_wish_the_suite_core_is_made_of_what_has_room() {
    let bench = films(&[("films/a.mp4", 12), ("films/b.mp4", 40)]);
    let planned = bench.done(&["plan", "films", "--cache", "cache"]);
    for kind in
        ["ret_insert1", "ord_next1", "cnt_insert1", "ext_insert1", "key_edit1", "chn_edit1", "spa_patch2"]
    {
        assert!(planned.contains(kind), "{kind}: {planned}");
    }
    assert!(planned.contains("haystacks too short and left out"), "{planned}");
    assert!(!bench.path("spec.toml").exists() && !bench.path("films.toml").exists());
    let lengths =
        bench.done(&["plan", "films", "--types", "ret_edit1", "--lengths", "10s, 20s", "--cache", "cache"]);
    assert!(lengths.contains("cells (a type at a length and a depth): 2"), "{lengths}");
}

#[test]
fn videos_without_any_room_are_refused_and_nothing_is_written() {
    let bench = films(&[("a.mp4", 2)]);
    let types = ["--types", "ord_edit1,cnt_edit1", "--cache", "cache"];
    let (code, message) = refused(&bench, &[&["generate", "a.mp4", "-o", "other"][..], &types].concat());
    assert_eq!(code, 3, "{message}");
    assert!(message.contains("ord_edit1:") && message.contains("cnt_edit1:"), "{message}");
    assert!(message.contains("(1 of 1 haystack)") && message.contains("--lengths 1m"), "{message}");
    assert!(!bench.path("other").exists() && !bench.path("other.toml").exists());
}

#[test]
fn a_spec_beside_videos_and_videos_that_are_not_there_are_refused() {
    let bench = films(&[("films/a.mp4", 3)]);
    bench.write("one.toml", "seed = 1\n");
    bench.write("two", "seed = 1\n");
    fs::create_dir(bench.path("empty")).unwrap();
    // A directory that holds something else: no spec is left beside it either.
    fs::create_dir(bench.path("full")).unwrap();
    bench.write("full/notes.txt", "notes");
    let types = ["--types", "ret_edit1", "--cache", "cache"];
    let (code, message) = refused(&bench, &[&["generate", "films", "-o", "full"][..], &types].concat());
    assert!(code == 3 && message.contains("full"), "{code}: {message}");
    assert!(!bench.path("full.toml").exists());
    let before = bench.tree(".");
    for (args, code, expected) in [
        (
            &["generate", "one.toml", "films/a.mp4", "-o", "out"][..],
            2,
            "`one.toml` is a spec, and `films/a.mp4` is a video",
        ),
        (&["plan", "films", "two"], 2, "`two` is a spec, and `films` is a video or a directory"),
        (&["plan", "one.toml", "two"], 2, "`one.toml` and `two` are two specs"),
        (
            &["plan", "one.toml", "--types", "core"],
            2,
            "--types and --lengths go with videos, and `one.toml` is a spec",
        ),
        (&["generate", "films", "-o", "out", "--shard", "0/2"], 2, "--shard needs a spec"),
        (&["generate", "films", "-o", "/"], 2, "`/` has no name"),
        (&["plan", "absent.mp4"], 3, "no file or directory `absent.mp4`"),
        (&["plan", "empty"], 3, "no video in directory `empty`"),
        (&["plan", "films/*.mkv"], 3, "no file matches `films/*.mkv`"),
        (&["plan", "films", "--types", "ret_edit0"], 3, "ret_edit0"),
        (&["plan", "films", "--lengths", "60"], 3, "grid.lengths[0]"),
        (&["generate"], 2, "SPEC|VIDEO"),
    ] {
        let (found, message) = refused(&bench, args);
        assert!(found == code && message.contains(expected), "{args:?}: {found}: {message}");
    }
    assert_same(&before, &bench.tree("."));
}

#[test]
fn init_takes_options_instead_of_questions() {
    let bench = films(&[("films/a.mp4", 20), ("films/b.mp4", 20)]);
    let init =
        ["init", "mine", "--videos", "films/", "--types", "ret_edit1,ord_edit1", "--lengths", "10s,30s"];
    assert_eq!(bench.done(&init), "mine/spec.toml\n");
    let spec = vniah::spec::read(&bench.path("mine/spec.toml")).unwrap();
    assert_eq!((spec.tasks().len(), spec.entries().len()), (2, 2));
    assert_eq!(spec.grid().unwrap().lengths.as_ref().unwrap().len(), 2);
    assert_eq!(bench.done(&["init", "drawn", "--types", "core"]), "drawn/spec.toml\ndrawn/haystacks.toml\n");
    assert_eq!(vniah::spec::read(&bench.path("drawn/spec.toml")).unwrap().entries().len(), 8);
    // Nothing is written over, and nothing that cannot be right is written.
    let text = fs::read(bench.path("mine/spec.toml")).unwrap();
    assert_eq!(refused(&bench, &init).0, 3);
    assert_eq!(fs::read(bench.path("mine/spec.toml")).unwrap(), text);
    assert_eq!(refused(&bench, &["init", "bad", "--videos", "absent.mp4"]).0, 3);
    assert_eq!(refused(&bench, &["init", "bad", "--types", "ret_edit0"]).0, 3);
    assert!(!bench.path("bad").exists());
}

/// What a program said and did on a terminal.
struct Session {
    said: String,
    code: i32,
}

/// Runs the program on a pseudo-terminal: waits for each text, and then types what belongs to it.
fn on_terminal(dir: &Path, command: &str, dialogue: &[(&str, &str)]) -> Session {
    // `exec`: a shell between would be interrupted, too, and some shells then end by the signal and hide the code.
    let program = format!("exec {} {command}", env!("CARGO_BIN_EXE_vniah"));
    let mut child = Command::new("script")
        .args(["-q", "-e", "-c", &program, "/dev/null"])
        .current_dir(dir)
        .env("XDG_CACHE_HOME", dir.join("cache"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut input, mut output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let (sender, received) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = output.read(&mut buffer) {
            if sender.send(buffer[..count].to_vec()).is_err() {
                return;
            }
        }
    });
    let (mut bytes, mut from) = (Vec::new(), 0);
    let deadline = Instant::now() + Duration::from_secs(120);
    for (expected, typed) in dialogue {
        loop {
            let text = String::from_utf8_lossy(&bytes[from..]).into_owned();
            if let Some(at) = text.find(expected) {
                from += at + expected.len();
                break;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let more = received.recv_timeout(left);
            bytes.extend(
                more.unwrap_or_else(|_| panic!("no `{expected}` in {}", String::from_utf8_lossy(&bytes))),
            );
        }
        input.write_all(typed.as_bytes()).unwrap();
    }
    while let Ok(more) = received.recv_timeout(Duration::from_secs(60)) {
        bytes.extend(more);
    }
    drop(input);
    let code = child.wait().unwrap().code().unwrap();
    Session { said: String::from_utf8_lossy(&bytes).replace('\r', ""), code }
}

#[test]
fn init_asks_on_a_terminal_shows_the_plan_and_writes_the_spec() {
    let bench = films(&[("films/a b.mp4", 20), ("films/b.mp4", 21)]);
    let session = on_terminal(
        bench.dir.path(),
        "init mine",
        &[
            // What cannot be understood is asked again, with the reason.
            ("Videos: ", "films/absent.mp4\n"),
            ("no file or directory `films/absent.mp4`", ""),
            ("Videos: ", "'films/a b.mp4\n"),
            ("a quotation mark is open", ""),
            ("Videos: ", "'films/a b.mp4' films/b.mp4\n"),
            ("2 videos", ""),
            ("[core]: ", "ret_edit\n"),
            ("no suite or type `ret_edit`; the nearest is `ret_edit1`", ""),
            ("[core]: ", "ret_edit1, ord_edit1\n"),
            ("[each keeps its own]: ", "60\n"),
            ("`60` is not a length", ""),
            ("[each keeps its own]: ", "\n"),
            ("4 questions x 4 tries = 16 rows", ""),
            ("of processor time", ""),
            ("[yes]: ", "maybe\n"),
            ("`maybe` is not yes, no or change", ""),
            ("[yes]: ", "yes\n"),
        ],
    );
    assert_eq!(session.code, 0, "{}", session.said);
    assert!(session.said.contains("mine/spec.toml\n"), "{}", session.said);
    let spec = vniah::spec::read(&bench.path("mine/spec.toml")).unwrap();
    assert_eq!((spec.tasks().len(), spec.entries().len(), spec.grid().is_none()), (2, 2, true));
}

#[test]
fn what_cannot_be_made_is_asked_again_and_no_writes_nothing() {
    let bench = films(&[("short.mp4", 2)]);
    let session = on_terminal(
        bench.dir.path(),
        "init",
        &[
            ("Videos: ", "short.mp4\n"),
            ("[core]: ", "ord_edit1\n"),
            ("[each keeps its own]: ", "\n"),
            ("(1 of 1 haystack)", ""),
            ("Answer again", ""),
            // Joined with itself, it is long enough.
            ("Videos: ", "short.mp4\n"),
            ("[core]: ", "ord_edit1\n"),
            ("[each keeps its own]: ", "10s\n"),
            ("1 question x 4 tries = 4 rows", ""),
            ("[yes]: ", "no\n"),
        ],
    );
    assert_eq!(session.code, 0, "{}", session.said);
    assert!(session.said.contains("nothing was written"), "{}", session.said);
    assert!(!bench.path("spec.toml").exists());
}

#[test]
fn an_interrupt_or_the_end_of_input_ends_the_questions_and_writes_nothing() {
    for (typed, expected) in
        [("\u{3}", "stopped before the end"), ("\u{4}", "the input ended before the last answer")]
    {
        let dir = TempDir::new().unwrap();
        let session = on_terminal(dir.path(), "init mine", &[("Videos: ", "\n"), ("[core]: ", typed)]);
        assert_eq!(session.code, 6, "{}", session.said);
        assert!(session.said.contains(expected), "{}", session.said);
        assert!(!dir.path().join("mine").exists());
    }
    // With `--yes`, a terminal is asked nothing.
    let dir = TempDir::new().unwrap();
    let session = on_terminal(dir.path(), "init mine --yes", &[("mine/haystacks.toml", "")]);
    assert_eq!(session.code, 0, "{}", session.said);
    assert!(!session.said.contains("Videos: "), "{}", session.said);
    // A file that is there is refused before the first question.
    let session = on_terminal(dir.path(), "init mine", &[("exists already", "")]);
    assert!(session.code == 3 && !session.said.contains("Videos: "), "{}", session.said);
}

#[test]
fn the_demo_resumes_when_it_was_killed_and_leaves_other_directories_alone() {
    let bench = Bench { dir: tempfile::tempdir().unwrap() };
    let args = ["demo", "--no-open", "--cache", "cache"];
    let mut killed = bench.begin(&args);
    let deadline = Instant::now() + Duration::from_secs(60);
    while !bench.path("demo/spec.toml").exists() {
        assert!(Instant::now() < deadline);
        std::thread::sleep(Duration::from_millis(5));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();

    // It goes on from there, and hears an interrupt.
    let mut again = bench.begin(&args);
    let mut stderr = again.stderr.take().unwrap();
    let mut message = String::new();
    while !message.contains("probed 4 haystacks") {
        let mut buffer = [0; 256];
        let count = stderr.read(&mut buffer).unwrap();
        assert!(count > 0, "{message}");
        message.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    super::signals::signal(&again, "INT");
    stderr.read_to_string(&mut message).unwrap();
    assert_eq!(again.wait().unwrap().code(), Some(6), "{message}");
    assert!(
        message.contains("[1/7] make a dataset: vniah generate demo/spec.toml -o demo/dataset"),
        "{message}"
    );

    fs::create_dir(bench.path("mine")).unwrap();
    bench.write("mine/notes.txt", "notes");
    let (code, message) = refused(&bench, &["demo", "-o", "mine"]);
    assert_eq!(code, 2, "{message}");
    assert!(message.contains("`mine` holds something else than a demo: `mine/notes.txt`"), "{message}");
    assert_eq!(bench.tree("mine").len(), 1);
}
