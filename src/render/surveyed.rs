//! Haystacks as surveyed: probed, and decided upon, before anything is encoded.
//!
//! In: what probing found and what the spec wants. Out: what a plan needs of each haystack, and why it will be encoded again.

use crate::haystack::{Haystack, SceneRecipe};
use crate::media::source::Source;
use crate::media::target::Target;
use crate::time::FrameRate;

/// A haystack as surveyed: everything that planning needs, before anything is transcoded.
#[derive(Debug)]
pub struct Surveyed {
    /// Where its entry stands among those that were surveyed, from 0.
    pub entry: usize,
    /// What the plan knows of it.
    pub haystack: Haystack,
    /// Why it is transcoded; nothing where its packets are used as they are.
    pub reasons: Vec<String>,
    /// Why its sound is encoded again, where it is.
    pub sound_reason: Option<String>,
    pub(super) origin: Surveying,
    pub(super) target: Target,
}

impl Surveyed {
    /// Says once that it is encoded again, which its reasons tell.
    pub(super) fn warn_of_reasons(&mut self) {
        if self.reasons.is_empty() || matches!(self.origin, Surveying::Scene(_)) {
            return;
        }
        let why = self.reasons.join(", ");
        let warning = format!("re-encoded once ({why}); videos copy frames from the re-encoded file");
        self.haystack.warnings.insert(0, warning);
    }

    /// Even size and rate of its source.
    pub(super) fn source_form(&self) -> ((u32, u32), FrameRate) {
        self.origin.form()
    }
}

#[derive(Debug)]
pub(super) enum Surveying {
    File(Box<Source>),
    Scene(SceneRecipe),
}

impl Surveying {
    /// Even size and rate.
    pub(super) fn form(&self) -> ((u32, u32), FrameRate) {
        match self {
            Self::File(source) => ((source.width & !1, source.height & !1), source.clock.fps),
            Self::Scene(recipe) => ((recipe.width, recipe.height), recipe.fps),
        }
    }
}
