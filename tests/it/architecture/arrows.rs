//! Which file uses which, and where that runs in a circle.
//!
//! In: the path below `src` and the text of each file. Out: an arrow to the file that defines what a file uses, whichever
//! file hands the name on; and files that use each other in a loop.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::source::{Source, Use};

/// Names from the root of the crate to a module.
type Module = Vec<String>;

/// The files of a crate.
pub(super) struct Tree {
    modules: BTreeMap<Module, File>,
}

struct File {
    /// Path below `src`, with `/`.
    path: String,
    source: Source,
}

/// Arrows from file to file, with the names that each stands for.
pub(super) struct Arrows(BTreeMap<String, BTreeMap<String, BTreeSet<String>>>);

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Found {
    Module(Module),
    Item { file: String, name: String },
}

impl Tree {
    /// Reads files, each a path below `src` and a text. Files that hold tests alone are left out, and so is the program's
    /// own, which nothing can use.
    pub(super) fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut modules = BTreeMap::new();
        for (path, text) in files {
            let mut module: Module =
                path.strip_suffix(".rs").unwrap_or(path).split('/').map(str::to_owned).collect();
            let last = module.pop().unwrap_or_default();
            if last == "tests" || last.ends_with("_tests") || last == "main" {
                continue;
            }
            if last != "mod" && last != "lib" {
                module.push(last);
            }
            modules.insert(module, File { path: path.to_owned(), source: Source::of(text) });
        }
        Self { modules }
    }

    /// The arrows among the files.
    pub(super) fn arrows(&self) -> Arrows {
        let mut arrows = BTreeMap::new();
        for (module, File { path, source }) in &self.modules {
            let used = source.uses.iter().filter_map(|used| self.of_use(module, source, used));
            let written = source.paths.iter().filter_map(|path| self.find(module, path, 0));
            let targets: &mut BTreeMap<_, BTreeSet<_>> = arrows.entry(path.clone()).or_default();
            for found in used.chain(written) {
                if let Found::Item { file, name } = found
                    && file != *path
                {
                    targets.entry(file).or_default().insert(name);
                }
            }
        }
        Arrows(arrows)
    }

    /// What a declaration ties its file to. A name that is only handed on from a file below ties it to nothing, as `mod`
    /// does not; nor does a module of which a path says more.
    fn of_use(&self, module: &Module, source: &Source, used: &Use) -> Option<Found> {
        let found = self.find(module, &used.path, 0)?;
        if used.name == "*" {
            let Found::Module(target) = found else { return Some(found) };
            return self.whole(&target, "*");
        }
        let is_said = source.words.contains(&used.name);
        match found {
            Found::Item { .. } if used.exported && !is_said && self.is_below(module, used) => None,
            Found::Module(_) if source.paths.iter().any(|path| path[0] == used.name) => None,
            Found::Module(_) if used.exported => None,
            Found::Module(target) => self.whole(&target, &used.name),
            item @ Found::Item { .. } => Some(item),
        }
    }

    fn whole(&self, module: &Module, name: &str) -> Option<Found> {
        let file = self.modules.get(module)?.path.clone();
        Some(Found::Item { file, name: name.to_owned() })
    }

    /// Whether a declaration takes a name from a module below its own.
    fn is_below(&self, module: &Module, used: &Use) -> bool {
        let through = &used.path[..used.path.len() - 1];
        match self.find(module, through, 0) {
            Some(Found::Module(target)) => target.len() > module.len() && target.starts_with(module),
            _ => false,
        }
    }

    /// What a path leads to that stands in a module; nothing where it leads out of the crate.
    fn find(&self, module: &Module, path: &[String], depth: usize) -> Option<Found> {
        // Two modules that hand on the same name of each other.
        if depth > 20 {
            return None;
        }
        let (first, mut rest) = path.split_first()?;
        let mut at = match first.as_str() {
            "crate" => Module::new(),
            "self" => module.clone(),
            "super" => parent(module),
            name => match self.member(module, name, depth)? {
                Found::Module(target) => target,
                item @ Found::Item { .. } => return Some(item),
            },
        };
        while let Some((name, more)) = rest.split_first() {
            if name == "super" {
                at = parent(&at);
            } else {
                match self.member(&at, name, depth) {
                    Some(Found::Module(target)) => at = target,
                    Some(item @ Found::Item { .. }) => return Some(item),
                    None => return self.whole(&at, name),
                }
            }
            rest = more;
        }
        Some(Found::Module(at))
    }

    /// What a name means in a module: a module below, a name that the module takes from elsewhere, or its own.
    fn member(&self, module: &Module, name: &str, depth: usize) -> Option<Found> {
        let below: Module = module.iter().cloned().chain([name.to_owned()]).collect();
        if self.modules.contains_key(&below) {
            return Some(Found::Module(below));
        }
        let source = &self.modules.get(module)?.source;
        // `use name;` of a crate leads to itself.
        let taken = source.uses.iter().find(|used| used.name == name && used.path != [name]);
        if let Some(used) = taken {
            return self.find(module, &used.path, depth + 1);
        }
        if source.defined.contains(name) {
            return self.whole(module, name);
        }
        source.uses.iter().filter(|used| used.name == "*").find_map(|used| {
            let Some(Found::Module(target)) = self.find(module, &used.path, depth + 1) else { return None };
            self.member(&target, name, depth + 1)
        })
    }
}

/// The folder at whose head a file stands, with `/` at its end.
fn folder(head: &str) -> String {
    head.strip_suffix("mod.rs").map_or_else(|| head.replace(".rs", "/"), str::to_owned)
}

fn parent(module: &Module) -> Module {
    module[..module.len().saturating_sub(1)].to_vec()
}

impl Arrows {
    /// The arrows without those from these files down to the files of the folders at whose head they stand.
    pub(super) fn without_calls_down(mut self, heads: &[&str]) -> Self {
        for head in heads {
            let folder = folder(head);
            if let Some(targets) = self.0.get_mut(*head) {
                targets.retain(|target, _| !target.starts_with(&folder));
            }
        }
        self
    }

    /// The files that use each other in a loop, each loop once.
    pub(super) fn circles(&self) -> Vec<BTreeSet<String>> {
        let reached: BTreeMap<&String, BTreeSet<&String>> =
            self.0.keys().map(|file| (file, self.reached(file))).collect();
        let circles: BTreeSet<BTreeSet<String>> = reached
            .iter()
            .filter(|(file, files)| files.contains(*file))
            .map(|(file, files)| {
                files.iter().filter(|other| reached[**other].contains(*file)).copied().cloned().collect()
            })
            .collect();
        circles.into_iter().collect()
    }

    /// Every file to which arrows lead from a file.
    fn reached(&self, file: &String) -> BTreeSet<&String> {
        let mut reached = BTreeSet::new();
        let mut open = vec![file];
        while let Some(file) = open.pop() {
            for target in self.0[file].keys() {
                if reached.insert(target) {
                    open.push(target);
                }
            }
        }
        reached
    }

    /// A circle's arrows, a line each, with the names that tie its files.
    pub(super) fn describe(&self, circle: &BTreeSet<String>) -> String {
        let mut text = format!("{} files use each other in a circle:", circle.len());
        for file in circle {
            for (target, names) in self.0[file].iter().filter(|(target, _)| circle.contains(*target)) {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                write!(text, "\n  {file} -> {target}: {}", names.join(", "))
                    .expect("a text can be written to");
            }
        }
        text
    }
}

/// A tree of four files, one of which is given.
#[cfg(test)]
fn told(shape: &str) -> Vec<String> {
    let files = [
        (
            "house/mod.rs",
            "mod door;\npub mod shape;\nmod wall;\npub use door::Door;\npub use wall::{Wall, height};",
        ),
        (
            "house/door.rs",
            "use super::shape::{self, Width};\npub struct Door(Width);\nfn of() { shape::of() }",
        ),
        (
            "house/wall.rs",
            "pub struct Wall;\npub fn height() {}\n#[cfg(test)]\nmod tests { use super::super::Door; }",
        ),
        ("house/tests.rs", "use super::{Door, Wall};"),
        ("house/shape.rs", shape),
    ];
    let arrows = Tree::of(files).arrows();
    arrows.circles().iter().map(|circle| arrows.describe(circle)).collect()
}

#[test]
fn a_tree_without_a_circle_passes() {
    let passing = [
        "use super::Wall;\npub struct Width(Wall);",
        "use crate::house::{height, Wall};\nuse std::{fmt, io::Door};",
        "/// Of a [`super::Door`].\npub fn of() { super::height(); super::wall::height(); \"super::Door\" }",
    ];
    for shape in passing {
        assert_eq!(told(shape), [""; 0], "{shape}");
    }
}

#[test]
fn a_circle_is_told_with_the_names_that_tie_it() {
    let tied = [
        "use super::Door;",
        "use crate::house::Door;",
        "use crate::{house::{door::{Door}, Wall}};",
        "use crate::house;\nfn of(_: house::Door) {}",
        "fn of(_: super::super::house::Door) {}",
        "fn of(_: crate::house::Door) {}",
        "use super::{Door as Gate};",
        "pub use super::door::Door;",
    ];
    for shape in tied {
        let wanted = "2 files use each other in a circle:\n  \
            house/door.rs -> house/shape.rs: Width, of\n  \
            house/shape.rs -> house/door.rs: Door";
        assert_eq!(told(shape), [wanted], "{shape}");
    }
}

#[test]
fn a_module_that_says_what_its_files_use_is_tied_to_those_that_it_uses() {
    let ties = |house| {
        let door = "use super::LATCH;\npub struct Door;\npub fn open() { LATCH }";
        let arrows = Tree::of([("house.rs", house), ("house/door.rs", door)]).arrows();
        arrows.circles().len()
    };
    assert_eq!(ties("mod door;\npub use door::{Door, open};\npub const LATCH: u8 = 0;"), 0);
    assert_eq!(ties("mod door;\npub use door::Door;\npub const LATCH: u8 = 0;\nfn of(_: Door) {}"), 1);
    assert_eq!(ties("mod door;\npub const LATCH: u8 = 0;\nfn of() { door::open() }"), 1);
    assert_eq!(ties("mod door;\nuse self::door::*;\npub const LATCH: u8 = 0;"), 1);
}

#[test]
fn what_stands_at_the_head_of_a_folder_may_be_let_call_down() {
    let tree = Tree::of([
        ("house/mod.rs", "mod door;\npub const LATCH: u8 = 0;\nfn of() { door::open(crate::wall::SIZE) }"),
        ("house/door.rs", "pub fn open(_: u8) { super::LATCH }"),
        ("wall.rs", "mod stone;\npub const SIZE: u8 = stone::SIZE;"),
        ("wall/stone.rs", "pub const SIZE: u8 = super::SIZE;"),
    ]);
    let circles = |heads: &[&str]| tree.arrows().without_calls_down(heads).circles().len();
    assert_eq!(circles(&[]), 2);
    assert_eq!(circles(&["wall.rs"]), 1);
    assert_eq!(circles(&["house/mod.rs", "wall.rs"]), 0);
}
