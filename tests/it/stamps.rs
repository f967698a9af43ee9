//! `vniah needles import --as stamps`: a tree as Tux Paint keeps it, with the odd cases of the real one; and the real one, where
//! it is installed.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use image::{Rgba, RgbaImage};

use super::bench::Bench;

/// Two shapes on transparent ground; the same of one number whatever its size.
fn draw(bench: &Bench, name: &str, number: u32, side: u32) {
    let colours =
        [[220, 30, 40], [30, 60, 200], [240, 220, 40], [20, 150, 60], [250, 250, 250], [20, 20, 20]];
    let colour = |at: u32| {
        let [red, green, blue] = colours[(at % 6) as usize];
        Rgba([red, green, blue, 255])
    };
    let picture = RgbaImage::from_fn(side, side, |x, y| {
        let (x, y) = (x * 64 / side, y * 64 / side);
        let (dx, dy) = (x.abs_diff(32), y.abs_diff(32));
        if dx * dx + dy * dy > 1000 {
            Rgba([0; 4])
        } else if x + number * y / 2 < 50 {
            colour(number)
        } else {
            colour(number / 2 + 3)
        }
    });
    let path = bench.path(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    picture.save(path).unwrap();
}

fn stamp(bench: &Bench, name: &str, number: u32, side: u32, english: &str, chinese: &str) {
    draw(bench, &format!("{name}.png"), number, side);
    bench.write(&format!("{name}.txt"), &format!("{english}\nde.utf8=Etwas.\nzh_CN.utf8={chinese}\n"));
}

/// Stamps without a fault.
fn sound(bench: &Bench) {
    stamp(bench, "stamps/dogs/dog", 0, 80, "A dog (poodle).", "一只狗。");
    stamp(bench, "stamps/dogs/dog_large", 0, 120, "A dog.", "狗。");
    stamp(bench, "stamps/birds/sea/penguin", 2, 90, "A penguin.", "企鹅！");
    stamp(bench, "stamps/birds/sea/little", 5, 90, "A little penguin.", "小企鹅。");
    stamp(bench, "stamps/birds/peacock", 3, 90, "A peacock (a male peafowl).", "梨。");
    stamp(bench, "stamps/birds/peahen", 4, 90, "A peahen (a female peafowl, or peacock).", "梨。");
    stamp(bench, "stamps/head", 7, 90, "A head of lettuce.", "");
    stamp(bench, "stamps/cartoon/tux", 1, 90, "Tux is the mascot!", "");
    for name in ["dogs/dog_mirror.png", "dogs/dog_flip.png"] {
        draw(bench, &format!("stamps/{name}"), 0, 80);
    }
    for name in ["dogs/dog.dat", "dogs/dog.ogg", "dogs/dog_de.ogg", "dogs/dog.svg"] {
        bench.write(&format!("stamps/{name}"), "");
    }
}

const IMPORT: [&str; 11] = [
    "needles",
    "import",
    "stamps",
    "--as",
    "stamps",
    "--id",
    "stamps",
    "--licence",
    "GPL-2.0-only",
    "--credit",
    "them",
];

#[test]
fn a_tree_of_stamps_becomes_a_pack() {
    let bench = Bench::new("");
    sound(&bench);
    let more = ["-o", "pack", "--without", "cartoon", "--plurals", "english", "--chinese"];
    let said = bench.done(&[&IMPORT[..], &more[..]].concat());
    for line in [
        "pack `stamps`: 6 items\n",
        "1 picture in directories left out\n",
        "1 SVG is left aside: stamps are taken as PNG\n",
        "2 pictures are left aside: another, turned\n",
        "1 picture left aside, of classes that have a better one\n",
        "`peacock` names another item, too, so that `peahen` goes without it\n",
        "`梨` is the Chinese name of several, so that `peahen` goes without it\n",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    let pack: toml::Table = fs::read_to_string(bench.path("pack/pack.toml")).unwrap().parse().unwrap();
    assert_eq!((pack["licence"].as_str(), pack["credit"].as_str()), (Some("GPL-2.0-only"), Some("them")));
    let items = pack["items"].as_array().unwrap();
    let item = |id: &str| items.iter().find(|item| item["id"].as_str() == Some(id)).unwrap();
    assert_eq!(item("dog")["aliases"], toml::Value::from(vec!["poodle"]));
    assert_eq!(item("dog")["names"]["zh"]["label"].as_str(), Some("狗"));
    assert_eq!(item("peahen")["aliases"], toml::Value::from(vec!["female peafowl"]));
    assert_eq!(item("peahen")["alike"], toml::Value::from(vec!["peacock"]));
    assert_eq!(item("little-penguin")["alike"], toml::Value::from(vec!["penguin"]));
    assert_eq!(item("head-of-lettuce")["plural"].as_str(), Some("heads of lettuce"));
    assert!(item("peacock").get("names").is_none());
    assert_eq!(image::open(bench.path("pack/dog.png")).unwrap().width(), 120);
}

#[test]
fn faults_of_stamps_name_file_and_line_all_at_once() {
    let bench = Bench::new("");
    sound(&bench);
    draw(&bench, "stamps/none.png", 1, 90);
    stamp(&bench, "stamps/german", 1, 90, "de.utf8=Ein Hund.", "");
    stamp(&bench, "stamps/eat", 1, 90, "Eat your broccoli!", "");
    stamp(&bench, "stamps/boars", 1, 90, "Two wild boars.", "");
    let output = bench.run(&[&IMPORT[..], &["-o", "pack", "--without", "cartoon"]].concat());
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8(output.stderr).unwrap();
    for (name, fault) in [
        ("none.png", "missing; expected a text beside it"),
        ("german.txt", "line 1: missing; expected an English name in the first line"),
        ("eat.txt", "line 1: `Eat your broccoli!` is a sentence"),
        ("boars.txt", "line 1: `Two wild boars.` names several things"),
    ] {
        assert!(said.contains(fault) && said.contains(&format!("stamps/{name}")), "{name}: {said}");
    }
    assert!(!bench.path("pack").exists());
    let left = bench.done(&[&IMPORT[..], &["-o", "pack", "--without", "cartoon", "--skip-bad"]].concat());
    assert!(
        left.starts_with("pack `stamps`: 6 items\n") && left.matches("left out: ").count() == 4,
        "{left}"
    );

    // Pictures that look the same, and pictures too small for the frame.
    stamp(&bench, "stamps/dogs/hound", 0, 100, "A hound.", "");
    let near = [&IMPORT[..], &["-o", "near", "--without", "cartoon", "--skip-bad"]].concat();
    let output = bench.run(&near);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(said.contains("`dog` and `hound` look alike"), "{said}");
    let marked = bench.done(&[&near[..], &["--alike", "--frame", "640x360"]].concat());
    assert!(marked.contains("marked as alike: `dog` and `hound`"), "{marked}");
    let large = bench.run(&[&IMPORT[..], &["-o", "large", "--alike", "--frame", "1280x720"]].concat());
    let said = String::from_utf8(large.stderr).unwrap();
    assert!(
        said.contains("90x90 would be magnified more than 4 times to fill a frame of 1280x720"),
        "{said}"
    );
    let usage = bench.run(&[&IMPORT[..], &["-o", "large", "--frame", "wide"]].concat());
    assert_eq!(usage.status.code(), Some(2));
}

#[test]
fn labels_mend_names_and_drop_pictures() {
    let bench = Bench::new("");
    sound(&bench);
    draw(&bench, "stamps/none.png", 9, 90);
    bench.write(
        "labels.csv",
        "file,label,aliases,chinese,chinese_aliases,drop\n\
         none.png,red badge,badge; pin,红徽章,徽章;红章,\n\
         cartoon/tux.png,,,,,yes\n\
         birds/peacock.png,,-,孔雀,,\n\
         birds/peahen.png,Peahen,,雌孔雀,,\n\
         dogs/dog_mirror.png,hound,,,,\n",
    );
    let more = ["-o", "pack", "--labels", "labels.csv"];
    let made = bench.done(&[&IMPORT[..], &more[..]].concat());
    assert!(made.contains("pack `stamps`: 7 items\n"), "{made}");
    assert!(made.contains("1 picture is dropped, as the labels say\n"), "{made}");
    let aside = "the labels name 1 picture that is left aside: `dogs/dog_mirror.png`\n";
    assert!(made.contains(aside), "{made}");
    let pack: toml::Table = fs::read_to_string(bench.path("pack/pack.toml")).unwrap().parse().unwrap();
    let items = pack["items"].as_array().unwrap();
    let item = |id: &str| items.iter().find(|item| item["id"].as_str() == Some(id)).unwrap();
    assert_eq!(item("red-badge")["aliases"], toml::Value::from(vec!["badge", "pin"]));
    let chinese = |id: &str| item(id).get("names").map(|names| names["zh"].clone());
    let badge = chinese("red-badge").unwrap();
    assert_eq!(badge["label"].as_str(), Some("红徽章"));
    assert_eq!(badge["aliases"], toml::Value::from(vec!["徽章", "红章"]));
    assert!(item("peacock").get("aliases").is_none());
    // Given names are kept without `--chinese`, and those of the texts are not.
    assert_eq!(chinese("peacock").unwrap()["label"].as_str(), Some("孔雀"));
    assert_eq!(chinese("penguin"), None);
    // A label that is the text's but for its case keeps what explains it.
    assert_eq!(item("peahen")["label"].as_str(), Some("Peahen"));
    assert_eq!(item("peahen")["aliases"], toml::Value::from(vec!["female peafowl"]));
    assert!(bench.done(&["needles", "list", "--needles", "pack", "--language", "zh"]).contains("stamps"));
}

#[test]
fn faults_of_labels_are_told_all_at_once() {
    let bench = Bench::new("");
    sound(&bench);
    bench.write(
        "labels.csv",
        "file,label,aliases,chinese,drop\n\
         dogs/dgo.png,hound,,,\n\
         dogs/dog.png,beagle,,狗,\n\
         dogs/dog.png,terrier,,,\n\
         birds/peacock.png,beagle,,狗,\n\
         birds/peahen.png,penguin,,,\n\
         head.png,lettuce,,,yes\n\
         cartoon/tux.png,,,,perhaps\n\
         birds/sea/little.png,,,,\n",
    );
    let more = ["-o", "pack", "--without", "cartoon", "--labels", "labels.csv"];
    let output = bench.run(&[&IMPORT[..], &more[..]].concat());
    assert_eq!(output.status.code(), Some(3));
    let told = String::from_utf8(output.stderr).unwrap();
    for fault in [
        "line 2, file: no picture is called `dogs/dgo.png`; did you mean `dogs/dog.png`?",
        "line 4, file: `dogs/dog.png` is also in line 3",
        "line 5, label: `beagle` is also the label of line 3",
        "line 5, chinese: `狗` is also the chinese of line 3",
        "line 6, label: `penguin` is also the label of `birds/sea/penguin.png`; drop one of the two",
        "line 7, drop: a picture that is left out takes no names",
        "line 8, drop: `perhaps`; expected `yes`, `no` or nothing",
        "line 9, label: missing; expected a label, aliases, a Chinese name, or `yes` in `drop`",
    ] {
        assert!(told.contains(fault), "{fault}: {told}");
    }
    assert!(!bench.path("pack").exists());
    let other = ["needles", "import", "stamps", "--as", "imagefolder", "--id", "x", "-o", "x"];
    let usage = bench.run(&[&other[..], &["--labels", "labels.csv"]].concat());
    assert_eq!(usage.status.code(), Some(2));
}

#[test]
#[ignore = "fetches 160 MB, unless STAMPS names a directory of Tux Paint's stamps"]
fn the_oracle_finds_the_photographs_of_tux_paint() {
    let bench = Bench::new("");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let made = std::process::Command::new(root.join("scripts/photographs.sh"))
        .arg(bench.path("photographs"))
        .env("VNIAH", env!("CARGO_BIN_EXE_vniah"))
        .status();
    assert!(made.unwrap().success());
    let mut spec = format!(
        "seed = 5\n[haystacks]\npaths = [\"{0}/bikes.mp4\", \"{0}/carphone.mp4\"]\n\
         [needles]\npacks = [\"photographs/packs\"]\nduration = \"12 frames\"\ngap = \"9 frames\"\n",
        root.join("tests/.cache").display()
    );
    for (family, pack) in [
        ("ret_insert1", "mammals"),
        ("ord_insert1", "birds"),
        ("cnt_edit2", "fruit"),
        ("ext_insert1", "mammals"),
        ("spa_patch1", "vehicles"),
        ("ord_next1", "birds"),
    ] {
        write!(spec, "[[tasks]]\ntype = \"{family}\"\npack = \"{pack}\"\nsamples = 2\n").unwrap();
    }
    bench.write("spec.toml", &spec);
    bench.made("set");
    bench.done(&["baseline", "oracle", "set", "-o", "answers.jsonl", "--cache", "cache"]);
    let scores: serde_json::Value =
        serde_json::from_str(&bench.done(&["score", "set", "answers.jsonl", "--json"])).unwrap();
    let verdicts = scores["verdicts"].as_array().unwrap();
    assert!(!verdicts.is_empty());
    for sample in verdicts {
        let tries = sample["verdicts"].as_str().unwrap();
        assert!(!tries.is_empty() && tries.bytes().all(|verdict| verdict == b'C'), "{sample}");
    }
}
