//! A type without a spec around it.
//!
//! In: a family. Out: the task that a spec makes of it which says nothing but its name, over the packs that come with the program.

use super::Needles;
use super::reader::Problems;
use super::tasks::{self, Asked, Task};
use crate::needle::Library;
use crate::question::{Family, Form};
use crate::wording;

/// The task of `family` in these forms, or why there is none.
pub fn lone(family: &Family, forms: &[Form]) -> Result<Task, String> {
    let library = Library::load(&[], None, family.language()).map_err(|error| wording::chain(&error))?;
    let needles = Needles { library: Some(library), unlike_haystack: None, settings: Vec::new() };
    let asked = Asked { forms: forms.to_vec(), ..Asked::plain(family, family.kind()) };
    let mut problems = Problems::default();
    let made = tasks::tasks(&[asked], None, &needles, &mut problems);
    made.into_iter().next().ok_or_else(|| problems.list.join("; "))
}
