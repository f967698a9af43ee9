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
        Self::of_types(rows.map(|row| (row.kind.as_str(), row.form)))
    }

    /// The names of types, each with a form in which it is asked.
    pub fn of_types(types: impl Iterator<Item = (&'a str, Form)>) -> Self {
        let (mut choices, mut open) = (BTreeSet::new(), BTreeSet::new());
        for (kind, form) in types {
            match form {
                Form::Choice => choices.insert(kind),
                Form::Open => open.insert(kind),
            };
        }
        Self(choices.intersection(&open).copied().collect())
    }

    /// The name of a row's type.
    pub fn name(&self, row: &'a Row) -> Cow<'a, str> {
        self.name_of(&row.kind, row.form)
    }

    /// The name of a type that is asked in a form.
    pub fn name_of<'b>(&self, kind: &'b str, form: Form) -> Cow<'b, str> {
        if form == Form::Open && self.0.contains(kind) {
            Cow::Owned(format!("{kind} (open)"))
        } else {
            Cow::Borrowed(kind)
        }
    }
}
