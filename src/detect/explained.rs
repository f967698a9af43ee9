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
struct Cell {
    heard: f32,
    own: f32,
    common: Complex<f32>,
}

impl Cell {
    /// What is left of what is heard without the sound at this level.
    fn left(&self, level: Complex<f32>) -> f32 {
        let left = self.heard - 2.0 * (level.conj() * self.common).re + level.norm_sqr() * self.own;
        left.max(f32::MIN_POSITIVE)
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
        let first: Spectra = (0..opening).map(|at| self.spectrum(heard, at)).collect();
        let fits = self.moves.iter().map(|moved| self.fit(&first, own, moved));
        let best = fits.max_by(|one, other| one.cells.total_cmp(&other.cells));
        let Some(fit) = best else { return Explained::default() };
        let mut best = Explained { cells: fit.cells, end: end(opening) };
        let mut sum = fit.cells;
        for (at, own) in (0..).zip(own).skip(opening) {
            if at * HOP >= heard.len() {
                break;
            }
            let heard = self.spectrum(heard, at);
            sum += cells(&heard, own, fit.moved, self.quiet).map(|cell| cell.gone(fit.level)).sum::<f32>();
            if sum > best.cells {
                best = Explained { cells: sum, end: end(at + 1) };
            }
        }
        best
    }

    /// The level at which a sound that is `moved` by part of a sample explains most of the windows that are heard.
    fn fit<'m>(&self, heard: &Spectra, own: &Spectra, moved: &'m [Complex<f32>]) -> Fit<'m> {
        let windows = heard.iter().zip(own);
        let all: Vec<Cell> = windows.flat_map(|(heard, own)| cells(heard, own, moved, self.quiet)).collect();
        let mut level = Complex::new(0.0, 0.0);
        for _ in 0..ROUNDS {
            let (mut with, mut own) = (Complex::new(0.0, 0.0), f32::MIN_POSITIVE);
            for cell in &all {
                let left = cell.left(level);
                with += cell.common / left;
                own += cell.own / left;
            }
            level = with / own;
        }
        Fit { level, moved, cells: all.iter().map(|cell| cell.gone(level)).sum() }
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

/// The cells of a window.
fn cells(
    heard: &[Complex<f32>],
    own: &[Complex<f32>],
    moved: &[Complex<f32>],
    quiet: f32,
) -> impl Iterator<Item = Cell> {
    (0..BANDS).map(move |band| {
        let mut cell = Cell { heard: quiet, own: 0.0, common: Complex::new(0.0, 0.0) };
        for line in (1 + band * BAND)..=((band + 1) * BAND) {
            let own = own[line] * moved[line];
            cell.heard += heard[line].norm_sqr();
            cell.own += own.norm_sqr();
            cell.common += heard[line] * own.conj();
        }
        cell
    })
}
