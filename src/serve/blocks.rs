//! The body of a response whose bytes are read as the client takes them.
//!
//! In: blocks, or an error that ends them. Out: a body. Both come by one channel, so that its end is seen only once all before it
//! was taken. (`http_body_util::channel` looks at its blocks and then at its end: a last block that is sent between the two is lost, and
//! the client sees its connection break off.)

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame};
use tokio::sync::mpsc::{self, Receiver, Sender};

/// A body of blocks.
pub(crate) struct Blocks(Receiver<io::Result<Bytes>>);

/// A body, and where its blocks are sent to. One block waits to be taken, at most.
pub(super) fn blocks() -> (Sender<io::Result<Bytes>>, Blocks) {
    let (sender, receiver) = mpsc::channel(1);
    (sender, Blocks(receiver))
}

impl Body for Blocks {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.0.poll_recv(context).map(|block| block.map(|block| block.map(Frame::data)))
    }
}
