//! The kinds of question, and what holds of all questions of a kind.
//!
//! In: a name in a family or a row. Out: the kind; its forms, and what its questions name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::Form;

/// A kind of question.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum QuestionKind {
    /// Which of several things is shown?
    #[default]
    Which,
    /// In which order are things shown?
    Order,
    /// How many things are shown?
    Count,
    /// When is a thing shown?
    When,
    /// Is a thing shown?
    Exists,
    /// What belongs to a key?
    Key,
    /// What lies so many links along a chain?
    Chain,
    /// What was shown right before or after a thing?
    Next,
    /// In which part of the picture is a thing?
    Cell,
    /// Is a thing farther left, or higher, than another?
    Side,
    /// In which state is a thing that changes?
    State,
    /// In which order does one thing take its looks?
    Sequence,
    /// How many times does a thing disappear?
    Blink,
    /// Under which cup is a thing?
    Cups,
    /// In which direction does a thing move?
    Heading,
    /// Which way round does a thing go?
    Spin,
    /// How often does a thing bounce?
    Bounces,
    /// Which way does a thing turn?
    Turn,
    /// Which of two things is faster?
    Faster,
    /// Is a short video played forward or backward?
    Arrow,
    /// Which of several things was shown last?
    Last,
    /// Has a thing been shown yet?
    Seen,
    /// Which thing is shown while another is heard or read?
    During,
    /// What does the picture show, and what does the sound or the subtitle say, where they disagree?
    Conflict,
    /// When does a thing appear, if it ever does?
    Appears,
}

impl QuestionKind {
    /// All kinds.
    pub const ALL: [Self; 25] = [
        Self::Which,
        Self::Order,
        Self::Count,
        Self::When,
        Self::Exists,
        Self::Key,
        Self::Chain,
        Self::Next,
        Self::Cell,
        Self::Side,
        Self::State,
        Self::Sequence,
        Self::Blink,
        Self::Cups,
        Self::Heading,
        Self::Spin,
        Self::Bounces,
        Self::Turn,
        Self::Faster,
        Self::Arrow,
        Self::Last,
        Self::Seen,
        Self::During,
        Self::Conflict,
        Self::Appears,
    ];

    /// As it stands in families and rows.
    pub fn name(self) -> &'static str {
        match self {
            Self::Which => "which",
            Self::Order => "order",
            Self::Count => "count",
            Self::When => "when",
            Self::Exists => "exists",
            Self::Key => "key",
            Self::Chain => "chain",
            Self::Next => "next",
            Self::Cell => "cell",
            Self::Side => "side",
            Self::State => "state",
            Self::Sequence => "sequence",
            Self::Blink => "blink",
            Self::Cups => "cups",
            Self::Heading => "heading",
            Self::Spin => "spin",
            Self::Bounces => "bounces",
            Self::Turn => "turn",
            Self::Faster => "faster",
            Self::Arrow => "arrow",
            Self::Last => "last",
            Self::Seen => "seen",
            Self::During => "during",
            Self::Conflict => "conflict",
            Self::Appears => "appears",
        }
    }

    /// The kind of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// How many videos are drawn together, alike but for what their answers depend on.
    pub fn members(self) -> u64 {
        let is_pair = matches!(
            self,
            Self::Exists
                | Self::Side
                | Self::Blink
                | Self::Heading
                | Self::Spin
                | Self::Turn
                | Self::Faster
                | Self::Arrow
                | Self::Appears
        );
        if is_pair { 2 } else { 1 }
    }

    /// Whether the answer depends on the order in which things are shown, or on when: whoever sees every frame for itself, without
    /// its place in time, does not know it.
    pub fn needs_order(self) -> bool {
        matches!(
            self,
            Self::Order
                | Self::When
                | Self::Next
                | Self::State
                | Self::Arrow
                | Self::During
                | Self::Last
                | Self::Appears
        ) || self.is_motion()
    }

    /// Whether a question may name the thing that it asks about, since its name is not the answer.
    pub fn names_its_thing(self) -> bool {
        matches!(self, Self::Count | Self::When | Self::Exists | Self::Cell | Self::Seen | Self::Appears)
    }

    /// Whether a question names labels or keys, each in a placeholder of its own. Its answer is none of them, but for
    /// [`Self::answers_with_named`].
    pub(super) fn names_things(self) -> bool {
        matches!(
            self,
            Self::Key | Self::Chain | Self::Next | Self::Side | Self::State | Self::Arrow | Self::During
        ) || self.is_motion() && self != Self::Cups
    }

    /// Whether the answer is one of the things that a question names.
    pub fn answers_with_named(self) -> bool {
        self == Self::Faster
    }

    /// Whether it asks for a number.
    pub fn asks_how_many(self) -> bool {
        matches!(self, Self::Count | Self::Bounces)
    }

    /// Whether it asks how something moves or changes: what its needles show depends on the frame.
    pub fn is_motion(self) -> bool {
        matches!(
            self,
            Self::Sequence
                | Self::Blink
                | Self::Cups
                | Self::Heading
                | Self::Spin
                | Self::Bounces
                | Self::Turn
                | Self::Faster
        )
    }

    /// Whether what moves can do so in several clips, one after the other.
    pub fn is_spread(self) -> bool {
        self == Self::Cups
    }

    /// Whether what moves leaves the picture on one side and comes back on the other.
    pub fn crosses_borders(self) -> bool {
        matches!(self, Self::Heading | Self::Turn)
    }

    /// Whether what moves goes round again and again: not what takes its whole time for one course.
    pub fn has_period(self) -> bool {
        self.is_motion() && !matches!(self, Self::Sequence | Self::Blink | Self::Cups)
    }

    /// Whether its questions are asked at times of a video before its end, always.
    pub(super) fn is_of_times(self) -> bool {
        matches!(self, Self::Last | Self::Seen)
    }

    /// Whether it asks for yes or no about a thing that it names.
    pub fn asks_whether(self) -> bool {
        matches!(self, Self::Exists | Self::Seen)
    }

    /// Whether needles show labels for keys.
    pub(super) fn has_keys(self) -> bool {
        matches!(self, Self::Key | Self::Chain | Self::State)
    }

    /// Whether each needle is shown together with a cue, which is heard or read.
    pub fn has_cues(self) -> bool {
        matches!(self, Self::During | Self::Conflict)
    }

    /// Whether the thing that is asked for has a time that is drawn for itself, and a duration of its own.
    pub fn draws_times(self) -> bool {
        self == Self::When
    }

    /// Whether another thing is shown in place of the one that a question names, or may be: what is looked for is not all that is shown.
    pub fn shows_another(self) -> bool {
        self.asks_whether() || self == Self::Appears
    }

    /// Whether its answers are times: a model has to know the time of each frame.
    pub fn asks_for_times(self) -> bool {
        matches!(self, Self::When | Self::Appears)
    }

    /// Whether its needles lie anywhere in the video, each place as likely, and the question is asked at the end.
    pub(super) fn lies_anywhere(self) -> bool {
        self == Self::Appears
    }

    /// The forms that questions of a family can have.
    pub fn forms(self, most_needles: usize) -> &'static [Form] {
        match self {
            // Of several spans there is no set of options yet that tells nothing.
            Self::When if most_needles > 1 => &[Form::Open],
            // Options would tell that it appears, or when.
            Self::Appears => &[Form::Open],
            _ => &Form::ALL,
        }
    }
}
