//! `--control NAME=FILE` of `vniah score`: a run's answers to the controls of its dataset.
//!
//! In: names of controls, files of answers. Out: the scores of each, and a table that sets them beside the main figures.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::exit::{Exit, Failure, unscorable};
use super::print::{percent, table};
use crate::answers::Answers;
use crate::dataset::{CONTROLS, METADATA};
use crate::question::Control;
use crate::score::{self, Contrast, Group, OVERALL, Options, RuleScores, Scores, Sheet};

/// A control and the answers to it.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    control: Control,
    file: PathBuf,
}

impl std::str::FromStr for Answered {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = || Control::ALL.map(Control::name).join(", ");
        let (name, file) = text
            .split_once('=')
            .filter(|(_, file)| !file.is_empty())
            .ok_or_else(|| format!("expected NAME=FILE, where NAME is one of {}", known()))?;
        let control = Control::of_name(name)
            .ok_or_else(|| format!("there is no control `{name}`; there are {}", known()))?;
        Ok(Self { control, file: PathBuf::from(file) })
    }
}

/// Scores the answers to each control of the dataset in the directory `dataset`, which have to be of the same model as `main`, and adds
/// what they say to it.
pub(super) fn add_scored(
    all: &[Answered],
    dataset: Option<&Path>,
    (sheet, own_answers): (&Sheet, &Answers),
    (main, options): (&mut Scores, &Options),
) -> Result<(), Failure> {
    let mut found = BTreeMap::new();
    let mut unheard = Vec::new();
    for Answered { control, file } in all {
        let name = control.name();
        let answers = Answers::read(std::slice::from_ref(file))?;
        let other = answers.models().iter().find(|model| options.model.is_none() && **model != main.model);
        if let Some(other) = other {
            let message = format!(
                "--control {name}: `{}` holds answers of `{other}`, and those to the dataset are of `{}`",
                file.display(),
                main.model
            );
            return Err(Failure::message(Exit::Input, message)
                .hint("give one run's answers, or name the run with --model"));
        }
        // A control that is not kept beside the dataset has no rows to compare with.
        let rows = dataset
            .map(|dataset| dataset.join(CONTROLS).join(name))
            .filter(|dir| dir.join(METADATA).exists());
        if let Some(dir) = rows {
            score::check_asked(&dir, &answers)?;
        } else if control.differs_everywhere() && score::are_asked_of(sheet, &answers) {
            let message = format!(
                "--control {name}: `{}` holds answers that were asked of the dataset itself",
                file.display()
            );
            return Err(
                Failure::message(Exit::Input, message).hint("ask the control, which is in OUT/controls")
            );
        }
        let scores = score::score_control(sheet, &answers, options).map_err(unscorable)?;
        if control.is_silenced() {
            unheard.extend(score::unheard(sheet, *control, (own_answers, &answers), (main, &scores)));
        }
        if found.insert(name.to_owned(), scores).is_some() {
            return Err(Failure::message(Exit::Usage, format!("--control {name} is given twice")));
        }
    }
    main.controls = found;
    main.unheard.extend(unheard);
    Ok(())
}

/// The main figures and those of each control; nothing where there is none.
pub(super) fn text(scores: &Scores) -> String {
    if scores.controls.is_empty() {
        return String::new();
    }
    let cell = |group: Option<&Group>| {
        // The main figure, which of choices is `circular`.
        let shares = |group: &Group| format!("{} ({})", percent(group.main.value), percent(group.per_try));
        group.map_or_else(|| "-".to_owned(), shares)
    };
    let names = scores.controls.keys().cloned();
    let is_mixed = scores.types.values().any(|group| group.main.measure != "circular");
    let head = if is_mixed { "main % (per-try %)" } else { "circular % (per-try %)" };
    let mut lines: Vec<Vec<String>> =
        vec![[head.to_owned(), "dataset".to_owned()].into_iter().chain(names).collect()];
    let mut add = |name: String, own: &Group, of: &dyn Fn(&RuleScores) -> Option<Group>| {
        let controls = scores.controls.values().map(|control| cell(of(control).as_ref()));
        lines.push([name, cell(Some(own))].into_iter().chain(controls).collect());
    };
    add(OVERALL.to_owned(), &scores.overall, &|control| Some(control.overall.clone()));
    for (task, own) in &scores.tasks {
        add(task.clone(), own, &|control| control.tasks.get(task).cloned());
        for (kind, own) in scores.types_of(task) {
            let name = match own.main.measure.as_str() {
                measure if is_mixed => format!("  {kind}, {measure}"),
                _ => format!("  {kind}"),
            };
            add(name, own, &|control| control.types.get(kind).cloned());
        }
    }
    format!("\ncontrols: the same questions about less\n{}{}", table(&lines), order(scores))
}

/// What a run loses without the order of the video, overall and by task; nothing where that control was not answered.
fn order(scores: &Scores) -> String {
    let by_task = score::sensitivity(scores);
    let told = |name: &str| {
        let Contrast { value, interval } = by_task.get(name)?.order?;
        let points = |share: f64| format!("{:+.1}", share * 100.0);
        let interval = interval.map(|[low, high]| format!(" ({} to {})", points(low), points(high)));
        Some(format!("{name} {}{}", points(value), interval.unwrap_or_default()))
    };
    let tasks = scores.tasks.keys().map(String::as_str);
    let told: Vec<String> = std::iter::once(OVERALL).chain(tasks).filter_map(told).collect();
    if told.is_empty() {
        return String::new();
    }
    format!("order sensitivity, main figure minus `shuffled`, in points: {}\n", told.join(", "))
}
