//! `vniah coverage`: which needles each sampler sees.
//!
//! In: a dataset directory and samplers. Out: tables (or JSON) on stdout, and with `-o` a page that draws them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use super::exit::{Exit, Failure};
use super::print::{json, percent, put, say, table};
use super::sampler::samplers;
use super::terminal::Terminal;
use crate::coverage::{Options, SamplerCoverage};
use crate::files;
use crate::project::{Dataset, Session};
use crate::report;
use crate::sampler::Resize;
use crate::wording;

/// Show which needles each sampler sees, and what a perfect model could score.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Dataset directory, which holds metadata.jsonl
    #[arg(value_name = "DATASET")]
    out: PathBuf,
    /// Samplers, such as `linspace(64)`, separated by commas; repeatable
    #[arg(long, value_name = "ID[,ID...]", required = true)]
    sampler: Vec<String>,
    /// How to resize frames [default: as each sampler's library does]
    #[arg(long, value_name = "RESIZE")]
    resize: Option<Resize>,
    /// File for an HTML page with diagrams. An existing file is replaced only if it is such a page
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// With --json: add the indices of the frames taken from each video
    #[arg(long, requires = "json")]
    indices: bool,
}

/// Runs `vniah coverage`.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<(), Failure> {
    let samplers = samplers(&args.sampler)?;
    if samplers.is_empty() {
        return Err(Failure::message(Exit::Usage, "--sampler is empty"));
    }
    if let Some(output) = &args.output {
        super::report::may_write(output)?;
    }
    let session = Session { job: terminal.job(), ..Session::default() };
    let dataset = Dataset::open(&args.out, &session);
    let rows = dataset.rows()?;
    let options = Options { resize: args.resize, indices: args.indices };
    let coverage = dataset.coverage(&samplers, options)?;
    if let Some(output) = &args.output {
        let page = report::coverage_page(&rows, &coverage, &samplers);
        files::write_bytes(output, page.as_bytes())?;
        say(&format!("wrote {} ({} kB)", output.display(), page.len().div_ceil(1000)));
    }
    if args.json {
        return put(&json(&coverage));
    }
    let mut text = String::new();
    for sampler in &samplers {
        let of = &coverage.samplers[sampler.name()];
        text.push_str(&tables(sampler.name(), of));
    }
    text.push_str(
        "A question is seen if all its evidence is. The ceiling is the circular accuracy of a perfect model that, where it\n\
         did not see the evidence, stays with one option's content: state this one. `letters` is the same for a model that\n\
         draws a letter for each try. Where times are asked for, it is the mean IoU of the best estimates. A model that sees\n\
         only these frames can pass its ceiling only by luck.\n",
    );
    put(&text)
}

/// What the figures of times are.
const ESTIMATES: &str = ": each uses the estimates that are best for it, which differ for R@k and mIoU; a model that sees only\n\
                         these frames can pass one only by luck";
/// What those of things that are shown several times are.
const SEVERAL: &str =
    "shown several times; this is one viewer, who judges each time by itself, and a better one may pass it";

fn share(part: u64, whole: u64) -> String {
    percent(part as f64 / whole.max(1) as f64)
}

fn secs(secs: Option<f64>) -> String {
    secs.map_or_else(|| "none".to_owned(), |secs| format!("{secs:.3} s"))
}

fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

fn tables(name: &str, of: &SamplerCoverage) -> String {
    let mut text = format!(
        "{name}: {} of {} seen, ceiling {}% (letters {}%, per try {}%; guessing all reaches {}%)\n",
        of.seen,
        wording::count(of.samples, "question"),
        percent(of.ceilings.circular_content),
        percent(of.ceilings.circular_letters),
        percent(of.ceilings.per_try),
        percent(of.chance.circular_content),
    );
    // Writing to a string cannot fail.
    if of.unknown > 0 {
        let high = percent(of.ceiling_if_unknown_seen);
        writeln!(
            text,
            "for {} this is unknown; if all of them are seen, the ceiling is {high}%",
            wording::count(of.unknown, "question")
        )
        .expect("a string can be written to");
    }
    if of.refused > 0 {
        writeln!(text, "the library fails on the videos of {}", wording::count(of.refused, "question"))
            .expect("a string can be written to");
    }
    let mut types = vec![row([
        "type",
        "questions",
        "seen %",
        "ceiling %",
        "letters %",
        "shortest needle",
        "smallest needle",
    ])];
    for (kind, of) in &of.types {
        types.push(vec![
            kind.clone(),
            of.samples.to_string(),
            share(of.seen, of.samples),
            percent(of.ceiling.metrics.circular_content),
            percent(of.ceiling.metrics.circular_letters),
            secs(of.shortest_needle_secs),
            of.smallest_needle_px.map_or_else(|| "none".to_owned(), |[w, h]| format!("{w:.0} x {h:.0} px")),
        ]);
    }
    let mut lengths =
        vec![row(["length", "questions", "frames", "seen %", "ceiling %", "seen wherever it lies"])];
    for of in &of.lengths {
        let [few, many] = of.frames;
        lengths.push(vec![
            of.length.clone(),
            of.samples.to_string(),
            if few == many { few.to_string() } else { format!("{few}-{many}") },
            share(of.seen, of.samples),
            percent(of.ceiling.circular_content),
            of.guaranteed_secs.map_or_else(|| "nothing".to_owned(), |secs| format!("from {secs:.3} s")),
        ]);
    }
    write!(
        text,
        "\n{}(as the model is given it: resize {})\n\n{}{}{}{}\n{}\n",
        table(&types),
        of.resize,
        table(&lengths),
        estimates(of),
        periods(of),
        ages(of),
        table(&depths(of))
    )
    .expect("a string can be written to");
    text
}

/// What the best estimates of times reach, a line for each type and length; nothing where none are asked for openly.
fn estimates(of: &SamplerCoverage) -> String {
    let Some(first) = of.spans.first() else { return String::new() };
    let head = ["times", "length", "questions", "mIoU %"].into_iter().map(str::to_owned);
    let mut lines: Vec<Vec<String>> =
        vec![head.chain(first.recall.keys().map(|at| format!("{at} %"))).collect()];
    for own in &of.spans {
        let cells = [own.kind.clone(), own.length.clone(), own.samples.to_string(), percent(own.mean_iou)];
        lines.push(cells.into_iter().chain(own.recall.values().map(|share| percent(*share))).collect());
    }
    let several: BTreeSet<&str> =
        of.spans.iter().filter(|own| !own.is_bound).map(|own| own.kind.as_str()).collect();
    let mut text = format!("\n{}(ceilings of times{})\n", table(&lines), ESTIMATES);
    if !several.is_empty() {
        let several: Vec<&str> = several.into_iter().collect();
        writeln!(text, "({}: {SEVERAL})", several.join(", ")).expect("a string can be written to");
    }
    text
}

/// What is seen of motion, a line for each type and period; nothing where nothing moves.
fn periods(of: &SamplerCoverage) -> String {
    if of.periods.is_empty() {
        return String::new();
    }
    let mut lines = vec![row(["motion", "period", "frames are apart", "questions", "seen %", "ceiling %"])];
    for own in &of.periods {
        let [near, far] = own.gap_periods;
        let gap = if far - near < 0.005 { format!("{near:.2}") } else { format!("{near:.2}-{far:.2}") };
        lines.push(vec![
            own.kind.clone(),
            format!("{:.3} s", own.period_secs),
            format!("{gap} periods"),
            own.samples.to_string(),
            share(own.seen, own.samples),
            percent(own.ceiling.circular_content),
        ]);
    }
    format!(
        "\n{}(frames half a period apart or farther do not show which way a thing moves)\n",
        table(&lines)
    )
}

/// What is seen of evidence by its age; nothing where all is asked at the end of videos.
fn ages(of: &SamplerCoverage) -> String {
    if of.ages.is_empty() {
        return String::new();
    }
    let mut rows = vec![row(["type", "age of the evidence", "questions", "seen %", "ceiling %"])];
    for own in &of.ages {
        rows.push(vec![
            own.kind.clone(),
            own.age.to_owned(),
            own.samples.to_string(),
            share(own.seen, own.samples),
            percent(own.ceiling.circular_content),
        ]);
    }
    format!("\n{}", table(&rows))
}

/// Mean ceilings by depth and length, over all types.
fn depths(of: &SamplerCoverage) -> Vec<Vec<String>> {
    let mut sums: BTreeMap<(Option<u16>, &str), (f64, u64)> = BTreeMap::new();
    for cell in &of.cells {
        let own = sums.entry((cell.depth_permille, &cell.length)).or_default();
        own.0 += cell.ceiling.circular_content * cell.samples as f64;
        own.1 += cell.samples;
    }
    let lengths = || of.lengths.iter().map(|own| own.length.as_str());
    let head = std::iter::once("ceiling % at depth").chain(lengths()).map(str::to_owned).collect();
    let mut rows: Vec<Vec<String>> = vec![head];
    let depths: BTreeSet<Option<u16>> = sums.keys().map(|(depth, _)| *depth).collect();
    for depth in depths {
        let name = depth.map_or_else(|| "none".to_owned(), |depth| format!("{}%", f64::from(depth) / 10.0));
        let cells = lengths().map(|length| match sums.get(&(depth, length)) {
            Some(&(sum, samples)) => percent(sum / samples.max(1) as f64),
            None => "-".to_owned(),
        });
        rows.push(std::iter::once(name).chain(cells).collect());
    }
    rows
}
