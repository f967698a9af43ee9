//! Haystacks made ready: probed, used as they are where they conform, prepared and cached where they do not.
//!
//! In: the entries of a spec, what it wants, a cache directory. Out: for each a [`Haystack`] for the plan and the
//! packets for the splice. Sources are told apart by their content, so renaming or moving one changes nothing but its
//! id; a prepared file is named by the digest of all that it depends on, FFmpeg's version included.

use std::path::PathBuf;

use rayon::prelude::*;

use crate::digest;
use crate::haystack::{AudioForm, Entry, Form, Haystack, Source as Origin, Wanted};
use crate::job::{Job, Stage};
use crate::media::prepare_sound;
use crate::media::source::Source;
use crate::media::target::{self, Target};
use crate::render::Error;
use crate::render::fingerprint;
use crate::render::isolated;
use crate::render::joined::{self, Joined};
use crate::render::names;
use crate::render::probed;
pub use crate::render::surveyed::Surveyed;
use crate::render::surveyed::Surveying;
use crate::render::unlike::{self, Unlike};
use crate::render::watch::Stamp;
use crate::wording;

/// Keyframes further apart than this make every cut dear: such a source is transcoded once instead.
const LONGEST_GOP_SECS: u64 = 30;

/// Surveys haystacks and makes them ready.
#[derive(Clone, Debug)]
pub struct Preparation {
    /// Directory of prepared haystacks.
    pub cache: PathBuf,
    /// What the spec wants.
    pub wanted: Wanted,
    /// Whether videos are joined from several haystacks, which must then agree in size, rate and encoding.
    pub joined: bool,
    /// This program, where each source is first tried in a process of its own.
    pub isolate: Option<PathBuf>,
    /// The work that they are made ready for.
    pub job: Job,
}

impl Preparation {
    /// Probes every entry. All entries that cannot be used are named in one error.
    pub fn survey(&self, entries: &[Entry]) -> Result<Vec<Surveyed>, Error> {
        let stage = self.job.start(Stage::Probe, entries.len() as u64);
        let probed: Vec<Result<(Surveying, String), String>> = entries
            .par_iter()
            .map(|entry| {
                // What is not looked at any more is no fault of an entry.
                self.job.go_on().map_err(|stopped| stopped.to_string())?;
                let looked = self.look(&entry.source).map_err(|error| wording::chain(&error));
                stage.advance(&names::name_of(&entry.source));
                looked
            })
            .collect();
        self.job.go_on()?;
        let faults: Vec<String> = probed.iter().filter_map(|result| result.as_ref().err().cloned()).collect();
        if !faults.is_empty() {
            return Err(Error::Haystacks(faults));
        }
        let probed: Vec<(Surveying, String)> = probed.into_iter().flatten().collect();
        let digests: Vec<&str> = probed.iter().map(|(_, sha256)| sha256.as_str()).collect();
        let ids = names::ids(entries, &digests)?;
        let common = self.common(&probed, &ids);
        let fault = |(origin, _): &(Surveying, String)| match origin {
            Surveying::File(source) => {
                common.as_ref().map_or_else(|| self.target(origin), |joined| joined.target).fault(source)
            }
            Surveying::Scene(_) => None,
        };
        let faults: Vec<String> = probed.iter().filter_map(fault).map(|fault| fault.to_string()).collect();
        if !faults.is_empty() {
            return Err(Error::Haystacks(faults));
        }
        let mut surveyed = Vec::new();
        for (((origin, sha256), id), entry) in probed.into_iter().zip(ids).zip(entries.iter().enumerate()) {
            surveyed.push(self.decide(origin, sha256, id, entry, common.as_ref()));
        }
        if self.joined {
            joined::agree(&mut surveyed);
        }
        surveyed.iter_mut().for_each(Surveyed::warn_of_reasons);
        if let Some(common) = &common {
            common.tell(&mut surveyed, &self.wanted);
        }
        surveyed.sort_by(|a, b| a.haystack.id.cmp(&b.haystack.id));
        stage.finish(&format!("probed {}", wording::count(surveyed.len(), "haystack")));
        Ok(surveyed)
    }

    /// Adds to what haystacks show whatever in their frames is like a picture of `unlike`.
    pub fn leave_out(&self, surveyed: &mut [Surveyed], unlike: &Unlike) -> Result<(), Error> {
        let stage = self.job.start(Stage::Search, surveyed.len() as u64);
        surveyed.par_iter_mut().try_for_each(|Surveyed { haystack, origin, .. }| {
            self.job.go_on()?;
            unlike.seek((&self.cache, &self.job), haystack, |see| match origin {
                Surveying::File(source) => unlike::of_source(source, see),
                Surveying::Scene(recipe) => {
                    unlike::of_scene(recipe, see);
                    Ok(())
                }
            })?;
            stage.advance(&haystack.id);
            Ok::<(), Error>(())
        })?;
        stage.finish(&format!("looked for needles in {}", wording::count(surveyed.len(), "haystack")));
        Ok(())
    }

    fn look(&self, source: &Origin) -> Result<(Surveying, String), Error> {
        match source {
            Origin::File(path) => {
                let stamp = Stamp::of(path)?;
                if let Some(program) = &self.isolate {
                    isolated::try_apart(program, &self.cache, &self.job, path)?;
                }
                let probed = probed::source(&self.cache, &self.job, path)?;
                let sha256 = probed::sha256(&self.cache, &self.job, path)?;
                // Index and digest have to be of the same bytes.
                if Stamp::of(path)? != stamp {
                    return Err(Error::Changed { path: path.display().to_string() });
                }
                Ok((Surveying::File(Box::new(probed)), sha256))
            }
            Origin::Scene(recipe) => Ok((Surveying::Scene(recipe.clone()), digest::of_value(recipe))),
        }
    }

    /// What all haystacks take where they are joined and the spec leaves it open: the form of the first. That is the first by id, since the
    /// order of a spec's paths is another one where the spec, or who reads it, lies elsewhere.
    fn common(&self, probed: &[(Surveying, String)], ids: &[String]) -> Option<Joined> {
        let first = (0..ids.len()).filter(|_| self.joined).min_by_key(|&at| &ids[at])?;
        let (origin, _) = &probed[first];
        Some(Joined::new(self.target(origin), &ids[first], probed.iter().map(|(origin, _)| origin)))
    }

    /// The form of a haystack by itself.
    fn target(&self, origin: &Surveying) -> Target {
        let ((width, height), fps) = origin.form();
        let (own_width, own_height) = match (self.wanted.width, self.wanted.height) {
            (Some(width), Some(height)) => (width, height),
            (Some(wide), None) => (wide, scaled(height, wide, width)),
            (None, Some(high)) => (scaled(width, high, height), high),
            (None, None) => (width, height),
        };
        Target {
            width: own_width,
            height: own_height,
            fps: self.wanted.fps.unwrap_or(fps),
            crf: self.wanted.crf,
        }
    }

    fn decide(
        &self,
        origin: Surveying,
        sha256: String,
        id: String,
        (at, entry): (usize, &Entry),
        common: Option<&Joined>,
    ) -> Surveyed {
        let target = common.map_or_else(|| self.target(&origin), |joined| joined.target);
        let mut reasons = Vec::new();
        let (frames, gop, warnings, audio, sound_reason) = match &origin {
            Surveying::Scene(recipe) => {
                reasons.push("it is drawn".to_owned());
                let frames =
                    u128::from(recipe.frames) * u128::from(target.fps.num()) * u128::from(recipe.fps.den())
                        / (u128::from(target.fps.den()) * u128::from(recipe.fps.num()));
                (
                    u64::try_from(frames).unwrap_or(u64::MAX).max(1),
                    target::gop(target.fps),
                    Vec::new(),
                    None,
                    None,
                )
            }
            Surveying::File(source) => {
                reasons = self.reasons(source, target, common);
                let gop = match &source.as_is {
                    Ok(track) if reasons.is_empty() => track.longest_gop(),
                    _ => target::gop(target.fps),
                };
                let (audio, reason) = self.audio(source, common);
                let about_sound = source.sound_warning.iter().filter(|_| self.wanted.audio);
                let warnings = source.warnings.iter().chain(about_sound).cloned().collect();
                (target.frames(source), gop, warnings, audio, reason)
            }
        };
        let form = Form { width: target.width, height: target.height, fps: target.fps, frames, gop, audio };
        let (licence, credit, shows) = (entry.licence.clone(), entry.credit.clone(), entry.shows.clone());
        Surveyed {
            entry: at,
            haystack: Haystack { id, sha256, form, licence, credit, shows, warnings },
            reasons,
            sound_reason,
            origin,
            target,
        }
    }

    /// Why a source cannot be used as it is; a haystack that decides the form of all is named.
    fn reasons(&self, source: &Source, target: Target, common: Option<&Joined>) -> Vec<String> {
        let as_first = |is_open: bool| {
            common.filter(|_| is_open).map_or_else(String::new, |joined| format!(" as `{}` is", joined.first))
        };
        let mut reasons = match &source.as_is {
            Ok(_) => Vec::new(),
            Err(reasons) => reasons.clone(),
        };
        if (source.width, source.height) != (target.width, target.height)
            && (source.width & !1, source.height & !1) != (target.width, target.height)
        {
            let Target { width, height, .. } = target;
            let first = as_first(self.wanted.width.is_none() || self.wanted.height.is_none());
            let bars = if target.has_bars(source) { ": black bars fill the rest" } else { "" };
            reasons
                .push(format!("it is {}x{}, not {width}x{height}{first}{bars}", source.width, source.height));
        }
        if source.clock.fps != target.fps {
            let (fps, first) = (target.fps, as_first(self.wanted.fps.is_none()));
            reasons.push(format!("it has {} frames a second, not {fps}{first}", source.clock.fps));
        }
        if let Ok(track) = &source.as_is
            && track.longest_gop() > target.fps.frames_in_millis(1000 * LONGEST_GOP_SECS)
        {
            reasons.push(format!("its keyframes lie up to {} frames apart", track.longest_gop()));
        }
        reasons
    }

    fn audio(&self, source: &Source, common: Option<&Joined>) -> (Option<AudioForm>, Option<String>) {
        let channels = common.map_or(source.prepared_channels, |joined| joined.channels);
        let prepared = AudioForm { sample_rate: prepare_sound::SAMPLE_RATE, channels };
        match &source.audio {
            Some((_, track)) if self.wanted.audio => match track {
                Ok(track) if !self.joined => {
                    (Some(AudioForm { sample_rate: track.sample_rate, channels: track.channels }), None)
                }
                Ok(_) => (Some(prepared), Some("haystacks are joined".to_owned())),
                Err(reason) => (Some(prepared), Some(reason.clone())),
            },
            _ => (None, None),
        }
    }
}

impl Preparation {
    /// Where the prepared sound of a source lies, or will.
    pub(super) fn sound_path(&self, source: &Source, channels: u16, sha256: &str) -> PathBuf {
        let widened = (channels != source.prepared_channels).then_some(channels);
        fingerprint::sound_path(&self.cache, sha256, widened, source.revised.sound)
    }
}

fn scaled(other: u32, wanted: u32, own: u32) -> u32 {
    let scaled = (u64::from(other) * u64::from(wanted) + u64::from(own) / 2) / u64::from(own.max(1));
    ((scaled as u32 + 1) & !1).max(2)
}
