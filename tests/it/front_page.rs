//! The front page of `vniah serve`: a picture of each sample, and how the server ends.

use std::fs;
use std::io::Read as _;
use std::time::{Duration, Instant};

use vniah::dataset::read_rows;

use super::bench::Bench;
use super::recipes::{get, recipes, serve};
use super::signals::signal;

fn bench() -> Bench {
    Bench::new("[[tasks]]\ntype = \"ret_insert1\"\n[[tasks]]\ntype = \"ord_edit1\"\n")
}

#[test]
fn each_sample_has_a_picture_whether_or_not_its_video_is_a_file() {
    let bench = bench();
    bench.made("files");
    recipes(&bench, "recipes", &[]);
    let mut rows = read_rows(&bench.path("files")).unwrap();
    rows.retain(|row| row.rotation == 0);
    let mut pictures = Vec::new();
    for set in ["files", "recipes"] {
        let (_served, base) = serve(&bench, set);
        let (_, _, page) = get("GET", &format!("{base}/"), &[]);
        assert!(String::from_utf8(page).unwrap().contains("data-thumbnails=\"thumbnails/\""));
        for row in &rows {
            let address = format!("{base}/thumbnails/{}.jpg", row.sample_id);
            let (status, fields, body) = get("GET", &address, &[]);
            let picture = image::load_from_memory(&body).unwrap();
            assert_eq!((status, picture.width(), picture.height()), (200, 128, 72), "{address}");
            let tag = fields.iter().find_map(|field| field.strip_prefix("etag: ")).unwrap();
            assert!(tag.starts_with(&format!("\"{}-", row.sha256)), "{tag}");
            let same = get("GET", &address, &[("if-none-match", tag)]);
            assert_eq!((same.0, same.2.len()), (304, 0), "{address}");
            assert_eq!(get("GET", &address, &[("if-none-match", "\"other\"")]).2, body);
            assert!(get("HEAD", &address, &[]).2.is_empty(), "{address}");
            pictures.push((row.sample_id.clone(), body));
        }
        for name in ["none.jpg", "ret_insert1-bar-0", ".jpg", "../metadata.jsonl.jpg"] {
            assert_eq!(get("GET", &format!("{base}/thumbnails/{name}"), &[]).0, 404, "{name}");
        }
    }
    assert_eq!(rows.len(), 4);
    let (files, recipes) = pictures.split_at(rows.len());
    assert!(files == recipes, "a recipe is shown as the file is");
    let mut distinct: Vec<&Vec<u8>> = files.iter().map(|(_, picture)| picture).collect();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), 4);
}

/// The picture is the frame in the middle of the needle: of an inserted picture, not of the scene around it.
#[test]
fn the_picture_shows_the_needle() {
    let bench = bench();
    bench.made("set");
    let rows = read_rows(&bench.path("set")).unwrap();
    let row = rows.iter().find(|row| row.kind == "ret_insert1").unwrap();
    let at = row.needles.iter().find(|needle| !needle.is_distractor).unwrap().middle();
    let every = format!("linspace({})", row.num_frames);
    bench.done(&[
        "frames",
        "set",
        "--sampler",
        &every,
        "--sample",
        &row.sample_id,
        "--format",
        "png",
        "-o",
        "frames",
        "--cache",
        "cache",
    ]);
    let index = fs::read_to_string(bench.path("frames/index.jsonl")).unwrap();
    let lines = index.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let (_served, base) = serve(&bench, "set");
    let (_, _, body) = get("GET", &format!("{base}/thumbnails/{}.jpg", row.sample_id), &[]);
    let shown = image::load_from_memory(&body).unwrap().to_rgb8();
    let distance = |name: &str| {
        let frame = image::open(bench.path("frames").join(name)).unwrap().to_rgb8();
        let apart = |(one, other): (&u8, &u8)| u64::from(one.abs_diff(*other));
        frame.as_raw().iter().zip(shown.as_raw()).map(apart).sum::<u64>()
    };
    let nearest = lines.min_by_key(|line| distance(line["file"].as_str().unwrap())).unwrap();
    let needle =
        row.needles.iter().find(|needle| (needle.start_frame..needle.end_frame).contains(&at)).unwrap();
    let span = needle.start_frame..needle.end_frame;
    assert!(span.contains(&nearest["frame"].as_u64().unwrap()), "{nearest} is not in {span:?}");
}

#[test]
fn a_server_that_is_stopped_has_nothing_to_resume() {
    let bench = bench();
    bench.made("set");
    for name in ["INT", "TERM"] {
        let (mut served, _base) = serve(&bench, "set");
        let start = Instant::now();
        signal(&served.0, name);
        let code = served.0.wait().unwrap().code();
        assert!(start.elapsed() < Duration::from_secs(5));
        let mut text = String::new();
        served.0.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(code, Some(6), "{text}");
        assert!(text.ends_with("\nthe server is stopped; nothing is left to resume\n"), "{text}");
        assert!(!text.contains("error") && !text.contains("again"), "{text}");
    }
}
