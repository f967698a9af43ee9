//! What types are called where figures stand by type.
//!
//! In: rows. Out: names: that of the type, and where a type is asked in both forms, `TYPE` for its choices and `TYPE (open)` for the
//! other, since their figures are no one figure.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::metadata::Row;
use crate::question::Form;

/// Names of the types of a dataset.
#[derive(Clone, Debug, Default)]
pub struct TypeNames<'a>(BTreeSet<&'a str>);

impl<'a> TypeNames<'a> {
    /// The names of the types of `rows`.
    pub fn of(rows: impl Iterator<Item = &'a Row>) -> Self {
        let (mut choices, mut open) = (BTreeSet::new(), BTreeSet::new());
        for row in rows {
            match row.form {
                Form::Choice => choices.insert(row.kind.as_str()),
                Form::Open => open.insert(row.kind.as_str()),
            };
        }
        Self(choices.intersection(&open).copied().collect())
    }

    /// The name of a row's type.
    pub fn name(&self, row: &'a Row) -> Cow<'a, str> {
        if row.form == Form::Open && self.0.contains(row.kind.as_str()) {
            Cow::Owned(format!("{} (open)", row.kind))
        } else {
            Cow::Borrowed(row.kind.as_str())
        }
    }
}
