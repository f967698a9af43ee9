//! Links in packs and in collections of pictures, and what a stopped import leaves.

#![expect(clippy::unwrap_used, reason = "a test fails where it panics")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

use image::{Rgb, RgbImage};

use super::needles::{refused, stdout};

fn vniah(dir: &Path, args: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vniah")).current_dir(dir).args(args.split(' ')).output().unwrap()
}

/// Pictures inside and outside of a pack, of a collection in each form.
fn bench() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, red) in [
        ("secret/s.png", 250),
        ("pack/in.png", 20),
        ("pack/more/a.png", 60),
        ("photos/dog/in.png", 20),
        ("voc/JPEGImages/in.png", 20),
    ] {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        RgbImage::from_fn(80, 80, |x, y| Rgb([red, (x * 3) as u8, (y * u32::from(red) / 40) as u8]))
            .save(&path)
            .unwrap();
    }
    dir
}

#[test]
fn a_pack_shows_nothing_that_lies_outside_it() {
    let dir = bench();
    let toml = |rest: &str| {
        let head = "id = 'p'\nlicence = 'MIT'\ncredit = 'me'\n";
        fs::write(dir.path().join("pack/pack.toml"), format!("{head}{rest}")).unwrap();
    };
    let show = || vniah(dir.path(), "needles show p --needles pack");
    symlink("../secret/s.png", dir.path().join("pack/out.png")).unwrap();
    symlink("../secret", dir.path().join("pack/away")).unwrap();
    toml(
        "items = [{ label = 'a', asset = 'in.png' }, { label = 'b', asset = 'out.png' },\n\
          { label = 'c', asset = 'away/s.png' }]",
    );
    let (code, message) = refused(&show());
    assert_eq!(code, 3);
    let problem = |key: &str, name: &str| {
        format!(
            "{key}: `{name}` is a link that leads out of the pack's directory; expected a file of the pack"
        )
    };
    for part in [problem("items[1].asset", "out.png"), problem("items[2].asset", "away/s.png")] {
        assert!(message.contains(&part), "{message}");
    }
    assert!(message.contains("2 problems") && message.contains("(`pack/pack.toml`)"), "{message}");
    toml("folder = 'away'");
    assert!(refused(&show()).1.contains(&problem("folder", "away")));
    toml("folder = 'more'");
    symlink("../../secret/s.png", dir.path().join("pack/more/b.png")).unwrap();
    assert!(refused(&show()).1.contains(&problem("folder[b.png].asset", "more/b.png")));
    // What a dataset carries along with the pack.
    fs::remove_file(dir.path().join("pack/more/b.png")).unwrap();
    symlink("../secret/s.png", dir.path().join("pack/LICENSE")).unwrap();
    let (_, message) = refused(&show());
    assert!(message.contains("`LICENSE` is a link") && message.contains("(`pack/LICENSE`)"), "{message}");
    // A link within the pack, and a pack that is a link itself, are as good as files.
    fs::remove_file(dir.path().join("pack/LICENSE")).unwrap();
    symlink("../in.png", dir.path().join("pack/more/b.png")).unwrap();
    symlink("pack", dir.path().join("linked")).unwrap();
    stdout(&show());
    stdout(&vniah(dir.path(), "needles show p --needles linked"));
}

#[test]
fn an_import_copies_nothing_that_lies_outside_its_directory() {
    let dir = bench();
    let at = |name: &str| dir.path().join(name);
    let import = |args: &str| {
        let output =
            vniah(dir.path(), &format!("needles import {args} -o new --id p --licence MIT --credit me"));
        assert!(!at("new").exists());
        let (code, message) = refused(&output);
        assert_eq!(code, 3, "{message}");
        message
    };
    let says = "is a link that leads out of the directory of the pictures";
    // Class folders: a picture, a directory in a class, a class.
    symlink("../../secret/s.png", at("photos/dog/out.png")).unwrap();
    symlink("../../secret", at("photos/dog/more")).unwrap();
    symlink("../secret", at("photos/cat")).unwrap();
    let message = import("photos --as imagefolder");
    for name in ["dog/out.png", "dog/more", "cat"] {
        assert!(message.contains(&format!("`{name}` {says}")), "{message}");
    }
    assert!(message.contains("3 problems") && message.contains("(`photos/dog/out.png`)"), "{message}");
    // A directory in itself has no end.
    for name in ["photos/dog/out.png", "photos/dog/more", "photos/cat"] {
        fs::remove_file(at(name)).unwrap();
    }
    symlink("..", at("photos/dog/loop")).unwrap();
    assert!(import("photos --as imagefolder").contains("it is a link to a directory that it lies in"));
    // A table in the directory that the program runs in, and one elsewhere.
    symlink("secret/s.png", at("out.png")).unwrap();
    fs::write(at("table.csv"), "path,label\nout.png,x\n").unwrap();
    // Its own directory holds what the link leads to: that is no way out.
    stdout(&vniah(dir.path(), "needles import table.csv --as csv -o fine --id p --licence MIT --credit me"));
    symlink("../secret/s.png", at("photos/out.png")).unwrap();
    fs::write(at("photos/table.csv"), "path,label\ndog/in.png,y\nout.png,x\n").unwrap();
    assert!(import("photos/table.csv --as csv").contains(&format!("line 3, path: `out.png` {says}")));
    // COCO.
    fs::write(
        at("coco.json"),
        serde_json::json!({
            "images": [{"id": 1, "file_name": "out.png"}],
            "annotations": [{"image_id": 1, "category_id": 1, "bbox": [0, 0, 70, 70]}],
            "categories": [{"id": 1, "name": "x"}],
        })
        .to_string(),
    )
    .unwrap();
    let message = import("coco.json --as coco --images photos");
    assert!(message.contains(&format!("annotations[0].image_id: `out.png` {says}")), "{message}");
    // Pascal VOC: an image, and an annotation.
    let object = "<object><name>x</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>70</xmax><ymax>70</ymax></bndbox></object>";
    fs::create_dir(at("voc/Annotations")).unwrap();
    symlink("../../secret/s.png", at("voc/JPEGImages/out.png")).unwrap();
    fs::write(
        at("voc/Annotations/1.xml"),
        format!("<annotation><filename>out.png</filename>{object}</annotation>"),
    )
    .unwrap();
    fs::write(at("secret/2.xml"), "<annotation/>").unwrap();
    symlink("../../secret/2.xml", at("voc/Annotations/2.xml")).unwrap();
    let message = import("voc --as voc");
    assert!(message.contains(&format!("filename: `out.png` {says}")), "{message}");
    assert!(message.contains(&format!("`2.xml` {says}")), "{message}");
}

#[test]
fn the_next_import_removes_what_a_killed_one_left() {
    let dir = bench();
    let left = dir.path().join("packs/.pack-k1LLed");
    fs::create_dir_all(&left).unwrap();
    fs::write(left.join("dog.png.partial"), "half").unwrap();
    let held = dir.path().join("packs/.pack-livinG");
    fs::create_dir_all(&held).unwrap();
    let living = fs::File::open(&held).unwrap();
    living.lock().unwrap();
    let said = stdout(&vniah(
        dir.path(),
        "needles import photos --as imagefolder -o packs/p --id p --licence MIT --credit me",
    ));
    let removed = "removed `packs/.pack-k1LLed`, which an import left that was stopped";
    assert!(said.contains(removed) && !said.contains("livinG"), "{said}");
    assert!(!left.exists() && held.exists());
    assert_eq!(vniah::files::sorted_dir(&dir.path().join("packs")).unwrap().len(), 2);
    drop(living);
}
