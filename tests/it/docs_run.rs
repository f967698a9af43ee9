//! Every command that the documentation shows runs, page by page, as a reader would type it.
//!
//! A page's blocks of `sh` run in order in a directory of their own. It holds two short films in `videos/`, and `dataset`,
//! `spec.toml`, `oracle.jsonl` and `blind.jsonl` made of them; a page that writes `spec.toml` itself starts with the films
//! alone. A server that always says A answers at the address `http://localhost:8000/v1`. A comment right before a block
//! says what else is to be known of it:
//!
//! - `<!-- test: file NAME -->`: the block is the text of this file; with `NAME, shorter`, minutes in it are seconds, and
//!   there is one sample where it has hundreds.
//! - `<!-- test: skip: REASON -->`: the block needs what a test cannot have.
//!
//! Blocks of Python that are no file are run by `tests/python`, blocks of Rust by `cargo test --doc`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use super::docs::root;
use super::server::Server;

/// A page by itself: what a page that states no spec finds beside the films.
const SPEC: &str = "seed = 1\n[haystacks]\npaths = [\"videos/\"]\n[[tasks]]\ntype = \"ret_edit1\"\n\
     [[tasks]]\ntype = \"ord_insert1\"\n[controls]\nmake = [\"no-needle\", \"text-only\"]\n";
/// What makes the dataset of such a page.
const FIXTURE: &str = "vniah generate spec.toml -o dataset\nvniah baseline oracle dataset -o oracle.jsonl\n\
     vniah baseline blind dataset -o blind.jsonl\n";
/// The server that the documentation names.
const SERVER: &str = "http://localhost:8000/v1";

/// A fenced block of a page.
#[derive(Debug)]
struct Block {
    language: String,
    text: String,
    /// What the comment before it says.
    note: Option<String>,
    line: usize,
}

impl Block {
    fn skipped(&self) -> bool {
        self.note.as_ref().is_some_and(|note| note.starts_with("skip: "))
    }

    /// The file that it is, with its text as it is tested.
    fn file(&self) -> Option<(&str, String)> {
        let name = self.note.as_ref()?.strip_prefix("file ")?;
        Some(match name.strip_suffix(", shorter") {
            Some(name) => (name, shorter(&self.text)),
            None => (name, self.text.clone()),
        })
    }
}

/// The same spec with seconds for minutes, and one sample where it has several.
fn shorter(text: &str) -> String {
    let mut shorter = String::new();
    for line in text.lines() {
        let number = ["samples = ", "repeats = "].iter().find(|key| line.starts_with(**key));
        if let Some(key) = number {
            shorter.push_str(key);
            shorter.push('1');
        } else {
            let mut before = None;
            for (at, letter) in line.char_indices() {
                let is_minute = letter == 'm' && line[at..].starts_with("m\"");
                let is_time = is_minute && before.is_some_and(|before: char| before.is_ascii_digit());
                shorter.push(if is_time { 's' } else { letter });
                before = Some(letter);
            }
        }
        shorter.push('\n');
    }
    shorter
}

/// The blocks of a page, in order.
fn blocks(page: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let (mut inside, mut note) = (false, None);
    for (at, line) in page.lines().enumerate() {
        match line.strip_prefix("```") {
            Some(_) if inside => inside = false,
            Some(language) => {
                let language = language.to_owned();
                found.push(Block { language, text: String::new(), note: note.take(), line: at + 1 });
                inside = true;
            }
            None if inside => {
                let text = &mut found.last_mut().unwrap().text;
                text.push_str(line);
                text.push('\n');
            }
            None if line.trim().is_empty() => {}
            None => {
                let said = line.strip_prefix("<!-- test: ").and_then(|rest| rest.strip_suffix(" -->"));
                note = said.map(str::to_owned);
            }
        }
    }
    found
}

/// Pages that readers type from, by their path in the repository.
fn pages() -> Vec<PathBuf> {
    let mut found = vec![root().join("README.md"), root().join("CONTRIBUTING.md")];
    for dir in ["docs", "docs/guides"] {
        let files = vniah::files::sorted_dir(&root().join(dir)).unwrap();
        found.extend(files.into_iter().filter(|path| path.extension().is_some_and(|end| end == "md")));
    }
    found
}

/// A place to run pages in: the films, their dataset, the program, the server.
struct Desk {
    dir: tempfile::TempDir,
    server: Server,
}

impl Desk {
    fn new() -> Self {
        let desk = Self {
            dir: tempfile::tempdir().unwrap(),
            server: Server::start(|_| "A".to_owned(), |_, _| None),
        };
        let films = desk.path("films");
        fs::create_dir_all(films.join("videos")).unwrap();
        fs::create_dir(desk.path("bin")).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_vniah"), desk.path("bin/vniah")).unwrap();
        for number in 1..3 {
            let source = format!("gradients=s=128x72:r=25:d=40:seed={number}:speed=0.02");
            let film = films.join(format!("videos/clip{number}.mp4"));
            let mut ffmpeg = Command::new("ffmpeg");
            ffmpeg.args([
                "-v", "error", "-f", "lavfi", "-i", &source, "-c:v", "libx264", "-g", "25", "-bf", "0",
            ]);
            assert!(ffmpeg.args(["-pix_fmt", "yuv420p"]).arg(film).status().unwrap().success());
        }
        desk.copy("films", "fixture");
        fs::write(desk.path("fixture/spec.toml"), SPEC).unwrap();
        desk.bash(FIXTURE, &desk.path("fixture")).unwrap();
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn copy(&self, from: &str, to: &str) {
        let copied = Command::new("cp").arg("-a").arg(self.path(from)).arg(self.path(to)).status().unwrap();
        assert!(copied.success());
    }

    /// Runs a script, and gives what it said if it failed.
    fn bash(&self, script: &str, dir: &Path) -> Result<(), String> {
        let search = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap());
        let output = Command::new("bash")
            .args(["-euo", "pipefail", "-c", &script.replace(SERVER, &self.server.url)])
            .current_dir(dir)
            .env("PATH", search)
            .env("XDG_CACHE_HOME", self.path("cache"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        if output.status.success() { Ok(()) } else { Err(format!("{}\n{said}", output.status)) }
    }

    /// Runs a page, and gives what does not hold.
    fn run(&self, page: &Path) -> Vec<String> {
        let name = page.strip_prefix(root()).unwrap().display().to_string();
        let blocks = blocks(&fs::read_to_string(page).unwrap());
        let dir = name.replace('/', "-");
        let starts_anew =
            blocks.iter().any(|block| block.file().is_some_and(|(name, _)| name == "spec.toml"));
        if blocks.iter().any(|block| block.language == "sh" && !block.skipped()) {
            self.copy(if starts_anew { "films" } else { "fixture" }, &dir);
        }
        let mut wrong = Vec::new();
        for block in blocks.iter().filter(|block| !block.skipped()) {
            let outcome = match (block.file(), block.language.as_str()) {
                (Some((file, text)), _) => {
                    let path = self.path(&dir).join(file);
                    fs::create_dir_all(path.parent().unwrap()).unwrap();
                    fs::write(path, text).map_err(|error| error.to_string())
                }
                (None, "sh") => self.bash(&block.text, &self.path(&dir)),
                (None, "toml") => block.text.parse::<toml::Table>().map(|_| ()).map_err(|e| e.to_string()),
                (None, _) => Ok(()),
            };
            if let Err(why) = outcome {
                wrong.push(format!("{name}:{}: {why}\n{}", block.line, block.text));
            }
        }
        wrong
    }
}

#[test]
fn every_command_runs() {
    let desk = Desk::new();
    let (left, wrong) = (Mutex::new(pages()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some(page) = left.lock().unwrap().pop() else { return };
                    let begin = std::time::Instant::now();
                    let found = desk.run(&page);
                    println!("{:.1} s: {}", begin.elapsed().as_secs_f64(), page.display());
                    wrong.lock().unwrap().extend(found);
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_note_belongs_to_the_block_right_after_it() {
    let page = "<!-- test: file a.toml, shorter -->\n\n```toml\nlengths = [\"5m\", \"m\"]\nsamples = 100   # many\n```\n\
                <!-- test: skip: no server -->\ntext\n```sh\nb\n```\n";
    let [file, command] = &blocks(page)[..] else { panic!() };
    assert_eq!(file.file(), Some(("a.toml", "lengths = [\"5s\", \"m\"]\nsamples = 1\n".to_owned())));
    assert_eq!((command.line, command.skipped(), command.text.as_str()), (9, false, "b\n"));
}
