//! Spoken words, recognised by PocketSphinx: a solver that compares with no recording.
//!
//! In: sound that holds one word, and the words that it may be. Out: the word that was understood. PocketSphinx is a program of its own, as
//! systems package it, with a model of English; it gets a grammar of the words.

use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use super::Error;
use super::sound::RATE;

/// The program.
const PROGRAM: &str = "pocketsphinx_continuous";
/// Silence around a word, in samples: it is by this that the program knows where one begins and ends.
const SILENCE: usize = RATE as usize / 2;

/// Understands words.
pub struct Recogniser {
    grammar: tempfile::NamedTempFile,
}

impl Recogniser {
    /// Knows these words, in lower case.
    ///
    /// # Errors
    /// A word is not written in Latin letters, or the grammar cannot be written.
    pub fn new(words: &[&str]) -> Result<Self, Error> {
        let is_english =
            |word: &str| word.chars().all(|letter| letter.is_ascii_alphabetic() || letter == ' ');
        if let Some(word) = words.iter().find(|word| !is_english(word)) {
            let problem = format!("knows English words alone, and `{word}` is none");
            return Err(Error::Recogniser { problem, source: None });
        }
        let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
        let text = format!("#JSGF V1.0;\ngrammar words;\npublic <word> = {};\n", lower.join(" | "));
        let written = tempfile::NamedTempFile::new().and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            Ok(file)
        });
        let unwritten = |source| Error::Recogniser {
            problem: "cannot be given its words".to_owned(),
            source: Some(source),
        };
        Ok(Self { grammar: written.map_err(unwritten)? })
    }

    /// The word that is understood of samples at [`RATE`], in lower case; nothing where none is.
    ///
    /// # Errors
    /// The program cannot be run, or does not know a word.
    pub fn word(&self, samples: &[i16]) -> Result<Option<String>, Error> {
        let mut child = Command::new(PROGRAM)
            .args(["-infile", "/dev/stdin", "-jsgf"])
            .arg(self.grammar.path())
            // An interrupt at the terminal is for this program, which stops by itself.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(missing)?;
        let silence = std::iter::repeat_n(&0, SILENCE);
        let around = silence.clone().chain(samples).chain(silence);
        let bytes: Vec<u8> = around.flat_map(|sample| sample.to_le_bytes()).collect();
        // It writes a log while it reads.
        let stdin = child.stdin.take();
        let (sent, output) = std::thread::scope(|scope| {
            let sent = scope.spawn(move || stdin.map_or(Ok(()), |mut stdin| stdin.write_all(&bytes)));
            let output = child.wait_with_output();
            (sent.join().unwrap_or(Ok(())), output)
        });
        let output = output.map_err(missing)?;
        let log = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() || sent.is_err() {
            let fault = log.lines().find(|line| line.starts_with("ERROR") || line.starts_with("FATAL"));
            let problem = format!("failed: {}", fault.unwrap_or_default());
            return Err(Error::Recogniser { problem, source: sent.err() });
        }
        let said = String::from_utf8_lossy(&output.stdout);
        Ok(said.lines().map(str::trim).find(|line| !line.is_empty()).map(str::to_owned))
    }
}

/// Whether PocketSphinx can be run: to be asked before a long work that needs it.
pub fn check() -> Result<(), Error> {
    let found =
        Command::new(PROGRAM).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    found.map(drop).map_err(missing)
}

fn missing(source: io::Error) -> Error {
    Error::Recogniser { problem: "cannot be run".to_owned(), source: Some(source) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::needle::Library;

    #[test]
    fn words_that_are_no_english_are_refused() {
        let refused = Recogniser::new(&["apple", "苹果"]).map(drop).unwrap_err().to_string();
        assert!(refused.contains("`苹果`"), "{refused}");
    }

    /// Every recording of the pack, alone: what is spoken can be understood.
    #[test]
    fn spoken_words_are_understood() {
        if check().is_err() {
            eprintln!("left out: `{PROGRAM}` is not installed");
            return;
        }
        let library = Library::embedded();
        let items = &library.pack("spoken").unwrap().items;
        let words: Vec<&str> = items.iter().map(|item| item.label.as_str()).collect();
        let recogniser = Recogniser::new(&words).unwrap();
        let (mut right, mut of) = (0, 0);
        for item in items {
            for take in 0..item.sounds.len() as u16 {
                let samples = library.heard("spoken", &item.id, take, RATE).unwrap().samples;
                right += usize::from(recogniser.word(&samples).unwrap().as_deref() == Some(&item.label));
                of += 1;
            }
        }
        eprintln!("understood {right} of {of} words");
        assert!(right * 20 >= of * 19, "{right} of {of}");
    }
}
