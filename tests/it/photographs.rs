//! Photographs as needles: frames of real footage, pasted over a colourful animated film.

use std::process::Command;

use super::bench::Bench;

/// Cuts a picture out of a cached clip, with transparent corners.
fn cut(bench: &Bench, (clip, second): (&str, &str), name: &str, crop: &str) {
    let source = format!("{}/tests/.cache/{clip}", env!("CARGO_MANIFEST_DIR"));
    let filter = format!(
        "crop={crop},scale=160:120,format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':\
         a='if(lt(pow((X-80)/80,2)+pow((Y-60)/60,2),1),255,0)'"
    );
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-ss", second, "-i", &source, "-frames:v", "1", "-vf", &filter])
        .arg(bench.path(name))
        .status();
    assert!(made.unwrap().success(), "{name}");
}

#[test]
fn the_oracle_counts_photographs_over_an_animated_film() {
    let bench = Bench::new("");
    let film = format!("{}/tests/.cache/bunny.mp4", env!("CARGO_MANIFEST_DIR"));
    if !std::path::Path::new(&film).is_file() {
        return;
    }
    cut(&bench, ("bikes.mp4", "1"), "bikes.png", "240:180:40:40");
    cut(&bench, ("bikes.mp4", "6"), "street.png", "240:180:300:60");
    cut(&bench, ("carphone.mp4", "1"), "driver.png", "150:112:13:16");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-i", &film, "-vf", "scale=320:180,fps=25", "-an", "-pix_fmt", "yuv420p"])
        .arg(bench.path("film.mp4"))
        .status();
    assert!(made.unwrap().success());
    bench.write("list.csv", "path,label\nbikes.png,bicycle\nstreet.png,street\ndriver.png,driver\n");
    let pack = ["needles", "import", "list.csv", "--as", "csv", "-o", "pack", "--id", "photos"];
    let terms = ["--licence", "CC0-1.0", "--credit", "nobody", "--plurals", "english"];
    bench.done(&[&pack[..], &terms[..]].concat());
    bench.write(
        "spec.toml",
        "seed = 3\n[haystacks]\npaths = [\"film.mp4\"]\n[needles]\npacks = [\"pack\"]\nduration = \"9 frames\"\n\
         gap = \"9 frames\"\n[[tasks]]\ntype = \"cnt_edit2\"\npack = \"photos\"\nsamples = 4\n",
    );
    bench.made("set");
    bench.solved("set");
}
