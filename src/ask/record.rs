//! Lines of `answers.jsonl` as `ask` writes them, appended and flushed one by one, and read again to resume.
//!
//! In: records, or a file that a run has left. Out: a file that holds whole lines only, and that no other process writes meanwhile.
//! A last line that was cut off when the machine stopped is removed, a whole one that lacks its line feed is kept, and a file with
//! any line that is not ours is refused and stays as it is.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Error;
use super::body::Parameters;
use super::reply::{Status, Usage};
use super::settings::differences;
use crate::answers::output::Claim;
use crate::files;

/// One answer, of a model or of a judge, with everything that was recorded of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Id of the row that was asked; of a judge's answer, the key of the reply that was judged.
    pub id: String,
    /// The reply as it came; null where none came.
    pub response: Option<String>,
    /// What the model wrote before its reply, where the server gives it apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<String>,
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
    /// Address of the server; absent in files of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
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
    /// Digest of the prompt before its places are filled; absent in files of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_sha256: Option<String>,
    /// Digest of the system prompt, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_sha256: Option<String>,
    /// Digest of the fields beside these, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra_body_sha256: Option<String>,
}

/// What a run has left: for each row asked, whether it ended in an error.
pub type Left = BTreeMap<String, bool>;

/// A file of answers that grows.
pub struct Log {
    path: PathBuf,
    claim: Claim,
    /// Bytes of the whole lines that it holds.
    length: u64,
    has_answers: bool,
}

/// A file of answers that a run goes on with.
pub struct Resumed {
    /// The file.
    pub log: Log,
    /// What is in it.
    pub left: Left,
    /// What the user is to be warned of.
    pub warnings: Vec<String>,
}

impl Log {
    /// Opens `path` for the run with `parameters` at `base_url`. Lines that are not of this run are an error, and then the file
    /// is as it was.
    pub fn resume(path: &Path, parameters: &Parameters, base_url: &str) -> Result<Resumed, Error> {
        let claim = Claim::take(path)?;
        let mut bytes = Vec::new();
        (&claim.file).read_to_end(&mut bytes).map_err(files::Error::io("read", path))?;
        let (left, whole) = scan(path, &bytes, parameters, base_url)?;
        let mut warnings: Vec<String> = claim.warning(path).into_iter().collect();
        if whole < bytes.len() {
            warnings.push(format!(
                "warning: `{}` ended within a line: {} byte(s) of an answer that was not written to its end are removed",
                path.display(),
                bytes.len() - whole
            ));
            claim.file.set_len(whole as u64).map_err(files::Error::io("write", path))?;
        }
        let has_answers = left.values().any(|failed| !failed);
        let mut log = Self { path: path.to_owned(), claim, length: whole as u64, has_answers };
        if whole > 0 && bytes[whole - 1] != b'\n' {
            log.write(b"\n")?;
        }
        Ok(Resumed { log, left, warnings })
    }

    /// Whether it holds a reply of the server.
    pub fn has_answers(&self) -> bool {
        self.has_answers
    }

    /// Appends one line, which is on the disk when this returns.
    pub fn append(&mut self, record: &Record) -> Result<(), Error> {
        let mut line = serde_json::to_vec(record).expect("values of this crate serialise");
        line.push(b'\n');
        self.write(&line)?;
        self.has_answers |= record.status != Status::Error;
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let mut file = &self.claim.file;
        let written = file.write_all(bytes).and_then(|()| file.sync_data());
        if written.is_err() && self.claim.unlocked.is_none() {
            // What is half written would spoil the line after it. If this fails, too, the next run removes it.
            drop(file.set_len(self.length));
        }
        written.map_err(files::Error::io("write", &self.path))?;
        self.length += bytes.len() as u64;
        Ok(())
    }
}

/// Reads what a run has left, and how many bytes of it are whole lines.
fn scan(path: &Path, bytes: &[u8], parameters: &Parameters, base_url: &str) -> Result<(Left, usize), Error> {
    let (mut left, mut whole) = (Left::new(), 0);
    for (at, piece) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let line = piece.strip_prefix(b"\xef\xbb\xbf").filter(|_| at == 0).unwrap_or(piece).trim_ascii();
        if !line.is_empty() {
            let record = match serde_json::from_slice::<Record>(line) {
                Ok(record) => record,
                Err(_) if !piece.ends_with(b"\n") && is_torn(line, !left.is_empty()) => break,
                Err(source) => {
                    return Err(Error::NotOurs { path: path.display().to_string(), line: at + 1, source });
                }
            };
            if let Some(differences) = differences(&record, parameters, base_url) {
                let path = path.display().to_string();
                return Err(Error::OtherSettings { path, line: at + 1, differences });
            }
            let failed = record.status == Status::Error;
            // A row that was asked again is done if any of its lines is.
            left.entry(record.id).and_modify(|earlier| *earlier &= failed).or_insert(failed);
        }
        whole += piece.len();
    }
    Ok((left, whole))
}

/// Whether a last line without a line feed is the beginning of a record. Where the machine lost power, zeros may follow it, or
/// stand in its place.
fn is_torn(line: &[u8], has_records: bool) -> bool {
    const HEAD: &[u8] = b"{\"id\":\"";
    let end = line.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let line = &line[..end];
    if line.is_empty() {
        return has_records;
    }
    let is_ours = line.starts_with(HEAD) || HEAD.starts_with(line);
    is_ours && serde_json::from_slice::<Record>(line).is_err_and(|error| error.is_eof())
}
