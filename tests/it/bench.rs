//! A bench for tests that make datasets: a directory with a tiny spec, and the real program in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Catalogue of the tiny spec: what can be told apart to the frame, and what looks like footage.
pub(crate) const HAYSTACKS: [&str; 2] = [
    "[[haystack]]\nid = \"bar\"\nlicence = \"CC0-1.0\"\n\
     scene = { name = \"barcode\", seed = 3, width = 128, height = 72, fps = 25, frames = 110 }\n",
    "[[haystack]]\nid = \"bay\"\nlicence = \"CC0-1.0\"\ncredit = \"nobody\"\n\
     scene = { name = \"harbour\", seed = 1, width = 128, height = 72, fps = \"30000/1001\", frames = 131 }\n",
];

/// A directory with `spec.toml` and `haystacks.toml`.
pub(crate) struct Bench {
    pub(crate) dir: TempDir,
}

impl Bench {
    /// A spec of short needles and `more`.
    pub(crate) fn new(more: &str) -> Self {
        let bench = Self { dir: tempfile::tempdir().unwrap() };
        bench.write("haystacks.toml", &HAYSTACKS.concat());
        bench.spec("spec.toml", 1, more);
        bench
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn spec(&self, name: &str, seed: u64, more: &str) {
        let text = format!(
            "seed = {seed}\nname = \"tiny\"\n[haystacks]\ncatalogue = \"haystacks.toml\"\n\
             [needles]\nduration = \"6 frames\"\ngap = \"4 frames\"\n{more}"
        );
        self.write(name, &text);
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vniah"));
        command.args(args).current_dir(self.dir.path());
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs the program, which has to succeed, and gives what it wrote to stdout.
    pub(crate) fn done(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Makes a dataset with the cache that the tests of one bench share.
    pub(crate) fn generate(&self, out: &str) -> Output {
        self.run(&["generate", "spec.toml", "-o", out, "--cache", "cache"])
    }

    /// Makes a dataset, and gives all its files.
    pub(crate) fn made(&self, out: &str) -> Tree {
        let output = self.generate(out);
        assert!(output.status.success(), "{}", said(&output));
        self.tree(out)
    }

    /// Lets the oracle answer a dataset of choices, every try of which has to be right, and gives the scores.
    pub(crate) fn solved(&self, out: &str) -> Value {
        self.done(&["baseline", "oracle", out, "-o", "answers.jsonl", "--cache", "cache"]);
        let scores: Value =
            serde_json::from_str(&self.done(&["score", out, "answers.jsonl", "--json"])).unwrap();
        let verdicts = scores["verdicts"].as_array().unwrap();
        let wrong: Vec<&Value> = verdicts.iter().filter(|sample| sample["verdicts"] != "CCCC").collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        scores
    }

    /// Starts to make a dataset.
    pub(crate) fn start(&self, out: &str) -> Child {
        self.begin(&["generate", "spec.toml", "-o", out, "--cache", "cache", "--jobs", "2"])
    }

    /// Starts the program.
    pub(crate) fn begin(&self, args: &[&str]) -> Child {
        self.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Every file under `out`, by its path in it.
    pub(crate) fn tree(&self, out: &str) -> Tree {
        let mut tree = Tree::new();
        let root = self.path(out);
        collect(&root, &root, &mut tree);
        tree
    }
}

/// Files by path.
pub(crate) type Tree = BTreeMap<String, Vec<u8>>;

fn collect(root: &Path, dir: &Path, tree: &mut Tree) {
    for entry in vniah::files::sorted_dir(dir).unwrap() {
        if entry.is_dir() {
            collect(root, &entry, tree);
        } else {
            let name = entry.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            tree.insert(name, fs::read(&entry).unwrap());
        }
    }
}

/// Fails with the names of the files that differ.
pub(crate) fn assert_same(one: &Tree, two: &Tree) {
    let names = |tree: &Tree| tree.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(one), names(two));
    let differ: Vec<&String> =
        one.iter().filter(|(name, bytes)| two[*name] != **bytes).map(|(name, _)| name).collect();
    assert!(differ.is_empty(), "{differ:?}");
}

/// A shared library in `dir` of this C text, to be preloaded; nothing where there is no compiler.
pub(crate) fn shared_library(dir: &Path, name: &str, text: &str) -> Option<PathBuf> {
    let (source, library) = (dir.join(format!("{name}.c")), dir.join(format!("{name}.so")));
    fs::write(&source, text).unwrap();
    let compiled =
        Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&library, &source]).arg("-ldl").status();
    compiled.is_ok_and(|status| status.success()).then_some(library)
}

/// What the program wrote to stderr.
pub(crate) fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
