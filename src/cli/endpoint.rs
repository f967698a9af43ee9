//! What every command that asks a server has in common: its key, its pace, the parameters of a request, and how a run ends.
//!
//! In: options of the command line. Out: a server, parameters and limits for [`crate::ask::run`]; sums as text and JSON; failures
//! with their exit codes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value};

use super::exit::{Exit, Failure};
use super::terminal::Terminal;
use crate::ask;
use crate::ask::body::Parameters;
use crate::ask::http::{Server, Unusable};
use crate::ask::key::Key;
use crate::ask::limit::{Limiter, Limits};
use crate::ask::record::Record;
use crate::ask::run::{Setup, Summary};
use crate::wording;

/// How a server is asked.
#[derive(Debug, clap::Args)]
#[group(id = Self::GROUP)]
pub(super) struct Endpoint {
    /// Sampling temperature; `none` leaves it to the server
    #[arg(long, default_value = "0", value_parser = number_or_none)]
    temperature: Setting<f64>,
    /// Maximum number of tokens in a reply; `none` leaves it to the server
    #[arg(long, default_value = "1024", value_parser = tokens_or_none)]
    max_tokens: Setting<u32>,
    /// Additional request fields, as a JSON object or `@FILE`. They override vniah's own fields
    #[arg(long, value_name = "JSON|@FILE")]
    pub(super) extra_body: Option<String>,
    /// Environment variable that holds the server's API key
    #[arg(long, value_name = "NAME", default_value = "OPENAI_API_KEY")]
    api_key_env: String,
    /// Number of concurrent requests
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) concurrency: u16,
    /// Maximum number of requests per minute
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    requests_per_minute: Option<u32>,
    /// Maximum number of tokens per minute, in requests and replies
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    tokens_per_minute: Option<u32>,
    /// Seconds until a request times out. A request with a video can take minutes
    #[arg(long, value_name = "SECONDS", default_value_t = 900, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
    /// Maximum number of attempts per row
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=100))]
    attempts: u32,
    /// Stop the run after this many consecutive rows with an error
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    max_errors: u32,
    /// Price per million request tokens, in any currency
    #[arg(long, value_name = "PRICE", value_parser = number, requires = "price_output")]
    price_input: Option<f64>,
    /// Price per million reply tokens
    #[arg(long, value_name = "PRICE", value_parser = number, requires = "price_input")]
    price_output: Option<f64>,
    /// Ask rows that ended in an error again
    #[arg(long)]
    pub(super) retry_errors: bool,
}

/// Text, or the content of the file that `@` names.
pub(super) fn text_or_file(given: &str) -> Result<String, Failure> {
    match given.strip_prefix('@') {
        Some(path) => Ok(crate::files::read_text(path.as_ref())?),
        None => Ok(given.to_owned()),
    }
}

/// A prompt, which has to hold these places.
pub(super) fn prompt(flag: &str, given: Option<&str>, own: &str, places: &[&str]) -> Result<String, Failure> {
    let prompt = given.map_or(Ok(own.to_owned()), text_or_file)?;
    match places.iter().find(|place| !prompt.contains(**place)) {
        Some(place) => {
            Err(Failure::message(Exit::Usage, format!("--{flag} lacks the placeholder `{place}`")))
        }
        None => Ok(prompt),
    }
}

/// A number that JSON can hold, from 0 on.
fn number(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0);
    number.ok_or_else(|| "expected a number from 0 on".to_owned())
}

/// A number from 0 on, or `none`.
fn number_or_none(text: &str) -> Result<Setting<f64>, String> {
    or_none(text, number(text).ok(), "a number from 0 on")
}

/// A number of tokens, at least one, or `none`.
fn tokens_or_none(text: &str) -> Result<Setting<u32>, String> {
    or_none(text, text.parse().ok().filter(|tokens| *tokens > 0), "a number from 1 on")
}

fn or_none<T>(text: &str, read: Option<T>, expected: &str) -> Result<Setting<T>, String> {
    if text == "none" {
        return Ok(Setting(None));
    }
    read.map(|value| Setting(Some(value))).ok_or_else(|| format!("expected {expected} or `none`"))
}

/// What a request says, or leaves to the server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting<T>(Option<T>);

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

impl Endpoint {
    /// The group of its flags.
    pub(super) const GROUP: &str = "Endpoint";

    /// The server at `base_url`, with the key that the environment holds.
    pub(super) fn server(&self, base_url: &str) -> Result<Server, Failure> {
        check_address(base_url)?;
        let server = Server::new(base_url, self.key()?, Duration::from_secs(self.timeout));
        server.map_err(|error| {
            let message = match &error {
                Unusable::Address(_) => format!("--base-url: {error}"),
                Unusable::Proxy(_) | Unusable::Certificates(_) => error.to_string(),
            };
            Failure::message(Exit::Usage, message)
        })
    }

    /// The key that the environment holds. What cannot be sent is told at once, and never shown.
    fn key(&self) -> Result<Option<Key>, Failure> {
        let name = &self.api_key_env;
        let wrong = |reason: String| {
            let message = format!("the variable `{name}` holds no key that can be sent: {reason}");
            Failure::message(Exit::Usage, message)
                .hint(format!("a file's last line feed is left out by {name}=\"$(cat FILE)\""))
        };
        match std::env::var(name) {
            Ok(text) => Key::new(&text).map_err(|illegal| wrong(illegal.to_string())),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(std::env::VarError::NotUnicode(_)) => Err(wrong("it is not ASCII".to_owned())),
        }
    }

    /// Parameters that show no picture; `mode` names the way to ask.
    pub(super) fn parameters(
        &self,
        model: &str,
        mode: &'static str,
        prompt: String,
    ) -> Result<Parameters, Failure> {
        let extra_body: Map<String, Value> = match &self.extra_body {
            None => Map::new(),
            Some(given) => serde_json::from_str(&text_or_file(given)?).map_err(|error| {
                Failure::message(Exit::Usage, format!("--extra-body is not a JSON object: {error}"))
            })?,
        };
        Ok(Parameters {
            model: model.to_owned(),
            mode,
            sampler: None,
            image_size: None,
            jpeg_quality: None,
            times: None,
            subtitles: None,
            sound: None,
            prompt,
            system: None,
            temperature: self.temperature.0,
            max_tokens: self.max_tokens.0,
            extra_body,
        })
    }

    /// The limits of the rate.
    pub(super) fn limiter(&self) -> Limiter {
        Limiter::new(Limits { requests: self.requests_per_minute, tokens: self.tokens_per_minute })
    }

    /// The setup of a run that an interrupt stops.
    pub(super) fn setup<'a>(
        &self,
        server: &'a Server,
        parameters: &'a Parameters,
        limiter: &'a Limiter,
        terminal: &Terminal,
    ) -> Setup<'a> {
        Setup {
            server,
            parameters,
            limiter,
            concurrency: usize::from(self.concurrency),
            attempts: self.attempts,
            most_errors: self.max_errors,
            prices: self.price_input.zip(self.price_output).map(|(input, output)| [input, output]),
            under_way: terminal.under_way().clone(),
            job: terminal.job(),
        }
    }
}

/// Why requests end in an error, each reason once: the file has it in every line that it concerns.
#[derive(Default)]
pub(super) struct Reasons(Mutex<BTreeSet<String>>);

/// Reasons that are told at most.
const MOST_REASONS: usize = 10;

impl Reasons {
    /// What to tell the user of a line, if it says something new.
    pub(super) fn of(&self, record: &Record) -> Option<String> {
        let reason = record.error.as_ref()?;
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= MOST_REASONS || !told.insert(reason.clone()) {
            return None;
        }
        let more = if told.len() == MOST_REASONS { " (other reasons are in the file alone)" } else { "" };
        Some(ask::cleaned(&format!("`{}` ended in an error: {reason}{more}", record.id)))
    }
}

/// What was spent so far.
pub(super) fn spent(summary: &Summary, setup: &Setup<'_>) -> String {
    let cost = if setup.prices.is_some() { format!(", cost {:.4}", summary.cost) } else { String::new() };
    let usage = summary.usage;
    format!("{} + {} tokens{cost}", usage.prompt_tokens, usage.completion_tokens)
}

/// The line that ends a run.
pub(super) fn told(verb: &str, thing: &str, summary: &Summary, setup: &Setup<'_>) -> String {
    format!(
        "{verb} {} with {}: {} answered, {} ended in an error; {}",
        wording::count(summary.answered + summary.failed, thing),
        wording::count(summary.requests, "request"),
        summary.answered,
        summary.failed,
        spent(summary, setup)
    )
}

/// A run that an interrupt stopped is to be run again.
pub(super) fn stopped(summary: &Summary, thing: &str) -> Result<(), Failure> {
    if summary.left > 0 {
        let message = format!("stopped with {} left", wording::count(summary.left, thing));
        return Err(Failure::message(Exit::Stopped, message).hint("run the same command again to resume"));
    }
    Ok(())
}

/// The sums of a run.
pub(super) fn sums(summary: &Summary) -> BTreeMap<&'static str, Value> {
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
