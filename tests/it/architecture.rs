//! The layers of `src` hold: a module uses lower layers only, no files use each other in a circle, and no file grows into the
//! place where things are put.

mod arrows;
mod source;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use arrows::Tree;

/// No file is longer than this.
const MOST_LINES: usize = 400;
/// Files at the head of a folder that call the files of the folder, and define what these take, too. What is shared has its own
/// file elsewhere: no head is to be added.
const HEADS: &[&str] = &[
    "baseline/mod.rs",
    "card/mod.rs",
    "coverage/mod.rs",
    "export/mod.rs",
    "frames/mod.rs",
    "report/mod.rs",
    "sampler/mod.rs",
    "serve/mod.rs",
    "spec/mod.rs",
];

fn source_files(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in vniah::files::sorted_dir(dir).expect("src can be listed") {
        if entry.is_dir() {
            source_files(&entry, files);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            files.push(entry);
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The layer of each module at the top, as the table at the head of `src/lib.rs` says.
fn layers(lib: &str) -> BTreeMap<&str, u32> {
    let mut layers = BTreeMap::new();
    for line in lib.lines().filter_map(|line| line.strip_prefix("//! |")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let Ok(layer) = cells[0].parse() else { continue };
        for module in cells[1].split(", ") {
            let module = module.trim_start_matches("[`").trim_end_matches("`]");
            assert!(
                layers.insert(module, layer).is_none(),
                "`{module}` stands twice in the table of src/lib.rs"
            );
        }
    }
    layers
}

#[test]
fn modules_use_lower_layers_only_and_files_stay_small() {
    let root = root();
    let lib = fs::read_to_string(root.join("lib.rs")).unwrap();
    let layers = layers(&lib);
    let layer = |module: &str| {
        *layers.get(module).unwrap_or_else(|| panic!("`{module}` has no layer in the table of src/lib.rs"))
    };
    let mut files = Vec::new();
    source_files(&root, &mut files);
    let mut problems = Vec::new();
    for file in &files {
        let name = file.strip_prefix(&root).unwrap();
        let text = fs::read_to_string(file).unwrap();
        if text.lines().count() > MOST_LINES {
            problems.push(format!(
                "{} has {} lines, over {MOST_LINES}",
                name.display(),
                text.lines().count()
            ));
        }
        if !text.starts_with("//! ") {
            problems.push(format!("{} has no module header", name.display()));
        }
        let module = name.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
        if module == "lib" || module == "main" {
            continue;
        }
        if text.contains("use crate::{") {
            problems.push(format!("{} hides what it uses behind `use crate::{{`", name.display()));
        }
        for used in text.split("crate::").skip(1) {
            let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if used.is_empty() || used == module {
                continue;
            }
            if layer(&used) >= layer(&module) {
                problems.push(format!(
                    "{} ({}) uses {used} ({})",
                    name.display(),
                    layer(&module),
                    layer(&used)
                ));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_module_at_the_top_has_a_layer() {
    let lib = fs::read_to_string(root().join("lib.rs")).unwrap();
    let declared: Vec<&str> =
        lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert_eq!(declared, layers(&lib).into_keys().collect::<Vec<_>>());
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let root = root();
    let mut files = Vec::new();
    source_files(&root, &mut files);
    let texts: Vec<(String, String)> = files
        .iter()
        .map(|file| {
            let path = file.strip_prefix(&root).unwrap().iter();
            let names: Vec<&str> = path.map(|name| name.to_str().expect("a file of ours")).collect();
            (names.join("/"), fs::read_to_string(file).unwrap())
        })
        .collect();
    let arrows = Tree::of(texts.iter().map(|(name, text)| (name.as_str(), text.as_str()))).arrows();
    let strict = arrows.circles();
    let is_tied = |head: &&str| strict.iter().any(|circle| circle.contains(*head));
    let untied: Vec<&&str> = HEADS.iter().filter(|head| !is_tied(head)).collect();
    assert!(untied.is_empty(), "{untied:?} use no file that uses them: strike them from `HEADS`");
    let arrows = arrows.without_calls_down(HEADS);
    let circles: Vec<String> = arrows.circles().iter().map(|circle| arrows.describe(circle)).collect();
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}
