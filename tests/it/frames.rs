//! `vniah frames` through the real program: what it writes is what decoding from the start gives.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;
use vniah::media::colour::Matrix;
use vniah::media::decode::FileReader;
use vniah::media::input::Input;
use vniah::media::rgb::rgb_of;
use vniah::media::seek::FramePicker;
use vniah::seed::Seed;
use vniah::time::FrameRate;

use super::bench::{Bench, assert_same, said};
use super::movies::{barcode, ffmpeg};

const SPEC: &str = "[[tasks]]\ntype = \"ret_insert2\"\n[[tasks]]\ntype = \"cnt_edit2\"\n";

/// Lines of the index.
fn index(bench: &Bench, dir: &str) -> Vec<Value> {
    let text = fs::read_to_string(bench.path(dir).join("index.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Checks every picture of `dir` against frames decoded in turn.
fn check(bench: &Bench, dir: &str, indices_of: impl Fn(&str) -> Vec<u64>) {
    let mut by_video: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in index(bench, dir) {
        by_video.entry(line["video"].as_str().unwrap().to_owned()).or_default().push(line);
    }
    assert_eq!(by_video.len(), 4);
    for (video, lines) in by_video {
        let frames: Vec<u64> = lines.iter().map(|line| line["frame"].as_u64().unwrap()).collect();
        assert_eq!(frames, indices_of(&video), "{video}");
        let mut reader = FileReader::open(&Input::file(bench.path("set").join(&video))).unwrap();
        let mut compared = 0;
        let mut number = 0;
        while let Some((frame, (time, scale))) = reader.next_frame().unwrap() {
            for line in lines.iter().filter(|line| line["frame"] == number) {
                let path = bench.path(dir).join(line["file"].as_str().unwrap());
                let picture = image::open(path).unwrap().into_rgb8();
                assert!(picture == rgb_of(&frame, Matrix::Bt709), "frame {number} of {video}");
                let secs = time as f64 / scale as f64;
                assert!((line["time"].as_f64().unwrap() - secs).abs() < 1e-4, "{line}");
                compared += 1;
            }
            number += 1;
        }
        assert_eq!(compared, lines.len());
    }
}

#[test]
fn pictures_are_the_frames_that_decoding_in_turn_gives() {
    let bench = Bench::new(SPEC);
    bench.made("set");
    let of = |sampler: &'static str, bench: &Bench| {
        let text = bench.done(&["coverage", "set", "--sampler", sampler, "--json", "--indices"]);
        let json: Value = serde_json::from_str(&text).unwrap();
        let videos = json["samplers"][sampler]["videos"].clone();
        move |video: &str| -> Vec<u64> {
            let indices = videos[video]["indices"].as_array().unwrap();
            indices.iter().map(|index| index.as_u64().unwrap()).collect()
        }
    };
    // Repeated frames, few frames, and every frame.
    for (at, sampler) in ["linspace(150)", "internvl(5)", "hf-default"].into_iter().enumerate() {
        let dir = format!("frames{at}");
        bench.done(&["frames", "set", "--sampler", sampler, "-o", &dir, "--format", "png"]);
        check(&bench, &dir, of(sampler, &bench));
    }
    bench.done(&["frames", "set", "--sampler", "internvl(5)", "-o", "one", "--format", "png", "--jobs", "1"]);
    assert_same(&bench.tree("one"), &bench.tree("frames1"));
    let again = bench.run(&["frames", "set", "--sampler", "internvl(5)", "-o", "one"]);
    assert_eq!(again.status.code(), Some(2), "{}", said(&again));
    let refused = bench.run(&["frames", "set", "--sampler", "hf-default(500)", "-o", "none"]);
    assert_eq!(refused.status.code(), Some(3), "{}", said(&refused));
    assert!(!bench.path("none/index.jsonl").exists());
}

#[test]
fn shards_hold_the_same_pictures() {
    let bench = Bench::new(SPEC);
    bench.made("set");
    let frames = |out: &str, more: &[&str]| {
        let arguments = [&["frames", "set", "--sampler", "linspace(4)", "-o", out], more].concat();
        bench.done(&arguments);
    };
    frames("files", &[]);
    frames("shards", &["--tar"]);
    frames("again", &["--tar", "--jobs", "1"]);
    assert_same(&bench.tree("shards"), &bench.tree("again"));
    let files = index(&bench, "files");
    let mut archive = tar::Archive::new(fs::File::open(bench.path("shards/shard-000000.tar")).unwrap());
    let mut members: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        assert_eq!((entry.header().mtime().unwrap(), entry.header().uid().unwrap()), (0, 0));
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
        members.insert(entry.path().unwrap().to_str().unwrap().to_owned(), bytes);
    }
    assert_eq!(members.len(), 4 * 5);
    for (line, file) in index(&bench, "shards").iter().zip(&files) {
        assert_eq!((&line["frame"], &line["sample_id"]), (&file["frame"], &file["sample_id"]));
        let on_disk = fs::read(bench.path("files").join(file["file"].as_str().unwrap())).unwrap();
        assert!(members[line["file"].as_str().unwrap()] == on_disk);
    }
}

#[test]
fn any_frame_of_any_group_of_pictures_is_found() {
    let dir = tempfile::tempdir().unwrap();
    barcode(dir.path(), 230, None);
    let forms = [
        ("-c:v libx264 -bf 0 -g 12", (25, 1)),
        ("-c:v libx264 -bf 3 -g 30", (25, 1)),
        // Frames that are shown before a keyframe and decoded after it.
        ("-c:v libx264 -bf 3 -g 24 -x264-params open-gop=1:b-pyramid=normal", (25, 1)),
        ("-c:v libx264 -bf 2 -g 1000 -video_track_timescale 600", (25, 1)),
        ("-r 30000/1001 -c:v libx264 -bf 3 -g 15", (30_000, 1001)),
        ("-c:v mpeg4 -bf 2 -g 20", (25, 1)),
    ];
    for (at, (form, (num, den))) in forms.into_iter().enumerate() {
        let name = format!("{at}.mp4");
        ffmpeg(dir.path(), &format!("-i barcode.mp4 {form} -pix_fmt yuv420p {name}"));
        let path = dir.path().join(&name);
        let mut reader = FileReader::open(&Input::file(&path)).unwrap();
        let mut all = Vec::new();
        while let Some((frame, _)) = reader.next_frame().unwrap() {
            all.push(frame);
        }
        assert!(all.len() >= 230, "{form}");
        let mut picker = FramePicker::open(&Input::file(&path), FrameRate::new(num, den).unwrap()).unwrap();
        let mut order: Vec<usize> = (0..all.len()).collect();
        // In turn, and in any order.
        for shuffled in [false, true] {
            if shuffled {
                Seed::new(9).stream("order", 0).shuffle(&mut order);
            }
            for &number in &order {
                assert!(picker.frame(number as u64).unwrap() == all[number], "frame {number}: {form}");
            }
        }
        let error = picker.frame(all.len() as u64 + 3).err().unwrap().to_string();
        assert!(error.contains("has no frame"), "{error}");
    }
}
