//! Interrupts, full disks and lost outputs through the real program: heard within a second, told once, and nothing left behind.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::bench::{Bench, assert_same, said};
use super::signals::signal;

const STOPPED: &str = "error: stopped before the end; run the same command again to finish\n";

/// A scene that takes minutes to draw.
const LONG: &str = "[[haystack]]\nid = \"long\"\nlicence = \"CC0-1.0\"\n\
     scene = { name = \"harbour\", seed = 1, width = 640, height = 360, fps = 25, frames = 30000 }\n";

/// Waits until a command listens to interrupts, which it does before anything else.
fn wait_until_it_listens(child: &Child) {
    let start = Instant::now();
    let caught = || {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let mask =
            status.lines().find_map(|line| line.strip_prefix("SigCgt:").map(str::trim).map(str::to_owned));
        mask.and_then(|mask| u64::from_str_radix(&mask, 16).ok()).unwrap_or(0)
    };
    while caught() & 0b10 == 0 {
        assert!(start.elapsed() < Duration::from_secs(30), "it does not listen");
        sleep(Duration::from_millis(5));
    }
}

/// Interrupts a command and waits for its end, which has to come soon, with one message.
fn interrupted(child: Child, name: &str) -> Output {
    wait_until_it_listens(&child);
    let start = Instant::now();
    signal(&child, name);
    let output = child.wait_with_output().unwrap();
    // A second is the promise; a machine that runs many tests at once is slower.
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    assert_eq!(output.status.code(), Some(6), "{}", said(&output));
    assert_eq!(said(&output).matches("stopped before the end").count(), 1, "{}", said(&output));
    assert!(said(&output).ends_with(STOPPED), "{}", said(&output));
    output
}

/// Waits for a file whose name ends so.
fn wait_for(dir: &Path, ending: &str) {
    let start = Instant::now();
    let is_it = |path: &std::path::PathBuf| path.to_string_lossy().ends_with(ending);
    while !vniah::files::sorted_dir(dir).is_ok_and(|all| all.iter().any(is_it)) {
        assert!(start.elapsed() < Duration::from_secs(30), "no {ending} comes to {}", dir.display());
        sleep(Duration::from_millis(5));
    }
}

#[test]
fn an_interrupt_is_heard_while_a_haystack_is_prepared() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n");
    bench.write("haystacks.toml", LONG);
    let prepared = bench.path("cache/prepared");
    for (command, name) in [
        (&["generate", "spec.toml", "-o", "set", "--cache", "cache"][..], "INT"),
        (&["haystacks", "prepare", "spec.toml", "--cache", "cache"], "TERM"),
    ] {
        let child = bench.begin(command);
        wait_for(&prepared, ".partial");
        sleep(Duration::from_millis(300));
        interrupted(child, name);
        let left = bench.tree("cache/prepared");
        assert!(
            left.keys().all(|name| Path::new(name).extension().is_some_and(|end| end == "lock")),
            "{:?}",
            left.keys()
        );
    }
    // One who waits for another's haystack hears it, too.
    let maker = bench.begin(&["haystacks", "prepare", "spec.toml", "--cache", "cache"]);
    wait_for(&prepared, ".partial");
    let mut waiting = bench.begin(&["haystacks", "prepare", "spec.toml", "--cache", "cache"]);
    let mut lines = BufReader::new(waiting.stderr.take().unwrap()).lines().map(Result::unwrap);
    let told = "warning: waiting for another process that works on long";
    assert!(lines.any(|line| line == told));
    signal(&waiting, "INT");
    assert_eq!(lines.collect::<Vec<_>>(), [STOPPED.trim_end()]);
    assert_eq!(waiting.wait().unwrap().code(), Some(6));
    interrupted(maker, "INT");
}

#[test]
fn every_command_hears_an_interrupt() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n");
    bench.made("set");
    bench.done(&["baseline", "blind", "set", "-o", "answers.jsonl"]);
    // A dataset that never comes to its end: reading it waits for a writer.
    fs::create_dir(bench.path("endless")).unwrap();
    for name in ["endless/metadata.jsonl", "endless/manifest.json", "endless/shard.json", "endless.toml"] {
        assert!(Command::new("mkfifo").arg(bench.path(name)).status().unwrap().success());
    }
    for command in [
        &["score", "endless", "answers.jsonl", "-o", "scores.json"][..],
        &["report", "endless", "-o", "report.html"],
        &["audit", "endless"],
        &["coverage", "endless", "--sampler", "linspace(4)"],
        &["frames", "endless", "--sampler", "linspace(4)", "-o", "frames"],
        &["verify", "endless", "--cache", "cache"],
        &["materialize", "endless", "--cache", "cache"],
        &["merge", "-o", "merged", "endless"],
        &["export", "endless", "--to", "vnbench", "-o", "export"],
        &["baseline", "blind", "endless", "-o", "blind.jsonl"],
        &["plan", "endless.toml", "--cache", "cache"],
    ] {
        let child = bench.begin(command);
        wait_until_it_listens(&child);
        sleep(Duration::from_millis(300));
        interrupted(child, "INT");
    }
    for name in ["scores.json", "report.html", "frames", "merged", "export", "blind.jsonl"] {
        assert!(!bench.path(name).exists(), "{name}");
    }
}

#[test]
fn what_is_being_written_is_removed_by_an_interrupt() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n");
    bench.made("set");
    let whole = fs::read(bench.path("set/videos/ret_edit1-bar-0.mp4")).unwrap();
    bench.done(&["generate", "spec.toml", "-o", "part", "--shard", "0/1", "--cache", "cache"]);
    // A video that is copied from a part, and whose bytes never end.
    let video = bench.path("part/videos/ret_edit1-bar-0.mp4");
    fs::remove_file(&video).unwrap();
    assert!(Command::new("mkfifo").arg(&video).status().unwrap().success());
    let child = bench.begin(&["merge", "-o", "merged", "part"]);
    wait_for(&bench.path("merged/videos"), ".partial");
    sleep(Duration::from_millis(200));
    interrupted(child, "INT");
    assert!(bench.tree("merged").keys().all(|name| !name.ends_with(".partial")));
    fs::remove_file(&video).unwrap();
    fs::write(&video, whole).unwrap();
    bench.done(&["merge", "-o", "merged", "part"]);
    assert_same(&bench.tree("set"), &bench.tree("merged"));
}

#[test]
fn a_limit_of_file_sizes_ends_a_run_as_a_full_disk_does() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_insert1\"\n[[tasks]]\ntype = \"cnt_insert1\"\n");
    let whole = bench.made("whole");
    bench.done(&["baseline", "blind", "whole", "-o", "answers.jsonl"]);
    let program = env!("CARGO_BIN_EXE_vniah");
    for command in [
        "generate spec.toml -o set --cache cache",
        "generate spec.toml -o fresh --cache other",
        "score whole answers.jsonl -o scores.json",
        "report whole -o report.html",
        "frames whole --sampler 'linspace(8)' -o frames --format png",
    ] {
        let script = format!("ulimit -f 4; '{program}' {command}");
        let limited =
            Command::new("bash").args(["-c", &script]).current_dir(bench.dir.path()).output().unwrap();
        assert_eq!(limited.status.code(), Some(6), "{command}: {}", said(&limited));
        assert!(said(&limited).contains("File too large"), "{command}: {}", said(&limited));
        assert!(
            said(&limited).ends_with("hint: make room and run the same command again\n"),
            "{command}: {}",
            said(&limited)
        );
    }
    for name in ["scores.json", "scores.json.partial", "report.html", "report.html.partial"] {
        assert!(!bench.path(name).exists(), "{name}");
    }
    assert_same(&whole, &bench.made("set"));
}

#[test]
fn outputs_that_cannot_be_written_stop_no_work() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n");
    let whole = bench.made("whole");
    let full = || Stdio::from(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let command = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vniah"));
        command.args(args).current_dir(bench.dir.path());
        command
    };
    let generate = ["generate", "spec.toml", "-o", "set", "--cache", "fresh"];
    assert!(command(&generate).stderr(full()).status().unwrap().success());
    assert_same(&whole, &bench.tree("set"));
    // The exit code is that of the work, whether or not its message is read.
    let wrong = command(&["verify", "nothing", "--cache", "cache"]).stderr(full()).status().unwrap();
    assert_eq!(wrong.code(), Some(3));
    let list = ["haystacks", "list", "spec.toml", "--cache", "cache"];
    let output = command(&list).stdout(full()).output().unwrap();
    assert_eq!(output.status.code(), Some(6), "{}", said(&output));
    for args in [
        &list[..],
        &["sampler"],
        &["completions", "bash"],
        &["plan", "spec.toml", "--cache", "cache", "--json"],
    ] {
        let mut child = command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let status = child.wait().unwrap();
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(status.success() && !said.contains("error"), "{args:?}: {said}");
    }
}

#[test]
fn fewer_threads_than_asked_for_are_no_failure() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n");
    let whole = bench.made("whole");
    let program = bench.path("vniah");
    fs::copy(env!("CARGO_BIN_EXE_vniah"), &program).unwrap();
    let open = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o777);
    fs::set_permissions(bench.dir.path(), open).unwrap();
    // Limits of processes do not hold for root, and count those of all processes of a user.
    let script = "ulimit -u 40; ./vniah generate spec.toml -o set --cache theirs --jobs 400";
    let user = ["--reuid=64321", "--regid=64321", "--clear-groups", "--", "bash", "-c", script];
    let output = Command::new("setpriv").args(user).current_dir(bench.dir.path()).output();
    let Some(output) = output.ok().filter(|output| !said(output).contains("setpriv:")) else {
        eprintln!("this user cannot become another: a limit of processes is not tested");
        return;
    };
    assert!(output.status.success(), "{}", said(&output));
    assert!(
        said(&output).contains("warning: the system does not start 400 threads: continuing with "),
        "{}",
        said(&output)
    );
    assert_same(&whole, &bench.tree("set"));
}

/// What the program does when its terminal is closed.
#[test]
fn a_process_that_outlives_its_terminal_goes_on() {
    let bench = Bench::new("[grid]\nrepeats = 4\n");
    let whole = bench.made("whole");
    let program = env!("CARGO_BIN_EXE_vniah");
    let mut command = Command::new("bash");
    let script = format!("trap '' HUP; exec '{program}' generate spec.toml -o set --cache cache");
    let child =
        command.args(["-c", &script]).current_dir(bench.dir.path()).stderr(Stdio::piped()).spawn().unwrap();
    wait_for(&bench.path("set/.vniah"), "dataset.json");
    signal(&child, "HUP");
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert_same(&whole, &bench.tree("set"));
}
