//! Files that are too long or nested too deep, through the real program: each is refused by name, and none takes the memory or the stack
//! that it asks for.

use std::fs;
use std::process::Output;

use super::bench::{Bench, said};
use super::movies;

/// Deeper than any reader follows; a reader without a bound needs more stack than there is.
const DEEP: usize = 200_000;

fn refused(output: &Output, message: &str) {
    // A stack that overflows, or memory that runs out, ends a process by a signal.
    assert_eq!(output.status.code(), Some(3), "{}", said(output));
    let told = said(output);
    assert!(told.contains(message), "expected: {message}\nfound: {}", &told[..told.len().min(2000)]);
}

/// As many of these brackets as are deep, one in the other.
fn nested(open: &str, close: &str) -> String {
    [open.repeat(DEEP), close.repeat(DEEP)].concat()
}

#[test]
fn what_people_write_has_a_length() {
    let long = 33 << 20;
    let bench =
        Bench::new("packs = [\"pack\"]\n[templates]\npaths = [\"asked\"]\n[[tasks]]\ntype = \"ret_edit1\"\n");
    for dir in ["pack", "asked"] {
        fs::create_dir(bench.path(dir)).unwrap();
    }
    let plan = || bench.run(&["plan", "spec.toml", "--cache", "cache"]);
    let pad = |name: &str| {
        fs::File::options().create(true).append(true).open(bench.path(name)).unwrap().set_len(long).unwrap();
    };
    for (name, message) in [
        ("pack/pack.toml", "is longer than 32 MiB"),
        ("asked/own.toml", "asked/own.toml` is longer than 32 MiB"),
        ("haystacks.toml", "haystacks.toml` is longer than 32 MiB"),
        ("spec.toml", "`spec.toml` is longer than 32 MiB"),
    ] {
        pad(name);
        refused(&plan(), message);
    }
}

#[test]
fn frames_and_videos_have_a_size() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n");
    let spec = fs::read_to_string(bench.path("spec.toml")).unwrap();
    for (more, message) in [
        ("[video]\nwidth = 20000\nheight = 20000\n", "20000"),
        ("[video]\nfps = \"1000000/1\"\n", "fps"),
        ("[grid]\nlengths = [\"9600h\"]\n", "9600h"),
        ("[grid]\nlengths = [\"100000001 frames\"]\n", "outside 1..=100000000 frames"),
    ] {
        bench.write("large.toml", &format!("{spec}{more}"));
        refused(&bench.run(&["plan", "large.toml", "--cache", "cache"]), message);
    }
    // A length beyond what rows can state.
    let scene = "scene = { name = \"barcode\", seed = 1, width = 128, height = 72, fps = 1, frames = 100 }";
    bench.write("haystacks.toml", &format!("[[haystack]]\nid = \"bar\"\nlicence = \"CC0-1.0\"\n{scene}\n"));
    for (length, message) in [
        ("2800h", "length `2800h` is not between 1 ms and 10000000 s"),
        ("20000000 frames", "length `20000000 frames` is more than 10000000 seconds"),
    ] {
        bench.write("long.toml", &format!("{spec}[grid]\nlengths = [\"{length}\"]\n"));
        refused(&bench.run(&["plan", "long.toml", "--cache", "cache"]), message);
    }
}

/// A frame that is held for days, as a damaged header says.
#[test]
fn ids_of_samples_are_names_of_files() {
    let bench = Bench::new(
        "[[tasks]]\ntype = \"ret_edit1\"\n[grid]\nopacity = [50, 100]\ntext_size = [20, 21]\nbox_opacity = [40, 50]\n\
         fade_in = [\"1 frames\", \"2 frames\"]\nfade_out = [\"1 frames\", \"2 frames\"]\nduration = [\"6 frames\", \"7 frames\"]\n\
         distractors = [0, 1]\ntint = [0, 10]\n",
    );
    let text = fs::read_to_string(bench.path("haystacks.toml")).unwrap();
    bench.write("haystacks.toml", &text.replace("\"bay\"", &format!("\"{}\"", "b".repeat(80))));
    refused(
        &bench.run(&["plan", "spec.toml", "--cache", "cache"]),
        "longer than 200 bytes; files are named by them",
    );
}

#[test]
fn sources_do_not_last_for_years() {
    let dir = tempfile::tempdir().unwrap();
    movies::ffmpeg(dir.path(), "-f lavfi -i testsrc2=s=160x120:r=25:d=4 -c:v mpeg4 slow.avi");
    let path = dir.path().join("slow.avi");
    let mut avi = fs::read(&path).unwrap();
    let head = avi.windows(4).position(|name| name == b"strh").unwrap() + 8;
    // Units of time for a frame; there are 25 in a second.
    avi[head + 20..head + 24].copy_from_slice(&(25 * 200_000_u32).to_le_bytes());
    fs::write(&path, avi).unwrap();
    movies::spec(
        dir.path(),
        "spec.toml",
        &["slow.avi"],
        "[needles]\nduration = \"1 frame\"\ngap = \"1 frame\"",
        &["ret_edit1"],
    );
    let output = movies::vniah(dir.path(), &["generate", "spec.toml", "-o", "set", "--cache", "cache"]);
    refused(&output, "haystack `slow` lasts 20000000 seconds, and a video lasts 10000000 at most");
    assert!(!dir.path().join("set/metadata.jsonl").exists());
}

#[test]
fn what_is_nested_without_end_is_refused() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n");
    bench.made("set");
    bench.done(&["baseline", "blind", "set", "-o", "a.jsonl"]);
    bench.done(&["score", "set", "a.jsonl", "-o", "scores.json"]);
    let spec = fs::read_to_string(bench.path("spec.toml")).unwrap();
    bench.write("deep.toml", &format!("more = {}\n{spec}", nested("[", "]")));
    refused(&bench.run(&["plan", "deep.toml", "--cache", "cache"]), "deep.toml");
    let object = nested("{\"a\":", "}").replacen('}', "1}", 1);
    for (name, text) in [
        ("lines.jsonl", format!("{{\"id\":\"x\",\"response\":{object}}}\n")),
        ("array.json", nested("[", "]")),
    ] {
        bench.write(name, &text);
        refused(&bench.run(&["score", "set", name]), name);
        refused(&bench.run(&["import", "set", name, "-o", "b.jsonl"]), name);
    }
    bench.write("deep.json", &object);
    refused(&bench.run(&["compare", "scores.json", "deep.json"]), "deep.json");
    for (name, command) in
        [("manifest.json", &["verify", "set", "--cache", "cache"][..]), ("metadata.jsonl", &["audit", "set"])]
    {
        let path = bench.path("set").join(name);
        let right = fs::read(&path).unwrap();
        fs::write(&path, format!("{object}\n")).unwrap();
        refused(&bench.run(command), name);
        fs::write(path, right).unwrap();
    }
}
