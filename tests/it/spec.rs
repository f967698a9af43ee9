//! The gallery of bad specs: each gets exactly its message, and exit code 3.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn vniah(args: &[&str], dir: &Path) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_vniah")).args(args).current_dir(dir).output();
    output.expect("the program runs")
}

/// Each `tests/bad/spec/NAME.toml` has its `NAME.stderr`. With `VNIAH_BLESS` set, messages are written, not compared.
#[test]
fn every_bad_spec_gets_exactly_its_message() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad/spec");
    let mut wrong = Vec::new();
    let mut specs = 0;
    for path in vniah::files::sorted_dir(&dir).unwrap() {
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        specs += 1;
        let output = vniah(&["plan", path.file_name().unwrap().to_str().unwrap()], &dir);
        let stderr = String::from_utf8(output.stderr).unwrap();
        let expected = path.with_extension("stderr");
        if std::env::var_os("VNIAH_BLESS").is_some() {
            fs::write(&expected, &stderr).unwrap();
        }
        if output.status.code() != Some(3)
            || !output.stdout.is_empty()
            || fs::read_to_string(&expected).unwrap_or_default() != stderr
        {
            wrong.push(format!("{} gets {:?}:\n{stderr}", path.display(), output.status.code()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(specs >= 10, "the gallery has {specs} specs");
}

#[test]
fn a_missing_spec_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let output = vniah(&["plan", "absent.toml"], dir.path());
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(stderr, "error: cannot read `absent.toml`: No such file or directory (os error 2)\n");
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn init_writes_a_spec_that_is_right_and_never_writes_over_one() {
    let dir = tempfile::tempdir().unwrap();
    let init = || vniah(&["init", "my"], dir.path());
    let output = init();
    assert!(output.status.success());
    let stdout = String::from_utf8(output.stdout).unwrap().replace('\\', "/");
    assert_eq!(stdout, "my/spec.toml\nmy/haystacks.toml\n");
    let spec = vniah::spec::read(&dir.path().join("my/spec.toml")).unwrap();
    assert_eq!((spec.tasks().len(), spec.entries().len()), (9, 8));

    fs::write(dir.path().join("my/spec.toml"), "mine").unwrap();
    let output = init();
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(fs::read_to_string(dir.path().join("my/spec.toml")).unwrap(), "mine");
}

#[test]
fn the_lines_that_init_comments_out_are_right_too() {
    let dir = tempfile::tempdir().unwrap();
    let text = include_str!("../../haystacks.example/spec.toml");
    let mut spec = String::new();
    for line in text.lines() {
        match line.strip_prefix("# ") {
            // Prose has no ` = ` and no bracket at its start; files that only the user has stay commented out.
            Some(setting)
                if (setting.contains(" = ") || setting.starts_with('['))
                    && !setting.contains("my-")
                    && !setting.starts_with("paths") =>
            {
                spec += setting;
            }
            _ => spec += line,
        }
        spec += "\n";
    }
    fs::write(dir.path().join("spec.toml"), spec).unwrap();
    fs::write(dir.path().join("haystacks.toml"), include_str!("../../haystacks.example/haystacks.toml"))
        .unwrap();
    let spec = vniah::spec::read(&dir.path().join("spec.toml")).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(spec.grid().unwrap().depths.as_ref().unwrap().len(), 5);
    assert_eq!(spec.wanted().fps.unwrap().num(), 25);
}
