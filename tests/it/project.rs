//! The library without the command line: a project that is made, stopped and resumed, and what is heard of it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use vniah::answers::Answers;
use vniah::job::{Event, Job, Progress, Stage};
use vniah::project::{Blame, Dataset, Error, Make, Project, Sees, Session, Settings, Verify};
use vniah::sampler::Sampler;
use vniah::score;

use super::bench::{Bench, Tree, assert_same};

const SPEC: &str = "seed = 1\nname = \"tiny\"\n[haystacks]\ncatalogue = \"haystacks.toml\"\n\
     [needles]\nduration = \"6 frames\"\ngap = \"4 frames\"\n[[tasks]]\ntype = \"ret_edit1\"\n";

/// A scene that takes minutes to draw.
const LONG: &str = "[[haystack]]\nid = \"long\"\nlicence = \"CC0-1.0\"\n\
     scene = { name = \"harbour\", seed = 1, width = 640, height = 360, fps = 25, frames = 30000 }\n";

fn session(cache: PathBuf, job: Job) -> Session {
    Session { settings: Settings { cache: Some(cache), threads: Some(2), ..Settings::default() }, job }
}

fn project(bench: &Bench, job: Job) -> Project {
    Project::of_text(SPEC, bench.dir.path(), &session(bench.path("cache"), job)).unwrap()
}

/// A job that writes down what it hears.
fn heard() -> (Job, Arc<Mutex<Vec<String>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let list = Arc::clone(&heard);
    let progress = Progress::new(move |event| {
        let line = match event {
            Event::Started { stage, total } => format!("{} {total} {}", stage.name(), stage.unit()),
            Event::Advanced { stage, by, item } => format!("{} +{by} {item}", stage.name()),
            Event::Finished { stage, .. } => format!("{} done", stage.name()),
            Event::Failed { stage } => format!("{} failed", stage.name()),
            Event::Warning(warning) => format!("warning {warning}"),
            Event::Note(note) => format!("note {note}"),
            _ => "something new".to_owned(),
        };
        list.lock().unwrap().push(line);
    });
    (Job { progress, ..Job::default() }, heard)
}

#[test]
fn a_dataset_is_made_read_verified_and_scored_without_the_command_line() {
    let bench = Bench::new("");
    let (job, heard) = heard();
    let project = project(&bench, job);
    let plan = project.plan().unwrap();
    assert_eq!(plan.videos().count(), 2);
    let made = project.generate(&bench.path("out"), &Make::default()).unwrap();
    assert_eq!(made.outcome.unwrap().rendered, 2);
    let dataset = made.dataset;
    let rows = dataset.rows().unwrap();
    let sampler: Sampler = "linspace(4)".parse().unwrap();
    let frames = dataset.frames(&rows[0].sample_id, &sampler).unwrap();
    let all: Vec<u64> = rows[0].sampled(&sampler).unwrap();
    assert_eq!(frames.iter().map(|frame| frame.index).collect::<Vec<_>>(), all);
    assert!(frames.iter().all(|frame| frame.image.dimensions() == (128, 72)));
    let report = dataset.verify(&Verify::default()).unwrap();
    assert_eq!((report.videos, report.count()), (2, 0));
    let answers = dataset.oracle(Sees::default()).unwrap();
    let twice = answers.iter().cloned().chain(answers.first().cloned().map(|mut first| {
        first.response = Some("otherwise".to_owned());
        first
    }));
    let error = Answers::of(twice).unwrap_err().to_string();
    assert!(error.contains("answer 9: id `ret_edit1-bar-0_0` has another response in answer 1"), "{error}");
    let answers = Answers::of(answers).unwrap();
    let scores = dataset.score(&answers, &score::Options::new("oracle")).unwrap();
    assert!((scores.overall.circular - 1.0).abs() < f64::EPSILON);
    assert!(matches!(dataset.frames("nobody", &sampler), Err(Error::NoSample { id, .. }) if id == "nobody"));
    // Each stage is heard from its start to its end, and none begins before the one before it has ended.
    let heard = heard.lock().unwrap();
    let ends = |line: &&String| {
        line.ends_with(" done") || line.split(' ').nth(1) != Some("done") && !line.contains('+')
    };
    let marks: Vec<&str> = heard.iter().filter(ends).map(String::as_str).collect();
    let first: Vec<&str> = marks.iter().copied().take(8).collect();
    assert_eq!(
        first,
        [
            "probing 2 haystacks",
            "probing done",
            "probing 2 haystacks",
            "probing done",
            "preparing 241 frames",
            "preparing done",
            "rendering 2 videos",
            "rendering done"
        ]
    );
    assert!(!heard.iter().any(|line| line.ends_with("failed")), "{heard:#?}");
    let frames: u64 = heard
        .iter()
        .filter_map(|line| line.strip_prefix("preparing +")?.split(' ').next()?.parse::<u64>().ok())
        .sum();
    assert_eq!(frames, 241);
}

#[test]
fn a_project_is_read_from_a_file_a_text_or_a_value_alike() {
    let bench = Bench::new("");
    bench.write("spec.toml", SPEC);
    let session = session(bench.path("cache"), Job::default());
    let of_file = Project::read(&bench.path("spec.toml"), &session).unwrap();
    let of_text = Project::of_text(SPEC, bench.dir.path(), &session).unwrap();
    let value: toml::Table = toml::from_str(SPEC).unwrap();
    let of_value = Project::of_value(&value, bench.dir.path(), &session).unwrap();
    let plans =
        [of_file, of_text, of_value].map(|project| project.plan().unwrap().videos().collect::<Vec<_>>());
    assert_eq!(plans[0], plans[1]);
    assert_eq!(plans[0], plans[2]);
    let error = Project::of_text("seed = -1", bench.dir.path(), &session).unwrap_err();
    assert_eq!(error.blame(), Blame::Input);
    assert!(error.to_string().contains("`-1` is below 0"), "{error}");
}

/// Makes a dataset in a thread, and stops it once a stage is under way.
fn stop_at(project: &Project, out: &Path, stage: Stage, job: &Job, begun: &mpsc::Receiver<Stage>) -> Error {
    thread::scope(|scope| {
        let made = scope.spawn(|| project.generate(out, &Make::default()));
        while begun.recv_timeout(Duration::from_secs(60)).unwrap() != stage {}
        let start = Instant::now();
        job.cancel.stop();
        let error = made.join().unwrap().unwrap_err();
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
        error
    })
}

/// A job that tells of each unit that is done.
fn told() -> (Job, mpsc::Receiver<Stage>) {
    let (sender, receiver) = mpsc::channel();
    let progress = Progress::new(move |event| {
        if let Event::Advanced { stage, .. } = event {
            // Nobody listens any more once the work is to stop.
            sender.send(stage).ok();
        }
    });
    (Job { progress, ..Job::default() }, receiver)
}

#[test]
fn a_job_is_stopped_from_another_thread_and_a_second_run_resumes() {
    let bench = Bench::new("");
    let out = bench.path("out");
    let (job, begun) = told();
    let stopped = project(&bench, job.clone());
    let error = stop_at(&stopped, &out, Stage::Render, &job, &begun);
    assert_eq!(error.blame(), Blame::Stopped, "{error}");
    assert_eq!(error.to_string(), "stopped before the end; run the same command again to finish");
    let again = project(&bench, Job::default());
    let outcome = again.generate(&out, &Make::default()).unwrap().outcome.unwrap();
    assert!(outcome.kept >= 1, "{outcome:?}");
    assert_eq!(outcome.kept + outcome.rendered, 2);
    again.generate(&bench.path("other"), &Make::default()).unwrap();
    let trees: [Tree; 2] = ["out", "other"].map(|name| bench.tree(name));
    assert_same(&trees[0], &trees[1]);
}

#[test]
fn of_two_jobs_in_one_process_each_stops_by_itself() {
    let (bench, long) = (Bench::new(""), Bench::new(""));
    long.write("haystacks.toml", LONG);
    let (job, begun) = told();
    let slow = project(&long, job.clone());
    let quick = project(&bench, Job::default());
    thread::scope(|scope| {
        let made = scope.spawn(|| quick.generate(&bench.path("out"), &Make::default()).unwrap());
        let error = stop_at(&slow, &long.path("out"), Stage::Prepare, &job, &begun);
        assert_eq!(error.blame(), Blame::Stopped, "{error}");
        assert_eq!(made.join().unwrap().outcome.unwrap().rendered, 2);
    });
    assert!(job.cancel.is_stopped() && !quick.session().job.cancel.is_stopped());
    let left = long.tree("cache/prepared");
    assert!(left.keys().all(|name| Path::new(name).extension().is_some_and(|end| end == "lock")));
    let dataset = Dataset::open(bench.path("out"), quick.session());
    assert_eq!(dataset.rows().unwrap().len(), 8);
}
