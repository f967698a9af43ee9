//! How replies are read: by a letter rule, or by a rule and a judge model after it; open answers by their kind.
//!
//! In: a row, its reply, perhaps a judge's verdicts. Out: what each reading makes of the reply. A judge speaks only where the
//! robust rule cannot read, and its readings stand beside those of the rules, never in their place. Open answers have one
//! reading: no rule of letters concerns them, and no judge is asked about them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::sheet::SheetRow;
use super::verdict::Verdict;
use crate::answers::judged::{self, Judged};
use crate::answers::kind::{self, Asked, Value};
use crate::answers::{Rule, extract};
use crate::dataset::Row;
use crate::letter;

/// A way to read replies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Reading {
    /// By [`Rule::Robust`]; open answers by their kind, under every reading.
    #[default]
    Robust,
    /// By [`Rule::Official`].
    Official,
    /// By [`Rule::Robust`], and where that cannot read, by a judge model.
    Judged,
}

impl Reading {
    /// All ways, in the order in which verdicts and counts hold them.
    pub const ALL: [Self; 3] = [Self::Robust, Self::Official, Self::Judged];

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Robust => Rule::Robust.name(),
            Self::Official => Rule::Official.name(),
            Self::Judged => "judged",
        }
    }
}

/// What a judge did for one run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct JudgeUse {
    /// Names of the judges that the file of verdicts states.
    pub models: Vec<String>,
    /// Tries whose reply says something that the robust rule cannot read: what a judge is asked about.
    pub replies: u64,
    /// Of these, tries of which the judge says that the reply names an option.
    pub named: u64,
    /// Of those, the right one.
    pub correct: u64,
    /// Of `replies`, tries of which it says that the reply names none, or several.
    pub none: u64,
    /// Of `replies`, tries on which the judge's own reply cannot be read.
    pub unreadable: u64,
    /// Of `replies`, tries without a verdict: not asked, or the request failed.
    pub not_judged: u64,
    /// Verdicts in the file that are on no reply of this run: on other replies, or replies that need no judge.
    pub unused: u64,
}

/// A credit of 1.
pub(super) const FULL_CREDIT: u32 = 1_000_000;

/// One reply under every reading, in the order of [`Reading::ALL`].
#[derive(Clone, Debug)]
pub(super) struct Read {
    pub(super) verdicts: [Verdict; 3],
    /// How much of the answer is right, in units of [`FULL_CREDIT`].
    pub(super) credit: [u32; 3],
    /// Options read; none of open answers.
    pub(super) options: [Option<u8>; 3],
    /// The open answer read.
    pub(super) value: Option<Value>,
    /// The clue that named an option, or why none could be read; nothing where there is no reply.
    pub(super) reasons: [Option<&'static str>; 3],
    /// What becomes of the reply before a judge.
    pub(super) judge: Judgement,
}

/// What becomes of a reply before a judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    /// It needs none: the robust rule reads it, or it is empty.
    NotNeeded,
    /// The robust rule cannot read it, and there is no verdict.
    Open,
    /// The judge has spoken.
    Given(judged::Verdict),
}

impl Judgement {
    /// What the judge says, as a letter: the option, `-` for none, `?` where its reply cannot be read, `.` where there is no
    /// verdict.
    pub(super) fn letter(self) -> char {
        match self {
            Self::NotNeeded | Self::Open => '.',
            Self::Given(judged::Verdict::Option(index)) => letter::of(index).unwrap_or('?'),
            Self::Given(judged::Verdict::None) => '-',
            Self::Given(judged::Verdict::Unreadable) => '?',
        }
    }
}

impl Read {
    /// Where there is no reply.
    pub(super) const MISSING: Self = Self {
        verdicts: [Verdict::Missing; 3],
        credit: [0; 3],
        options: [None; 3],
        value: None,
        reasons: [None; 3],
        judge: Judgement::NotNeeded,
    };

    /// Reads `reply`.
    pub(super) fn of(row: &SheetRow, reply: &str, judged: Option<&Judged>) -> Self {
        if row.has_options() { Self::of_choice(row, reply, judged) } else { Self::of_open(row, reply) }
    }

    fn of_open(row: &SheetRow, reply: &str) -> Self {
        let asked = row.asked();
        let read = kind::read(&asked, reply);
        let reasons = [Some(read.reason()); 3];
        let value = read.value();
        let grade = value.as_ref().zip(kind::truth(&asked, &row.answer).ok());
        let grade = grade.map(|(given, truth)| kind::grade(given, &truth));
        let verdict = match (&value, grade) {
            (None, _) => Verdict::Unreadable,
            (Some(_), Some(grade)) if grade.is_correct() => Verdict::Correct,
            (Some(_), _) => Verdict::Incorrect,
        };
        let credit = grade.map_or(0.0, |grade| grade.credit).clamp(0.0, 1.0);
        Self {
            verdicts: [verdict; 3],
            credit: [(credit * f64::from(FULL_CREDIT)).round() as u32; 3],
            options: [None; 3],
            value,
            reasons,
            judge: Judgement::NotNeeded,
        }
    }

    fn of_choice(row: &SheetRow, reply: &str, judged: Option<&Judged>) -> Self {
        let options = row.options();
        let target = options.iter().position(|option| **option == *row.gt);
        let [robust, official] = [Rule::Robust, Rule::Official].map(|rule| extract(reply, options, rule));
        let judge = if judged::needs_judge(robust) {
            let verdict = judged.and_then(|own| own.verdict(&row.id, &row.question, options, reply));
            verdict.map_or(Judgement::Open, Judgement::Given)
        } else {
            Judgement::NotNeeded
        };
        let named = match judge {
            Judgement::Given(judged::Verdict::Option(index)) => Some(index),
            _ => None,
        };
        let options = [robust.option(), official.option(), robust.option().or(named)];
        let verdict = |option: Option<usize>| match option {
            None => Verdict::Unreadable,
            option if option == target => Verdict::Correct,
            Some(_) => Verdict::Incorrect,
        };
        let judge_reason = if named.is_some() { "judge" } else { robust.reason() };
        let verdicts = options.map(verdict);
        Self {
            verdicts,
            credit: verdicts.map(|verdict| if verdict == Verdict::Correct { FULL_CREDIT } else { 0 }),
            value: None,
            options: options.map(|option| option.and_then(|index| u8::try_from(index).ok())),
            reasons: [robust.reason(), official.reason(), judge_reason].map(Some),
            judge,
        }
    }
}

/// What `row` asks, as far as reading its replies needs it.
pub fn asked(row: &Row) -> Asked<'_> {
    Asked {
        kind: row.answer_kind,
        options: &row.options,
        vocabulary: &row.vocabulary,
        num_frames: row.num_frames,
        fps: row.fps(),
    }
}
