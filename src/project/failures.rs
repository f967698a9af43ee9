//! Work on many things of which some fail.
//!
//! In: what came of each, in order. Out: all of it, or one error that tells of each that failed.

use super::blame::Blame;
use super::error::Error;
use crate::wording;

/// All results, or why there are not all. A full disk and a wish to stop explain whatever else failed. Otherwise the error tells each
/// failure in order; `what` names the things.
pub(super) fn all<T>(results: Vec<Result<T, Error>>, what: &'static str) -> Result<Vec<T>, Error> {
    let of = results.len();
    let mut failed = Vec::new();
    let mut done = Vec::with_capacity(of);
    for result in results {
        match result {
            Ok(one) => done.push(one),
            Err(error) => failed.push(error),
        }
    }
    let is_stopped = |error: &Error| error.blame() == Blame::Stopped;
    if let Some(at) =
        failed.iter().position(Error::is_disk_full).or_else(|| failed.iter().position(is_stopped))
    {
        return Err(failed.swap_remove(at));
    }
    if failed.len() < 2 {
        return failed.pop().map_or(Ok(done), Err);
    }
    let told = failed.iter().take(wording::MOST_PROBLEMS).map(|error| wording::chain(error));
    let mut problems: Vec<String> = told.collect();
    if failed.len() > problems.len() {
        problems.push(format!("and {} more", failed.len() - problems.len()));
    }
    Err(Error::Several { what, of, failed, problems })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    use crate::cancel::Stopped;
    use crate::files;

    fn no_row(id: &str) -> Result<u8, Error> {
        Err(Error::NoRow { dataset: "set".into(), id: id.to_owned(), nearest: None })
    }

    #[test]
    fn each_failure_is_told_unless_one_explains_all() {
        assert_eq!(all(vec![Ok(1), Ok(2)], "video").unwrap(), [1, 2]);
        let alone = all(vec![Ok(1), no_row("a")], "video").unwrap_err();
        assert!(matches!(alone, Error::NoRow { .. }));
        let bytes = Err(Error::OtherBytes { name: "v.mp4".to_owned() });
        let several = all(vec![no_row("a"), Ok(1), bytes], "video").unwrap_err();
        assert_eq!((several.blame(), several.problems().len()), (Blame::Input, 2));
        let told = several.to_string();
        assert!(told.starts_with("2 of 3 videos failed\n  ") && told.contains("`a`"), "{told}");
        assert!(told.contains("v.mp4"), "{told}");
        let stopped = all(vec![no_row("a"), Err(Error::Stopped(Stopped))], "video").unwrap_err();
        assert_eq!(stopped.blame(), Blame::Stopped);
        // What was left out since the disk was full says less than the full disk.
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        let full = Err(Error::File(files::Error::io("write", Path::new("v.mp4"))(full)));
        let told = all(vec![Err(Error::Stopped(Stopped)), full, no_row("a")], "video").unwrap_err();
        assert!(told.is_disk_full(), "{told}");
    }
}
