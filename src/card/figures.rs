//! What the questions are worth: the audit and the coverage of a plan, in short.
//!
//! In: rows of a plan. Out: two sections of the card.

use std::collections::BTreeMap;

use super::facts::{Facts, MOST_AUDITED};
use super::{cell, line};
use crate::audit::{self, Figure, Report};
use crate::coverage::{self, Options, SamplerCoverage};
use crate::dataset::Row;
use crate::haystack::Haystack;
use crate::plan::Planner;
use crate::sampler::Sampler;

/// Samplers of the coverage table: few frames and many spread over the video, and one frame a second.
const SAMPLERS: [&str; 5] = ["linspace(8)", "linspace(32)", "linspace(64)", "linspace(128)", "fps:1"];

/// Writes both sections.
pub(super) fn write(planner: &Planner, haystacks: &[Haystack], facts: &Facts, text: &mut String) {
    text.push_str("\n## Can it be answered without the videos?\n\n");
    let Some(rows) = &facts.audited else {
        line(
            text,
            format_args!(
                "A plan of more than {MOST_AUDITED} samples is not audited as it is made: `vniah audit DIR` does, and `vniah \
                 coverage DIR --sampler ID` tells which needles a sampler sees."
            ),
        );
        return;
    };
    let lengths = haystacks.iter().map(|haystack| {
        let secs = haystack.form.fps.secs(haystack.form.frames);
        (haystack.id.clone(), secs)
    });
    let lengths: BTreeMap<String, f64> = lengths.collect();
    audited(&audit::audit(rows, &lengths, planner.spec().library()), text);
    text.push_str("\n## What samplers see\n\n");
    covered(rows, text);
}

fn percent(share: f64) -> String {
    format!("{:.1}", share * 100.0)
}

/// The strongest attack on each type, and what the checks found.
fn audited(report: &Report, text: &mut String) {
    let beaten = report.figures.iter().filter(|figure| figure.beats_chance).count();
    let verdict = match beaten {
        0 => "None beats chance".to_owned(),
        1 => "**One beats chance**".to_owned(),
        more => format!("**{more} beat chance**"),
    };
    line(
        text,
        format_args!(
            "{} attacks, counted by type, guess answers from options, from other samples and from what is known of a video unseen. {verdict}. Of each \
             type the strongest: the share of questions or tries that it gets right, in per cent, the exact interval, all of which \
             hold together at {}%, and what guessing reaches.\n\n| type | attack | knows | right | interval | chance |\n\
             |---|---|---|---|---|---|",
            report.figures.len(),
            percent(report.confidence)
        ),
    );
    let mut strongest: Vec<&Figure> = Vec::new();
    for figure in &report.figures {
        match strongest.iter_mut().find(|other| other.kind == figure.kind) {
            Some(other) if is_stronger(figure, other) => *other = figure,
            Some(_) => {}
            None => strongest.push(figure),
        }
    }
    for figure in strongest {
        let kind = figure.kind.as_ref().map_or_else(|| "all types".to_owned(), |kind| format!("`{kind}`"));
        let bold = if figure.beats_chance { "**" } else { "" };
        let [low, high] = figure.interval().map(percent);
        let (right, chance) = (percent(figure.share()), percent(figure.chance));
        let (attack, knows) = (cell(&figure.attack), cell(&figure.knows));
        line(
            text,
            format_args!(
                "| {kind} | {bold}{attack}{bold} | {knows} | {bold}{right}{bold} | {low} - {high} | {chance} |"
            ),
        );
    }
    let found: Vec<String> = report
        .failed()
        .map(|check| format!("\"{}\" does not hold for {} of {}", check.check, check.found, check.samples))
        .collect();
    let checks = report.checks.len();
    let verdict = match found.len() {
        0 => format!("All {checks} checks of what the questions say hold for every sample."),
        some => format!("**{some} of {checks} checks found something**: {}.", found.join("; ")),
    };
    line(text, format_args!("\n{verdict}"));
}

/// Whether an attack's interval lies further above chance. What differs by rounding alone is the same, so that the first of
/// them is named on every platform.
fn is_stronger(one: &Figure, other: &Figure) -> bool {
    const ROUNDING: f64 = 1e-9;
    one.lead() > other.lead() + ROUNDING
}

fn covered(rows: &[Row], text: &mut String) {
    let samplers = SAMPLERS.map(|id| id.parse::<Sampler>().expect("these are samplers"));
    let coverage = coverage::measure(rows, &samplers, Options::default());
    text.push_str(
        "Of the needles that are asked for, and of the questions, which need all of theirs, the share that a sampler takes a frame \
         of; the ceiling is the score of a perfect model that guesses the rest, all in per cent.\n\n\
         | sampler | frames a video | needles seen | questions seen | ceiling | chance |\n|---|---|---|---|---|---|\n",
    );
    for sampler in &samplers {
        let of = &coverage.samplers[sampler.name()];
        let ends = of.lengths.iter().map(|length| length.frames);
        let [few, many] =
            ends.reduce(|one, other| [one[0].min(other[0]), one[1].max(other[1])]).unwrap_or_default();
        let frames = if few == many { few.to_string() } else { format!("{few} to {many}") };
        let share = |part: u64, whole: u64| percent(part as f64 / whole.max(1) as f64);
        let (seen, all) = needles(rows, of);
        line(
            text,
            format_args!(
                "| `{}` | {frames} | {} | {} | {} | {} |",
                sampler.name(),
                share(seen, all),
                share(of.seen, of.samples),
                percent(of.ceiling),
                percent(of.chance.circular_content)
            ),
        );
    }
}

/// How many needles that are asked for a sampler sees, and how many there are. A needle counts once for each question
/// about its video, which may be asked before it is shown, whatever the tries.
fn needles(rows: &[Row], of: &SamplerCoverage) -> (u64, u64) {
    let (mut seen, mut all) = (0, 0);
    for row in rows.iter().filter(|row| row.rotation == 0) {
        let sights = of.questions.get(&row.sample_id).map_or(&[][..], |video| &video.seen);
        for (_, sight) in row.needles.iter().zip(sights).filter(|(needle, _)| !needle.is_distractor) {
            all += 1;
            seen += u64::from(*sight == Some(true));
        }
    }
    (seen, all)
}
