//! Answers to requests to a site: its page, its rows, its videos, its pictures, or a refusal.
//!
//! In: a site and a request's head. Out: a response.

use std::sync::Arc;

use hyper::body::Bytes;
use hyper::header::{self, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};
use percent_encoding::percent_decode_str;
use tokio::task::spawn_blocking;

use super::bytes::{Sent, send};
use super::response::{Body, Failed, PLAIN, field, finished, foreign, text, unreadable, writing};
use super::{Error, Site};
use crate::dataset::METADATA;
use crate::media::input::Input;

/// Type of the pages.
const PAGE: &str = "text/html; charset=utf-8";
/// Type of the pictures.
const JPEG: &str = "image/jpeg";
/// Where the videos are listed.
const LIST: &str = "list";
/// Where the pictures of samples are: `thumbnails/SAMPLE.jpg`.
const THUMBNAILS: &str = "thumbnails/";

/// The answer to a request. `failed` is told of what could not be answered.
pub(super) async fn answer(site: Arc<Site>, request: &Parts, failed: &Failed) -> Response<Body> {
    finished(respond(site, request, failed).await, request)
}

async fn respond(site: Arc<Site>, request: &Parts, failed: &Failed) -> Response<Body> {
    if let Some(refused) = foreign(request).or_else(|| writing(request)) {
        return refused;
    }
    let path =
        percent_decode_str(request.uri.path().trim_start_matches('/')).decode_utf8_lossy().into_owned();
    if path.is_empty() {
        return text(StatusCode::OK, PAGE, site.front());
    }
    if let Some(sample) = path.strip_prefix(THUMBNAILS).and_then(|name| name.strip_suffix(".jpg")) {
        return thumbnail(site, sample.to_owned(), request, failed).await;
    }
    let sent = match site.sha256(&path) {
        Some(sha256) => Sent { kind: "video/mp4", tag: Some(sha256.to_owned()) },
        None if path == METADATA => Sent { kind: "application/jsonl", tag: None },
        None if path == LIST => return text(StatusCode::OK, PAGE, site.list()),
        None => return text(StatusCode::NOT_FOUND, PLAIN, "no such video\n"),
    };
    let open = move || if path == METADATA { Ok(Input::file(site.rows())) } else { site.video(&path) };
    send(request, sent, open, failed).await
}

/// The picture of a sample. A browser keeps it, and asks only whether it is the same still.
async fn thumbnail(site: Arc<Site>, sample: String, request: &Parts, failed: &Failed) -> Response<Body> {
    let Some(tag) = site.thumbnails().tag(&sample).and_then(|tag| HeaderValue::from_str(tag).ok()) else {
        return text(StatusCode::NOT_FOUND, PLAIN, "no such sample\n");
    };
    let mut response = if field(request, &header::IF_NONE_MATCH) == tag.to_str().ok() {
        text(StatusCode::NOT_MODIFIED, JPEG, "")
    } else {
        match picture(site, sample).await {
            Ok(Some(picture)) => text(StatusCode::OK, JPEG, picture),
            Ok(None) => return text(StatusCode::NOT_FOUND, PLAIN, "no such sample\n"),
            Err(error) => return unreadable(request, &error, &**failed),
        }
    };
    let is_same = response.status() == StatusCode::NOT_MODIFIED;
    let fields = response.headers_mut();
    if is_same {
        fields.remove(header::CONTENT_LENGTH);
    }
    fields.insert(header::ETAG, tag);
    fields.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

async fn picture(site: Arc<Site>, sample: String) -> Result<Option<Bytes>, Error> {
    if let Some(picture) = site.thumbnails().made(&sample) {
        return Ok(Some(picture));
    }
    // Nobody closes it.
    let turn = site.thumbnails().turns().acquire_owned().await;
    let made = spawn_blocking(move || site.thumbnails().make(&sample)).await;
    drop(turn);
    made.map_err(|error| Error::Start(error.into()))?
}
