//! Datasets kept as recipes, through the real program: the bytes of files without the files.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Child;
use std::time::Duration;

use vniah::dataset::read_rows;

use super::bench::{Bench, HAYSTACKS, Tree, assert_same, said};
use super::movies::ffmpeg;

/// A bench whose haystacks are drawn, and one that is used as it is, with B-frames and sound.
fn bench(more: &str) -> Bench {
    let bench = Bench::new(more);
    ffmpeg(
        bench.dir.path(),
        "-f lavfi -i testsrc2=s=160x120:r=25:d=6 -f lavfi -i sine=440:r=48000:d=6 -pix_fmt yuv420p -c:v libx264 -bf 2 -g 40 \
         -c:a aac tone.mp4",
    );
    let tone = "[[haystack]]\nid = \"tone\"\nlicence = \"CC0-1.0\"\npath = \"tone.mp4\"\n";
    bench.write("haystacks.toml", &(HAYSTACKS.concat() + tone));
    bench
}

pub(crate) fn recipes(bench: &Bench, out: &str, more: &[&str]) {
    let args = ["generate", "spec.toml", "-o", out, "--cache", "cache", "--store", "recipe"];
    bench.done(&[&args[..], more].concat());
}

fn videos(tree: &Tree) -> Tree {
    tree.iter()
        .filter(|(name, _)| name.starts_with("videos/"))
        .map(|(n, bytes)| (n.clone(), bytes.clone()))
        .collect()
}

#[test]
fn recipes_give_the_bytes_of_files() {
    let bench = bench("");
    let files = bench.made("files");
    recipes(&bench, "set", &["--jobs", "2"]);
    let set = bench.tree("set");
    assert!(videos(&set).is_empty());
    assert_eq!(set.keys().filter(|name| name.starts_with("recipes/")).count(), 27);
    let pictures = files.keys().filter(|name| name.starts_with("pictures/")).map(String::as_str);
    let pictures: Vec<&str> = pictures.collect();
    assert_eq!(pictures.len(), 9);
    for same in ["metadata.jsonl", "VNBench-main-4try.json", "croissant.json"].into_iter().chain(pictures) {
        assert!(set[same] == files[same], "{same}");
    }
    assert!(String::from_utf8_lossy(&set["README.md"]).contains("vniah materialize"));
    // One job or two, at once or in parts.
    recipes(&bench, "again", &["--jobs", "1"]);
    assert_same(&set, &bench.tree("again"));
    for shard in ["0/2", "1/2"] {
        recipes(&bench, &format!("part{}", &shard[..1]), &["--shard", shard]);
    }
    bench.done(&["merge", "-o", "merged", "part1", "part0"]);
    assert_same(&set, &bench.tree("merged"));
    // A dataset of files and one of recipes do not share a directory.
    let output =
        bench.run(&["generate", "spec.toml", "-o", "files", "--cache", "cache", "--store", "recipe"]);
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));

    bench.done(&["verify", "set", "--cache", "cache"]);
    let read = |set: &str, out: &str| {
        bench.done(&[
            "frames",
            set,
            "--sampler",
            "linspace(5)",
            "-o",
            out,
            "--cache",
            "cache",
            "--format",
            "png",
        ]);
        bench.tree(out)
    };
    assert_same(&read("files", "frames-of-files"), &read("set", "frames-of-recipes"));
    let ask = |set: &str, more: &[&str]| {
        let url = "http://127.0.0.1:9/v1";
        let args = ["ask", set, "--base-url", url, "--model", "m", "--cache", "cache", "--dry-run"];
        bench.done(&[&args[..], more].concat())
    };
    for mode in [&["--mode", "video-url"][..], &["--sampler", "linspace(3)"]] {
        assert!(ask("files", mode) == ask("set", mode), "{mode:?}");
    }
    let oracle = |set: &str| {
        bench.done(&["baseline", "oracle", set, "-o", "answers.jsonl", "--cache", "cache"]);
        fs::read(bench.path("answers.jsonl")).unwrap()
    };
    assert!(oracle("files") == oracle("set"));

    bench.done(&["materialize", "set", "--cache", "cache", "--sample", "cnt_edit1-tone-0"]);
    assert_eq!(videos(&bench.tree("set")).len(), 1);
    bench.done(&["materialize", "set", "--cache", "cache"]);
    assert_same(&videos(&files), &videos(&bench.tree("set")));
    // With all files there, haystacks are no longer needed.
    bench.done(&["frames", "set", "--sampler", "linspace(5)", "-o", "frames-alone", "--cache", "nowhere"]);
    assert!(!bench.path("nowhere").exists());
}

#[test]
fn a_killed_run_of_recipes_goes_on() {
    let bench = bench("[grid]\nrepeats = 4\n");
    let args = ["generate", "spec.toml", "-o", "set", "--cache", "cache", "--store", "recipe"];
    for millis in [20, 80, 160, 240] {
        let mut child = bench.begin(&args);
        std::thread::sleep(Duration::from_millis(millis));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    recipes(&bench, "set", &[]);
    recipes(&bench, "whole", &[]);
    assert_same(&bench.tree("whole"), &bench.tree("set"));
    // What is lost is made again, and nothing else.
    let lost = bench.path("set/recipes/cnt_edit1-bar-0.recipe");
    fs::remove_file(&lost).unwrap();
    let output = bench.run(&args);
    assert!(said(&output).contains("rendered 1 video"), "{}", said(&output));
    assert_same(&bench.tree("whole"), &bench.tree("set"));
}

#[test]
fn what_is_wrong_with_a_recipe_is_told() {
    let bench = bench("[[tasks]]\ntype = \"ret_insert1\"\n");
    recipes(&bench, "set", &[]);
    let (name, video) = ("set/recipes/ret_insert1-tone-0.recipe", "set/videos/ret_insert1-tone-0.mp4");
    let path = bench.path(name);
    let good = fs::read(&path).unwrap();
    let fails = |args: &[&str], code: i32, expected: &str| {
        let output = bench.run(&[args, &["--cache", "cache"]].concat());
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
        let all = said(&output) + &String::from_utf8_lossy(&output.stdout);
        assert!(all.contains(expected), "{expected}: {all}");
    };
    let line = good.iter().position(|byte| *byte == b'\n').unwrap();
    // Cut short.
    fs::write(&path, &good[..good.len() - 1]).unwrap();
    fails(&["materialize", "set"], 3, "bytes of packets and names");
    fails(&["verify", "set"], 5, "bytes of packets and names");
    // A bit in a packet: the bytes are not those that the recipe names.
    let mut flipped = good.clone();
    flipped[line + 100] ^= 1;
    fs::write(&path, &flipped).unwrap();
    fails(&["materialize", "set"], 5, "gives other bytes than those that it names");
    fails(&["verify", "set"], 5, "gives other bytes than those that it names");
    assert!(!bench.path(video).exists());
    // Other frames of the haystack.
    let text = String::from_utf8_lossy(&good[..line]).into_owned();
    let moved = text.replacen("\"frames\":[0,", "\"frames\":[1,", 1);
    assert_ne!(text, moved);
    fs::write(&path, [moved.as_bytes(), &good[line..]].concat()).unwrap();
    fails(&["materialize", "set"], 3, "prepared otherwise");
    // None: the other videos are compared all the same.
    fs::remove_file(&path).unwrap();
    fails(&["verify", "set"], 5, "cannot read");
    // Something else.
    fs::write(&path, "{}\n").unwrap();
    fails(&["materialize", "set"], 3, "is not a recipe of format version");
    fs::write(&path, &good).unwrap();
    // Nothing that is there is overwritten.
    fs::write(bench.path(video), "mine").unwrap();
    fails(&["materialize", "set"], 3, "exists and is not the video of its recipe");
    assert_eq!(fs::read(bench.path(video)).unwrap(), b"mine");
    // It is what others would read, so that it is not what was planned.
    let verified = bench.run(&["verify", "set", "--cache", "cache"]);
    let told = String::from_utf8(verified.stdout).unwrap();
    assert!(verified.status.code() == Some(5) && told.contains("its bytes are no longer those"), "{told}");
    fs::remove_file(bench.path(video)).unwrap();
    fails(&["materialize", "set", "--sample", "none"], 3, "has no sample `none`");
    bench.done(&["materialize", "set", "--cache", "cache"]);
}

#[test]
fn recipes_are_exported_as_files_are() {
    let bench = bench("[[tasks]]\ntype = \"ret_insert1\"\n[[tasks]]\ntype = \"cnt_edit1\"\n");
    bench.made("files");
    recipes(&bench, "set", &[]);
    let export = |set: &str, format: &str, out: &str| {
        bench.run(&["export", set, "--to", format, "-o", out, "--cache", "cache"])
    };
    for format in ["lmms-eval", "vlmevalkit", "inspect", "vnbench", "llava", "swift", "webdataset"] {
        let trees = ["files", "set"].map(|set| {
            let out = format!("{set}-{format}");
            let output = export(set, format, &out);
            assert!(output.status.success(), "{format}: {}", said(&output));
            bench.tree(&out)
        });
        assert_same(&trees[0], &trees[1]);
    }
    // Beside a dataset of recipes, names of files that are not there are refused; what holds the bytes is not.
    let before = bench.tree("set");
    let output = export("set", "lmms-eval", "set");
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert!(said(&output).contains("6 of the dataset's videos are not there as files"), "{}", said(&output));
    assert_same(&before, &bench.tree("set"));
    assert!(export("set", "webdataset", "set").status.success());
    // A video that was lost is no reason to name it.
    fs::remove_file(bench.path("files/videos/cnt_edit1-bay-0.mp4")).unwrap();
    let output = export("files", "swift", "files");
    let message = said(&output);
    assert_eq!(output.status.code(), Some(3), "{message}");
    assert!(message.contains("such as `videos/cnt_edit1-bay-0.mp4`"), "{message}");

    bench.spec("exported.toml", 1, "[export]\nformats = [\"swift\"]\n");
    let output =
        bench.run(&["generate", "exported.toml", "-o", "none", "--cache", "cache", "--store", "recipe"]);
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert!(said(&output).contains("`--store recipe` keeps none"), "{}", said(&output));
    assert!(!bench.path("none").exists());
}

/// A server that ends with the test.
pub(crate) struct Served(pub(crate) Child);

impl Drop for Served {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

pub(crate) fn serve(bench: &Bench, set: &str) -> (Served, String) {
    let mut served = Served(bench.begin(&["serve", set, "--port", "0", "--cache", "cache"]));
    let mut line = String::new();
    BufReader::new(served.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("http://127.0.0.1:"), "{line}");
    (served, line.trim().to_owned())
}

/// Status, some header fields and body of an answer.
pub(crate) fn get(method: &str, url: &str, fields: &[(&str, &str)]) -> (u16, Vec<String>, Vec<u8>) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut request = ureq::http::Request::builder().method(method).uri(url);
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    let mut answer = agent.run(request.body(()).unwrap()).unwrap();
    let names = ["content-length", "content-range", "accept-ranges", "etag", "transfer-encoding"];
    let text = |name: &str| Some(format!("{name}: {}", answer.headers().get(name)?.to_str().unwrap()));
    let fields = names.iter().filter_map(|name| text(name)).collect();
    let mut body = Vec::new();
    answer.body_mut().as_reader().read_to_end(&mut body).unwrap();
    (answer.status().as_u16(), fields, body)
}

#[test]
fn served_videos_are_read_like_files() {
    let bench = bench("[[tasks]]\ntype = \"ord_edit1\"\n[[tasks]]\ntype = \"cnt_insert1\"\n");
    recipes(&bench, "set", &[]);
    let (_served, base) = serve(&bench, "set");
    bench.done(&["generate", "spec.toml", "-o", "files", "--cache", "cache"]);
    let rows = read_rows(&bench.path("files")).unwrap();
    let mut names: Vec<&str> = rows.iter().map(|row| row.file_name.as_str()).collect();
    names.dedup();
    assert_eq!(names.len(), 6);
    for name in names {
        compare(&format!("{base}/{name}"), &bench.path("files").join(name));
    }
    let (status, _, body) = get("GET", &format!("{base}/metadata.jsonl"), &[]);
    assert!(status == 200 && body == fs::read(bench.path("set/metadata.jsonl")).unwrap());
    let (status, _, body) = get("GET", &format!("{base}/"), &[]);
    assert!(status == 200 && String::from_utf8_lossy(&body).contains("videos/ord_edit1-bar-0.mp4"));
    // Nothing but what the dataset names.
    for path in
        ["videos/none.mp4", "manifest.json", "../spec.toml", "videos/../../spec.toml", "%2e%2e/spec.toml"]
    {
        assert_eq!(get("GET", &format!("{base}/{path}"), &[]).0, 404, "{path}");
    }
    assert_eq!(get("DELETE", &format!("{base}/metadata.jsonl"), &[]).0, 405);
    // FFmpeg asks for the end of each connection, and goes by what it is told.
    for (asked, told) in [("Connection: close\r\n", true), ("", false)] {
        let mut stream = TcpStream::connect(base.strip_prefix("http://").unwrap()).unwrap();
        write!(stream, "HEAD /metadata.jsonl HTTP/1.1\r\nHost: x\r\n{asked}\r\n").unwrap();
        let mut lines =
            BufReader::new(stream).lines().map(Result::unwrap).take_while(|line| !line.is_empty());
        assert_eq!(lines.any(|line| line == "Connection: close"), told);
    }
    // A recipe that is lost while it is served is said here and there.
    fs::remove_file(bench.path("set/recipes/ord_edit1-bay-0.recipe")).unwrap();
    for at in 0..2 {
        // It may be open still.
        let status = get("GET", &format!("{base}/videos/ord_edit1-bay-0.mp4"), &[]).0;
        assert!(status == 200 || status == 500, "{at}: {status}");
    }
}

#[test]
fn a_range_of_a_file_that_was_replaced_is_all_of_the_new_file() {
    let bench = bench("[[tasks]]\ntype = \"ret_edit1\"\n");
    bench.made("files");
    let (_served, base) = serve(&bench, "files");
    let rows = read_rows(&bench.path("files")).unwrap();
    let names: BTreeSet<&str> = rows.iter().map(|row| row.file_name.as_str()).collect();
    let [one, other] = [0, 1].map(|at| *names.iter().nth(at).unwrap());
    let tagged =
        |fields: &[String]| fields.iter().find_map(|field| field.strip_prefix("etag: ")).map(str::to_owned);
    let url = format!("{base}/{one}");
    let asked = |tag: &str| get("GET", &url, &[("Range", "bytes=0-9"), ("If-Range", tag)]);
    let tag = tagged(&get("HEAD", &url, &[]).1).unwrap();
    assert_eq!(asked(&tag).0, 206);
    let new = fs::read(bench.path("files").join(other)).unwrap();
    fs::write(bench.path("files").join(one), &new).unwrap();
    let (status, fields, body) = asked(&tag);
    assert!(status == 200 && body == new, "{fields:?}");
    assert_eq!(asked(&tagged(&fields).unwrap()).0, 206);
}

/// Compares what is served with a file: ranges, and every frame as FFmpeg reads it over HTTP.
fn compare(url: &str, path: &Path) {
    let file = fs::read(path).unwrap();
    let len = file.len();
    let (status, fields, body) = get("GET", url, &[]);
    assert!(status == 200 && body == file, "{url}");
    let tag = fields.iter().find_map(|field| field.strip_prefix("etag: ")).unwrap().to_owned();
    assert!(fields.contains(&"accept-ranges: bytes".to_owned()), "{fields:?}");
    assert!(fields.contains(&format!("content-length: {len}")), "{fields:?}");
    for (range, from, to) in [
        ("bytes=0-".to_owned(), 0, len),
        ("bytes=100-199".to_owned(), 100, 200),
        (format!("bytes={}-{}", len / 2, len / 2 + 5000), len / 2, (len / 2 + 5001).min(len)),
        ("bytes=-7".to_owned(), len - 7, len),
    ] {
        for (condition, is_same) in [(tag.as_str(), true), ("\"other\"", false)] {
            let (status, fields, body) = get("GET", url, &[("Range", &range), ("If-Range", condition)]);
            if is_same {
                assert!(status == 206 && body == file[from..to], "{range}");
                let said = format!("content-range: bytes {from}-{}/{len}", to - 1);
                assert!(fields.contains(&said), "{fields:?}");
                assert!(!fields.iter().any(|field| field.starts_with("transfer-encoding")), "{fields:?}");
            } else {
                assert!(status == 200 && body == file, "{range}");
            }
        }
    }
    let (status, fields, _) = get("GET", url, &[("Range", &format!("bytes={len}-"))]);
    assert!(status == 416 && fields.contains(&format!("content-range: bytes */{len}")), "{fields:?}");
    let (status, fields, body) = get("HEAD", url, &[]);
    assert!(
        status == 200 && body.is_empty() && fields.contains(&format!("content-length: {len}")),
        "{fields:?}"
    );
    // FFmpeg's own program reads over HTTP, seeking where it has to; the library opens files alone.
    let frames = |of: &str| ffmpeg(Path::new("."), &format!("-i {of} -map 0:v -f framemd5 -"));
    let (here, there) = (frames(&path.display().to_string()), frames(url));
    assert!(here == there, "frames of {url}");
    assert!(here.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"0,")).count() > 90, "{url}");
}
