//! Senses: how a viewer takes in what a needle shows.
//!
//! In: the name of a look, as families, plans and rows have it. Out: whether it is seen, heard or read.

/// How a viewer takes in what is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Sense {
    /// It is in the picture.
    #[default]
    Seen,
    /// It is in the sound.
    Heard,
    /// It is in the subtitle track.
    Read,
}

impl Sense {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Seen, Self::Heard, Self::Read];

    /// As queries and wordings have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::Heard => "heard",
            Self::Read => "read",
        }
    }

    /// The sense of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sense| sense.name() == name)
    }

    /// How what has this look is taken in; rows state the look after the way in: `subtitle-caption`.
    pub fn of_look(name: &str) -> Self {
        match name.rsplit('-').next() {
            Some("caption") => Self::Read,
            Some("sound") => Self::Heard,
            _ => Self::Seen,
        }
    }
}
