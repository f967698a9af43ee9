//! One question of a quiz: a sample, as a person sees it and as files state its answer.
//!
//! In: the tries of a sample. Out: what is sent to the page, and the lines of an answer.

use serde::Serialize;

use super::record::{MODE, Record, STATUS};
use super::settings::Watch;
use crate::dataset::{Row, letter};
use crate::language::Language;
use crate::question::{AnswerKind, Form};
use crate::subtitle::TimedLine;

/// A sample.
pub(super) struct Item {
    /// Its tries, by rotation.
    tries: Vec<Row>,
}

/// What is sent of a question. It names nothing that tells the answer.
#[derive(Serialize)]
pub(super) struct Shown<'a> {
    key: usize,
    question: &'a str,
    language: Language,
    kind: AnswerKind,
    /// Whether several spans may be the answer.
    several: bool,
    options: &'a [String],
    /// What an open answer is to look like.
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<String>,
    video: String,
    width: u32,
    height: u32,
    rate: [u32; 2],
    /// Milliseconds that may be seen.
    visible_ms: u64,
    /// Where the lines of its subtitle track are, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    lines: Option<String>,
    /// Whether it takes the sound.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    sound: bool,
}

/// A line of a subtitle track.
#[derive(Serialize)]
pub(super) struct Line {
    start_ms: u64,
    end_ms: u64,
    text: String,
}

/// What a person answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// The option in this place, from 0.
    Option(usize),
    /// A text.
    Text(String),
}

/// What is recorded of an answer beside its text.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) model: String,
    pub(super) watch: Watch,
    pub(super) seed: u64,
    pub(super) time_ms: u64,
    pub(super) plays: u32,
}

impl Item {
    /// The sample of these tries, of which there is at least one.
    pub(super) fn new(tries: &[&Row]) -> Self {
        let mut tries: Vec<Row> = tries.iter().map(|row| (*row).clone()).collect();
        tries.sort_by_key(|row| row.rotation);
        Self { tries }
    }

    /// Its tries.
    pub(super) fn tries(&self) -> &[Row] {
        &self.tries
    }

    /// Its type.
    pub(super) fn kind(&self) -> &str {
        &self.tries[0].kind
    }

    /// The language of its question.
    pub(super) fn language(&self) -> Language {
        self.tries[0].language
    }

    /// Its video, as rows call it.
    pub(super) fn video(&self) -> &str {
        &self.tries[0].file_name
    }

    /// Digest of what its first try asks about what.
    pub(super) fn asked_sha256(&self) -> String {
        self.tries[0].asked_sha256()
    }

    /// The subtitle file of its video, as rows call it; empty where there is none.
    pub(super) fn subtitle_path(&self) -> &str {
        &self.tries[0].subtitle_path
    }

    /// Those of the lines of its subtitle track that may be seen.
    pub(super) fn lines(&self, lines: Vec<TimedLine>) -> Vec<Line> {
        let shown =
            |line: TimedLine| Line { start_ms: line.start_millis, end_ms: line.end_millis, text: line.text };
        self.tries[0].lines_before(lines).into_iter().map(shown).collect()
    }

    /// Milliseconds of its video that may be seen.
    pub(super) fn visible_ms(&self) -> u64 {
        let row = &self.tries[0];
        row.fps().millis(row.ask_frame)
    }

    /// What a person is shown of it under `key`, with the options of try `turn`.
    pub(super) fn shown(&self, key: usize, turn: usize) -> Shown<'_> {
        let row = &self.tries[turn];
        let prompt = row.prompt();
        Shown {
            key,
            question: &row.question,
            language: row.language,
            kind: row.answer_kind,
            several: prompt.several,
            options: &row.options,
            format: (row.form == Form::Open).then(|| prompt.instruction()),
            video: format!("video/{key}"),
            width: row.width,
            height: row.height,
            rate: [row.fps_num, row.fps_den],
            visible_ms: self.visible_ms(),
            lines: (!row.subtitle_path.is_empty()).then(|| format!("lines/{key}")),
            sound: row.audio_needed,
        }
    }

    /// The lines of an answer that was given to try `turn`: one a try, by the letter that the chosen text has there. Nothing if
    /// there is no such option.
    pub(super) fn records(&self, turn: usize, reply: &Reply, facts: &Facts) -> Option<Vec<Record>> {
        let asked = &self.tries[turn];
        let choice = match reply {
            Reply::Option(place) => Some(asked.options.get(*place)?),
            Reply::Text(_) => None,
        };
        let record = |row: &Row| {
            let response = match (reply, choice) {
                (Reply::Text(text), _) => text.clone(),
                (_, choice) => letter(row.options.iter().position(|option| Some(option) == choice)?),
            };
            Some(Record {
                id: row.id.clone(),
                response,
                model: facts.model.clone(),
                status: STATUS.to_owned(),
                mode: MODE.to_owned(),
                asked: asked.id.clone(),
                row_sha256: Some(row.asked_sha256()),
                choice: choice.cloned(),
                watch: facts.watch,
                seed: facts.seed,
                time_ms: facts.time_ms,
                plays: facts.plays,
            })
        };
        self.tries.iter().map(record).collect()
    }

    /// The lines that are missing where a machine stopped while an answer was written: those of `known`'s answer to other tries.
    pub(super) fn completed(&self, known: &Record) -> Option<Vec<Record>> {
        let turn = self.tries.iter().position(|row| row.id == known.asked)?;
        let reply = match &known.choice {
            Some(choice) => {
                Reply::Option(self.tries[turn].options.iter().position(|option| option == choice)?)
            }
            None => Reply::Text(known.response.clone()),
        };
        let Record { model, watch, seed, time_ms, plays, .. } = known.clone();
        self.records(turn, &reply, &Facts { model, watch, seed, time_ms, plays })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item() -> Item {
        let options = ["red", "blue", "green"].map(str::to_owned);
        let row = |rotation: usize| {
            let mut options = options.to_vec();
            options.rotate_left(rotation);
            let (id, rotation) = (format!("x_{rotation}"), u32::try_from(rotation).unwrap());
            Row {
                id,
                options,
                rotation,
                gt: "blue".to_owned(),
                fps_num: 25,
                ask_frame: 30,
                ..Row::unstated()
            }
        };
        Item::new(&[&row(2), &row(0), &row(1)])
    }

    fn facts() -> Facts {
        Facts { model: "human".to_owned(), watch: Watch::Free, seed: 0, time_ms: 5, plays: 1 }
    }

    #[test]
    fn a_choice_answers_every_try_by_its_text() {
        let item = item();
        // Try 1 shows blue, green, red.
        let records = item.records(1, &Reply::Option(1), &facts()).unwrap();
        let letters: Vec<&str> = records.iter().map(|record| record.response.as_str()).collect();
        assert_eq!(letters, ["C", "B", "A"]);
        assert!(
            records.iter().all(|record| record.asked == "x_1" && record.choice.as_deref() == Some("green"))
        );
        assert_eq!(item.records(1, &Reply::Option(3), &facts()), None);
        assert_eq!(item.completed(&records[2]).unwrap(), records);
    }

    #[test]
    fn what_is_shown_tells_no_answer() {
        let text = serde_json::to_string(&item().shown(7, 2)).unwrap();
        assert_eq!(
            text,
            r#"{"key":7,"question":"","language":"en","kind":"choice","several":false,"options":["green","red","blue"],"video":"video/7","width":0,"height":0,"rate":[25,1],"visible_ms":1200}"#
        );
    }
}
