//! Errors as exceptions, one class for each whose fault it can be.
//!
//! In: an error of `vniah::project`. Out: an exception with the file, line and key that it is about, its problems and its hint.

use pyo3::prelude::*;
use vniah::project::{Blame, Error};
use vniah::wording;

/// The classes, which are Python's, so that they may inherit from two of its own.
mod classes {
    pyo3::import_exception!(vniah._errors, CheckError);
    pyo3::import_exception!(vniah._errors, InputError);
    pyo3::import_exception!(vniah._errors, InternalError);
    pyo3::import_exception!(vniah._errors, MediaError);
    pyo3::import_exception!(vniah._errors, StoppedError);
    pyo3::import_exception!(vniah._errors, UsageError);
}

use classes::{CheckError, InputError, InternalError, MediaError, StoppedError, UsageError};

/// Options of the command line that hints name, and what Python calls them.
const WORDS: [(&str, &str); 9] = [
    ("with --spec SPEC", "with `spec=`"),
    ("with --cache DIR", "with `cache=`"),
    ("with --haystacks DIR", "with `haystacks=`"),
    ("name another directory with -o", "name another directory"),
    ("name another file with -o", "name another file"),
    ("run the same command again", "call it again"),
    ("`vniah sampler` lists all samplers", "`vniah.samplers()` lists all samplers"),
    ("`vniah materialize OUT` makes files of recipes", "`dataset.materialize()` makes files of recipes"),
    ("name one of the `sample_id` in metadata.jsonl", "name the `sample_id` of one of its rows"),
];

/// The exception for an error.
pub(crate) fn raised(error: &Error) -> PyErr {
    let place = error.place();
    let arguments = (
        wording::chain(error),
        place.file,
        place.line,
        place.key,
        error.problems().to_vec(),
        error.hint().map(|hint| in_python(&hint)),
    );
    match error.blame() {
        Blame::Usage => UsageError::new_err(arguments),
        Blame::Input => InputError::new_err(arguments),
        Blame::Media => MediaError::new_err(arguments),
        Blame::Check => CheckError::new_err(arguments),
        Blame::Stopped => StoppedError::new_err(arguments),
        _ => InternalError::new_err(arguments),
    }
}

/// The exception for what was asked for wrongly.
pub(crate) fn usage(message: impl Into<String>) -> PyErr {
    UsageError::new_err((message.into(),))
}

/// The exception for a bug of ours.
pub(crate) fn bug(message: impl Into<String>) -> PyErr {
    InternalError::new_err((message.into(),))
}

fn in_python(hint: &str) -> String {
    WORDS.iter().fold(hint.to_owned(), |hint, (option, word)| hint.replace(option, word))
}
