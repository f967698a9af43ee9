//! A server of chat completions for tests: it decodes the very pictures that it is sent and answers from them, and it
//! misbehaves on command.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};
use vniah::baseline::oracle_of_frames;
use vniah::dataset::Row;
use vniah::media::colour::{Matrix, yuv_of_rgb};
use vniah::media::decode::FileReader;
use vniah::media::input::Input;
use vniah::media::yuv::Yuv;
use vniah::spec::CheckedSpec;

/// What the server does with a request instead of answering it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mischief {
    /// A status with these header lines and this body.
    Status(u16, String, String),
    /// Nothing, until the client goes away.
    Hang,
    /// Half a reply.
    Cut,
    /// A reply with this body.
    Body(String),
    /// These bytes, from the line of the status on; then the connection is closed.
    Raw(Vec<u8>),
}

/// A response with this type, in bytes.
pub(crate) fn typed(status: u16, headers: &str, body: &[u8]) -> Mischief {
    let head = format!(
        "HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    Mischief::Raw([head.as_bytes(), body].concat())
}

/// A connection, plain or by TLS.
trait Connection: std::io::Read + std::io::Write {}

impl<T: std::io::Read + std::io::Write> Connection for T {}

type Stream = BufReader<Box<dyn Connection>>;

/// Everything that the server has seen.
#[derive(Default)]
pub(crate) struct Seen {
    /// Requests, by what they asked.
    pub(crate) requests: Vec<Value>,
    /// Replies that were paid for, by prompt.
    pub(crate) paid: BTreeMap<String, u32>,
    /// Values of the header `Authorization`.
    pub(crate) keys: Vec<String>,
    /// What each request asks for, such as `POST /v1/chat/completions`.
    pub(crate) targets: Vec<String>,
}

type Respond = dyn Fn(&Value) -> String + Send + Sync;
type Misbehave = dyn Fn(usize, &Value) -> Option<Mischief> + Send + Sync;

/// A server on a port of its own.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) seen: Arc<Mutex<Seen>>,
}

impl Server {
    /// Answers with what `respond` says; `misbehave` sees the number of the request, from 0.
    pub(crate) fn start(
        respond: impl Fn(&Value) -> String + Send + Sync + 'static,
        misbehave: impl Fn(usize, &Value) -> Option<Mischief> + Send + Sync + 'static,
    ) -> Self {
        Self::open(None, respond, misbehave)
    }

    /// The same by TLS, as `localhost`, with the certificate and the key that these files of PEM hold.
    pub(crate) fn start_tls(
        certificate: &Path,
        key: &Path,
        respond: impl Fn(&Value) -> String + Send + Sync + 'static,
    ) -> Self {
        let chain = CertificateDer::pem_file_iter(certificate).unwrap().map(Result::unwrap).collect();
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, PrivateKeyDer::from_pem_file(key).unwrap())
            .unwrap();
        Self::open(Some(Arc::new(config)), respond, |_, _| None)
    }

    fn open(
        tls: Option<Arc<ServerConfig>>,
        respond: impl Fn(&Value) -> String + Send + Sync + 'static,
        misbehave: impl Fn(usize, &Value) -> Option<Mischief> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let url = match &tls {
            None => format!("http://{address}/v1"),
            Some(_) => format!("https://localhost:{}/v1", address.port()),
        };
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (respond, misbehave): (Arc<Respond>, Arc<Misbehave>) = (Arc::new(respond), Arc::new(misbehave));
        let shared = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (seen, respond, misbehave) =
                    (Arc::clone(&shared), Arc::clone(&respond), Arc::clone(&misbehave));
                let tls = tls.clone();
                std::thread::spawn(move || {
                    let stream: Box<dyn Connection> = match tls {
                        None => Box::new(stream),
                        Some(config) => Box::new(by_tls(stream, config)),
                    };
                    serve(BufReader::new(stream), &seen, &*respond, &*misbehave);
                });
            }
        });
        Self { url, seen }
    }

    pub(crate) fn requests(&self) -> usize {
        self.seen.lock().unwrap().requests.len()
    }
}

fn by_tls(stream: TcpStream, config: Arc<ServerConfig>) -> StreamOwned<ServerConnection, TcpStream> {
    StreamOwned::new(ServerConnection::new(config).unwrap(), stream)
}

/// Serves requests of one connection, as long as the client keeps it.
fn serve(mut stream: Stream, seen: &Mutex<Seen>, respond: &Respond, misbehave: &Misbehave) {
    while let Some(Asked { target, key, body }) = request(&mut stream) {
        let body: Value = serde_json::from_slice(&body).unwrap();
        let number = {
            let mut seen = seen.lock().unwrap();
            seen.requests.push(body.clone());
            seen.keys.push(key);
            seen.targets.push(target);
            seen.requests.len() - 1
        };
        let goes_on = match misbehave(number, &body) {
            None => {
                let text = respond(&body);
                *seen.lock().unwrap().paid.entry(prompt(&body)).or_default() += 1;
                reply(&mut stream, 200, "", &completion(&text, "stop").to_string())
            }
            Some(Mischief::Body(text)) => {
                *seen.lock().unwrap().paid.entry(prompt(&body)).or_default() += 1;
                reply(&mut stream, 200, "", &text)
            }
            Some(Mischief::Status(status, headers, body)) => reply(&mut stream, status, &headers, &body),
            Some(Mischief::Hang) => {
                // The client goes away when its patience is at an end.
                drop(stream.read(&mut [0]));
                false
            }
            Some(Mischief::Cut) => {
                let half = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"choices\": [";
                drop(stream.get_mut().write_all(half));
                false
            }
            Some(Mischief::Raw(bytes)) => {
                drop(stream.get_mut().write_all(&bytes).and_then(|()| stream.get_mut().flush()));
                false
            }
        };
        if !goes_on {
            return;
        }
    }
}

/// A request as it came.
struct Asked {
    target: String,
    key: String,
    body: Vec<u8>,
}

/// The next request; nothing when the client is gone.
fn request(reader: &mut Stream) -> Option<Asked> {
    let (mut length, mut key, mut line, mut target) = (0, String::new(), String::new(), String::new());
    loop {
        line.clear();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let header = line.trim();
        if header.is_empty() {
            break;
        }
        if target.is_empty() {
            header.trim_end_matches(" HTTP/1.1").clone_into(&mut target);
        } else if let Some((name, value)) = header.split_once(':') {
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().unwrap(),
                "authorization" => value.trim().clone_into(&mut key),
                _ => {}
            }
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { target, key, body })
}

fn reply(stream: &mut Stream, status: u16, headers: &str, body: &str) -> bool {
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{headers}Content-Length: {}\r\n\r\n",
        body.len()
    );
    let stream = stream.get_mut();
    stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(body.as_bytes()))
        .and_then(|()| stream.flush())
        .is_ok()
}

/// A chat completion.
pub(crate) fn completion(text: &str, reason: &str) -> Value {
    json!({
        "id": "x", "object": "chat.completion", "model": "test",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": reason}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 2, "total_tokens": 102},
    })
}

fn parts(body: &Value) -> &Vec<Value> {
    body["messages"].as_array().unwrap().last().unwrap()["content"].as_array().unwrap()
}

/// The text of a request: a content of its own, or one of its parts.
pub(crate) fn prompt(body: &Value) -> String {
    if let Some(text) = body["messages"].as_array().unwrap().last().unwrap()["content"].as_str() {
        return text.to_owned();
    }
    // The times of frames are texts before it.
    parts(body).iter().rev().find_map(|part| part["text"].as_str()).unwrap().to_owned()
}

/// The frames that a request shows, decoded.
fn frames(body: &Value) -> Vec<Yuv> {
    let mut frames = Vec::new();
    for part in parts(body) {
        let url = |kind: &str| part[kind]["url"].as_str();
        if let Some(data) = url("image_url") {
            frames.push(picture(data.strip_prefix("data:image/jpeg;base64,").unwrap()));
        } else if let Some(data) =
            url("video_url").and_then(|url| url.strip_prefix("data:video/jpeg;base64,"))
        {
            frames.extend(data.split(',').map(picture));
            let kwargs = &body["media_io_kwargs"]["video"];
            assert_eq!(kwargs["num_frames"], -1);
            assert_eq!(kwargs["frames_indices"].as_array().unwrap().len(), frames.len());
        } else if let Some(url) = url("video_url") {
            frames.extend(video(url));
        }
    }
    frames
}

fn picture(text: &str) -> Yuv {
    let bytes = BASE64.decode(text).unwrap();
    let picture = image::load_from_memory_with_format(&bytes, image::ImageFormat::Jpeg).unwrap();
    yuv_of_rgb(&picture.to_rgb8(), Matrix::Bt709)
}

/// Every frame of a whole video, from the request itself or from its file.
fn video(url: &str) -> Vec<Yuv> {
    let scratch = tempfile::tempdir().unwrap();
    let path = match url.strip_prefix("data:video/mp4;base64,") {
        Some(data) => {
            let path = scratch.path().join("video.mp4");
            std::fs::write(&path, BASE64.decode(data).unwrap()).unwrap();
            path
        }
        None => PathBuf::from(url.strip_prefix("file://").unwrap()),
    };
    let mut reader = FileReader::open(&Input::file(&path)).unwrap();
    std::iter::from_fn(|| reader.next_frame().unwrap().map(|(frame, _)| frame)).collect()
}

/// A solver that sees what a request shows, and nothing else of the dataset than which type asks such a question.
pub(crate) fn oracle(rows: Vec<Row>, spec: CheckedSpec) -> impl Fn(&Value) -> String + Send + Sync {
    // What was seen in the same media about the same options, in whatever order these came.
    let seen: Mutex<BTreeMap<String, Option<String>>> = Mutex::default();
    move |body| {
        let prompt = prompt(body);
        let mut lines = prompt.lines();
        let question = lines.next().unwrap().to_owned();
        let options: Vec<String> = lines
            .filter_map(|line| line.split_once(". ").filter(|(letter, _)| letter.len() == 1))
            .map(|(_, text)| text.to_owned())
            .collect();
        assert_eq!(options.len(), 4, "{prompt}");
        let mut sorted = options.clone();
        sorted.sort_unstable();
        let media: Vec<&Value> = parts(body).iter().filter(|part| part["type"] != "text").collect();
        let key = vniah::digest::of_value(&(&question, sorted, media));
        let known = seen.lock().unwrap().get(&key).cloned();
        let content = known.unwrap_or_else(|| {
            let mut asked = rows.iter().find(|row| row.question == question).unwrap().clone();
            asked.options.clone_from(&options);
            let letter = oracle_of_frames(&asked, &spec, None, frames(body)).unwrap();
            let content = letter.map(|letter| options[usize::from(letter.as_bytes()[0] - b'A')].clone());
            seen.lock().unwrap().insert(key, content.clone());
            content
        });
        let place = content.and_then(|content| options.iter().position(|option| *option == content));
        place.map_or_else(|| "I see none of these.".to_owned(), vniah::dataset::letter)
    }
}
