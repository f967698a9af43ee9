//! What programs work with that read a dataset in memory: frames as one block, prompts of rows, answers recorded one by one.

use std::path::Path;

use vniah::answers::{Answer, Answers};
use vniah::dataset::Store;
use vniah::frames;
use vniah::job::Job;
use vniah::project::{Blame, Dataset, Error, Make, Project, Recorded, Session, Settings, Taken};
use vniah::sampler::Sampler;
use vniah::score;
use vniah::seed::Seed;

use super::bench::Bench;
use super::movies::flip_bits;

fn session(bench: &Bench) -> Session {
    let settings = Settings { cache: Some(bench.path("cache")), threads: Some(2), ..Settings::default() };
    Session { settings, job: Job::default() }
}

fn dataset(bench: &Bench, out: &str, store: Store) -> Dataset {
    let project = Project::read(&bench.path("spec.toml"), &session(bench)).unwrap();
    project.generate(&bench.path(out), &Make { store, ..Make::default() }).unwrap().dataset
}

fn made(out: &str, store: Store) -> (Bench, Dataset) {
    let bench = Bench::new("[[tasks]]\ntype = \"ret_edit1\"\n");
    let dataset = dataset(&bench, out, store);
    (bench, dataset)
}

#[test]
fn a_stack_holds_the_frames_of_files_and_recipes() {
    let (bench, files) = made("files", Store::File);
    let recipes = dataset(&bench, "recipes", Store::Recipe);
    let rows = files.rows().unwrap();
    // The last takes more frames than there are, so that some come twice.
    for name in ["linspace(1)", "linspace(7)", "qwen-vl-utils", "linspace(140)"] {
        let sampler: Sampler = name.parse().unwrap();
        for row in rows.iter().filter(|row| row.rotation == 0) {
            let frames = files.frames(&row.sample_id, &sampler).unwrap();
            let stack = files.stack(row, Taken::Sampler(&sampler)).unwrap();
            assert_eq!(stack.indices, frames.iter().map(|frame| frame.index).collect::<Vec<_>>(), "{name}");
            assert_eq!(stack.secs, frames.iter().map(|frame| frame.secs).collect::<Vec<_>>());
            let pixels: Vec<u8> = frames.iter().flat_map(|frame| frame.image.as_raw()).copied().collect();
            assert_eq!((stack.width, stack.height, stack.rgb == pixels), (128, 72, true), "{name}");
            assert_eq!(recipes.stack(row, Taken::Sampler(&sampler)).unwrap(), stack);
            // The same frames by their numbers, in any order.
            let backwards: Vec<u64> = stack.indices.iter().rev().copied().collect();
            let turned = files.stack(row, Taken::Frames(&backwards)).unwrap();
            let size = 128 * 72 * 3;
            assert!(turned.rgb.chunks(size).eq(stack.rgb.chunks(size).rev()), "{name}");
        }
    }
    let none = files.stack(&rows[0], Taken::Frames(&[])).unwrap();
    assert_eq!((none.indices.len(), none.rgb.len()), (0, 0));
}

/// What a decoder makes of a damaged frame depends on how far its other threads are.
#[test]
fn damaged_videos_give_the_same_frames_on_any_number_of_threads() {
    let (bench, dataset) = made("set", Store::File);
    let row = dataset.rows().unwrap()[0].clone();
    let path = bench.path("set").join(&row.file_name);
    let whole = std::fs::read(&path).unwrap();
    let frames: Vec<u64> = (0..25).collect();
    let taken = |threads: u16| {
        let settings = Settings { threads: Some(threads), ..session(&bench).settings };
        let session = Session { settings, job: Job::default() };
        let stack = Dataset::open(bench.path("set"), &session).stack(&row, Taken::Frames(&frames));
        stack.map(|stack| stack.rgb).map_err(|error| error.to_string())
    };
    let expected = taken(1).unwrap();
    let (mut patched, mut refused) = (0, 0);
    for case in 0..12 {
        let mut damaged = whole.clone();
        let end = damaged.len() / 4;
        flip_bits(&mut damaged[4000..end], 2, &mut Seed::new(case).stream("damage", 0));
        std::fs::write(&path, damaged).unwrap();
        let alone = taken(1);
        for threads in [2, 4] {
            assert!(taken(threads) == alone, "case {case}, {threads} threads");
        }
        patched += u32::from(alone.as_ref().is_ok_and(|rgb| *rgb != expected));
        refused += u32::from(alone.is_err());
    }
    assert!(patched > 1, "{patched} patched, {refused} refused");
}

#[test]
fn frames_that_are_not_there_are_refused() {
    let (bench, dataset) = made("set", Store::File);
    let row = dataset.rows().unwrap()[0].clone();
    let beyond = dataset.stack(&row, Taken::Frames(&[0, row.num_frames])).unwrap_err();
    assert_eq!(beyond.blame(), Blame::Usage);
    assert!(matches!(beyond, Error::Frames(frames::Error::Beyond { frame: 110, seen: 110, .. })), "{beyond}");
    // What comes after the question is asked may not be seen either.
    let early = vniah::dataset::Row { ask_frame: 10, ..row.clone() };
    assert!(dataset.stack(&early, Taken::Frames(&[9])).is_ok());
    assert!(dataset.stack(&early, Taken::Frames(&[10])).is_err());
    let other = vniah::dataset::Row { width: 64, ..row.clone() };
    let size = dataset.stack(&other, Taken::Frames(&[0])).unwrap_err();
    assert!(size.to_string().contains("is 128x72 pixels, and its row says 64x72"), "{size}");
    // More than any machine has.
    let huge = vniah::dataset::Row { width: u32::MAX, height: u32::MAX, ..row.clone() };
    let memory = dataset.stack(&huge, Taken::Frames(&[0, 1])).unwrap_err();
    assert_eq!(memory.blame(), Blame::Media);
    std::fs::remove_file(bench.path("set").join(&row.file_name)).unwrap();
    assert_eq!(dataset.stack(&row, Taken::Frames(&[0])).unwrap_err().blame(), Blame::Media);
}

#[test]
fn who_stops_a_session_does_not_stop_another() {
    let (bench, dataset) = made("set", Store::File);
    let row = dataset.rows().unwrap()[0].clone();
    let stopped = session(&bench);
    stopped.job.cancel.stop();
    let error = dataset.within(&stopped).stack(&row, Taken::Frames(&[0])).unwrap_err();
    assert_eq!(error.blame(), Blame::Stopped);
    assert!(dataset.stack(&row, Taken::Frames(&[0])).is_ok());
}

#[test]
fn rows_state_their_prompt() {
    let bench = Bench::new(
        "[[tasks]]\ntype = \"ret_edit1\"\n[[tasks]]\ntype = \"when_edit1\"\nform = \"open\"\n\
         durations = [\"1s\", \"2s\"]\n",
    );
    let dataset = dataset(&bench, "set", Store::File);
    let rows = dataset.rows().unwrap();
    assert!(rows.iter().all(|row| row.prompt_text == row.prompt().text()));
    assert!(rows[0].prompt_text.ends_with("given choices directly."), "{}", rows[0].prompt_text);
    assert!(rows.iter().any(|row| row.prompt_text.contains("The video lasts")));
    // Rows of a version that did not state it are completed.
    let path = bench.path("set").join("metadata.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    let without = |line: &str| {
        let mut row: serde_json::Value = serde_json::from_str(line).unwrap();
        row.as_object_mut().unwrap().remove("prompt").unwrap();
        row.to_string()
    };
    let without: Vec<String> = text.lines().map(without).collect();
    std::fs::write(&path, without.join("\n")).unwrap();
    assert_eq!(Dataset::open(bench.path("set"), &session(&bench)).rows().unwrap(), rows);
}

#[test]
fn answers_are_recorded_written_and_scored() {
    let (bench, dataset) = made("set", Store::File);
    let rows = dataset.rows().unwrap();
    let mut recorded = Recorded::default();
    // A later answer takes the earlier one back.
    for reply in ["no idea", &rows[0].gt_option] {
        recorded.record(&dataset, Answer::new(&rows[0].id, Some(reply.to_owned()))).unwrap();
    }
    recorded.record(&dataset, Answer::new(&rows[3].id, None)).unwrap();
    let unknown = recorded.record(&dataset, Answer::new(format!("{}x", rows[0].id), None)).unwrap_err();
    assert_eq!(unknown.blame(), Blame::Input);
    assert_eq!(unknown.hint().unwrap(), format!("the nearest id is `{}`", rows[0].id));
    assert_eq!(unknown.place().key.unwrap(), format!("{}x", rows[0].id));
    let scores =
        |answers: &Answers| dataset.score(answers, &score::Options::new("m")).unwrap().overall.correct_tries;
    assert_eq!(scores(&recorded.answers().unwrap()), 1);
    let path = bench.path("answers.jsonl");
    assert_eq!(recorded.write(&dataset, &path).unwrap(), None);
    let read = Answers::read(std::slice::from_ref(&path)).unwrap();
    assert_eq!((read.len(), scores(&read)), (2, 1));
    // Nothing else is written over.
    std::fs::write(&path, "my notes").unwrap();
    assert!(recorded.write(&dataset, &path).is_err());
    recorded.clear();
    assert_eq!(recorded.iter().count(), 0);
}

#[test]
fn scores_are_written_over_scores_alone() {
    let (bench, dataset) = made("set", Store::File);
    let blind = Answers::of(dataset.blind(vniah::seed::Seed::new(1)).unwrap()).unwrap();
    let scores = dataset.score(&blind, &score::Options::new("blind")).unwrap();
    let path = bench.path("scores.json");
    for _again in 0..2 {
        vniah::project::write_scores(&path, &scores).unwrap();
    }
    assert_eq!(score::read(&path).unwrap(), scores);
    std::fs::write(&path, "{}").unwrap();
    let refused = vniah::project::write_scores(&path, &scores).unwrap_err();
    assert_eq!((refused.blame(), refused.place().file.as_deref()), (Blame::Usage, Some(Path::new(&path))));
}
