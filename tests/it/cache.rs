//! The cache through the real program: what is damaged in it heals, what is right in it needs no write, and sources that change
//! under way leave nothing wrong.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::bench::{Bench, assert_same, said, shared_library};
use super::signals::{halt, resume};

/// The prepared haystacks of the bench's cache.
fn prepared(bench: &Bench) -> Vec<PathBuf> {
    let all = vniah::files::sorted_dir(&bench.path("cache/prepared")).unwrap();
    all.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "mp4")).collect()
}

fn flipped(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let middle = bytes.len() * 2 / 3;
    bytes[middle] ^= 0x10;
    bytes
}

#[test]
fn a_damaged_haystack_in_the_cache_heals_and_changes_no_byte() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n[[tasks]]\ntype = \"ret_insert1\"\n");
    let whole = bench.made("whole");
    let files = prepared(&bench);
    let sound = fs::read(&files[0]).unwrap();
    let other = fs::read(&files[1]).unwrap();
    let damages = [
        ("flipped", flipped(&sound)),
        ("swapped", other),
        ("empty", Vec::new()),
        ("cut", sound[..sound.len() / 2].to_vec()),
        ("garbage", b"not a video at all".to_vec()),
    ];
    for (name, damaged) in damages {
        fs::write(&files[0], damaged).unwrap();
        let output = bench.generate(name);
        assert!(output.status.success(), "{name}: {}", said(&output));
        assert!(said(&output).contains("in the cache was damaged"), "{name}: {}", said(&output));
        assert_same(&whole, &bench.tree(name));
        assert!(fs::read(&files[0]).unwrap() == sound, "{name}");
    }
    // Other commands heal it, too, and nothing more is said once it is healed.
    fs::write(&files[0], flipped(&sound)).unwrap();
    let verified = bench.run(&["verify", "whole", "--cache", "cache"]);
    assert!(verified.status.success() && said(&verified).contains("was damaged"), "{}", said(&verified));
    let again = bench.run(&["verify", "whole", "--cache", "cache"]);
    assert!(again.status.success() && !said(&again).contains("damaged"), "{}", said(&again));
    bench.done(&["generate", "spec.toml", "-o", "recipes", "--cache", "cache", "--store", "recipe"]);
    fs::write(&files[1], flipped(&fs::read(&files[1]).unwrap())).unwrap();
    bench.done(&["materialize", "recipes", "--cache", "cache"]);
    for (name, bytes) in whole.iter().filter(|(name, _)| name.starts_with("videos/")) {
        assert!(fs::read(bench.path("recipes").join(name)).unwrap() == *bytes, "{name}");
    }
}

#[test]
fn a_cache_of_an_earlier_version_is_used_and_its_damage_found() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n");
    let whole = bench.made("whole");
    let files = prepared(&bench);
    let forget = || files.iter().for_each(|file| fs::remove_file(file.with_extension("sha256")).unwrap());
    let written = |file: &PathBuf| fs::metadata(file).unwrap().modified().unwrap();
    let before: Vec<_> = files.iter().map(written).collect();
    forget();
    let output = bench.generate("again");
    assert!(output.status.success() && !said(&output).contains("damaged"), "{}", said(&output));
    assert_eq!(before, files.iter().map(written).collect::<Vec<_>>());
    assert_same(&whole, &bench.tree("again"));
    // A digest is what `sha256sum` writes.
    let mut check = Command::new("sha256sum");
    check.arg("-c").args(files.iter().map(|file| file.with_extension("sha256")));
    let checked = check.current_dir(bench.path("cache/prepared")).output().unwrap();
    assert!(checked.status.success(), "{}", said(&checked));
    for damaged in [Vec::new(), b"garbage".to_vec(), fs::read(&files[0]).unwrap()[..3000].to_vec()] {
        forget();
        fs::write(&files[0], damaged).unwrap();
        let output = bench.run(&["verify", "whole", "--cache", "cache"]);
        assert!(output.status.success() && said(&output).contains("was damaged"), "{}", said(&output));
    }
}

#[test]
fn a_prepared_file_without_a_digest_is_decoded_to_its_end() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n");
    bench.write(
        "haystacks.toml",
        "[[haystack]]\nid = \"bay\"\n\
         scene = { name = \"harbour\", seed = 1, width = 128, height = 72, fps = 25, frames = 700 }\n",
    );
    bench.made("whole");
    let file = &prepared(&bench)[0];
    let right = fs::read(file).unwrap();
    // Its last eighth is of its last seconds.
    for from in [right.len() / 8, right.len() * 7 / 8] {
        let mut damaged = right.clone();
        damaged[from..from + 400].fill(0x55);
        fs::remove_file(file.with_extension("sha256")).unwrap();
        fs::write(file, damaged).unwrap();
        let output = bench.run(&["verify", "whole", "--cache", "cache"]);
        assert!(output.status.success() && said(&output).contains("was damaged"), "{}", said(&output));
        assert!(fs::read(file).unwrap() == right);
    }
}

/// A bench whose haystack is a file that is used as it is.
fn with_source(more: &str) -> Bench {
    let bench = Bench::new("");
    bench.done(&["haystacks", "prepare", "spec.toml", "--cache", "other"]);
    let all = vniah::files::sorted_dir(&bench.path("other/prepared")).unwrap();
    let mut videos = all.iter().filter(|path| path.extension().is_some_and(|extension| extension == "mp4"));
    fs::copy(videos.next().unwrap(), bench.path("source.mp4")).unwrap();
    fs::copy(videos.next().unwrap(), bench.path("another.mp4")).unwrap();
    bench.write(
        "spec.toml",
        &format!("seed = 1\n[haystacks]\npaths = [\"source.mp4\"]\n[needles]\nduration = \"6 frames\"\ngap = \"4 frames\"\n{more}"),
    );
    bench
}

/// Starts a run, stops it once it has made a video, does something, and lets it go on.
fn meanwhile(bench: &Bench, out: &str, act: impl Fn()) -> Output {
    let child = bench.start(out);
    let start = Instant::now();
    let is_done = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "done");
    while !vniah::files::sorted_dir(&bench.path(out).join(".vniah")).is_ok_and(|all| all.iter().any(is_done))
    {
        assert!(start.elapsed() < Duration::from_secs(60), "no video comes");
        sleep(Duration::from_millis(1));
    }
    halt(&child);
    act();
    resume(&child);
    child.wait_with_output().unwrap()
}

#[test]
fn what_is_made_of_a_source_that_changes_under_way_is_not_kept() {
    let bench = with_source("[grid]\nrepeats = 8\n");
    let whole = bench.made("whole");
    let source = bench.path("source.mp4");
    let bytes = fs::read(&source).unwrap();
    // Bytes in the middle of the pictures, and another file under its name.
    let mut overwritten = bytes.clone();
    let middle = bytes.len() / 2;
    overwritten[middle..middle + 300].fill(0x5a);
    let replace = || {
        fs::copy(bench.path("another.mp4"), bench.path("new.mp4")).unwrap();
        fs::rename(bench.path("new.mp4"), &source).unwrap();
    };
    let acts: [(&str, &dyn Fn()); 2] =
        [("overwritten", &|| fs::write(&source, &overwritten).unwrap()), ("replaced", &replace)];
    for (name, act) in acts {
        let output = meanwhile(&bench, name, act);
        assert_eq!(output.status.code(), Some(4), "{name}: {}", said(&output));
        assert!(said(&output).contains("source.mp4` has changed while it was used"), "{}", said(&output));
        assert!(!bench.path(name).join("manifest.json").exists());
        fs::write(&source, &bytes).unwrap();
        let output = bench.generate(name);
        assert!(output.status.success(), "{name}: {}", said(&output));
        assert!(!said(&output).contains("kept 0:"), "{}", said(&output));
        assert_same(&whole, &bench.tree(name));
    }
    // Touched, it is as good as before.
    let output = meanwhile(&bench, "touched", || fs::write(&source, &bytes).unwrap());
    assert!(output.status.success(), "{}", said(&output));
    assert_same(&whole, &bench.tree("touched"));
}

/// Runs the program as a user who may write nothing here; `None` where that cannot be done.
fn as_another(bench: &Bench, args: &[&str]) -> Option<Output> {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    if !is_root {
        return None;
    }
    // The program may lie where others cannot look.
    let program = bench.path("vniah");
    if !program.exists() {
        fs::copy(env!("CARGO_BIN_EXE_vniah"), &program).unwrap();
        fs::set_permissions(bench.dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let user = ["--reuid=65534", "--regid=65534", "--clear-groups", "--"];
    let mut command = Command::new("setpriv");
    command.args(user).arg(&program).args(args).current_dir(bench.dir.path()).env("HOME", "/nonexistent");
    command.env_remove("XDG_CACHE_HOME").output().ok()
}

/// All files under a directory, with their times.
fn state(dir: &Path) -> Vec<(PathBuf, std::time::SystemTime)> {
    let mut all = Vec::new();
    for entry in vniah::files::sorted_dir(dir).unwrap() {
        if entry.is_dir() {
            all.extend(state(&entry));
        } else {
            all.push((entry.clone(), fs::metadata(&entry).unwrap().modified().unwrap()));
        }
    }
    all
}

#[test]
fn a_cache_that_cannot_be_written_and_holds_everything_is_enough() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n");
    let whole = bench.made("whole");
    bench.done(&["generate", "spec.toml", "-o", "recipes", "--cache", "cache", "--store", "recipe"]);
    fs::create_dir(bench.path("theirs")).unwrap();
    fs::set_permissions(bench.path("theirs"), fs::Permissions::from_mode(0o777)).unwrap();
    let before = state(&bench.path("cache"));
    for args in [
        &["verify", "whole", "--cache", "cache"][..],
        &["generate", "spec.toml", "-o", "theirs/set", "--cache", "cache"],
        &["frames", "recipes", "--sampler", "linspace(2)", "-o", "theirs/frames", "--cache", "cache"],
        &["plan", "spec.toml", "--cache", "cache"],
        &["haystacks", "prepare", "spec.toml", "--cache", "cache"],
        &["haystacks", "prune", "--limit", "1", "--dry-run", "--cache", "cache"],
    ] {
        let Some(output) = as_another(&bench, args) else {
            eprintln!("this is not root: a second user is not tested");
            return;
        };
        assert!(output.status.success(), "{args:?}: {}", said(&output));
        assert!(!said(&output).contains("warning"), "{args:?}: {}", said(&output));
    }
    assert_same(&whole, &bench.tree("theirs/set"));
    assert_eq!(before, state(&bench.path("cache")));
    // What is not there has to be prepared, and the message says where that would be; surveying alone goes on.
    let missing = ["generate", "spec.toml", "-o", "theirs/other", "--cache", "none"];
    let output = as_another(&bench, &missing).unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", said(&output));
    let said_once = |text: &str| said(&output).matches(text).count() == 1;
    assert!(
        said_once("error: the cache `none` cannot be written, where `bar` has to be prepared"),
        "{}",
        said(&output)
    );
    assert!(said(&output).ends_with("hint: name another directory with --cache DIR\n"), "{}", said(&output));
    let output = as_another(&bench, &["haystacks", "list", "spec.toml"]).unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn a_source_that_is_used_as_it_is_needs_no_cache() {
    let bench = with_source("[[tasks]]\ntype = \"ret_edit1\"\n");
    let whole = bench.made("whole");
    fs::create_dir(bench.path("theirs")).unwrap();
    fs::set_permissions(bench.path("theirs"), fs::Permissions::from_mode(0o777)).unwrap();
    let Some(output) = as_another(&bench, &["generate", "spec.toml", "-o", "theirs/set"]) else {
        eprintln!("this is not root: a second user is not tested");
        return;
    };
    assert!(output.status.success(), "{}", said(&output));
    let warnings: Vec<String> =
        said(&output).lines().filter(|line| line.contains("cache")).map(str::to_owned).collect();
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(warnings.iter().all(|line| line.contains("`/nonexistent/.cache/vniah` cannot be written")));
    assert_same(&whole, &bench.tree("theirs/set"));
}

#[test]
fn a_dataset_of_another_cache_says_which_one_is_missing() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n");
    bench.made("set");
    for command in ["verify", "materialize"] {
        if command == "materialize" {
            bench.done(&["generate", "spec.toml", "-o", "recipes", "--cache", "cache", "--store", "recipe"]);
        }
        let set = if command == "verify" { "set" } else { "recipes" };
        // Datasets of earlier versions carry no spec.
        fs::remove_dir_all(bench.path(set).join("spec")).unwrap();
        let output = bench.run(&[command, set, "--cache", "empty"]);
        assert_eq!(output.status.code(), Some(3));
        assert!(
            said(&output).contains(&format!("the cache `empty` does not say where the spec of `{set}` is")),
            "{}",
            said(&output)
        );
        assert!(
            said(&output).ends_with("hint: name that cache with --cache DIR, or the spec with --spec SPEC\n")
        );
    }
    fs::rename(bench.path("spec.toml"), bench.path("moved.toml")).unwrap();
    let output = bench.run(&["verify", "set", "--cache", "cache"]);
    assert!(said(&output).contains("is not where it was when the dataset was made"), "{}", said(&output));
}

#[test]
fn a_file_system_without_locks_is_used_with_a_warning() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n");
    let whole = bench.made("whole");
    for code in ["ENOSYS", "ENOLCK", "EOPNOTSUPP"] {
        let text = format!("#include <errno.h>\nint flock(int f, int o) {{ errno = {code}; return -1; }}\n");
        let Some(library) = shared_library(bench.dir.path(), "flock", &text) else {
            eprintln!("there is no C compiler here: a file system without locks is not tested");
            return;
        };
        let cache = format!("cache-{code}");
        let mut command = Command::new(env!("CARGO_BIN_EXE_vniah"));
        command.args(["generate", "spec.toml", "-o", code, "--cache", &cache]).env("LD_PRELOAD", &library);
        let output = command.current_dir(bench.dir.path()).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        let warnings = said(&output).matches("has no locks: let no two processes").count();
        assert_eq!(warnings, 2, "{}", said(&output));
        assert_same(&whole, &bench.tree(code));
    }
}

#[test]
fn pruning_takes_options_that_mean_something_and_counts_records() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n");
    bench.made("set");
    for option in ["--jobs", "--cache-limit"] {
        let output = bench.run(&["haystacks", "prune", "--limit", "1", option, "2", "--cache", "cache"]);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    }
    let before = state(&bench.path("cache"));
    let dry = bench.done(&["haystacks", "prune", "--limit", "0", "--dry-run", "--json", "--cache", "cache"]);
    assert_eq!(before, state(&bench.path("cache")));
    assert_eq!(dry, bench.done(&["haystacks", "prune", "--limit", "0", "--json", "--cache", "cache"]));
    let pruned: serde_json::Value = serde_json::from_str(&dry).unwrap();
    // Two prepared haystacks and the index of each; where the spec lies is kept.
    assert_eq!((&pruned["removed_files"], &pruned["kept_files"]), (&4.into(), &1.into()));
    assert_eq!(state(&bench.path("cache")).len(), 1);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the age of a leftover")]
fn a_directory_in_which_somebody_still_writes_is_not_pruned() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n");
    bench.made("set");
    let dir = bench.path("cache/prepared/.tmpUnderWay");
    fs::create_dir(&dir).unwrap();
    fs::write(dir.join("bay.mp4"), "half").unwrap();
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(30 * 24 * 3600);
    let age = |path: &Path| fs::File::open(path).unwrap().set_modified(long_ago).unwrap();
    let prune = || bench.done(&["haystacks", "prune", "--limit", "9GB", "--cache", "cache"]);
    // Writing to a file leaves the time of its directory as it was.
    age(&dir);
    prune();
    assert!(dir.join("bay.mp4").exists());
    age(&dir.join("bay.mp4"));
    prune();
    assert!(!dir.exists());
}
