//! Footage of hard edges, through the real program: its subtitles are read as those over a landscape are.

use std::process::Command;

use super::bench::Bench;

#[test]
fn the_oracle_reads_subtitles_over_hard_edges() {
    let bench = Bench::new("");
    for (name, source) in [
        ("bars", "smptehdbars=s=320x180:r=25"),
        ("test", "testsrc2=s=320x180:r=25"),
        ("triangles", "sierpinski=s=128x192:r=25:jump=1"),
        ("cells", "life=s=240x426:r=25:mold=0:ratio=0.3:seed=4"),
    ] {
        let file = bench.path(&format!("{name}.mp4"));
        let made = Command::new("ffmpeg")
            .args(["-v", "error", "-f", "lavfi", "-i", source, "-t", "5", "-pix_fmt", "yuv420p"])
            .arg(file)
            .status();
        assert!(made.unwrap().success(), "{name}");
    }
    let types = ["ret_edit1", "cnt_edit1", "ord_edit1", "ret_multikey1"];
    let tasks = types.map(|kind| format!("[[tasks]]\ntype = \"{kind}\"\n"));
    bench.write(
        "spec.toml",
        &format!(
            "seed = 5\n[haystacks]\npaths = [\"*.mp4\"]\n[needles]\nduration = \"8 frames\"\ngap = \"6 frames\"\n{}",
            tasks.concat()
        ),
    );
    bench.made("set");
    let scores = bench.solved("set");
    assert_eq!(scores["overall"]["samples"], 16);
}
