//! Serve: the videos of a dataset over HTTP, whether or not there are files of them.
//!
//! In: a dataset's rows and videos, an address. Out: a server that answers GET and HEAD with byte ranges, so that FFmpeg, a
//! browser or a model server reads a recipe as it reads a file. It gives what the dataset names and nothing else. What a client
//! can take of it is bounded: connections, the size of a request's head, and the time without progress.

mod answer;
mod host;
mod range;
mod site;

use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustix::process::{Resource, getrlimit};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;

use crate::files;
use crate::media;
use crate::render;

pub use site::Site;

/// Connections at a time; others wait until one ends.
const MOST_CONNECTIONS: u64 = 256;
/// Threads that open and read videos.
const MOST_READERS: usize = 32;
/// Bytes and fields of a request's head.
const HEAD_BYTES: usize = 64 << 10;
const HEAD_FIELDS: usize = 100;
/// How long a head may take, and a connection may wait for the next request.
const HEAD_TIME: Duration = Duration::from_secs(30);
/// How long a client may take nothing of an answer: players pause, and loaders of training data do.
const STALLED: Duration = Duration::from_secs(600);
/// Pause before a connection that could not be taken is tried again.
const PAUSE: Duration = Duration::from_millis(100);

/// Told of what could not be answered.
type Failed = Arc<dyn Fn(&str) + Send + Sync>;

/// A server that cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address is taken or not this machine's.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// The system gives no threads or timers.
    #[error("cannot start to serve")]
    Start(#[source] io::Error),
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

/// A server that listens.
pub struct Server {
    site: Arc<Site>,
    listener: TcpListener,
    address: SocketAddr,
}

impl Site {
    /// Listens on an address; port 0 takes any that is free.
    pub fn listen(self, address: SocketAddr) -> Result<Server, Error> {
        let listen = || {
            let listener = TcpListener::bind(address)?;
            listener.set_nonblocking(true)?;
            let address = listener.local_addr()?;
            Ok((listener, address))
        };
        let (listener, address) = listen().map_err(|source| Error::Listen { address, source })?;
        Ok(Server { site: Arc::new(self), listener, address })
    }
}

impl Server {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until the process ends. `failed` is told of what could not be answered.
    pub fn run(self, failed: impl Fn(&str) + Send + Sync + 'static) -> Result<Infallible, Error> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .max_blocking_threads(MOST_READERS)
            .enable_all()
            .build()
            .map_err(Error::Start)?;
        runtime.block_on(self.accept(Arc::new(failed)))
    }

    async fn accept(self, failed: Failed) -> Result<Infallible, Error> {
        let listener = tokio::net::TcpListener::from_std(self.listener).map_err(Error::Start)?;
        let places = Arc::new(Semaphore::new(connections()));
        loop {
            let place = Arc::clone(&places).acquire_owned().await;
            let stream = next(&listener, &failed).await;
            let (site, failed) = (Arc::clone(&self.site), Arc::clone(&failed));
            tokio::spawn(async move {
                serve(stream, site, failed).await;
                drop(place);
            });
        }
    }
}

/// Connections at a time: each may need a descriptor of its own and some for the files that it reads.
fn connections() -> usize {
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    (files.saturating_sub(32) / 4).clamp(1, MOST_CONNECTIONS) as usize
}

/// The next connection. Where the system has no descriptor left, or the client is gone again, the next try may succeed.
async fn next(listener: &tokio::net::TcpListener, failed: &Failed) -> TcpStream {
    let mut is_told = false;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) => {
                if !is_told {
                    failed(&format!("a connection cannot be taken yet: {error}"));
                    is_told = true;
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Answers the requests of one connection.
async fn serve(stream: TcpStream, site: Arc<Site>, failed: Failed) {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(STALLED));
    let service = service_fn(move |request: Request<Incoming>| {
        let (site, failed) = (Arc::clone(&site), Arc::clone(&failed));
        async move {
            let (request, _) = request.into_parts();
            Ok::<Response<answer::Body>, Infallible>(answer::answer(site, &request, &failed).await)
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEAD_FIELDS)
        .title_case_headers(true)
        .serve_connection(TokioIo::new(Box::pin(stream)), service)
        .await;
    // Clients leave, stall and send what is no request: that is theirs to know, and what failed here is told where it failed.
    drop(served);
}
