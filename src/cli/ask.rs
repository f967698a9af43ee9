//! `vniah ask`: the questions of a dataset, put to a served model.
//!
//! In: a dataset, an OpenAI-compatible server and a model. Out: `answers.jsonl`. Run again, it asks what is left.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum;

use super::ask_beside::Beside;
use super::endpoint::{Endpoint, Reasons, prompt, spent, stopped, sums, text_or_file, told};
use super::exit::{Exit, Failure, unasked};
use super::machine::Machine;
use super::origin::Origin;
use super::print::{json, put, say};
use super::terminal::Terminal;
use crate::ask::Mode;
use crate::ask::beside::{Sound, Subtitles};
use crate::ask::body::{self, Parameters};
use crate::ask::frames::Jpeg;
use crate::ask::http::Server;
use crate::ask::log::{Log, Resumed};
use crate::ask::media::{Cache, Show, VideoSource, shown};
use crate::ask::run::{Composed, Summary, run as ask};
use crate::ask::times::Times;
use crate::dataset::{self, Row};
use crate::job::Stage;
use crate::project::Dataset;
use crate::question::Control;
use crate::render::videos::Videos;
use crate::sampler::Sampler;
use crate::wording;

/// Ask a model behind an OpenAI-compatible server, or resume asking.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Args {
    /// Dataset directory, which holds metadata.jsonl
    #[arg(value_name = "DATASET")]
    out: PathBuf,
    /// Address of the server up to `/v1`, such as `http://localhost:8000/v1`
    #[arg(long, value_name = "URL")]
    base_url: String,
    /// Name of the model
    #[arg(long, value_name = "NAME")]
    model: String,
    /// File for the answers. If it exists and its settings match, asking resumes
    #[arg(short, long, value_name = "answers.jsonl", required_unless_present = "dry_run")]
    output: Option<PathBuf>,
    /// How to show videos
    #[arg(long, value_enum, default_value_t = ModeName::Frames)]
    mode: ModeName,
    /// How to choose frames, such as `linspace(32)`. With `--mode video-url`, the sampler that the server uses
    #[arg(long, value_name = "ID")]
    sampler: Option<Sampler>,
    /// How a whole video reaches the server: `data` puts it into the request, `file` names its path, and a URL is put before
    /// `videos/...`
    #[arg(long, value_name = "data|file|URL", default_value = "data")]
    video: String,
    /// Longest side of frames in pixels [default: frames keep their size]
    #[arg(long, value_name = "PIXELS", value_parser = clap::value_parser!(u32).range(16..))]
    image_size: Option<u32>,
    /// JPEG quality of frames
    #[arg(long, value_name = "1..100", default_value_t = 90, value_parser = clap::value_parser!(u8).range(1..=100))]
    jpeg_quality: u8,
    /// Prompt, or `@FILE`. Placeholders: `{question}` and `{options}`, optionally `{instruction}` and `{duration}`
    /// (seconds of the video), or `{prompt}` for the row's whole prompt [default: VNBench's prompt; for open questions
    /// and times, the row's own]
    #[arg(long, value_name = "TEXT|@FILE")]
    prompt: Option<String>,
    /// Send the time of each frame as text before it, such as `[12.40 s]`. Needs `--mode frames` [default: only for
    /// questions about times, and about what is seen while something is heard or read]
    #[arg(long, overrides_with = "no_times")]
    times: bool,
    /// Never send the times of frames
    #[arg(long)]
    no_times: bool,
    #[command(flatten)]
    beside: Beside,
    /// System prompt, or `@FILE`
    #[arg(long, value_name = "TEXT|@FILE")]
    system: Option<String>,
    #[command(flatten)]
    endpoint: Endpoint,
    /// Ask at most this many rows
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Print the first request and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Print the totals as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    origin: Origin,
    #[command(flatten)]
    machine: Machine,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ModeName {
    /// Sampled frames, one picture each.
    Frames,
    /// The whole video. The server chooses the frames.
    VideoUrl,
    /// Sampled frames as one video, with their true indices and times (vLLM).
    VideoJpeg,
    /// Only the question, without a video.
    Text,
}

impl From<ModeName> for Mode {
    fn from(name: ModeName) -> Self {
        match name {
            ModeName::Frames => Self::Frames,
            ModeName::VideoUrl => Self::VideoUrl,
            ModeName::VideoJpeg => Self::VideoJpeg,
            ModeName::Text => Self::Text,
        }
    }
}

fn show(args: &Args, dataset: &Dataset) -> Result<Show, Failure> {
    let rows = &*dataset.rows()?;
    let mode = Mode::from(args.mode);
    if mode != Mode::Text {
        dataset.check_has_videos()?;
    }
    let sampler = match (&args.sampler, mode) {
        (Some(_), Mode::Text) => {
            return Err(Failure::message(
                Exit::Usage,
                "--mode text shows no frames that --sampler could choose",
            ));
        }
        (Some(sampler), _) => Some(sampler.clone()),
        (None, Mode::VideoUrl | Mode::Text) => None,
        (None, _) => {
            return Err(Failure::message(Exit::Usage, format!("--mode {} needs a --sampler", mode.name()))
                .hint("such as --sampler 'linspace(32)': it decides which needles are seen"));
        }
    };
    let source = match args.video.as_str() {
        "data" => VideoSource::Data,
        "file" => VideoSource::File,
        url if url.starts_with("http://") || url.starts_with("https://") => VideoSource::Http(url.to_owned()),
        other => {
            let message = format!("--video: expected `data`, `file` or an http address, found `{other}`");
            return Err(Failure::message(Exit::Usage, message));
        }
    };
    let jpeg = Jpeg { longest: args.image_size, quality: args.jpeg_quality };
    let read = match mode {
        Mode::Text => false,
        Mode::VideoUrl => !matches!(source, VideoSource::Http(_)),
        Mode::Frames | Mode::VideoJpeg => true,
    };
    let videos = if read { dataset.videos()? } else { Arc::new(Videos::files(&args.out)) };
    let subtitles = args.beside.subtitles(rows, mode)?.is_some_and(|subtitles| subtitles != Subtitles::None);
    let sound = args.beside.sound(rows, mode)? == Some(Sound::InputAudio);
    Ok(Show { videos, mode, sampler, jpeg, source, subtitles, sound })
}

fn parameters(args: &Args, rows: &[Row], show: &Show) -> Result<Parameters, Failure> {
    let language = rows.first().map(|row| row.language).unwrap_or_default();
    if args.prompt.is_none() && rows.iter().any(|row| row.language != language) {
        let message = "the rows ask in several languages, and a run has one prompt";
        return Err(Failure::message(Exit::Usage, message).hint("write one for all with --prompt"));
    }
    let prompt = prompt("prompt", args.prompt.as_deref(), &body::prompt_for(rows, language), &[])?;
    lacks_no_place(&prompt, rows)?;
    let is_sampled = matches!(show.mode, Mode::Frames | Mode::VideoJpeg);
    Ok(Parameters {
        sampler: show.sampler.as_ref().map(|sampler| sampler.name().to_owned()),
        image_size: args.image_size.filter(|_| is_sampled),
        jpeg_quality: is_sampled.then_some(args.jpeg_quality),
        times: times(args, rows, show.mode)?,
        subtitles: args.beside.subtitles(rows, show.mode)?,
        sound: args.beside.sound(rows, show.mode)?,
        system: args.system.as_deref().map(text_or_file).transpose()?,
        ..args.endpoint.parameters(&args.model, show.mode.name(), prompt)?
    })
}

/// Refuses a prompt that leaves out what is asked.
fn lacks_no_place(prompt: &str, rows: &[Row]) -> Result<(), Failure> {
    let has_options = rows.iter().any(Row::has_options);
    let places =
        ["{question}", "{options}"].into_iter().filter(|place| *place == "{question}" || has_options);
    match places.into_iter().find(|place| !prompt.contains(place) && !prompt.contains(body::WHOLE)) {
        Some(place) => {
            Err(Failure::message(Exit::Usage, format!("--prompt lacks the placeholder `{place}`")))
        }
        None => Ok(()),
    }
}

/// Which frames come with their times. The control `no-times` is shown in no way that says any.
fn times(args: &Args, rows: &[Row], mode: Mode) -> Result<Option<Times>, Failure> {
    let wanted = if args.times { Some(true) } else { args.no_times.then_some(false) };
    let states_times = dataset::read_control(&args.out)?.is_none_or(Control::states_times);
    if args.times && mode != Mode::Frames {
        let message = format!("--mode {} sends no frames that --times could stand before", mode.name());
        return Err(Failure::message(Exit::Usage, message));
    }
    if !states_times && (args.times || matches!(mode, Mode::VideoUrl | Mode::VideoJpeg)) {
        let what = if args.times { "--times".to_owned() } else { format!("--mode {}", mode.name()) };
        let message = format!("`{}` is the control `no-times`, and {what} sends times", args.out.display());
        return Err(Failure::message(Exit::Usage, message).hint("leave --times out, and use --mode frames"));
    }
    if !states_times && args.prompt.as_deref().is_some_and(|prompt| prompt.contains("{duration}")) {
        let message = format!(
            "`{}` is the control `no-times`, and `{{duration}}` in --prompt states a time",
            args.out.display()
        );
        return Err(Failure::message(Exit::Usage, message).hint("leave `{duration}` out"));
    }
    let is_relevant = mode == Mode::Frames || !states_times;
    Ok(is_relevant.then(|| Times::of(wanted, rows, states_times)).flatten())
}

/// Runs `vniah ask`.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<(), Failure> {
    let server = args.endpoint.server(&args.base_url)?;
    let dataset = args.origin.dataset(&args.out, &args.machine, terminal);
    let rows = dataset.rows()?;
    let show = show(args, &dataset)?;
    let parameters = parameters(args, &rows, &show)?;
    if parameters.sound == Some(Sound::InputAudio) {
        say(
            "questions that need it are sent with the sound of their video as a WAV file; --sound none leaves it out",
        );
    }
    let Some(output) = args.output.as_ref().filter(|_| !args.dry_run) else {
        return dry_run(&rows, &show, &parameters, &server);
    };
    let failed = |error| unasked("-o", error);
    let by_id: BTreeMap<&str, &Row> = rows.iter().map(|row| (row.id.as_str(), row)).collect();
    let asked_sha256 = |id: &str| Some(by_id.get(id)?.asked_sha256());
    let Resumed { log, left, warnings } =
        Log::resume(output, &parameters, server.given_url(), asked_sha256).map_err(failed)?;
    for warning in &warnings {
        say(warning);
    }
    let kept =
        |row: &&Row| left.get(&row.id).is_none_or(|is_failed| *is_failed && args.endpoint.retry_errors);
    let mut todo: Vec<&Row> = rows.iter().filter(kept).collect();
    if !left.is_empty() {
        let failed = left.values().filter(|failed| **failed).count();
        say(&format!(
            "`{}` holds {}, {failed} of them errors",
            output.display(),
            wording::count(left.len(), "row")
        ));
    }
    todo.truncate(args.limit.unwrap_or(usize::MAX));
    let is_error = |row: &Row| left.get(&row.id) == Some(&true);
    let errors = rows.iter().filter(|row| is_error(row)).count();
    let kept_errors = (errors - todo.iter().filter(|row| is_error(row)).count()) as u64;
    let limiter = args.endpoint.limiter();
    let setup = args.endpoint.setup(&server, &parameters, &limiter, terminal);
    let cache = Cache::new(setup.concurrency + 1);
    let compose = |row: &&Row| match cache.shown(&show, row) {
        Ok(shown) => Ok(Composed::Request(parameters.request(row, &shown))),
        Err(error) if error.is_of_row() => {
            let (id, row_sha256) = (row.id.clone(), row.asked_sha256());
            Ok(Composed::Unshown { id, row_sha256, reason: wording::chain(&error) })
        }
        Err(error) => Err(error),
    };
    let stage = setup.job.start(Stage::Ask, todo.len() as u64);
    let reasons = Reasons::default();
    let summary = ask(&setup, &todo, compose, log, |record, summary| {
        if let Some(reason) = reasons.of(record) {
            stage.note(&reason);
        }
        stage.advance(&format!("{} {}", spent(summary, &setup), record.id));
    })
    .map_err(failed)?;
    stage.finish(&told("asked", "row", &summary, &setup));
    if args.json {
        put(&json(&sums(&summary)))?;
    }
    ended(&summary, kept_errors)
}

/// A run after which rows are without an answer ends with an exit code that says so, whether it was this run or an earlier one in which
/// they ended in an error.
fn ended(summary: &Summary, kept_errors: u64) -> Result<(), Failure> {
    stopped(summary, "row")?;
    let failed = summary.failed + kept_errors;
    if failed > 0 {
        let message = format!(
            "{} ended in an error, and {} as missing",
            wording::count(failed, "row"),
            wording::verb(failed, "scores", "score")
        );
        return Err(Failure::message(Exit::Stopped, message).hint("--retry-errors asks them again"));
    }
    Ok(())
}

fn dry_run(rows: &[Row], show: &Show, parameters: &Parameters, server: &Server) -> Result<(), Failure> {
    let Some(row) = rows.first() else {
        return Err(Failure::message(Exit::Input, "the dataset holds no rows"));
    };
    let shown = shown(show, row).map_err(|error| unasked("-o", error))?;
    let request = parameters.request(row, &shown);
    let text = json(&request.body);
    let frames =
        shown.indices.as_ref().map_or(String::new(), |indices| format!(", {} frames", indices.len()));
    say(&format!(
        "POST {} for `{}`{frames}, {} bytes, digest {}; nothing was sent",
        server.url(),
        row.id,
        text.len(),
        request.sha256
    ));
    put(&text)
}
