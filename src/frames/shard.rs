//! WebDataset shards: tar files whose members of one sample share their name up to the first dot.
//!
//! In: samples with their pictures. Out: `shard-000000.tar` and so on; `ID.0000.jpg` is the first frame that is taken of a
//! sample and `ID.json` says which frames they are. Headers hold no time, user or machine.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use super::{Format, Pictures};
use crate::files;
use crate::time::FrameRate;

/// Shards being written.
pub(super) struct Shards {
    dir: PathBuf,
    /// Bytes after which a shard is closed.
    limit: u64,
    count: u64,
    open: Option<Open>,
}

struct Open {
    path: PathBuf,
    tar: tar::Builder<BufWriter<File>>,
    bytes: u64,
    _unfinished: files::Unfinished,
}

/// Name of a member: its number is that of the frame among those that are taken.
pub(super) fn member(sample: &str, order: usize, format: Format) -> String {
    format!("{sample}.{order:04}.{}", format.extension())
}

impl Shards {
    pub(super) fn new(dir: &Path, limit: u64) -> Self {
        Self { dir: dir.to_owned(), limit, count: 0, open: None }
    }

    /// Writes one sample, whole, into the shard that is open. Returns the shard's name.
    pub(super) fn put(
        &mut self,
        sample: &str,
        indices: &[u64],
        fps: FrameRate,
        format: Format,
        pictures: &Pictures,
    ) -> Result<String, files::Error> {
        if self.open.as_ref().is_some_and(|open| open.bytes >= self.limit) {
            self.close()?;
        }
        let name = format!("shard-{:06}.tar", self.count);
        if self.open.is_none() {
            let path = self.dir.join(&name);
            let partial = files::partial(&path);
            let unfinished = files::Unfinished::new(&partial);
            let file = files::create(&partial)?;
            self.open = Some(Open {
                path,
                tar: tar::Builder::new(BufWriter::new(file)),
                bytes: 0,
                _unfinished: unfinished,
            });
        }
        let Some(open) = &mut self.open else { return Ok(name) };
        let times: Vec<f64> = indices.iter().map(|&frame| fps.secs(frame)).collect();
        let json = serde_json::json!({"sample_id": sample, "frames": indices, "times": times});
        open.add(&format!("{sample}.json"), json.to_string().as_bytes())?;
        for (order, frame) in indices.iter().enumerate() {
            open.add(&member(sample, order, format), &pictures[frame])?;
        }
        Ok(name)
    }

    /// Closes the last shard.
    pub(super) fn finish(mut self) -> Result<(), files::Error> {
        self.close()
    }

    fn close(&mut self) -> Result<(), files::Error> {
        let Some(open) = self.open.take() else { return Ok(()) };
        let partial = files::partial(&open.path);
        let path = open.path;
        let file = open
            .tar
            .into_inner()
            .and_then(|writer| writer.into_inner().map_err(std::io::IntoInnerError::into_error))
            .map_err(files::Error::io("write", &partial))?;
        file.sync_all().map_err(files::Error::io("write", &partial))?;
        std::fs::rename(&partial, &path).map_err(files::Error::io("rename to", &path))?;
        self.count += 1;
        Ok(())
    }
}

impl Open {
    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), files::Error> {
        self.bytes += files::append_to_tar(&mut self.tar, &self.path, name, bytes.len() as u64, bytes)?;
        Ok(())
    }
}
