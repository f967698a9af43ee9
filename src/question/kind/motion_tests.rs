//! Laws of the kinds that ask how something moves.
