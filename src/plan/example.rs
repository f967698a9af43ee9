//! An example of a type: what a video of it shows, and what is asked about it. It takes no haystack.
//!
//! In: a task. Out: an [`Example`], drawn as questions are, always the same.

use serde::Serialize;

use super::looks;
use super::moments::MomentLaw;
use super::spans::Law;
use crate::language::Language;
use crate::needle::LookKind;
use crate::question::{self, Answer, AnswerKind, Ask, Clip, Drawn, Form, Scene, Sighting};
use crate::seed::Seed;
use crate::spec::{LeftOut, Task};
use crate::time::{FrameRate, FrameSpan};

/// Seconds that the video of an example lasts: four options of times, as long as they can be, have room.
pub const EXAMPLE_SECS: u64 = 120;

/// What a video shows, and what is asked about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Example {
    /// What is shown, in order of time.
    pub shown: Vec<ShownExample>,
    /// The questions about it.
    pub questions: Vec<QuestionExample>,
}

/// One thing that is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownExample {
    /// The words of a subtitle, or the name of a picture.
    pub what: String,
    /// The part of the picture in which it stands, where that is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// From when to when it is shown, in seconds, where that is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<String>,
    /// Whether it is shown, and not asked for.
    pub is_distractor: bool,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QuestionExample {
    /// The question.
    pub question: String,
    /// Its options, where it can have any.
    pub options: Vec<String>,
    /// The right answer: that of the right option, too.
    pub answer: String,
}

/// An example of a task.
pub fn example(task: &Task) -> Example {
    let family = &task.family;
    let language = family.language();
    let stream = |what: &str| Seed::new(0).stream(format!("example/{}/{what}", family.kind()), 0);
    let Drawn { asks, clips } =
        question::draw(task.material(&LeftOut::default(), 0, rate()), &mut stream("question"));
    let fps = rate();
    let law = Law::new(task, fps.frames_in_millis(EXAMPLE_SECS * 1000), fps);
    let moments = MomentLaw::new(task, fps.frames_in_millis(EXAMPLE_SECS * 1000), fps);
    if family.answer_kind(Form::Open) == AnswerKind::Moment
        && let Some(law) = moments
    {
        return of_moment(
            task,
            asks,
            &clips,
            &law.draw(&Drawn { asks: Vec::new(), clips: clips.clone() }, &stream).spans,
        );
    }
    let Some(timed) = law.map(|law| law.draw(&stream)) else {
        let is_point = task.forms == [Form::Open] && family.answer_kind(Form::Open) == AnswerKind::Point;
        let cell = clips.iter().find_map(|clip| clip.cell).filter(|_| is_point);
        let questions = asks.into_iter().map(|ask| QuestionExample {
            question: ask.worded(if is_point { Form::Open } else { Form::Choice }).to_owned(),
            answer: cell.map_or_else(
                || ask.options.get(ask.target).cloned().unwrap_or_default(),
                |cell| cell.region().to_string(),
            ),
            options: if is_point { Vec::new() } else { ask.options },
        });
        let questions = questions.collect();
        return Example { shown: clips.iter().flat_map(|clip| shown(task, clip)).collect(), questions };
    };
    let of_clip = shown(task, &clips[0]);
    let at = |span| ShownExample { seconds: Some(question::seconds_of(span, fps)), ..of_clip[0].clone() };
    let questions = asks.into_iter().map(|ask| QuestionExample {
        question: ask.question,
        options: timed.options.iter().map(|span| question::seconds_of(*span, fps)).collect(),
        answer: Answer::Spans(timed.spans.clone()).text(fps, language),
    });
    let questions = questions.collect();
    Example { shown: timed.spans.iter().copied().map(at).collect(), questions }
}

/// An example of a question about a moment: what is shown when, and the times that are right.
fn of_moment(task: &Task, asks: Vec<Ask>, clips: &[Clip], spans: &[FrameSpan]) -> Example {
    let (family, fps) = (&task.family, rate());
    let timed = clips.iter().zip(spans).flat_map(|(clip, &span)| {
        let seconds = Some(question::seconds_of(span, fps));
        shown(task, clip).into_iter().map(move |of| ShownExample { seconds: seconds.clone(), ..of })
    });
    let sighting = |(clip, &span): (&Clip, &FrameSpan)| {
        Sighting::of(&looks::shown_by(task, clip, clip.candidates[0]).candidate.label, span)
    };
    let scene: Scene = clips.iter().zip(spans).map(sighting).collect();
    let questions = asks.into_iter().map(|ask| {
        let answer = family.question_kind().answer(&ask.query, &scene);
        let stated = answer.map(|answer| answer.stated(AnswerKind::Moment, fps, family.language()));
        QuestionExample { question: ask.question, options: Vec::new(), answer: stated.unwrap_or_default() }
    });
    Example { shown: timed.collect(), questions: questions.collect() }
}

/// What a clip shows.
fn shown(task: &Task, clip: &Clip) -> Vec<ShownExample> {
    let family = &task.family;
    let is_text = family.look() == LookKind::Text;
    let part = clip.cell.map(|cell| part(cell, family.language()));
    let of = |&candidate: &usize| {
        let shown = looks::shown_by(task, clip, candidate);
        let what = if is_text { looks::text(task, shown) } else { shown.candidate.label.clone() };
        ShownExample { what, part: part.clone(), seconds: None, is_distractor: clip.is_distractor }
    };
    clip.candidates.iter().map(of).collect()
}

fn part(cell: question::Cell, language: Language) -> String {
    Answer::Place { cell, point: cell.region().centre() }.text(rate(), language)
}

/// Frames a second of an example: its times have two decimals.
fn rate() -> FrameRate {
    FrameRate::new(25, 1).expect("25 frames a second is a rate")
}
