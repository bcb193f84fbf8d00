//! A bound on time for what must not be quadratic.

use std::time::{Duration, Instant};

/// Generous, because tests run unoptimised beside others: a quadratic reader needs minutes.
pub fn within(seconds: u64, what: &str, work: impl FnOnce()) {
    let start = Instant::now();
    work();
    assert!(start.elapsed() < Duration::from_secs(seconds), "{what} took {:?}", start.elapsed());
}
