//! Files and recipes as responses, by ranges of bytes.
//!
//! In: a request's head, and how the input is opened. Out: a response whose body is read as the client takes it.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use http_body_util::{Either, Full};
use hyper::StatusCode;
use hyper::body::Bytes;
use hyper::header;
use hyper::http::request::Parts;
use hyper::{Method, Response};
use tokio::sync::mpsc::Sender;
use tokio::task::spawn_blocking;

use super::Error;
use super::blocks::blocks;
use super::range::{Wanted, wanted};
use super::response::{Body, Failed, field, unreadable};
use crate::files;
use crate::media::input::Input;
use crate::media::mux::Reader;

/// Bytes that are read at once.
const BLOCK: u64 = 1 << 17;

/// Where bytes are read from.
type Source = Box<dyn Read + Send>;

/// What is sent, beside its bytes.
pub(crate) struct Sent {
    /// Its media type.
    pub(crate) kind: &'static str,
    /// What tells it from others, for its entity tag. What has a tag is sent by ranges, too.
    pub(crate) tag: Option<String>,
}

/// The response that sends what `input` opens. `failed` is told of what could not be read.
pub(crate) async fn send(
    request: &Parts,
    Sent { kind, tag }: Sent,
    input: impl FnOnce() -> Result<Input, Error> + Send + 'static,
    failed: &Failed,
) -> Response<Body> {
    let asked = Asked::of(request);
    let opened = spawn_blocking(move || open(&input()?, tag, &asked));
    let opened = match opened.await {
        Ok(Ok(opened)) => opened,
        Ok(Err(error)) => return unreadable(request, &error, &**failed),
        Err(error) => return unreadable(request, &error, &**failed),
    };
    let mut response = Response::builder()
        .status(opened.status)
        .header(header::CONTENT_TYPE, kind)
        .header(header::CONTENT_LENGTH, opened.count);
    if let Some(tag) = opened.tag {
        response = response.header(header::ACCEPT_RANGES, "bytes").header(header::ETAG, tag);
    }
    if let Some(said) = opened.range {
        response = response.header(header::CONTENT_RANGE, said);
    }
    let body = if request.method == Method::HEAD {
        Either::Left(Full::default())
    } else {
        let (sender, body) = blocks();
        let failed = (Arc::clone(failed), request.uri.clone());
        tokio::spawn(pump(opened.source, opened.count, sender, move |error| {
            failed.0(&format!("{}: {error}", failed.1));
        }));
        Either::Right(body)
    };
    response.body(body).unwrap_or_else(|error| unreadable(request, &error, &**failed))
}

/// The range that a request asks for.
struct Asked {
    range: Option<String>,
    /// The entity tag that what is sent has to have.
    condition: Option<String>,
}

impl Asked {
    fn of(request: &Parts) -> Self {
        let range = field(request, &header::RANGE).filter(|_| request.method == Method::GET);
        let condition = field(request, &header::IF_RANGE);
        Self { range: range.map(str::to_owned), condition: condition.map(str::to_owned) }
    }

    /// The range of what has this tag. A range of what has changed meanwhile is of no use: then all of it is sent.
    fn range_of(&self, tag: Option<&str>) -> Option<&str> {
        let is_same = self.condition.is_none() || self.condition.as_deref() == tag;
        self.range.as_deref().filter(|_| tag.is_some() && is_same)
    }
}

/// The entity tag of what is opened under `tag`. A file may be replaced while it is served, so its size and time count too.
fn entity(tag: &str, input: &Input) -> io::Result<String> {
    let Input::File(path) = input else { return Ok(format!("\"{tag}\"")) };
    let found = fs::metadata(path)?;
    let changed = found.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(format!("\"{tag}-{:x}-{:x}\"", found.len(), changed.as_nanos()))
}

/// Bytes that are ready to be sent.
struct Opened {
    status: StatusCode,
    /// The field `ETag`.
    tag: Option<String>,
    /// The field `Content-Range`.
    range: Option<String>,
    source: Source,
    count: u64,
}

/// Opens an input at the first byte that is asked for.
fn open(input: &Input, tag: Option<String>, asked: &Asked) -> Result<Opened, Error> {
    let read = |error| files::Error::io("read", input.name())(error);
    let tag = tag.map(|tag| entity(&tag, input)).transpose().map_err(read)?;
    let len = input.size()?;
    let (status, said, first, count) = match wanted(asked.range_of(tag.as_deref()), len) {
        Wanted::Whole => (StatusCode::OK, None, 0, len),
        Wanted::Part(first, last) => (
            StatusCode::PARTIAL_CONTENT,
            Some(format!("bytes {first}-{last}/{len}")),
            first,
            last - first + 1,
        ),
        Wanted::Unsatisfiable => (StatusCode::RANGE_NOT_SATISFIABLE, Some(format!("bytes */{len}")), 0, 0),
    };
    let source = from(input, first).map_err(read)?;
    Ok(Opened { status, tag, range: said, source, count })
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
async fn pump(
    mut source: Source,
    mut count: u64,
    sender: Sender<io::Result<Bytes>>,
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
                // A client that left is told nothing.
                return drop(sender.send(Err(io::Error::other(error))).await);
            }
        };
        match block {
            Ok(block) => {
                count -= block.len() as u64;
                if sender.send(Ok(block.into())).await.is_err() {
                    return;
                }
            }
            Err(error) => {
                failed(&error);
                return drop(sender.send(Err(error)).await);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    use hyper::body::Body as _;

    use super::*;

    #[test]
    fn no_block_is_lost_however_the_sender_and_the_taker_meet() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let sent = [7_u8; 1000];
        let mut context = Context::from_waker(Waker::noop());
        for turn in 0..20_000 {
            let (sender, mut body) = blocks();
            runtime.spawn(pump(Box::new(Cursor::new(sent)), sent.len() as u64, sender, |_| {}));
            let mut taken = 0;
            // Asked without a pause, so that it asks at every moment of the sending.
            loop {
                match Pin::new(&mut body).poll_frame(&mut context) {
                    Poll::Ready(Some(frame)) => taken += frame.unwrap().into_data().unwrap().len(),
                    Poll::Ready(None) => break,
                    Poll::Pending => std::hint::spin_loop(),
                }
            }
            assert_eq!(taken, sent.len(), "turn {turn}");
        }
    }
}
