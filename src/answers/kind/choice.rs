//! An answer that is one of the options shown: a letter or the option's text.
//!
//! In: the options and a reply. Out: the option.

use super::value::{Asked, Reading, Value};
use crate::answers::extract::{Extracted, Rule, extract};

pub(super) fn truth(asked: &Asked, answer: &str) -> Result<Value, String> {
    let place = asked.options.iter().position(|option| option == answer);
    place.map(Value::Option).ok_or_else(|| {
        format!("answer `{answer}` is not one of the options `{}`", asked.options.join("`, `"))
    })
}

pub(super) fn read(asked: &Asked, reply: &str) -> Reading {
    match extract(reply, asked.options, Rule::Robust) {
        Extracted::Option { index, clue } => Reading::Value { value: Value::Option(index), clue },
        Extracted::Unreadable(why) => Reading::Unreadable(why.into()),
    }
}
