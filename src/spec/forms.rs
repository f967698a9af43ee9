//! The forms in which a task asks: by options, openly, or both about one video.
//!
//! In: `form` of `[[tasks]]`. Out: forms that the family has.

use toml::Value;

use super::reader::{Problems, unexpected};
use crate::question::{Family, Form};

/// The forms that a task names: one, or a list.
pub(super) fn read(value: &Value) -> Result<Vec<Form>, String> {
    let form = |value: &Value| {
        let expected = "`\"choice\"`, `\"open\"` or a list of both";
        let name = value.as_str().ok_or_else(|| unexpected(value, expected))?;
        Form::of_name(name).ok_or_else(|| format!("`{name}` is not {expected}"))
    };
    let forms: Vec<Form> = match value {
        Value::Array(values) => values.iter().map(form).collect::<Result<_, _>>()?,
        value => vec![form(value)?],
    };
    match forms.as_slice() {
        [] => Err("is empty; leave it out for the form that the family names first".to_owned()),
        [one, other] if one == other => Err(format!("`{}` stands there twice", one.name())),
        [_, _, _, ..] => Err("has more than both forms".to_owned()),
        _ => Ok(forms),
    }
}

/// The form that a family names first.
pub(super) fn usual(family: &Family) -> Vec<Form> {
    family.forms().iter().take(1).copied().collect()
}

/// The forms of a task, each of which its family has to have.
pub(super) fn checked(
    family: &Family,
    forms: Option<Vec<Form>>,
    key: &str,
    problems: &mut Problems,
) -> Vec<Form> {
    let Some(forms) = forms else { return usual(family) };
    for form in forms.iter().filter(|form| !family.forms().contains(form)) {
        let known: Vec<&str> = family.forms().iter().map(|form| form.name()).collect();
        let (kind, known) = (family.kind(), known.join(" and "));
        problems.note(key, format!("`{kind}` has no form `{}`, only {known}", form.name()));
    }
    if forms.len() > 1 && family.question_kind().draws_times() {
        // The times of options and those that are answered openly follow different laws.
        let kind = family.kind();
        problems.note(key, format!("`{kind}` is asked in one form a task; name it in two `[[tasks]]`"));
    }
    forms
}
