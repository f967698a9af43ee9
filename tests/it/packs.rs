//! `vniah needles import`: class folders, COCO, Pascal VOC and tables become packs, or are refused with all their problems.

#![expect(clippy::unwrap_used, reason = "a test fails where it panics")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use image::{DynamicImage, Rgb, RgbImage, imageops};
use serde_json::json;
use vniah::files;
use vniah::job::{Job, Stage};
use vniah::media::prepare;
use vniah::media::target::Target;
use vniah::needle::{Library, Look, PixelBox};
use vniah::scene::Scene;
use vniah::time::FrameRate;

use super::needles::{refused, stdout};

/// Runs the program; words are separated by blanks.
fn vniah(dir: &Path, args: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vniah")).current_dir(dir).args(args.split(' ')).output().unwrap()
}

fn import(dir: &Path, args: &str) -> Output {
    vniah(dir, &format!("needles import {args}"))
}

/// A picture of its own colours and shapes; the same of one number whatever its size.
fn picture(number: u32, width: u32, height: u32) -> RgbImage {
    let colours =
        [[220, 30, 40], [30, 60, 200], [240, 220, 40], [20, 150, 60], [250, 250, 250], [20, 20, 20]];
    let colour = |at: u32| Rgb(colours[(at % 6) as usize]);
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (x * 64 / width, y * 64 / height);
        let (dx, dy) = (x.abs_diff(12 + 9 * (number % 5)), y.abs_diff(16 + 11 * (number % 3)));
        if dx * dx + dy * dy < 150 {
            colour(number + 3)
        } else if x + number * y / 2 < 50 {
            colour(number)
        } else {
            colour(number + 1)
        }
    })
}

fn save(picture: &RgbImage, path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    picture.save(path).unwrap();
}

/// Every file of a directory with its bytes.
fn bytes(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let files = files::sorted_dir(dir).unwrap().into_iter();
    files
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap()))
        .collect()
}

const FOLDERS: &str = "photos --as imagefolder --id zoo --licence CC0-1.0 --credit me";

fn folders(dir: &Path, reversed: bool) {
    let mut pictures = vec![
        ("dog/a.png", 0, 80),
        ("dog/more/b.png", 5, 96),
        ("dog/c.png", 6, 96),
        ("Traffic_light/x.png", 2, 70),
        ("sheep/x.png", 3, 64),
        ("kite/x.png", 1, 64),
    ];
    if reversed {
        pictures.reverse();
    }
    for (name, number, side) in pictures {
        save(&picture(number, side, side), &dir.join("photos").join(name));
    }
    fs::write(dir.join("photos/dog/notes.txt"), "").unwrap();
    fs::write(dir.join("photos/.hidden"), "").unwrap();
}

#[test]
fn class_folders_become_a_pack_that_a_spec_can_name() {
    let dir = tempfile::tempdir().unwrap();
    folders(dir.path(), false);
    fs::write(dir.path().join("names.csv"), "label,plural,aliases\nSheep,sheep,ram; ewe\nwolf,wolves,\n")
        .unwrap();
    let said =
        stdout(&import(dir.path(), &format!("{FOLDERS} -o packs/zoo --names names.csv --sheet sheet.png")));
    assert_eq!(
        said,
        "pack `zoo`: 4 items\n\
         1 file is no picture in a class folder, and left aside\n\
         no class is called `wolf`, which `names.csv` names\n\
         2 pictures left aside, of classes that have a better one\n\
         3 items have no plural, so that counting questions leave them out: dog, kite, Traffic light\n"
    );
    let pack = fs::read_to_string(dir.path().join("packs/zoo/pack.toml")).unwrap();
    insta::assert_snapshot!(pack, @r#"
    id = "zoo"
    licence = "CC0-1.0"
    credit = "me"

    [[items]]
    id = "dog"
    label = "dog"
    asset = "dog.png"

    [[items]]
    id = "kite"
    label = "kite"
    asset = "kite.png"

    [[items]]
    id = "sheep"
    label = "sheep"
    plural = "sheep"
    aliases = ["ram", "ewe"]
    asset = "sheep.png"

    [[items]]
    id = "traffic-light"
    label = "Traffic light"
    asset = "traffic-light.png"
    "#);
    // The larger picture, of two the first by name; byte for byte.
    assert_eq!(
        fs::read(dir.path().join("packs/zoo/dog.png")).unwrap(),
        fs::read(dir.path().join("photos/dog/c.png")).unwrap()
    );
    assert_eq!(image::open(dir.path().join("sheet.png")).unwrap().width(), 2 * 176);
    let sources = fs::read_to_string(dir.path().join("packs/zoo/sources.csv")).unwrap();
    assert!(sources.contains("\ndog,dog.png,dog/c.png,,,,,CC0-1.0,me\n"), "{sources}");

    let refused_again = refused(&import(dir.path(), &format!("{FOLDERS} -o packs/zoo")));
    assert_eq!(
        refused_again,
        (
            2,
            "error: `packs/zoo` already exists and is not empty\nhint: name another directory with -o\n"
                .to_owned()
        )
    );

    fs::create_dir(dir.path().join("again")).unwrap();
    folders(&dir.path().join("again"), true);
    fs::copy(dir.path().join("names.csv"), dir.path().join("again/names.csv")).unwrap();
    stdout(&import(&dir.path().join("again"), &format!("{FOLDERS} -o zoo --names names.csv")));
    assert_eq!(bytes(&dir.path().join("packs/zoo")), bytes(&dir.path().join("again/zoo")));

    let catalogue = "[[haystack]]\nid = 'a'\nscene = { name = 'desert', seed = 1, width = 320, height = 180, fps = 25, seconds = 20 }\n";
    fs::write(dir.path().join("c.toml"), catalogue).unwrap();
    let spec = "seed = 1\n[haystacks]\ncatalogue = 'c.toml'\n[needles]\npacks = ['packs/zoo']\n[[tasks]]\ntype = 'ret_insert1'\npack = 'zoo'\n";
    fs::write(dir.path().join("spec.toml"), spec).unwrap();
    stdout(&vniah(dir.path(), "plan spec.toml --cache cache -o plan.jsonl"));
    let plan = fs::read_to_string(dir.path().join("plan.jsonl")).unwrap();
    assert!(["dog", "kite", "sheep", "Traffic light"].iter().all(|label| plan.contains(label)), "{plan}");
}

#[test]
fn plurals_are_formed_by_rule_where_asked_for_and_listed() {
    let dir = tempfile::tempdir().unwrap();
    folders(dir.path(), false);
    let said = stdout(&import(dir.path(), &format!("{FOLDERS} -o zoo --plurals english --json")));
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        said["formed_plurals"],
        json!([["dog", "dogs"], ["kite", "kites"], ["sheep", "sheep"], ["Traffic light", "Traffic lights"]])
    );
    assert_eq!((&said["without_plural"], &said["items"]), (&json!([]), &json!(4)));
}

/// Two images and the objects of five categories.
fn coco(dir: &Path) {
    for (name, number) in [("1.png", 1), ("2.png", 2)] {
        save(&picture(number, 320, 240), &dir.join("images").join(name));
    }
    let annotations = json!({
        "images": [
            {"id": 1, "file_name": "1.png", "license": 7, "coco_url": "https://example.org/1"},
            {"id": 2, "file_name": "2.png", "license": 7, "coco_url": "https://example.org/2"},
        ],
        "licenses": [{"id": 7, "name": "CC-BY-2.0"}],
        "categories": [{"id": 18, "name": "dog"}, {"id": 3, "name": "car"}, {"id": 9, "name": "kite"}, {"id": 5, "name": "bus"}],
        "annotations": [
            // The largest of the dogs is a crowd, the next too long.
            {"image_id": 1, "category_id": 18, "bbox": [0, 0, 320, 240], "iscrowd": 1, "segmentation": {"counts": [], "size": [240, 320]}},
            {"image_id": 1, "category_id": 18, "bbox": [0, 0, 319.5, 70]},
            {"image_id": 2, "category_id": 18, "bbox": [10.4, 20, 99.6, 80.2], "iscrowd": 0,
             "segmentation": [[10.4, 20, 110, 20, 110, 100.2], [12, 99, 20, 99, 20, 90, 12, 90]]},
            {"image_id": 1, "category_id": 3, "bbox": [200, 100, 500, 500]},
            {"image_id": 2, "category_id": 5, "bbox": [200, 10, 100, 100], "segmentation": {"counts": [1], "size": [240, 320]}},
        ],
    });
    fs::write(dir.join("instances.json"), annotations.to_string()).unwrap();
}

#[test]
fn objects_of_coco_are_cut_out_along_their_outlines() {
    let dir = tempfile::tempdir().unwrap();
    coco(dir.path());
    let said = stdout(&import(
        dir.path(),
        "instances.json --as coco --images images --id coco -o coco --most-aspect 3",
    ));
    assert_eq!(
        said,
        "pack `coco`: 3 items\n\
         no object is annotated of `kite`\n\
         1 annotation of a crowd is left aside\n\
         1 object is outlined by runs of pixels, which are not read: its box would be cut out\n\
         1 picture left aside, of classes that have a better one\n\
         3 items have no plural, so that counting questions leave them out: bus, car, dog\n"
    );
    let pack = fs::read_to_string(dir.path().join("coco/pack.toml")).unwrap();
    let terms = "licence = \"CC-BY-2.0\"\ncredit = \"https://example.org/1; https://example.org/2\"\n";
    assert!(pack.starts_with(&format!("id = \"coco\"\n{terms}")), "{pack}");
    let sources = fs::read_to_string(dir.path().join("coco/sources.csv")).unwrap();
    assert!(
        sources.contains("\ndog,dog.png,2.png,10,20,100,81,CC-BY-2.0,https://example.org/2\n"),
        "{sources}"
    );
    // A box that reaches beyond its image ends there.
    assert!(sources.contains("\ncar,car.png,1.png,200,100,120,140,"), "{sources}");
    let (dog, whole) =
        (image::open(dir.path().join("coco/dog.png")).unwrap().into_rgba8(), picture(2, 320, 240));
    assert_eq!(dog.dimensions(), (100, 81));
    for (x, y, alpha) in [(90, 10, 255), (50, 20, 255), (40, 60, 0), (5, 74, 255), (1, 60, 0)] {
        let (found, want) = (dog.get_pixel(x, y).0, whole.get_pixel(10 + x, 20 + y).0);
        assert_eq!((found[3], &found[..3]), (alpha, &want[..]), "{x},{y}");
    }
    assert_eq!(
        image::open(dir.path().join("coco/bus.png")).unwrap().into_rgb8(),
        image::imageops::crop_imm(&picture(2, 320, 240), 200, 10, 100, 100).to_image()
    );
}

#[test]
fn numbers_of_coco_that_stand_for_two_things_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    coco(dir.path());
    let path = dir.path().join("instances.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"id\":2", "\"id\":1").replace("\"id\":9", "\"id\":3")).unwrap();
    let output = import(dir.path(), "instances.json --as coco --images images --id coco -o coco");
    assert_eq!(output.status.code(), Some(3));
    let told = String::from_utf8_lossy(&output.stderr);
    for part in
        ["images[1].id: 1 is the id of an earlier entry of `images`", "categories[2].id: 3 is the id of"]
    {
        assert!(told.contains(part), "{told}");
    }
    assert!(!dir.path().join("coco").exists());
}

fn voc(dir: &Path, name: &str, number: u32, objects: &[(&str, [u32; 4], &str)]) {
    save(&picture(number, 200, 160), &dir.join("JPEGImages").join(format!("{name}.png")));
    let mut xml = format!("<annotation><filename>{name}.png</filename>");
    for (label, edges, flags) in objects {
        let edges = ["xmin", "ymin", "xmax", "ymax"].iter().zip(edges);
        let edges: Vec<String> = edges.map(|(name, edge)| format!("<{name}>{edge}</{name}>")).collect();
        let edges = edges.concat();
        write!(xml, "<object><name>{label}</name>{flags}<bndbox>{edges}</bndbox></object>").unwrap();
    }
    xml.push_str("</annotation>");
    fs::create_dir_all(dir.join("Annotations")).unwrap();
    fs::write(dir.join("Annotations").join(format!("{name}.xml")), xml).unwrap();
}

#[test]
fn objects_of_voc_are_cut_out_by_their_boxes() {
    let dir = tempfile::tempdir().unwrap();
    let hard = "<truncated>1</truncated><difficult>0</difficult>";
    voc(
        dir.path(),
        "a",
        1,
        &[("dog", [1, 1, 100, 80], "<difficult>0</difficult>"), ("cat", [1, 1, 200, 160], hard)],
    );
    voc(dir.path(), "b", 2, &[("cat", [11, 21, 90, 100], ""), ("dog", [1, 1, 70, 80], "")]);
    let said = stdout(&import(
        dir.path(),
        ". --as voc --id voc -o voc --licence CC0-1.0 --credit me --plurals english",
    ));
    assert_eq!(
        said,
        "pack `voc`: 2 items\n\
         1 difficult or truncated object is left aside\n\
         1 picture left aside, of classes that have a better one\n\
         plurals by the rules of English, to be looked at: cat -> cats, dog -> dogs\n"
    );
    // Pixels count from 1, and the last is part of the box.
    let cat = image::imageops::crop_imm(&picture(2, 200, 160), 10, 20, 80, 80).to_image();
    assert_eq!(image::open(dir.path().join("voc/cat.png")).unwrap().into_rgb8(), cat);
    assert_eq!(image::image_dimensions(dir.path().join("voc/dog.png")).unwrap(), (100, 80));
}

#[test]
fn a_table_states_names_and_terms_of_each_picture() {
    let dir = tempfile::tempdir().unwrap();
    for number in 0..3 {
        save(&picture(number, 64, 80), &dir.path().join(format!("p/{number}.png")));
    }
    let table = "path,label,plural,aliases,alike,licence,credit\n\
                 p/0.png,Éclair,éclairs,pastry; long john,,CC0-1.0,Ann\n\
                 p/1.png,kayak,,,,CC-BY-4.0,\"Bob, of Town\"\n\
                 p/2.png,canoe,canoes,,Kayak,CC0-1.0,Ann\n";
    fs::write(dir.path().join("t.csv"), table).unwrap();
    stdout(&import(dir.path(), "t.csv --as csv --id t -o t"));
    insta::assert_snapshot!(fs::read_to_string(dir.path().join("t/pack.toml")).unwrap(), @r#"
    id = "t"
    licence = "CC-BY-4.0 AND CC0-1.0"
    credit = "Ann; Bob, of Town"

    [[items]]
    id = "canoe"
    label = "canoe"
    plural = "canoes"
    asset = "canoe.png"
    alike = ["kayak"]

    [[items]]
    id = "kayak"
    label = "kayak"
    asset = "kayak.png"

    [[items]]
    id = "clair-c1b9327b"
    label = "Éclair"
    plural = "éclairs"
    aliases = ["pastry", "long john"]
    asset = "clair-c1b9327b.png"
    "#);
}

#[test]
fn all_problems_of_a_table_are_told_and_nothing_is_written() {
    let dir = tempfile::tempdir().unwrap();
    for (name, number, width, height) in
        [("a", 0, 80, 80), ("same", 0, 160, 160), ("small", 1, 63, 80), ("long", 2, 400, 70)]
    {
        save(&picture(number, width, height), &dir.path().join(format!("{name}.png")));
    }
    fs::write(dir.path().join("broken.png"), b"no picture").unwrap();
    let cut = fs::read(dir.path().join("a.png")).unwrap();
    fs::write(dir.path().join("cut.png"), &cut[..cut.len() / 2]).unwrap();
    let table = "path,label,aliases,alike\n\
                 a.png,ant,bug,\n\
                 same.png,bee,ANT,\n\
                 small.png,cow,,wasp\n\
                 long.png,dog,,\n\
                 broken.png,elk,,\n\
                 cut.png,fox,,\n\
                 gone.png,gnu,,\n\
                 a.png,Ant,,bee\n\
                 ,yak,,\n";
    fs::write(dir.path().join("t.csv"), table).unwrap();
    let (code, said) = refused(&import(dir.path(), "t.csv --as csv --id t! -o t --credit me"));
    insta::assert_snapshot!(said, @r#"
    error: cannot make a pack: 12 problems
      --id: `t!` is not an id; expected ASCII letters, digits, `_` and `-` (`t.csv`)
      line 10, path: missing; expected a text (`t.csv`)
      line 4: 63x80 is too small; expected 64 pixels per side, or set --least-side (`t.csv`)
      line 5: 400x70 is longer than 4:1; set --most-aspect to allow it (`t.csv`)
      line 6 of t.csv: cannot be used: not a PNG, JPEG, WebP, BMP or SVG picture: The image format could not be determined (`broken.png`)
      line 7 of t.csv: cannot be used: not a PNG, JPEG, WebP, BMP or SVG picture: unexpected end of file (`cut.png`)
      line 8 of t.csv: cannot be used: there is no such file (`gone.png`)
      line 2, label: `ant` is also the label of `Ant` (`t.csv`)
      line 3, alias: `ANT` is also the label of `Ant` (`t.csv`)
      line 2: `Ant` and `ant` look alike: 0 apart, expected 60; --alike keeps them from meeting in a question (`t.csv`)
      line 3: `ant` and `bee` look alike: 7 apart, expected 60; --alike keeps them from meeting in a question (`t.csv`)
      line 9: missing; expected the picture's licence, or --licence for all (`t.csv`)
    "#);
    assert_eq!(code, 3);
    assert!(!dir.path().join("t").exists());

    fs::write(dir.path().join("t.csv"), "path,label,colour\n").unwrap();
    let (_, said) = refused(&import(dir.path(), "t.csv --as csv --id t -o t"));
    assert!(said.contains("colour: unknown column; expected path, label, plural, aliases"), "{said}");
}

#[test]
fn bad_pictures_are_left_out_and_near_ones_marked_where_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    for (name, number, side) in [("a", 0, 80), ("same", 0, 160), ("other", 4, 80), ("small", 1, 40)] {
        save(&picture(number, side, side), &dir.path().join(format!("{name}.png")));
    }
    fs::write(
        dir.path().join("t.csv"),
        "path,label\na.png,ant\nsame.png,bee\nother.png,elk\nsmall.png,cow\n",
    )
    .unwrap();
    let args = "t.csv --as csv --id t -o t --licence CC0-1.0 --credit me --plurals english";
    let (code, said) = refused(&import(dir.path(), args));
    insta::assert_snapshot!(said, @r#"
    error: cannot make a pack: 2 problems
      line 5: 40x40 is too small; expected 64 pixels per side, or set --least-side (`t.csv`)
      line 3: `ant` and `bee` look alike: 7 apart, expected 60; --alike keeps them from meeting in a question (`t.csv`)
    "#);
    assert_eq!(code, 3);
    let said = stdout(&import(dir.path(), &format!("{args} --skip-bad --alike")));
    insta::assert_snapshot!(said, @r#"
    pack `t`: 3 items
    left out: line 5: 40x40 is too small; expected 64 pixels per side, or set --least-side (`t.csv`)
    marked as alike: `ant` and `bee`, 7 apart
    plurals by the rules of English, to be looked at: ant -> ants, bee -> bees, elk -> elk
    "#);
    let shown = stdout(&vniah(dir.path(), "needles show t --needles t"));
    assert!(shown.contains("\nbee  bee    bees    -        ant\n"), "{shown}");
}

#[test]
fn annotations_that_contradict_themselves_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let bad = json!({
        "images": [{"id": 1, "file_name": "gone.png"}],
        "categories": [{"id": 1, "name": "dog"}],
        "annotations": [
            {"image_id": 2, "category_id": 3, "bbox": [0, 0, 9, 9]},
            {"image_id": 1, "category_id": 1, "bbox": [0, 0, 0, 9]},
            {"image_id": 1, "category_id": 1, "bbox": [0, 0, 90, 90]},
        ],
    });
    fs::write(dir.path().join("bad.json"), bad.to_string()).unwrap();
    let (code, said) =
        refused(&import(dir.path(), "bad.json --as coco --id t -o t --licence CC0-1.0 --credit me"));
    insta::assert_snapshot!(said, @r#"
    error: cannot make a pack: 4 problems
      annotations[0].image_id: image 2 is not in the file (`bad.json`)
      annotations[0].category_id: category 3 is not in the file (`bad.json`)
      annotations[1].bbox: the box has no part in the picture (`bad.json`)
      annotations[2] of bad.json: cannot be used: there is no such file (`gone.png`)
    "#);
    assert_eq!(code, 3);
    fs::write(dir.path().join("bad.json"), "{\"images\": [{}]}").unwrap();
    let (_, said) = refused(&import(dir.path(), "bad.json --as coco --id t -o t"));
    assert!(
        said.contains("not COCO's annotations: missing field `id` at line 1 column 14 (`bad.json`)"),
        "{said}"
    );

    voc(dir.path(), "a", 1, &[("dog", [50, 1, 50, 0], ""), ("", [1, 1, 9, 9], "")]);
    fs::write(dir.path().join("Annotations/b.xml"), "<annotation>").unwrap();
    fs::write(dir.path().join("Annotations/c.xml"), "<annotation/>").unwrap();
    let (code, said) = refused(&import(dir.path(), ". --as voc --id t -o t --licence CC0-1.0 --credit me"));
    insta::assert_snapshot!(said, @r#"
    error: cannot make a pack: 4 problems
      object[0].bndbox: the box has no part in the picture (`./Annotations/a.xml`)
      object[1].name: missing; expected the object's class (`./Annotations/a.xml`)
      not XML: the root node was opened but never closed (`./Annotations/b.xml`)
      filename: missing; expected the image's file name (`./Annotations/c.xml`)
    "#);
    assert_eq!(code, 3);
}

#[test]
fn pictures_outside_of_an_import_are_not_copied() {
    let dir = tempfile::tempdir().unwrap();
    save(&picture(1, 90, 90), &dir.path().join("secret.png"));
    let secret = dir.path().join("secret.png").display().to_string();
    let inner = dir.path().join("in");
    fs::create_dir_all(inner.join("Annotations")).unwrap();
    let table = format!("path,label\n../secret.png,one\n{secret},two\n");
    fs::write(inner.join("t.csv"), table).unwrap();
    let coco = json!({
        "images": [{"id": 1, "file_name": secret}],
        "categories": [{"id": 1, "name": "dog"}],
        "annotations": [{"image_id": 1, "category_id": 1, "bbox": [0, 0, 90, 90]}],
    });
    fs::write(inner.join("c.json"), coco.to_string()).unwrap();
    let voc =
        "<annotation><filename>../../secret.png</filename><object><name>dog</name></object></annotation>";
    fs::write(inner.join("Annotations/a.xml"), voc).unwrap();
    for (args, places) in [("t.csv --as csv", 2), ("c.json --as coco", 1), (". --as voc", 1)] {
        let (code, said) =
            refused(&import(&inner, &format!("{args} --id t -o t --licence CC0-1.0 --credit me")));
        assert_eq!(code, 3, "{args}: {said}");
        let found =
            said.matches("is not below the directory of the pictures; expected a path within it").count();
        assert_eq!(found, places, "{args}: {said}");
        assert!(!inner.join("t").exists());
    }
}

/// Six seconds of a desert; from the fourth on, a lemon lies in it.
fn desert_with_a_lemon(path: &Path) {
    let (library, fps) = (Library::embedded(), FrameRate::new(10, 1).unwrap());
    let look = Look::Patch { pack: "fruits".to_owned(), item: "lemon".to_owned() };
    let place = PixelBox { x: 201, y: 33, w: 60, h: 60 };
    let lemon = library.draw(&look, place, 320, 180).unwrap();
    let scene = Scene::new("desert", 1, 320, 180, fps, 60).unwrap();
    let frame = |at: u64| {
        let mut frame = DynamicImage::ImageRgb8(scene.frame(at));
        if at >= 40 {
            imageops::overlay(&mut frame, &lemon, 201, 33);
        }
        frame.into_rgb8()
    };
    let stage = Job::default().start(Stage::Prepare, 60);
    let target = Target { width: 320, height: 180, fps, crf: 28 };
    prepare::scene(target, path, 60, stage.item("desert"), frame).unwrap();
}

#[test]
fn what_a_haystack_shows_is_left_out_where_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    desert_with_a_lemon(&dir.path().join("a.mp4"));
    let catalogue = "[[haystack]]\nid = 'b'\nscene = { name = 'night', seed = 1, width = 320, height = 180, fps = 10, seconds = 6 }\n";
    fs::write(dir.path().join("c.toml"), catalogue).unwrap();
    let spec = |more: &str| {
        let spec = format!(
            "seed = 1\n[haystacks]\npaths = ['a.mp4']\ncatalogue = 'c.toml'\n[needles]\nduration = '500ms'\n{more}\n[[tasks]]\ntype = 'ret_insert1'\n[[tasks]]\ntype = 'ret_insert2'\npack = 'fruits'\n"
        );
        fs::write(dir.path().join("spec.toml"), spec).unwrap();
    };
    let listed = || -> serde_json::Value {
        serde_json::from_str(&stdout(&vniah(dir.path(), "haystacks list spec.toml --json --cache cache")))
            .unwrap()
    };
    spec("");
    assert_eq!(listed()[0]["haystack"]["shows"], json!(null));
    spec("unlike_haystack = true");
    let found = listed();
    assert_eq!(found[0]["haystack"]["shows"], json!(["lemon"]), "{found}");
    let warning = found[0]["haystack"]["warnings"][0].as_str().unwrap();
    assert!(warning.starts_with("shows something like `lemon` of pack `fruits` at 4.0 s: "), "{warning}");
    assert!(warning.ends_with(" apart, under 400; it is no needle of its videos"), "{warning}");
    assert_eq!(found[1]["haystack"]["warnings"], json!(null), "{found}");
    stdout(&vniah(dir.path(), "plan spec.toml --cache cache -o plan.jsonl"));
    let plan = fs::read_to_string(dir.path().join("plan.jsonl")).unwrap();
    let with_lemon =
        |haystack: &str| plan.lines().any(|line| line.contains(haystack) && line.contains("\"lemon\""));
    assert_eq!((with_lemon("-a-0\""), with_lemon("-b-0\"")), (false, true), "{plan}");

    // What was found is kept, with every distance, so that another threshold needs no other look.
    let kept: Vec<_> = files::sorted_dir(&dir.path().join("cache/probed")).unwrap();
    let is_sighting = |path: &&std::path::PathBuf| {
        fs::read_to_string(path)
            .unwrap()
            .lines()
            .nth(1)
            .is_some_and(|value| value.starts_with("[{\"distance\""))
    };
    let kept: Vec<_> = kept.iter().filter(is_sighting).collect();
    assert_eq!(kept.len(), 2);
    spec("unlike_haystack = 20");
    assert_eq!(listed()[0]["haystack"]["shows"], json!(null));
    for path in kept {
        let known = fs::read_to_string(path).unwrap();
        let (head, value) = known.split_once('\n').unwrap();
        let value = value.replace("\"distance\":", "\"distance\":9999");
        let mut head: serde_json::Value = serde_json::from_str(head).unwrap();
        head["sha256"] = json!(vniah::digest::of_bytes(value.as_bytes()));
        fs::write(path, format!("{head}\n{value}")).unwrap();
    }
    spec("unlike_haystack = true");
    assert_eq!(listed()[0]["haystack"]["shows"], json!(null));

    spec("unlike_haystack = 'near'");
    let (code, said) = refused(&vniah(dir.path(), "plan spec.toml --cache cache"));
    assert_eq!(code, 3);
    assert!(said.contains("needles.unlike_haystack: "), "{said}");
}
