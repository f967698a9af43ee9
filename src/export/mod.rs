//! Export: a dataset in the forms that other tools read.
//!
//! In: the rows of a dataset, its directory, a format, and a directory to write to, which may be the dataset's own. Out:
//! the format's files. They name videos by relative path: in a directory of their own the videos are hard links to the
//! dataset's, or copies where the file system cannot link; shards hold them. No file that is there is changed: one that
//! would be the same is kept, any other is an error.

mod inspect;
mod llava;
mod lmms_eval;
mod place;
mod sounds;
mod swift;
mod vlmevalkit;
mod vnbench;
mod webdataset;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::answers::kind::{self, Value};
use crate::ask::beside::after_lines;
use crate::cancel::Stopped;
use crate::checksum;
use crate::dataset::{self, METADATA, Row};
use crate::files;
use crate::frames;
use crate::job::{Job, Stage};
use crate::media::{self, input::Input};
use crate::question::{self, AnswerKind, Control, Prompt};
use crate::render;
use crate::render::videos::{self, Videos};
use crate::sampler::Sampler;
use crate::score::asked;
use crate::spec::ExportFormat;
use crate::subtitle::{self, TimedLine};
use crate::wording;
use place::Placed;

/// Functions that have replies graded and average the verdicts, for the tools that take them: the same in each.
const SCORING: &str = include_str!("../../templates/export/scoring.py");

/// An export that cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] files::Error),
    /// Frames cannot be taken.
    #[error(transparent)]
    Frames(#[from] frames::Error),
    /// A video cannot be read.
    #[error(transparent)]
    Video(#[from] render::Error),
    /// A video that was made of its recipe is another one.
    #[error("`{0}` is not, byte for byte, the video that its recipe names")]
    OtherBytes(String),
    /// A video cannot be read or written.
    #[error(transparent)]
    Media(#[from] media::Error),
    /// Videos of the dataset are not there, or not as files where the format names files.
    #[error("{count} of the dataset's videos are not there as files, such as `{example}`")]
    NoFiles {
        /// How many.
        count: usize,
        /// The first of them.
        example: String,
    },
    /// Somebody asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// Another file is there.
    #[error("`{0}` already exists and differs: remove it, or name another directory")]
    Different(String),
    /// The dataset's manifest cannot be read.
    #[error(transparent)]
    Dataset(#[from] dataset::Error),
    /// The format has a file that every dataset has.
    #[error(
        "the dataset's directory has VNBench's annotation already, for the videos where they lie: name another directory"
    )]
    Own,
    /// Two videos would be one file.
    #[error("`{}` and `{}` are both called `{name}`, and the format has one directory of videos", .videos[0], .videos[1])]
    SameName {
        /// Their file name.
        name: String,
        /// Their paths in the dataset.
        videos: [String; 2],
    },
    /// An id that readers of shards would cut.
    #[error(
        "the sample id `{0}` holds a dot, at which readers of WebDataset part a member's name from its ending"
    )]
    Dotted(String),
}

/// What a format may need to be told.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Name of the task or data set within the tool: letters, digits, `_` and `-`.
    pub name: String,
    /// Frames of `VLMEvalKit`'s table of pictures; without it there is no such table.
    pub sampler: Option<Sampler>,
    /// Bytes after which a shard is closed.
    pub shard_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { name: "vniah".to_owned(), sampler: None, shard_bytes: 1_000_000_000 }
    }
}

/// What an export did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Files written, links and copies of videos among them.
    pub written: u64,
    /// Files that were there, the same.
    pub kept: u64,
    /// Rows that the format has no place for.
    pub left_out: u64,
}

/// A dataset and where it goes.
struct Export<'a> {
    dataset: &'a Path,
    rows: &'a [Row],
    videos: &'a Videos,
    out: &'a Path,
    options: &'a Options,
    /// Whether `out` is the dataset's own directory.
    is_own: bool,
    /// Whether prompts may say how long a video is.
    states_times: bool,
    /// The lines of subtitle tracks, by the paths that rows give them.
    lines: BTreeMap<&'a str, Vec<TimedLine>>,
    job: Job,
    /// Who hears of videos that are made of recipes, which takes its time.
    heard: &'a Job,
}

/// Writes the dataset with these rows and videos, which lies in `dataset`, to `out` in `format`.
pub fn write(
    dataset: &Path,
    rows: &[Row],
    videos: &Videos,
    out: &Path,
    format: ExportFormat,
    options: &Options,
    job: &Job,
) -> Result<Outcome, Error> {
    // An export says itself what it wrote.
    let (heard, job) = (job, Job { cancel: job.cancel.clone(), ..Job::default() });
    files::make_dir(out)?;
    let real = |path: &Path| fs::canonicalize(path).map_err(files::Error::io("read", path));
    let is_own = real(dataset)? == real(out)?;
    let states_times = dataset::read_control(dataset)?.is_none_or(Control::states_times);
    let rows: &[Row] = &rows.iter().map(as_seen).collect::<Vec<Row>>();
    let paths: BTreeSet<&str> = rows.iter().map(|row| row.subtitle_path.as_str()).collect();
    let read = |path: &'_ str| Ok::<_, Error>(videos.subtitles(path)?);
    let lines = paths.into_iter().filter(|path| !path.is_empty()).map(|path| Ok((path, read(path)?)));
    let lines = lines.collect::<Result<_, Error>>()?;
    let export = Export { dataset, rows, videos, out, options, is_own, states_times, lines, job, heard };
    let mut placed = Placed::new(out)?;
    export.check_videos(format)?;
    match format {
        ExportFormat::LmmsEval => lmms_eval::write(&export, &mut placed)?,
        ExportFormat::VlmEvalKit => vlmevalkit::write(&export, &mut placed)?,
        ExportFormat::Inspect => inspect::write(&export, &mut placed)?,
        ExportFormat::Vnbench => vnbench::write(&export, &mut placed)?,
        ExportFormat::Llava => llava::write(&export, &mut placed)?,
        ExportFormat::Swift => swift::write(&export, &mut placed)?,
        ExportFormat::WebDataset => webdataset::write(&export, &mut placed)?,
    }
    Ok(placed.outcome())
}

/// A row of what may be seen of its video: where it is asked before the end, of a video that ends then.
fn as_seen(row: &Row) -> Row {
    if row.sees_all() {
        return row.clone();
    }
    let is_seen: Vec<bool> = row.needles.iter().map(|needle| needle.start_frame < row.ask_frame).collect();
    let mut seen = Row {
        video_path: videos::seen_path(row),
        num_frames: row.ask_frame,
        length: row.fps().secs(row.ask_frame),
        ..row.clone()
    };
    retain(&mut seen.needles, &is_seen);
    retain(&mut seen.needle_frames, &is_seen);
    retain(&mut seen.needle_time, &is_seen);
    retain(&mut seen.depth_permille, &is_seen);
    seen
}

/// Leaves those of `all` whose place is kept.
fn retain<T>(all: &mut Vec<T>, is_kept: &[bool]) {
    let mut kept = is_kept.iter().copied();
    all.retain(|_| kept.next().unwrap_or(true));
}

/// Whether a row is asked as `VNBench` asks.
fn is_plain(row: &Row) -> bool {
    row.has_options() && !row.needs_frame_times() && row.subtitle_path.is_empty()
}

/// What is right: the letter of the right option, or the answer to an open question.
fn right(row: &Row) -> &str {
    if row.has_options() { &row.gt_option } else { &row.answer }
}

/// The reply of a training record: what is right; but where that is a part of the picture, the point at which the thing is, or the
/// middle of the part if the row does not say; and where it is a span of times that are right, the first of them.
fn reply(row: &Row) -> Cow<'_, str> {
    if !matches!(row.answer_kind, AnswerKind::Point | AnswerKind::Moment) {
        return right(row).into();
    }
    let known = row.question_kind.answer(&row.query, &row.scene());
    let known = known.map(|answer| answer.replied(row.answer_kind, row.fps(), row.language));
    let middle = || match kind::truth(&asked(row), &row.answer) {
        Ok(Value::Region(region)) => region.centre().to_string(),
        Ok(Value::Window(Some(window))) => kind::text(&asked(row), &Value::Moment(Some(window.start()))),
        _ => row.answer.clone(),
    };
    known.unwrap_or_else(middle).into()
}

impl Export<'_> {
    /// What a row is asked with.
    fn prompt<'a>(&self, row: &'a Row) -> Prompt<'a> {
        if self.states_times { row.prompt() } else { row.prompt_without_times() }
    }

    /// What a row is asked with as a text: with the lines of its subtitle track before it, where it has one.
    fn text(&self, row: &Row) -> String {
        self.after_lines(row, self.prompt(row).text())
    }

    /// Whether frames and lines of the video of a row come with their times, as `ask` sends them unless it is told otherwise.
    fn are_times_sent(&self, row: &Row) -> bool {
        self.states_times && row.needs_frame_times()
    }

    /// A text about a row after the lines of its subtitle track, where it has one.
    fn after_lines(&self, row: &Row, text: String) -> String {
        match self.lines.get(row.subtitle_path.as_str()) {
            Some(lines) => after_lines(row, lines.clone(), self.are_times_sent(row), &text),
            None => text,
        }
    }

    /// What training records ask: the prompt after the mark of a video.
    fn asked(&self, row: &Row) -> String {
        format!("<video>\n{}", self.text(row))
    }

    /// What prompts end with, in the language of the rows: a spec asks in one.
    fn instruction(&self) -> &'static str {
        question::instruction(self.rows.first().map(|row| row.language).unwrap_or_default())
    }

    /// Brings the rows to the export, where graders look for them.
    fn place_rows(&self, placed: &mut Placed) -> Result<(), Error> {
        if self.is_own {
            return Ok(());
        }
        // A copy, since who edits one text is not to edit two.
        let copy = |fresh: &Path| files::copy(&self.dataset.join(METADATA), fresh);
        placed.put(&self.out.join(METADATA), copy)
    }

    /// Brings the videos to where their rows say.
    fn place_videos(&self, placed: &mut Placed) -> Result<(), Error> {
        self.place_videos_as(self.rows.iter().map(|row| (row, PathBuf::from(&row.video_path))), placed)
    }

    /// Brings the videos of rows to these paths of the export.
    fn place_videos_as<'r>(
        &self,
        rows: impl Iterator<Item = (&'r Row, PathBuf)>,
        placed: &mut Placed,
    ) -> Result<(), Error> {
        let wanted: BTreeMap<PathBuf, &Row> = rows.map(|(row, path)| (path, row)).collect();
        let is_made = |row: &&Row| !self.dataset.join(&row.video_path).is_file();
        let made = wanted.values().filter(|row| is_made(row)).count();
        let stage = (made > 0).then(|| self.heard.start(Stage::Write, made as u64));
        let (mut written, mut kept) = (0, 0);
        for (path, row) in &wanted {
            self.job.go_on()?;
            let before = placed.outcome();
            self.place_video(row, &self.out.join(path), placed)?;
            written += placed.outcome().written - before.written;
            kept += placed.outcome().kept - before.kept;
            if !row.subtitle_path.is_empty() && !self.is_own {
                self.place_subtitles(row, &self.out.join(path).with_extension("srt"), placed)?;
            }
            if let Some(stage) = stage.as_ref().filter(|_| is_made(row)) {
                stage.advance(&row.video_path);
            }
        }
        if let Some(stage) = stage {
            let dir = self.out.display();
            let (written, were) = (wording::count(written, "video"), wording::verb(kept, "was", "were"));
            stage.finish(&format!("wrote {written}, {kept} {were} there: `{dir}`"));
        }
        Ok(())
    }

    /// Brings the lines that a row's video shows to where it lies.
    fn place_subtitles(&self, row: &Row, to: &Path, placed: &mut Placed) -> Result<(), Error> {
        let lines = self.lines.get(row.subtitle_path.as_str()).cloned().unwrap_or_default();
        let all = lines.len();
        let seen = row.lines_before(lines);
        if seen.len() == all {
            return placed.link(&self.dataset.join(&row.subtitle_path), to);
        }
        placed.put(to, |fresh| files::write_bytes(fresh, subtitle::srt(&seen).as_bytes()))
    }

    /// Refuses videos that are not there. Beside the dataset, formats name the files of its videos, and a recipe is none.
    fn check_videos(&self, format: ExportFormat) -> Result<(), Error> {
        let names_files = self.is_own && format != ExportFormat::WebDataset;
        let is_there = |video: &str| {
            if names_files { self.dataset.join(video).is_file() } else { self.videos.has(video) }
        };
        let videos: BTreeSet<&str> = self.rows.iter().map(|row| row.file_name.as_str()).collect();
        let absent: Vec<&str> = videos.into_iter().filter(|video| !is_there(video)).collect();
        match absent.first() {
            None => Ok(()),
            Some(first) => Err(Error::NoFiles { count: absent.len(), example: (*first).to_owned() }),
        }
    }

    /// Brings the video of a row to `to`: a link or a copy of its file, what its recipe gives, or its start. What is there already is not
    /// made again, so that an export which was stopped is resumed.
    fn place_video(&self, row: &Row, to: &Path, placed: &mut Placed) -> Result<(), Error> {
        let spliced = match self.videos.open(&row.video_path)? {
            Input::File(from) => return placed.link(&from, to),
            Input::Spliced(spliced) => spliced,
        };
        let sha256 = if row.video_path == row.file_name { row.sha256.clone() } else { spliced.sha256()? };
        let is_whole = |path: &Path| checksum::of_file(path).map(|digest| digest == sha256);
        if to.exists() {
            if !is_whole(to)? {
                return Err(Error::Different(to.display().to_string()));
            }
            placed.count(0, 1);
            return Ok(());
        }
        placed.put(to, |fresh| {
            if spliced.write(fresh)? == sha256 && spliced.differs_at(fresh)?.is_none() {
                return Ok(());
            }
            fs::remove_file(fresh).map_err(files::Error::io("remove", fresh))?;
            Err(Error::OtherBytes(row.video_path.clone()))
        })
    }
}
