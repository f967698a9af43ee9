//! Fonts that are installed, by the name of their family.
//!
//! In: a name as font menus show it, such as `Noto Sans CJK SC`. Out: the file of its upright regular face and where the face
//! lies in it, or the names that come near.

use std::path::{Path, PathBuf};

use crate::wording::nearest;
use fontdb::{Database, FaceInfo, Source, Style, Weight};

/// A face of a font file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FontFile {
    /// The file.
    pub path: PathBuf,
    /// Which of its faces: 0 but in collections.
    pub index: u32,
}

impl FontFile {
    /// The first face of a file.
    pub fn of(path: &Path) -> Self {
        Self { path: path.to_owned(), index: 0 }
    }

    /// The upright face of the installed family `name` whose weight is nearest to regular; else the nearest name of a family
    /// that is installed, if any comes near.
    pub fn installed(name: &str) -> Result<Self, Option<String>> {
        let mut fonts = Database::new();
        fonts.load_system_fonts();
        let is_named =
            |face: &&FaceInfo| face.families.iter().any(|(family, _)| family.eq_ignore_ascii_case(name));
        // Faces come in the order of directories, which differs between machines: the path decides among equals.
        let files = fonts.faces().filter(is_named).filter_map(|face| match &face.source {
            Source::File(path) => {
                let weight = face.weight.0.abs_diff(Weight::NORMAL.0);
                let file = Self { path: path.clone(), index: face.index };
                Some((face.style != Style::Normal, weight, file))
            }
            Source::Binary(_) => None,
        });
        files.min().map(|(_, _, file)| file).ok_or_else(|| {
            let families =
                fonts.faces().flat_map(|face| face.families.iter().map(|(family, _)| family.as_str()));
            nearest(name, families).map(str::to_owned)
        })
    }
}
