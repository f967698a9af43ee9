//! A server that listens: connections, each within bounds, and what answers their requests.
//!
//! In: an address, and a way to answer a request. Out: a server that runs until it is over.

use std::convert::Infallible;
use std::fmt;
use std::future::poll_fn;
use std::net::{SocketAddr, TcpListener};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;

use super::Error;
use super::response::{Body, Failed};
use crate::files;

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

/// How long it takes to notice that the server is over, and to leave what is still being sent.
const GLANCE: Duration = Duration::from_millis(50);
const LEAVE: Duration = Duration::from_millis(200);

/// A response on its way.
type Answering = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;
/// What answers requests.
type Answer = Arc<dyn Fn(Request<Incoming>, Failed) -> Answering + Send + Sync>;

/// A server that listens.
pub struct Server {
    answer: Answer,
    listener: TcpListener,
    address: SocketAddr,
}

impl fmt::Debug for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Server {
    /// Listens on an address; port 0 takes any that is free. `answer` is given each request, and who is told of what could not be
    /// answered.
    pub(crate) fn listen<F: Future<Output = Response<Body>> + Send + 'static>(
        address: SocketAddr,
        answer: impl Fn(Request<Incoming>, Failed) -> F + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let listen = || {
            let listener = TcpListener::bind(address)?;
            listener.set_nonblocking(true)?;
            let address = listener.local_addr()?;
            Ok((listener, address))
        };
        let (listener, address) = listen().map_err(|source| Error::Listen { address, source })?;
        let answer = move |request, failed| -> Answering { Box::pin(answer(request, failed)) };
        Ok(Self { answer: Arc::new(answer), listener, address })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `is_over`, which is asked many times a second. `failed` is told of what could not be answered.
    pub fn run_until(
        self,
        failed: impl Fn(&str) + Send + Sync + 'static,
        is_over: impl Fn() -> bool,
    ) -> Result<(), Error> {
        let runtime = runtime()?;
        let ended = runtime.block_on(async {
            let mut over = pin!(async {
                while !is_over() {
                    tokio::time::sleep(GLANCE).await;
                }
            });
            let mut accepting = pin!(self.accept(Arc::new(failed)));
            poll_fn(|context| match over.as_mut().poll(context) {
                Poll::Ready(()) => Poll::Ready(Ok(())),
                Poll::Pending => {
                    accepting.as_mut().poll(context).map(|ended| ended.map(|never| match never {}))
                }
            })
            .await
        });
        runtime.shutdown_timeout(LEAVE);
        ended
    }

    async fn accept(self, failed: Failed) -> Result<Infallible, Error> {
        let listener = tokio::net::TcpListener::from_std(self.listener).map_err(Error::Start)?;
        let places = Arc::new(Semaphore::new(connections()));
        loop {
            let place = Arc::clone(&places).acquire_owned().await;
            let stream = next(&listener, &failed).await;
            let (answer, failed) = (Arc::clone(&self.answer), Arc::clone(&failed));
            tokio::spawn(async move {
                serve(stream, answer, failed).await;
                drop(place);
            });
        }
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(MOST_READERS)
        .enable_all()
        .build()
        .map_err(Error::Start)
}

/// Descriptors that a connection may need: its own, and those of the files that a video is read from.
const DESCRIPTORS: u64 = 10;

/// Connections at a time.
fn connections() -> usize {
    (files::raise_open_limit().saturating_sub(32) / DESCRIPTORS).clamp(1, MOST_CONNECTIONS) as usize
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
async fn serve(stream: TcpStream, answer: Answer, failed: Failed) {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(STALLED));
    let service = service_fn(move |request: Request<Incoming>| {
        let answering = answer(request, Arc::clone(&failed));
        async move { Ok::<Response<Body>, Infallible>(answering.await) }
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
