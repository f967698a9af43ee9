//! Values that come again and again, kept once.
//!
//! In: values, one after the other. Out: for equal ones the same place in memory.

use std::collections::BTreeSet;
use std::sync::Arc;

/// The one of `all` that equals `value`, which is added where there is none.
pub fn once<T: ToOwned + Ord + ?Sized>(all: &mut BTreeSet<Arc<T>>, value: &T) -> Arc<T>
where
    Arc<T>: From<T::Owned>,
{
    if let Some(known) = all.get(value) {
        return Arc::clone(known);
    }
    let value: Arc<T> = value.to_owned().into();
    all.insert(Arc::clone(&value));
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_are_one() {
        let mut texts: BTreeSet<Arc<str>> = BTreeSet::new();
        let first = once(&mut texts, "a");
        assert!(Arc::ptr_eq(&first, &once(&mut texts, "a")) && !Arc::ptr_eq(&first, &once(&mut texts, "b")));
        let mut lists: BTreeSet<Arc<Vec<u8>>> = BTreeSet::new();
        assert!(Arc::ptr_eq(&once(&mut lists, &vec![1]), &once(&mut lists, &vec![1])));
        assert_eq!((texts.len(), lists.len()), (2, 1));
    }
}
