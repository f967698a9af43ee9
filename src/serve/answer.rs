//! Answers to requests to a site: its page, its rows, its videos, or a refusal.
//!
//! In: a site and a request's head. Out: a response.

use std::sync::Arc;

use hyper::http::request::Parts;
use hyper::{Response, StatusCode};
use percent_encoding::percent_decode_str;

use super::Site;
use super::bytes::{Sent, send};
use super::response::{Body, Failed, PLAIN, finished, foreign, text, writing};
use crate::dataset::METADATA;
use crate::media::input::Input;

/// Type of the pages.
const PAGE: &str = "text/html; charset=utf-8";
/// Where the videos are listed.
const LIST: &str = "list";

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
    let sent = match site.sha256(&path) {
        Some(sha256) => Sent { kind: "video/mp4", tag: Some(format!("\"{sha256}\"")) },
        None if path == METADATA => Sent { kind: "application/jsonl", tag: None },
        None if path == LIST => return text(StatusCode::OK, PAGE, site.list()),
        None => return text(StatusCode::NOT_FOUND, PLAIN, "no such video\n"),
    };
    let open = move || if path == METADATA { Ok(Input::file(site.rows())) } else { site.video(&path) };
    send(request, sent, open, failed).await
}
