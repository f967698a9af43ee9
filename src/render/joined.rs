//! What haystacks that are joined have in common: one size, one rate, one encoding, one form of sound.
//!
//! In: haystacks as probed and what the spec wants. Out: the form that all of them take, haystacks
//! that agree, and a sentence for the user where theirs differed.

use crate::haystack::Wanted;
use crate::media::target::{self, Target};
use crate::render::surveyed::{Surveyed, Surveying};

/// The form that joined haystacks take.
#[derive(Clone, Debug)]
pub(super) struct Joined {
    /// Size and rate: the spec's, and the first haystack's where the spec leaves them open.
    pub(super) target: Target,
    /// The first haystack by id.
    pub(super) first: String,
    /// Channels of the sound: two, unless no haystack has more than one.
    pub(super) channels: u16,
}

impl Joined {
    /// The form of haystacks whose first is `first` and would have this form by itself.
    pub(super) fn new<'a>(target: Target, first: &str, all: impl IntoIterator<Item = &'a Surveying>) -> Self {
        let channels = all.into_iter().map(|origin| match origin {
            Surveying::File(source) => source.prepared_channels,
            Surveying::Scene(_) => 0,
        });
        Self { target, first: first.to_owned(), channels: channels.max().unwrap_or(0).max(1) }
    }

    /// Warns that the first haystack decides the form of all, where another one has another by itself and the spec leaves it
    /// open.
    pub(super) fn tell(&self, surveyed: &mut [Surveyed], wanted: &Wanted) {
        let Target { width, height, fps, .. } = self.target;
        let has_open_size = wanted.width.is_none() || wanted.height.is_none();
        let differs = surveyed.iter().any(|of| {
            let (size, rate) = of.source_form();
            (has_open_size && size != (width, height)) || (wanted.fps.is_none() && rate != fps)
        });
        let first = surveyed.iter_mut().find(|of| of.haystack.id == self.first);
        if let Some(first) = first.filter(|_| differs) {
            first.haystack.warnings.push(format!(
                "is the first haystack by its id, so that all are joined at its {width}x{height} and {fps} frames a second: \
                 pictures of another shape get black bars, other rates are converted; `video.width`, `video.height` and `video.fps` set \
                 another form"
            ));
        }
    }
}

/// Joined haystacks are all used as they are, if their encodings are the same, or all transcoded.
pub(super) fn agree(surveyed: &mut [Surveyed]) {
    let config = |haystack: &Surveyed| match &haystack.origin {
        Surveying::File(source) if haystack.reasons.is_empty() => {
            source.as_is.as_ref().ok().map(|track| (track.avcc.clone(), track.tags))
        }
        _ => None,
    };
    let first = surveyed.first().and_then(config);
    if first.is_some() && surveyed.iter().all(|haystack| config(haystack) == first) {
        return;
    }
    for haystack in surveyed.iter_mut().filter(|haystack| haystack.reasons.is_empty()) {
        haystack.reasons.push("it is joined to haystacks of another encoding".to_owned());
        haystack.haystack.form.gop = target::gop(haystack.target.fps);
    }
}
