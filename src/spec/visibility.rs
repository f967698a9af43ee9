//! `[visibility]`: samplers that have to see every needle.
//!
//! In: `require_visible`. Out: samplers. Whether there are places that they all see is found when the plan is made.

use super::reader::{Problems, Section};
use crate::sampler::Sampler;

/// Reads `[visibility]`.
pub(super) fn read(mut section: Section<'_>, problems: &mut Problems) -> Vec<Sampler> {
    let mut samplers: Vec<Sampler> = Vec::new();
    for (key, text) in section.texts("require_visible", problems) {
        match text.parse::<Sampler>() {
            Ok(sampler) if samplers.contains(&sampler) => {
                problems.note(&key, format!("sampler `{sampler}` is listed twice"));
            }
            Ok(sampler) => samplers.push(sampler),
            Err(error) => problems.note(&key, error),
        }
    }
    section.finish(problems);
    samplers
}
