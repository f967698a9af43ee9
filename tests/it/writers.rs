//! Several processes that write one output: each succeeds or says that another is at it, and what is there is whole.

use std::fs;

use super::bench::{Bench, said};

#[test]
fn files_that_several_write_are_whole_and_directories_have_one_writer() {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n");
    bench.made("set");
    bench.done(&["baseline", "blind", "set", "-o", "answers.jsonl"]);
    let score = ["score", "set", "answers.jsonl", "-o", "scores.json"];
    bench.done(&score);
    let whole = fs::read(bench.path("scores.json")).unwrap();
    for _ in 0..3 {
        let all: Vec<_> = (0..6).map(|_| bench.begin(&score)).collect();
        for one in all {
            let output = one.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", said(&output));
        }
        assert!(fs::read(bench.path("scores.json")).unwrap() == whole);
        assert!(!bench.path("scores.json.partial").exists());
    }
    for command in [
        &["export", "set", "--to", "vnbench", "-o", "out"][..],
        &["frames", "set", "--sampler", "linspace(2)", "-o", "out"],
    ] {
        let claim = vniah::files::claim_dir(&bench.path("out")).unwrap();
        let output = bench.run(command);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(
            said(&output).contains("another process writes to `out`: wait for its end"),
            "{}",
            said(&output)
        );
        assert!(bench.tree("out").is_empty());
        drop(claim);
        bench.done(command);
        fs::remove_dir_all(bench.path("out")).unwrap();
    }
}
