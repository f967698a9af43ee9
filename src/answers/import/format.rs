//! Layouts of result files.
//!
//! In: nothing. Out: each layout, and its name.

/// A layout of result files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// `VNBench`'s JSON Lines with `question_id` and `pred`.
    VnbenchA,
    /// `VNBench`'s JSON Lines with `video_path`, `try` and `pred`.
    VnbenchB,
    /// Samples log of lmms-eval.
    LmmsEval,
    /// Predictions of `VLMEvalKit`: xlsx, tsv, csv or json.
    VlmEvalKit,
    /// Log of `inspect_ai`: eval or json.
    Inspect,
    /// JSON Lines, or an array, with an id and a response.
    Jsonl,
    /// Comma- or tab-separated, with an id and a response.
    Csv,
}

impl Format {
    /// All layouts.
    pub const ALL: [Self; 7] = [
        Self::VnbenchA,
        Self::VnbenchB,
        Self::LmmsEval,
        Self::VlmEvalKit,
        Self::Inspect,
        Self::Jsonl,
        Self::Csv,
    ];

    /// The column in which tables of this layout keep the letter of the right option. Where the layout is anybody's, it is the one that
    /// `metadata.jsonl` calls so.
    pub(super) fn truth_column(self) -> &'static str {
        if self == Self::VlmEvalKit { "answer" } else { "gt_option" }
    }

    /// The layout's name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::VnbenchA => "vnbench-a",
            Self::VnbenchB => "vnbench-b",
            Self::LmmsEval => "lmms-eval",
            Self::VlmEvalKit => "vlmevalkit",
            Self::Inspect => "inspect",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
        }
    }
}
