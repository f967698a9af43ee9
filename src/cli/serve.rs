//! `vniah serve`: the videos of a dataset over HTTP, without files of them.
//!
//! In: a dataset. Out: a server on this machine's own address, until it is interrupted: the videos, and a page to look through them.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use super::exit::Failure;
use super::machine::Machine;
use super::origin::Origin;
use super::print::{put, say};
use super::terminal::Terminal;
use crate::report;
use crate::serve::Site;
use crate::wording;

/// Serve videos and a page of all samples over HTTP, on this machine only.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Dataset directory.
    dataset: PathBuf,
    /// Port to listen on; 0 picks a free one.
    #[arg(long, default_value_t = 8017)]
    port: u16,
    #[command(flatten)]
    origin: Origin,
    #[command(flatten)]
    machine: Machine,
}

/// Runs `vniah serve`.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<(), Failure> {
    let dataset = args.origin.dataset(&args.dataset, &args.machine, terminal);
    let (rows, videos) = (dataset.rows()?, dataset.videos()?);
    let name = args
        .dataset
        .canonicalize()
        .ok()
        .and_then(|dir| Some(dir.file_name()?.to_string_lossy().into_owned()));
    let front = report::browse_page(&rows, name.as_deref().unwrap_or("dataset"));
    let site = Site::new(args.dataset.clone(), &rows, videos, front);
    let count = wording::count(site.videos(), "video");
    let server = site.listen(SocketAddr::from((Ipv4Addr::LOCALHOST, args.port)))?;
    put(&format!("http://{}\n", server.address()))?;
    say(&format!("serving {count} of `{}` until interrupted", args.dataset.display()));
    let cancel = terminal.job().cancel;
    server.run_until(say, || cancel.is_stopped())?;
    Err(Failure::wished("the server is stopped; nothing is left to resume"))
}
