//! Manifests for clusters: what their pods run, run here. (`make test-slurm` sends the other kind to a real Slurm.)

use std::path::Path;
use std::process::Command;

use super::bench::{Bench, assert_same, said};

/// The shell command of each pod: folded lines of YAML.
fn commands(manifest: &str) -> Vec<String> {
    let blocks = manifest.split(">-\n").skip(1);
    let lines = |block: &str| {
        let indented = block.lines().take_while(|line| line.starts_with("              "));
        indented.map(str::trim).collect::<Vec<_>>().join(" ")
    };
    blocks.map(lines).collect()
}

#[test]
fn pods_make_parts_and_merge_them() {
    let bench = Bench::new("");
    let root = bench.dir.path().canonicalize().unwrap();
    let volume = format!("shared:{}", root.display());
    let args = ["cluster", "kubernetes", "spec.toml", "-o", "set", "--shards", "3", "--cache", "cache"];
    let manifest = bench.done(&[&args[..], &["--image", "vniah:1", "--volume", &volume]].concat());
    for line in ["completions: 3", "image: \"vniah:1\"", "claimName: \"shared\"", "completionMode: Indexed"] {
        assert!(manifest.contains(line), "{line}: {manifest}");
    }
    let commands = commands(&manifest);
    assert_eq!(commands.len(), 2);
    let program = Path::new(env!("CARGO_BIN_EXE_vniah")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let run = |command: &str, index: u32| {
        let mut shell = Command::new("sh");
        shell
            .args(["-c", command])
            .current_dir("/")
            .env("PATH", &path)
            .env("JOB_COMPLETION_INDEX", index.to_string());
        for (name, file) in [("SPEC", "spec.toml"), ("OUT", "set"), ("CACHE", "cache")] {
            assert!(
                manifest.contains(&format!("{{name: {name}, value: \"{}\"}}", root.join(file).display()))
            );
            shell.env(name, root.join(file));
        }
        shell.output().unwrap()
    };
    // The merge may come first: it fails, and says what is missing.
    let early = run(&commands[1], 0);
    assert!(!early.status.success() && said(&early).contains("set.parts/0"), "{}", said(&early));
    // A part that fails does not count as done.
    let refused = run(&commands[0], 3);
    assert!(!refused.status.success() && !root.join("set.parts/3.done").exists());
    for index in [2, 0, 1] {
        assert!(!root.join(format!("set.parts/{index}.done")).exists());
        let output = run(&commands[0], index);
        assert!(output.status.success(), "{}", said(&output));
    }
    // What is waited for before the merge is there.
    let wait = manifest.split_once("- |\n").unwrap().1.split_once("          env:").unwrap().0;
    assert!(wait.contains("$OUT.parts/$at.done"), "{wait}");
    assert!(run(wait, 0).status.success());
    let output = run(&commands[1], 0);
    assert!(output.status.success(), "{}", said(&output));
    assert_same(&bench.made("whole"), &bench.tree("set"));

    let elsewhere = bench.run(&[&args[..], &["--image", "vniah:1", "--volume", "shared:/data"]].concat());
    assert_eq!(elsewhere.status.code(), Some(2));
    assert!(said(&elsewhere).contains("is not below `/data`, where the volume is"), "{}", said(&elsewhere));
}

#[test]
fn a_path_that_looks_like_a_place_is_not_filled_again() {
    let bench = Bench::new("");
    let args =
        ["cluster", "slurm", "spec.toml", "-o", "{cache} {shards}", "--shards", "3", "--cache", "{spec}"];
    let script = bench.done(&args);
    let root = bench.dir.path().display().to_string();
    for path in ["{cache} {shards}", "{spec}"] {
        assert!(script.contains(&format!("'{root}/{path}'")), "{path}: {script}");
    }
    let volume = format!("shared:{root}");
    let args = ["cluster", "kubernetes", "spec.toml", "-o", "{cache}", "--shards", "3", "--cache", "cache"];
    let manifest = bench.done(&[&args[..], &["--image", "{claim}", "--volume", &volume]].concat());
    assert!(manifest.contains("image: \"{claim}\""), "{manifest}");
    assert!(manifest.contains(&format!("value: \"{root}/{{cache}}\"")), "{manifest}");
}
