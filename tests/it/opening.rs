//! Opening foreign media: the file that was named and no other, whatever its name; the streams that any reader takes; and
//! nothing that looks as if it could be copied and does not decode.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use vniah::dataset;
use vniah::media::probe;

use crate::movies::{barcode, barcodes, done, ffmpeg, row_of, rows, spec, text, vniah};

const FRAMES: u64 = 100;

/// Generates and verifies `out` from the files in `videos`; gives the warnings of the manifest.
fn made(dir: &Path) -> Vec<String> {
    spec(dir, "spec.toml", &["videos"], "", &["ret_insert1"]);
    done(dir, &["generate", "spec.toml", "-o", "out"]);
    done(dir, &["verify", "out"]);
    dataset::read_manifest(&dir.join("out")).unwrap().warnings
}

/// The barcodes of the video made of `id` are those of the whole barcode haystack.
fn is_whole(dir: &Path, id: &str) {
    let row = &row_of(&rows(&dir.join("out")), "ret_insert1", id).clone();
    let wanted: Vec<Option<u32>> = (0..FRAMES as u32).map(Some).collect();
    assert_eq!(barcodes(&dir.join("out").join(&row.video_path), row), wanted, "{id}");
}

/// Probing refuses `name` for this reason, and so does making a dataset of it, with exit code 4.
fn is_refused(dir: &Path, name: &str, reason: &str) {
    spec(dir, "spec.toml", &[name], "", &["ret_insert1"]);
    for command in [&["haystacks", "list", "spec.toml"][..], &["generate", "spec.toml", "-o", "out"]] {
        let output = vniah(dir, &[command, &["--cache", "cache"]].concat());
        let expected = format!("error: 1 haystack cannot be used\n  `{name}`: {reason}\n");
        assert_eq!(text(&output.stderr), expected);
        assert_eq!(output.status.code(), Some(4), "{name}");
        assert!(!dir.join("out").exists());
    }
}

fn home() -> (TempDir, PathBuf) {
    let home = TempDir::new().unwrap();
    let dir = home.path().to_owned();
    fs::create_dir(dir.join("videos")).unwrap();
    (home, dir)
}

#[test]
fn a_name_is_a_file_s_whatever_it_looks_like() {
    let (_home, dir) = home();
    let video = barcode(&dir, FRAMES, None);
    let names = [
        "12:30.mp4",
        "concat:a.mp4",
        "data:x,y.mp4",
        "pipe:0.mp4",
        "file:x.mp4",
        "v%02d.mp4",
        "subfile,,start,0,end,0,,:x.mp4",
    ];
    for name in names {
        fs::copy(&video, dir.join(name)).unwrap();
    }
    fs::create_dir_all(dir.join("http:/127.0.0.1:9")).unwrap();
    fs::copy(&video, dir.join("http:/127.0.0.1:9/s.mp4")).unwrap();
    let paths: Vec<&str> = names.into_iter().chain(["http:/127.0.0.1:9/s.mp4"]).collect();
    // Smaller than they are, they are decoded and encoded, their sound too.
    spec(&dir, "spec.toml", &paths, "[video]\nwidth = 128", &["ret_insert1"]);
    let listed = done(&dir, &["haystacks", "list", "spec.toml"]);
    assert_eq!(listed.lines().count(), 1 + paths.len(), "{listed}");
    spec(&dir, "spec.toml", &["12:30.mp4"], "[video]\nwidth = 128", &["ret_insert1"]);
    done(&dir, &["generate", "spec.toml", "-o", "o:ut"]);
    done(&dir, &["verify", "o:ut"]);
}

#[test]
fn what_leads_to_other_files_is_refused_by_name() {
    let (_home, dir) = home();
    barcode(&dir, FRAMES, None);
    ffmpeg(&dir, "-i barcode.mp4 -c copy secret.ts");
    ffmpeg(&dir, "-i barcode.mp4 -frames:v 3 p%02d.png");
    fs::copy(dir.join("p01.png"), dir.join("p%02d.png")).unwrap();
    let at = |name: &str| dir.join(name).display().to_string();
    let segments =
        format!("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n{}\n#EXT-X-ENDLIST\n", at("secret.ts"));
    fs::write(dir.join("hls.mp4"), segments).unwrap();
    fs::write(dir.join("concat.mp4"), "ffconcat version 1.0\nfile barcode.mp4\n").unwrap();
    let description = format!(
        "<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" \
         mediaPresentationDuration=\"PT4S\" profiles=\"urn:mpeg:dash:profile:isoff-on-demand:2011\"><Period><AdaptationSet \
         mimeType=\"video/mp4\"><Representation id=\"1\" bandwidth=\"1000\"><BaseURL>{}</BaseURL></Representation>\
         </AdaptationSet></Period></MPD>\n",
        at("barcode.mp4")
    );
    fs::write(dir.join("dash.mp4"), description).unwrap();
    let session = "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n";
    fs::write(dir.join("session.mp4"), session).unwrap();
    for (name, what) in [
        ("hls.mp4", "`hls` (Apple HTTP Live Streaming)"),
        ("concat.mp4", "`concat` (Virtual concatenation script)"),
        ("dash.mp4", "`dash` (Dynamic Adaptive Streaming over HTTP)"),
        ("session.mp4", "`sdp` (SDP)"),
    ] {
        let reason =
            format!("is not a video but {what}, which leads to other files: name the videos themselves");
        is_refused(&dir, name, &reason);
    }
    is_refused(&dir, "p%02d.png", "is a picture, or a pattern of names of pictures, and no video");
    ffmpeg(&dir, "-f lavfi -i sine=d=1 sound.wav");
    is_refused(&dir, "sound.wav", "is not a video but `wav` (WAV / WAVE (Waveform Audio))");
}

#[test]
fn names_of_any_bytes_are_read_and_written() {
    let (_home, dir) = home();
    let video = barcode(&dir, FRAMES, Some(&vec![0; 48_000]));
    let odd = |name: &[u8]| OsStr::from_bytes(name).to_owned();
    fs::copy(&video, dir.join("videos").join(odd(b"lat\xe9in.mp4"))).unwrap();
    ffmpeg(&dir, "-i barcode.mp4 -c:v mpeg4 other.avi");
    fs::rename(dir.join("other.avi"), dir.join("videos").join(odd(b"\xff.avi"))).unwrap();
    spec(&dir, "spec.toml", &["videos/*"], "", &["ret_insert1"]);
    fs::create_dir(dir.join(odd(b"sp\xe9c"))).unwrap();
    let text_of = fs::read_to_string(dir.join("spec.toml")).unwrap().replace("videos/*", "../videos/*");
    fs::write(dir.join(odd(b"sp\xe9c")).join("spec.toml"), text_of).unwrap();
    let run = |args: &[&[u8]]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vniah"));
        command.current_dir(&dir).args(args.iter().map(|name| odd(name)));
        let output = command.args([odd(b"--cache"), odd(b"c\xe9/cache")]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let listed = run(&[b"haystacks", b"list", b"spec.toml"]);
    assert_eq!(listed.lines().count(), 3, "{listed}");
    // Neither the directory of the spec nor that of the dataset is text, and `verify` finds the former by itself.
    run(&[b"generate", b"sp\xe9c/spec.toml", b"-o", b"out\xe9"]);
    run(&[b"verify", b"out\xe9"]);
    run(&[b"frames", b"out\xe9", b"--sampler", b"linspace(4)", b"-o", b"fr\xe9"]);
    run(&[b"generate", b"sp\xe9c/spec.toml", b"-o", b"re\xe9", b"--store", b"recipe"]);
    run(&[b"materialize", b"re\xe9"]);
    let out = dir.join(odd(b"out\xe9"));
    for row in rows(&out) {
        let again = fs::read(dir.join(odd(b"re\xe9")).join(&row.video_path)).unwrap();
        assert!(fs::read(out.join(&row.video_path)).unwrap() == again, "{}", row.video_path);
    }
    let error = probe::probe(Path::new("a\0b.mp4")).unwrap_err();
    assert!(error.to_string().contains("cannot read"), "{error}");
}

/// An MP4 file of one track with two sample entries: the packets of `first`, then those of `second`.
fn two_entries(dir: &Path, first: &str, second: &str, to: &str) {
    let part = |name: &str| {
        let file = fs::read(dir.join(name)).unwrap();
        let list =
            format!("-v error -select_streams v -show_entries packet=pos,size,flags -of csv=p=0 {name}");
        let listed = Command::new("ffprobe").current_dir(dir).args(list.split(' ')).output().unwrap();
        let packets: Vec<(Vec<u8>, bool)> = text(&listed.stdout)
            .lines()
            .map(|line| {
                let fields: Vec<&str> = line.split(',').collect();
                let (size, at): (usize, usize) = (fields[0].parse().unwrap(), fields[1].parse().unwrap());
                (file[at..at + size].to_vec(), fields[2].starts_with('K'))
            })
            .collect();
        let table = file.windows(4).position(|window| window == b"stsd").unwrap();
        // A version, flags and a count stand before the one entry.
        let size = u32::from_be_bytes(file[table - 4..table].try_into().unwrap()) as usize;
        (packets, file[table + 12..table - 4 + size].to_vec())
    };
    let put = |name: &[u8; 4], content: &[u8]| -> Vec<u8> {
        [&(content.len() as u32 + 8).to_be_bytes(), &name[..], content].concat()
    };
    let numbers = |list: &[u32]| -> Vec<u8> { list.iter().flat_map(|number| number.to_be_bytes()).collect() };
    let (one, other) = (part(first), part(second));
    let packets: Vec<&(Vec<u8>, bool)> = one.0.iter().chain(&other.0).collect();
    let count = packets.len() as u32;
    let media: Vec<u8> = packets.iter().flat_map(|packet| packet.0.clone()).collect();
    let sizes: Vec<u32> = packets.iter().map(|packet| packet.0.len() as u32).collect();
    let keys: Vec<u32> = (1..=count).filter(|&at| packets[at as usize - 1].1).collect();
    let start = put(b"ftyp", b"isom\0\0\x02\0isomavc1");
    let matrix = numbers(&[1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30]);
    let header = |begin: u32| {
        let chunk = begin + sizes[..one.0.len()].iter().sum::<u32>();
        let table = [
            put(b"stsd", &[numbers(&[0, 2]), one.1.clone(), other.1.clone()].concat()),
            put(b"stts", &numbers(&[0, 1, count, 512])),
            put(b"stss", &[numbers(&[0, keys.len() as u32]), numbers(&keys)].concat()),
            put(b"stsc", &numbers(&[0, 2, 1, one.0.len() as u32, 1, 2, other.0.len() as u32, 2])),
            put(b"stsz", &[numbers(&[0, 0, count]), numbers(&sizes)].concat()),
            put(b"stco", &numbers(&[0, 2, begin, chunk])),
        ];
        let data = put(b"dinf", &put(b"dref", &[numbers(&[0, 1]), put(b"url ", &numbers(&[1]))].concat()));
        let info = [put(b"vmhd", &numbers(&[1, 0, 0])), data, put(b"stbl", &table.concat())].concat();
        let handler = [numbers(&[0, 0]), b"vide".to_vec(), vec![0; 13]].concat();
        let length = count * 512;
        let media = [
            put(b"mdhd", &numbers(&[0, 0, 0, 12_800, length, 0x55c4_0000])),
            put(b"hdlr", &handler),
            put(b"minf", &info),
        ];
        let shown = [
            numbers(&[3, 0, 0, 1, 0, count * 40, 0, 0, 0, 0]),
            matrix.clone(),
            numbers(&[256 << 16, 144 << 16]),
        ];
        let movie = [
            numbers(&[0, 0, 0, 1000, count * 40, 1 << 16, 1 << 24, 0, 0]),
            matrix.clone(),
            vec![0; 24],
            numbers(&[2]),
        ];
        let track = [put(b"tkhd", &shown.concat()), put(b"mdia", &media.concat())].concat();
        put(b"moov", &[put(b"mvhd", &movie.concat()), put(b"trak", &track)].concat())
    };
    let begin = (start.len() + header(0).len() + 8) as u32;
    fs::write(dir.join(to), [start, header(begin), put(b"mdat", &media)].concat()).unwrap();
}

#[test]
fn a_track_of_two_sample_entries_shows_what_its_decoder_shows() {
    let (_home, dir) = home();
    barcode(&dir, FRAMES, None);
    for (name, from, filter, codec) in [
        ("one", 0, "null", "-profile:v high"),
        ("sets", 50, "null", "-profile:v baseline"),
        ("size", 50, "scale=512:288", "-profile:v high"),
        ("same", 50, "null", "-profile:v high"),
    ] {
        let end = from + 50;
        ffmpeg(
            &dir,
            &format!(
                "-i barcode.mp4 -vf trim=start_frame={from}:end_frame={end},setpts=PTS-STARTPTS,{filter} -c:v libx264 {codec} \
                 -crf 12 -g 25 -bf 0 {name}.mp4"
            ),
        );
    }
    for other in ["sets", "size", "same"] {
        two_entries(&dir, "one.mp4", &format!("{other}.mp4"), &format!("videos/{other}.mp4"));
    }
    let warnings = made(&dir);
    for id in ["sets", "size", "same"] {
        is_whole(&dir, id);
        let told = warnings.contains(&format!(
            "`{id}`: re-encoded once (it has several sample descriptions); videos copy frames from the re-encoded file"
        ));
        // Two entries that say the same are one.
        assert_eq!(told, id != "same", "{id}: {warnings:?}");
    }
    // The second half is encrypted, and FFmpeg leaves its frames out.
    let mut file = fs::read(dir.join("videos/sets.mp4")).unwrap();
    let second = file.windows(4).enumerate().filter(|(_, window)| *window == b"avc1").nth(2).unwrap().0;
    file[second..second + 4].copy_from_slice(b"encv");
    fs::write(dir.join("lead.mp4"), file).unwrap();
    fs::remove_dir_all(dir.join("out")).unwrap();
    is_refused(&dir, "lead.mp4", "is encrypted (its sample entry is `encv`): decrypt it first");
}

#[test]
fn what_is_encrypted_is_refused_when_it_is_probed() {
    let (_home, dir) = home();
    barcode(&dir, FRAMES, Some(&vec![0; 48_000]));
    let key = "-encryption_scheme cenc-aes-ctr -encryption_key 00112233445566778899aabbccddeeff \
               -encryption_kid 00112233445566778899aabbccddee00";
    ffmpeg(&dir, &format!("-i barcode.mp4 -c copy {key} whole.mp4"));
    ffmpeg(&dir, &format!("-i barcode.mp4 -c copy {key} -movflags frag_keyframe+empty_moov parts.mp4"));
    for name in ["whole.mp4", "parts.mp4"] {
        is_refused(&dir, name, "is encrypted (its sample entry is `encv`): decrypt it first");
    }
    // Without a word of it in the header, nothing can be decoded all the same.
    let mut file = fs::read(dir.join("barcode.mp4")).unwrap();
    let media = file.windows(4).position(|window| window == b"mdat").unwrap() + 4;
    file[media..].iter_mut().for_each(|byte| *byte ^= 0x5a);
    fs::write(dir.join("hidden.mp4"), file).unwrap();
    is_refused(
        &dir,
        "hidden.mp4",
        &format!("cannot be decoded: none of its {FRAMES} packets can be decoded"),
    );

    ffmpeg(&dir, "-i barcode.mp4 -c:v mpeg2video clear.ts");
    let mut file = fs::read(dir.join("clear.ts")).unwrap();
    for packet in file.chunks_exact_mut(188).filter(|packet| packet[1] & 0x1f == 1) {
        packet[3] |= 0x80;
        let head = if packet[3] & 0x20 == 0 { 4 } else { 5 + usize::from(packet[4]) };
        packet[head..].iter_mut().for_each(|byte| *byte ^= 0x5a);
    }
    fs::write(dir.join("scrambled.ts"), file).unwrap();
    is_refused(&dir, "scrambled.ts", "is encrypted (its packets are marked as scrambled): decrypt it first");
    ffmpeg(&dir, "-i barcode.mp4 -c:v libvpx -bsf:v noise=amount=1 noise.webm");
    is_refused(
        &dir,
        "noise.webm",
        &format!("cannot be decoded: none of its {FRAMES} packets can be decoded"),
    );
}

#[test]
fn the_stream_is_the_one_that_every_reader_takes() {
    let (_home, dir) = home();
    barcode(&dir, FRAMES, None);
    ffmpeg(&dir, "-f lavfi -i color=red:size=1280x720 -frames:v 1 still.png");
    let still = "-i still.png -c:v:1 libx264";
    ffmpeg(
        &dir,
        &format!(
            "-i barcode.mp4 {still} -map 0 -map 1 -c:v:0 copy -disposition:v:0 default -disposition:v:1 0 videos/beside.mp4"
        ),
    );
    // Even a still that is the default is no video.
    ffmpeg(
        &dir,
        &format!(
            "-i barcode.mp4 {still} -map 0 -map 1 -c:v:0 copy -disposition:v:0 0 -disposition:v:1 default videos/chosen.mkv"
        ),
    );
    ffmpeg(
        &dir,
        "-i still.png -i barcode.mp4 -map 0 -map 1 -c:v:0 png -c:v:1 copy -disposition:v:0 attached_pic videos/cover.mp4",
    );
    // Of two videos the default one is taken, though the other is larger.
    ffmpeg(
        &dir,
        "-i barcode.mp4 -f lavfi -i testsrc2=s=640x360:r=25:d=4 -map 1 -map 0 -c:v:0 libx264 -c:v:1 copy -disposition:v:0 0 \
         -disposition:v:1 default videos/two.mkv",
    );
    made(&dir);
    for id in ["beside", "chosen", "cover", "two"] {
        is_whole(&dir, id);
    }
}

/// Overwrites the codec of the `n`th sound track by one that nobody knows.
fn unknown_sound(dir: &Path, from: &str, to: &str, n: usize) {
    let mut file = fs::read(dir.join(from)).unwrap();
    for (name, other) in [(b"mp4a", b"zzzz"), (b"esds", b"xsds")] {
        let places: Vec<usize> = (0..file.len() - 4).filter(|&at| file[at..].starts_with(name)).collect();
        file[places[n]..places[n] + 4].copy_from_slice(other);
    }
    fs::write(dir.join(to), file).unwrap();
}

#[test]
fn sound_that_cannot_be_heard_does_not_cost_the_video() {
    let (_home, dir) = home();
    let noise: Vec<i16> = (0..4 * 48_000).map(|at| ((at * 7919) % 20_000 - 10_000) as i16).collect();
    barcode(&dir, FRAMES, Some(&noise));
    unknown_sound(&dir, "barcode.mp4", "videos/unknown.mp4", 0);
    ffmpeg(&dir, "-i barcode.mp4 -map 0:v -map 0:a -map 0:a -c copy double.mp4");
    unknown_sound(&dir, "double.mp4", "videos/second.mp4", 0);
    ffmpeg(
        &dir,
        "-i barcode.mp4 -map 0:v -map 0:a -c:v copy -c:a aac -af atrim=end=0 -movflags empty_moov+frag_keyframe videos/mute.mp4",
    );
    let warnings = made(&dir);
    let about = |id: &str| -> Vec<&str> {
        let start = format!("`{id}`: ");
        warnings.iter().filter_map(|warning| warning.strip_prefix(&start)).collect()
    };
    assert_eq!(
        about("unknown"),
        ["used without its sound (stream 1: FFmpeg has no decoder for its codec `zzzz`)"]
    );
    assert_eq!(
        about("second"),
        ["its sound is taken from stream 2 (stream 1: FFmpeg has no decoder for its codec `zzzz`)"]
    );
    assert!(about("mute").contains(&"used without its sound (stream 1 holds no sample)"), "{warnings:?}");
    let rows = rows(&dir.join("out"));
    for (id, has_sound) in [("unknown", false), ("second", true), ("mute", false)] {
        is_whole(&dir, id);
        let path = dir.join("out").join(&row_of(&rows, "ret_insert1", id).video_path);
        let list = "-v error -select_streams a -show_entries stream=index -of csv=p=0";
        let listed = Command::new("ffprobe").args(list.split(' ')).arg(&path).output().unwrap();
        assert_eq!(!listed.stdout.is_empty(), has_sound, "{id}");
    }
    // Without sound there is nothing to say of it.
    spec(&dir, "spec.toml", &["videos"], "[video]\naudio = false", &["ret_insert1"]);
    done(&dir, &["generate", "spec.toml", "-o", "silent"]);
    let warnings = dataset::read_manifest(&dir.join("silent")).unwrap().warnings;
    assert!(warnings.iter().all(|warning| !warning.contains("sound")), "{warnings:?}");
}

#[test]
fn sound_that_changes_its_form_is_heard_to_its_end() {
    let (_home, dir) = home();
    barcode(&dir, FRAMES, None);
    // Two seconds of mono at 44.1 kHz and two of stereo at 48 kHz, as broadcasts change.
    let part = |from: u32, sound: &str, name: &str| {
        let end = from + 50;
        let secs = from / 25;
        let pictures = format!("trim=start_frame={from}:end_frame={end},setpts=PTS-STARTPTS");
        ffmpeg(
            &dir,
            &format!(
                "-i barcode.mp4 -f lavfi -i sine=f=440:d=2 -vf {pictures} -c:v libx264 -bf 0 -c:a mp2 {sound} -output_ts_offset \
                 {secs} {name}.ts"
            ),
        );
        fs::read(dir.join(format!("{name}.ts"))).unwrap()
    };
    let whole = [part(0, "-ar 44100 -ac 1", "a"), part(50, "-ar 48000 -ac 2", "b")].concat();
    fs::write(dir.join("videos/broadcast.ts"), whole).unwrap();
    made(&dir);
    is_whole(&dir, "broadcast");
    let row = &row_of(&rows(&dir.join("out")), "ret_insert1", "broadcast").clone();
    let shown = row.video_path.clone();
    let samples = ffmpeg(&dir.join("out"), &format!("-i {shown} -f s16le -ac 1 -ar 8000 -"));
    let loud = |from: f64, to: f64| {
        let range = (from * 8000.0) as usize * 2..(to * 8000.0) as usize * 2;
        let part = samples.get(range).unwrap_or_default();
        part.chunks_exact(2).any(|pair| i16::from_le_bytes([pair[0], pair[1]]).unsigned_abs() > 500)
    };
    let end = row.num_frames as f64 / 25.0;
    assert!(loud(0.2, 0.4) && loud(end - 0.6, end - 0.3), "{} samples", samples.len() / 2);
}

#[test]
fn messages_name_the_cause_and_the_file() {
    let (_home, dir) = home();
    barcode(&dir, FRAMES, None);
    ffmpeg(&dir, "-i barcode.mp4 -frames:v 10 -c:v libwebp_anim moving.webp");
    let release = vniah::media::versions().release;
    // A release that can decode them uses them.
    spec(&dir, "spec.toml", &["moving.webp"], "", &["ret_edit1"]);
    if vniah(&dir, &["haystacks", "list", "spec.toml", "--cache", "cache"]).status.code() != Some(0) {
        let reason =
            format!("is an animated WebP, which FFmpeg {release} cannot decode: convert it to a video first");
        is_refused(&dir, "moving.webp", &reason);
    }
    ffmpeg(&dir, "-i barcode.mp4 -vf setsar=100/1 wide.mp4");
    is_refused(&dir, "wide.mp4", "is 25600x144 pixels, and at most 16384 can be encoded; set `video.width`");
    spec(&dir, "spec.toml", &["wide.mp4"], "[video]\nwidth = 640", &["ret_insert1"]);
    done(&dir, &["haystacks", "list", "spec.toml"]);
}
