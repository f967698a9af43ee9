//! What tests of foreign media share: the two programs, a barcode video, and what a finished video shows.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use vniah::dataset::{self, Row};
use vniah::media::decode::FileReader;
use vniah::media::input::Input;
use vniah::scene::read_barcode;
use vniah::seed::Stream;

/// Runs the program in `dir`.
pub(crate) fn vniah(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vniah")).current_dir(dir).args(args).output().expect("the program runs")
}

/// Runs the program in `dir` with the cache `dir/cache`; it must succeed. Gives what it printed on stdout.
pub(crate) fn done(dir: &Path, args: &[&str]) -> String {
    let output = vniah(dir, &[args, &["--cache", "cache"]].concat());
    assert_eq!(output.status.code(), Some(0), "{args:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// Runs the ffmpeg program in `dir`; arguments are separated by spaces. Gives what it printed on stdout.
pub(crate) fn ffmpeg(dir: &Path, args: &str) -> Vec<u8> {
    let output = Command::new("ffmpeg")
        .current_dir(dir)
        .args(["-nostdin", "-y", "-v", "error"])
        .args(args.split(' '))
        .output()
        .expect("the ffmpeg program");
    assert!(output.status.success(), "ffmpeg {args}: {}", text(&output.stderr));
    output.stdout
}

/// Bytes as text.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Writes a spec in `dir` of haystacks `paths` and these types; `more` goes before the types.
pub(crate) fn spec(dir: &Path, name: &str, paths: &[&str], more: &str, types: &[&str]) {
    let task = |kind: &&str| format!("[[tasks]]\ntype = \"{kind}\"\n");
    let tasks = types.iter().map(task).collect::<Vec<String>>().concat();
    let text = format!("seed = 1\n[haystacks]\npaths = {paths:?}\n{more}\n{tasks}");
    fs::write(dir.join(name), text).unwrap();
}

/// A barcode video `dir/barcode.mp4` of 256x144 at 25 frames a second, with noise as sound if it is given: mono, 48 kHz.
pub(crate) fn barcode(dir: &Path, frames: u64, noise: Option<&[i16]>) -> PathBuf {
    let scene = "scene = { name = \"barcode\", seed = 7, width = 256, height = 144, fps = 25";
    fs::write(
        dir.join("barcode.toml"),
        format!("[[haystack]]\nid = \"barcode\"\n{scene}, frames = {frames} }}\n"),
    )
    .unwrap();
    fs::write(dir.join("scene.toml"), "seed = 1\n[haystacks]\ncatalogue = \"barcode.toml\"\n").unwrap();
    let prepared = vniah(dir, &["haystacks", "prepare", "scene.toml", "--cache", "scenes"]);
    assert!(prepared.status.success(), "{}", text(&prepared.stderr));
    let made = vniah::files::sorted_dir(&dir.join("scenes/prepared")).unwrap();
    let made = made.iter().find(|path| path.extension().is_some_and(|extension| extension == "mp4")).unwrap();
    let path = dir.join("barcode.mp4");
    let Some(noise) = noise else {
        fs::copy(made, &path).unwrap();
        return path;
    };
    fs::copy(made, dir.join("silent.mp4")).unwrap();
    let bytes: Vec<u8> = noise.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    fs::write(dir.join("noise.raw"), bytes).unwrap();
    ffmpeg(
        dir,
        "-i silent.mp4 -f s16le -ar 48000 -ac 1 -i noise.raw -c:v copy -c:a aac -b:a 128k -movflags +faststart barcode.mp4",
    );
    path
}

/// The rows of a dataset, one a sample.
pub(crate) fn rows(out: &Path) -> Vec<Row> {
    let mut rows = dataset::read_rows(out).unwrap();
    rows.dedup_by(|one, other| one.sample_id == other.sample_id);
    rows
}

/// The row of the sample of `kind` made of haystack `id`.
pub(crate) fn row_of<'a>(rows: &'a [Row], kind: &str, id: &str) -> &'a Row {
    rows.iter().find(|row| row.kind == kind && row.haystack_ids == [id]).unwrap()
}

/// Barcode frames of a finished video, inserted frames left out; none where a frame cannot be read.
pub(crate) fn barcodes(path: &Path, row: &Row) -> Vec<Option<u32>> {
    let mut reader = FileReader::open(&Input::file(path)).unwrap();
    let mut codes = Vec::new();
    let mut at = 0;
    while let Some((frame, _)) = reader.next_frame().unwrap() {
        if !row.needle_frames.iter().any(|span| span.contains(at)) {
            let code = read_barcode(&frame.y, frame.width as usize, frame.width, frame.height);
            codes.push(code.map(|(_, index)| index));
        }
        at += 1;
    }
    codes
}

/// Flips a bit somewhere in `bytes`, so many times.
pub(crate) fn flip_bits(bytes: &mut [u8], times: usize, random: &mut Stream) {
    for _ in 0..times {
        let at = random.below(bytes.len() as u64) as usize;
        bytes[at] ^= 1 << random.below(8);
    }
}

/// Every file below `dir`, sorted, with its bytes.
pub(crate) fn tree(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for path in vniah::files::sorted_dir(dir).unwrap() {
        if path.is_dir() {
            files.extend(
                tree(&path)
                    .into_iter()
                    .map(|(name, bytes)| (Path::new(path.file_name().unwrap()).join(name), bytes)),
            );
        } else {
            files.push((PathBuf::from(path.file_name().unwrap()), fs::read(&path).unwrap()));
        }
    }
    files
}
