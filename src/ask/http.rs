//! One request to the server, and what of it can be tried again.
//!
//! In: a body. Out: the reply, as it came, or why there is none: something that may pass (connection, time-out, 408, 409, 425,
//! 429, 5xx), with the wait that the server asks for, or something that will not. The key is sent to the server's own host, and is
//! in nothing that comes out.

use std::time::Duration;

use ureq::http::{Response, Uri};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{ConnectProxyConnector, Connector as _, SocksConnector, TcpConnector};
use ureq::{Agent, Body};

use super::fault::{self, Fault};
use super::key::Key;
use super::proxy;
use super::redirect;
use super::reply::{self, NoReply, Reply};
use super::said::{self, Said};
use super::tls::{self, TlsConnector};

/// The server.
pub struct Server {
    agent: Agent,
    base_url: String,
    url: Uri,
    key: Option<Key>,
}

/// A server that cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unusable {
    /// The address is none.
    #[error("the address of the server cannot be used: {0}")]
    Address(String),
    /// A variable of the environment names no proxy.
    #[error(transparent)]
    Proxy(#[from] proxy::NoProxy),
    /// The certificates that the environment names cannot be used.
    #[error(transparent)]
    Certificates(#[from] tls::Error),
}

/// Most bytes of a reply.
const MOST_BYTES: u64 = 32 << 20;
/// The longest wait that a server may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);
/// Addresses that a request is sent on to, at most.
const MOST_REDIRECTS: usize = 5;

impl Server {
    /// The server at `base_url`, which ends before `/chat/completions`.
    pub fn new(base_url: &str, key: Option<Key>, timeout: Duration) -> Result<Self, Unusable> {
        let base_url = base_url.trim_end_matches('/').to_owned();
        let url: Uri = format!("{base_url}/chat/completions")
            .parse()
            .map_err(|error: ureq::http::uri::InvalidUri| Unusable::Address(error.to_string()))?;
        if url.host().is_none_or(str::is_empty) {
            return Err(Unusable::Address("it names no host".to_owned()));
        }
        proxy::of(&url)?;
        let tls = TlsConnector::default();
        if url.scheme_str() == Some("https") {
            tls.trust()?;
        }
        let config = Agent::config_builder()
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            // A request that is sent on as GET would show no video: each is sent on by hand.
            .max_redirects(0)
            .proxy(None)
            .user_agent(concat!("vniah/", env!("CARGO_PKG_VERSION")));
        let connector =
            ().chain(SocksConnector::default())
                .chain(ConnectProxyConnector::default())
                .chain(TcpConnector::default())
                .chain(tls);
        let agent = Agent::with_parts(config.build(), connector, DefaultResolver::default());
        Ok(Self { agent, base_url, url, key })
    }

    /// Its address as it was given, without `/chat/completions`: for comparison, not to be shown.
    pub fn given_url(&self) -> &str {
        &self.base_url
    }

    /// Its address without `/chat/completions`, as it is recorded and shown.
    pub fn base_url(&self) -> String {
        self.without_key(&self.base_url)
    }

    /// Where requests go, as it is shown.
    pub fn url(&self) -> String {
        self.without_key(&self.url.to_string())
    }

    /// An address without the key, should it hold one that is a secret.
    fn without_key(&self, address: &str) -> String {
        let key = self.key.as_ref().filter(|key| key.is_in(address));
        key.map_or_else(|| address.to_owned(), |key| key.redacted(address))
    }

    /// One line of a server's words, without the key.
    fn line(&self, text: &str) -> String {
        said::line(text, self.key.as_ref())
    }

    /// Sends one request, and gives the reply.
    pub fn send(&self, body: &[u8]) -> Result<Reply, Fault> {
        let mut url = self.url.clone();
        for _ in 0..=MOST_REDIRECTS {
            let mut response = self.post(&url, body)?;
            let status = response.status().as_u16();
            if !(300..400).contains(&status) {
                let wait = wait(&response);
                let said = self.read(&mut response)?;
                return self.judged(&said, wait);
            }
            let location = header(&response, "location");
            let target = redirect::target(&url, status, location.as_deref());
            url = target.map_err(|text| Fault::Fatal(self.line(&text)))?;
        }
        Err(Fault::Fatal(format!("sends requests on more than {MOST_REDIRECTS} times")))
    }

    fn post(&self, url: &Uri, body: &[u8]) -> Result<Response<Body>, Fault> {
        let proxy = proxy::of(url).map_err(|error| Fault::Fatal(error.to_string()))?;
        let request = self.agent.post(url.clone()).config().proxy(proxy).build();
        let mut request = request.header("Content-Type", "application/json");
        if let Some(key) = self.key.as_ref().filter(|_| redirect::is_trusted(&self.url, url)) {
            request = request.header("Authorization", key.bearer());
        }
        request.send(body).map_err(|error| match error {
            ureq::Error::BadUri(_) | ureq::Error::Http(_) => Fault::Lasting(self.line(&error.to_string())),
            ureq::Error::Other(error) if error.is::<tls::Error>() => Fault::Fatal(error.to_string()),
            other => self.passing(&other.to_string()),
        })
    }

    fn passing(&self, text: &str) -> Fault {
        Fault::Passing { text: self.line(text), wait: None }
    }

    fn read(&self, response: &mut Response<Body>) -> Result<Said, Fault> {
        let status = response.status().as_u16();
        let content_type = header(response, "content-type");
        let body = response.body_mut().with_config().limit(MOST_BYTES).read_to_vec();
        let body = body.map_err(|error| match error {
            // It is paid for, and would come again.
            ureq::Error::BodyExceedsLimit(_) => {
                Fault::Lasting(format!("the reply is longer than {} MiB", MOST_BYTES >> 20))
            }
            error => self.passing(&format!("the reply breaks off: {error}")),
        })?;
        Ok(Said { status, content_type, body })
    }

    /// The reply that a response holds, or what it means that it holds none.
    fn judged(&self, said: &Said, wait: Option<Duration>) -> Result<Reply, Fault> {
        let key = self.key.as_ref();
        if !(200..300).contains(&said.status) {
            return Err(fault::of_status(said.status, &said.text(), &said.told(key), wait));
        }
        let head = said.head(key);
        let Ok(text) = std::str::from_utf8(&said.body) else {
            return Err(Fault::Lasting(format!("{head}, not UTF-8: {}", self.line(&said.text()))));
        };
        match reply::read(text) {
            Ok(reply) if key.is_some_and(|key| is_in(key, &reply)) => Err(Fault::Lasting(
                "the reply contains the key, so it is not kept: the server echoes what it receives"
                    .to_owned(),
            )),
            Ok(reply) => {
                Ok(Reply { finish_reason: reply.finish_reason.map(|reason| self.line(&reason)), ..reply })
            }
            Err(NoReply::NotJson(_)) if said.is_stream() => Err(Fault::Lasting(format!(
                "{head}: a stream of events instead of one reply (is `stream` set in --extra-body?): {}",
                self.line(text)
            ))),
            Err(NoReply::NotJson(error)) => {
                let what = format!("{head}, not JSON ({error}): {}", self.line(text));
                // A body that ends too early, or that is a page of something before the server, may pass; a whole reply that
                // is no JSON is paid for, and would come again.
                let is_page = !text.trim_start().starts_with('{');
                Err(if error.is_eof() || is_page {
                    Fault::Passing { text: what, wait }
                } else {
                    Fault::Lasting(what)
                })
            }
            Err(NoReply::Error(value)) => {
                Err(fault::of_error(&value, &self.line(&said::message(text)), wait))
            }
            Err(NoReply::Lacks(field)) => {
                let text = format!("the reply has no `{field}`: {}", self.line(text));
                Err(Fault::Passing { text, wait })
            }
        }
    }
}

/// Whether what is kept of a reply as it came holds the key.
fn is_in(key: &Key, reply: &Reply) -> bool {
    key.is_in(&reply.text) || reply.reasoning.as_deref().is_some_and(|text| key.is_in(text))
}

fn header(response: &Response<Body>, name: &str) -> Option<String> {
    let value = response.headers().get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// How long the server asks to wait.
fn wait(response: &Response<Body>) -> Option<Duration> {
    let milliseconds = header(response, "retry-after-ms").and_then(|text| text.trim().parse::<u64>().ok());
    let wait = milliseconds.map(Duration::from_millis);
    let after = || after(header(response, "retry-after").as_deref(), header(response, "date").as_deref());
    wait.map(|wait| wait.min(LONGEST_WAIT)).or_else(after)
}

/// `Retry-After` in seconds, or as a date, which is taken against the server's own `Date`.
fn after(after: Option<&str>, date: Option<&str>) -> Option<Duration> {
    let after = after?.trim();
    let wait = match after.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok()?,
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
        assert_eq!(after(Some("7"), None), Some(Duration::from_secs(7)));
        assert_eq!(after(Some("0.25"), None), Some(Duration::from_millis(250)));
        let now = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(after(Some("Sun, 06 Nov 1994 08:50:07 GMT"), Some(now)), Some(Duration::from_secs(30)));
        assert_eq!(after(Some("Sun, 06 Nov 1994 08:50:07 GMT"), None), None);
        assert_eq!(after(Some("soon"), Some(now)), None);
        assert_eq!(after(Some("-1"), None), None);
        assert_eq!(after(Some("999999999"), None), Some(LONGEST_WAIT));
    }

    #[test]
    fn an_address_has_a_host() {
        let server = |url: &str| Server::new(url, None, Duration::from_secs(1));
        assert_eq!(server("http://localhost:1/v1/").unwrap().url(), "http://localhost:1/v1/chat/completions");
        for bad in ["http://", "http:///v1", "http://a b/v1", "/v1"] {
            assert!(matches!(server(bad), Err(Unusable::Address(_))), "{bad}");
        }
    }
}
