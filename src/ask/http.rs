//! One request to the server, and what of it can be tried again.
//!
//! In: a body. Out: the reply's text, or why there is none: something that may pass (connection, time-out, 408, 409, 429,
//! 5xx), with the wait that the server asks for, or something that will not. The key is sent, and is in nothing that comes
//! out.

use std::time::Duration;

use serde_json::Value;

/// The server.
pub struct Server {
    agent: ureq::Agent,
    url: String,
    key: Option<String>,
}

/// Why there is no reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It may pass: after at least this wait, if the server says so.
    Passing {
        /// What happened, without the key.
        text: String,
        /// What `Retry-After` asks for.
        wait: Option<Duration>,
    },
    /// This request will not be answered.
    Lasting(String),
    /// No request will be: the key, the model or the address is wrong.
    Fatal {
        /// Status of HTTP.
        status: u16,
        /// What the server said, without the key.
        text: String,
    },
}

/// Most bytes of a reply, and characters of an error that are kept.
const MOST_BYTES: u64 = 32 << 20;
const MOST_CHARS: usize = 300;
/// The longest wait that a server may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

impl Server {
    /// The server at `base_url`, which ends before `/chat/completions`.
    pub fn new(base_url: &str, key: Option<String>, timeout: Duration) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            .user_agent(concat!("vniah/", env!("CARGO_PKG_VERSION")));
        Self {
            agent: config.build().into(),
            url: format!("{}/chat/completions", base_url.trim_end_matches('/')),
            key: key.filter(|key| !key.is_empty()),
        }
    }

    /// Where requests go.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// `text` without the key.
    pub fn redact(&self, text: &str) -> String {
        match &self.key {
            Some(key) => text.replace(key.as_str(), "[key]"),
            None => text.to_owned(),
        }
    }

    /// Sends one request and gives the text of the reply.
    pub fn send(&self, body: &[u8]) -> Result<String, Fault> {
        let mut request = self.agent.post(&self.url).header("Content-Type", "application/json");
        if let Some(key) = &self.key {
            request = request.header("Authorization", format!("Bearer {key}"));
        }
        let passing = |text: String| Fault::Passing { text: self.redact(&text), wait: None };
        let mut response = request.send(body).map_err(|error| match error {
            ureq::Error::BadUri(_) | ureq::Error::Http(_) => Fault::Lasting(self.redact(&error.to_string())),
            other => passing(other.to_string()),
        })?;
        let status = response.status().as_u16();
        let header = |name: &str| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let wait = wait(header("retry-after").as_deref(), header("date").as_deref());
        let text = response
            .body_mut()
            .with_config()
            .limit(MOST_BYTES)
            .read_to_string()
            .map_err(|error| passing(format!("the reply breaks off: {error}")))?;
        let short = || self.redact(&short(&text));
        match status {
            200..300 => Ok(text),
            401 | 403 | 404 => Err(Fault::Fatal { status, text: short() }),
            408 | 409 | 425 | 429 | 500.. => {
                Err(Fault::Passing { text: format!("status {status}: {}", short()), wait })
            }
            _ => Err(Fault::Lasting(format!("status {status}: {}", short()))),
        }
    }
}

/// An error's message, or the beginning of what came instead.
fn short(text: &str) -> String {
    let value: Option<Value> = serde_json::from_str(text).ok();
    let message = value.as_ref().and_then(|value| {
        let error = value.get("error").unwrap_or(value);
        error.get("message").or_else(|| error.get("detail")).unwrap_or(error).as_str()
    });
    let text = message.unwrap_or(text).trim();
    match text.char_indices().nth(MOST_CHARS) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text.to_owned(),
    }
}

/// `Retry-After` in seconds, or as a date, which is taken against the server's own `Date`.
fn wait(after: Option<&str>, date: Option<&str>) -> Option<Duration> {
    let after = after?.trim();
    let wait = match after.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => httpdate::parse_http_date(after)
            .ok()?
            .duration_since(httpdate::parse_http_date(date?).ok()?)
            .ok()?,
    };
    Some(wait.min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_seconds_or_dates() {
        assert_eq!(wait(Some("7"), None), Some(Duration::from_secs(7)));
        let now = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(wait(Some("Sun, 06 Nov 1994 08:50:07 GMT"), Some(now)), Some(Duration::from_secs(30)));
        assert_eq!(wait(Some("Sun, 06 Nov 1994 08:50:07 GMT"), None), None);
        assert_eq!(wait(Some("soon"), Some(now)), None);
        assert_eq!(wait(Some("999999999"), None), Some(LONGEST_WAIT));
    }

    #[test]
    fn the_key_is_in_no_text() {
        let server =
            Server::new("http://localhost:1/v1/", Some("sk-secret".to_owned()), Duration::from_secs(1));
        assert_eq!(server.url(), "http://localhost:1/v1/chat/completions");
        assert_eq!(server.redact("bad key sk-secret!"), "bad key [key]!");
        assert_eq!(short(r#"{"error": {"message": " no "}}"#), "no");
        assert_eq!(short(r#"{"detail": "x"}"#), "x");
        assert_eq!(short(&"é".repeat(400)), format!("{}...", "é".repeat(300)));
    }
}
