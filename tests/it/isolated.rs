//! `--isolate`: a codec that crashes is a fault of one source, and changes nothing elsewhere.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::bench::{Bench, assert_same, said, shared_library};
use crate::movies;

/// A library that makes the program crash where it decodes a file whose name says so.
const CRASHING: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <string.h>
static __thread int crashes;
int avformat_open_input(void **context, const char *url, const void *format, void **options) {
    crashes = url && strstr(url, "crashing");
    int (*next)(void **, const char *, const void *, void **) = dlsym(RTLD_NEXT, "avformat_open_input");
    return next(context, url, format, options);
}
int avcodec_send_packet(void *context, const void *packet) {
    if (crashes) raise(SIGSEGV);
    int (*next)(void *, const void *) = dlsym(RTLD_NEXT, "avcodec_send_packet");
    return next(context, packet);
}
"#;

/// A bench with one source that is as good as any and one that makes the program crash.
fn two_sources() -> Bench {
    let dir = tempfile::tempdir().unwrap();
    let source = "-f lavfi -i testsrc2=s=160x96:r=25:d=6 -f lavfi -i sine=440:d=6 -pix_fmt yuv420p -c:v mpeg4 -c:a aac";
    movies::ffmpeg(dir.path(), &format!("{source} fine.mkv"));
    movies::ffmpeg(dir.path(), &format!("{source} crashing.mkv"));
    let more = "[needles]\nduration = \"200ms\"\ngap = \"80ms\"";
    movies::spec(dir.path(), "spec.toml", &["*.mkv"], more, &["ret_edit1"]);
    movies::spec(dir.path(), "fine.toml", &["fine.mkv"], more, &["ret_edit1"]);
    Bench { dir }
}

fn library(dir: &Path) -> PathBuf {
    shared_library(dir, "crashing", CRASHING).expect("Rust links with `cc`, too")
}

fn run(dir: &Path, library: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vniah"))
        .current_dir(dir)
        .args(words)
        .env("LD_PRELOAD", library)
        .output()
        .unwrap()
}

#[test]
fn a_codec_that_crashes_is_a_fault_of_one_source() {
    let bench = two_sources();
    let dir = bench.dir.path();
    let library = library(dir);
    // Without it, nothing is said at all.
    let crashed = run(dir, &library, &["generate", "spec.toml", "-o", "none", "--cache", "plain"]);
    assert_eq!(crashed.status.code(), None, "{}", said(&crashed));
    for words in [
        &["haystacks", "list", "spec.toml"][..],
        &["plan", "spec.toml"],
        &["generate", "spec.toml", "-o", "none"],
    ] {
        let output = run(dir, &library, &[words, &["--cache", "cache", "--isolate"]].concat());
        assert_eq!(output.status.code(), Some(4), "{}", said(&output));
        let said = said(&output);
        assert!(
            said.contains("crashing.mkv") && said.contains("crashed while it was decoded (SIGSEGV)"),
            "{said}"
        );
        assert!(!said.contains("fine.mkv"), "{said}");
    }
    assert!(!dir.join("none/metadata.jsonl").exists());
    // What went well once is not tried again.
    let list = ["haystacks", "list", "spec.toml", "--isolate", "--cache", "known"];
    for output in [movies::vniah(dir, &list), run(dir, &library, &list)] {
        assert!(output.status.success(), "{}", said(&output));
    }
}

#[test]
fn isolated_sources_make_the_same_dataset() {
    let bench = two_sources();
    let dir = bench.dir.path();
    movies::done(dir, &["generate", "fine.toml", "-o", "apart", "--isolate"]);
    let output = movies::vniah(dir, &["generate", "fine.toml", "-o", "here", "--cache", "another"]);
    assert!(output.status.success(), "{}", said(&output));
    assert_same(&bench.tree("apart"), &bench.tree("here"));
    // What is wrong without a crash is told as it is elsewhere.
    fs::write(dir.join("damaged.mkv"), fs::read(dir.join("fine.mkv")).unwrap().split_at(2000).0).unwrap();
    movies::spec(dir, "damaged.toml", &["damaged.mkv"], "", &["ret_edit1"]);
    let output = movies::vniah(dir, &["haystacks", "list", "damaged.toml", "--isolate", "--cache", "cache"]);
    let plain = movies::vniah(dir, &["haystacks", "list", "damaged.toml", "--cache", "another"]);
    assert_eq!((output.status.code(), said(&output)), (plain.status.code(), said(&plain)));
}
