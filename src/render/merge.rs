//! Merging: the parts of a dataset, made by several machines, into the very bytes that one would have made.
//!
//! In: directories of parts. Out: a dataset directory. Parts stay as they are; their videos are linked where the file
//! system can, and copied where it cannot. Every file is compared with the digest that its part names.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::iter::Peekable;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::dataset::{self, Manifest, OutputDigest, PICTURES, Row, ShardFile};
use crate::files;
use crate::job::{Job, Running, Stage};
use crate::render::Error;
use crate::render::carry;
use crate::render::claim::{self, Claim, Done, Wanted};
use crate::render::dataset::told;
use crate::render::describe::{self, Parts};
use crate::wording;

/// Missing parts that are named.
const MOST_NAMED: usize = 20;

/// A part and where it lies.
struct Part {
    dir: PathBuf,
    file: ShardFile,
}

impl Part {
    /// Compares its rows with the digest that it names.
    fn check_rows(&self) -> Result<(), Error> {
        let path = self.dir.join(dataset::METADATA);
        let named = self.file.manifest.outputs.iter().find(|output| output.name == dataset::METADATA);
        if named.map(|output| &output.sha256) == Some(&Done::of(&path)?.sha256) {
            Ok(())
        } else {
            Err(changed(&path))
        }
    }
}

/// A file of a part that is not as it was.
fn changed(path: &Path) -> Error {
    let path = path.display();
    Error::Parts(vec![format!("`{path}` does not hold the bytes that its part names: make that part again")])
}

/// What a merge did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merged {
    /// Videos of the dataset.
    pub videos: u64,
    /// Those that an earlier run had brought.
    pub kept: u64,
}

/// All parts of one dataset.
pub struct Merge {
    parts: Vec<Part>,
    job: Job,
}

impl Merge {
    /// Reads what the parts in `dirs` are; an error names everything that is missing or does not belong.
    pub fn open(dirs: &[PathBuf], job: &Job) -> Result<Self, Error> {
        // The rows of all parts are read side by side.
        files::raise_open_limit();
        Ok(Self { parts: parts(dirs)?, job: job.clone() })
    }

    /// The manifest of the whole, but with the first part's outputs.
    pub fn manifest(&self) -> &Manifest {
        &self.parts[0].file.manifest
    }

    /// Every file of a part, and the part.
    fn all(&self) -> impl Iterator<Item = (&Part, &OutputDigest)> {
        let all = self.parts.iter();
        all.flat_map(|part| part.file.manifest.outputs.iter().map(move |output| (part, output)))
    }

    /// The videos, and the part that has each.
    fn outputs(&self) -> impl Iterator<Item = (&Part, &OutputDigest)> {
        self.all()
            .filter(|(part, output)| claim::video_name(part.file.manifest.store, &output.name).is_some())
    }

    /// The pictures and the subtitles, and the part that has each.
    fn pictures(&self) -> impl Iterator<Item = (&Part, &OutputDigest)> {
        let is_picture = |name: &str| name.strip_prefix(PICTURES).is_some_and(|name| name.starts_with('/'));
        let is_beside = move |name: &str| is_picture(name) || dataset::is_subtitles(name);
        self.all().filter(move |(_, output)| is_beside(&output.name))
    }

    /// What the first part carries: the others carry the same, but for the names of their own source videos.
    fn carried(&self) -> impl Iterator<Item = (&Part, &OutputDigest)> {
        let first = &self.parts[0];
        let outputs = first.file.manifest.outputs.iter().filter(|output| carry::is_carried(&output.name));
        outputs.map(move |output| (first, output))
    }

    /// Number of videos.
    pub fn videos(&self) -> u64 {
        self.outputs().count() as u64
    }

    /// Makes the dataset in `out`. Returns `None` if it is there already.
    pub fn write(&self, out: &Path) -> Result<Option<Merged>, Error> {
        let first = &self.parts[0].file;
        let manifest = Manifest { outputs: Vec::new(), ..first.manifest.clone() };
        let wanted = Wanted { manifest: &manifest, readme: &first.readme, shard: None };
        let Some(claim) = claim::claim(out, wanted, &self.job)? else { return Ok(None) };
        for part in &self.parts {
            part.check_rows()?;
        }
        let videos: Vec<(&Part, &OutputDigest)> = self.outputs().collect();
        let stage = self.job.start(Stage::Merge, videos.len() as u64);
        let kept = videos.par_iter().map(|video| one(&claim, out, *video, &stage));
        let results: Vec<Result<bool, Error>> = kept.collect();
        let done = results.iter().filter(|result| result.is_ok()).count();
        let kept = results.iter().filter(|result| matches!(result, Ok(true))).count() as u64;
        if let Some(fault) = told(results.into_iter().filter_map(Result::err).collect(), done) {
            return Err(fault);
        }
        let merged = Merged { videos: videos.len() as u64, kept };
        let pictures = self.pictures().chain(self.carried());
        let pictures = pictures.map(|(part, output)| bring_described(part, output, out));
        let pictures = pictures.collect::<Result<Vec<OutputDigest>, Error>>()?;
        let media = videos.iter().map(|(_, output)| (*output).clone()).chain(pictures).collect();
        let whole = Parts { manifest, readme: first.readme.clone(), croissant: first.croissant.clone() };
        describe::whole(out, whole, || Rows::open(&self.parts), media)?;
        claim.finish()?;
        stage.finish(&format!(
            "merged {}: {}, {} of them there before: `{}`",
            wording::count(self.parts.len(), "part"),
            wording::count(merged.videos, "video"),
            merged.kept,
            out.display()
        ));
        Ok(Some(merged))
    }
}

/// Brings one video, unless an earlier run has.
fn one(
    claim: &Claim,
    out: &Path,
    (part, output): (&Part, &OutputDigest),
    stage: &Running,
) -> Result<bool, Error> {
    claim.go_on()?;
    let store = part.file.manifest.store;
    let name = claim::video_name(store, &output.name).expect("these outputs are videos");
    let to = out.join(&output.name);
    let done = Done { bytes: output.bytes, sha256: output.sha256.clone() };
    let there = claim.done(name, &to).is_some_and(|found| found.sha256 == done.sha256);
    if !there {
        bring(&part.dir.join(&output.name), &to, &done)?;
        claim.keep(name, &done)?;
    }
    stage.advance(name);
    Ok(there)
}

/// Brings a picture or a carried file, unless an earlier run has.
fn bring_described(part: &Part, output: &OutputDigest, out: &Path) -> Result<OutputDigest, Error> {
    let to = carry::place(out, &output.name)?;
    let from = part.dir.join(&output.name);
    if carry::is_carried(&output.name) && files::leads_outside(&part.dir, &from)? {
        return Err(files::Error::Outside { path: from, root: part.dir.clone() }.into());
    }
    if !Done::of(&to).is_ok_and(|found| found.sha256 == output.sha256) {
        let done = Done { bytes: output.bytes, sha256: output.sha256.clone() };
        bring(&from, &to, &done)?;
    }
    Ok(output.clone())
}

/// All parts in the order of their numbers; an error names everything that is wrong with them.
fn parts(dirs: &[PathBuf]) -> Result<Vec<Part>, Error> {
    let mut found: BTreeMap<u64, Part> = BTreeMap::new();
    let mut faults = Vec::new();
    let mut first: Option<(PathBuf, ShardFile)> = None;
    for dir in dirs {
        let file = match dataset::read_shard(dir) {
            Ok(file) => file,
            Err(error) => {
                faults.push(wording::chain(&error));
                continue;
            }
        };
        if let Err(error) = check_rows(dir) {
            faults.push(wording::chain(&error));
        }
        let (other, like) = first.get_or_insert_with(|| (dir.clone(), file.clone()));
        if !same_dataset(like, &file) {
            faults.push(format!(
                "`{}` and `{}` are parts of different datasets",
                other.display(),
                dir.display()
            ));
            continue;
        }
        match found.get(&file.shard.index) {
            Some(twice) if twice.file != file => faults.push(format!(
                "`{}` and `{}` are both part {} and differ",
                twice.dir.display(),
                dir.display(),
                file.shard
            )),
            Some(_) => {}
            None => drop(found.insert(file.shard.index, Part { dir: dir.clone(), file })),
        }
    }
    if let Some((_, like)) = &first {
        let count = like.shard.count;
        let mut missing = (0..count).filter(|index| !found.contains_key(index));
        let mut named: Vec<String> =
            missing.by_ref().take(MOST_NAMED).map(|index| format!("{index}/{count}")).collect();
        if let more @ 1.. = missing.count() {
            named.push(format!("and {more} more"));
        }
        if !named.is_empty() {
            let (parts, it) =
                (wording::form(named.len(), "part"), if named.len() == 1 { "it" } else { "them" });
            faults
                .push(format!("missing: {parts} {} (`vniah generate --shard` makes {it})", named.join(", ")));
        }
    }
    faults.extend(named_twice(&found));
    if faults.is_empty() && !found.is_empty() {
        Ok(found.into_values().collect())
    } else {
        Err(Error::Parts(faults))
    }
}

/// That several parts have a file of one name.
fn named_twice(parts: &BTreeMap<u64, Part>) -> Option<String> {
    let mut seen: BTreeMap<&str, &Path> = BTreeMap::new();
    for part in parts.values() {
        for output in &part.file.manifest.outputs {
            if output.name == dataset::METADATA || carry::is_carried(&output.name) {
                continue;
            }
            if let Some(other) = seen.insert(&output.name, &part.dir) {
                let (one, two, name) = (other.display(), part.dir.display(), &output.name);
                return Some(format!("`{one}` and `{two}` both have a file `{name}`"));
            }
        }
    }
    None
}

/// Checks that each row of a part says what a row may say.
fn check_rows(dir: &Path) -> Result<(), dataset::Error> {
    dataset::read_rows_in_turn(dir)?.try_for_each(|row| row.map(drop))
}

fn same_dataset(one: &ShardFile, other: &ShardFile) -> bool {
    let bare = |file: &ShardFile| Manifest { outputs: Vec::new(), ..file.manifest.clone() };
    (one.shard.count, one.samples, &one.croissant) == (other.shard.count, other.samples, &other.croissant)
        && bare(one) == bare(other)
}

/// Links or copies a video or a picture and compares its bytes with its digest.
fn bring(from: &Path, to: &Path, wanted: &Done) -> Result<(), Error> {
    let partial = files::partial(to);
    let _unfinished = files::Unfinished::new(&partial);
    files::link_or_copy(from, &partial)?;
    let found = Done::of(&partial)?;
    if found.sha256 != wanted.sha256 {
        fs::remove_file(&partial).map_err(files::Error::io("remove", &partial))?;
        return Err(changed(from));
    }
    fs::rename(&partial, to).map_err(files::Error::io("rename to", to))?;
    // Where an interrupted run has linked the same file to its final name, renaming one name of it to the other does nothing.
    match fs::remove_file(&partial) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(files::Error::io("remove", &partial)(error).into())
        }
        _ => Ok(()),
    }
}

type Lines = Box<dyn Iterator<Item = Result<Row, files::Error>>>;

/// The rows of all parts in the order of the whole: a sample of each part in turn.
struct Rows {
    parts: Vec<Peekable<Lines>>,
    turn: usize,
    /// The video at hand: all questions about it follow each other.
    video: Option<String>,
}

impl Rows {
    fn open(parts: &[Part]) -> Result<Self, Error> {
        let lines = |part: &Part| -> Result<Peekable<Lines>, files::Error> {
            let lines: Lines = Box::new(files::read_json_lines::<Row>(&part.dir.join(dataset::METADATA))?);
            Ok(lines.peekable())
        };
        let parts = parts.iter().map(lines).collect::<Result<_, _>>()?;
        Ok(Self { parts, turn: 0, video: None })
    }

    /// Whether the next line of the part whose turn it is belongs to the video at hand. A line that is no row is told
    /// where it stands, so it is not passed over.
    fn goes_on(&mut self) -> bool {
        match self.parts[self.turn].peek() {
            Some(Ok(row)) => self.video.as_deref() == Some(video_of(row)),
            Some(Err(_)) => true,
            None => false,
        }
    }
}

impl Iterator for Rows {
    type Item = Result<Row, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.video.is_some() && !self.goes_on() {
            self.turn = (self.turn + 1) % self.parts.len();
        }
        // Parts differ by one video at most, the earlier ones having more: where one has none left, none has.
        let Some(row) = self.parts[self.turn].next() else {
            let left = self.parts.iter_mut().find_map(|lines| lines.next()?.ok())?;
            let problem = format!("rows from `{}` on are in no order of parts: make its part again", left.id);
            return Some(Err(Error::Parts(vec![problem])));
        };
        self.video = row.as_ref().ok().map(|row| video_of(row).to_owned());
        Some(row.map_err(Error::from))
    }
}

/// The video that a row asks about; rows of earlier versions, which do not state it, ask one question about each.
fn video_of(row: &Row) -> &str {
    if row.video_id.is_empty() { &row.sample_id } else { &row.video_id }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_interrupted_merge_has_linked_leaves_no_partial_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        fs::write(path("part.mp4"), "video").unwrap();
        let done = Done::of(&path("part.mp4")).unwrap();
        // Killed between the rename and the record, a merge has linked the file to its final name.
        fs::hard_link(path("part.mp4"), path("set.mp4")).unwrap();
        bring(&path("part.mp4"), &path("set.mp4"), &done).unwrap();
        let left = files::sorted_dir(dir.path()).unwrap();
        assert_eq!(left, [path("part.mp4"), path("set.mp4")]);
    }
}
