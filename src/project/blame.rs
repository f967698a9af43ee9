//! Whose fault an error is, and what can be done about it.
//!
//! In: an [`Error`]. Out: a [`Blame`], of which the command line makes its exit code, and hints. The same error has the same blame
//! whatever met it.

use std::io::ErrorKind;

use super::error::Error;
use crate::answers::{self, import, judged, output};
use crate::ask;
use crate::audit::vnbench;
use crate::baseline;
use crate::cancel::Stopped;
use crate::detect;
use crate::export;
use crate::files;
use crate::frames;
use crate::media;
use crate::needle;
use crate::needle::import::ImportError;
use crate::quiz;
use crate::render::{self, OutputFault};
use crate::score;
use crate::serve;

/// Whose fault an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Blame {
    /// A bug of vniah's.
    Bug,
    /// What was asked for, or with which options.
    Usage,
    /// What an input file says.
    Input,
    /// Media that cannot be read or written, or the machine.
    Media,
    /// A check found a difference.
    Check,
    /// Nobody's: the work was stopped, or the disk is full, and it can be resumed.
    Stopped,
}

impl Error {
    /// Whose fault it is.
    pub fn blame(&self) -> Blame {
        if self.is_disk_full() {
            return Blame::Stopped;
        }
        match self {
            Self::Several { failed, .. } => worst(failed.iter().map(Self::blame)),
            Self::Stopped(Stopped) | Self::Threads { .. } => Blame::Stopped,
            Self::Render(error) => of_render(error),
            Self::Media(error) => of_media(error),
            Self::Needle(error) => of_needle(error),
            Self::Pack(error) => of_pack(error),
            Self::Frames(error) => of_frames(error),
            Self::Export(error) => of_export(error),
            Self::Baseline(error) => of_baseline(error),
            Self::Output(error) => of_output(error),
            Self::Ask(error) => of_ask(error),
            Self::Serve(error) => of_serve(error),
            Self::Quiz(error) => of_quiz(error),
            Self::File(error)
            | Self::Answers(answers::Error::File(error))
            | Self::Import(import::Error::File(error))
            | Self::Judged(judged::Error::File(error))
            | Self::Score(score::Error::File(error))
            | Self::Annotation(vnbench::Error::File(error)) => of_file(error),
            Self::Sampler(_)
            | Self::Resize(_)
            | Self::NoHome
            | Self::NotPlan { .. }
            | Self::NoScores { .. }
            | Self::OtherFrames { .. }
            | Self::FullDir { .. }
            | Self::Unsolvable { .. } => Blame::Usage,
            Self::OtherBytes { .. } => Blame::Check,
            Self::Spec(_)
            | Self::Plan(_)
            | Self::Dataset(_)
            | Self::Answers(_)
            | Self::Import(_)
            | Self::Judged(_)
            | Self::Score(_)
            | Self::Annotation(_)
            | Self::NoTable(_)
            | Self::NoPlan { .. }
            | Self::PlanVersion { .. }
            | Self::Unplanned { .. }
            | Self::Impossible { .. }
            | Self::NothingToAudit
            | Self::Emptied { .. }
            | Self::Report(_)
            | Self::NoSpec { .. }
            | Self::SpecMoved { .. }
            | Self::SpecUnknown { .. }
            | Self::SpecLink { .. }
            | Self::SpecOutside { .. }
            | Self::NoSources { .. }
            | Self::OtherPlan { .. }
            | Self::OtherMakers { .. }
            | Self::NoSample { .. }
            | Self::NoRow { .. }
            | Self::NoVideos { .. }
            | Self::Unsampled { .. }
            | Self::NamesFiles { .. }
            | Self::Foreign { .. } => Blame::Input,
        }
    }

    /// Whether the machine is at fault rather than what files hold.
    pub(super) fn is_of_machine(&self) -> bool {
        match self {
            Self::Render(error) => error.is_of_machine(),
            Self::Media(error) => error.is_of_machine(),
            Self::File(error) => error.is_of_machine(),
            _ => false,
        }
    }

    /// Whether a disk was full, whatever met it.
    pub fn is_disk_full(&self) -> bool {
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            if error.downcast_ref().is_some_and(files::is_disk_full) {
                return true;
            }
            cause = error.source();
        }
        false
    }

    /// Whether another process is making what was to be made.
    pub fn is_of_other_process(&self) -> bool {
        matches!(self, Self::Render(render::Error::Output { reason: OutputFault::Busy, .. }))
    }

    /// What can be done about it, where that is true in all cases. Options are those of the command line.
    pub fn hint(&self) -> Option<String> {
        if self.is_disk_full() {
            return Some("make room and run the same command again".to_owned());
        }
        let hint = match self {
            Self::NoRow { nearest: Some(id), .. } => return Some(format!("the nearest id is `{id}`")),
            Self::NoRow { .. } => "name one of the `id` in metadata.jsonl",
            Self::Spec(error) => return listed(error.hints()),
            Self::Plan(error) => return listed(&error.hints),
            Self::Several { failed, .. } => return failed.first().and_then(Self::hint),
            Self::Render(error)
            | Self::Frames(frames::Error::Video(error))
            | Self::Export(
                export::Error::Video(error) | export::Error::Frames(frames::Error::Video(error)),
            )
            | Self::Serve(serve::Error::Open(error))
            | Self::Quiz(quiz::Error::Serve(serve::Error::Open(error)))
            | Self::Ask(ask::Error::Open(error)) => return of_cache(error),
            Self::Pack(ImportError::NotEmpty(_))
            | Self::Export(export::Error::Own)
            | Self::OtherFrames { .. }
            | Self::FullDir { .. } => "name another directory with -o",
            Self::Export(export::Error::NoFiles { .. }) => {
                "`vniah materialize OUT` makes files of recipes; with -o DIR, the export writes them there itself"
            }
            Self::Baseline(baseline::Error::Detect(detect::Error::Tesseract { .. })) => {
                "`apt-get install tesseract-ocr` installs it; `--text template` does without"
            }
            Self::Baseline(baseline::Error::Detect(detect::Error::Recogniser { .. })) => {
                "`apt-get install pocketsphinx pocketsphinx-en-us` installs it; `--speech template` does without"
            }
            Self::Sampler(_) => "`vniah sampler` lists all samplers",
            Self::Serve(serve::Error::Listen { .. })
            | Self::Quiz(quiz::Error::Serve(serve::Error::Listen { .. })) => {
                "name another port with --port, or 0 for any that is free"
            }
            Self::NotPlan { .. } => "name another file with -o",
            Self::NoPlan { .. } => "VNBench's annotation is read with --vnbench FILE",
            Self::Emptied { .. } => "name the dataset that it is a control of",
            Self::NoHome => "name a directory with --cache DIR",
            Self::Threads { .. } => "let this user have more processes (`ulimit -u`) and run again",
            Self::NoSpec { .. } | Self::SpecMoved { .. } => "name it with --spec SPEC",
            Self::SpecOutside { .. } => "name the spec with --spec SPEC",
            Self::SpecUnknown { .. } => "name that cache with --cache DIR, or the spec with --spec SPEC",
            Self::SpecLink { .. } => {
                "copy the dataset with the files that its links lead to, or name the spec with --spec SPEC"
            }
            Self::NoSources { .. } => "name the directory that holds them with --haystacks DIR",
            Self::OtherPlan { .. } => {
                "name the spec that made it with --spec SPEC, or the directory of its source videos with --haystacks DIR: the dataset keeps its \
                 spec"
            }
            Self::OtherMakers { .. } => {
                "use the vniah that made it, or name with --spec SPEC a spec that takes the families and packs which made it"
            }
            Self::NoSample { .. } => "name one of the `sample_id` in metadata.jsonl",
            Self::NoVideos { .. } => "`vniah ask --mode text` puts its questions to a model",
            Self::NamesFiles { .. } => {
                "leave `export.formats` out; `vniah export OUT --to FORMAT -o DIR` writes the files"
            }
            Self::Foreign { .. } => "move it away: nothing is overwritten",
            Self::OtherBytes { .. } | Self::Export(export::Error::OtherBytes(_)) => {
                "a prepared haystack in the cache has changed: remove it, and it is prepared again"
            }
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

/// Whose fault it is that several failed: of whoever has to act first.
fn worst(blames: impl Iterator<Item = Blame>) -> Blame {
    let all: Vec<Blame> = blames.collect();
    let order = [Blame::Bug, Blame::Media, Blame::Input, Blame::Usage];
    order.into_iter().find(|blame| all.contains(blame)).unwrap_or(Blame::Check)
}

/// Several hints, one a line.
fn listed(hints: &[String]) -> Option<String> {
    (!hints.is_empty()).then(|| hints.join("\nhint: "))
}

fn of_cache(error: &render::Error) -> Option<String> {
    let is_cache = matches!(error, render::Error::Cache { .. });
    is_cache.then(|| "name another directory with --cache DIR".to_owned())
}

/// Of an error of files, whatever met it: what is read and is not there, not the user's or not what it should be is invalid input;
/// all else is a fault of the machine.
fn of_file(error: &files::Error) -> Blame {
    match error {
        error if error.is_disk_full() => Blame::Stopped,
        files::Error::Busy { .. } => Blame::Usage,
        files::Error::Row { .. } | files::Error::TooLong { .. } | files::Error::Outside { .. } => {
            Blame::Input
        }
        files::Error::Io { action: "read" | "list" | "find", source, .. } => match source.kind() {
            ErrorKind::NotFound
            | ErrorKind::PermissionDenied
            | ErrorKind::IsADirectory
            | ErrorKind::NotADirectory
            | ErrorKind::InvalidFilename
            | ErrorKind::InvalidInput
            | ErrorKind::InvalidData
            | ErrorKind::UnexpectedEof => Blame::Input,
            _ => Blame::Media,
        },
        files::Error::Io { .. } => Blame::Media,
    }
}

/// Of a failed rendering; of several videos that failed, that of our own bug first, then of media.
fn of_render(error: &render::Error) -> Blame {
    use render::Error;
    match error {
        Error::Stopped => Blame::Stopped,
        Error::File(error) | Error::Cache { source: error, .. } => of_file(error),
        Error::Media(error) => of_media(error),
        Error::Haystacks(_) | Error::Picture { .. } | Error::Changed { .. } | Error::Unsteady => Blame::Media,
        Error::Needle(_)
        | Error::Output { .. }
        | Error::Parts(_)
        | Error::Recipe { .. }
        | Error::Subtitles { .. }
        | Error::NoVideo { .. } => Blame::Input,
        Error::Plan { .. } => Blame::Bug,
        Error::Wrong { .. } => Blame::Check,
        Error::Videos { failed, .. } => worst(failed.iter().map(of_render)),
    }
}

fn of_media(error: &media::Error) -> Blame {
    match error {
        media::Error::Stopped(_) => Blame::Stopped,
        media::Error::TooLoud { .. } => Blame::Input,
        _ => Blame::Media,
    }
}

fn of_needle(error: &needle::Error) -> Blame {
    if let needle::Error::Files(error) = error { of_file(error) } else { Blame::Input }
}

fn of_pack(error: &ImportError) -> Blame {
    match error {
        ImportError::Files(error) => of_file(error),
        ImportError::NotEmpty(_) => Blame::Usage,
        ImportError::Made(error) if error.is_unreadable() => Blame::Media,
        ImportError::Made(_) => Blame::Bug,
        ImportError::Problems { .. } => Blame::Input,
    }
}

fn of_frames(error: &frames::Error) -> Blame {
    match error {
        frames::Error::Video(error) => of_render(error),
        frames::Error::Media(error) => of_media(error),
        frames::Error::File(error) => of_file(error),
        frames::Error::Stopped(_) => Blame::Stopped,
        frames::Error::Refused { .. } | frames::Error::Row(_) | frames::Error::Size { .. } => Blame::Input,
        frames::Error::Beyond { .. } => Blame::Usage,
        frames::Error::Picture { .. } | frames::Error::Memory { .. } => Blame::Media,
    }
}

fn of_export(error: &export::Error) -> Blame {
    match error {
        export::Error::File(error) => of_file(error),
        export::Error::Frames(error) => of_frames(error),
        export::Error::Video(error) => of_render(error),
        export::Error::Media(error) => of_media(error),
        export::Error::Own => Blame::Usage,
        export::Error::OtherBytes(_) => Blame::Check,
        export::Error::Stopped(_) => Blame::Stopped,
        export::Error::Dataset(_)
        | export::Error::NoFiles { .. }
        | export::Error::Different(_)
        | export::Error::SameName { .. }
        | export::Error::Dotted(_) => Blame::Input,
    }
}

fn of_baseline(error: &baseline::Error) -> Blame {
    match error {
        baseline::Error::Media(error) => of_media(error),
        baseline::Error::Detect(detect::Error::Tesseract { .. } | detect::Error::Recogniser { .. }) => {
            Blame::Media
        }
        _ => Blame::Input,
    }
}

fn of_output(error: &output::Error) -> Blame {
    if let output::Error::File(error) = error { of_file(error) } else { Blame::Usage }
}

fn of_ask(error: &ask::Error) -> Blame {
    match error {
        ask::Error::File(error) => of_file(error),
        ask::Error::Video(error) => of_media(error),
        ask::Error::Open(error) => of_render(error),
        ask::Error::Output(error) => of_output(error),
        ask::Error::Refused { .. } | ask::Error::Hopeless { .. } => Blame::Stopped,
        ask::Error::OtherSettings { .. } | ask::Error::OtherDataset { .. } | ask::Error::NotOurs { .. } => {
            Blame::Usage
        }
        _ => Blame::Input,
    }
}

fn of_quiz(error: &quiz::Error) -> Blame {
    match error {
        quiz::Error::Serve(error) => of_serve(error),
        quiz::Error::Output(error) => of_output(error),
        quiz::Error::NoRows => Blame::Input,
        _ => Blame::Usage,
    }
}

fn of_serve(error: &serve::Error) -> Blame {
    match error {
        serve::Error::Open(error) => of_render(error),
        serve::Error::Media(error) => of_media(error),
        serve::Error::File(error) => of_file(error),
        serve::Error::Start(_) | serve::Error::Picture(_) => Blame::Media,
        serve::Error::Listen { .. } => Blame::Usage,
    }
}
