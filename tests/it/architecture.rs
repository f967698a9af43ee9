//! The layers of `src` hold: a module uses lower layers only, and no file grows into the place where things are put.

use std::fs;
use std::path::{Path, PathBuf};

/// Layer of each top-level module; the same table stands in `src/lib.rs`.
const LAYERS: &[(&str, u32)] = &[
    ("cli", 9),
    ("project", 8),
    ("report", 6),
    ("ask", 6),
    ("export", 7),
    ("frames", 6),
    ("serve", 6),
    ("card", 6),
    ("render", 5),
    ("baseline", 5),
    ("coverage", 5),
    ("audit", 5),
    ("plan", 4),
    ("score", 4),
    ("picture", 4),
    ("detect", 4),
    ("spec", 3),
    ("dataset", 3),
    ("answers", 3),
    ("media", 3),
    ("needle", 1),
    ("haystack", 1),
    ("question", 2),
    ("scene", 1),
    ("sampler", 1),
    ("time", 0),
    ("seed", 0),
    ("id", 0),
    ("digest", 0),
    ("files", 0),
    ("language", 0),
    ("version", 0),
    ("cancel", 0),
    ("job", 1),
    ("partial_dir", 1),
    ("markup", 0),
    ("checksum", 1),
    ("wording", 0),
    ("template", 0),
    ("letter", 0),
];
/// No file is longer than this.
const MOST_LINES: usize = 400;

fn source_files(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in vniah::files::sorted_dir(dir).expect("src can be listed") {
        if entry.is_dir() {
            source_files(&entry, files);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            files.push(entry);
        }
    }
}

fn layer(module: &str) -> u32 {
    LAYERS.iter().find(|(name, _)| *name == module).unwrap_or_else(|| panic!("`{module}` has no layer")).1
}

#[test]
fn modules_use_lower_layers_only_and_files_stay_small() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
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
