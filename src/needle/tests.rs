//! Tests of the library as a whole: the embedded packs, places and drawings.

use super::*;

#[test]
fn embedded_loads() {
    let start = std::time::Instant::now();
    let library = Library::embedded();
    eprintln!("{:?}", start.elapsed());
    for pack in library.packs() {
        library.sheet(&pack.id).unwrap().save(format!("/tmp/needlegen/{}.png", pack.id)).unwrap();
    }
}
