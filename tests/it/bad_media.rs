//! Foreign media: what is unusual is normalised and said, what cannot be used is refused by name, and nothing crashes.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use vniah::dataset;
use vniah::seed::Seed;

use crate::movies::{barcode, barcodes, done, ffmpeg, flip_bits, row_of, rows, spec, text, tree, vniah};

const FRAMES: u64 = 100;

/// Overwrites bytes of the first box of this name in `dir/from`, counted from the box's name.
fn patch(dir: &Path, from: &str, to: &str, name: [u8; 4], at: usize, bytes: &[u8]) {
    let mut file = fs::read(dir.join(from)).unwrap();
    let place = file.windows(4).position(|window| window == name).unwrap() + at;
    file[place..place + bytes.len()].copy_from_slice(bytes);
    fs::write(dir.join(to), file).unwrap();
}

/// A display matrix `[a b; c d]` in the first track's header.
fn turn(dir: &Path, from: &str, to: &str, [a, b, c, d]: [i32; 4]) {
    let matrix = [a, b, 0, c, d].map(|number| (number << 16).to_be_bytes());
    patch(dir, from, to, *b"tkhd", 44, &matrix.concat());
}

/// No file that was begun and not ended lies below `dir`, and `dir/out` holds nothing.
fn nothing_is_left(dir: &Path) {
    assert!(!dir.join("out").exists(), "the output directory exists");
    let left: Vec<_> = tree(dir).into_iter().map(|(name, _)| name).collect();
    assert!(left.iter().all(|name| name.extension().is_none_or(|end| end != "partial")), "{left:?}");
}

#[test]
fn what_cannot_be_used_is_refused_by_name() {
    let home = TempDir::new().unwrap();
    let dir = &home.path().join("videos");
    fs::create_dir(dir).unwrap();
    barcode(home.path(), FRAMES, Some(&vec![0; 48_000]));
    let from = "-i ../barcode.mp4";
    ffmpeg(dir, &format!("{from} -c copy -movflags +faststart ../first.mp4"));
    ffmpeg(dir, &format!("{from} -c copy ../last.mp4"));
    for cut in ["first", "last"] {
        let whole = fs::read(home.path().join(format!("{cut}.mp4"))).unwrap();
        fs::write(dir.join(format!("cut-{cut}.mp4")), &whole[..whole.len() / 2]).unwrap();
    }
    fs::write(dir.join("text.mp4"), "Dear reader, this is a letter.\n").unwrap();
    fs::write(dir.join("empty.mkv"), "").unwrap();
    ffmpeg(dir, &format!("{from} -vn -c copy sound.mp4"));
    ffmpeg(dir, "-f lavfi -i color=red:size=64x64 -frames:v 1 ../cover.png");
    ffmpeg(dir, "-i sound.mp4 -i ../cover.png -map 0 -map 1 -c copy -disposition:v attached_pic cover.mp4");
    ffmpeg(dir, &format!("{from} -an -c copy -frames:v 0 nothing.avi"));
    ffmpeg(dir, &format!("{from} -an -vf scale=1:1,setsar=1 -c:v ffv1 one.mkv"));
    ffmpeg(dir, &format!("{from} -an -vf scale=2:2,setsar=1 -c:v libx264 two.mp4"));
    turn(dir, "../first.mp4", "mirrored.mp4", [-1, 0, 0, 1]);
    let refused = [
        ("cover.mp4", "holds no video stream"),
        ("cut-first.mp4", "is cut short or damaged: a packet is incomplete"),
        ("cut-last.mp4", "is cut short: its end, which says where its frames are (moov), is missing"),
        ("empty.mkv", "is empty"),
        ("mirrored.mp4", "is mirrored or turned by other than right angles"),
        ("nothing.avi", "holds a video stream without a single frame"),
        ("one.mkv", "is 1x1 pixels: a haystack needs at least 16x16"),
        ("sound.mp4", "holds no video stream"),
        ("text.mp4", "cannot recognise it as a video: Invalid data found when processing input"),
        ("two.mp4", "is 2x2 pixels: a haystack needs at least 16x16"),
    ];
    for (name, reason) in refused {
        spec(dir, "spec.toml", &[name], "", &["ret_insert1"]);
        for command in [&["haystacks", "list", "spec.toml"][..], &["generate", "spec.toml", "-o", "out"]] {
            let output = vniah(dir, &[command, &["--cache", "cache"]].concat());
            let expected = format!("error: 1 haystack cannot be used\n  `{name}`: {reason}\n");
            assert_eq!(text(&output.stderr), expected);
            assert_eq!((output.status.code(), text(&output.stdout)), (Some(4), String::new()), "{name}");
            nothing_is_left(dir);
        }
    }
    spec(dir, "spec.toml", &["."], "", &["ret_insert1"]);
    let output = vniah(dir, &["generate", "spec.toml", "-o", "out", "--cache", "cache"]);
    let lines: String = refused.map(|(name, reason)| format!("\n  `./{name}`: {reason}")).concat();
    assert_eq!(text(&output.stderr), format!("error: {} haystacks cannot be used{lines}\n", refused.len()));
    assert_eq!(output.status.code(), Some(4));
    nothing_is_left(dir);
}

#[test]
fn what_is_not_there_or_cannot_be_read_is_refused_by_name() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    fs::create_dir(dir.join("void.mp4")).unwrap();
    spec(dir, "spec.toml", &["absent.mp4", "void.mp4", "no*.mp4"], "", &["ret_insert1"]);
    let output = vniah(dir, &["generate", "spec.toml", "-o", "out", "--cache", "cache"]);
    let problems = text(&output.stderr);
    for problem in
        ["no file or directory `absent.mp4`", "no video in directory `void.mp4`", "no file matches `no*.mp4`"]
    {
        assert!(problems.contains(problem), "{problems}");
    }
    assert_eq!(output.status.code(), Some(3));
    nothing_is_left(dir);

    barcode(dir, FRAMES, None);
    let path = dir.join("barcode.mp4");
    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o000)).unwrap();
    // Root reads it all the same; then there is nothing to refuse.
    if fs::File::open(&path).is_err() {
        spec(dir, "spec.toml", &["barcode.mp4"], "", &["ret_insert1"]);
        let output = vniah(dir, &["generate", "spec.toml", "-o", "out", "--cache", "cache"]);
        let message = text(&output.stderr);
        assert!(message.contains("cannot read `barcode.mp4`: Permission denied"), "{message}");
        assert_eq!(output.status.code(), Some(4));
    }
}

/// A source, what ffmpeg makes it of, and a word of the warning that it gets; none where it is used as it is.
const UNUSUAL: [(&str, &str, Option<&str>); 16] = [
    ("anamorphic.mp4", "-vf scale=192:144,setsar=4/3 -c:v libx264", Some("its pixels are not square")),
    ("between.mp4", "-c:v libx264 -bf 3 -g 25 -flags +cgop", None),
    ("copied.mkv", "-c copy", Some("it is not an MP4 or MOV file")),
    ("cover.mp4", "-i cover.png -map 0:v -map 1 -c copy -disposition:v:1 attached_pic", None),
    ("deep.mp4", "-c:v libx264 -pix_fmt yuv420p10le", Some("it is not 8-bit 4:2:0 of limited range")),
    (
        "fields.mp4",
        "-vf setfield=tff -c:v libx264 -flags +ilme+ildct -x264-params tff=1",
        Some("interlaced: made"),
    ),
    ("flash.flv", "-c copy", Some("it is not an MP4 or MOV file")),
    ("fragments.mp4", "-c copy -movflags frag_keyframe+delay_moov", None),
    ("full.mp4", "-c:v libx264 -pix_fmt yuvj420p", Some("it is not 8-bit 4:2:0 of limited range")),
    ("google.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8", Some("it is not H.264")),
    ("late.mp4", "-c copy -output_ts_offset 0.5", Some("its first frame is not at time 0")),
    (
        "odd.mp4",
        "-vf scale=257:145,setsar=1 -c:v libx264 -pix_fmt yuv444p",
        Some("257x145 pixels cropped to even sizes"),
    ),
    ("old.avi", "-c:v mpeg4 -q:v 3", Some("it is not H.264")),
    ("open.mp4", "-c:v libx264 -g 30 -bf 2 -x264-params open-gop=1", Some("its GOPs are open")),
    ("stream.ts", "-c:v libx264 -bf 2", Some("it is not an MP4 or MOV file")),
    (
        "vary.mp4",
        "-vf select=not(eq(mod(n\\,10)\\,3)) -vsync vfr -c:v libx264",
        Some("variable frame rate made constant"),
    ),
];

#[test]
fn what_is_unusual_is_normalised_to_the_frame() {
    let home = TempDir::new().unwrap();
    let dir = home.path();
    let videos = &dir.join("videos");
    fs::create_dir(videos).unwrap();
    barcode(dir, FRAMES, None);
    ffmpeg(dir, "-f lavfi -i color=red:size=64x64 -frames:v 1 cover.png");
    let mut expected: Vec<(String, Option<&str>, u64, u64)> = Vec::new();
    for (name, arguments, warning) in UNUSUAL {
        ffmpeg(dir, &format!("-i barcode.mp4 {arguments} videos/{name}"));
        expected.push((name.to_owned(), warning, 0, FRAMES));
    }
    for (degrees, filter, matrix) in [
        (90, "transpose=cclock", [0, 1, -1, 0]),
        (180, "hflip,vflip", [-1, 0, 0, -1]),
        (270, "transpose=clock", [0, -1, 1, 0]),
    ] {
        ffmpeg(dir, &format!("-i barcode.mp4 -vf {filter} -c:v libx264 flat.mp4"));
        turn(dir, "flat.mp4", &format!("videos/turned{degrees}.mp4"), matrix);
        expected.push((format!("turned{degrees}.mp4"), Some("it is rotated"), 0, FRAMES));
    }
    // Edit lists: one that skips to frame 34, whose keyframe is frame 25, and one that ends after two seconds.
    let hides = Some("an edit list hides some of its frames");
    ffmpeg(dir, "-ss 1.36 -i barcode.mp4 -c copy videos/skips.mp4");
    expected.push(("skips.mp4".into(), hides, 34, FRAMES));
    ffmpeg(dir, "-i barcode.mp4 -c copy whole.mp4");
    patch(dir, "whole.mp4", "videos/stops.mp4", *b"elst", 12, &2000_u32.to_be_bytes());
    expected.push(("stops.mp4".into(), hides, 0, 50));
    // A recording that was cut off: what is there is used.
    let whole = fs::read(videos.join("copied.mkv")).unwrap();
    fs::write(videos.join("half.mkv"), &whole[..whole.len() / 2]).unwrap();

    spec(dir, "spec.toml", &["videos"], "", &["ret_insert1"]);
    done(dir, &["generate", "spec.toml", "-o", "out"]);
    done(dir, &["verify", "out"]);
    let rows = rows(&dir.join("out"));
    let manifest = dataset::read_manifest(&dir.join("out")).unwrap();
    for (name, warning, first, end) in expected {
        let id = name.split('.').next().unwrap();
        let row = row_of(&rows, "ret_insert1", id);
        assert_eq!([row.width, row.height, row.fps_num, row.fps_den], [256, 144, 25, 1], "{name}");
        let about: Vec<&String> =
            manifest.warnings.iter().filter(|warning| warning.starts_with(&format!("`{id}`: "))).collect();
        match warning {
            Some(warning) => assert!(about.iter().any(|known| known.contains(warning)), "{name}: {about:?}"),
            None => assert!(about.is_empty(), "{name}: {about:?}"),
        }
        let shown = |at: u64| if id == "vary" && at % 10 == 3 { at - 1 } else { at };
        let wanted: Vec<Option<u32>> = (first..end).map(|at| Some(shown(at) as u32)).collect();
        let found = barcodes(&dir.join("out").join(&row.video_path), row);
        if id == "fields" {
            // Deinterlacing mixes the codes of neighbouring frames; what can be read is in its place.
            assert_eq!(found.len(), wanted.len());
            assert!(
                found.iter().zip(&wanted).all(|(found, wanted)| found.is_none() || found == wanted),
                "{found:?}"
            );
        } else {
            assert_eq!(found, wanted, "{name}");
        }
    }
    let half = barcodes(
        &dir.join("out").join(&row_of(&rows, "ret_insert1", "half").video_path),
        row_of(&rows, "ret_insert1", "half"),
    );
    assert!(half.iter().zip(0..).all(|(code, at)| *code == Some(at)), "{half:?}");
    let text = format!("of the {}.0 s that it announces", FRAMES / 25);
    assert!(
        manifest
            .warnings
            .iter()
            .any(|warning| warning.starts_with("`half`: its frames end at ") && warning.ends_with(&text)),
        "{:?}",
        manifest.warnings
    );
}

/// Exit code of the program, which has a minute.
fn exit_code(dir: &Path, args: &[&str]) -> Option<i32> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_vniah"))
        .current_dir(dir)
        .args(args)
        .args(["--cache", "cache"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        if start.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("{args:?} hangs");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn damaged_bytes_never_crash_it() {
    let home = TempDir::new().unwrap();
    let whole = fs::read(barcode(home.path(), 60, Some(&vec![0; 24_000]))).unwrap();
    let header = whole.windows(4).position(|window| window == b"mdat").unwrap() as u64;
    let mut used = 0;
    for seed in 0..36 {
        let mut random = Seed::new(1).stream("damage", seed);
        let mut file = whole.clone();
        // A third each: damage of the header, of the packets, and of all.
        let (low, high) =
            [(0, header), (header, whole.len() as u64), (0, whole.len() as u64)][seed as usize % 3];
        let times = [1, 4, 40][random.below(3) as usize];
        flip_bits(&mut file[low as usize..high as usize], times, &mut random);
        let damaged = TempDir::new().unwrap();
        let dir = damaged.path();
        fs::write(dir.join("damaged.mp4"), file).unwrap();
        // Half of them are transcoded, the others used as they are.
        let size = if seed % 2 == 0 { "[video]\nwidth = 128" } else { "" };
        spec(dir, "spec.toml", &["damaged.mp4"], size, &["ret_insert1", "ret_edit1"]);
        let listed = exit_code(dir, &["haystacks", "list", "spec.toml"]);
        let made = exit_code(dir, &["generate", "spec.toml", "-o", "out"]);
        for code in [listed, made] {
            assert!(matches!(code, Some(0 | 3 | 4)), "seed {seed}: {listed:?}, {made:?}");
        }
        if made == Some(0) {
            used += 1;
            // A source that is used as it is has not been decoded yet: what is damaged in it is found now.
            let verified = exit_code(dir, &["verify", "out"]);
            assert!(verified == Some(0) || seed % 2 == 1 && verified == Some(5), "seed {seed}: {verified:?}");
        }
        let left = tree(dir);
        assert!(left.iter().all(|(name, _)| name.extension().is_none_or(|end| end != "partial")));
    }
    assert!((6..33).contains(&used), "{used} of 36 are used: the damage says nothing");
}
