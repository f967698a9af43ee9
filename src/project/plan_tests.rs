//! Rows of plans, for tests of what is made of rows: nothing is prepared or rendered.

use std::sync::Arc;

use crate::dataset::Row;
use crate::haystack::{Form, Haystack};
use crate::plan::Planner;
use crate::render::rows;
use crate::spec;
use crate::time::FrameRate;

/// All rows of a plan.
pub(super) fn planned(tasks: &str) -> Vec<Row> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.mp4"), "").unwrap();
    let path = dir.path().join("spec.toml");
    std::fs::write(&path, format!("seed = 11\n[haystacks]\npaths = [\"a.mp4\"]\n{tasks}")).unwrap();
    let spec = Arc::new(spec::read(&path).unwrap_or_else(|error| panic!("{error}")));
    let fps = FrameRate::new(25, 1).unwrap();
    let haystack = Haystack {
        id: "bay".to_owned(),
        sha256: String::new(),
        form: Form { width: 320, height: 180, fps, frames: 3000, gop: 50, audio: None },
        licence: None,
        credit: None,
        shows: Vec::new(),
        warnings: Vec::new(),
    };
    let planner = Planner::new(&spec, &[haystack]).unwrap_or_else(|error| panic!("{error}"));
    planner.videos().flat_map(|video| rows::rows(&video, "")).collect()
}
