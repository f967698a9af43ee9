//! Short videos as needles: packs of them, and what finished videos show of them.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use vniah::files;
use vniah::media::decode::FileReader;
use vniah::media::input::Input;
use vniah::scene::read_barcode;

use crate::mixed_sound::heard;
use crate::movies::{barcode, done, ffmpeg, rows, text, vniah};
use crate::needles::refused;

/// A film of a scene that is drawn: 25 frames a second.
fn film(name: &str, frames: u64, (width, height): (u32, u32)) -> String {
    format!(
        "[[haystack]]\nid = \"{name}\"\nscene = {{ name = \"{name}\", seed = 4, width = {width}, height = {height}, fps = 25, \
         frames = {frames} }}\n"
    )
}

fn footage(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/.cache").join(name);
    assert!(path.is_file(), "`tests/.cache/{name}` is missing: run `make footage`");
    path
}

/// A folder of videos: two of a class, one by itself, a file that is none, and perhaps one that is broken.
fn folder(dir: &Path, is_broken: bool) {
    let home = dir.join("videos");
    fs::create_dir_all(home.join("coloured_bars")).unwrap();
    for (name, made) in [
        ("coloured_bars/b.mp4", "testsrc=s=96x54:r=25:d=1"),
        ("coloured_bars/a.mp4", "smptebars=s=128x72:r=10:d=2"),
        ("moving.mkv", "testsrc2=s=128x96:r=30000/1001:d=1"),
    ] {
        ffmpeg(dir, &format!("-f lavfi -i {made} -pix_fmt yuv420p -c:v libx264 -threads 1 videos/{name}"));
    }
    fs::write(home.join("notes.txt"), "a note").unwrap();
    if is_broken {
        fs::write(home.join("broken.mp4"), "no video").unwrap();
    }
}

const IMPORT: [&str; 8] = ["needles", "import", "videos", "--as", "videofolder", "-o", "pack", "--id"];

#[test]
fn a_folder_of_videos_becomes_a_pack() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    folder(dir, true);
    let (code, said) = refused(&vniah(dir, &[&IMPORT[..], &["mine"]].concat()));
    assert_eq!(code, 3);
    for problem in [
        "--licence: missing; expected the videos' licence, such as `--licence CC-BY-4.0` (`videos`)",
        "--credit: missing; expected whom to credit for the videos (`videos`)",
        "cannot be used: FFmpeg cannot recognise it as a video: ",
        "(`videos/broken.mp4`)",
    ] {
        assert!(said.contains(problem), "{said}");
    }
    assert!(!dir.join("pack").exists(), "nothing is written");

    let terms = ["mine", "--licence", "CC0-1.0", "--credit", "me", "--skip-bad", "--sheet", "sheet.png"];
    let imported = vniah(dir, &[&IMPORT[..], &terms].concat());
    assert!(imported.status.success(), "{}", text(&imported.stderr));
    let said = text(&imported.stdout);
    assert!(said.starts_with("pack `mine`: 2 items\n1 file is no video, and left aside\n"), "{said}");
    assert!(said.contains("\n1 video is left aside: `coloured bars` has one already\n"), "{said}");
    assert!(said.contains("\nleft out: `broken.mp4`: cannot be used: "), "{said}");
    assert!(image::open(dir.join("sheet.png")).unwrap().width() > 300);
    let bytes = |name: &str| fs::read(dir.join(name)).unwrap();
    assert_eq!(bytes("pack/coloured-bars.mp4"), bytes("videos/coloured_bars/a.mp4"), "as it was");
    assert_eq!(
        text(&bytes("pack/sources.csv")),
        "label,asset,source,licence,credit\n\
         coloured bars,coloured-bars.mp4,coloured_bars/a.mp4,CC0-1.0,me\n\
         moving,moving.mkv,moving.mkv,CC0-1.0,me\n"
    );
    let shown = vniah(dir, &["needles", "show", "mine", "--needles", "pack", "--json"]);
    let shown: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(shown["pack"]["kind"], "clip");
    let facts = |at: usize| shown["items"][at]["footage"].clone();
    let bars =
        serde_json::json!({ "width": 128, "height": 72, "fps": [10, 1], "frames": 20, "seconds": 2.0 });
    assert_eq!(facts(0), bars);
    assert_eq!((&facts(1)["fps"], &facts(1)["frames"]), (&serde_json::json!([30000, 1001]), &30.into()));

    // A pack is held to what it states, and to the bytes that it was loaded with.
    let listed = text(&bytes("pack/pack.toml"));
    fs::write(dir.join("pack/pack.toml"), listed.replace("frames = 20", "frames = 25")).unwrap();
    let sheet = ["needles", "show", "mine", "--needles", "pack", "-o", "other.png"];
    assert_eq!(
        refused(&vniah(dir, &sheet)),
        (
            4,
            "error: `pack/coloured-bars.mp4`: holds 20 frames of 128x72 at 10 a second, and its pack states 25 frames of \
             128x72 at 10 a second\n"
                .to_owned()
        )
    );
    fs::write(dir.join("pack/pack.toml"), listed.replace("[items.footage]\nwidth = 128", "[items.stated]"))
        .unwrap();
    let (code, said) = refused(&vniah(dir, &sheet));
    assert_eq!(code, 3);
    assert!(
        said.contains(
            "items[0].footage: missing; expected size, rate and number of frames of `coloured-bars.mp4`"
        ),
        "{said}"
    );
}

#[test]
fn what_cannot_be_a_pack_of_videos_is_refused_with_all_of_it() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    let refused_pack = |items: &str| {
        fs::create_dir_all(dir.join("mine")).unwrap();
        let text = format!("id = 'mine'\nlicence = 'MIT'\ncredit = 'me'\n{items}");
        fs::write(dir.join("mine/pack.toml"), text).unwrap();
        fs::write(dir.join("mine/a.png"), "").unwrap();
        let (code, said) = refused(&vniah(dir, &["needles", "list", "--needles", "mine"]));
        assert_eq!(code, 3, "{said}");
        said
    };
    let facts = "footage = { width = 64, height = 64, fps = '25', frames = 50 }";
    for (items, problem) in [
        (
            "items = [{ label = 'a', scene = { name = 'harbor', seed = 1 } }]",
            "items[0].scene: no scene `harbor`; did you mean `harbour`?",
        ),
        ("items = [{ label = 'a', scene = { name = 'rain' } }]", "items[0].scene: missing field `seed`"),
        (
            "items = [{ label = 'a', scene = { name = 'rain', seed = 1 }, asset = 'b.mp4' }]",
            "items[0]: states both `scene` and `asset`; expected one of them",
        ),
        (
            "items = [{ label = 'a', scene = { name = 'rain', seed = 1 } }, { label = 'b' }]",
            "items[1]: has no video, while other items have one",
        ),
        (
            &format!("items = [{{ label = 'a', {facts} }}]"),
            "items[0].footage: says something of a video, and the item's `asset` is none",
        ),
        (
            &format!("items = [{{ label = 'a', asset = 'a.png', {facts} }}]"),
            "items[0].footage: says something of a video, and the item's `asset` is none",
        ),
        (
            &format!("items = [{{ label = 'a', asset = 'no.mp4', {facts} }}]"),
            "items[0].asset: `no.mp4` is not there",
        ),
        (
            &format!("items = [{{ label = 'a', asset = '../no.mp4', {facts} }}]"),
            "items[0].asset: `../no.mp4` is not below the pack's directory",
        ),
    ] {
        let said = refused_pack(items);
        assert!(said.contains(problem), "{items}: {said}");
    }
    fs::create_dir_all(dir.join("mine/videos")).unwrap();
    fs::write(dir.join("mine/videos/a.mp4"), "").unwrap();
    let said = refused_pack("folder = 'videos'");
    assert!(
        said.contains("folder[a.mp4]: `videos/a.mp4` is a video; expected it under `[[items]]`"),
        "{said}"
    );
    fs::create_dir_all(dir.join("empty/class")).unwrap();
    let import = "needles import empty --as videofolder -o pack --id t --licence MIT --credit me";
    let import: Vec<&str> = import.split(' ').collect();
    let (code, said) = refused(&vniah(dir, &import));
    assert_eq!(code, 3);
    assert!(said.contains("expected short videos, such as `running.mp4` (`empty/class`)"), "{said}");
}

/// The barcodes of the frames of a video's first needle.
fn codes(video: &Path, span: vniah::time::FrameSpan) -> Vec<Option<u32>> {
    let mut reader = FileReader::open(&Input::file(video)).unwrap();
    let mut codes = Vec::new();
    let mut at = 0;
    while let Some((frame, _)) = reader.next_frame().unwrap() {
        if span.contains(at) {
            let code = read_barcode(&frame.y, frame.width as usize, frame.width, frame.height);
            codes.push(code.map(|(_, index)| index));
        }
        at += 1;
    }
    codes
}

#[test]
fn a_clip_is_played_at_its_own_speed_and_backward() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    barcode(dir, 40, None);
    fs::create_dir_all(dir.join("videos")).unwrap();
    // 40 frames at 10 a second, with sound, which is left out.
    ffmpeg(
        dir,
        "-i barcode.mp4 -f lavfi -i sine=d=4 -vf setpts=2.5*PTS -r 10 -c:v libx264 -crf 12 -c:a aac -shortest videos/codes.mp4",
    );
    let terms = ["mine", "--licence", "CC0-1.0", "--credit", "me"];
    let imported = vniah(dir, &[&IMPORT[..], &terms].concat());
    assert!(imported.status.success(), "{}", text(&imported.stderr));
    fs::write(dir.join("films.toml"), film("night", 100, (256, 144))).unwrap();
    let spec = |duration: &str| {
        let text = format!(
            "seed = 5\n[haystacks]\ncatalogue = 'films.toml'\n[needles]\npacks = ['pack']\nduration = '{duration}'\n\
             [[tasks]]\ntype = 'clp_arrow1'\npack = 'mine'\n"
        );
        fs::write(dir.join("spec.toml"), text).unwrap();
    };
    spec("5s");
    let (code, said) = refused(&vniah(dir, &["plan", "spec.toml", "--cache", "cache"]));
    assert_eq!(code, 3);
    let problem = "clp_arrow1: needles of 5s are 125 frames at 25 a second, and the videos of pack `mine` are shorter: \
                   `codes` has 100; set `duration` to \"100 frames\" or less, or take longer videos";
    assert!(said.contains(problem), "{said}");

    spec("1s");
    done(dir, &["generate", "spec.toml", "-o", "out"]);
    done(dir, &["verify", "out", "--solve"]);
    // Ten frames a second among 25: frame k shows the clip's frame floor(k * 10 / 25).
    let forward: Vec<Option<u32>> = (0..25).map(|at| Some(at * 2 / 5)).collect();
    let backward: Vec<Option<u32>> = forward.iter().rev().copied().collect();
    let pair = rows(&dir.join("out"));
    assert_eq!(pair.len(), 2);
    for row in &pair {
        let found = codes(&dir.join("out").join(&row.file_name), row.needle_frames[0]);
        let is_reversed = row.needles[0].motion.is_reversed.unwrap();
        assert_eq!(found, if is_reversed { backward.clone() } else { forward.clone() }, "{}", row.id);
        assert_eq!(row.answer, if is_reversed { "backward" } else { "forward" });
        assert_eq!((row.evidence.len(), row.evidence[0].samples), (1, 2));
    }
    assert_ne!(pair[0].answer, pair[1].answer, "both of a pair have the same frames and another answer");
    assert_eq!(pair[0].needle_frames, pair[1].needle_frames);

    // A dataset is made again from its own pack.
    let holds = |path: &PathBuf| path.join("codes.mp4").is_file() || path.join("videos/codes.mp4").is_file();
    let held = files::sorted_dir(&dir.join("out/spec/needles")).unwrap();
    assert!(held.iter().any(holds), "{held:?}");
}

#[test]
fn clips_are_solved_over_drawn_scenes_and_real_footage() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    fs::write(dir.join("films.toml"), film("harbour", 500, (320, 180))).unwrap();
    let paths = ["bikes.mp4", "bunny.mp4", "hello.mp4"].map(footage);
    let text = format!(
        "seed = 11\n[haystacks]\npaths = {paths:?}\ncatalogue = 'films.toml'\ntoo_short = 'skip'\n[video]\nwidth = 320\nheight = 180\n\
         fps = '25'\naudio = false\n[needles]\nduration = '1s'\ngap = '500ms'\nplace = 'random'\n\
         [[tasks]]\ntype = 'clp_ret1'\n[[tasks]]\ntype = 'clp_ord1'\n[[tasks]]\ntype = 'clp_arrow1'\n"
    );
    fs::write(dir.join("spec.toml"), text).unwrap();
    done(dir, &["generate", "spec.toml", "-o", "out"]);
    let report: serde_json::Value =
        serde_json::from_str(&done(dir, &["verify", "out", "--solve", "--json"])).unwrap();
    let solved = report["solved"].as_array().unwrap();
    assert_eq!(solved.len(), 3);
    for of in solved {
        assert_eq!(
            (of["solved"].as_u64(), of["solver"].as_str()),
            (of["samples"].as_u64(), Some("nearest frame")),
            "{of}"
        );
        // One of the four haystacks is too short for four clips.
        assert!(of["samples"].as_u64() >= Some(3) && of["is_demanded"] == true, "{of}");
    }
    let harbour = rows(&dir.join("out"));
    let mut of_harbour = harbour.iter().filter(|row| row.haystack_ids == ["harbour"]);
    assert!(of_harbour.all(|row| row.needles.iter().all(|needle| needle.label != "harbour")));
}

/// The mean power of what ffmpeg hears in a stretch of a file, mono, of 48,000 samples a second.
fn power(path: &Path, (from, to): (u64, u64), fps: u64) -> f64 {
    let samples = heard(path);
    let at = |frame: u64| ((frame * 48_000 / fps) as usize).min(samples.len());
    let part = &samples[at(from)..at(to)];
    part.iter().map(|&sample| f64::from(sample) * f64::from(sample)).sum::<f64>() / part.len().max(1) as f64
}

#[test]
fn a_clip_s_sound_begins_with_its_pictures_whatever_its_clock_says() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    fs::create_dir(dir.join("videos")).unwrap();
    ffmpeg(
        dir,
        "-f lavfi -i testsrc=s=128x72:r=25:d=2 -f lavfi -i sine=f=400:d=2 -pix_fmt yuv420p -c:v libx264 -c:a aac videos/zero.mp4",
    );
    // As FFmpeg has it, the clock of such a file begins at 1.4 s.
    for offset in [0, 60] {
        ffmpeg(dir, &format!("-i videos/zero.mp4 -c copy -output_ts_offset {offset} videos/{offset}.ts"));
    }
    let terms = ["mine", "--licence", "CC0-1.0", "--credit", "me", "--keep-sound"];
    let imported = vniah(dir, &[&IMPORT[..], &terms].concat());
    assert!(imported.status.success(), "{}", text(&imported.stderr));
    let [wanted, early, late] = ["zero", "0", "60"].map(|name| heard(&dir.join(format!("pack/{name}.flac"))));
    for found in [early, late] {
        assert!(found.len().abs_diff(wanted.len()) < 2048, "{} samples, not {}", found.len(), wanted.len());
        let is_loud = found.iter().take(4800).any(|sample| sample.abs() > 0.1);
        assert!(is_loud, "it is heard in its first tenth of a second");
    }
}

#[test]
fn a_clip_that_keeps_its_sound_is_heard_where_it_is_shown() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    fs::create_dir_all(dir.join("videos")).unwrap();
    for (at, name) in ["dog", "cat", "cow", "hen"].into_iter().enumerate() {
        let (hertz, picture) = (400 + 300 * at, ["testsrc", "testsrc2", "smptebars", "rgbtestsrc"][at]);
        ffmpeg(
            dir,
            &format!(
                "-f lavfi -i {picture}=s=128x72:r=25:d=2 -f lavfi -i sine=f={hertz}:d=2 -pix_fmt yuv420p -c:v libx264 -c:a aac \
                 videos/{name}.mp4"
            ),
        );
    }
    ffmpeg(dir, "-f lavfi -i mandelbrot=s=96x72:r=25 -t 2 -pix_fmt yuv420p -c:v libx264 videos/mute.mp4");
    let terms = ["mine", "--licence", "CC0-1.0", "--credit", "me", "--keep-sound"];
    let imported = vniah(dir, &[&IMPORT[..], &terms].concat());
    assert!(imported.status.success(), "{}", text(&imported.stderr));
    assert!(
        text(&imported.stdout).contains("`mute.mp4`: nothing is to be heard, and it is muted"),
        "{imported:?}"
    );
    let sources = fs::read_to_string(dir.join("pack/sources.csv")).unwrap();
    assert!(
        sources.contains("cat,cat.mp4,cat.mp4,CC0-1.0,me\ncat,cat.flac,cat.mp4,CC0-1.0,me\n"),
        "{sources}"
    );
    fs::write(dir.join("films.toml"), film("night", 300, (256, 144))).unwrap();
    let spec = "seed = 5\n[haystacks]\ncatalogue = 'films.toml'\n[needles]\npacks = ['pack']\nduration = '1s'\n\
                [controls]\nmake = ['muted']\n[[tasks]]\ntype = 'clp_ret1'\npack = 'mine'\nsamples = 3\n\
                [[tasks]]\ntype = 'clp_arrow1'\npack = 'mine'\n";
    fs::write(dir.join("spec.toml"), spec).unwrap();
    done(dir, &["generate", "spec.toml", "-o", "out"]);
    done(dir, &["verify", "out", "--solve"]);
    // A sine of ffmpeg has an amplitude of an eighth: as loud as it was recorded, in a haystack without sound.
    let loud = 0.5 / 64.0;
    let mut heard = 0;
    for row in rows(&dir.join("out")) {
        let path = dir.join("out").join(&row.file_name);
        for (needle, span) in row.needles.iter().zip(&row.needle_frames) {
            let found = power(&path, (span.start(), span.end()), 25);
            if row.kind == "clp_ret1" && needle.label != "mute" {
                // Fades of ten milliseconds at both ends.
                assert!((0.95 * loud..1.01 * loud).contains(&found), "{}: {} {found}", row.id, needle.label);
                heard += 1;
            } else {
                // Where the direction is asked for, the sound would tell it.
                assert!(found < 1e-9, "{}: {} {found}", row.id, needle.label);
            }
            let before = (span.start().saturating_sub(8), span.start().saturating_sub(2));
            assert!(power(&path, before, 25) < 1e-9, "{}: nothing is heard before", row.id);
        }
    }
    assert!(heard >= 2, "{heard}");
    let muted = dir.join("out/controls/muted");
    for row in rows(&muted) {
        assert!(power(&muted.join(&row.file_name), (0, row.num_frames), 25) < 1e-9, "{}", row.id);
    }

    // What is heard with no video is a problem of the pack.
    let listed = fs::read_to_string(dir.join("pack/pack.toml")).unwrap();
    fs::write(dir.join("pack/pack.toml"), listed.replacen("asset = \"cat.mp4\"\n", "", 1)).unwrap();
    let (code, said) = refused(&vniah(dir, &["needles", "list", "--needles", "pack"]));
    assert_eq!(code, 3);
    assert!(
        said.contains("items[0].soundtrack: is heard with a video, and the item's `asset` is none"),
        "{said}"
    );
    let folder =
        ["needles", "import", "videos", "--as", "audiofolder", "-o", "other", "--id", "b", "--keep-sound"];
    let (code, said) = refused(&vniah(dir, &folder));
    assert_eq!(code, 2);
    assert!(
        said.contains("--keep-sound is about the sound of short videos: it needs --as videofolder"),
        "{said}"
    );
}
