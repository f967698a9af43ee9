//! Lines of `answers.jsonl` as `ask` writes them, appended and flushed one by one, and read again to resume.
//!
//! In: records, or a file that a run has left. Out: a file that holds whole lines only; a last line that was cut off when the
//! machine stopped is removed.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Error;
use super::reply::{Status, Usage};
use crate::files;

/// One answer, of a model or of a judge, with everything that was recorded of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Id of the row that was asked; of a judge's answer, the key of the reply that was judged.
    pub id: String,
    /// The reply as it came; null where none came.
    pub response: Option<String>,
    /// The model that was asked for.
    pub model: String,
    /// What became of the request.
    pub status: Status,
    /// What happened last, where no reply came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Why the reply ended, in the server's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<String>,
    /// How the video was shown; `judge` where it was not, but a reply.
    pub mode: String,
    /// How its frames were chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sampler: Option<String>,
    /// Frames that were sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indices: Option<Vec<u64>>,
    /// Tokens as the server counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Cost in the unit of the prices given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// Milliseconds from the last attempt to its reply.
    pub latency_ms: u64,
    /// Requests that were sent for this line.
    pub attempts: u32,
    /// Digest of the request, media replaced by their digests.
    pub request_sha256: String,
    /// Digest of what all requests of the run have in common.
    pub settings_sha256: String,
    /// Parameters of the request.
    pub parameters: Recorded,
}

/// Parameters as a line records them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Recorded {
    /// Temperature, if it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Most tokens of a reply, if it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u32>,
    /// Longest side of frames, if they were made smaller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_size: Option<u32>,
    /// Quality of frames as JPEG.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jpeg_quality: Option<u8>,
}

/// What a run has left: for each row asked, whether it ended in an error.
pub type Left = BTreeMap<String, bool>;

/// A file of answers that grows.
pub struct Log {
    path: PathBuf,
    file: File,
}

impl Log {
    /// Opens `path` to go on: cuts off a line that was not finished, and reads the rest. Rows that were asked with other
    /// settings are an error.
    pub fn resume(path: &Path, settings: &str) -> Result<(Self, Left), Error> {
        let mut left = Left::new();
        let mut whole = 0;
        if path.exists() {
            let text = files::read_text(path)?;
            whole = text.rfind('\n').map_or(0, |at| at + 1);
            for (at, line) in text[..whole].lines().enumerate() {
                if line.trim().is_empty() {
                    continue;
                }
                let record: Record = serde_json::from_str(line).map_err(|source| Error::NotOurs {
                    path: path.display().to_string(),
                    line: at + 1,
                    source,
                })?;
                if record.settings_sha256 != settings {
                    return Err(Error::OtherSettings { path: path.display().to_string(), line: at + 1 });
                }
                let failed = record.status == Status::Error;
                // A row that was asked again is done if any of its lines is.
                left.entry(record.id).and_modify(|earlier| *earlier &= failed).or_insert(failed);
            }
        }
        let open = OpenOptions::new().create(true).append(true).open(path);
        let file = open.map_err(files::Error::io("write", path))?;
        file.set_len(whole as u64).map_err(files::Error::io("write", path))?;
        Ok((Self { path: path.to_owned(), file }, left))
    }

    /// Appends one line, which is on the disk when this returns.
    pub fn append(&mut self, record: &Record) -> Result<(), Error> {
        let mut line = serde_json::to_vec(record).expect("values of this crate serialise");
        line.push(b'\n');
        self.file.write_all(&line).map_err(files::Error::io("write", &self.path))?;
        Ok(self.file.sync_data().map_err(files::Error::io("write", &self.path))?)
    }
}
