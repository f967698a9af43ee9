//! Which needles a key of difficulty can say anything of.
//!
//! In: a family. Out: whether a key says anything of its needles, and why not.

use crate::needle::LookKind;
use crate::question::{Family, QuestionKind};

/// Which needles a key can say anything of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Concerns {
    /// All.
    All,
    /// Those of families that can show needles beside those asked for.
    Distracting,
    /// Those that last as long as the spec says, and no border of which is asked for.
    FixedTimes,
    /// Those that lie anywhere.
    Spaced,
    /// Those of questions that are asked at times of a video before its end.
    AtTimes,
    /// Those that are seen.
    Seen,
    /// Those that stand where the spec says: what moves has its own way, and a place that is asked for is drawn.
    Placed,
    /// Those that are heard over a haystack's own sound.
    Heard,
    /// Those of one look.
    Look(LookKind),
    /// Those that go round, or to and fro, again and again.
    Periodic,
    /// Small pictures, whether or not they move, and short videos over footage.
    Small,
    /// Pictures and short videos over the whole frame.
    Full,
    /// What has no footage behind it.
    Grounded,
    /// Those of which each key, chain or box has several.
    Several,
    /// Those that are shown for keys which the question names.
    Keyed,
}

impl Concerns {
    /// Whether it can say anything of the needles of a family, however many there are.
    pub(in crate::spec) fn family(self, family: &Family) -> bool {
        match self {
            Self::All => true,
            Self::Distracting => family.can_distract(),
            Self::FixedTimes => !family.question_kind().draws_times() && family.look() != LookKind::Sound,
            Self::Spaced => {
                !family.question_kind().draws_times()
                    && family.most_between().is_empty()
                    && family.look() != LookKind::Sound
            }
            Self::AtTimes => family.ask_times() > 0,
            Self::Seen => family.look().beside_way().is_none(),
            Self::Placed => {
                let is_asked = matches!(family.question_kind(), QuestionKind::Cell | QuestionKind::Side);
                Self::Seen.family(family) && family.look() != LookKind::Mover && !is_asked
            }
            Self::Heard => family.sounds_over_footage(),
            Self::Look(look) => family.look() == look,
            Self::Periodic => family.question_kind().has_period(),
            Self::Small => family.look().is_small() || family.plays_over(),
            Self::Full => family.fills_frame(),
            Self::Grounded => family.has_ground(),
            Self::Several => family.can_vary_each(),
            Self::Keyed => family.question_kind() == QuestionKind::Key,
        }
    }

    /// Why it says nothing of the needles of a family, where that is not plain from the key.
    pub(in crate::spec) fn reason(self) -> &'static str {
        match self {
            Self::Several => {
                ": its file states no several values a key, links a chain, or changes of a box or of cups"
            }
            Self::Placed => ": what moves has its own way, and places that are asked for are drawn",
            Self::Heard => ": none of them is heard over a haystack's sound",
            Self::Keyed => ": its questions name no key, as those of `kind = \"key\"` do",
            Self::AtTimes => ": its file states no `ask.times`, and it is asked at the end of a video",
            _ => "",
        }
    }

    /// As documented.
    pub fn words(self) -> String {
        match self {
            Self::All => "all".to_owned(),
            Self::Distracting => "of types with distractors".to_owned(),
            Self::FixedTimes => "all but of `when` types, and but `sound`".to_owned(),
            Self::Spaced => {
                "all but of `when` types, of those that are asked at times, and `sound`".to_owned()
            }
            Self::AtTimes => "of types that are asked at times of a video".to_owned(),
            Self::Seen => "all that are seen".to_owned(),
            Self::Placed => "all that are seen, but `mover`, and but of types that ask for places".to_owned(),
            Self::Heard => "`sound`, but not while frames are inserted, which are silent".to_owned(),
            Self::Look(look) => format!("`{}`", look.name()),
            Self::Periodic => "`mover`, where it goes round or to and fro".to_owned(),
            Self::Small => "`patch`, `mover`, `clip` over footage".to_owned(),
            Self::Full => "`picture`, inserted `clip`".to_owned(),
            Self::Grounded => "`picture`, inserted `clip`, inserted `mover`".to_owned(),
            Self::Several => {
                "of `chain`, `state` and `cups` types, and of `key` types that ask for several values"
                    .to_owned()
            }
            Self::Keyed => "of `key` types".to_owned(),
        }
    }
}
