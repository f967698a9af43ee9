//! Serve: the videos of a dataset over HTTP, whether or not there are files of them.
//!
//! In: a dataset's rows and videos, an address. Out: a server that answers GET and HEAD with byte ranges, so that FFmpeg, a
//! browser or a model server reads a recipe as it reads a file; and a small picture of each sample. It gives what the dataset names
//! and nothing else. What a client can take of it is bounded: connections, the size of a request's head, and the time without progress.

mod answer;
mod blocks;
mod bytes;
mod host;
mod kept;
mod range;
mod response;
mod server;
mod site;
mod thumbnail;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::files;
use crate::media;
use crate::picture;
use crate::render;

pub(crate) use bytes::{Sent, send};
pub(crate) use kept::Kept;
pub(crate) use response::{Body, Failed, PLAIN, field, finished, foreign, text};
pub use server::Server;
pub use site::Site;

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
    /// A frame cannot be drawn.
    #[error(transparent)]
    Picture(#[from] picture::Error),
}

impl Site {
    /// Listens on an address; port 0 takes any that is free.
    pub fn listen(self, address: SocketAddr) -> Result<Server, Error> {
        let site = Arc::new(self);
        Server::listen(address, move |request, failed| {
            let site = Arc::clone(&site);
            async move {
                let (request, _) = request.into_parts();
                answer::answer(site, &request, &failed).await
            }
        })
    }
}
