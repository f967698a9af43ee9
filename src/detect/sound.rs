//! Sounds, found by matched filters.
//!
//! In: the sounds that may be hidden, and the sound of a video as numbers. Out: what is heard, and from which sample to which.
//! A sound is compared with every place: the correlation with its own samples, of the most that there could be. Its envelope over
//! phases is taken, so that a place between two samples counts as well. Footage is like some sounds by chance, so where one fits,
//! it is compared cell by cell of time and pitch, too: it has to be all there.

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use super::drawn::Thing;
use super::explained::{Cells, Spectra};
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
/// In each stretch of so many samples, the place where a sound fits best is looked at closely.
const STRETCH: usize = RATE as usize / 200;
/// The same, at first, of a sound that lasts as long as is asked for: looking at it takes long.
const OPEN_STRETCH: usize = OPENING / 16;
/// Cells of time and pitch that a sound that is there explains at least.
const LEAST_CELLS: f32 = 8.0;

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
    /// How many cells of time and pitch it explains.
    pub cells: f32,
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
        let cells = Cells::new();
        for (template, fits) in self.templates.iter().zip(&fits) {
            found.extend(template.found(&cells, &samples, fits));
        }
        apart(found)
    }
}

impl Template {
    /// Where it is heard, of the places where it fits.
    fn found(&self, cells: &Cells, samples: &[f32], fits: &[(usize, f64)]) -> Vec<Heard> {
        if fits.is_empty() {
            return Vec::new();
        }
        let own = cells.spectra(&self.samples);
        if !self.is_open {
            let places = best_of_each(fits, STRETCH);
            return places.filter_map(|start| self.heard(cells, samples, &own, start)).collect();
        }
        let coarse =
            best_of_each(fits, OPEN_STRETCH).filter_map(|start| self.heard(cells, samples, &own, start));
        let coarse = apart(coarse.collect());
        let near = |start: usize| {
            coarse.iter().any(|heard| heard.start.abs_diff(start as u64) <= OPEN_STRETCH as u64)
        };
        let close: Vec<(usize, f64)> = fits.iter().copied().filter(|(start, _)| near(*start)).collect();
        best_of_each(&close, STRETCH).filter_map(|start| self.heard(cells, samples, &own, start)).collect()
    }

    /// What it explains from `start` on, if that is enough.
    fn heard(&self, cells: &Cells, samples: &[f32], own: &Spectra, start: usize) -> Option<Heard> {
        let explained = cells.explained(&samples[start..], own, self.opening);
        let end = if self.is_open { explained.end.min(self.samples.len()) } else { self.samples.len() };
        (explained.cells >= LEAST_CELLS).then(|| Heard {
            label: self.label.clone(),
            start: start as u64,
            end: (start + end) as u64,
            cells: explained.cells,
        })
    }
}

/// The place where a sound fits best, of each stretch of so many samples in which it fits.
fn best_of_each(fits: &[(usize, f64)], stretch: usize) -> impl Iterator<Item = usize> {
    let stretches = fits.chunk_by(move |one, other| one.0 / stretch == other.0 / stretch);
    stretches.filter_map(|fits| fits.iter().max_by(|one, other| one.1.total_cmp(&other.1))).map(|fit| fit.0)
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

/// Those that do not overlap, in order of time: the one that explains most counts. So the beginning of a longer sound is heard only
/// where the longer one does not go on.
fn apart(mut found: Vec<Heard>) -> Vec<Heard> {
    found.sort_by(|one, two| two.cells.total_cmp(&one.cells).then(one.start.cmp(&two.start)));
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
