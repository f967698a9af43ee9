//! Answers to requests: rows, videos by ranges of bytes, the page, or a refusal.
//!
//! In: a site and a request's head. Out: a response whose body is read from its file or recipe as the client takes it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use http_body_util::channel::{Channel, Sender};
use http_body_util::{Either, Full};
use hyper::body::Bytes;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::http::uri::Authority;
use hyper::{Method, Response, StatusCode, Version};
use percent_encoding::percent_decode_str;
use rustix::io::Errno;
use tokio::task::spawn_blocking;

use super::range::{Wanted, wanted};
use super::{Error, Failed, Site, host};
use crate::dataset::METADATA;
use crate::files;
use crate::media::input::Input;
use crate::media::mux::Reader;

/// Bytes that are read at once.
const BLOCK: u64 = 1 << 17;

/// A text that is held, or bytes as they are read.
pub(super) type Body = Either<Full<Bytes>, Channel<Bytes, io::Error>>;

/// Where bytes are read from.
type Source = Box<dyn Read + Send>;

/// The answer to a request. `failed` is told of what could not be answered.
pub(super) async fn answer(site: Arc<Site>, request: &Parts, failed: &Failed) -> Response<Body> {
    let mut response = respond(site, request, failed).await;
    let fields = response.headers_mut();
    fields.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // A client that asks for the end of the connection is told of it: FFmpeg would otherwise send its next request where
    // nobody listens.
    let closes = field(request, &header::CONNECTION).is_some_and(|said| said.eq_ignore_ascii_case("close"));
    if closes || request.version < Version::HTTP_11 {
        fields.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

async fn respond(site: Arc<Site>, request: &Parts, failed: &Failed) -> Response<Body> {
    if let Some(refused) = refusal(request) {
        return refused;
    }
    let path =
        percent_decode_str(request.uri.path().trim_start_matches('/')).decode_utf8_lossy().into_owned();
    if path.is_empty() {
        return text(StatusCode::OK, "text/html; charset=utf-8", site.index());
    }
    let (kind, tag) = match site.sha256(&path) {
        Some(sha256) => ("video/mp4", Some(format!("\"{sha256}\""))),
        None if path == METADATA => ("application/jsonl", None),
        None => return text(StatusCode::NOT_FOUND, PLAIN, "no such video\n"),
    };
    let range = tag.as_ref().and_then(|tag| range(request, tag));
    let opened = spawn_blocking(move || open(&site, &path, range.as_deref()));
    let opened = match opened.await {
        Ok(Ok(opened)) => opened,
        Ok(Err(error)) => return unreadable(request, &error, &**failed),
        Err(error) => return unreadable(request, &error, &**failed),
    };
    let mut response = Response::builder()
        .status(opened.status)
        .header(header::CONTENT_TYPE, kind)
        .header(header::CONTENT_LENGTH, opened.count);
    if let Some(tag) = tag {
        response = response.header(header::ACCEPT_RANGES, "bytes").header(header::ETAG, tag);
    }
    if let Some(said) = opened.range {
        response = response.header(header::CONTENT_RANGE, said);
    }
    let body = if request.method == Method::HEAD {
        Either::Left(Full::default())
    } else {
        let (sender, body) = Channel::new(1);
        let failed = (Arc::clone(failed), request.uri.clone());
        tokio::spawn(send(opened.source, opened.count, sender, move |error| {
            failed.0(&format!("{}: {error}", failed.1));
        }));
        Either::Right(body)
    };
    response.body(body).unwrap_or_else(|error| unreadable(request, &error, &**failed))
}

/// Type of the refusals.
const PLAIN: &str = "text/plain";

fn text(status: StatusCode, kind: &'static str, text: impl Into<Bytes>) -> Response<Body> {
    let text = text.into();
    let mut response = Response::new(Either::Left(Full::new(text.clone())));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(text.len()));
    response
}

/// The refusal of a request that nothing is given to.
fn refusal(request: &Parts) -> Option<Response<Body>> {
    let said = field(request, &header::HOST);
    let hosts = said.into_iter().chain(request.uri.authority().map(Authority::as_str));
    if hosts.into_iter().any(|host| !host::is_ours(host)) {
        let refused = "this server answers to its address and to localhost alone\n";
        return Some(text(StatusCode::MISDIRECTED_REQUEST, PLAIN, refused));
    }
    if said.is_none() && request.version >= Version::HTTP_11 {
        return Some(text(StatusCode::BAD_REQUEST, PLAIN, "the request names no host\n"));
    }
    if matches!(request.method, Method::GET | Method::HEAD) {
        return None;
    }
    let mut refused = text(StatusCode::METHOD_NOT_ALLOWED, PLAIN, "only GET and HEAD are answered\n");
    refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    Some(refused)
}

/// What is wrong is said to whoever serves: it may name places that are not the reader's to know.
fn unreadable(
    request: &Parts,
    error: &(dyn std::error::Error + 'static),
    failed: &dyn Fn(&str),
) -> Response<Body> {
    failed(&format!("{}: {}", request.uri, chain(error)));
    if is_short_of_files(error) {
        let mut later = text(StatusCode::SERVICE_UNAVAILABLE, PLAIN, "too many files are open; try again\n");
        later.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        return later;
    }
    text(StatusCode::INTERNAL_SERVER_ERROR, PLAIN, "the video cannot be read\n")
}

/// An error and its causes.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    causes(error).skip(1).fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// Whether the process, or the machine, has no descriptor left.
fn is_short_of_files(error: &(dyn std::error::Error + 'static)) -> bool {
    causes(error).any(|cause| {
        let code = cause.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error);
        code.is_some_and(|code| [Errno::MFILE, Errno::NFILE].map(Errno::raw_os_error).contains(&code))
    })
}

fn causes<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |cause| cause.source())
}

fn field<'a>(request: &'a Parts, name: &HeaderName) -> Option<&'a str> {
    request.headers.get(name)?.to_str().ok()
}

/// The range that a request asks for. A range of a video that has changed meanwhile is of no use: then all of it is sent.
fn range(request: &Parts, tag: &str) -> Option<String> {
    let is_same = field(request, &header::IF_RANGE).is_none_or(|seen| seen == tag);
    let asked = field(request, &header::RANGE).filter(|_| is_same && request.method == Method::GET);
    asked.map(str::to_owned)
}

/// Bytes that are ready to be sent.
struct Opened {
    status: StatusCode,
    /// The field `Content-Range`.
    range: Option<String>,
    source: Source,
    count: u64,
}

/// Opens a video, or the rows, at the first byte that is asked for.
fn open(site: &Site, path: &str, range: Option<&str>) -> Result<Opened, Error> {
    let input = if path == METADATA { Input::file(site.rows()) } else { site.video(path)? };
    let len = input.size()?;
    let (status, said, first, count) = match wanted(range, len) {
        Wanted::Whole => (StatusCode::OK, None, 0, len),
        Wanted::Part(first, last) => (
            StatusCode::PARTIAL_CONTENT,
            Some(format!("bytes {first}-{last}/{len}")),
            first,
            last - first + 1,
        ),
        Wanted::Unsatisfiable => (StatusCode::RANGE_NOT_SATISFIABLE, Some(format!("bytes */{len}")), 0, 0),
    };
    let source = from(&input, first).map_err(files::Error::io("read", input.name()))?;
    Ok(Opened { status, range: said, source, count })
}

fn from(input: &Input, first: u64) -> io::Result<Source> {
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

/// Sends `count` bytes as fast as the client takes them. A client that pauses holds no thread. One that leaves before the end has what
/// it wanted.
async fn send(
    mut source: Source,
    mut count: u64,
    mut sender: Sender<Bytes, io::Error>,
    failed: impl Fn(&dyn std::error::Error) + Send,
) {
    while count > 0 {
        let read = spawn_blocking(move || {
            let mut block = vec![0; count.min(BLOCK) as usize];
            let read = source.read(&mut block).and_then(|length| match length {
                0 => Err(io::ErrorKind::UnexpectedEof.into()),
                _ => Ok(length),
            });
            let block = read.map(|length| {
                block.truncate(length);
                block
            });
            (source, block)
        });
        let block = match read.await {
            Ok((rest, block)) => {
                source = rest;
                block
            }
            Err(error) => {
                failed(&error);
                return sender.abort(io::Error::other(error));
            }
        };
        match block {
            Ok(block) => {
                count -= block.len() as u64;
                if sender.send_data(block.into()).await.is_err() {
                    return;
                }
            }
            Err(error) => {
                failed(&error);
                return sender.abort(error);
            }
        }
    }
}
