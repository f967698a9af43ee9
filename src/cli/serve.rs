//! `vniah serve`: the videos of a dataset over HTTP, without files of them.
//!
//! In: a dataset. Out: a server on this machine's own address, until it is interrupted.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use super::exit::{Exit, Failure};
use super::origin::Origin;
use super::print::{put, say};
use super::source::{Machine, videos};
use crate::dataset;
use crate::serve::{Error, Site};

/// Give every video over HTTP, on this machine alone, without writing files.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Directory of the dataset.
    dataset: PathBuf,
    /// Port to listen on; 0 takes any that is free.
    #[arg(long, default_value_t = 8017)]
    port: u16,
    #[command(flatten)]
    origin: Origin,
    #[command(flatten)]
    machine: Machine,
}

/// Runs `vniah serve`.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let rows = dataset::read_rows(&args.dataset)?;
    let videos = args.machine.run(|| videos(&args.dataset, &rows, &args.origin, &args.machine))?;
    let site = Site::new(args.dataset.clone(), &rows, videos);
    let count = site.videos();
    let server = site.listen(SocketAddr::from((Ipv4Addr::LOCALHOST, args.port)))?;
    put(&format!("http://{}\n", server.address()))?;
    say(&format!("serving {count} videos of `{}` until interrupted", args.dataset.display()));
    match server.run(say)? {}
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Open(error) => error.into(),
            Error::Media(error) => error.into(),
            Error::File(error) => error.into(),
            start @ Error::Start(_) => Self::new(Exit::Media, start),
            listen @ Error::Listen { .. } => Self::new(Exit::Usage, listen)
                .hint("name another port with --port, or 0 for any that is free"),
        }
    }
}
