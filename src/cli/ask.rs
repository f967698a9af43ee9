//! `vniah ask`: the questions of a dataset, put to a served model.
//!
//! In: a dataset, an OpenAI-compatible server and a model. Out: `answers.jsonl`. Run again, it asks what is left.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::ValueEnum;
use serde_json::{Map, Value};

use super::exit::{Exit, Failure};
use super::print::{json, put, say};
use super::progress::Stage;
use super::source::{Machine, videos};
use crate::ask::body::{PROMPT, Parameters};
use crate::ask::frames::Jpeg;
use crate::ask::http::Server;
use crate::ask::limit::{Limiter, Limits};
use crate::ask::media::{Show, VideoSource, shown};
use crate::ask::record::Log;
use crate::ask::run::{Setup, Summary, run as ask};
use crate::ask::{self, Mode};
use crate::dataset::{self, Row};
use crate::render::videos::Videos;
use crate::sampler::Sampler;

/// Raised by an interrupt.
static STOP: AtomicBool = AtomicBool::new(false);

/// Ask an OpenAI-compatible server; run again, it asks what is left.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Dataset directory, which holds metadata.jsonl
    out: PathBuf,
    /// Address of the server up to `/v1`, such as `http://localhost:8000/v1`
    #[arg(long, value_name = "URL")]
    base_url: String,
    /// Name of the model
    #[arg(long, value_name = "NAME")]
    model: String,
    /// Where the answers go; a file of an earlier run with the same settings is gone on with
    #[arg(short, long, value_name = "answers.jsonl", required_unless_present = "dry_run")]
    output: Option<PathBuf>,
    /// How videos are shown
    #[arg(long, value_enum, default_value_t = ModeName::Frames)]
    mode: ModeName,
    /// How frames are chosen; with `--mode video-url`, the sampler that the server is known to use
    #[arg(long, value_name = "ID")]
    sampler: Option<Sampler>,
    /// How a whole video reaches the server: `data`, `file`, or an address before `videos/...`
    #[arg(long, value_name = "data|file|URL", default_value = "data")]
    video: String,
    /// Longest side of frames in pixels; absent, frames keep their size
    #[arg(long, value_name = "PIXELS", value_parser = clap::value_parser!(u32).range(16..))]
    image_size: Option<u32>,
    /// Quality of frames as JPEG
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u8).range(1..=100))]
    jpeg_quality: u8,
    /// Prompt with the places `{question}` and `{options}`, or `@FILE`; absent, VNBench's
    #[arg(long, value_name = "TEXT|@FILE")]
    prompt: Option<String>,
    /// System prompt, or `@FILE`
    #[arg(long, value_name = "TEXT|@FILE")]
    system: Option<String>,
    /// Temperature; `none` leaves it to the server
    #[arg(long, default_value = "0")]
    temperature: String,
    /// Most tokens of a reply; `none` leaves it to the server
    #[arg(long, default_value = "1024")]
    max_tokens: String,
    /// Fields of the request beside these, as a JSON object or `@FILE`; they go over ours
    #[arg(long, value_name = "JSON|@FILE")]
    extra_body: Option<String>,
    /// Name of the environment variable that holds the server's key
    #[arg(long, value_name = "NAME", default_value = "OPENAI_API_KEY")]
    api_key_env: String,
    #[command(flatten)]
    pace: Pace,
    /// Ask again what ended in an error
    #[arg(long)]
    retry_errors: bool,
    /// Ask at most this many rows
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Write the first request to stdout, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Print the sums as JSON on stdout
    #[arg(long)]
    json: bool,
    /// The spec that made the dataset, if it has moved; recipes need it
    #[arg(long, value_name = "SPEC")]
    spec: Option<PathBuf>,
    #[command(flatten)]
    machine: Machine,
}

/// How fast, how long and how dear.
#[derive(Debug, clap::Args)]
struct Pace {
    /// Requests under way at once
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=1024))]
    concurrency: u16,
    /// Requests a minute at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    requests_per_minute: Option<u32>,
    /// Tokens a minute at most, of requests and replies
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    tokens_per_minute: Option<u32>,
    /// Seconds after which a request is given up; videos take minutes
    #[arg(long, value_name = "SECONDS", default_value_t = 900, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
    /// Attempts for one row
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=100))]
    attempts: u32,
    /// Rows in a row that may end in an error before the run is given up
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    max_errors: u32,
    /// Price of a million tokens of requests, in any unit
    #[arg(long, value_name = "PRICE", requires = "price_output")]
    price_input: Option<f64>,
    /// Price of a million tokens of replies
    #[arg(long, value_name = "PRICE", requires = "price_input")]
    price_output: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ModeName {
    /// Sampled frames, each a picture.
    Frames,
    /// The whole video; the server samples.
    VideoUrl,
    /// Sampled frames as one video with true indices and times (vLLM).
    VideoJpeg,
}

impl From<ModeName> for Mode {
    fn from(name: ModeName) -> Self {
        match name {
            ModeName::Frames => Self::Frames,
            ModeName::VideoUrl => Self::VideoUrl,
            ModeName::VideoJpeg => Self::VideoJpeg,
        }
    }
}

/// Text, or the content of the file that `@` names.
fn text_or_file(given: &str) -> Result<String, Failure> {
    match given.strip_prefix('@') {
        Some(path) => Ok(crate::files::read_text(path.as_ref())?),
        None => Ok(given.to_owned()),
    }
}

fn number<T: std::str::FromStr>(flag: &str, given: &str) -> Result<Option<T>, Failure> {
    if given == "none" {
        return Ok(None);
    }
    let message = || format!("--{flag}: expected a number or `none`, found `{given}`");
    given.parse().map(Some).map_err(|_not_one| Failure::message(Exit::Usage, message()))
}

fn show(args: &Args, rows: &[Row]) -> Result<Show, Failure> {
    let mode = Mode::from(args.mode);
    let sampler = match (&args.sampler, mode) {
        (Some(sampler), _) => Some(sampler.clone()),
        (None, Mode::VideoUrl) => None,
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
    let read = mode != Mode::VideoUrl || !matches!(source, VideoSource::Http(_));
    let videos = if read {
        videos(&args.out, rows, args.spec.as_deref(), &args.machine)?
    } else {
        Videos::files(&args.out)
    };
    Ok(Show { videos: Arc::new(videos), mode, sampler, jpeg, source })
}

fn parameters(args: &Args, show: &Show) -> Result<Parameters, Failure> {
    let prompt = args.prompt.as_deref().map_or(Ok(PROMPT.to_owned()), text_or_file)?;
    for place in ["{question}", "{options}"] {
        if !prompt.contains(place) {
            return Err(Failure::message(Exit::Usage, format!("--prompt lacks the place `{place}`")));
        }
    }
    let extra_body: Map<String, Value> = match &args.extra_body {
        None => Map::new(),
        Some(given) => serde_json::from_str(&text_or_file(given)?).map_err(|error| {
            Failure::message(Exit::Usage, format!("--extra-body is no JSON object: {error}"))
        })?,
    };
    let is_sampled = show.mode != Mode::VideoUrl;
    Ok(Parameters {
        base_url: args.base_url.trim_end_matches('/').to_owned(),
        model: args.model.clone(),
        mode: show.mode.name(),
        sampler: show.sampler.as_ref().map(|sampler| sampler.name().to_owned()),
        image_size: args.image_size.filter(|_| is_sampled),
        jpeg_quality: is_sampled.then_some(args.jpeg_quality),
        prompt,
        system: args.system.as_deref().map(text_or_file).transpose()?,
        temperature: number("temperature", &args.temperature)?,
        max_tokens: number("max-tokens", &args.max_tokens)?,
        extra_body,
    })
}

/// An address that carries a key would end up in files and logs.
fn check_address(url: &str) -> Result<(), Failure> {
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    let Some(rest) = rest else {
        let message = "--base-url: expected an address that begins with http:// or https://";
        return Err(Failure::message(Exit::Usage, message));
    };
    if rest.split('/').next().is_some_and(|host| host.contains('@')) || rest.contains('?') {
        let message =
            "--base-url holds a user or a query, which may be secret: keys come from the environment";
        return Err(Failure::message(Exit::Usage, message).hint("--api-key-env NAME names the variable"));
    }
    Ok(())
}

/// Runs `vniah ask`.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    check_address(&args.base_url)?;
    let rows = dataset::read_rows(&args.out)?;
    let show = args.machine.run(|| show(args, &rows))?;
    let parameters = parameters(args, &show)?;
    let key = std::env::var(&args.api_key_env).ok();
    let server = Server::new(&args.base_url, key, Duration::from_secs(args.pace.timeout));
    let Some(output) = args.output.as_ref().filter(|_| !args.dry_run) else {
        return dry_run(&rows, &show, &parameters, &server);
    };
    let (log, left) = Log::resume(output, &parameters.sha256()).map_err(failure)?;
    let kept = |row: &&Row| left.get(&row.id).is_none_or(|failed| *failed && args.retry_errors);
    let mut todo: Vec<&Row> = rows.iter().filter(kept).collect();
    if !left.is_empty() {
        let failed = left.values().filter(|failed| **failed).count();
        say(&format!("`{}` holds {} row(s), {failed} of them errors", output.display(), left.len()));
    }
    todo.truncate(args.limit.unwrap_or(usize::MAX));
    ctrlc::set_handler(stop).map_err(|error| Failure::new(Exit::Bug, error))?;
    let limits = Limits { requests: args.pace.requests_per_minute, tokens: args.pace.tokens_per_minute };
    let setup = Setup {
        server: &server,
        parameters: &parameters,
        show: &show,
        limiter: &Limiter::new(limits),
        concurrency: usize::from(args.pace.concurrency),
        attempts: args.pace.attempts,
        most_errors: args.pace.max_errors,
        prices: args.pace.price_input.zip(args.pace.price_output).map(|(input, output)| [input, output]),
        stop: &STOP,
    };
    let stage = Stage::start("asking", todo.len() as u64, "rows");
    let summary = ask(&setup, &todo, log, |record, summary| {
        stage.tick(&format!("{} {}", spent(summary, setup.prices.is_some()), record.id));
    })
    .map_err(failure)?;
    stage.end(&format!(
        "asked {} row(s) with {} request(s): {} answered, {} ended in an error; {}",
        summary.answered + summary.failed,
        summary.requests,
        summary.answered,
        summary.failed,
        spent(&summary, setup.prices.is_some())
    ));
    if args.json {
        put(&json(&sums(&summary)))?;
    }
    ended(&summary)
}

fn ended(summary: &Summary) -> Result<(), Failure> {
    if summary.left > 0 {
        let message = format!("stopped with {} row(s) left", summary.left);
        return Err(Failure::message(Exit::Stopped, message).hint("run the same command again to go on"));
    }
    if summary.failed > 0 {
        let message = format!("{} row(s) ended in an error, and score as missing", summary.failed);
        return Err(Failure::message(Exit::Stopped, message).hint("--retry-errors asks them again"));
    }
    Ok(())
}

fn sums(summary: &Summary) -> BTreeMap<&'static str, Value> {
    BTreeMap::from([
        ("answered", summary.answered.into()),
        ("failed", summary.failed.into()),
        ("left", summary.left.into()),
        ("requests", summary.requests.into()),
        ("prompt_tokens", summary.usage.prompt_tokens.into()),
        ("completion_tokens", summary.usage.completion_tokens.into()),
        ("cost", summary.cost.into()),
    ])
}

fn spent(summary: &Summary, priced: bool) -> String {
    let cost = if priced { format!(", cost {:.4}", summary.cost) } else { String::new() };
    let usage = summary.usage;
    format!("{} + {} tokens{cost}", usage.prompt_tokens, usage.completion_tokens)
}

fn dry_run(rows: &[Row], show: &Show, parameters: &Parameters, server: &Server) -> Result<(), Failure> {
    let Some(row) = rows.first() else {
        return Err(Failure::message(Exit::Input, "the dataset holds no rows"));
    };
    let shown = shown(show, row).map_err(failure)?;
    let (body, digest) = parameters.body(row, &shown);
    let text = json(&body);
    let frames =
        shown.indices.as_ref().map_or(String::new(), |indices| format!(", {} frames", indices.len()));
    say(&format!(
        "POST {} for `{}`{frames}, {} bytes, digest {digest}; nothing was sent",
        server.url(),
        row.id,
        text.len()
    ));
    put(&text)
}

fn failure(error: ask::Error) -> Failure {
    match error {
        ask::Error::File(error) => error.into(),
        ask::Error::Video(error) => error.into(),
        other @ (ask::Error::Refused { .. } | ask::Error::Hopeless { .. }) => {
            Failure::new(Exit::Stopped, other).hint("what was answered is kept; run again to go on")
        }
        other @ (ask::Error::OtherSettings { .. } | ask::Error::NotOurs { .. }) => {
            Failure::new(Exit::Usage, other).hint("name another file with -o")
        }
        other => Failure::new(Exit::Input, other),
    }
}

/// Asks the run to stop when what is under way is answered; asked again, ends it at once, and what was under way is paid for
/// and lost.
#[expect(clippy::exit, reason = "a second interrupt is not to wait for anything")]
fn stop() {
    if STOP.swap(true, Ordering::Relaxed) {
        std::process::exit(Exit::Stopped as i32);
    }
    say("stopping: requests under way are waited for, since they are paid; interrupt again to end at once");
}
