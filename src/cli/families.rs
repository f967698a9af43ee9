//! `vniah families`: the question types that there are.
//!
//! In: the embedded families, those of a directory over them. Out: a table of them, or one in full: what it shows, what it asks,
//! how it is answered and how it is scored, with an example.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Subcommand;
use serde::Serialize;

use super::exit::{Exit, Failure};
use super::print::{json, put, say, table};
use crate::answers::kind::main_measure;
use crate::dataset::letter;
use crate::language::Language;
use crate::plan::{self, EXAMPLE_SECS, Example};
use crate::question::{self, AnswerKind, Families, Family, Form, Labels, Prompt};
use crate::spec;
use crate::wording;

/// List the question types, or show one in full.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print a table of all types.
    List(Source),
    /// Print one type in full, with an example.
    Show {
        /// Question type, such as `when_edit1`.
        #[arg(value_name = "TYPE")]
        kind: String,
        #[command(flatten)]
        source: Source,
    },
}

/// Where families come from.
#[derive(Debug, clap::Args)]
struct Source {
    /// Language of the questions: `en` or `zh`.
    #[arg(long, default_value = "en", value_parser = language)]
    language: Language,
    /// Directory of your own families. They replace embedded ones of the same type.
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

fn language(code: &str) -> Result<Language, String> {
    let known = Language::ALL.map(Language::code);
    Language::ALL
        .into_iter()
        .find(|language| language.code() == code)
        .ok_or_else(|| format!("expected one of {}", known.join(", ")))
}

/// What is printed of a family.
#[derive(Debug, Serialize)]
struct Description<'a> {
    r#type: &'a str,
    task: &'a str,
    kind: &'static str,
    forms: Vec<FormDescription>,
    /// `insert` or `overlay`.
    way_in: &'static str,
    look: &'static str,
    pack: &'a str,
    /// Fewest and most needles that are asked about.
    needles: [usize; 2],
    labels: &'static str,
    distractors: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    durations_secs: Option<[f64; 2]>,
    /// Whether answers depend on the order of time, so that single frames do not tell them.
    needs_order: bool,
    question: &'a str,
}

/// One type in full.
#[derive(Debug, Serialize)]
struct Full<'a> {
    #[serde(flatten)]
    description: Description<'a>,
    examples: Vec<FormsExample>,
}

/// An example of what a video shows, and what is asked about it.
#[derive(Debug, Serialize)]
struct FormsExample {
    forms: Vec<Form>,
    #[serde(flatten)]
    example: Example,
}

/// How one form is answered and scored.
#[derive(Debug, Serialize)]
struct FormDescription {
    form: &'static str,
    answer_kind: &'static str,
    /// The figure that stands for the type.
    main: &'static str,
    /// How often a guess at one try is right; absent where it depends on the video or the pack: then each row states it.
    #[serde(skip_serializing_if = "Option::is_none")]
    chance: Option<f64>,
    /// What the prompt ends with.
    instruction: String,
}

/// Runs `vniah families`.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    match &args.action {
        Action::List(source) => {
            let families = families(source)?;
            let all: Vec<Description<'_>> = families.values().map(description).collect();
            if source.json { put(&json(&all)) } else { put(&listed(&all)) }
        }
        Action::Show { kind, source } => {
            let families = families(source)?;
            let family = families.get(kind).ok_or_else(|| unknown(kind, &families))?;
            let description = description(family);
            let examples = examples(family);
            if source.json {
                let examples = examples.unwrap_or_default();
                return put(&json(&Full { description, examples }));
            }
            put(&(shown(family, &description) + &exemplified(&examples)))
        }
    }
}

fn families(source: &Source) -> Result<Families, Failure> {
    let mut families = question::embedded(source.language);
    if let Some(dir) = &source.templates {
        let mut errors = question::read_dir(dir, source.language, &mut families);
        let last = errors.pop();
        for error in &errors {
            say(&format!("error: {error}"));
        }
        if let Some(error) = last {
            return Err(Failure::new(Exit::Input, error));
        }
    }
    Ok(families)
}

fn unknown(kind: &str, families: &Families) -> Failure {
    let nearest = wording::nearest(kind, families.keys().map(String::as_str));
    let failure = Failure::message(Exit::Usage, format!("no type `{kind}`"));
    match nearest {
        Some(name) => failure.hint(format!("the nearest type is `{name}`")),
        None => failure.hint("`vniah families list` shows them all"),
    }
}

fn description(family: &Family) -> Description<'_> {
    let (fewest, most) = family.totals();
    let (least, longest) = family.durations_millis();
    let secs = |millis: u64| millis as f64 / 1000.0;
    Description {
        r#type: family.kind(),
        task: family.task(),
        kind: family.question_kind().name(),
        forms: family.forms().iter().map(|&form| form_description(family, form)).collect(),
        way_in: family.mode().name(),
        look: family.look().name(),
        pack: family.pack(),
        needles: [fewest, most],
        labels: match family.labels() {
            Labels::Same => "same",
            Labels::Distinct => "distinct",
        },
        distractors: family.can_distract(),
        durations_secs: family.question_kind().draws_times().then(|| [secs(least), secs(longest)]),
        needs_order: family.question_kind().needs_order(),
        question: family.question(family.pack()),
    }
}

/// An example of each form, or one of all where these ask the same; or why there is none.
fn examples(family: &Family) -> Result<Vec<FormsExample>, String> {
    let all = family.forms();
    // Times and points are asked for in another way than options are shown.
    let is_apart = matches!(family.answer_kind(Form::Open), AnswerKind::Spans | AnswerKind::Point);
    let sets: Vec<&[Form]> = if is_apart { all.chunks(1).collect() } else { vec![all] };
    let of = |forms: &[Form]| {
        let example = plan::example(&spec::lone(family, forms)?);
        Ok(FormsExample { forms: forms.to_vec(), example })
    };
    sets.into_iter().map(of).collect()
}

fn form_description(family: &Family, form: Form) -> FormDescription {
    let answer_kind = family.answer_kind(form);
    let options = vec![String::new(); if form == Form::Choice { family.options_number() } else { 0 }];
    let prompt = Prompt {
        question: family.question(family.pack()),
        options: &options,
        language: family.language(),
        answer_kind,
        several: family.totals().1 > 1,
        duration: family.question_kind().asks_for_times().then(|| "{duration}".to_owned()),
    };
    let instruction = match form {
        Form::Choice => question::instruction(family.language()).to_owned(),
        Form::Open => prompt.instruction(),
    };
    FormDescription {
        form: form.name(),
        answer_kind: answer_kind.name(),
        main: main_measure(answer_kind),
        chance: (form == Form::Choice).then(|| 1.0 / family.options_number() as f64),
        instruction,
    }
}

fn range([fewest, most]: [usize; 2]) -> String {
    if fewest == most { fewest.to_string() } else { format!("{fewest}-{most}") }
}

fn listed(all: &[Description<'_>]) -> String {
    let head = ["type", "task", "kind", "needles", "shown as", "pack", "forms", "main figure", "chance"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for of in all {
        let forms: Vec<&str> = of.forms.iter().map(|form| form.form).collect();
        let mains: Vec<&str> = of.forms.iter().map(|form| form.main).collect();
        let chances: Vec<String> = of.forms.iter().map(|form| chance(form.chance)).collect();
        rows.push(vec![
            of.r#type.to_owned(),
            of.task.to_owned(),
            of.kind.to_owned(),
            range(of.needles),
            format!("{} {}", of.way_in, of.look),
            of.pack.to_owned(),
            forms.join(", "),
            mains.join(", "),
            chances.join(", "),
        ]);
    }
    table(&rows)
}

/// A chance as a table has it.
fn chance(of: Option<f64>) -> String {
    of.map_or_else(|| "the row's".to_owned(), |share| format!("1/{:.0}", 1.0 / share))
}

/// Examples in words.
fn exemplified(examples: &Result<Vec<FormsExample>, String>) -> String {
    let examples = match examples {
        Ok(examples) => examples,
        Err(problem) => return format!("\nno example: {problem}\n"),
    };
    examples.iter().fold(String::new(), |text, of| text + &example(of))
}

fn example(FormsExample { forms, example }: &FormsExample) -> String {
    let names: Vec<&str> = forms.iter().map(|form| form.name()).collect();
    let mut lines = vec![String::new(), format!("example ({})", names.join(", "))];
    let mut put = |line: String| lines.push(line);
    for shown in &example.shown {
        let part = shown.part.as_ref().map(|part| format!(", {part}")).unwrap_or_default();
        let seconds = shown.seconds.as_ref().map(|seconds| format!(", {seconds} s of {EXAMPLE_SECS} s"));
        let seconds = seconds.unwrap_or_default();
        let distractor = if shown.is_distractor { " (distractor)" } else { "" };
        put(format!("  shows   {}{part}{seconds}{distractor}", shown.what));
    }
    for question in &example.questions {
        put(format!("  asks    {}", question.question));
        let options = if forms.contains(&Form::Choice) { question.options.as_slice() } else { &[] };
        for (at, option) in options.iter().enumerate() {
            put(format!("          {}. {option}", letter(at)));
        }
        let right = options.iter().position(|option| *option == question.answer);
        let right = right.map(|at| format!("{}. ", letter(at))).unwrap_or_default();
        put(format!("  answer  {right}{}", question.answer));
    }
    lines.join("\n") + "\n"
}

fn shown(family: &Family, of: &Description<'_>) -> String {
    let mut text = format!("{} ({}, kind `{}`)\n\n", of.r#type, of.task, of.kind);
    let times = of.durations_secs.map_or_else(String::new, |[least, most]| {
        format!(", each {least} to {most} s long (log-uniform) and anywhere in the video")
    });
    let distractors = if of.distractors { "; distractors can be shown beside them" } else { "" };
    // Writing to a string cannot fail.
    let mut line = |name: &str, value: String| {
        writeln!(text, "{name:<10}{value}").expect("a string can be written to");
    };
    let needles = range(of.needles);
    line("shows", format!("{needles} x {} {} of pack `{}`{times}{distractors}", of.way_in, of.look, of.pack));
    if family.look() == crate::needle::LookKind::Text {
        line("says", family.text("{key}", "{label}"));
    }
    line("asks", of.question.to_owned());
    let frames = if family.mode().is_beside() {
        "do not show it"
    } else if of.needs_order {
        "do not tell: it needs order in time"
    } else {
        "tell"
    };
    line("frames", format!("single frames {frames}"));
    for form in &of.forms {
        let FormDescription { form, answer_kind, main, chance: share, instruction } = form;
        let chance = chance(*share);
        line(
            form,
            format!(
                "answer: {answer_kind}; main figure: {main}; chance of a try: {chance}; the prompt ends: {instruction}"
            ),
        );
    }
    text
}
