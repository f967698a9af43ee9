//! What every command that asks a server has in common: its key, its pace, the parameters of a request, and how a run ends.
//!
//! In: options of the command line. Out: a server, parameters and limits for [`crate::ask::run`]; sums as text and JSON; failures
//! with their exit codes.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value};

use super::exit::{Exit, Failure};
use super::interrupt;
use crate::ask;
use crate::ask::body::Parameters;
use crate::ask::http::Server;
use crate::ask::limit::{Limiter, Limits};
use crate::ask::run::{Setup, Summary};

/// How a server is asked.
#[derive(Debug, clap::Args)]
pub(super) struct Endpoint {
    /// Temperature; `none` leaves it to the server
    #[arg(long, default_value = "0")]
    pub(super) temperature: String,
    /// Most tokens of a reply; `none` leaves it to the server
    #[arg(long, default_value = "1024")]
    pub(super) max_tokens: String,
    /// Fields of the request beside these, as a JSON object or `@FILE`; they go over ours
    #[arg(long, value_name = "JSON|@FILE")]
    pub(super) extra_body: Option<String>,
    /// Name of the environment variable that holds the server's key
    #[arg(long, value_name = "NAME", default_value = "OPENAI_API_KEY")]
    api_key_env: String,
    /// Requests under way at once
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) concurrency: u16,
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
    /// Ask again what ended in an error
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
        Some(place) => Err(Failure::message(Exit::Usage, format!("--{flag} lacks the place `{place}`"))),
        None => Ok(prompt),
    }
}

fn number<T: std::str::FromStr>(flag: &str, given: &str) -> Result<Option<T>, Failure> {
    if given == "none" {
        return Ok(None);
    }
    let message = || format!("--{flag}: expected a number or `none`, found `{given}`");
    given.parse().map(Some).map_err(|_not_one| Failure::message(Exit::Usage, message()))
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

impl Endpoint {
    /// The server at `base_url`, with the key that the environment holds.
    pub(super) fn server(&self, base_url: &str) -> Result<Server, Failure> {
        check_address(base_url)?;
        let key = std::env::var(&self.api_key_env).ok();
        Ok(Server::new(base_url, key, Duration::from_secs(self.timeout)))
    }

    /// Parameters that show no picture; `mode` names the way to ask.
    pub(super) fn parameters(
        &self,
        base_url: &str,
        model: &str,
        mode: &'static str,
        prompt: String,
    ) -> Result<Parameters, Failure> {
        let extra_body: Map<String, Value> = match &self.extra_body {
            None => Map::new(),
            Some(given) => serde_json::from_str(&text_or_file(given)?).map_err(|error| {
                Failure::message(Exit::Usage, format!("--extra-body is no JSON object: {error}"))
            })?,
        };
        Ok(Parameters {
            base_url: base_url.trim_end_matches('/').to_owned(),
            model: model.to_owned(),
            mode,
            sampler: None,
            image_size: None,
            jpeg_quality: None,
            prompt,
            system: None,
            temperature: number("temperature", &self.temperature)?,
            max_tokens: number("max-tokens", &self.max_tokens)?,
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
    ) -> Setup<'a> {
        interrupt::be_patient();
        Setup {
            server,
            parameters,
            limiter,
            concurrency: usize::from(self.concurrency),
            attempts: self.attempts,
            most_errors: self.max_errors,
            prices: self.price_input.zip(self.price_output).map(|(input, output)| [input, output]),
            stop: interrupt::token().flag(),
        }
    }
}

/// What was spent so far.
pub(super) fn spent(summary: &Summary, setup: &Setup<'_>) -> String {
    let cost = if setup.prices.is_some() { format!(", cost {:.4}", summary.cost) } else { String::new() };
    let usage = summary.usage;
    format!("{} + {} tokens{cost}", usage.prompt_tokens, usage.completion_tokens)
}

/// The line that ends a run.
pub(super) fn told(verb: &str, things: &str, summary: &Summary, setup: &Setup<'_>) -> String {
    format!(
        "{verb} {} {things} with {} request(s): {} answered, {} ended in an error; {}",
        summary.answered + summary.failed,
        summary.requests,
        summary.answered,
        summary.failed,
        spent(summary, setup)
    )
}

/// A run that an interrupt stopped is to be run again.
pub(super) fn stopped(summary: &Summary, things: &str) -> Result<(), Failure> {
    if summary.left > 0 {
        let message = format!("stopped with {} {things} left", summary.left);
        return Err(Failure::message(Exit::Stopped, message).hint("run the same command again to go on"));
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

/// A run that cannot go on; `flag` names the file of its replies.
pub(super) fn failure(flag: &str, error: ask::Error) -> Failure {
    match error {
        ask::Error::File(error) => error.into(),
        ask::Error::Video(error) => error.into(),
        ask::Error::Open(error) => error.into(),
        other @ (ask::Error::Refused { .. } | ask::Error::Hopeless { .. }) => {
            Failure::new(Exit::Stopped, other).hint("what was answered is kept; run again to go on")
        }
        other @ (ask::Error::OtherSettings { .. } | ask::Error::NotOurs { .. }) => {
            Failure::new(Exit::Usage, other).hint(format!("name another file with {flag}"))
        }
        other => Failure::new(Exit::Input, other),
    }
}
