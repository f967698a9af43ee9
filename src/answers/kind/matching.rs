//! Spans of two answers, matched one to one.
//!
//! In: how well each pair fits. Out: the assignment whose fits add up to the most (the Hungarian method).

/// The rows' columns in the best assignment: `fits[row][column]` is at least 0, all rows are as long, and there are at least as many
/// columns as rows. Takes rows^2 * columns steps.
pub(super) fn assign(fits: &[Vec<f64>]) -> Vec<usize> {
    let rows = fits.len();
    let columns = fits.first().map_or(0, Vec::len);
    // Potentials of rows and columns, and the row of each column; 0 stands for none.
    let mut row_potential = vec![0.0; rows + 1];
    let mut column_potential = vec![0.0; columns + 1];
    let mut owner = vec![0_usize; columns + 1];
    for row in 1..=rows {
        owner[0] = row;
        let mut column = 0;
        let mut least = vec![f64::INFINITY; columns + 1];
        let mut seen = vec![false; columns + 1];
        let mut before = vec![0_usize; columns + 1];
        while owner[column] != 0 {
            seen[column] = true;
            let current = owner[column];
            let (mut step, mut next) = (f64::INFINITY, 0);
            for other in (1..=columns).filter(|&other| !seen[other]) {
                let cost = -fits[current - 1][other - 1] - row_potential[current] - column_potential[other];
                if cost < least[other] {
                    (least[other], before[other]) = (cost, column);
                }
                if least[other] < step {
                    (step, next) = (least[other], other);
                }
            }
            for other in 0..=columns {
                if seen[other] {
                    row_potential[owner[other]] += step;
                    column_potential[other] -= step;
                } else {
                    least[other] -= step;
                }
            }
            column = next;
        }
        while column != 0 {
            owner[column] = owner[before[column]];
            column = before[column];
        }
    }
    let mut assigned = vec![0; rows];
    for (column, &row) in owner.iter().enumerate().skip(1) {
        if row > 0 {
            assigned[row - 1] = column - 1;
        }
    }
    assigned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_the_most() {
        // Taking the best pair first (0.9) would leave 0.0 for the other row.
        assert_eq!(assign(&[vec![0.9, 0.8], vec![0.7, 0.0]]), [1, 0]);
        assert_eq!(assign(&[vec![0.1, 0.0, 0.5]]), [2]);
        assert_eq!(assign(&[]), Vec::<usize>::new());
    }
}
