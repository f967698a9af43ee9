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
    let card = std::fs::read_to_string(bench.path("set/README.md")).unwrap();
    assert!(card.contains(": 18 samples, ") && card.contains("| videos | 6, for 18 samples: "), "{card}");
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

#[test]
fn who_looks_says_when_and_who_does_not_is_right_about_half() {
    let bench = bench();
    bench.spec("spec.toml", 1, "[[tasks]]\ntype = \"onl_say1\"\nsamples = 6\n");
    bench.made("set");
    let rows = vniah::dataset::read_rows(&bench.path("set")).unwrap();
    assert_eq!(rows.len(), 12);
    assert!(
        rows.iter().all(|row| row.sees_all() && row.options.is_empty() && row.answer_kind.name() == "moment")
    );
    assert_eq!(rows.iter().filter(|row| row.answer == "never").count(), 6);
    bench.done(&["verify", "set", "--cache", "cache"]);
    bench.done(&["audit", "set"]);

    let scored = |file: &str| -> serde_json::Value {
        serde_json::from_str(&bench.done(&["score", "set", file, "--json", "--model", "m"])).unwrap()
    };
    bench.done(&["baseline", "oracle", "set", "-o", "oracle.jsonl", "--cache", "cache"]);
    let seen = scored("oracle.jsonl");
    let (kind, pairs) = (&seen["types"]["onl_say1"], &seen["groups"]["overall"]);
    assert_eq!((&kind["main"]["measure"], &kind["main"]["value"]), (&"exact".into(), &1.0.into()));
    assert_eq!((&kind["measures"]["hit"], &kind["measures"]["false_alarm"]), (&1.0.into(), &0.0.into()));
    // The time of the first frame is rounded to the hundredth, and what is right begins at the hundredth below.
    assert!(kind["measures"]["delay"].as_f64().unwrap() <= 0.01, "{}", kind["measures"]);
    assert_eq!(pairs["right"], 1.0);

    bench.done(&["baseline", "blind", "set", "-o", "blind.jsonl"]);
    let blind = scored("blind.jsonl");
    let kind = &blind["types"]["onl_say1"];
    assert_eq!((&kind["main"]["value"], &kind["main"]["chance"]), (&0.5.into(), &0.5.into()));
    assert_eq!((&kind["measures"]["miss"], &kind["measures"]["false_alarm"]), (&1.0.into(), &0.0.into()));
    assert_eq!(blind["groups"]["overall"]["right"], 0.0);

    // A second late is in time, a second early and three after the end are not; where nothing comes, any time is a false alarm.
    let said = |row: &Row| {
        let Some((start, end)) = row.answer.split_once(" - ") else { return "At 3.00 s.".to_owned() };
        let (start, end): (f64, f64) = (start.parse().unwrap(), end.parse().unwrap());
        match row.rotation as usize + row.id.len() + row.needles[0].start_frame as usize {
            turn if turn % 2 == 0 => format!("It appears at {:.2} seconds.", start + 1.0),
            _ => format!("{:.2}", end + 1.0),
        }
    };
    let lines: Vec<String> =
        rows.iter().map(|row| serde_json::json!({"id": row.id, "response": said(row)}).to_string()).collect();
    bench.write("late.jsonl", &lines.join("\n"));
    let late = scored("late.jsonl");
    let measures = &late["types"]["onl_say1"]["measures"];
    let of = |name: &str| measures[name].as_f64().unwrap();
    assert_eq!((of("false_alarm"), of("early"), of("miss")), (1.0, 0.0, 0.0));
    assert!((of("hit") + of("late") - 1.0).abs() < 1e-5, "{measures}");
    let text = bench.done(&["score", "set", "late.jsonl", "--model", "m"]);
    assert!(text.contains("false alarms %") && text.contains("mean delay s"), "{text}");

    let prompt = rows[0].prompt().text();
    assert!(
        prompt.contains("If it is not shown, answer `never`.") && prompt.contains("The video lasts"),
        "{prompt}"
    );
}
