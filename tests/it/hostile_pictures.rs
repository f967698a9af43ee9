//! Pictures of packs that claim more than they are, or ask for drawing without end.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use super::bench::said;

fn vniah(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vniah")).current_dir(dir).args(args).output().unwrap()
}

/// A PNG of a few bytes that claims to have this size.
fn claim(width: u32, height: u32) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], data: &[u8]| {
        png.extend((data.len() as u32).to_be_bytes());
        let body = [kind.as_slice(), data].concat();
        png.extend(&body);
        png.extend(crc(&body).to_be_bytes());
    };
    chunk(b"IHDR", &[&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat());
    chunk(b"IDAT", &[0x78, 0x9c, 0x03, 0, 0, 0, 0, 1]);
    chunk(b"IEND", &[]);
    png
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(crc & 1)))
    })
}

fn svg(body: &str) -> Vec<u8> {
    format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\">{body}</svg>").into_bytes()
}

/// A pack whose one picture is this, looked at by the program.
fn look(name: &str, bytes: &[u8]) -> (Output, Duration) {
    let dir = tempfile::tempdir().unwrap();
    let pack = dir.path().join("packs/own");
    fs::create_dir_all(&pack).unwrap();
    fs::write(pack.join(name), bytes).unwrap();
    let text = format!(
        "id = \"own\"\nlicence = \"CC0-1.0\"\ncredit = \"me\"\n[[items]]\nlabel = \"Thing\"\nasset = \"{name}\"\n"
    );
    fs::write(pack.join("pack.toml"), text).unwrap();
    let start = Instant::now();
    let output = vniah(dir.path(), &["needles", "show", "own", "--needles", "packs"]);
    (output, start.elapsed())
}

#[test]
fn pictures_that_ask_for_too_much_are_refused_by_name() {
    let stops = "<linearGradient id=\"g\">".to_owned()
        + &"<stop offset=\"0.5\" stop-color=\"red\"/>".repeat(300_000)
        + "</linearGradient><rect width=\"9\" height=\"9\" fill=\"url(#g)\"/>";
    let filter = |primitive: &str| {
        svg(&format!(
            "<filter id=\"f\">{primitive}</filter><rect width=\"9\" height=\"9\" filter=\"url(#f)\"/>"
        ))
    };
    let uses = (0..30).fold("<g id=\"u0\"><path d=\"M0 0h1v1z\"/></g>".to_owned(), |text, at| {
        text + &format!("<g id=\"u{}\"><use href=\"#u{at}\"/><use href=\"#u{at}\"/></g>", at + 1)
    });
    let layers = "<g opacity=\"0.5\"><rect width=\"9\" height=\"9\"/></g>".repeat(3000);
    let markers = format!(
        "<marker id=\"m\"><path d=\"M0 0h1\"/></marker><path marker-mid=\"url(#m)\" d=\"M0 0{}\"/>",
        "h1".repeat(200_000)
    );
    for (name, bytes, message) in [
        ("a.png", claim(65535, 65535), "the picture has 65535x65535 pixels, over 67108864; make it smaller"),
        ("a.png", claim(12000, 12000), "the picture has 12000x12000 pixels, over 67108864"),
        ("a.svg", svg(&stops), "its gradients have 300000 stops, over 2000"),
        (
            "a.svg",
            filter("<feTurbulence baseFrequency=\"0.1\" numOctaves=\"1000000000\"/>"),
            "its filters take 1000000000 passes over the picture, over 200",
        ),
        (
            "a.svg",
            filter(&"<feGaussianBlur stdDeviation=\"1\"/>".repeat(300)),
            "take 300 passes over the picture",
        ),
        ("a.svg", filter("<feMorphology radius=\"100000\"/>"), "feMorphology"),
        ("a.svg", svg(&uses), "once each `<use>` is written out"),
        ("a.svg", svg(&layers), "layers apart, over 2000"),
        ("a.svg", svg(&markers), "it draws markers on paths of too many points"),
    ] {
        let (output, took) = look(name, &bytes);
        assert_eq!(output.status.code(), Some(3), "{message}: {}", said(&output));
        assert!(said(&output).contains(message), "{message}: {}", said(&output));
        assert!(said(&output).contains(&format!("`{name}`")), "the file is named: {}", said(&output));
        assert!(took < Duration::from_secs(20), "{message}: {took:?}");
    }
    // What a picture may well hold is drawn.
    let plain =
        filter("<feTurbulence baseFrequency=\"0.1\" numOctaves=\"4\"/><feGaussianBlur stdDeviation=\"1\"/>");
    let (output, _) = look("a.svg", &plain);
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn pictures_that_claim_too_much_are_not_imported() {
    let dir = tempfile::tempdir().unwrap();
    for class in ["one", "two"] {
        fs::create_dir_all(dir.path().join("photos").join(class)).unwrap();
        let mut file = fs::File::create(dir.path().join("photos").join(class).join("a.png")).unwrap();
        file.write_all(&claim(65535, 65535)).unwrap();
    }
    let import =
        ["needles", "import", "photos", "--as", "imagefolder", "--id", "zoo", "--licence", "CC0-1.0"];
    let output = vniah(dir.path(), &[&import[..], &["-o", "packs"]].concat());
    assert!(!output.status.success());
    let message = "the picture has 65535x65535 pixels, over 67108864; make it smaller";
    assert!(said(&output).contains(message) && said(&output).contains("a.png"), "{}", said(&output));
}
