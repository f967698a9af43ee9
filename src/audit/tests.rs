//! Attacks on made-up datasets.
