//! The page's requests: what is read, and what is answered.
//!
//! In: requests of this machine's own page. Out: the page, videos under numbers that tell nothing, questions and answers as JSON. A
//! message comes from this page alone: one that another site's page sends is refused.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode};
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::task::spawn_blocking;

use super::Error;
use super::desk::{Quiz, Tally};
use super::page::{POLICY, page};
use super::sheet::Refusal;
use crate::render::videos::Videos;
use crate::serve::{Body, Failed, Kept, PLAIN, Sent, Server, field, finished, foreign, send, text};

/// Bytes of a message, and how long it may take.
const MOST_BYTES: usize = 16 << 10;
const MOST_TIME: Duration = Duration::from_secs(30);

/// Who may use what is sent: no page of another site.
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

const JSON: &str = "application/json";

/// What requests are answered from.
struct Desk {
    quiz: Arc<Quiz>,
    videos: Kept,
    told: Box<dyn Fn(&Tally) + Send + Sync>,
}

impl Quiz {
    /// Listens on an address; port 0 takes any that is free. `told` hears how far an annotator is after each answer.
    pub fn listen(
        self: &Arc<Self>,
        videos: Arc<Videos>,
        address: SocketAddr,
        told: impl Fn(&Tally) + Send + Sync + 'static,
    ) -> Result<Server, Error> {
        let desk = Desk { quiz: Arc::clone(self), videos: Kept::new(videos), told: Box::new(told) };
        let desk = Arc::new(desk);
        Ok(Server::listen(address, move |request, failed| answer(Arc::clone(&desk), request, failed))?)
    }
}

async fn answer(desk: Arc<Desk>, request: Request<Incoming>, failed: Failed) -> Response<Body> {
    let (request, body) = request.into_parts();
    let response = match foreign(&request) {
        Some(refused) => refused,
        None if request.method == Method::POST => write(desk, &request, body, &failed).await,
        None if matches!(request.method, Method::GET | Method::HEAD) => read(desk, &request, &failed).await,
        None => {
            let mut refused =
                text(StatusCode::METHOD_NOT_ALLOWED, PLAIN, "GET, HEAD and POST are answered\n");
            refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
            refused
        }
    };
    let mut response = finished(response, &request);
    let fields = response.headers_mut();
    fields.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    fields.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    fields.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    fields.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    response
}

async fn read(desk: Arc<Desk>, request: &Parts, failed: &Failed) -> Response<Body> {
    let path = request.uri.path();
    if let Some(key) = path.strip_prefix("/video/") {
        return video(desk, key.parse().ok(), request, failed).await;
    }
    if let Some(key) = path.strip_prefix("/lines/") {
        return lines(desk, key.parse().ok(), failed).await;
    }
    match path {
        "/" => text(StatusCode::OK, "text/html; charset=utf-8", page()),
        "/quiz" => said(StatusCode::OK, &desk.quiz.setting()),
        "/question" => {
            let name = request.uri.query().and_then(|query| query.strip_prefix("annotator="));
            let name = percent_decode_str(name.unwrap_or_default()).decode_utf8_lossy();
            match desk.quiz.next(&name) {
                Ok(next) => said(StatusCode::OK, &next),
                Err(refusal) => refused(&refusal, failed),
            }
        }
        _ => text(StatusCode::NOT_FOUND, PLAIN, "there is nothing here\n"),
    }
}

async fn video(desk: Arc<Desk>, key: Option<usize>, request: &Parts, failed: &Failed) -> Response<Body> {
    let Some(item) = key.and_then(|key| desk.quiz.item(key)) else {
        return text(StatusCode::NOT_FOUND, PLAIN, "no such video\n");
    };
    // The next quiz at this address has another video under this key.
    let sent = Sent { kind: "video/mp4", tag: Some(item.asked_sha256()) };
    let name = item.video().to_owned();
    send(request, sent, move || desk.videos.video(&name), failed).await
}

/// The lines of the subtitle track of a question's video, up to the moment at which it is asked.
async fn lines(desk: Arc<Desk>, key: Option<usize>, failed: &Failed) -> Response<Body> {
    let read = spawn_blocking(move || {
        let item = key.and_then(|key| desk.quiz.item(key))?;
        Some(desk.videos.subtitles(item.subtitle_path()).map(|lines| item.lines(lines)))
    });
    match read.await {
        Ok(Some(Ok(lines))) => said(StatusCode::OK, &lines),
        Ok(None) => text(StatusCode::NOT_FOUND, PLAIN, "no such question\n"),
        Ok(Some(Err(error))) => {
            failed(&format!("subtitles cannot be shown: {error}"));
            wrong(
                StatusCode::INTERNAL_SERVER_ERROR,
                "The subtitles cannot be read. Tell whoever runs the quiz.",
            )
        }
        Err(_) => wrong(StatusCode::INTERNAL_SERVER_ERROR, "the subtitles could not be read"),
    }
}

async fn write(desk: Arc<Desk>, request: &Parts, body: Incoming, failed: &Failed) -> Response<Body> {
    if !is_of_this_page(request) {
        return wrong(StatusCode::FORBIDDEN, "this server is written to by its own page alone");
    }
    let body = tokio::time::timeout(MOST_TIME, Limited::new(body, MOST_BYTES).collect());
    let Ok(Ok(body)) = body.await else {
        return wrong(StatusCode::PAYLOAD_TOO_LARGE, "the message is too long, or did not come to its end");
    };
    let (bytes, path, failed) = (body.to_bytes(), request.uri.path().to_owned(), Arc::clone(failed));
    let written = spawn_blocking(move || match path.as_str() {
        "/answer" => taken(&bytes, &failed, |given| {
            let tally = desk.quiz.answer(&given)?;
            (desk.told)(&tally);
            Ok(())
        }),
        "/begin" => taken(&bytes, &failed, |named| desk.quiz.begin(&named)),
        "/later" => taken(&bytes, &failed, |named| desk.quiz.postpone(&named)),
        _ => wrong(StatusCode::NOT_FOUND, "there is nothing here"),
    });
    written
        .await
        .unwrap_or_else(|_| wrong(StatusCode::INTERNAL_SERVER_ERROR, "the answer could not be taken"))
}

/// Hands on a message, and says what became of it.
fn taken<T: DeserializeOwned>(
    bytes: &[u8],
    failed: &Failed,
    take: impl FnOnce(T) -> Result<(), Refusal>,
) -> Response<Body> {
    match serde_json::from_slice(bytes).map(take) {
        Ok(Ok(())) => said(StatusCode::OK, &json!({})),
        Ok(Err(refusal)) => refused(&refusal, failed),
        Err(error) => wrong(StatusCode::BAD_REQUEST, &format!("the message cannot be read: {error}")),
    }
}

/// Whether a message comes from this server's page. A browser names the origin of the page that sends a message, and asks before it
/// sends JSON to another origin.
fn is_of_this_page(request: &Parts) -> bool {
    let kind = field(request, &header::CONTENT_TYPE).unwrap_or_default();
    let is_json = kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(JSON));
    let host = field(request, &header::HOST).unwrap_or_default();
    let is_here = match request.headers.get(header::ORIGIN) {
        None => true,
        Some(origin) => origin.to_str().ok().and_then(|origin| origin.strip_prefix("http://")) == Some(host),
    };
    is_json && is_here
}

fn refused(refusal: &Refusal, failed: &Failed) -> Response<Body> {
    let (status, why) = match refusal {
        Refusal::Nobody => (StatusCode::NOT_FOUND, "There is no such annotator."),
        Refusal::Elsewhere => (StatusCode::CONFLICT, "This question is not asked now, or it is answered."),
        Refusal::Early => (StatusCode::TOO_EARLY, "Answer when the video has ended."),
        Refusal::Unreadable(why) => (StatusCode::UNPROCESSABLE_ENTITY, why.as_str()),
        Refusal::Unwritten(error) => {
            failed(&format!("an answer was not saved: {error}"));
            (StatusCode::INSUFFICIENT_STORAGE, "The answer could not be saved. Tell whoever runs the quiz.")
        }
    };
    wrong(status, why)
}

fn wrong(status: StatusCode, why: &str) -> Response<Body> {
    said(status, &json!({ "error": why }))
}

fn said(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    text(status, JSON, serde_json::to_vec(value).expect("values of this crate serialise"))
}
