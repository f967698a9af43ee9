//! Serve: the videos of a dataset over HTTP, whether or not there are files of them.
//!
//! In: a dataset's rows and videos, an address. Out: a server that answers GET and HEAD with byte ranges, so that FFmpeg, a
//! browser or a model server reads a recipe as it reads a file. It gives what the dataset names and nothing else.

mod range;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tiny_http::{HTTPVersion, Method, Request, StatusCode};

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
    pub fn videos(&self) -> usize {
        self.names.len()
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
            self.videos()
        );
        for name in self.names.keys() {
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

    /// Answers until the process ends. `failed` is told of what could not be answered.
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

/// What is sent before the bytes.
struct Head {
    status: u16,
    fields: Vec<(&'static str, String)>,
    len: u64,
}

fn field(request: &Request, name: &'static str) -> Option<String> {
    let found = request.headers().iter().find(|header| header.field.equiv(name));
    found.map(|header| header.value.as_str().to_owned())
}

fn answer(site: &Site, request: Request) -> Result<(), anyhow::Error> {
    let plain = |status, text: &'static str| (Head::text(status, "text/plain", text.len()), text.as_bytes());
    if !matches!(request.method(), Method::Get | Method::Head) {
        let (mut head, text) = plain(405, "only GET and HEAD are answered\n");
        head.fields.push(("Allow", "GET, HEAD".to_owned()));
        return respond(request, &head, text);
    }
    let path = request.url().split(['?', '#']).next().unwrap_or_default().trim_start_matches('/').to_owned();
    if path.is_empty() {
        let page = site.index();
        return respond(request, &Head::text(200, "text/html; charset=utf-8", page.len()), page.as_bytes());
    }
    if path == METADATA {
        let path = site.dir.join(METADATA);
        let rows = std::fs::read(&path).map_err(files::Error::io("read", &path))?;
        return respond(request, &Head::text(200, "application/jsonl", rows.len()), rows.as_slice());
    }
    let Some(sha256) = site.names.get(&path) else {
        let (head, text) = plain(404, "no such video\n");
        return respond(request, &head, text);
    };
    let opened = site.video(&path).and_then(|input| Ok((input.size()?, input)));
    match opened {
        Ok((len, input)) => send(request, sha256, len, &input),
        Err(error) => {
            // What is wrong is said to whoever serves: it may name places that are not the reader's to know.
            let (head, text) = plain(500, "the video cannot be read\n");
            respond(request, &head, text)?;
            Err(error.into())
        }
    }
}

fn send(request: Request, sha256: &str, len: u64, input: &Input) -> Result<(), anyhow::Error> {
    let tag = format!("\"{sha256}\"");
    // A range of a video that has changed meanwhile is of no use: then all of it is sent.
    let same = field(&request, "If-Range").is_none_or(|seen| seen == tag);
    let range = field(&request, "Range").filter(|_| same && *request.method() == Method::Get);
    let mut fields =
        vec![("Content-Type", "video/mp4".to_owned()), ("Accept-Ranges", "bytes".to_owned()), ("ETag", tag)];
    let (status, first, count) = match range::wanted(range.as_deref(), len) {
        Wanted::Whole => (200, 0, len),
        Wanted::Part(first, last) => {
            fields.push(("Content-Range", format!("bytes {first}-{last}/{len}")));
            (206, first, last - first + 1)
        }
        Wanted::Unsatisfiable => {
            fields.push(("Content-Range", format!("bytes */{len}")));
            (416, 0, 0)
        }
    };
    respond(request, &Head { status, fields, len: count }, from(input, first)?.take(count))
}

impl Head {
    fn text(status: u16, kind: &str, len: usize) -> Self {
        Self { status, fields: vec![("Content-Type", kind.to_owned())], len: len as u64 }
    }

    /// As HTTP/1.1 has it. A client that asks for the end of the connection is told of it: FFmpeg would otherwise send its
    /// next request where nobody listens.
    fn line(&self, closes: bool) -> String {
        let reason = StatusCode(self.status).default_reason_phrase();
        let mut head = format!("HTTP/1.1 {} {reason}\r\nContent-Length: {}\r\n", self.status, self.len);
        if closes {
            head.push_str("Connection: close\r\n");
        }
        for (name, value) in &self.fields {
            write!(head, "{name}: {value}\r\n").expect("writing to a string succeeds");
        }
        head + "\r\n"
    }
}

/// Sends an answer. A reader that leaves before its end has what it wanted.
fn respond(request: Request, head: &Head, mut body: impl Read) -> Result<(), anyhow::Error> {
    let is_old = *request.http_version() < HTTPVersion(1, 1);
    let closes =
        is_old || field(&request, "Connection").is_some_and(|said| said.eq_ignore_ascii_case("close"));
    let is_head = *request.method() == Method::Head;
    let mut writer = request.into_writer();
    let sent = writer.write_all(head.line(closes).as_bytes()).and_then(|()| {
        if !is_head {
            io::copy(&mut body, &mut writer)?;
        }
        writer.flush()
    });
    match sent {
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted
            ) =>
        {
            Ok(())
        }
        sent => Ok(sent?),
    }
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
