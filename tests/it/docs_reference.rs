//! Pages that the program determines are what it says: the help of every command, the gallery, the table of families.
//!
//! `docs/cli.md` is the snapshot of `--help`. `make reference` writes these pages anew.

use std::process::Command;

use super::docs::root;

fn said(program: &str, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(program).args(arguments).current_dir(root()).output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.success(), text)
}

#[test]
fn help_and_families_are_what_the_pages_say() {
    let (is_current, why) =
        said("python3", &["docs/site/reference.py", "--check", env!("CARGO_BIN_EXE_vniah")]);
    assert!(is_current, "{why}");
}

/// A help text is read by people: no line is wider than a terminal, and no word is one of those that puzzle.
#[test]
fn help_is_plain() {
    let page = std::fs::read_to_string(root().join("docs/cli.md")).unwrap();
    for line in page.lines() {
        assert!(line.chars().count() <= 120, "{line}");
        for odd in [
            "one a core",
            "one part a task",
            "one part a pod",
            "a line a sample",
            "very bytes",
            "gone on with",
        ] {
            assert!(!line.contains(odd), "{line}");
        }
    }
    assert!(page.matches("\n## `vniah ").count() > 20);
}
