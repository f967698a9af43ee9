//! What a command is given to plan or make: a spec, or videos of which it makes one.
//!
//! In: paths and options. Out: the path of a spec, or what a spec is started from. A file that ends as a video is one, and so is a
//! directory; one that ends in `.toml` is a spec; of any other file, the first bytes tell.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::exit::{Exit, Failure};
use crate::project;
use crate::spec;
use crate::spec::starter::Starter;

/// A spec, or videos.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Inputs {
    /// Spec file (TOML), or videos: files, directories and globs. For videos, vniah makes the spec.
    #[arg(required = true, value_name = "SPEC|VIDEO")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    wishes: Wishes,
}

/// What a spec that vniah writes asks for.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Wishes {
    /// With videos: a suite (core, vnbench, reasoning, all), or question types, separated by commas [default: core].
    #[arg(long, value_name = "SUITE|TYPE,...", value_delimiter = ',')]
    pub(super) types: Vec<String>,
    /// With videos: lengths to join or cut the videos to, separated by commas, such as 1m,10m [default: the length of each
    /// video].
    #[arg(long, value_name = "LENGTH,...", value_delimiter = ',')]
    pub(super) lengths: Vec<String>,
}

impl Wishes {
    /// Whether any is stated.
    pub(super) fn is_empty(&self) -> bool {
        self.types.is_empty() && self.lengths.is_empty()
    }

    /// A spec of these videos.
    pub(super) fn starter(&self, videos: &[PathBuf]) -> Starter {
        let trimmed = |names: &[String]| names.iter().map(|name| name.trim().to_owned()).collect();
        Starter { videos: videos.to_vec(), types: trimmed(&self.types), lengths: trimmed(&self.lengths) }
    }
}

/// What was given.
#[derive(Debug)]
pub(super) enum Given {
    /// The path of a spec.
    Spec(PathBuf),
    /// Videos, and what is asked for of them.
    Videos(Starter),
}

impl Inputs {
    /// What was given. Several specs, or specs with videos, are refused.
    pub(super) fn given(&self) -> Result<Given, Failure> {
        let (specs, videos): (Vec<&PathBuf>, Vec<&PathBuf>) =
            self.paths.iter().partition(|path| is_spec(path));
        let refused = |message: String, hint: String| Err(Failure::message(Exit::Usage, message).hint(hint));
        match (specs.as_slice(), videos.as_slice()) {
            ([], _) => Ok(Given::Videos(self.wishes.starter(&self.paths))),
            ([spec], []) if self.wishes.is_empty() => Ok(Given::Spec((*spec).clone())),
            ([spec], []) => refused(
                format!("--types and --lengths go with videos, and `{}` is a spec", spec.display()),
                "write `[suite]` or `[[tasks]]`, and `grid.lengths`, in the spec".to_owned(),
            ),
            ([spec, other, ..], []) => refused(
                format!("`{}` and `{}` are two specs", spec.display(), other.display()),
                "name one spec, and run the command again for the other".to_owned(),
            ),
            ([spec, ..], [video, ..]) => refused(
                format!(
                    "`{}` is a spec, and `{}` is a video or a directory",
                    spec.display(),
                    video.display()
                ),
                "name a spec alone, or videos alone; a spec names its videos in `haystacks.paths`".to_owned(),
            ),
        }
    }
}

/// Bytes at the start of a file that tell text from a video.
const LOOKED_AT: u64 = 4096;

/// Whether a path is meant as a spec: what is not there is one, unless it ends as a video or is a glob.
pub(super) fn is_spec(path: &Path) -> bool {
    if path.is_dir() || spec::is_video(path) {
        return false;
    }
    let name = path.to_string_lossy();
    if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("toml")) {
        return true;
    }
    if !path.exists() {
        return !name.contains(['*', '?', '[']);
    }
    // A pipe is read once, and only a spec is read in order.
    !path.is_file() || is_text(path)
}

/// Whether a file begins as a text; one that cannot be read says so when it is read as a spec.
fn is_text(path: &Path) -> bool {
    let mut start = Vec::new();
    let Ok(file) = File::open(path) else { return true };
    if file.take(LOOKED_AT).read_to_end(&mut start).is_err() {
        return true;
    }
    let is_whole = (start.len() as u64) < LOOKED_AT;
    !start.contains(&0)
        && match std::str::from_utf8(&start) {
            Ok(_) => true,
            // A letter that the end of what was read cuts in two is no fault.
            Err(fault) => !is_whole && fault.error_len().is_none(),
        }
}

/// A failure over videos, with what can be done about it without a spec.
pub(super) fn of_videos(error: project::Error) -> Failure {
    let is_plan = matches!(error, project::Error::Plan(_));
    let failure = Failure::from(error);
    if !is_plan {
        return failure;
    }
    failure.also(
        "without writing a spec: name other types with --types, or join short videos with --lengths, such as --lengths 1m",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spec_is_told_from_a_video() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let path = dir.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let long = "é".repeat(LOOKED_AT as usize) + "x";
        for (path, expected) in [
            (file("a.toml", b"seed = 1"), true),
            (file("spec", b"seed = 1"), true),
            // Cut in the middle of a letter.
            (file("long", &long.as_bytes()[1..]), false),
            (file("long2", format!("x{long}").as_bytes()), true),
            (file("clip.mp4", b"seed = 1"), false),
            (file("clip", b"\0\0\0\x18ftypmp42"), false),
            (file("noise", b"\xff\xd8\xff"), false),
            (dir.path().to_owned(), false),
            ("absent.toml".into(), true),
            ("absent".into(), true),
            ("absent.MKV".into(), false),
            ("absent/*".into(), false),
        ] {
            assert_eq!(is_spec(&path), expected, "{}", path.display());
        }
    }
}
