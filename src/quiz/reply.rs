//! What the page sends, checked.
//!
//! In: a message of the page, and the row that was shown. Out: a reply, or what is wrong with it in words for the person. Labels are
//! not compared with a vocabulary: that would tell which words there are.

use serde::Deserialize;

use super::item::Reply;
use crate::answers::kind::{Asked, Reading, read};
use crate::dataset::Row;
use crate::language::Language;
use crate::question::{AnswerKind, Form};

/// Characters of a reply.
const LONGEST_REPLY: usize = 500;

/// An answer as the page sends it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    /// Who answers.
    pub(super) annotator: String,
    /// Which question.
    pub(super) key: usize,
    /// Place of the chosen option.
    #[serde(default)]
    option: Option<usize>,
    /// What was typed.
    #[serde(default)]
    text: Option<String>,
    /// Milliseconds that the person took.
    pub(super) time_ms: u64,
}

/// A question that the page speaks of.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    /// Who is asked.
    pub(super) annotator: String,
    /// Which question.
    pub(super) key: usize,
}

impl Given {
    /// The reply to `row`, which was shown.
    ///
    /// # Errors
    ///
    /// A sentence for the person that says what is wrong.
    pub(super) fn reply(&self, row: &Row) -> Result<Reply, String> {
        match (row.form, self.option, &self.text) {
            (Form::Choice, Some(place), None) if place < row.options.len() => Ok(Reply::Option(place)),
            (Form::Choice, ..) => Err(said(row, "Choose one of the options.", "请选择一个选项。")),
            (Form::Open, None, Some(text)) => {
                readable(row, text.trim()).map(|()| Reply::Text(text.trim().to_owned()))
            }
            (Form::Open, ..) => Err(said(row, "Type an answer.", "请输入答案。")),
        }
    }
}

/// A sentence in the language of the question.
fn said(row: &Row, english: &str, chinese: &str) -> String {
    match row.language {
        Language::En => english.to_owned(),
        Language::Zh => chinese.to_owned(),
    }
}

/// Fails if a text cannot be an answer, whatever is right.
fn readable(row: &Row, text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err(said(row, "Type an answer.", "请输入答案。"));
    }
    if text.chars().nth(LONGEST_REPLY).is_some() || text.chars().any(char::is_control) {
        let english = format!("Type one line of at most {LONGEST_REPLY} characters.");
        return Err(said(row, &english, &format!("请输入一行，最多 {LONGEST_REPLY} 个字符。")));
    }
    let [english, chinese] = match row.answer_kind {
        AnswerKind::Number => {
            ["This is not a number. Type a number, such as 4.", "这不是数字。请输入一个数字，例如 4。"]
        }
        AnswerKind::Spans => [
            "These are not times. Type seconds, such as 12.40 - 15.00.",
            "这不是时间。请输入秒数，例如 12.40 - 15.00。",
        ],
        AnswerKind::Point => [
            "This is not a point. Click on the picture, or type two numbers from 0 to 1, such as (0.25, 0.75).",
            "这不是点。请点击画面，或输入两个 0 到 1 之间的数，例如 (0.25, 0.75)。",
        ],
        AnswerKind::Moment => [
            "This is neither a time nor never. Type seconds, such as 12.40, or never.",
            "这既不是时间也不是 never。请输入秒数，例如 12.40，或输入 never。",
        ],
        AnswerKind::Choice | AnswerKind::Label | AnswerKind::Set | AnswerKind::List => return Ok(()),
    };
    let asked = Asked {
        kind: row.answer_kind,
        options: &[],
        vocabulary: &[],
        num_frames: row.num_frames,
        fps: row.fps(),
    };
    match read(&asked, text) {
        Reading::Value { .. } => Ok(()),
        Reading::Unreadable(_) => Err(said(row, english, chinese)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(answer_kind: AnswerKind) -> Row {
        let form = if answer_kind == AnswerKind::Choice { Form::Choice } else { Form::Open };
        let options = if form == Form::Choice { vec!["a".to_owned(), "b".to_owned()] } else { Vec::new() };
        Row { form, answer_kind, options, num_frames: 1000, fps_num: 25, ..Row::unstated() }
    }

    fn given(option: Option<usize>, text: Option<&str>) -> Given {
        Given { annotator: String::new(), key: 0, option, text: text.map(str::to_owned), time_ms: 0 }
    }

    #[test]
    fn options_are_those_that_were_shown() {
        let row = row(AnswerKind::Choice);
        assert_eq!(given(Some(1), None).reply(&row), Ok(Reply::Option(1)));
        for wrong in
            [given(Some(2), None), given(None, None), given(None, Some("A")), given(Some(0), Some("A"))]
        {
            assert!(wrong.reply(&row).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn refusals_speak_the_language_of_the_question() {
        let asked = |language| Row { language, ..row(AnswerKind::Number) };
        let refusal = |language| given(None, Some("?")).reply(&asked(language)).unwrap_err();
        assert_eq!(refusal(Language::En), "This is not a number. Type a number, such as 4.");
        assert_eq!(refusal(Language::Zh), "这不是数字。请输入一个数字，例如 4。");
    }

    #[test]
    fn texts_have_the_form_that_is_asked_for() {
        for (kind, text) in [
            (AnswerKind::Number, "4"),
            (AnswerKind::Number, "four"),
            (AnswerKind::Spans, "12.4 - 15"),
            (AnswerKind::Spans, "0:12 - 0:15"),
            (AnswerKind::Point, "(0.25, 0.75)"),
            (AnswerKind::Moment, "12.4"),
            (AnswerKind::Moment, "Never"),
            (AnswerKind::Label, "any word"),
            (AnswerKind::List, "b, a"),
        ] {
            assert_eq!(
                given(None, Some(&format!(" {text} "))).reply(&row(kind)),
                Ok(Reply::Text(text.to_owned()))
            );
        }
        for (kind, text) in [
            (AnswerKind::Number, "many"),
            (AnswerKind::Spans, "at the end"),
            (AnswerKind::Point, "top left"),
            (AnswerKind::Moment, "12 - 15"),
            (AnswerKind::Point, "(3, 700)"),
            (AnswerKind::Label, " "),
            (AnswerKind::Label, "a\nb"),
        ] {
            assert!(given(None, Some(text)).reply(&row(kind)).is_err(), "{kind} {text}");
        }
        assert!(given(None, Some(&"x".repeat(501))).reply(&row(AnswerKind::Label)).is_err());
        assert!(given(Some(0), None).reply(&row(AnswerKind::Label)).is_err());
    }
}
