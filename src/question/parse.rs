//! Reads question families.
//!
//! In: TOML, embedded or the user's own. Out: families of which any question can be drawn, or all problems of a file.

use std::path::Path;

use include_dir::{Dir, include_dir};

use super::check;
use super::family::{Error, Families, Family};
use crate::digest;
use crate::files;
use crate::language::Language;

static TEMPLATES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// The families that come with the program, in one language: VNBench's nine and what goes beyond them.
///
/// # Panics
/// If an embedded family is wrong, which a test excludes.
pub fn embedded(language: Language) -> Families {
    let dir = match language {
        Language::En => Some(&TEMPLATES),
        Language::Zh => TEMPLATES.get_dir(language.code()),
    };
    let files = dir.expect("every language has templates").files();
    let files = files.filter(|file| file.path().extension().is_some_and(|end| end == "toml"));
    files
        .map(|file| {
            let name = file.path().display().to_string();
            let family = parse(&name, file.contents_utf8().expect("templates are text"));
            let family = family.expect("embedded families are right");
            (family.kind().to_owned(), family)
        })
        .collect()
}

/// The text of the family of this type that comes with the program, in one language.
pub fn embedded_text(kind: &str, language: Language) -> Option<&'static str> {
    let dir = match language {
        Language::En => &TEMPLATES,
        Language::Zh => TEMPLATES.get_dir(language.code())?,
    };
    let mut files = dir.files();
    files
        .find(|file| file.path().file_name().is_some_and(|name| name == &*format!("{kind}.toml")))?
        .contents_utf8()
}

/// Reads all `*.toml` of `dir` in this language over `families`; a family replaces one of the same type.
///
/// Families in other languages are for other specs. Files that are wrong are left out, and what is wrong with each is
/// returned.
pub fn read_dir(dir: &Path, language: Language, families: &mut Families) -> Vec<Error> {
    let listed = match files::sorted_dir(dir) {
        Ok(listed) => listed,
        Err(error) => return vec![error.into()],
    };
    let mut errors = Vec::new();
    for path in listed.iter().filter(|path| path.extension().is_some_and(|end| end == "toml")) {
        let text = files::read_settings(path).map_err(Error::from);
        match text.and_then(|text| parse(&path.display().to_string(), &text)) {
            Ok(family) if family.language() != language => {}
            Ok(family) => {
                families.insert(family.kind().to_owned(), family);
            }
            Err(error) => errors.push(error),
        }
    }
    errors
}

/// Reads a family from `text`, which is the content of `file`.
pub fn parse(file: &str, text: &str) -> Result<Family, Error> {
    let wrong = |source| Error::Syntax { file: file.to_owned(), source: Box::new(source) };
    let raw = toml::from_str(text).map_err(wrong)?;
    let stated: toml::Table = toml::from_str(text).map_err(wrong)?;
    check::checked(raw, digest::of_toml(&stated))
        .map_err(|problems| Error::Invalid { file: file.to_owned(), problems })
}
