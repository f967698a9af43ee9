//! What a question is asked with: the text that a model reads beside the video.
//!
//! In: a question, its options, what its answer is. Out: the prompt. That of a choice is VNBench's, to the letter; an open question is
//! followed by one instruction. What is asked about times states how long the video is, since a model may not be told otherwise.

use super::answer::AnswerKind;
use crate::language::Language;
use crate::letter;

/// A question as it is put to a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt<'a> {
    /// The question.
    pub question: &'a str,
    /// The options; empty where the form is open.
    pub options: &'a [String],
    /// Language of both.
    pub language: Language,
    /// What the answer is.
    pub answer_kind: AnswerKind,
    /// Whether the answer may be several spans.
    pub several: bool,
    /// Seconds that the video lasts, where the prompt states them.
    pub duration: Option<String>,
}

impl Prompt<'_> {
    /// The whole prompt.
    pub fn text(&self) -> String {
        let mut lines = vec![self.question.to_owned()];
        if self.options.is_empty() {
            lines.push(self.instruction());
        } else {
            lines.extend(self.statement());
            lines.push(listed(self.options));
            lines.push(instruction(self.language).to_owned());
        }
        lines.join("\n")
    }

    /// The question and how long the video is, for tools that list options by themselves.
    pub fn stated(&self) -> String {
        std::iter::once(self.question.to_owned()).chain(self.statement()).collect::<Vec<_>>().join("\n")
    }

    /// What the prompt ends with: what the answer is to look like, and of an open answer in seconds, how long the video is.
    pub fn instruction(&self) -> String {
        let words = match self.language {
            Language::En => self.in_english(),
            Language::Zh => self.in_chinese(),
        };
        match (self.answer_kind, self.language) {
            (AnswerKind::Spans | AnswerKind::Moment, Language::En) => {
                self.statement().map_or(words.clone(), |statement| format!("{statement} {words}"))
            }
            (AnswerKind::Spans | AnswerKind::Moment, Language::Zh) => {
                self.statement().map_or(words.clone(), |statement| statement + &words)
            }
            _ => words,
        }
    }

    /// How long the video is, as a sentence.
    fn statement(&self) -> Option<String> {
        let duration = self.duration.as_ref()?;
        Some(match self.language {
            Language::En => format!("The video lasts {duration} seconds."),
            Language::Zh => format!("视频时长为 {duration} 秒。"),
        })
    }

    fn in_english(&self) -> String {
        match self.answer_kind {
            AnswerKind::Choice => instruction(Language::En),
            AnswerKind::Number => "Answer with the number alone.",
            AnswerKind::Label => "Answer with the name alone.",
            AnswerKind::Set => "Answer with the names, separated by commas.",
            AnswerKind::List => "Answer with the names, separated by commas, in order.",
            AnswerKind::Spans if self.several => {
                "Answer with the start and the end in seconds, as in `12.40 - 15.00`, and several times separated by commas."
            }
            AnswerKind::Spans => "Answer with the start and the end in seconds, as in `12.40 - 15.00`.",
            AnswerKind::Point => {
                "Answer with one point (x, y) of the picture, each number from 0 to 1: x is the part of its width from its left edge, y the \
                 part of its height from its upper edge, as in `(0.25, 0.75)`."
            }
            AnswerKind::Moment => {
                "Answer with one time in seconds, as in `12.40`: the first at which it is seen. If it is not shown, answer `never`."
            }
        }
        .to_owned()
    }

    fn in_chinese(&self) -> String {
        match self.answer_kind {
            AnswerKind::Choice => instruction(Language::Zh),
            AnswerKind::Number => "请只回答数字。",
            AnswerKind::Label => "请只回答名称。",
            AnswerKind::Set => "请回答各个名称，用逗号分隔。",
            AnswerKind::List => "请按顺序回答各个名称，用逗号分隔。",
            AnswerKind::Spans if self.several => {
                "请以秒为单位回答开始和结束时间，格式如 `12.40 - 15.00`；有多段时间时用逗号分隔。"
            }
            AnswerKind::Spans => "请以秒为单位回答开始和结束时间，格式如 `12.40 - 15.00`。",
            AnswerKind::Point => {
                "请用画面中的一个点 (x, y) 作答，两个数都在 0 到 1 之间：x 为该点到左边缘的距离占画面宽度的比例，y 为到上边缘的距离占画面高度的\
                 比例，格式如 `(0.25, 0.75)`。"
            }
            AnswerKind::Moment => {
                "请以秒为单位回答首次看到它的时间，格式如 `12.40`；如果它没有出现，请回答 `never`。"
            }
        }
        .to_owned()
    }
}

/// Options, one a line, each after its letter.
pub fn listed(options: &[String]) -> String {
    let lines: Vec<String> =
        options.iter().enumerate().map(|(at, option)| format!("{}. {option}", letter::mark(at))).collect();
    lines.join("\n")
}

/// What the prompt of a choice ends with: VNBench's words, to the letter, or the same in another language.
pub fn instruction(language: Language) -> &'static str {
    match language {
        Language::En => "Answer with the option's letter from the given choices directly.",
        Language::Zh => "请直接用所给选项的字母作答。",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(answer_kind: AnswerKind, language: Language) -> Prompt<'static> {
        let duration = (answer_kind == AnswerKind::Spans).then(|| "60.00".to_owned());
        Prompt { question: "What?", options: &[], language, answer_kind, several: false, duration }
    }

    #[test]
    fn an_open_question_is_followed_by_one_instruction() {
        let texts =
            [AnswerKind::Number, AnswerKind::Label, AnswerKind::Set, AnswerKind::List, AnswerKind::Spans]
                .map(|kind| open(kind, Language::En).text());
        assert_eq!(
            texts,
            [
                "What?\nAnswer with the number alone.",
                "What?\nAnswer with the name alone.",
                "What?\nAnswer with the names, separated by commas.",
                "What?\nAnswer with the names, separated by commas, in order.",
                "What?\nThe video lasts 60.00 seconds. Answer with the start and the end in seconds, as in `12.40 - 15.00`.",
            ]
        );
        let point = open(AnswerKind::Point, Language::En).text();
        assert!(
            point.starts_with("What?\nAnswer with one point (x, y) of the picture, each number from 0 to 1:"),
            "{point}"
        );
        assert!(
            open(AnswerKind::Point, Language::Zh)
                .text()
                .ends_with("占画面高度的比例，格式如 `(0.25, 0.75)`。")
        );
        let several = Prompt { several: true, ..open(AnswerKind::Spans, Language::En) };
        assert!(several.text().ends_with("as in `12.40 - 15.00`, and several times separated by commas."));
        let moment = Prompt { duration: Some("8.00".to_owned()), ..open(AnswerKind::Moment, Language::En) };
        assert!(moment.text().starts_with("What?\nThe video lasts 8.00 seconds. Answer with one time"));
        let untold = Prompt { duration: None, ..open(AnswerKind::Spans, Language::En) };
        assert!(untold.text().starts_with("What?\nAnswer with the start"), "{}", untold.text());
        let chinese = open(AnswerKind::Spans, Language::Zh).text();
        assert!(chinese.starts_with("What?\n视频时长为 60.00 秒。请以秒"), "{chinese}");
    }

    #[test]
    fn a_choice_between_times_states_how_long_the_video_is() {
        let options = ["0.00 - 1.00", "2.00 - 3.00"].map(str::to_owned);
        let mut choice = open(AnswerKind::Choice, Language::En);
        choice.options = &options;
        let bare = "What?\nA. 0.00 - 1.00\nB. 2.00 - 3.00\nAnswer with the option's letter from the given choices directly.";
        assert_eq!(choice.text(), bare);
        choice.duration = Some("8.00".to_owned());
        assert_eq!(choice.text(), bare.replacen("What?", "What?\nThe video lasts 8.00 seconds.", 1));
    }
}
