//! Sounds, found by matched filters.
//!
//! In: the sounds that may be hidden, and the sound of a video as numbers. Out: what is heard, and from which sample to which.
//! A sound is compared with every place: the correlation with its own samples, of the most that there could be. Its envelope over
//! phases is taken, so that a place between two samples counts as well.

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use super::drawn::Thing;
use super::fault::Error;
use crate::needle::{Library, Look, Pcm};
use crate::time::FrameRate;

/// Samples a second at which sounds are compared: packs have no pitch above 7,500 hertz.
pub const RATE: u32 = 16_000;
/// Share of the correlation that a sound would have with an even haystack, from which on it counts as heard.
const LEAST_SHARE: f64 = 0.55;
/// The least correlation that counts, however quiet sounds are: footage has less by chance.
const LEAST: f64 = 0.12;
/// Mean square of what counts as silence.
const QUIET: f64 = 4.0;
/// Of a sound that lasts as long as is asked for, the first part is looked for: this many samples.
const OPENING: usize = RATE as usize;
/// Samples of the steps in which the end of such a sound is looked for.
const STEP: usize = RATE as usize / 50;
/// Of places that are nearly as good, the first counts, where a sound repeats itself.
const NEARLY: f64 = 0.9;
/// Most samples between the beginnings of sounds that begin together.
const TOGETHER: u64 = RATE as u64 / 50;

/// Looks for sounds.
pub struct Detector {
    templates: Vec<Template>,
    least: f64,
}

/// A sound that is looked for.
struct Template {
    label: String,
    samples: Vec<f32>,
    /// How many of them are looked for first.
    opening: usize,
    /// Whether it may end before its samples do.
    is_open: bool,
}

/// A sound that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// What it is.
    pub label: String,
    /// Its first sample, at [`RATE`].
    pub start: u64,
    /// The sample after its last.
    pub end: u64,
    /// How well it fits, of 1.
    pub fit: f64,
}

impl Detector {
    /// Looks for all recordings of `things`, which are `snr_db` louder than what else is heard; those that last as long as is asked for
    /// last `longest_secs` at most.
    ///
    /// # Errors
    /// A thing has no sound, or it cannot be decoded.
    pub fn new(
        library: &Library,
        things: &[Thing<'_>],
        (snr_db, longest_secs): (i16, u64),
    ) -> Result<Self, Error> {
        let mut templates = Vec::new();
        for thing in things {
            let (_, recordings) = library.recordings(thing.pack, thing.item)?;
            for (take, recording) in (0..).zip(recordings) {
                let look =
                    Look::Sound { pack: thing.pack.to_owned(), item: thing.item.to_owned(), take, snr_db };
                let is_open = recording.millis().is_none();
                let seconds = recording.millis().map_or(longest_secs, |millis| millis.div_ceil(1000));
                let pcm = library.sound(&look, seconds.max(1), FrameRate::ONE, RATE);
                let samples = pcm?.map(|pcm| pcm.samples).unwrap_or_default();
                let samples: Vec<f32> = samples.into_iter().map(f32::from).collect();
                let opening = if is_open { OPENING.min(samples.len()) } else { samples.len() };
                templates.push(Template { label: thing.label.to_owned(), samples, opening, is_open });
            }
        }
        Ok(Self { templates, least: (LEAST_SHARE * expected(snr_db)).max(LEAST) })
    }

    /// What is heard, in order of time. No two overlap: of those that would, the one that fits best counts.
    pub fn hear(&self, pcm: &Pcm) -> Vec<Heard> {
        let samples: Vec<f32> = pcm.samples.iter().copied().map(f32::from).collect();
        let longest = self.templates.iter().map(|template| template.opening).max().unwrap_or(0);
        if longest == 0 || samples.is_empty() {
            return Vec::new();
        }
        let energy = running(&samples);
        let mut found: Vec<Heard> = Vec::new();
        let filter = Filter::new(longest);
        let spectra: Vec<Vec<Complex<f32>>> = self
            .templates
            .iter()
            .map(|template| filter.spectrum(&template.samples[..template.opening]))
            .collect();
        let mut fits: Vec<Vec<(usize, f64)>> = vec![Vec::new(); self.templates.len()];
        for start in (0..samples.len()).step_by(filter.step()) {
            let block = filter.block(&samples, start);
            for ((template, spectrum), fits) in self.templates.iter().zip(&spectra).zip(&mut fits) {
                let own: f64 =
                    template.samples[..template.opening].iter().map(|&s| f64::from(s) * f64::from(s)).sum();
                for (offset, correlation) in filter.correlation(&block, spectrum).into_iter().enumerate() {
                    let at = start + offset;
                    let end = (at + template.opening).min(samples.len());
                    if at >= samples.len() {
                        break;
                    }
                    // What is next to silent is like anything.
                    let heard = energy[end] - energy[at] + template.opening as f64 * QUIET;
                    let most = (own * heard).sqrt();
                    let fit = if most > 0.0 { f64::from(correlation) / most } else { 0.0 };
                    if fit >= self.least {
                        fits.push((at, fit));
                    }
                }
            }
        }
        for (template, fits) in self.templates.iter().zip(&fits) {
            for (start, fit) in peaks(fits, template) {
                let end =
                    if template.is_open { ended(&samples, start, template) } else { template.samples.len() };
                let (start, end) = (start as u64, (start + end) as u64);
                found.push(Heard { label: template.label.clone(), start, end, fit });
            }
        }
        apart(found)
    }
}

/// The correlation of a sound with its mixture with an even haystack, which it is `snr_db` louder than.
fn expected(snr_db: i16) -> f64 {
    /// The tenth root of ten.
    const DECIBEL: f64 = 1.258_925_411_794_167_2;
    let power = (0..snr_db.unsigned_abs()).fold(1.0, |power, _| power * DECIBEL);
    let power = if snr_db < 0 { 1.0 / power } else { power };
    (power / (1.0 + power)).sqrt()
}

/// The energy of all samples before each.
fn running(samples: &[f32]) -> Vec<f64> {
    let mut sum = 0.0;
    let sums = samples.iter().map(|&sample| {
        sum += f64::from(sample) * f64::from(sample);
        sum
    });
    std::iter::once(0.0).chain(sums).collect()
}

/// The best places of one template, no two of which overlap.
fn peaks(fits: &[(usize, f64)], template: &Template) -> Vec<(usize, f64)> {
    let mut left: Vec<(usize, f64)> = fits.to_vec();
    let mut chosen = Vec::new();
    while let Some(&(best_at, best)) = left.iter().max_by(|one, two| one.1.total_cmp(&two.1)) {
        let (at, fit) = if template.is_open { first_of(&left, best) } else { (best_at, best) };
        chosen.push((at, fit));
        let reach = if template.is_open { template.samples.len() } else { template.opening };
        left.retain(|(other, _)| other + template.opening <= at || *other >= at + reach);
    }
    chosen
}

/// The first place that is nearly as good as the best, and the best right behind it.
fn first_of(fits: &[(usize, f64)], best: f64) -> (usize, f64) {
    let first = fits.iter().find(|(_, fit)| *fit >= NEARLY * best).copied().unwrap_or((0, best));
    let close = fits.iter().filter(|(at, _)| (first.0..first.0 + OPENING / 8).contains(at));
    close.copied().fold(first, |found, other| if other.1 > found.1 { other } else { found })
}

/// How many samples a sound goes on that begins at `start`: as long as what is heard is more like it than like nothing.
fn ended(samples: &[f32], start: usize, template: &Template) -> usize {
    let length = template.samples.len().min(samples.len() - start);
    let product = |range: std::ops::Range<usize>| -> (f64, f64) {
        range.fold((0.0, 0.0), |(with, own), at| {
            let (heard, expected) = (f64::from(samples[start + at]), f64::from(template.samples[at]));
            (with + heard * expected, own + expected * expected)
        })
    };
    let (with, own) = product(0..template.opening.min(length));
    let gain = if own > 0.0 { with / own } else { 0.0 };
    let (mut sum, mut best, mut end) = (0.0, 0.0, template.opening.min(length));
    for from in (0..length).step_by(STEP) {
        let to = (from + STEP).min(length);
        let (with, own) = product(from..to);
        sum += with - gain * own / 2.0;
        if sum > best {
            (best, end) = (sum, to);
        }
    }
    end
}

/// Those that do not overlap: the best first, in order of time. Of two that begin together and fit nearly as well, the longer is heard:
/// the shorter one is its beginning.
fn apart(mut found: Vec<Heard>) -> Vec<Heard> {
    let is_beginning = |of: &Heard, longer: &Heard| {
        let together = of.start.abs_diff(longer.start) <= TOGETHER;
        together && of.end + TOGETHER < longer.end && longer.fit >= NEARLY * of.fit
    };
    let all = found.clone();
    found.retain(|of| !all.iter().any(|longer| is_beginning(of, longer)));
    found.sort_by(|one, two| two.fit.total_cmp(&one.fit).then(one.start.cmp(&two.start)));
    let mut kept: Vec<Heard> = Vec::new();
    for heard in found {
        if kept.iter().all(|other| heard.end <= other.start || other.end <= heard.start) {
            kept.push(heard);
        }
    }
    kept.sort_by_key(|heard| heard.start);
    kept
}

/// Correlations by way of spectra.
struct Filter {
    forward: Arc<dyn Fft<f32>>,
    backward: Arc<dyn Fft<f32>>,
    size: usize,
    longest: usize,
}

impl Filter {
    /// For sounds of `longest` samples at most.
    fn new(longest: usize) -> Self {
        let size = (4 * longest).next_power_of_two();
        let mut planner = FftPlanner::new();
        Self {
            forward: planner.plan_fft_forward(size),
            backward: planner.plan_fft_inverse(size),
            size,
            longest,
        }
    }

    /// Places that one block says something of.
    fn step(&self) -> usize {
        self.size - self.longest
    }

    fn transformed(&self, samples: &[f32]) -> Vec<Complex<f32>> {
        let mut buffer: Vec<Complex<f32>> = samples.iter().map(|&sample| Complex::new(sample, 0.0)).collect();
        buffer.resize(self.size, Complex::new(0.0, 0.0));
        self.forward.process(&mut buffer);
        buffer
    }

    /// The spectrum of a block of samples from `start` on.
    fn block(&self, samples: &[f32], start: usize) -> Vec<Complex<f32>> {
        self.transformed(&samples[start..samples.len().min(start + self.size)])
    }

    /// The spectrum of a sound, turned around in time; of positive frequencies alone, so that correlations have phases.
    fn spectrum(&self, samples: &[f32]) -> Vec<Complex<f32>> {
        let mut spectrum = self.transformed(samples);
        for (at, value) in spectrum.iter_mut().enumerate() {
            *value = if at <= self.size / 2 {
                value.conj() * 2.0 / self.size as f32
            } else {
                Complex::new(0.0, 0.0)
            };
        }
        spectrum
    }

    /// The envelope of the correlation of a block with a sound, at each place of the block.
    fn correlation(&self, block: &[Complex<f32>], spectrum: &[Complex<f32>]) -> Vec<f32> {
        let mut product: Vec<Complex<f32>> = block.iter().zip(spectrum).map(|(one, two)| one * two).collect();
        self.backward.process(&mut product);
        product.iter().take(self.step()).map(|value| value.norm_sqr().sqrt()).collect()
    }
}
