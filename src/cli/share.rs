//! Shares on the command line.
//!
//! In: text. Out: a number of 0 to 1.

/// A share on the command line.
pub(super) fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_no| "expected a number of 0 to 1".to_owned())?;
    if (0.0..=1.0).contains(&share) { Ok(share) } else { Err("expected a number of 0 to 1".to_owned()) }
}
