//! Whether a sound is in what is heard where it fits best, told from what is like it by chance.
//!
//! In: what is heard, and a sound that may be in it, sample by sample. Out: how many cells of time and pitch the sound explains, and
//! where it ends.
//! Speech and music are loud in few pitches, and whatever is loud in the same ones is like them for a while: one correlation over
//! all of a sound says little. But a sound that is really there is there from its beginning to its end, in all of its pitches, and at
//! one level: what is left in each cell once it is taken away is less than before. What is like it by chance leaves more in most cells.

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

/// Samples of a window: 32 ms.
const WINDOW: usize = 512;
/// Samples from one window to the next.
const HOP: usize = WINDOW / 2;
/// Lines of the spectrum in a cell: 250 hertz.
const BAND: usize = 8;
/// Cells of a window, without its lowest line.
const BANDS: usize = WINDOW / 2 / BAND;
/// Parts of a sample by which sounds are moved: at 16,000 samples a second, a frame begins between two of them.
const PARTS: usize = 8;
/// Times that the level is found, each cell weighed by what was left in it before.
const ROUNDS: usize = 4;
/// Mean square of a sample that counts as silence.
const QUIET: f32 = 4.0;
/// Share of a cell that is left at least: what is less, rounding has made.
const LEAST_LEFT: f32 = 1e-6;

/// Spectra of the windows of a sound.
pub(super) type Spectra = Vec<Vec<Complex<f32>>>;

/// Compares sounds cell by cell.
pub(super) struct Cells {
    fft: Arc<dyn Fft<f32>>,
    window: Vec<f32>,
    /// What silence has in a cell.
    quiet: f32,
    /// What each line of a spectrum is multiplied by to move a sound by some parts of a sample.
    moves: Vec<Vec<Complex<f32>>>,
}

/// What a sound explains.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Explained {
    /// Cells of time and pitch. Each counts as much as is gone from it once the sound is taken away; where more is left than before,
    /// it counts against the sound.
    pub(super) cells: f32,
    /// The sample after its last, counted from where it begins; of a sound that may end at any time, where it explains most.
    pub(super) end: usize,
}

/// How loud a sound is in what is heard.
struct Fit<'m> {
    /// Its level, and its phase.
    level: Complex<f32>,
    moved: &'m [Complex<f32>],
    cells: f32,
}

/// What is heard, the sound, and both together in one cell.
#[derive(Clone, Copy)]
struct Cell {
    heard: f32,
    own: f32,
    common: Complex<f32>,
}

/// A window of what is heard beside one of the sound, before the sound is moved.
struct Compared {
    cells: [Cell; BANDS],
    /// What each line of both has in common, which moving the sound turns.
    common: [Complex<f32>; BANDS * BAND],
}

impl Compared {
    fn of(heard: &[Complex<f32>], own: &[Complex<f32>], quiet: f32) -> Self {
        let mut cells = [Cell { heard: quiet, own: 0.0, common: Complex::new(0.0, 0.0) }; BANDS];
        let mut common = [Complex::new(0.0, 0.0); BANDS * BAND];
        for line in 0..common.len() {
            let (heard, own) = (heard[line + 1], own[line + 1]);
            let cell = &mut cells[line / BAND];
            cell.heard += heard.re * heard.re + heard.im * heard.im;
            cell.own += own.re * own.re + own.im * own.im;
            common[line] = times_conj(heard, own);
        }
        Self { cells, common }
    }

    /// The cells, where the sound is `moved` by part of a sample.
    fn cells(&self, moved: &[Complex<f32>]) -> [Cell; BANDS] {
        let mut cells = self.cells;
        for (line, (common, moved)) in self.common.iter().zip(&moved[1..]).enumerate() {
            let turned = times_conj(*common, *moved);
            let common = &mut cells[line / BAND].common;
            common.re += turned.re;
            common.im += turned.im;
        }
        cells
    }
}

/// The one times the conjugate of the other: the operators of `Complex` are calls in each of thousands of cells.
#[inline]
fn times_conj(one: Complex<f32>, other: Complex<f32>) -> Complex<f32> {
    Complex { re: one.re * other.re + one.im * other.im, im: one.im * other.re - one.re * other.im }
}

impl Cell {
    /// What is left of what is heard without the sound at this level.
    fn left(&self, level: Complex<f32>) -> f32 {
        let common = level.re * self.common.re + level.im * self.common.im;
        let left = self.heard - 2.0 * common + (level.re * level.re + level.im * level.im) * self.own;
        left.max(LEAST_LEFT * self.heard)
    }

    /// Which share of the cell is gone without the sound; less than nothing where more is left.
    fn gone(&self, level: Complex<f32>) -> f32 {
        let left = self.left(level);
        (self.heard - left) / self.heard.max(left)
    }
}

impl Cells {
    pub(super) fn new() -> Self {
        let mut planner = FftPlanner::new();
        let middle = WINDOW as f32 / 2.0;
        let weight = |at: usize| {
            let from_middle = (at as f32 + 0.5 - middle) / middle;
            let root = 1.0 - from_middle * from_middle;
            root * root
        };
        // The spectrum of a click some parts of a sample late is what moves a sound by them.
        let fine = planner.plan_fft_forward(WINDOW * PARTS);
        let moved = |parts: usize| {
            let mut click = vec![Complex::new(0.0, 0.0); WINDOW * PARTS];
            click[parts % (WINDOW * PARTS)] = Complex::new(1.0, 0.0);
            fine.process(&mut click);
            click.truncate(WINDOW / 2 + 1);
            click
        };
        let earliest = (WINDOW - 1) * PARTS + PARTS / 2;
        let window: Vec<f32> = (0..WINDOW).map(weight).collect();
        Self {
            fft: planner.plan_fft_forward(WINDOW),
            quiet: QUIET * BAND as f32 * window.iter().map(|weight| weight * weight).sum::<f32>(),
            window,
            moves: (earliest..=earliest + PARTS).map(moved).collect(),
        }
    }

    /// The spectra of a sound.
    pub(super) fn spectra(&self, samples: &[f32]) -> Spectra {
        (0..windows(samples.len())).map(|at| self.spectrum(samples, at)).collect()
    }

    /// What the sound `own` explains of `heard` if it begins with it. In its first `opening` samples its level is found, and by which part
    /// of a sample it lies between two; from there on it may end at any time.
    pub(super) fn explained(&self, heard: &[f32], own: &Spectra, opening: usize) -> Explained {
        let opening = windows(opening).min(own.len());
        let compared = |(at, own): (usize, &Vec<_>)| Compared::of(&self.spectrum(heard, at), own, self.quiet);
        let first: Vec<Compared> = (0..).zip(own).take(opening).map(compared).collect();
        let fits = self.moves.iter().map(|moved| fit(&first, moved));
        let best = fits.max_by(|one, other| one.cells.total_cmp(&other.cells));
        let Some(fit) = best else { return Explained::default() };
        let mut best = Explained { cells: fit.cells, end: end(opening) };
        let mut sum = fit.cells;
        for (at, own) in (0..).zip(own).skip(opening) {
            if at * HOP >= heard.len() {
                break;
            }
            sum += compared((at, own)).cells(fit.moved).iter().map(|cell| cell.gone(fit.level)).sum::<f32>();
            if sum > best.cells {
                best = Explained { cells: sum, end: end(at + 1) };
            }
        }
        best
    }

    /// The spectrum of one window; what samples lack is silence.
    fn spectrum(&self, samples: &[f32], at: usize) -> Vec<Complex<f32>> {
        let part = samples.get(at * HOP..).unwrap_or_default();
        let weighed = part.iter().zip(&self.window).map(|(sample, weight)| sample * weight);
        let mut spectrum: Vec<Complex<f32>> = weighed.map(|sample| Complex::new(sample, 0.0)).collect();
        spectrum.resize(WINDOW, Complex::new(0.0, 0.0));
        self.fft.process(&mut spectrum);
        spectrum.truncate(WINDOW / 2 + 1);
        spectrum
    }
}

/// Windows that lie in so many samples; one at least.
fn windows(samples: usize) -> usize {
    samples.saturating_sub(WINDOW) / HOP + 1
}

/// The sample after a sound that explains so many windows: half of the last is its own, at least.
fn end(windows: usize) -> usize {
    windows.saturating_sub(1) * HOP + WINDOW / 2 + HOP / 2
}

/// The level at which a sound that is `moved` by part of a sample explains most of the windows that are heard.
fn fit<'m>(windows: &[Compared], moved: &'m [Complex<f32>]) -> Fit<'m> {
    let mut all = Vec::with_capacity(windows.len() * BANDS);
    for window in windows {
        all.extend_from_slice(&window.cells(moved));
    }
    let mut level = Complex::new(0.0, 0.0);
    for _ in 0..ROUNDS {
        let (mut with, mut own) = (Complex::new(0.0, 0.0), f32::MIN_POSITIVE);
        for cell in &all {
            let weight = 1.0 / cell.left(level);
            with.re += cell.common.re * weight;
            with.im += cell.common.im * weight;
            own += cell.own * weight;
        }
        level = with / own;
    }
    Fit { level, moved, cells: all.iter().map(|cell| cell.gone(level)).sum() }
}
