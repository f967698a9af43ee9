//! Readers of foreign input on damaged input: what people and tools write, with bytes that are drawn put in, left out and repeated.
//!
//! `VNIAH_FUZZ_SECONDS=N` goes on for N seconds with each reader. `VNIAH_FUZZ_SEEDS=DIR` writes what is damaged to `DIR/READER/`, from
//! where coverage-guided fuzzing starts (`tests/fuzz/run.sh`). An input that once broke a reader lies in `tests/fuzz/found/READER/`.

#[path = "../fuzz/targets.rs"]
mod targets;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Instant;

use vniah::seed::{Seed, Stream};

use super::bench::Bench;
use super::docs::root;
use super::movies::ffmpeg;
use targets::{TARGETS, target};

/// Damaged inputs of each reader, of its seeds in turn; of each seed, one at least.
const COPIES: usize = 100;
/// Seconds that a reader may take for one input, in a program that is not optimised, on a machine that is busy.
const MOST_SECS: u64 = 20;
/// Words that readers act on.
const WORDS: [&[u8]; 16] = [
    b"\"",
    b"[",
    b"]",
    b"{",
    b"}",
    b",",
    b":",
    b"\n",
    b"\\u0000",
    b"\xff",
    b"-1",
    b"1e999",
    b"18446744073709551616",
    b"null",
    b"../",
    b"\0\0\0\0",
];

/// Inputs that each reader takes.
type Seeds = BTreeMap<&'static str, Vec<Vec<u8>>>;

fn read(name: &str) -> Vec<u8> {
    fs::read(root().join(name)).unwrap()
}

/// Lines of a file, so many at a time, as inputs of their own.
fn parts(text: &[u8], lines: usize) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(text);
    let all: Vec<&str> = text.lines().collect();
    all.chunks(lines).map(|lines| (lines.join("\n") + "\n").into_bytes()).collect()
}

fn files(dir: &str, ending: &str) -> Vec<Vec<u8>> {
    let paths = vniah::files::sorted_dir(&root().join(dir)).unwrap();
    let of_kind = paths.iter().filter(|path| path.extension().is_some_and(|end| end == ending));
    of_kind.map(|path| fs::read(path).unwrap()).collect()
}

fn replies() -> Vec<Vec<u8>> {
    let value = |line: &str| {
        serde_json::from_str::<serde_json::Value>(line).unwrap()["reply"].as_str().map(str::to_owned)
    };
    let mut replies = Vec::new();
    for table in files("tests/replies", "jsonl") {
        let table = String::from_utf8(table).unwrap();
        replies.extend(table.lines().step_by(25).filter_map(value).map(String::into_bytes));
    }
    replies
}

fn seeds(bench: &Bench) -> Seeds {
    bench.made("set");
    bench.done(&["generate", "spec.toml", "-o", "recipes", "--store", "recipe", "--cache", "cache"]);
    bench.done(&["generate", "spec.toml", "-o", "part", "--shard", "0/2", "--cache", "cache"]);
    bench.done(&["plan", "spec.toml", "-o", "plan.jsonl", "--cache", "cache"]);
    bench.done(&["baseline", "blind", "set", "-o", "answers.jsonl"]);
    bench.done(&["score", "set", "answers.jsonl", "-o", "scores.json"]);
    let made = |name: &str| fs::read(bench.path(name)).unwrap();
    ffmpeg(
        bench.dir.path(),
        "-f lavfi -i testsrc2=s=64x48:r=25:d=0.4 -f lavfi -i sine=440:d=0.4 -pix_fmt yuv420p -c:v libx264 -c:a aac a.mp4",
    );
    let chat = br#"{"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"B","reasoning_content":"so"}}],"usage":{"prompt_tokens":3,"completion_tokens":1}}"#;
    let coco = br#"{"images":[{"id":1,"file_name":"a.png","width":40,"height":40,"license":1}],"categories":[{"id":1,"name":"cat"}],"annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[1,2,20,20],"segmentation":[[1,2,20,2,20,20]],"iscrowd":0}],"licenses":[{"id":1,"name":"CC0"}]}"#;
    let voc = b"<annotation><filename>a.jpg</filename><size><width>40</width><height>40</height></size><object><name>cat</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>20</xmax><ymax>20</ymax></bndbox></object></annotation>";
    let vnbench = br#"[{"video":"a.mp4","question":"Q?","options":["A","B","C","D"],"gt":"A","gt_option":"A","length":10.5,"type":"ret_edit1","try":0,"needle_time":[1.5]}]"#;
    let spec = b"seed = 1\nname = \"x\"\n[haystacks]\npaths = [\"a.mp4\", \"*.mkv\"]\n[video]\nwidth = 64\nfps = \"30000/1001\"\n[needles]\nduration = \"2s\"\nat = \"30% 40%\"\n[grid]\nlengths = [\"10s\", \"1m\"]\ndepths = [0, 500]\nrepeats = 2\n[[tasks]]\ntype = \"cnt_edit1\"\nsamples = 3\nform = [\"choice\", \"open\"]\n";
    Seeds::from([
        ("spec", [files("tests/bad/spec", "toml"), vec![spec.to_vec(), made("spec.toml")]].concat()),
        ("catalogue", vec![made("haystacks.toml"), read("haystacks.example/haystacks.toml")]),
        (
            "pack",
            vec![
                read("needles/colours/pack.toml"),
                read("needles/rhythms/pack.toml"),
                read("needles/motions/pack.toml"),
            ],
        ),
        ("family", files("templates", "toml")),
        ("answers", [parts(&made("answers.jsonl"), 4), vec![read("tests/import/plain.jsonl")]].concat()),
        ("import-json", vec![read("tests/import/vlmevalkit.json")]),
        (
            "import-jsonl",
            vec![
                read("tests/import/plain.jsonl"),
                read("tests/import/lmms_samples.jsonl"),
                read("tests/import/vnbench_a.jsonl"),
            ],
        ),
        ("import-csv", vec![read("tests/import/plain.csv")]),
        ("import-tsv", vec![read("tests/import/vlmevalkit.tsv")]),
        ("import-xlsx", vec![read("tests/import/vlmevalkit.xlsx")]),
        ("import-eval", vec![read("tests/import/inspect.eval")]),
        ("needles-coco", vec![coco.to_vec()]),
        ("needles-voc", vec![voc.to_vec()]),
        ("needles-csv", vec![b"path,label,licence,credit\na.png,cat,CC0-1.0,me\n".to_vec()]),
        ("vnbench", vec![vnbench.to_vec()]),
        ("metadata", parts(&made("set/metadata.jsonl"), 4)),
        ("manifest", vec![made("set/manifest.json"), made("part/shard.json")]),
        ("plan", vec![made("plan.jsonl")]),
        ("recipe", vec![made("recipes/recipes/ret_edit1-bar-0.recipe")]),
        ("scores", vec![made("scores.json")]),
        ("subtitles", vec![made("set/videos/sub_ret1-bar-0.srt")]),
        ("reply", replies()),
        ("http-reply", vec![chat.to_vec(), br#"{"error":{"message":"no","code":429}}"#.to_vec()]),
        (
            "sampler",
            ["linspace(8)", "fps(2,max=64)", "recent-8", "linspace(4),fps(1)"]
                .map(|text| text.as_bytes().to_vec())
                .to_vec(),
        ),
        ("mp4", vec![made("a.mp4")]),
    ])
}

/// A copy with one to four kinds of damage at places that are drawn.
fn damaged(seed: &[u8], draw: &mut Stream) -> Vec<u8> {
    let mut data = seed.to_vec();
    for _ in 0..draw.between(1, 4) {
        let end = data.len();
        let at = if end == 0 { 0 } else { draw.below(end as u64) as usize };
        let until = (at + draw.between(1, 40) as usize).min(end);
        match draw.below(7) {
            0 if at < end => data[at] ^= 1 << draw.below(8),
            1 => drop(data.drain(at..until)),
            2 => data.truncate(at),
            3 => {
                let part = data[at..until].to_vec();
                let times = draw.between(1, 30) as usize;
                data.splice(at..at, part.repeat(times));
            }
            4 if at < end => {
                let word = WORDS[draw.below(WORDS.len() as u64) as usize];
                data.splice(at..=at, word.iter().copied());
            }
            5 => {
                // Another number where one stands.
                let digit = data[at..].iter().position(u8::is_ascii_digit).map(|found| at + found);
                if let Some(digit) = digit {
                    let numbers: [&[u8]; 6] =
                        [b"0", b"-", b"4294967295", b"99999999999999999999", b"0.0000001", b"1e308"];
                    data.splice(digit..=digit, numbers[draw.below(6) as usize].iter().copied());
                }
            }
            _ => data.extend_from_slice(&seed[..at.min(seed.len())]),
        }
    }
    data
}

/// What a reader does wrong with an input, if anything.
fn fault(name: &str, data: &[u8], dir: &Path) -> Option<String> {
    let target = target(name).unwrap();
    let began = Instant::now();
    let run = catch_unwind(AssertUnwindSafe(|| target(data, dir)));
    let took = began.elapsed().as_secs();
    match run {
        Err(_panic) => Some(format!("{name} panics")),
        Ok(()) if took >= MOST_SECS => Some(format!("{name} takes {took} s")),
        Ok(()) => None,
    }
}

/// Writes the inputs of each reader to a directory of its own.
fn write(out: &Path, seeds: &Seeds) {
    for (name, inputs) in seeds {
        let dir = out.join(name);
        fs::create_dir_all(&dir).unwrap();
        for (at, input) in inputs.iter().enumerate() {
            fs::write(dir.join(at.to_string()), input).unwrap();
        }
    }
}

#[test]
fn no_reader_breaks_on_damaged_input() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n[[tasks]]\ntype = \"sub_ret1\"\n");
    let seeds = seeds(&bench);
    assert!(TARGETS.iter().map(|(name, _)| *name).all(|name| seeds.contains_key(name)));
    if let Some(out) = std::env::var_os("VNIAH_FUZZ_SEEDS") {
        write(Path::new(&out), &seeds);
    }
    let dir = tempfile::tempdir().unwrap();
    let seconds: u64 = std::env::var("VNIAH_FUZZ_SECONDS").map_or(0, |text| text.parse().unwrap());
    for (name, _) in TARGETS {
        let began = Instant::now();
        let mut draw = Seed::new(1).stream(name, 0);
        let found = root().join("tests/fuzz/found").join(name);
        let found = if found.exists() { vniah::files::sorted_dir(&found).unwrap() } else { Vec::new() };
        let inputs = seeds[name].iter().cloned().chain(found.iter().map(|path| fs::read(path).unwrap()));
        let inputs: Vec<Vec<u8>> = inputs.collect();
        let check = |data: &[u8]| {
            if let Some(fault) = fault(name, data, dir.path()) {
                panic!("{fault} on {:?}", String::from_utf8_lossy(&data[..data.len().min(4000)]));
            }
        };
        for seed in &inputs {
            check(seed);
        }
        let mut tries = 0;
        for seed in inputs.iter().cycle() {
            if tries >= COPIES.max(inputs.len()) && began.elapsed().as_secs() >= seconds {
                break;
            }
            check(&damaged(seed, &mut draw));
            tries += 1;
        }
        if seconds > 0 {
            let took = began.elapsed().as_secs();
            writeln!(
                std::io::stderr(),
                "{name}: {tries} damaged inputs of {} seeds in {took} s",
                inputs.len()
            )
            .unwrap();
        }
    }
}
