//! Responses that are ready at once: texts, refusals, and what is said where something cannot be read.
//!
//! In: a request's head, or an error. Out: a response. What is wrong is said to whoever serves: it may name places that are not the
//! reader's to know.

use std::io;
use std::sync::Arc;

use http_body_util::{Either, Full};
use hyper::body::Bytes;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::http::uri::Authority;
use hyper::{Method, Response, StatusCode, Version};
use rustix::io::Errno;

use super::blocks::Blocks;
use super::host;
use crate::wording;

/// A text that is held, or bytes as they are read.
pub(crate) type Body = Either<Full<Bytes>, Blocks>;

/// Told of what could not be answered.
pub(crate) type Failed = Arc<dyn Fn(&str) + Send + Sync>;

/// Type of the refusals.
pub(crate) const PLAIN: &str = "text/plain";

/// A response that is a text.
pub(crate) fn text(status: StatusCode, kind: &'static str, text: impl Into<Bytes>) -> Response<Body> {
    let text = text.into();
    let mut response = Response::new(Either::Left(Full::new(text.clone())));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(text.len()));
    response
}

/// The refusal of a request that is not meant for this server.
pub(crate) fn foreign(request: &Parts) -> Option<Response<Body>> {
    let said = field(request, &header::HOST);
    let hosts = said.into_iter().chain(request.uri.authority().map(Authority::as_str));
    if hosts.into_iter().any(|host| !host::is_ours(host)) {
        let refused = "this server answers to its address and to localhost alone\n";
        return Some(text(StatusCode::MISDIRECTED_REQUEST, PLAIN, refused));
    }
    if said.is_none() && request.version >= Version::HTTP_11 {
        return Some(text(StatusCode::BAD_REQUEST, PLAIN, "the request names no host\n"));
    }
    None
}

/// The refusal of a request that does more than read.
pub(crate) fn writing(request: &Parts) -> Option<Response<Body>> {
    if matches!(request.method, Method::GET | Method::HEAD) {
        return None;
    }
    let mut refused = text(StatusCode::METHOD_NOT_ALLOWED, PLAIN, "only GET and HEAD are answered\n");
    refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    Some(refused)
}

/// The same response with what every response of this server says.
pub(crate) fn finished(mut response: Response<Body>, request: &Parts) -> Response<Body> {
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

/// The response where something cannot be read, of which whoever serves is told.
pub(crate) fn unreadable(
    request: &Parts,
    error: &(dyn std::error::Error + 'static),
    failed: &dyn Fn(&str),
) -> Response<Body> {
    failed(&format!("{}: {}", request.uri, wording::chain(error)));
    if is_short_of_files(error) {
        let mut later = text(StatusCode::SERVICE_UNAVAILABLE, PLAIN, "too many files are open; try again\n");
        later.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        return later;
    }
    text(StatusCode::INTERNAL_SERVER_ERROR, PLAIN, "the video cannot be read\n")
}

/// The value of a field of a request.
pub(crate) fn field<'a>(request: &'a Parts, name: &HeaderName) -> Option<&'a str> {
    request.headers.get(name)?.to_str().ok()
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
