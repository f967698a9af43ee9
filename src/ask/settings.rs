//! What differs between the settings of a run and those of a line that another run has written.
//!
//! In: a line and the parameters of a run. Out: whether they are of one run, or each difference by the option that sets it.

use super::beside::{Sound, Subtitles};
use super::body::Parameters;
use super::judge;
use super::record::{Record, Recorded};
use super::times::Times;
use crate::digest;

impl Recorded {
    /// What a line records of `parameters`.
    pub(super) fn of(parameters: &Parameters) -> Self {
        Self {
            temperature: parameters.temperature,
            max_tokens: parameters.max_tokens,
            image_size: parameters.image_size,
            jpeg_quality: parameters.jpeg_quality,
            times: parameters.times,
            subtitles: parameters.subtitles,
            sound: parameters.sound,
            prompt_sha256: Some(digest::of_value(&parameters.prompt)),
            system_sha256: parameters.system.as_ref().map(digest::of_value),
            extra_body_sha256: (!parameters.extra_body.is_empty())
                .then(|| digest::of_value(&parameters.extra_body)),
        }
    }
}

/// Why a line is not of the run with `parameters`, which asks at `base_url`; nothing if it is.
pub(super) fn differences(record: &Record, parameters: &Parameters, base_url: &str) -> Option<String> {
    // Lines of an earlier version do not state the address, and their digest holds it.
    let is_earlier = record.base_url.is_none();
    let wanted = if is_earlier { parameters.earlier_sha256(base_url) } else { parameters.sha256() };
    if record.settings_sha256 == wanted {
        return None;
    }
    let mut found = named(record, parameters);
    if found.is_empty() && is_earlier {
        found.push(
            "--prompt, --system, --extra-body or --base-url (an earlier version wrote this file, and took the server's address for \
             a setting: give the address of then)"
                .to_owned(),
        );
    }
    if found.is_empty() {
        found.push("its `settings_sha256` differs".to_owned());
    }
    Some(found.join("; "))
}

/// The differences that a line's own fields show.
fn named(record: &Record, parameters: &Parameters) -> Vec<String> {
    let is_judge = parameters.mode == judge::MODE;
    let mut found = Vec::new();
    let mut compare = |option: &str, was: Option<String>, is: Option<String>| {
        if was != is {
            let shown = |value: Option<String>| value.unwrap_or_else(|| "not set".to_owned());
            found.push(format!("{option} was {}, is {}", shown(was), shown(is)));
        }
    };
    let model = if is_judge { "--judge" } else { "--model" };
    compare(model, Some(record.model.clone()), Some(parameters.model.clone()));
    compare("--mode", Some(record.mode.clone()), Some(parameters.mode.to_owned()));
    compare("--sampler", record.sampler.clone(), parameters.sampler.clone());
    let (was, is) = (&record.parameters, Recorded::of(parameters));
    let text = |number: Option<f64>| number.map(|number| number.to_string());
    compare("--temperature", text(was.temperature), text(is.temperature));
    let text = |number: Option<u32>| number.map(|number| number.to_string());
    compare("--max-tokens", text(was.max_tokens), text(is.max_tokens));
    compare("--image-size", text(was.image_size), text(is.image_size));
    let text = |number: Option<u8>| number.map(|number| number.to_string());
    compare("--jpeg-quality", text(was.jpeg_quality), text(is.jpeg_quality));
    let text = |times: Option<Times>| times.map(|times| times.name().to_owned());
    compare("--times", text(was.times), text(is.times));
    let text = |subtitles: Option<Subtitles>| subtitles.map(|subtitles| subtitles.name().to_owned());
    compare("--subtitles", text(was.subtitles), text(is.subtitles));
    let text = |sound: Option<Sound>| sound.map(|sound| sound.name().to_owned());
    compare("--sound", text(was.sound), text(is.sound));
    // Lines of an earlier version hold no digests of texts.
    if was.prompt_sha256.is_some() {
        let prompt = if is_judge { "--judge-prompt" } else { "--prompt" };
        for (option, was, is) in [
            (prompt, &was.prompt_sha256, &is.prompt_sha256),
            ("--system", &was.system_sha256, &is.system_sha256),
            ("--extra-body", &was.extra_body_sha256, &is.extra_body_sha256),
        ] {
            if was != is {
                found.push(format!("{option} differs"));
            }
        }
    }
    found
}
