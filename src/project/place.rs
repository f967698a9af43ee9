//! Where something is wrong: the file and the key that an error is about.
//!
//! In: an [`Error`]. Out: its [`Place`], as far as the error has one, and its problems one by one, for programs that act on them.

use std::path::{Path, PathBuf};

use super::error::Error;
use crate::answers::{self, import, judged, output};
use crate::ask;
use crate::audit::vnbench;
use crate::dataset;
use crate::export;
use crate::files;
use crate::frames;
use crate::media;
use crate::needle;
use crate::needle::import::ImportError;
use crate::quiz;
use crate::render;
use crate::score;
use crate::serve;
use crate::spec;

/// Where something is wrong; what is not known is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The file or directory.
    pub file: Option<PathBuf>,
    /// The line of it, from 1.
    pub line: Option<usize>,
    /// The key path within it, such as `tasks[0].type`; of several problems, the first one's.
    pub key: Option<String>,
}

impl Place {
    fn file(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref();
        Self { file: (!path.as_os_str().is_empty()).then(|| path.to_owned()), ..Self::default() }
    }

    fn line(path: impl AsRef<Path>, line: usize) -> Self {
        Self { line: Some(line), ..Self::file(path) }
    }

    fn key(path: impl AsRef<Path>, key: Option<&str>) -> Self {
        Self { key: key.filter(|key| !key.is_empty()).map(str::to_owned), ..Self::file(path) }
    }
}

impl Error {
    /// Where the error is.
    pub fn place(&self) -> Place {
        match self {
            Self::Spec(error) => of_spec(error),
            Self::Several { failed, .. } => failed.first().map(Self::place).unwrap_or_default(),
            Self::Render(error) | Self::Serve(serve::Error::Open(error)) => of_render(error),
            Self::Media(error) => of_media(error),
            Self::Dataset(error) => of_dataset(error),
            Self::Needle(error) => of_needle(error),
            Self::Pack(ImportError::Files(error))
            | Self::File(error)
            | Self::Answers(answers::Error::File(error))
            | Self::Import(import::Error::File(error))
            | Self::Judged(judged::Error::File(error))
            | Self::Annotation(vnbench::Error::File(error))
            | Self::Ask(ask::Error::File(error)) => of_file(error),
            Self::Frames(error) => of_frames(error),
            Self::Export(error) => of_export(error),
            Self::Output(error) | Self::Ask(ask::Error::Output(error)) => of_output(error),
            Self::Quiz(error) => of_quiz(error),
            Self::Score(error) => of_score(error),
            Self::Unplanned { path, .. }
            | Self::Impossible { path, .. }
            | Self::NotPlan { path }
            | Self::NoPlan { path }
            | Self::NoScores { path }
            | Self::PlanVersion { path, .. }
            | Self::NoSpec { path }
            | Self::Foreign { path } => Place::file(path),
            Self::OtherFrames { dir } | Self::FullDir { dir } | Self::SpecOutside { dir, .. } => {
                Place::file(dir)
            }
            Self::SpecLink { link } => Place::file(link),
            Self::SpecMoved { dataset }
            | Self::SpecUnknown { dataset, .. }
            | Self::NoSources { dataset, .. }
            | Self::NoVideos { dataset }
            | Self::Emptied { dataset, .. }
            | Self::Unsolvable { dataset } => Place::file(dataset),
            Self::NoSample { dataset, id } | Self::NoRow { dataset, id, .. } => Place::key(dataset, Some(id)),
            Self::OtherPlan { spec, .. } => Place::file(spec),
            Self::NamesFiles { .. } => Place { key: Some("export.formats".to_owned()), ..Place::default() },
            _ => Place::default(),
        }
    }

    /// The problems that it lists, one sentence each; none where it is one by itself.
    pub fn problems(&self) -> &[String] {
        match self {
            Self::Several { problems, .. }
            | Self::Spec(spec::Error::Problems { problems, .. })
            | Self::Answers(answers::Error::Problems { problems, .. })
            | Self::Dataset(
                dataset::Error::Refused { problems, .. } | dataset::Error::Inconsistent { problems, .. },
            )
            | Self::Render(render::Error::Haystacks(problems) | render::Error::Parts(problems)) => problems,
            Self::Plan(error) => &error.problems,
            Self::NoSources { missing, .. } => missing,
            Self::SpecOutside { paths, .. } => paths,
            _ => &[],
        }
    }
}

fn of_spec(error: &spec::Error) -> Place {
    match error {
        spec::Error::File(error) => of_file(error),
        spec::Error::Syntax { file, .. } | spec::Error::Problems { file, .. } => {
            Place::key(file, error.key())
        }
    }
}

fn of_file(error: &files::Error) -> Place {
    match error {
        files::Error::Row { path, line, .. } => Place::line(path, *line),
        files::Error::Io { path, .. }
        | files::Error::Busy { path }
        | files::Error::TooLong { path, .. }
        | files::Error::Outside { path, .. } => Place::file(path),
    }
}

fn of_media(error: &media::Error) -> Place {
    match error {
        media::Error::Source { path, .. }
        | media::Error::Ffmpeg { path, .. }
        | media::Error::Machine { path, .. } => Place::file(path),
        media::Error::File(error) => of_file(error),
        media::Error::Needle(error) => of_needle(error),
        media::Error::Stopped(_) | media::Error::Missing(_) | media::Error::TooLoud { .. } => {
            Place::default()
        }
    }
}

fn of_render(error: &render::Error) -> Place {
    match error {
        render::Error::Media(error) => of_media(error),
        render::Error::File(error) => of_file(error),
        render::Error::Cache { cache, .. } => Place::file(cache),
        render::Error::Needle(error) => of_needle(error),
        render::Error::Changed { path }
        | render::Error::Recipe { path, .. }
        | render::Error::NoVideo { path, .. }
        | render::Error::Output { path, .. } => Place::file(path),
        render::Error::Videos { failed, .. } if failed.len() == 1 => of_render(&failed[0]),
        _ => Place::default(),
    }
}

fn of_dataset(error: &dataset::Error) -> Place {
    match error {
        dataset::Error::File(error) => of_file(error),
        dataset::Error::Manifest { path, .. }
        | dataset::Error::Shard { path, .. }
        | dataset::Error::Version { path, .. }
        | dataset::Error::Refused { path, .. }
        | dataset::Error::Inconsistent { path, .. } => Place::file(path),
    }
}

fn of_needle(error: &needle::Error) -> Place {
    match error {
        needle::Error::Files(error) => of_file(error),
        needle::Error::Packs { problems } => problems
            .first()
            .map_or_else(Place::default, |problem| Place::key(&problem.file, Some(&problem.key))),
        _ => Place::default(),
    }
}

fn of_frames(error: &frames::Error) -> Place {
    match error {
        frames::Error::Video(error) => of_render(error),
        frames::Error::Media(error) => of_media(error),
        frames::Error::File(error) => of_file(error),
        frames::Error::Refused { file, .. }
        | frames::Error::Picture { file, .. }
        | frames::Error::Size { file, .. }
        | frames::Error::Beyond { file, .. }
        | frames::Error::Memory { file, .. } => Place::file(file),
        frames::Error::Row(_) | frames::Error::Stopped(_) => Place::default(),
    }
}

fn of_export(error: &export::Error) -> Place {
    match error {
        export::Error::File(error) => of_file(error),
        export::Error::Dataset(error) => of_dataset(error),
        export::Error::Frames(error) => of_frames(error),
        export::Error::Video(error) => of_render(error),
        export::Error::Media(error) => of_media(error),
        _ => Place::default(),
    }
}

fn of_quiz(error: &quiz::Error) -> Place {
    match error {
        quiz::Error::Output(error) => of_output(error),
        quiz::Error::Serve(serve::Error::Open(error)) => of_render(error),
        quiz::Error::OtherSettings { path, line, .. }
        | quiz::Error::OtherDataset { path, line, .. }
        | quiz::Error::NotOurs { path, line, .. } => Place::line(path, *line),
        _ => Place::default(),
    }
}

fn of_output(error: &output::Error) -> Place {
    match error {
        output::Error::File(error) => of_file(error),
        output::Error::Foreign { path, line } => Place::line(path, *line),
        output::Error::Busy { path } | output::Error::Paid { path } | output::Error::Given { path } => {
            Place::file(path)
        }
    }
}

fn of_score(error: &score::Error) -> Place {
    match error {
        score::Error::File(error) => of_file(error),
        score::Error::Dataset(error) => of_dataset(error),
        score::Error::NotScores { path, .. }
        | score::Error::Answers { path }
        | score::Error::Version { path, .. } => Place::file(path),
        _ => Place::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{Project, Session};

    #[test]
    fn a_problem_of_a_spec_has_its_file_and_key() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mine.toml");
        std::fs::write(&path, "seed = 1\n[haystacks]\npaths = [\"absent.mp4\"]\n").unwrap();
        let place = Project::read(&path, &Session::default()).unwrap_err().place();
        assert_eq!((place.file.as_deref(), place.key.as_deref()), (Some(&*path), Some("haystacks.paths[0]")));
        let text = "seed = 1\n[haystacks]\npaths = [\"absent.mp4\"]\n[[tasks]]\ntype = \"ret_edit9\"\n";
        let error = Project::of_text(text, Path::new("dir"), &Session::default()).unwrap_err();
        let place = error.place();
        // It is a text, and no file.
        assert_eq!(place.file, None);
        assert!(error.to_string().starts_with("spec has 2 problems\n"), "{error}");
        let key = place.key.unwrap();
        assert!(error.problems()[0].starts_with(&format!("{key}: ")), "{key}: {:?}", error.problems());
    }

    #[test]
    fn a_line_that_is_no_row_has_its_number() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(dataset::METADATA);
        std::fs::write(&path, "{}\n").unwrap();
        let error: Error = dataset::read_rows(dir.path()).unwrap_err().into();
        assert_eq!(error.place(), Place::line(&path, 1));
        assert!(error.problems().is_empty());
    }
}
