//! `[export]`: formats of other tools that `generate` writes at its end.
//!
//! In: `formats`, `sampler`. Out: [`Exports`]. What each format is, `export` knows.

use super::reader::{Problems, Section};
use crate::sampler::Sampler;

/// A tool's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ExportFormat {
    /// A task of lmms-eval.
    LmmsEval,
    /// Tables and a script for `VLMEvalKit`.
    VlmEvalKit,
    /// A task of inspect.
    Inspect,
    /// `VNBench`'s annotation and directory of videos.
    Vnbench,
    /// Training records of `LLaVA` and Qwen-VL.
    Llava,
    /// Training records of ms-swift.
    Swift,
    /// Tar shards of videos and rows.
    WebDataset,
}

impl ExportFormat {
    /// All formats.
    pub const ALL: [Self; 7] = [
        Self::LmmsEval,
        Self::VlmEvalKit,
        Self::Inspect,
        Self::Vnbench,
        Self::Llava,
        Self::Swift,
        Self::WebDataset,
    ];

    /// The format's name in specs and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::LmmsEval => "lmms-eval",
            Self::VlmEvalKit => "vlmevalkit",
            Self::Inspect => "inspect",
            Self::Vnbench => "vnbench",
            Self::Llava => "llava",
            Self::Swift => "swift",
            Self::WebDataset => "webdataset",
        }
    }
}

/// What `[export]` asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exports {
    /// Formats, in the order of the spec.
    pub formats: Vec<ExportFormat>,
    /// Frames of `VLMEvalKit`'s table of pictures; without it there is no such table.
    pub sampler: Option<Sampler>,
}

/// Reads `[export]`.
pub(super) fn read(mut section: Section<'_>, problems: &mut Problems) -> Exports {
    let mut exports = Exports::default();
    for (key, text) in section.texts("formats", problems) {
        match ExportFormat::ALL.into_iter().find(|format| format.name() == text) {
            Some(ExportFormat::Vnbench) => {
                problems.note(&key, "every dataset has VNBench's annotation; leave `vnbench` out");
            }
            Some(format) if exports.formats.contains(&format) => {
                problems.note(&key, format!("`{text}` is listed twice"));
            }
            Some(format) => exports.formats.push(format),
            None => {
                let known = ExportFormat::ALL.map(ExportFormat::name);
                problems.note(&key, format!("no format `{text}`; there are {}", known.join(", ")));
                problems.nearest("format", text, known);
            }
        }
    }
    exports.sampler = section.read("sampler", problems, |value| {
        let text = value.as_str().ok_or_else(|| super::reader::unexpected(value, "a string"))?;
        text.parse::<Sampler>().map_err(|error| error.to_string())
    });
    if exports.sampler.is_some() && !exports.formats.contains(&ExportFormat::VlmEvalKit) {
        problems.note(&section.key("sampler"), "only `vlmevalkit` has pictures; add it to `formats`");
    }
    section.finish(problems);
    exports
}
