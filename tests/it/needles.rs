//! `vniah needles`: packs listed, shown, previewed, and refused with all their problems.

#![expect(clippy::unwrap_used, reason = "a test fails where it panics")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use image::RgbImage;

fn vniah(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vniah")).current_dir(dir).arg("needles").args(args).output().unwrap()
}

/// What a command that succeeded printed.
pub(super) fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A failure: its exit code and its message.
pub(super) fn refused(output: &Output) -> (i32, String) {
    assert!(output.stdout.is_empty());
    (output.status.code().unwrap(), String::from_utf8(output.stderr.clone()).unwrap())
}

fn pack(dir: &Path, name: &str, toml: &str) {
    fs::create_dir_all(dir.join(name)).unwrap();
    fs::write(dir.join(name).join("pack.toml"), toml).unwrap();
}

#[test]
fn packs_are_listed_with_the_users_own() {
    let dir = tempfile::tempdir().unwrap();
    let listed = "PACK       ITEMS  KIND     LICENCE\n\
                  boxes      12     text     CC0-1.0\n\
                  colours    15     text     CC0-1.0\n\
                  cups       2      picture  CC0-1.0\n\
                  flags      195    picture  CC-BY-4.0\n\
                  fruits     12     picture  CC-BY-4.0\n\
                  lasting    8      sound    CC0-1.0\n\
                  motions    4      clip     CC0-1.0\n\
                  names      26     text     CC0-1.0\n\
                  objects    19     picture  CC-BY-4.0\n\
                  rhythms    10     sound    CC0-1.0\n\
                  scenes     8      clip     CC0-1.0\n\
                  shapes     10     picture  CC0-1.0\n\
                  sounds     14     sound    CC0-1.0\n\
                  spoken     24     sound    LicenseRef-CMU-ARCTIC\n\
                  spoken_zh  16     sound    CC0-1.0\n\
                  tiles      7      picture  CC0-1.0\n\
                  tones      5      sound    CC0-1.0\n";
    assert_eq!(stdout(&vniah(dir.path(), &["list"])), listed);
    pack(
        dir.path(),
        "mine/words",
        "id = 'words'\nlicence = 'MIT'\ncredit = 'me'\nitems = [{ label = 'zebra' }]",
    );
    let with_mine = format!("{listed}words      1      text     MIT\n");
    assert_eq!(stdout(&vniah(dir.path(), &["list", "--needles", "mine"])), with_mine);
    // The directory of the pack itself does as well as the one above it.
    assert_eq!(stdout(&vniah(dir.path(), &["list", "--needles", "mine/words"])), with_mine);
    let json: serde_json::Value =
        serde_json::from_str(&stdout(&vniah(dir.path(), &["list", "--json"]))).unwrap();
    assert_eq!((&json[4]["pack"], &json[4]["count"]), (&"fruits".into(), &12.into()));
    assert_eq!(json[4]["sha256"].as_str().unwrap().len(), 64);
}

#[test]
fn a_pack_is_shown_and_previewed_once() {
    let dir = tempfile::tempdir().unwrap();
    let shown = stdout(&vniah(dir.path(), &["show", "objects", "-o", "sheet.png"]));
    assert!(shown.contains("\nbus         bus         buses        coach "), "{shown}");
    assert!(shown.contains("\nsheep       sheep       sheep        ram"), "{shown}");
    let sheet = fs::read(dir.path().join("sheet.png")).unwrap();
    assert_eq!(image::load_from_memory(&sheet).unwrap().width(), 880);
    let again = vniah(dir.path(), &["show", "objects", "-o", "sheet.png"]);
    assert_eq!(
        refused(&again),
        (2, "error: `sheet.png` already exists\nhint: remove it, or name another file\n".to_owned())
    );
    assert_eq!(fs::read(dir.path().join("sheet.png")).unwrap(), sheet);
    let json: serde_json::Value =
        serde_json::from_str(&stdout(&vniah(dir.path(), &["show", "flags", "--json"]))).unwrap();
    let chad = json["items"].as_array().unwrap().iter().find(|item| item["id"] == "chad").unwrap();
    assert_eq!(chad["aspect"], serde_json::json!([18, 13]));
    assert!(chad["alike"].as_array().unwrap().contains(&"romania".into()));
}

#[test]
fn the_documented_pack_loads() {
    let dir = tempfile::tempdir().unwrap();
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/needles.md")).unwrap();
    let toml = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    pack(dir.path(), "mine", toml);
    fs::create_dir(dir.path().join("mine/photos")).unwrap();
    for name in ["Eiffel_Tower.jpg", "ben.png"] {
        RgbImage::new(8, 6).save(dir.path().join("mine/photos").join(name)).unwrap();
    }
    let shown = stdout(&vniah(dir.path(), &["show", "landmarks", "--needles", "mine"]));
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(
        lines,
        [
            "ID            LABEL         PLURAL             ALIASES          ALIKE",
            "big-ben       Big Ben       copies of Big Ben  Elizabeth Tower  eiffel-tower",
            "eiffel-tower  Eiffel Tower  -                  -                big-ben",
        ]
    );
}

#[test]
fn a_slip_in_the_name_of_a_pack_is_answered() {
    let dir = tempfile::tempdir().unwrap();
    let said = refused(&vniah(dir.path(), &["show", "fruit"]));
    assert_eq!(said, (3, "error: no needle pack `fruit`; did you mean `fruits`?\n".to_owned()));
}

#[test]
fn every_problem_of_every_pack_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let bad = dir.path().join("bad");
    pack(&bad, "a", "id = 'a'\nlicence = 'MIT'\ncredit = 'me'\n");
    pack(
        &bad,
        "b",
        "id = 'b b'\nlicense = 'MIT'\ncredit = 'me'\n\
         [[items]]\nlabel = 'Cat'\nasset = 'cat.png'\nalike = ['dgo', 'cat']\n\
         [[items]]\nlabel = 'Dog'\naliases = ['CAT']\nasset = 'dog.jpg'\n\
         [[items]]\nlabel = 'dog'\nasset = '../dog.png'\n\
         [[items]]\nlabel = 'Cow'\n\
         [[items]]\nid = 'x'\nasset = 'text.svg'\n",
    );
    RgbImage::new(4, 4).save(bad.join("b/dog.png")).unwrap();
    fs::write(bad.join("b/cat.png"), "no picture").unwrap();
    fs::write(
        bad.join("b/text.svg"),
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><text>a</text></svg>",
    )
    .unwrap();
    pack(&bad, "c", "id = 'c'\nlicence = = 'MIT'\n");
    pack(&bad, "d", "id = 'd'\nlicence = 'MIT'\ncredit = 'me'\nfolder = 'photo'\n");
    fs::create_dir(bad.join("d/photos")).unwrap();
    for name in ["e", "f"] {
        pack(
            &bad,
            name,
            "id = 'e'\nlicence = 'MIT'\ncredit = 'me'\nfolder = 'photos'\nitems = [{ label = 'x', asset = 'photos/x.png' }]",
        );
        fs::create_dir(bad.join(name).join("photos")).unwrap();
        RgbImage::new(4, 4).save(bad.join(name).join("photos/x.png")).unwrap();
    }
    pack(&bad, "g", "id = 'g'\nlicence = 'MIT'\ncredit = 'me'\nfolder = 'photos'\n");
    fs::create_dir(bad.join("g/photos")).unwrap();
    fs::write(bad.join("g/photos/notes.txt"), "").unwrap();
    fs::create_dir(dir.path().join("empty")).unwrap();
    let output =
        vniah(dir.path(), &["list", "--needles", "bad", "--needles", "empty", "--needles", "absent"]);
    let (code, said) = refused(&output);
    assert_eq!(code, 3);
    assert_eq!(said, GALLERY);
}

/// What the gallery of bad packs is told.
const GALLERY: &str = "\
error: needles have 21 problems
\x20 holds no `pack.toml`, and no directory with one (`empty`)
\x20 cannot be read: No such file or directory (os error 2) (`absent`)
\x20 items: the pack has no items (`bad/a/pack.toml`)
\x20 licence: missing; expected the licence of the pictures, such as `CC-BY-4.0` (`bad/b/pack.toml`)
\x20 license: unknown key; did you mean `licence`? (`bad/b/pack.toml`)
\x20 id: `b b` is not an id; expected ASCII letters, digits, `_` and `-` (`bad/b/pack.toml`)
\x20 items[0].asset: `cat.png`: not a PNG, JPEG, WebP, BMP or SVG picture: The image format could not be determined (`bad/b/pack.toml`)
\x20 items[1].asset: `dog.jpg` is not there; did you mean `dog.png`? (`bad/b/pack.toml`)
\x20 items[2].asset: `../dog.png` is not below the pack's directory; keep pictures in a subdirectory, such as `pictures` (`bad/b/pack.toml`)
\x20 items[3].asset: missing, while other items have one; expected a picture for all items or for none (`bad/b/pack.toml`)
\x20 items[4].asset: `text.svg`: the SVG has a `<text>` element, which depends on fonts or other files; convert it to paths (`bad/b/pack.toml`)
\x20 items[4].label: missing; expected what the item is called in questions (`bad/b/pack.toml`)
\x20 items[2].id: `dog` is also items[1].id (`bad/b/pack.toml`)
\x20 items[1].aliases[0]: `CAT` is also items[0].label (`bad/b/pack.toml`)
\x20 items[2].label: `dog` is also items[1].label (`bad/b/pack.toml`)
\x20 items[0].alike: an item is always alike to itself; name others only (`bad/b/pack.toml`)
\x20 items[0].alike: no item `dgo` in this pack; did you mean `dog`? (`bad/b/pack.toml`)
\x20 line 2: extra `=`, expected nothing (`bad/c/pack.toml`)
\x20 folder: `photo` is not there; did you mean `photos`? (`bad/d/pack.toml`)
\x20 id: pack `e` is also in `bad/e/pack.toml` (`bad/f/pack.toml`)
\x20 folder[notes.txt]: `photos/notes.txt`: expected a PNG, JPEG, WebP, BMP or SVG picture (`bad/g/pack.toml`)
";
