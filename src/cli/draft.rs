//! Files that vniah writes for a user to start from: a spec, and the scenes that it takes where it names no videos.
//!
//! In: what a spec is started from. Out: its text, and a project of it before it is written.

use std::path::Path;

use super::exit::{Exit, Failure};
use crate::files;
use crate::project::{Project, Session};
use crate::spec::starter::{DRAWN_CATALOGUE, Starter};

/// The spec of one who asks for nothing: its comments show what is possible.
pub(super) const EXAMPLE: &str = include_str!("../../haystacks.example/spec.toml");
/// Drawn scenes with cuts, camera moves and moving subjects.
pub(super) const SCENES: &str = include_str!("../../haystacks.example/haystacks.toml");
/// Fewer, shorter and smaller ones, for the demo.
pub(super) const DEMO_SCENES: &str = include_str!("../../haystacks.example/demo.toml");

/// The text of a spec in `dir`.
pub(super) fn text(starter: &Starter, dir: &Path) -> Result<String, Failure> {
    starter.text(dir).map_err(|error| Failure::new(Exit::Input, error))
}

/// Checks a spec that is to be written to `dir`, with the drawn scenes beside it where it takes them.
pub(super) fn project(
    starter: &Starter,
    text: &str,
    dir: &Path,
    session: &Session,
) -> Result<Project, Failure> {
    if !starter.videos.is_empty() {
        return Ok(Project::of_text(text, dir, session)?);
    }
    let beside = tempfile::tempdir().map_err(|error| Failure::new(Exit::Stopped, error))?;
    files::write_bytes(&beside.path().join(DRAWN_CATALOGUE), SCENES.as_bytes())?;
    // It is read here and now: nothing of it is needed later.
    Ok(Project::of_text(text, beside.path(), session)?)
}
