//! `vniah needles import --as audiofolder`: recordings of several formats become a pack, and are heard again in videos.

use std::fs;

use serde_json::Value;

use super::bench::{Bench, said};
use super::movies::ffmpeg;

const IMPORT: [&str; 13] = [
    "needles",
    "import",
    "calls",
    "--as",
    "audiofolder",
    "-o",
    "packs/calls",
    "--id",
    "calls",
    "--licence",
    "CC0-1.0",
    "--credit",
    "the test",
];

/// Sounds as people have them: one a file or several a directory, mono and stereo, at rates and in formats of all sorts.
fn calls(bench: &Bench) {
    fs::create_dir_all(bench.path("calls/cuckoo")).unwrap();
    let rising = |from: u32, slope: u32| format!("aevalsrc=0.4*sin(2*PI*({from}*t+{slope}*t*t)):d=0.7");
    for (name, source, options) in [
        ("cow.wav", rising(200, 150), "-ar 44100 -ac 2"),
        ("sheep.ogg", rising(700, 500), "-c:a libvorbis -ar 48000"),
        ("donkey.flac", rising(1500, 300), "-ar 22050"),
        ("cuckoo/one.mp3", rising(2500, 100), "-ar 32000"),
        ("cuckoo/two.opus", rising(3100, 200), "-ar 48000"),
        ("horse.m4a", rising(400, 1200), "-ar 44100"),
    ] {
        ffmpeg(&bench.path("calls"), &format!("-f lavfi -i {source} {options} {name}"));
    }
    bench.write("calls/readme.txt", "who recorded it");
}

#[test]
fn recordings_of_every_format_become_a_pack_that_is_heard_in_videos() {
    let bench = Bench::new(
        "packs = [\"packs/calls\"]\n[templates]\npaths = [\"families\"]\n[[tasks]]\ntype = \"call\"\nsamples = 3\n",
    );
    calls(&bench);
    fs::create_dir(bench.path("families")).unwrap();
    bench.write(
        "families/call.toml",
        "type = \"call\"\nkind = \"which\"\ntask = \"retrieval\"\nquestion = \"Which animal calls?\"\n[needle]\nmode = \"mix\"\n\
         look = \"sound\"\npack = \"calls\"\ncount = 1\n[options]\nnumber = 4\n",
    );
    bench.write(
        "names.csv",
        "label,plural,aliases,zh,zh_aliases\ncow,cows,cattle,牛,母牛;奶牛\nsheep,sheep,,羊,\n",
    );
    let output = bench.run(&[&IMPORT[..], &["--names", "names.csv"]].concat());
    assert!(output.status.success(), "{}", said(&output));
    let pack = fs::read_to_string(bench.path("packs/calls/pack.toml")).unwrap();
    for part in ["牛", "母牛", "羊", "cattle", "cuckoo-1.flac", "cuckoo-2.flac", "horse.flac"] {
        assert!(pack.contains(part), "no {part} in {pack}");
    }
    let sources = fs::read_to_string(bench.path("packs/calls/sources.csv")).unwrap();
    assert!(sources.contains("cuckoo,cuckoo-2.flac,cuckoo/two.opus,CC0-1.0,the test"), "{sources}");
    // As long as they were, in mono at 48 kHz.
    for name in ["cow.flac", "sheep.flac", "donkey.flac"] {
        let bytes = ffmpeg(&bench.path("packs/calls"), &format!("-i {name} -f s16le -"));
        assert!(bytes.len().abs_diff(48_000 * 7 / 10 * 2) < 200, "{name}: {}", bytes.len());
    }
    bench.made("set");
    bench.done(&["verify", "set", "--cache", "cache"]);
    bench.solved("set");
}

#[test]
fn what_cannot_be_heard_is_named_and_nothing_is_written() {
    let bench = Bench::new("");
    calls(&bench);
    ffmpeg(&bench.path("calls"), "-f lavfi -i anullsrc=d=0.5 silence.wav");
    ffmpeg(&bench.path("calls"), "-f lavfi -i sine=d=61 -ar 8000 long.wav");
    bench.write("calls/broken.wav", "RIFF");
    let output = bench.run(&IMPORT);
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    for part in ["silence.wav", "nothing is to be heard", "lasts 61 s", "broken.wav"] {
        assert!(said(&output).contains(part), "no {part} in {}", said(&output));
    }
    assert!(!bench.path("packs/calls").exists());
    let output = bench.run(&[&IMPORT[..], &["--skip-bad"]].concat());
    assert!(output.status.success(), "{}", said(&output));
    let listed: Value = Value::String(bench.done(&["needles", "list", "--needles", "packs"]));
    assert!(listed.as_str().unwrap().contains("calls      5      sound"), "{listed}");
}

#[test]
fn chinese_names_without_a_name_are_refused() {
    let bench = Bench::new("");
    calls(&bench);
    bench.write("names.csv", "label,zh,zh_aliases\ncow,,母牛\n");
    let output = bench.run(&[&IMPORT[..], &["--names", "names.csv"]].concat());
    assert_eq!(output.status.code(), Some(3));
    assert!(
        said(&output).contains("line 2, zh: missing; expected a text (`names.csv`)"),
        "{}",
        said(&output)
    );
}
