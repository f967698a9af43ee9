//! Serve: the videos of a dataset over HTTP, whether or not there are files of them.
//!
//! In: a dataset's rows and videos, an address. Out: a server that answers GET and HEAD with byte ranges, so that FFmpeg, a
//! browser or a model server reads a recipe as it reads a file. It gives what the dataset names and nothing else.

mod range;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tiny_http::{Header, Method, Request, Response, StatusCode};

use crate::dataset::{METADATA, Row};
use crate::files;
use crate::media;
use crate::media::input::Input;
use crate::media::mux::Reader;
use crate::render::{self, videos::Videos};
use range::Wanted;

/// Videos whose recipes are kept open: each request names a range, and a player sends many.
const MOST_OPEN: usize = 8;

/// A server that cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address is taken or not this machine's.
    #[error("cannot listen on {address}: {reason}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        reason: String,
    },
    /// A video cannot be opened.
    #[error(transparent)]
    Open(#[from] render::Error),
    /// A file cannot be read.
    #[error(transparent)]
    File(#[from] files::Error),
    /// A video cannot be read.
    #[error(transparent)]
    Media(#[from] media::Error),
}

/// What is served.
pub struct Site {
    dir: PathBuf,
    videos: Videos,
    /// Names of the videos, with their digests.
    names: BTreeMap<String, String>,
    open: Mutex<Vec<(String, Input)>>,
}

/// A server that listens.
pub struct Server {
    site: Arc<Site>,
    http: tiny_http::Server,
    address: SocketAddr,
}

impl Site {
    /// The videos of `rows`, and the rows themselves, of the dataset in `dir`.
    pub fn new(dir: PathBuf, rows: &[Row], videos: Videos) -> Self {
        let names = rows.iter().map(|row| (row.file_name.clone(), row.sha256.clone())).collect();
        Self { dir, videos, names, open: Mutex::default() }
    }

    /// Number of videos.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Listens on an address; port 0 takes any that is free.
    pub fn listen(self, address: SocketAddr) -> Result<Server, Error> {
        let refused = |reason: String| Error::Listen { address, reason };
        let http = tiny_http::Server::http(address).map_err(|error| refused(error.to_string()))?;
        let address = http.server_addr().to_ip().ok_or_else(|| refused("it has no port".to_owned()))?;
        Ok(Server { site: Arc::new(self), http, address })
    }

    fn video(&self, name: &str) -> Result<Input, Error> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = open.iter().position(|(found, _)| found == name) {
            // The one asked for last goes last.
            let found = open.remove(at);
            open.push(found);
        } else {
            let input = self.videos.open(name)?;
            if open.len() == MOST_OPEN {
                open.remove(0);
            }
            open.push((name.to_owned(), input));
        }
        let (_, input) = open.last().expect("one was just put there");
        Ok(input.clone())
    }

    /// A page that names the videos.
    fn index(&self) -> String {
        let mut page = format!(
            "<!doctype html><meta charset=\"utf-8\"><title>vniah serve</title>\n<p>{} videos, <a href=\"{METADATA}\">{METADATA}</a>\n<ul>\n",
            self.len()
        );
        let mut seen = BTreeSet::new();
        for name in self.names.keys().filter(|name| seen.insert(name.as_str())) {
            writeln!(page, "<li><a href=\"{name}\">{name}</a>").expect("writing to a string succeeds");
        }
        page.push_str("</ul>\n");
        page
    }
}

impl Server {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until the process ends. `asked` is told of what could not be answered.
    pub fn run(self, failed: impl Fn(&str) + Send + Sync + 'static) {
        let failed = Arc::new(failed);
        for request in self.http.incoming_requests() {
            let (site, failed) = (Arc::clone(&self.site), Arc::clone(&failed));
            // A player that pauses holds its answer back as long as it likes, and so has a thread of its own.
            thread::spawn(move || {
                let url = request.url().to_owned();
                if let Err(error) = answer(&site, request) {
                    failed(&format!("{url}: {error:#}"));
                }
            });
        }
    }
}

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("names and values of this module are ASCII")
}

fn field(request: &Request, name: &'static str) -> Option<String> {
    let found = request.headers().iter().find(|header| header.field.equiv(name));
    found.map(|header| header.value.as_str().to_owned())
}

fn answer(site: &Site, request: Request) -> Result<(), anyhow::Error> {
    if !matches!(request.method(), Method::Get | Method::Head) {
        let allow = Response::empty(405).with_header(header("Allow", "GET, HEAD"));
        return Ok(gone(request.respond(allow))?);
    }
    let path = request.url().split(['?', '#']).next().unwrap_or_default().trim_start_matches('/').to_owned();
    if path.is_empty() {
        let page = Response::from_string(site.index()).with_header(header("Content-Type", "text/html"));
        return Ok(gone(request.respond(page))?);
    }
    if path == METADATA {
        let path = site.dir.join(METADATA);
        let file = File::open(&path).map_err(files::Error::io("read", &path))?;
        let rows = Response::from_file(file).with_header(header("Content-Type", "application/jsonl"));
        return Ok(gone(request.respond(rows))?);
    }
    let Some(sha256) = site.names.get(&path) else {
        return Ok(gone(request.respond(Response::from_string("no such video\n").with_status_code(404)))?);
    };
    let opened = site.video(&path).and_then(|input| Ok((input.size()?, input)));
    match opened {
        Ok((len, input)) => send(request, sha256, len, &input),
        Err(error) => {
            // What is wrong is said to whoever serves: it may name places that are not the reader's to know.
            gone(request.respond(Response::from_string("the video cannot be read\n").with_status_code(500)))?;
            Err(error.into())
        }
    }
}

fn send(request: Request, sha256: &str, len: u64, input: &Input) -> Result<(), anyhow::Error> {
    let tag = format!("\"{sha256}\"");
    // A range of a video that has changed meanwhile is of no use: then all of it is sent.
    let same = field(&request, "If-Range").is_none_or(|seen| seen == tag);
    let range = field(&request, "Range").filter(|_| same && *request.method() == Method::Get);
    let (status, first, last) = match range::wanted(range.as_deref(), len) {
        Wanted::Whole => (200, 0, len.saturating_sub(1)),
        Wanted::Part(first, last) => (206, first, last),
        Wanted::Unsatisfiable => {
            let all = header("Content-Range", &format!("bytes */{len}"));
            return Ok(gone(request.respond(Response::empty(416).with_header(all)))?);
        }
    };
    let count = if len == 0 { 0 } else { last - first + 1 };
    let mut headers =
        vec![header("Content-Type", "video/mp4"), header("Accept-Ranges", "bytes"), header("ETag", &tag)];
    if status == 206 {
        headers.push(header("Content-Range", &format!("bytes {first}-{last}/{len}")));
    }
    let bytes = from(input, first)?.take(count);
    let response = Response::new(StatusCode(status), headers, bytes, Some(count as usize), None)
        // A length that is known beats chunks, which players cannot seek in.
        .with_chunked_threshold(usize::MAX);
    Ok(gone(request.respond(response))?)
}

fn from(input: &Input, first: u64) -> Result<Box<dyn Read + Send>, anyhow::Error> {
    Ok(match input {
        Input::File(path) => {
            let mut file = File::open(path)?;
            file.seek(SeekFrom::Start(first))?;
            Box::new(file)
        }
        Input::Spliced(spliced) => {
            let mut reader = Reader::new(Arc::clone(spliced));
            reader.seek(SeekFrom::Start(first))?;
            Box::new(reader)
        }
    })
}

/// A reader that leaves before the end has what it wanted.
fn gone(sent: std::io::Result<()>) -> std::io::Result<()> {
    use std::io::ErrorKind;
    match sent {
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted
            ) =>
        {
            Ok(())
        }
        sent => sent,
    }
}
