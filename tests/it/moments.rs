//! Questions asked before their videos end, through the real program: rows, solvers, and the starts of videos.

use std::path::Path;

use vniah::dataset::Row;
use vniah::media::decode::FileReader;
use vniah::media::input::Input;
use vniah::media::probe;
use vniah::media::sound;
use vniah::media::yuv::Yuv;
use vniah::render::videos::{Videos, seen_path};

use super::bench::Bench;
use super::movies::ffmpeg;
use super::recipes::recipes;

const TASKS: &str =
    "[[tasks]]\ntype = \"onl_count1\"\n[[tasks]]\ntype = \"onl_last1\"\n[[tasks]]\ntype = \"onl_seen1\"\n";

/// A bench with a drawn haystack, and one that is used as it is, with B-frames and sound.
fn bench() -> Bench {
    let bench = Bench::new(TASKS);
    ffmpeg(
        bench.dir.path(),
        "-f lavfi -i testsrc2=s=160x120:r=25:d=16 -f lavfi -i sine=440:r=48000:d=16 -pix_fmt yuv420p -c:v libx264 -bf 2 -g 40 \
         -c:a aac tone.mp4",
    );
    let haystacks = "[[haystack]]\nid = \"tone\"\nlicence = \"CC0-1.0\"\npath = \"tone.mp4\"\n\
                     [[haystack]]\nid = \"bay\"\nlicence = \"CC0-1.0\"\n\
                     scene = { name = \"harbour\", seed = 1, width = 128, height = 72, fps = \"30000/1001\", frames = 431 }\n";
    bench.write("haystacks.toml", haystacks);
    bench
}

/// All frames of a video.
fn frames(video: &Input) -> Vec<Yuv> {
    let mut reader = FileReader::open(video).unwrap();
    std::iter::from_fn(|| reader.next_frame().unwrap().map(|(frame, _)| frame)).collect()
}

/// Mean distance of the lumas of two frames.
fn distance(one: &Yuv, other: &Yuv) -> u64 {
    let sum: u64 = one.y.iter().zip(&other.y).map(|(one, other)| u64::from(one.abs_diff(*other))).sum();
    sum / one.y.len() as u64
}

fn early(out: &Path) -> Vec<Row> {
    let rows = vniah::dataset::read_rows(out).unwrap();
    rows.into_iter().filter(|row| row.rotation == 0).collect()
}

#[test]
fn the_start_of_a_video_holds_its_frames_and_nothing_more() {
    let bench = bench();
    bench.made("set");
    let rows = early(&bench.path("set"));
    assert_eq!(rows.len(), 3 * 3 * 2);
    let videos = Videos::files(&bench.path("set"));
    for row in &rows {
        assert!(
            !row.sees_all() && seen_path(row) == format!("prefixes/{}@{}.mp4", row.video_id, row.ask_frame)
        );
        let whole = frames(&videos.open(&row.video_path).unwrap());
        let start = videos.open(&seen_path(row)).unwrap();
        let seen = frames(&start);
        assert_eq!(seen.len() as u64, row.ask_frame, "{}", row.id);
        let same = seen.iter().zip(&whole).take_while(|(one, other)| one == other).count();
        // A drawn haystack can be cut anywhere; of one with B-frames the last few frames are encoded once more.
        let encoded = seen.len() - same;
        assert!(encoded <= if row.haystack_ids == ["bay"] { 0 } else { 4 }, "{}: {encoded}", row.id);
        assert!(seen.iter().zip(&whole).all(|(one, other)| distance(one, other) <= 1), "{}", row.id);
        let audio = probe::contents(&start).unwrap().audio.len() as u64;
        let samples = row.fps().audio_sample(row.ask_frame, 48_000);
        let wanted = if row.haystack_ids == ["tone"] { sound::packets_for(samples) } else { 0 };
        assert_eq!(audio, wanted, "{}", row.id);
    }
    // The same bytes of recipes, wherever they are exported.
    recipes(&bench, "kept", &[]);
    bench.done(&["export", "set", "--to", "llava", "-o", "one"]);
    bench.done(&["export", "kept", "--to", "swift", "-o", "other", "--cache", "cache"]);
    bench.done(&["export", "set", "--to", "lmms-eval"]);
    let [one, other, own] = ["one", "other", "set"].map(|out| bench.tree(out));
    for row in &rows {
        let name = seen_path(row);
        assert!(one[&name] == other[&name] && one[&name] == own[&name], "{name}");
    }
    // What is there is kept.
    let again = bench.run(&["export", "set", "--to", "llava", "-o", "one"]);
    assert!(again.status.success());
}

#[test]
fn the_oracle_solves_what_it_has_seen_and_not_what_is_older() {
    let bench = bench();
    bench.made("set");
    bench.done(&["baseline", "oracle", "set", "-o", "answers.jsonl", "--cache", "cache"]);
    let scores: serde_json::Value =
        serde_json::from_str(&bench.done(&["score", "set", "answers.jsonl", "--json"])).unwrap();
    for kind in ["onl_count1", "onl_last1", "onl_seen1"] {
        assert_eq!(scores["types"][kind]["circular"], 1.0, "{kind}");
        assert_eq!(scores["groups"]["types"][kind]["right"], 1.0, "{kind}");
    }
    assert!(!scores["slices"]["difficulty"]["age"]["all"].as_array().unwrap().is_empty());
    bench.done(&["audit", "set"]);
    let of = |sampler: &str| bench.done(&["coverage", "set", "--sampler", sampler, "--json"]);
    let coverage: serde_json::Value = serde_json::from_str(&of("recent-1")).unwrap();
    assert_eq!(coverage["samplers"]["recent-1"]["seen"], 0, "the youngest evidence is a second old");
    assert!(!coverage["samplers"]["recent-1"]["ages"].as_array().unwrap().is_empty());
}
