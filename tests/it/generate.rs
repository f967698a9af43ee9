//! `vniah generate` through the real program: the same bytes whatever happens on the way.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::bench::{Bench, HAYSTACKS, assert_same, said};
use super::signals::{halt, resume, signal};

/// Enough videos for a run to be caught in the middle of.
const MANY: &str = "[grid]\nrepeats = 4\n";

#[test]
fn jobs_runs_and_orders_change_no_byte() {
    let bench = Bench::new("");
    let first = bench.made("first");
    assert_eq!(first.keys().filter(|name| name.starts_with("videos/")).count(), 18);
    assert_eq!(first.keys().filter(|name| name.starts_with("pictures/")).count(), 9);
    let carried = first.keys().filter(|name| name.starts_with("spec/")).count();
    // The spec and its catalogue, the nine families, and packs.
    assert_eq!(first.keys().filter(|name| name.starts_with("spec/templates/built-in/")).count(), 9);
    assert!(first.contains_key("spec/needles/built-in/fruits/pack.toml"));
    assert_eq!(first.len(), 18 + 9 + 5 + carried);
    let again = bench.generate("first");
    assert!(
        again.status.success() && said(&again).contains("already holds this dataset, whole"),
        "{}",
        said(&again)
    );
    assert_same(&first, &bench.tree("first"));
    bench.write("haystacks.toml", &HAYSTACKS.iter().rev().copied().collect::<String>());
    // A cache of its own: haystacks are prepared again, by other threads.
    for jobs in ["1", "2", "8"] {
        let cache = format!("cache{jobs}");
        bench.done(&["generate", "spec.toml", "-o", jobs, "--cache", &cache, "--jobs", jobs]);
        assert_same(&first, &bench.tree(jobs));
    }
    fs::create_dir(bench.path("elsewhere")).unwrap();
    for name in ["spec.toml", "haystacks.toml"] {
        fs::rename(bench.path(name), bench.path("elsewhere").join(name)).unwrap();
    }
    bench.done(&["generate", "elsewhere/spec.toml", "-o", "moved", "--cache", "cache"]);
    assert_same(&first, &bench.tree("moved"));
}

#[test]
fn nothing_of_the_machine_is_in_any_file() {
    let bench = Bench::new("[[tasks]]\ntype = \"cnt_edit2\"\n");
    let asked = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output();
        output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
    };
    let traces: Vec<String> = [
        bench.dir.path().to_str().unwrap().to_owned(),
        env!("CARGO_MANIFEST_DIR").to_owned(),
        asked("hostname", &[]),
        asked("id", &["-un"]),
    ]
    .into_iter()
    // Shorter ones stand in any file by chance.
    .filter(|trace| trace.len() >= 4)
    .collect();
    assert!(traces.len() >= 2);
    for (name, bytes) in bench.made("set") {
        for trace in &traces {
            let found = bytes.windows(trace.len()).any(|window| window == trace.as_bytes());
            assert!(!found, "`{trace}` is in {name}");
        }
    }
}

/// Waits until `path` is there, for half a minute.
fn wait_for(path: &Path) {
    let start = Instant::now();
    while !path.exists() {
        assert!(start.elapsed() < Duration::from_secs(30), "{} does not come", path.display());
        sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_run_that_is_killed_goes_on_where_it_stopped() {
    let bench = Bench::new(MANY);
    let mut killed = 0;
    // From the first look at the haystacks to the writing of the last file.
    for millis in [5, 30, 60, 100, 150, 200, 250, 300] {
        let mut child = bench.start("set");
        sleep(Duration::from_millis(millis));
        child.kill().unwrap();
        killed += u32::from(!child.wait().unwrap().success());
    }
    assert!(killed > 2, "{killed} runs were caught before their end");
    let resumed = bench.made("set");
    assert_same(&bench.made("whole"), &resumed);
}

#[test]
fn a_run_that_is_killed_as_it_begins_or_ends_leaves_a_directory_that_goes_on() {
    let bench = Bench::new("");
    let whole = bench.made("set");
    // Killed after it made the directory of its state, before it wrote what that is for.
    fs::create_dir_all(bench.path("begun/.vniah")).unwrap();
    fs::write(bench.path("begun/.vniah/lock"), "").unwrap();
    fs::write(bench.path("begun/.vniah/dataset.json.partial"), "{\"fin").unwrap();
    assert_same(&whole, &bench.made("begun"));
    // Killed while it removed that directory, the manifest being written.
    fs::create_dir(bench.path("set/.vniah")).unwrap();
    fs::write(bench.path("set/.vniah/cnt_edit1-bar-0.done"), "{}").unwrap();
    let output = bench.generate("set");
    assert!(said(&output).contains("already holds this dataset, whole"), "{}", said(&output));
    assert_same(&whole, &bench.tree("set"));
}

#[test]
fn an_interrupted_run_says_so_and_goes_on() {
    let bench = Bench::new(MANY);
    let whole = bench.made("whole");
    let mut child = bench.start("set");
    wait_for(&bench.path("set/.vniah/dataset.json"));
    signal(&child, "INT");
    let status = child.wait().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(status.code(), Some(6), "{}", said(&output));
    let last = said(&output).lines().last().map(str::to_owned);
    assert_eq!(last.unwrap(), "error: stopped before the end; run the same command again to finish");
    assert!(!bench.path("set/manifest.json").exists());
    assert!(bench.tree("set").keys().all(|name| !name.ends_with(".partial")));
    assert_same(&whole, &bench.made("set"));
}

#[test]
fn a_lost_video_is_made_again_and_nothing_else() {
    let bench = Bench::new("");
    let whole = bench.made("set");
    let written = |name: &str| fs::metadata(bench.path("set").join(name)).unwrap().modified().unwrap();
    let others: Vec<&String> = whole
        .keys()
        .filter(|name| name.starts_with("videos/") && !name.contains("ord_insert2-bay"))
        .collect();
    let before: Vec<_> = others.iter().map(|name| written(name)).collect();
    fs::remove_file(bench.path("set/videos/ord_insert2-bay-0.mp4")).unwrap();
    let output = bench.generate("set");
    assert!(
        said(&output).contains("rendered 1 video") && said(&output).contains("kept 17"),
        "{}",
        said(&output)
    );
    assert_same(&whole, &bench.tree("set"));
    fs::write(bench.path("set/videos/ord_insert2-bay-0.mp4"), "half").unwrap();
    assert_same(&whole, &bench.made("set"));
    // A lost description or picture is written again, and so is a description that has changed; no video is touched.
    fs::remove_file(bench.path("set/pictures/cnt_edit2.jpg")).unwrap();
    assert_same(&whole, &bench.made("set"));
    fs::remove_file(bench.path("set/croissant.json")).unwrap();
    assert_same(&whole, &bench.made("set"));
    bench.write("haystacks.toml", &HAYSTACKS.concat().replace("nobody", "somebody"));
    let output = bench.generate("set");
    assert!(said(&output).contains("rendered 0 videos"), "{}", said(&output));
    let changed = bench.tree("set");
    let differ: Vec<&str> =
        whole.keys().filter(|name| changed[*name] != whole[*name]).map(String::as_str).collect();
    // The carried catalogue states whom to credit, too.
    assert_eq!(differ, ["README.md", "manifest.json", "spec/haystacks.toml"]);
    assert_same(&changed, &bench.made("fresh"));
    assert_eq!(before, others.iter().map(|name| written(name)).collect::<Vec<_>>());
}

#[test]
fn a_directory_of_something_else_is_left_alone() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n");
    let refused = |out: &str, because: &str| {
        let output = bench.generate(out);
        assert_eq!(output.status.code(), Some(3), "{}", said(&output));
        let last = said(&output).lines().last().map(str::to_owned);
        assert_eq!(last.unwrap(), format!("error: `{out}` {because}"));
    };
    fs::create_dir(bench.path("mine")).unwrap();
    bench.write("mine/notes.txt", "mine");
    refused("mine", "is not empty and holds no dataset: choose another directory");
    assert_eq!(
        bench.tree("mine").into_iter().collect::<Vec<_>>(),
        [("notes.txt".to_owned(), b"mine".to_vec())]
    );
    bench.write("file", "mine");
    refused("file", "is not a directory");
    assert_eq!(fs::read(bench.path("file")).unwrap(), b"mine");
    fs::create_dir(bench.path("other")).unwrap();
    bench.write("other/manifest.json", "{}");
    let output = bench.generate("other");
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert!(said(&output).contains("error: `other` is not a dataset: "), "{}", said(&output));
    assert_eq!(bench.tree("other").len(), 1);

    let whole = bench.made("set");
    let mut child = bench.start("begun");
    wait_for(&bench.path("begun/.vniah/dataset.json"));
    child.kill().unwrap();
    child.wait().unwrap();
    fs::remove_file(bench.path("begun/manifest.json")).ok();
    let begun = bench.tree("begun");
    bench.spec("spec.toml", 2, "[[tasks]]\ntype = \"ret_edit1\"\n");
    refused("set", "holds the dataset of another spec or version: choose another directory");
    assert_same(&whole, &bench.tree("set"));
    if begun.contains_key(".vniah/dataset.json") {
        refused("begun", "holds an unfinished dataset of another spec or version: choose another directory");
        assert_same(&begun, &bench.tree("begun"));
    }
}

#[test]
fn two_processes_never_write_one_directory() {
    let bench = Bench::new(MANY);
    let mut child = bench.start("set");
    wait_for(&bench.path("set/.vniah/dataset.json"));
    // Held in the middle, so that it is there for as long as the second one looks.
    halt(&child);
    let second = bench.generate("set");
    resume(&child);
    assert_eq!(second.status.code(), Some(3), "{}", said(&second));
    assert!(
        said(&second).ends_with("error: `set` is being written by another process\n"),
        "{}",
        said(&second)
    );
    assert!(child.wait().unwrap().success());
    assert_same(&bench.tree("set"), &bench.made("alone"));
}

/// A file system of limited size; `None` where this user may mount none.
struct Small<'a>(&'a Path);

impl<'a> Small<'a> {
    fn mount(path: &'a Path, options: &str) -> Option<Self> {
        fs::create_dir_all(path).unwrap();
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(path).output();
        mount.is_ok_and(|output| output.status.success()).then_some(Self(path))
    }
}

impl Drop for Small<'_> {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(self.0).status());
    }
}

#[test]
fn a_full_disk_ends_the_run_and_more_room_lets_it_go_on() {
    let bench = Bench::new("");
    let whole = bench.made("whole");
    let path = bench.path("disk");
    let Some(small) = Small::mount(&path, "size=400k") else {
        eprintln!("no file system can be mounted here: a full disk is not tested");
        return;
    };
    let output = bench.generate("disk/set");
    assert_eq!(output.status.code(), Some(6), "{}", said(&output));
    assert!(said(&output).contains("No space left on device"), "{}", said(&output));
    let left = bench.tree("disk/set");
    assert!(left.keys().all(|name| !name.ends_with(".partial")), "{:?}", left.keys());
    assert!(!left.contains_key("manifest.json"));
    for (name, bytes) in left.iter().filter(|(name, _)| name.starts_with("videos/")) {
        assert!(whole[name] == *bytes, "{name} is half-written");
    }
    let more = Command::new("mount").args(["-o", "remount,size=40m"]).arg(&path).status();
    assert!(more.unwrap().success());
    assert_same(&whole, &bench.made("disk/set"));
    drop(small);
}
