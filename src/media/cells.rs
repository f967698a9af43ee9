//! Cells: a row of samples in fewer parts of equal length, where parts need not begin and end at samples.
//!
//! In: numbers of samples and of cells. Out: for each cell the samples that lie in it, each with the share of it that does.

/// A sample of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which sample.
    pub at: usize,
    /// How much of it lies in the cell: of as many parts as there are cells.
    pub weight: u64,
}

/// The samples of each of `cells` cells that `samples` samples are divided into.
pub fn cells(samples: u32, cells: u32) -> Vec<Vec<Part>> {
    let (samples, cells) = (u64::from(samples.max(1)), u64::from(cells.max(1)));
    // A sample is as many units long as there are cells, and a cell as there are samples.
    let of = |cell: u64| {
        let (start, end) = (cell * samples, (cell + 1) * samples);
        let within = start / cells..end.div_ceil(cells);
        let part = |at: u64| {
            let weight = end.min((at + 1) * cells) - start.max(at * cells);
            Part { at: at as usize, weight }
        };
        within.map(part).collect()
    };
    (0..cells).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_shared_out_whole() {
        for (samples, count) in [(70, 32), (19, 18), (4, 9), (32, 32), (1, 3)] {
            let all = cells(samples, count);
            for cell in &all {
                let weight: u64 = cell.iter().map(|part| part.weight).sum();
                assert_eq!(weight, u64::from(samples), "{samples} in {count}: all cells are as long");
            }
            for at in 0..samples as usize {
                let parts = all.iter().flatten().filter(|part| part.at == at);
                assert_eq!(parts.map(|part| part.weight).sum::<u64>(), u64::from(count));
            }
        }
        assert_eq!(cells(3, 2)[0], [Part { at: 0, weight: 2 }, Part { at: 1, weight: 1 }]);
    }
}
