//! The frames of footage in little, once somebody has asked for them.
//!
//! In: who makes them. Out: the same pictures for whoever asks, on any thread.

use std::sync::{Arc, OnceLock};

use image::RgbImage;

/// Small pictures that are made once.
#[derive(Clone, Debug, Default)]
pub struct Thumbnails(Arc<OnceLock<Vec<RgbImage>>>);

impl Thumbnails {
    /// The pictures; `make` makes them where nobody has.
    ///
    /// # Errors
    /// Those of `make`.
    pub fn get_or_try<E>(&self, make: impl FnOnce() -> Result<Vec<RgbImage>, E>) -> Result<&[RgbImage], E> {
        if let Some(made) = self.0.get() {
            return Ok(made);
        }
        // Two threads may make them at once; both make the same.
        let made = make()?;
        Ok(self.0.get_or_init(|| made))
    }
}

/// Footage is the same whether or not somebody has asked.
impl PartialEq for Thumbnails {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Thumbnails {}
